/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl warehouse: list, create, show, alter, drop, check. Secrets come from files alone: what
 * stands on a command line, others can see. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

enum { SECRET_BYTES_MAX = 8192 };

static gboolean
warehouse_send(const CliCall *call,
               const char *method,
               const char *name,
               const char *suffix,
               const cJSON *body,
               cJSON **out_answer)
{
    CliCall plain = *call; /* the warehouse's name is in the path; --catalog has no meaning here */
    g_autofree char *segment = name ? g_uri_escape_string(name, NULL, FALSE) : NULL;
    g_autofree char *path = g_strconcat("/warehouses", segment ? "/" : "", segment ? segment : "",
                                        suffix, call->skip_check ? "?skipCheck=true" : "", NULL);
    CliRequest request = {.method = method, .path = path, .is_management = TRUE, .body = body};
    plain.catalog = NULL;
    return cli_request_send(&plain, &request, out_answer);
}

static const char *
warehouse_text(const cJSON *object, const char *key)
{
    const cJSON *value = json_find(object, key);
    return json_is_string(value) ? value->valuestring : "";
}

/* --- what the user says of one --- */

/* KEY=VALUE, or KEY= to set it back. FALSE after a complaint. */
static gboolean
warehouse_read_storage(GStrv words, cJSON *storage)
{
    for (char **word = words; word && *word; word++) {
        const char *equals = strchr(*word, '=');
        if (!equals || equals == *word) {
            cli_fail_usage("--storage takes KEY=VALUE, not \"%s\"", *word);
            return FALSE;
        }
        g_autofree char *key = g_strndup(*word, (gsize)(equals - *word));
        const char *value = equals + 1;
        gint64 number = 0;
        if (!strcmp(key, "secret-access-key") || !strcmp(key, "session-token")) {
            cli_fail_usage("a secret is given in a file: --secret-file, --session-token-file");
            return FALSE;
        }
        if (!*value)
            json_object_set_null(storage, key);
        else if (!strcmp(key, "path-style") && (!strcmp(value, "true") || !strcmp(value, "false")))
            json_object_set_bool(storage, key, !strcmp(value, "true"));
        else if (!strcmp(key, "key-lifetime-s") &&
                 g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL))
            json_object_set_int64(storage, key, number);
        else
            json_object_set_string(storage, key, value);
    }
    return TRUE;
}

/* "-" is standard input. FALSE after a complaint. */
static gboolean
warehouse_read_secret(const char *file, const char *key, cJSON *storage)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (!file)
        return TRUE;
    if (!strcmp(file, "-")) {
        text = g_malloc0(SECRET_BYTES_MAX + 1);
        if (fread(text, 1, SECRET_BYTES_MAX, stdin) == 0) {
            cli_fail_usage("there is no secret on standard input");
            return FALSE;
        }
    } else if (!g_file_get_contents(file, &text, NULL, &error)) {
        cli_fail_usage("%s", error->message);
        return FALSE;
    }
    json_object_set_string(storage, key, g_strstrip(text));
    explicit_bzero(text, strlen(text));
    return TRUE;
}

static gboolean
warehouse_read(const CliCall *call, cJSON *body)
{
    g_autoptr(cJSON) storage = cJSON_CreateObject();
    if (call->location)
        json_object_set_string(body, "location", call->location);
    if (call->comment)
        json_object_set_string(body, "description", call->comment);
    if (call->allowed) {
        cJSON *prefixes = cJSON_AddArrayToObject(body, "allowed-prefixes");
        for (char **prefix = call->allowed; *prefix; prefix++)
            if (**prefix)
                json_array_append_string(prefixes, *prefix);
    }
    if (!warehouse_read_storage(call->properties, storage) ||
        !warehouse_read_secret(call->secret_file, "secret-access-key", storage) ||
        !warehouse_read_secret(call->token_file, "session-token", storage))
        return FALSE;
    if (cJSON_GetArraySize(storage))
        json_object_set(body, "storage", g_steal_pointer(&storage));
    return TRUE;
}

/* --- what the server answers --- */

static void
warehouse_add_pair(GPtrArray *rows, const char *prefix, const cJSON *value)
{
    g_autofree char *key = g_strconcat(prefix, value->string, NULL);
    g_autofree char *text =
        json_is_string(value) ? g_strdup(value->valuestring) : json_print_compact(value);
    g_ptr_array_add(rows, cli_output_row(key, text, NULL));
}

static int
warehouse_print(const CliCall *call, const cJSON *warehouse)
{
    const cJSON *member, *inner;
    if (call->json) {
        cli_output_json(warehouse);
        return CLI_DONE;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    cJSON_ArrayForEach(member, warehouse)
    {
        if (!json_is_object(member) && !json_is_array(member)) {
            warehouse_add_pair(rows, "", member);
            continue;
        }
        cJSON_ArrayForEach(inner, member)
        {
            if (json_is_object(member))
                warehouse_add_pair(rows, "storage ", inner);
            else
                g_ptr_array_add(rows, cli_output_row("allowed", inner->valuestring, NULL));
        }
    }
    cli_output_pairs(rows);
    return CLI_DONE;
}

/* --- verbs --- */

static int
warehouse_list(const CliCall *call)
{
    g_autoptr(cJSON) answer = NULL;
    const cJSON *warehouse;
    if (!warehouse_send(call, "GET", NULL, "", NULL, &answer))
        return CLI_FAILED;
    const cJSON *warehouses = json_find(answer, "warehouses");
    if (call->json) {
        cli_output_json(warehouses);
        return CLI_DONE;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    cJSON_ArrayForEach(warehouse, warehouses)
    {
        const cJSON *storage = json_find(warehouse, "storage");
        g_ptr_array_add(
            rows,
            cli_output_row(warehouse_text(warehouse, "name"), warehouse_text(warehouse, "location"),
                           storage ? warehouse_text(storage, "access") : "-",
                           cJSON_IsTrue(json_find(warehouse, "own")) ? "its own" : "the server's",
                           NULL));
    }
    cli_output_table((const char *const[]){"NAME", "LOCATION", "ACCESS", "WAREHOUSE", NULL}, rows);
    return CLI_DONE;
}

static int
warehouse_show(const CliCall *call)
{
    g_autoptr(cJSON) answer = NULL;
    if (!warehouse_send(call, "GET", call->arguments[0], "", NULL, &answer))
        return CLI_FAILED;
    return warehouse_print(call, answer);
}

static int
warehouse_create(const CliCall *call)
{
    g_autoptr(cJSON) body = cJSON_CreateObject();
    g_autoptr(cJSON) answer = NULL;
    json_object_set_string(body, "name", call->arguments[0]);
    if (!call->location)
        return cli_fail_usage("a warehouse needs --location");
    if (!warehouse_read(call, body))
        return CLI_USAGE;
    if (!warehouse_send(call, "POST", NULL, "", body, &answer))
        return CLI_FAILED;
    return warehouse_print(call, answer);
}

static int
warehouse_alter(const CliCall *call)
{
    g_autoptr(cJSON) body = cJSON_CreateObject();
    g_autoptr(cJSON) answer = NULL;
    if (!warehouse_read(call, body))
        return CLI_USAGE;
    if (!warehouse_send(call, "POST", call->arguments[0], "", body, &answer))
        return CLI_FAILED;
    return warehouse_print(call, answer);
}

static int
warehouse_drop(const CliCall *call)
{
    return warehouse_send(call, "DELETE", call->arguments[0], "", NULL, NULL) ? CLI_DONE
                                                                              : CLI_FAILED;
}

static int
warehouse_check(const CliCall *call)
{
    g_autoptr(cJSON) answer = NULL;
    const cJSON *step;
    if (!warehouse_send(call, "POST", call->arguments[0], "/check", NULL, &answer))
        return CLI_FAILED;
    gboolean works = cJSON_IsTrue(json_find(answer, "works"));
    if (call->json) {
        cli_output_json(answer);
        return works ? CLI_DONE : CLI_FAILED;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    cJSON_ArrayForEach(step, json_find(answer, "steps"))
    {
        const char *problem = warehouse_text(step, "problem");
        g_ptr_array_add(
            rows, cli_output_row(warehouse_text(step, "step"), *problem ? problem : "works", NULL));
    }
    cli_output_pairs(rows);
    return works ? CLI_DONE : CLI_FAILED;
}

/* --- options --- */

enum { ALTER_OPTIONS = 7 };

static const GOptionEntry *
warehouse_options(CliCall *call)
{
    static GOptionEntry entries[ALTER_OPTIONS + 1];
    const GOptionEntry filled[ALTER_OPTIONS] = {
        {"location",           0, 0, G_OPTION_ARG_STRING,       &call->location,
         "The root: file:///... or s3://...",                                                           "URI"      },
        {"comment",            0, 0, G_OPTION_ARG_STRING,       &call->comment,     "What it is for",   "TEXT"     },
        {"allow",              0, 0, G_OPTION_ARG_STRING_ARRAY, &call->allowed,
         "Where else files may be; may be given again, \"\" for nowhere",                               "URI"      },
        {"storage",            0, 0, G_OPTION_ARG_STRING_ARRAY, &call->properties,
         "endpoint, region, access, key-source, access-key-id, role-arn and the like; KEY= sets it "
         "back",                                                                                        "KEY=VALUE"},
        {"secret-file",        0, 0, G_OPTION_ARG_FILENAME,     &call->secret_file,
         "File of the secret access key; - reads it from standard input",                               "FILE"     },
        {"session-token-file", 0, 0, G_OPTION_ARG_FILENAME,     &call->token_file,
         "File of the session token",                                                                   "FILE"     },
        {"skip-check",         0, 0, G_OPTION_ARG_NONE,         &call->skip_check,  "Store it untried", NULL       },
    };
    memcpy(entries, filled, sizeof filled);
    return entries;
}

const CliCommand cli_warehouse_commands[] = {
    {"warehouse", "list",   "",     0, "list warehouses",                           NULL,              warehouse_list},
    {"warehouse", "create", "NAME", 1, "make a catalog with a warehouse",           warehouse_options,
     warehouse_create                                                                                                },
    {"warehouse", "show",   "NAME", 1, "show it, but for its secrets",              NULL,              warehouse_show},
    {"warehouse", "alter",  "NAME", 1, "change it; without options: seal anew",     warehouse_options,
     warehouse_alter                                                                                                 },
    {"warehouse", "drop",   "NAME", 1, "drop it when its catalog holds nothing",    NULL,
     warehouse_drop                                                                                                  },
    {"warehouse", "check",  "NAME", 1, "write, read, list and delete a file in it", NULL,
     warehouse_check                                                                                                 },
    {NULL,        NULL,     NULL,   0, NULL,                                        NULL,              NULL          },
};
