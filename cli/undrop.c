/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl table dropped and skepctl table undrop: dropped Iceberg tables and views that the server
 * still keeps. */
#include "cli.h"

#include <stdio.h>

int
cli_undrop_list(const CliCall *call)
{
    g_auto(GStrv) levels = cli_name_split(call->arguments[0]);
    if (!levels)
        return cli_fail_usage("\"%s\" is not a namespace", call->arguments[0]);
    g_autofree char *segment =
        cli_name_namespace_segment((const char *const *)levels, g_strv_length(levels));
    g_autofree char *path = g_strconcat("/namespaces/", segment, "/dropped", NULL);
    CliRequest request = {.method = "GET", .path = path, .is_management = TRUE};
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    const cJSON *dropped = json_find(answer, "dropped");
    cJSON *table;
    cJSON_ArrayForEach(table, dropped)
    {
        gint64 expires_ms = 0;
        json_value_int64(json_find(table, "expires-ms"), &expires_ms);
        g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(expires_ms / 1000);
        g_autofree char *text = until ? g_date_time_format_iso8601(until) : NULL;
        json_object_set_string(table, "until", text ? text : "");
    }
    if (call->json)
        cli_output_json(dropped);
    else
        cli_output_members(
            dropped, (const char *const[]){"NAME", "KIND", "UUID", "CAN BE TAKEN BACK UNTIL", NULL},
            (const char *const[]){"name", "kind", "uuid", "until", NULL});
    return CLI_DONE;
}

int
cli_undrop_run(const CliCall *call)
{
    g_auto(GStrv) parts = cli_name_split(call->arguments[0]);
    gsize count = parts ? g_strv_length(parts) : 0;
    if (count < 2)
        return cli_fail_usage("\"%s\" is not a table: write NAMESPACE.TABLE", call->arguments[0]);
    g_autofree char *segment = cli_name_namespace_segment((const char *const *)parts, count - 1);
    g_autofree char *path = g_strconcat("/namespaces/", segment, "/undrop", NULL);
    g_autoptr(cJSON) body = cJSON_CreateObject();
    json_object_set_string(body, "name", parts[count - 1]);
    if (call->new_name)
        json_object_set_string(body, "new-name", call->new_name);
    if (call->uuid)
        json_object_set_string(body, "uuid", call->uuid);
    CliRequest request = {.method = "POST", .path = path, .is_management = TRUE, .body = body};
    g_autoptr(cJSON) answer = NULL;
    if (!cli_request_send(call, &request, &answer))
        return CLI_FAILED;
    if (call->json)
        cli_output_json(answer);
    return CLI_DONE;
}

const GOptionEntry *
cli_undrop_options(CliCall *call)
{
    static GOptionEntry entries[3];
    entries[0] = (GOptionEntry){.long_name = "as",
                                .arg = G_OPTION_ARG_STRING,
                                .arg_data = &call->new_name,
                                .description = "Under this name, when another has its own",
                                .arg_description = "NAME"};
    entries[1] = (GOptionEntry){.long_name = "uuid",
                                .arg = G_OPTION_ARG_STRING,
                                .arg_data = &call->uuid,
                                .description = "Which of several; without it the last dropped",
                                .arg_description = "UUID"};
    return entries;
}
