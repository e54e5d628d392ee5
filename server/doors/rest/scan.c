/* SPDX-License-Identifier: Apache-2.0 */
/* Scan planning: plan, fetch, cancel, and the files of a part. Caller: the table of routes. */
#include "rest_private.h"

#include "skep/catalog_scan.h"

/* Adds the status, the id and keys for the files to ScanTasks (taken; NULL: none yet). */
static gboolean
scan_reply_plan(RestRequest *request, const char *plan_id, cJSON *tasks, GError **error)
{
    cJSON *body = tasks ? tasks : cJSON_CreateObject();
    if (tasks && !rest_scan_add_credentials(request, body, error)) {
        cJSON_Delete(body);
        return FALSE;
    }
    json_object_set(body, "status", cJSON_CreateString(tasks ? "completed" : "submitted"));
    if (plan_id)
        json_object_set(body, "plan-id", cJSON_CreateString(plan_id));
    gboolean has_keys = json_find(body, "storage-credentials") != NULL;
    rest_reply_tree(request, 200, body);
    if (has_keys)
        rest_reply_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return TRUE;
}

gboolean
rest_scan_plan(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_auto(CatalogScanPlan) plan = {NULL, NULL};
    if (!body || !catalog_scan_plan(request->catalog, request->places.prefix, namespace_name,
                                    request->places.table, body, &plan, error))
        return FALSE;
    return scan_reply_plan(request, plan.id, g_steal_pointer(&plan.tasks), error);
}

gboolean
rest_scan_fetch(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    cJSON *tasks = catalog_scan_fetch(request->catalog, request->places.prefix, namespace_name,
                                      request->places.table, request->places.plan, error);
    if (!tasks)
        return FALSE;
    return scan_reply_plan(request, NULL, tasks, error);
}

gboolean
rest_scan_cancel(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name ||
        !catalog_scan_cancel(request->catalog, request->places.prefix, namespace_name,
                             request->places.table, request->places.plan, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_scan_tasks(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    const char *plan_task = NULL;
    if (!body || !json_get_string(body, "plan-task", &plan_task, error))
        return FALSE;
    cJSON *tasks = catalog_scan_tasks(request->catalog, request->places.prefix, namespace_name,
                                      request->places.table, plan_task, error);
    if (!tasks)
        return FALSE;
    rest_reply_tree(request, 200, tasks);
    return TRUE;
}
