/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl function: list, show, register, drop, for functions that have a metadata document in
 * Iceberg's form. */
#include "cli.h"

#include <stdio.h>

enum { DOCUMENT_BYTES_MAX = 64 * 1024 * 1024 };

/* "/namespaces/{namespace}/functions" of the levels before the name, and the name; NULL after a
 * complaint. */
static char *
function_split(const char *dotted, char **out_name)
{
    g_auto(GStrv) parts = cli_name_split(dotted);
    gsize count = parts ? g_strv_length(parts) : 0;
    if (count < 2) {
        cli_fail_usage("\"%s\" is not a function: write NAMESPACE.FUNCTION", dotted);
        return NULL;
    }
    g_autofree char *segment = cli_name_namespace_segment((const char *const *)parts, count - 1);
    *out_name = g_strdup(parts[count - 1]);
    return g_strconcat("/namespaces/", segment, "/functions", NULL);
}

static char *
function_path(const char *dotted)
{
    g_autofree char *name = NULL;
    g_autofree char *place = function_split(dotted, &name);
    if (!place)
        return NULL;
    g_autofree char *segment = g_uri_escape_string(name, NULL, FALSE);
    return g_strconcat(place, "/", segment, NULL);
}

static int
function_list(const CliCall *call)
{
    g_auto(GStrv) levels = cli_name_split(call->arguments[0]);
    if (!levels)
        return cli_fail_usage("\"%s\" is not a namespace", call->arguments[0]);
    g_autofree char *segment =
        cli_name_namespace_segment((const char *const *)levels, g_strv_length(levels));
    g_autofree char *path = g_strconcat("/namespaces/", segment, "/functions", NULL);
    CliRequest request = {.method = "GET", .path = path};
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    const cJSON *identifiers = json_find(answer, "identifiers");
    if (call->json) {
        cli_output_json(identifiers);
        return CLI_DONE;
    }
    const cJSON *identifier;
    cJSON_ArrayForEach(identifier, identifiers)
    {
        g_autofree char *name = cli_name_format(identifier);
        puts(name);
    }
    return CLI_DONE;
}

/* --- showing one --- */

/* "x int, y string" */
static char *
function_parameters(const cJSON *definition)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, json_find(definition, "parameters"))
    {
        g_autofree char *name = cli_output_member_text(parameter, "name");
        g_autofree char *type = cli_output_member_text(parameter, "type");
        g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", name, type);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const cJSON *
function_current_version(const cJSON *definition)
{
    const cJSON *current = json_find(definition, "current-version-id");
    const cJSON *version;
    cJSON_ArrayForEach(version, json_find(definition, "versions"))
    {
        if (json_equal(json_find(version, "version-id"), current))
            return version;
    }
    return NULL;
}

/* A row for each dialect of each definition. */
static void
function_print_definitions(const cJSON *metadata)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    const cJSON *definition;
    cJSON_ArrayForEach(definition, json_find(metadata, "definitions"))
    {
        g_autofree char *parameters = function_parameters(definition);
        g_autofree char *returns = cli_output_member_text(definition, "return-type");
        const cJSON *version = function_current_version(definition);
        g_autofree char *id = cli_output_member_text(version, "version-id");
        const cJSON *representation;
        cJSON_ArrayForEach(representation, json_find(version, "representations"))
        {
            g_autofree char *dialect = cli_output_member_text(representation, "dialect");
            g_autofree char *sql = cli_output_member_text(representation, "sql");
            g_ptr_array_add(rows, cli_output_row(parameters, returns, id, dialect, sql, NULL));
        }
    }
    if (rows->len == 0)
        return;
    putchar('\n');
    cli_output_table(
        (const char *const[]){"PARAMETERS", "RETURNS", "VERSION", "DIALECT", "SQL", NULL}, rows);
}

static int
function_show(const CliCall *call)
{
    g_autofree char *path = function_path(call->arguments[0]);
    if (!path)
        return CLI_USAGE;
    CliRequest request = {.method = "GET", .path = path};
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    const cJSON *metadata = json_find(answer, "metadata");
    if (call->json) {
        cli_output_json(metadata);
        return CLI_DONE;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    const cJSON *member;
    cJSON_ArrayForEach(member, metadata)
    {
        if (json_is_null(member) || json_is_object(member) || json_is_array(member))
            continue;
        g_autofree char *text = cli_output_member_text(metadata, member->string);
        g_ptr_array_add(rows, cli_output_row(member->string, text, NULL));
    }
    cJSON_ArrayForEach(member, json_find(metadata, "properties"))
    {
        g_autofree char *key = g_strconcat("property ", member->string, NULL);
        g_ptr_array_add(rows,
                        cli_output_row(key, member->valuestring ? member->valuestring : "", NULL));
    }
    cli_output_pairs(rows);
    function_print_definitions(metadata);
    return CLI_DONE;
}

/* --- changing one --- */

static cJSON *
function_read_document(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    cJSON *document = g_file_get_contents(path, &text, &length, &error)
                          ? json_parse_object(text, length, DOCUMENT_BYTES_MAX, &error)
                          : NULL;
    if (!document)
        fprintf(stderr, "skepctl: %s: %s\n", path, error->message);
    return document;
}

static int
function_register(const CliCall *call)
{
    g_autofree char *name = NULL;
    g_autofree char *path = function_split(call->arguments[0], &name);
    if (!path)
        return CLI_USAGE;
    cJSON *document = function_read_document(call->arguments[1]);
    if (!document)
        return CLI_FAILED;
    g_autoptr(cJSON) body = cJSON_CreateObject();
    json_object_set_string(body, "name", name);
    json_object_set(body, "metadata", document);
    if (call->replace)
        json_object_set_bool(body, "replace", TRUE);
    CliRequest request = {.method = "POST", .path = path, .is_management = TRUE, .body = body};
    return cli_request_send(call, &request, NULL) ? CLI_DONE : CLI_FAILED;
}

static int
function_drop(const CliCall *call)
{
    g_autofree char *path = function_path(call->arguments[0]);
    if (!path)
        return CLI_USAGE;
    CliRequest request = {.method = "DELETE", .path = path, .is_management = TRUE};
    return cli_request_send(call, &request, NULL) ? CLI_DONE : CLI_FAILED;
}

static const GOptionEntry *
function_register_options(CliCall *call)
{
    static GOptionEntry entries[2];
    entries[0] =
        (GOptionEntry){.long_name = "replace",
                       .arg = G_OPTION_ARG_NONE,
                       .arg_data = &call->replace,
                       .description = "As the next state of the function that has the name"};
    return entries;
}

const CliCommand cli_function_commands[] = {
    {"function", "list",     "NAMESPACE",               1, "list functions",                  NULL, function_list    },
    {"function", "show",     "NAMESPACE.FUNCTION",      1, "show parameters and SQL",         NULL, function_show    },
    {"function", "register", "NAMESPACE.FUNCTION FILE", 2, "keep a metadata document (JSON)",
     function_register_options,                                                                     function_register},
    {"function", "drop",     "NAMESPACE.FUNCTION",      1, "forget one",                      NULL, function_drop    },
    {NULL,       NULL,       NULL,                      0, NULL,                              NULL, NULL             },
};
