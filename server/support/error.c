/* SPDX-License-Identifier: Apache-2.0 */
/* The Skep error domain: a GError that also carries the object's name and a detail for the log.
 * Knows no wire word: each door maps facts for itself. Called from everywhere. */
#include "skep/error.h"

typedef struct {
    char *object;
    char *detail;
} SkepErrorPrivate;

static void
skep_error_private_init(SkepErrorPrivate *private)
{
    private->object = NULL;
    private->detail = NULL;
}

static void
skep_error_private_copy(const SkepErrorPrivate *from, SkepErrorPrivate *to)
{
    to->object = g_strdup(from->object);
    to->detail = g_strdup(from->detail);
}

static void
skep_error_private_clear(SkepErrorPrivate *private)
{
    g_free(private->object);
    g_free(private->detail);
}

G_DEFINE_EXTENDED_ERROR(SkepError, skep_error)

static void fail_valist(GError **error,
                        SkepError fact,
                        const char *object,
                        const char *format,
                        va_list arguments) G_GNUC_PRINTF(4, 0);

static void
fail_valist(
    GError **error, SkepError fact, const char *object, const char *format, va_list arguments)
{
    if (error == NULL)
        return;
    GError *made = g_error_new_valist(SKEP_ERROR, (int)fact, format, arguments);
    skep_error_get_private(made)->object = g_strdup(object);
    g_propagate_error(error, made);
}

gboolean
skep_fail(GError **error, SkepError fact, const char *object, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_valist(error, fact, object, format, arguments);
    va_end(arguments);
    return FALSE;
}

gpointer
skep_fail_null(GError **error, SkepError fact, const char *object, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_valist(error, fact, object, format, arguments);
    va_end(arguments);
    return NULL;
}

SkepError
skep_error_fact(const GError *error)
{
    if (error == NULL || error->domain != SKEP_ERROR)
        return SKEP_ERROR_INTERNAL;
    return (SkepError)error->code;
}

const char *
skep_error_object(const GError *error)
{
    if (error == NULL || error->domain != SKEP_ERROR)
        return NULL;
    return skep_error_get_private(error)->object;
}

void
skep_error_set_detail(GError *error, const char *detail)
{
    if (error == NULL || error->domain != SKEP_ERROR)
        return;
    SkepErrorPrivate *private = skep_error_get_private(error);
    char *copy = g_strdup(detail);
    g_free(private->detail);
    private->detail = copy;
}

const char *
skep_error_detail(const GError *error)
{
    if (error == NULL || error->domain != SKEP_ERROR)
        return NULL;
    return skep_error_get_private(error)->detail;
}

const char *
skep_error_fact_name(SkepError fact)
{
    switch (fact) {
    case SKEP_ERROR_INVALID_ARGUMENT:
        return "invalid_argument";
    case SKEP_ERROR_INVALID_OBJECT:
        return "invalid_object";
    case SKEP_ERROR_INVALID_OPERATION:
        return "invalid_operation";
    case SKEP_ERROR_UNPROCESSABLE:
        return "unprocessable";
    case SKEP_ERROR_TOO_LARGE:
        return "too_large";
    case SKEP_ERROR_UNAUTHENTICATED:
        return "unauthenticated";
    case SKEP_ERROR_FORBIDDEN:
        return "forbidden";
    case SKEP_ERROR_NO_SUCH_CATALOG:
        return "no_such_catalog";
    case SKEP_ERROR_NO_SUCH_NAMESPACE:
        return "no_such_namespace";
    case SKEP_ERROR_NO_SUCH_TABLE:
        return "no_such_table";
    case SKEP_ERROR_NO_SUCH_VIEW:
        return "no_such_view";
    case SKEP_ERROR_NO_SUCH_PARTITION:
        return "no_such_partition";
    case SKEP_ERROR_NO_SUCH_LOCK:
        return "no_such_lock";
    case SKEP_ERROR_NO_SUCH_TRANSACTION:
        return "no_such_transaction";
    case SKEP_ERROR_NO_SUCH_PLAN:
        return "no_such_plan";
    case SKEP_ERROR_NO_SUCH_PLAN_TASK:
        return "no_such_plan_task";
    case SKEP_ERROR_NO_SUCH_FUNCTION:
        return "no_such_function";
    case SKEP_ERROR_NO_SUCH_OBJECT:
        return "no_such_object";
    case SKEP_ERROR_NO_SUCH_FILE:
        return "no_such_file";
    case SKEP_ERROR_ALREADY_EXISTS:
        return "already_exists";
    case SKEP_ERROR_NAMESPACE_NOT_EMPTY:
        return "namespace_not_empty";
    case SKEP_ERROR_COMMIT_CONFLICT:
        return "commit_conflict";
    case SKEP_ERROR_KEY_TAKEN:
        return "key_taken";
    case SKEP_ERROR_COMMIT_STATE_UNKNOWN:
        return "commit_state_unknown";
    case SKEP_ERROR_UNSUPPORTED:
        return "unsupported";
    case SKEP_ERROR_UNAVAILABLE:
        return "unavailable";
    case SKEP_ERROR_INTERNAL:
        return "internal";
    }
    return "internal";
}
