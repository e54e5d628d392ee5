/* SPDX-License-Identifier: Apache-2.0 */
/* Background work, shown: tasks that drops have left, tried again or cancelled, and duties. Caller:
 * the table of routes. */
#include "rest_private.h"

#include "skep/catalog_duty.h"
#include "skep/catalog_task.h"

enum { TASKS_DEFAULT = 100, TASKS_MAX = 10000 };

static cJSON *
task_encode(const CatalogTask *task)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_int64(object, "id", task->id);
    json_object_set_string(object, "kind", task->kind);
    json_object_set_string(object, "state", task->state);
    json_object_set_string(object, "catalog", task->catalog);
    g_autoptr(GString) levels = g_string_new(NULL);
    rest_encode_namespace(levels, task->namespace_name);
    json_object_set(object, "namespace", json_new_raw(levels->str));
    json_object_set_string(object, "table", task->table_name);
    json_object_set_string(object, "table-uuid", task->table_uuid);
    json_object_set_known_string(object, "location", task->location);
    json_object_set_known_string(object, "metadata-location", task->metadata_location);
    json_object_set_int64(object, "created-ms", task->created_ms);
    json_object_set_int64(object, "due-ms", task->due_ms);
    if (task->finished_ms)
        json_object_set_int64(object, "finished-ms", task->finished_ms);
    json_object_set_int64(object, "attempts", task->attempts);
    json_object_set_int64(object, "failures", task->failures);
    json_object_set_int64(object, "files-found", task->files_found);
    json_object_set_int64(object, "files-deleted", task->files_deleted);
    json_object_set_int64(object, "files-left", task->files_left);
    json_object_set_known_string(object, "error", task->error);
    json_object_set_known_string(object, "server", task->holder);
    return object;
}

gboolean
rest_task_list(RestRequest *request, GError **error)
{
    const char *state = rest_request_parameter(request, "state");
    gint limit = TASKS_DEFAULT;
    if (!rest_request_parameter_count(request, "limit", TASKS_MAX, &limit, error))
        return FALSE;
    g_autoptr(GPtrArray) tasks =
        catalog_task_list(request->catalog, state && *state ? state : NULL, limit, error);
    if (!tasks)
        return FALSE;
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < tasks->len; i++)
        json_array_append(array, task_encode(tasks->pdata[i]));
    cJSON *body = cJSON_CreateObject();
    json_object_set(body, "tasks", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}

static gboolean
task_decode_id(const RestRequest *request, gint64 *out_id, GError **error)
{
    const char *text = request->places.task;
    return g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, out_id, NULL) ||
           skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, text, "Task does not exist: %.100s", text);
}

gboolean
rest_task_retry(RestRequest *request, GError **error)
{
    gint64 id = 0;
    if (!task_decode_id(request, &id, error) || !catalog_task_retry(request->catalog, id, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_task_cancel(RestRequest *request, GError **error)
{
    gint64 id = 0;
    if (!task_decode_id(request, &id, error) || !catalog_task_cancel(request->catalog, id, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

static cJSON *
task_encode_duty(const CatalogDutyState *duty)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_string(object, "name", duty->name);
    json_object_set_int64(object, "interval-ms", duty->interval_ms);
    json_object_set_known_string(object, "server", duty->holder);
    json_object_set_bool(object, "under-way", duty->is_held);
    if (duty->started_ms)
        json_object_set_int64(object, "started-ms", duty->started_ms);
    json_object_set_int64(object, "success-ms", duty->success_ms);
    json_object_set_int64(object, "failures", duty->failures);
    json_object_set_int64(object, "overdue-ms", duty->overdue_ms);
    json_object_set_known_string(object, "error", duty->last_error);
    return object;
}

gboolean
rest_duty_list(RestRequest *request, GError **error)
{
    g_autoptr(GPtrArray) duties = catalog_duty_list(request->catalog, error);
    if (!duties)
        return FALSE;
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < duties->len; i++)
        json_array_append(array, task_encode_duty(duties->pdata[i]));
    cJSON *body = cJSON_CreateObject();
    json_object_set(body, "duties", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}
