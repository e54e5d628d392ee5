/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl table: list, show, history, reports, drop (undrop.c has the rest), for tables and views
 * of every kind, through Skep's own part of the REST door. */
#include "cli.h"

#include <stdio.h>

/* "/namespaces/{namespace}/tables/{table}<suffix>" of a dotted name, or NULL after a complaint. */
static char *
table_path(const char *name, const char *suffix)
{
    g_auto(GStrv) parts = cli_name_split(name);
    gsize count = parts ? g_strv_length(parts) : 0;
    if (count < 2) {
        cli_fail_usage("\"%s\" is not a table: write NAMESPACE.TABLE", name);
        return NULL;
    }
    g_autofree char *segment = cli_name_namespace_segment((const char *const *)parts, count - 1);
    g_autofree char *table = g_uri_escape_string(parts[count - 1], NULL, FALSE);
    return g_strconcat("/namespaces/", segment, "/tables/", table, suffix, NULL);
}

static gboolean
table_get(const CliCall *call, const char *path, cJSON **out_answer)
{
    CliRequest request = {.method = "GET", .path = path, .is_management = TRUE};
    return cli_request_send(call, &request, out_answer);
}

static int
table_list(const CliCall *call)
{
    g_auto(GStrv) levels = cli_name_split(call->arguments[0]);
    if (!levels)
        return cli_fail_usage("\"%s\" is not a namespace", call->arguments[0]);
    g_autofree char *segment =
        cli_name_namespace_segment((const char *const *)levels, g_strv_length(levels));
    g_autofree char *path = g_strconcat("/namespaces/", segment, "/tables", NULL);
    g_autoptr(cJSON) answer = NULL;
    if (!table_get(call, path, &answer))
        return CLI_FAILED;
    const cJSON *tables = json_find(answer, "tables");
    if (call->json)
        cli_output_json(tables);
    else
        cli_output_members(tables, (const char *const[]){"TABLE", "KIND", "TYPE", "OWNER", NULL},
                           (const char *const[]){"name", "kind", "type", "owner", NULL});
    return CLI_DONE;
}

static int
table_show(const CliCall *call)
{
    g_autofree char *path = table_path(call->arguments[0], "");
    if (!path)
        return CLI_USAGE;
    g_autoptr(cJSON) answer = NULL;
    if (!table_get(call, path, &answer))
        return CLI_FAILED;
    if (call->json) {
        cli_output_json(answer);
        return CLI_DONE;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    const cJSON *member;
    cJSON_ArrayForEach(member, answer)
    {
        if (json_is_null(member) || json_is_object(member) || json_is_array(member))
            continue;
        g_autofree char *text = cli_output_member_text(answer, member->string);
        g_ptr_array_add(rows, cli_output_row(member->string, text, NULL));
    }
    cJSON_ArrayForEach(member, json_find(answer, "parameters"))
    {
        g_autofree char *key = g_strconcat("parameter ", member->string, NULL);
        g_ptr_array_add(rows,
                        cli_output_row(key, member->valuestring ? member->valuestring : "", NULL));
    }
    cli_output_pairs(rows);
    const cJSON *columns = json_find(answer, "columns");
    if (columns && columns->child) {
        putchar('\n');
        cli_output_members(columns, (const char *const[]){"COLUMN", "TYPE", "COMMENT", NULL},
                           (const char *const[]){"name", "type", "comment", NULL});
    }
    const cJSON *keys = json_find(answer, "partition-keys");
    if (keys && keys->child) {
        putchar('\n');
        cli_output_members(keys, (const char *const[]){"PARTITION KEY", "TYPE", "COMMENT", NULL},
                           (const char *const[]){"name", "type", "comment", NULL});
    }
    return CLI_DONE;
}

static int
table_history(const CliCall *call)
{
    g_autofree char *suffix =
        call->limit > 0 ? g_strdup_printf("/history?limit=%d", call->limit) : g_strdup("/history");
    g_autofree char *path = table_path(call->arguments[0], suffix);
    if (!path)
        return CLI_USAGE;
    g_autoptr(cJSON) answer = NULL;
    if (!table_get(call, path, &answer))
        return CLI_FAILED;
    const cJSON *commits = json_find(answer, "history");
    if (call->json)
        cli_output_json(commits);
    else
        cli_output_members(commits,
                           (const char *const[]){"VERSION", "COMMITTED", "OPERATION", "SNAPSHOT",
                                                 "METADATA LOCATION", NULL},
                           (const char *const[]){"version", "committed-at", "operation",
                                                 "snapshot-id", "metadata-location", NULL});
    return CLI_DONE;
}

static int
table_reports(const CliCall *call)
{
    g_autofree char *suffix = call->limit > 0 ? g_strdup_printf("/reports?pageSize=%d", call->limit)
                                              : g_strdup("/reports");
    g_autofree char *path = table_path(call->arguments[0], suffix);
    if (!path)
        return CLI_USAGE;
    g_autoptr(cJSON) answer = NULL;
    if (!table_get(call, path, &answer))
        return CLI_FAILED;
    const cJSON *reports = json_find(answer, "reports");
    if (call->json)
        cli_output_json(reports);
    else
        cli_output_members(
            reports,
            (const char *const[]){"REPORT", "RECEIVED", "TYPE", "OPERATION", "SNAPSHOT", NULL},
            (const char *const[]){"id", "received-at", "report-type", "operation", "snapshot-id",
                                  NULL});
    return CLI_DONE;
}

static int
table_drop(const CliCall *call)
{
    g_autofree char *path =
        table_path(call->arguments[0], call->purge ? "?purgeRequested=true" : "");
    if (!path)
        return CLI_USAGE;
    CliRequest request = {.method = "DELETE", .path = path, .is_management = TRUE};
    return cli_request_send(call, &request, NULL) ? CLI_DONE : CLI_FAILED;
}

static const GOptionEntry *
table_limit_options(CliCall *call)
{
    static GOptionEntry entries[2];
    entries[0] = (GOptionEntry){.long_name = "limit",
                                .arg = G_OPTION_ARG_INT,
                                .arg_data = &call->limit,
                                .description = "At most so many, newest first",
                                .arg_description = "N"};
    return entries;
}

static const GOptionEntry *
table_drop_options(CliCall *call)
{
    static GOptionEntry entries[2];
    entries[0] = (GOptionEntry){.long_name = "purge",
                                .arg = G_OPTION_ARG_NONE,
                                .arg_data = &call->purge,
                                .description = "Delete its files as well"};
    return entries;
}

const CliCommand cli_table_commands[] = {
    {"table", "list",    "NAMESPACE",       1, "list tables and views of every kind",             NULL,               table_list   },
    {"table", "show",    "NAMESPACE.TABLE", 1, "show columns and parameters",                     NULL,               table_show   },
    {"table", "history", "NAMESPACE.TABLE", 1, "show its commits, newest first",
     table_limit_options,                                                                                             table_history},
    {"table", "reports", "NAMESPACE.TABLE", 1, "show what clients reported of scans and commits",
     table_limit_options,                                                                                             table_reports},
    {"table", "dropped", "NAMESPACE",       1, "list dropped ones that can be taken back",        NULL,
     cli_undrop_list                                                                                                               },
    {"table", "undrop",  "NAMESPACE.TABLE", 1, "take a dropped one back",                         cli_undrop_options,
     cli_undrop_run                                                                                                                },
    {"table", "drop",    "NAMESPACE.TABLE", 1, "drop it",                                         table_drop_options, table_drop   },
    {NULL,    NULL,      NULL,              0, NULL,                                              NULL,               NULL         },
};
