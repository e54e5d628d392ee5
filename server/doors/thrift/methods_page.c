/* SPDX-License-Identifier: Apache-2.0 */
/* The page of all methods of this door, docs/hms-api.md, out of the dispatcher's own tables, so
 * that it cannot say anything else than what is served. Caller: skepd's command hms-api. */
#include <string.h>

#include "bindings.h"
#include "methods.h"
#include "skep/doors.h"

static const char page_head[] =
    "<!-- Written by `make docs` from the dispatcher's table: change schema/thrift/ and "
    "server/doors/thrift/bindings.h instead. -->\n"
    "# The Hive Metastore API as Skep serves it\n\n"
    "Every method of Hive 2.3, 3.1 and 4.x at one door. *Hive* says which release lines have the "
    "method. *Called by* names\nthe engines that are known to call it; Hive's own clients call all "
    "of them. *Errors* are the exceptions that it\ndeclares; where it declares none, an error is a "
    "TApplicationException. A method that is not listed here answers\n`Invalid method name`, which "
    "clients take as the sign to try another.\n\n";

static gboolean
method_is_served(const ThriftMethod *method)
{
    gsize count = 0;
    const ThriftBinding *bindings = thrift_bindings(&count);
    for (gsize i = 0; i < count; i++)
        if (strcmp(bindings[i].name, method->name) == 0)
            return TRUE;
    return FALSE;
}

static void
append_releases(GString *page, const ThriftMethod *method)
{
    const char *since = method->since != NULL ? method->since : "2.3";
    if (method->removed != NULL)
        g_string_append_printf(page, "%s, gone in %s", since, method->removed);
    else
        g_string_append(page, since);
}

static void
append_errors(GString *page, const ThriftMethod *method)
{
    for (guint i = 0; i < method->exception_count; i++) {
        /* HmsMetaExceptionType */
        const char *name = g_type_name(method->exceptions[i].type()) + strlen("Hms");
        g_string_append_printf(page, "%s%.*s", i > 0 ? ", " : "",
                               (int)(strlen(name) - strlen("Type")), name);
    }
}

static void
append_method(GString *page, const ThriftMethod *method)
{
    g_string_append_printf(page, "| `%s` | %s%s | ", method->name,
                           method_is_served(method) ? "" : "*Refused.* ",
                           method->does != NULL ? method->does : "");
    append_releases(page, method);
    g_string_append_printf(page, " | %s | ", method->callers != NULL ? method->callers : "");
    append_errors(page, method);
    g_string_append(page, " |\n");
}

char *
thrift_methods_page(void)
{
    gsize count = 0;
    const ThriftMethod *methods = thrift_methods(&count);
    GString *page = g_string_new(page_head);
    g_string_append(page, "| Method | What it does | Hive | Called by | Errors |\n"
                          "|---|---|---|---|---|\n");
    for (gsize i = 0; i < count; i++)
        append_method(page, &methods[i]);
    return g_string_free(page, FALSE);
}
