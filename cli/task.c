/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl task: the work that drops have left to the background, of all catalogs. */
#include "cli.h"

#include <stdio.h>

/* Tasks are the server's, not a catalog's. */
static gboolean
task_send(const CliCall *call, const char *method, const char *path, cJSON **out_answer)
{
    CliCall plain = *call;
    CliRequest request = {.method = method, .path = path, .is_management = TRUE};
    plain.catalog = NULL;
    return cli_request_send(&plain, &request, out_answer);
}

static int
task_list(const CliCall *call)
{
    g_autoptr(GString) path = g_string_new("/tasks");
    g_autoptr(cJSON) answer = NULL;
    if (call->state) {
        g_autofree char *state = g_uri_escape_string(call->state, NULL, FALSE);
        g_string_append_printf(path, "?state=%s", state);
    }
    if (call->limit > 0)
        g_string_append_printf(path, "%climit=%d", call->state ? '&' : '?', call->limit);
    if (!task_send(call, "GET", path->str, &answer))
        return CLI_FAILED;
    const cJSON *tasks = json_find(answer, "tasks");
    if (call->json)
        cli_output_json(tasks);
    else
        cli_output_members(tasks,
                           (const char *const[]){"ID", "KIND", "STATE", "TABLE", "FOUND", "DELETED",
                                                 "LEFT", "ATTEMPTS", "ERROR", NULL},
                           (const char *const[]){"id", "kind", "state", "table", "files-found",
                                                 "files-deleted", "files-left", "attempts", "error",
                                                 NULL});
    return CLI_DONE;
}

static int
task_change(const CliCall *call, const char *method, const char *suffix)
{
    g_autofree char *id = g_uri_escape_string(call->arguments[0], NULL, FALSE);
    g_autofree char *path = g_strconcat("/tasks/", id, suffix, NULL);
    return task_send(call, method, path, NULL) ? CLI_DONE : CLI_FAILED;
}

static int
task_retry(const CliCall *call)
{
    return task_change(call, "POST", "/retry");
}

static int
task_cancel(const CliCall *call)
{
    return task_change(call, "DELETE", "");
}

static const GOptionEntry *
task_list_options(CliCall *call)
{
    static GOptionEntry entries[3];
    entries[0] =
        (GOptionEntry){.long_name = "state",
                       .arg = G_OPTION_ARG_STRING,
                       .arg_data = &call->state,
                       .description = "Those that are waiting, running, done, failed or cancelled",
                       .arg_description = "STATE"};
    entries[1] = (GOptionEntry){.long_name = "limit",
                                .arg = G_OPTION_ARG_INT,
                                .arg_data = &call->limit,
                                .description = "At most so many, newest first",
                                .arg_description = "N"};
    return entries;
}

const CliCommand cli_task_commands[] = {
    {"task", "list",   "",   0, "list purges and other work, newest first", task_list_options,
     task_list                                                                                            },
    {"task", "retry",  "ID", 1, "have one tried again at once",             NULL,              task_retry },
    {"task", "cancel", "ID", 1, "end one; what it deleted stays deleted",   NULL,              task_cancel},
    {NULL,   NULL,     NULL, 0, NULL,                                       NULL,              NULL       },
};
