/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl namespace: list, create, show, set, drop. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* "/namespaces/{name}<suffix>", or NULL after a complaint. */
static char *
namespace_path(const char *name, const char *suffix)
{
    g_auto(GStrv) levels = cli_name_split(name);
    if (!levels) {
        cli_fail_usage("\"%s\" is not a namespace: write levels joined by dots, as in sales.eu",
                       name);
        return NULL;
    }
    g_autofree char *segment =
        cli_name_namespace_segment((const char *const *)levels, g_strv_length(levels));
    return g_strconcat("/namespaces/", segment, suffix, NULL);
}

/* Reads key=value words into an object. FALSE after a complaint. */
static gboolean
namespace_read_properties(GStrv words, cJSON *into)
{
    for (char **word = words; word && *word; word++) {
        const char *equals = strchr(*word, '=');
        if (!equals || equals == *word) {
            cli_fail_usage("--property takes KEY=VALUE, not \"%s\"", *word);
            return FALSE;
        }
        g_autofree char *key = g_strndup(*word, (gsize)(equals - *word));
        cJSON_DeleteItemFromObjectCaseSensitive(into, key);
        cJSON_AddStringToObject(into, key, equals + 1);
    }
    return TRUE;
}

static gboolean
namespace_read_all_properties(const CliCall *call, cJSON *into)
{
    if (!namespace_read_properties(call->properties, into))
        return FALSE;
    if (call->location)
        cJSON_AddStringToObject(into, "location", call->location);
    if (call->comment)
        cJSON_AddStringToObject(into, "comment", call->comment);
    return TRUE;
}

static int
namespace_list(const CliCall *call)
{
    g_autofree char *segment = NULL;
    if (call->parent) {
        g_auto(GStrv) levels = cli_name_split(call->parent);
        if (!levels)
            return cli_fail_usage("\"%s\" is not a namespace", call->parent);
        segment = cli_name_namespace_segment((const char *const *)levels, g_strv_length(levels));
    }
    g_autofree char *path =
        g_strconcat("/namespaces", segment ? "?parent=" : "", segment ? segment : "", NULL);
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &(CliRequest){.method = "GET", .path = path}, &answer))
        return CLI_FAILED;
    const cJSON *names = json_find(answer, "namespaces");
    if (call->json) {
        cli_output_json(names);
        return CLI_DONE;
    }
    const cJSON *name;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    cJSON_ArrayForEach(name, names)
    {
        g_autofree char *text = cli_name_format(name);
        g_ptr_array_add(rows, cli_output_row(text, NULL));
    }
    cli_output_table((const char *const[]){"NAMESPACE", NULL}, rows);
    return CLI_DONE;
}

static void
namespace_print(const CliCall *call, const cJSON *answer)
{
    if (call->json) {
        cli_output_json(answer);
        return;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    g_autofree char *name = cli_name_format(json_find(answer, "namespace"));
    g_ptr_array_add(rows, cli_output_row("namespace", name, NULL));
    const cJSON *property;
    cJSON_ArrayForEach(property, json_find(answer, "properties"))
    {
        g_ptr_array_add(rows,
                        cli_output_row(property->string,
                                       property->valuestring ? property->valuestring : "", NULL));
    }
    cli_output_pairs(rows);
}

static int
namespace_create(const CliCall *call)
{
    g_auto(GStrv) levels = cli_name_split(call->arguments[0]);
    if (!levels)
        return cli_fail_usage("\"%s\" is not a namespace", call->arguments[0]);
    g_autoptr(cJSON) body = cJSON_CreateObject();
    cJSON *name = cJSON_AddArrayToObject(body, "namespace");
    for (char **level = levels; *level; level++)
        cJSON_AddItemToArray(name, cJSON_CreateString(*level));
    if (!namespace_read_all_properties(call, cJSON_AddObjectToObject(body, "properties")))
        return CLI_USAGE;
    g_autoptr(cJSON) answer = NULL;
    CliRequest request = {.method = "POST", .path = "/namespaces", .body = body};
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    namespace_print(call, answer);
    return CLI_DONE;
}

static int
namespace_show(const CliCall *call)
{
    g_autofree char *path = namespace_path(call->arguments[0], "");
    if (!path)
        return CLI_USAGE;
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &(CliRequest){.method = "GET", .path = path}, &answer))
        return CLI_FAILED;
    namespace_print(call, answer);
    return CLI_DONE;
}

static int
namespace_set(const CliCall *call)
{
    g_autofree char *path = namespace_path(call->arguments[0], "/properties");
    if (!path)
        return CLI_USAGE;
    g_autoptr(cJSON) body = cJSON_CreateObject();
    cJSON *removals = cJSON_AddArrayToObject(body, "removals");
    for (char **key = call->removals; key && *key; key++)
        cJSON_AddItemToArray(removals, cJSON_CreateString(*key));
    cJSON *updates = cJSON_AddObjectToObject(body, "updates");
    if (!namespace_read_all_properties(call, updates))
        return CLI_USAGE;
    if (!updates->child && !removals->child)
        return cli_fail_usage("nothing to set: give --property, --location, --comment or --remove");
    g_autoptr(cJSON) answer = NULL;
    CliRequest request = {.method = "POST", .path = path, .body = body};
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    if (call->json)
        cli_output_json(answer);
    const cJSON *missing;
    cJSON_ArrayForEach(missing, json_find(answer, "missing"))
    {
        fprintf(stderr, "skepctl: there was no property %s to remove\n", missing->valuestring);
    }
    return CLI_DONE;
}

static int
namespace_drop(const CliCall *call)
{
    g_autofree char *path = namespace_path(call->arguments[0], "");
    if (!path)
        return CLI_USAGE;
    CliRequest request = {.method = "DELETE", .path = path};
    return cli_request_send(call, &request, NULL) ? CLI_DONE : CLI_FAILED;
}

static const GOptionEntry *
namespace_list_options(CliCall *call)
{
    static GOptionEntry entries[2];
    entries[0] = (GOptionEntry){.long_name = "parent",
                                .arg = G_OPTION_ARG_STRING,
                                .arg_data = &call->parent,
                                .description = "List the children of this namespace",
                                .arg_description = "NAMESPACE"};
    return entries;
}

static const GOptionEntry *
namespace_create_options(CliCall *call)
{
    static GOptionEntry entries[4];
    entries[0] = (GOptionEntry){.long_name = "property",
                                .short_name = 'p',
                                .arg = G_OPTION_ARG_STRING_ARRAY,
                                .arg_data = &call->properties,
                                .description = "A property; may be given again",
                                .arg_description = "KEY=VALUE"};
    entries[1] = (GOptionEntry){.long_name = "location",
                                .arg = G_OPTION_ARG_STRING,
                                .arg_data = &call->location,
                                .description = "Where its tables go",
                                .arg_description = "URI"};
    entries[2] = (GOptionEntry){.long_name = "comment",
                                .arg = G_OPTION_ARG_STRING,
                                .arg_data = &call->comment,
                                .description = "What it is for",
                                .arg_description = "TEXT"};
    return entries;
}

static const GOptionEntry *
namespace_set_options(CliCall *call)
{
    static GOptionEntry entries[5];
    memcpy(entries, namespace_create_options(call), 3 * sizeof(GOptionEntry));
    entries[3] = (GOptionEntry){.long_name = "remove",
                                .arg = G_OPTION_ARG_STRING_ARRAY,
                                .arg_data = &call->removals,
                                .description = "Remove a property; may be given again",
                                .arg_description = "KEY"};
    return entries;
}

const CliCommand cli_namespace_commands[] = {
    {"namespace", "list",   "",          0, "list namespaces",           namespace_list_options,   namespace_list},
    {"namespace", "create", "NAMESPACE", 1, "make a namespace",          namespace_create_options,
     namespace_create                                                                                            },
    {"namespace", "show",   "NAMESPACE", 1, "show its properties",       NULL,                     namespace_show},
    {"namespace", "set",    "NAMESPACE", 1, "set and remove properties", namespace_set_options,
     namespace_set                                                                                               },
    {"namespace", "drop",   "NAMESPACE", 1, "drop an empty namespace",   NULL,                     namespace_drop},
    {NULL,        NULL,     NULL,        0, NULL,                        NULL,                     NULL          },
};
