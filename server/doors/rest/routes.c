/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of what the REST door serves, and the search in it. Whether a route is advertised
 * to clients is said here and nowhere else. Callers: arrival.c to find the handler, config.c to
 * list the endpoints. */
#include "rest_private.h"

#include <string.h>

#define BODY       REST_ROUTE_TAKES_BODY
#define ADVERTISED REST_ROUTE_ADVERTISED
#define KEY        REST_ROUTE_TAKES_KEY
#define EMPTY      REST_ROUTE_ANSWERS_EMPTY
#define COMMIT     REST_ROUTE_ANSWERS_COMMIT
#define OF_VIEWS   REST_ROUTE_OF_VIEWS
#define V1         "/v1/{prefix}"
#define NS         V1 "/namespaces/{namespace}"
#define TABLE      NS "/tables/{table}"
#define VIEW       NS "/views/{view}"
#define INVENTORY  "/management/v1/{prefix}/namespaces/{namespace}/tables"

#define WAREHOUSES "/management/v1/warehouses"
#define TASKS      "/management/v1/tasks"
#define KEPT       "/management/v1/{prefix}/namespaces/{namespace}"
#define FINDINGS   "/management/v1/{prefix}/namespaces/{namespace}/findings"

/* clang-format off */
static const RestRoute route_table[] = {
    {REST_METHOD_GET, "/v1/config", "getConfig", rest_config_show, ADVERTISED,
     "How a client is to talk to the server: prefix, endpoints, defaults",
     "200; 404 NoSuchWarehouse"},
    {REST_METHOD_GET, V1 "/namespaces", "listNamespaces", rest_namespace_list, ADVERTISED,
     "Namespaces below `parent`, one level",
     "200; 404 NoSuchNamespace (parent)"},
    {REST_METHOD_POST, V1 "/namespaces", "createNamespace", rest_namespace_create, ADVERTISED | BODY | KEY,
     "Makes a namespace and its directory",
     "200; 404 NoSuchNamespace (parent), 409 AlreadyExists"},
    {REST_METHOD_GET, NS, "loadNamespaceMetadata", rest_namespace_load, ADVERTISED,
     "Properties of a namespace",
     "200; 404 NoSuchNamespace"},
    {REST_METHOD_HEAD, NS, "namespaceExists", rest_namespace_exists, ADVERTISED,
     "Whether a namespace is there",
     "204; 404"},
    {REST_METHOD_DELETE, NS, "dropNamespace", rest_namespace_drop, ADVERTISED | KEY | EMPTY,
     "Drops an empty namespace",
     "204; 404 NoSuchNamespace, 409 NamespaceNotEmpty"},
    {REST_METHOD_POST, NS "/properties", "updateProperties", rest_namespace_update_properties, ADVERTISED | BODY | KEY,
     "Sets and removes properties of a namespace",
     "200; 404 NoSuchNamespace, 422 a key both set and removed"},
    {REST_METHOD_GET, NS "/tables", "listTables", rest_table_list, ADVERTISED,
     "Iceberg tables of a namespace",
     "200; 404 NoSuchNamespace"},
    {REST_METHOD_POST, NS "/tables", "createTable", rest_table_create, ADVERTISED | BODY | KEY,
     "Makes a table, or stages one for a commit to make",
     "200; 404 NoSuchNamespace, 409 AlreadyExists"},
    {REST_METHOD_POST, NS "/register", "registerTable", rest_table_register, ADVERTISED | BODY | KEY,
     "Takes an existing metadata file under a name; `overwrite` replaces a table's",
     "200; 404 NoSuchNamespace, NotFound (the file), 409 AlreadyExists"},
    {REST_METHOD_GET, TABLE, "loadTable", rest_table_load, ADVERTISED,
     "A table's metadata, whole or with `snapshots=refs`",
     "200, 304; 404 NoSuchTable, NotFound (the metadata file)"},
    {REST_METHOD_HEAD, TABLE, "tableExists", rest_table_exists, ADVERTISED,
     "Whether an Iceberg table is there",
     "204; 404"},
    {REST_METHOD_POST, TABLE, "updateTable", rest_table_commit, ADVERTISED | BODY | KEY | COMMIT,
     "Commits updates under requirements; rebased here while the requirements hold, and appends behind appends where "
     "the table wants it",
     "200; 404 NoSuchTable, 409 CommitFailed, 500 CommitStateUnknown"},
    {REST_METHOD_DELETE, TABLE, "dropTable", rest_table_drop, ADVERTISED | KEY | EMPTY,
     "Drops a table; `purgeRequested` deletes its files",
     "204; 404 NoSuchTable"},
    {REST_METHOD_POST, TABLE "/unregister", "unregisterTable", rest_table_unregister, ADVERTISED | KEY | COMMIT,
     "Forgets a table, leaves all its files, and answers with its last metadata",
     "200; 404 NoSuchTable, NotFound (the metadata file), 409 CommitFailed (others commit all the time)"},
    {REST_METHOD_GET, TABLE "/credentials", "loadCredentials", rest_table_load_credentials, ADVERTISED,
     "Keys for a table's files, anew",
     "200; 403 its place is not allowed or not to be narrowed to, 404 NoSuchTable, 503 STS is away"},
    {REST_METHOD_POST, TABLE "/sign", "signRequest", rest_table_sign, ADVERTISED | BODY,
     "Signs one request to the object store, within the table's places",
     "200; 403 outside of them or another request, 404 NoSuchTable, 406 the warehouse does not sign"},
    {REST_METHOD_POST, V1 "/aws/s3/sign", "signS3Request", rest_place_sign, BODY,
     "The same for clients that know one place to ask for all tables: the object says whose request it is",
     "200; 403 in no place of one table or another request, 404 NoSuchCatalog, 406 the warehouse does not sign"},
    {REST_METHOD_POST, TABLE "/metrics", "reportMetrics", rest_table_report_metrics, ADVERTISED | BODY,
     "Keeps a client's report of a scan or commit",
     "204; 404 NoSuchTable, 413 (more than 64 KiB)"},
    {REST_METHOD_POST, TABLE "/plan", "planTableScan", rest_scan_plan, ADVERTISED | BODY,
     "Plans a scan: its files, or the parts to ask for",
     "200; 404 NoSuchTable"},
    {REST_METHOD_GET, TABLE "/plan/{plan-id}", "fetchPlanningResult", rest_scan_fetch, ADVERTISED,
     "The parts of a plan that is kept",
     "200; 404 NoSuchPlanId, NoSuchTable"},
    {REST_METHOD_DELETE, TABLE "/plan/{plan-id}", "cancelPlanning", rest_scan_cancel, ADVERTISED,
     "Forgets a plan",
     "204; 404 NoSuchPlanId, NoSuchTable"},
    {REST_METHOD_POST, TABLE "/tasks", "fetchScanTasks", rest_scan_tasks, ADVERTISED | BODY,
     "The files of one part of a plan",
     "200; 404 NoSuchPlanTask, NoSuchTable"},
    {REST_METHOD_POST, V1 "/tables/rename", "renameTable", rest_table_rename, ADVERTISED | BODY | KEY | EMPTY,
     "Renames a table, also to another namespace",
     "204; 404 NoSuchTable, NoSuchNamespace, 409 AlreadyExists"},
    {REST_METHOD_POST, V1 "/transactions/commit", "commitTransaction", rest_transaction_commit, ADVERTISED | BODY | KEY | EMPTY,
     "Commits to several tables, all or none",
     "204; 404 NoSuchTable, 409 CommitFailed, 500 CommitStateUnknown"},

    {REST_METHOD_GET, NS "/views", "listViews", rest_view_list, ADVERTISED,
     "Iceberg views of a namespace",
     "200; 404 NoSuchNamespace"},
    {REST_METHOD_POST, NS "/views", "createView", rest_view_create, ADVERTISED | BODY,
     "Makes a view",
     "200; 404 NoSuchNamespace, 409 AlreadyExists"},
    {REST_METHOD_POST, NS "/register-view", "registerView", rest_view_register, ADVERTISED | BODY | KEY | OF_VIEWS,
     "Takes an existing view metadata file under a name",
     "200; 404 NoSuchNamespace, NotFound, 409 AlreadyExists"},
    {REST_METHOD_GET, VIEW, "loadView", rest_view_load, ADVERTISED,
     "A view's metadata",
     "200; 404 NoSuchView"},
    {REST_METHOD_HEAD, VIEW, "viewExists", rest_view_exists, ADVERTISED,
     "Whether an Iceberg view is there",
     "204; 404"},
    {REST_METHOD_POST, VIEW, "replaceView", rest_view_replace, ADVERTISED | BODY | KEY | OF_VIEWS,
     "Commits updates to a view",
     "200; 404 NoSuchView, 409 CommitFailed, 500 CommitStateUnknown"},
    {REST_METHOD_DELETE, VIEW, "dropView", rest_view_drop, ADVERTISED | KEY | EMPTY,
     "Drops a view",
     "204; 404 NoSuchView"},
    {REST_METHOD_POST, V1 "/views/rename", "renameView", rest_view_rename, ADVERTISED | BODY | KEY | EMPTY,
     "Renames a view, also to another namespace",
     "204; 404 NoSuchView, NoSuchNamespace, 409 AlreadyExists"},

    {REST_METHOD_GET, NS "/functions", "listFunctions", rest_function_list, ADVERTISED,
     "Functions of a namespace that have a metadata document in Iceberg's form",
     "200; 404 NoSuchNamespace"},
    {REST_METHOD_GET, NS "/functions/{function}", "loadFunction", rest_function_load, ADVERTISED,
     "A function's metadata",
     "200; 404 NoSuchFunction, NoSuchNamespace"},
    {REST_METHOD_POST, "/v1/oauth/tokens", "getToken", rest_config_refuse_token, REST_ROUTE_IMMEDIATE,
     "Deprecated by the specification: gives no token and says so, as OAuth has it",
     "400"},

    /* Skep's own: tables of every kind. */
    {REST_METHOD_GET, INVENTORY "?pageToken&pageSize", "listAllTables", rest_inventory_list, 0,
     "Tables and views of every kind of a namespace",
     "200 TableList; 404 NoSuchNamespace"},
    {REST_METHOD_GET, INVENTORY "/{table}", "showTable", rest_inventory_show, 0,
     "One table of any kind, as it is stored",
     "200 Table; 404 NoSuchTable"},
    {REST_METHOD_DELETE, INVENTORY "/{table}?purgeRequested", "dropAnyTable", rest_inventory_drop, 0,
     "Drops a table of any kind",
     "204; 404 NoSuchTable"},
    {REST_METHOD_GET, INVENTORY "/{table}/history?limit", "tableHistory", rest_inventory_history, 0,
     "Commits of a table, newest first",
     "200 History; 404 NoSuchTable"},
    {REST_METHOD_GET, INVENTORY "/{table}/reports?pageToken&pageSize", "listTableReports", rest_table_report_list, 0,
     "What clients reported of their scans and commits, newest first, 100 at a time",
     "200 ReportList; 404 NoSuchTable"},
    {REST_METHOD_POST, "/management/v1/{prefix}/namespaces/{namespace}/functions", "registerFunction",
     rest_function_register, BODY,
     "Keeps a function's metadata document under a name, or the next one of the same function",
     "takes FunctionToRegister; 204; 400 (no sound document), 404 NoSuchNamespace, 409 AlreadyExists"},
    {REST_METHOD_DELETE, "/management/v1/{prefix}/namespaces/{namespace}/functions/{function}", "dropFunction",
     rest_function_drop, 0,
     "Forgets a function",
     "204; 404 NoSuchFunction, NoSuchNamespace"},
    {REST_METHOD_GET, "/management/v1/openapi.json", "managementApi", rest_openapi_show, 0,
     "This part of the API in OpenAPI's form",
     "200 OpenApi"},
    {REST_METHOD_GET, FINDINGS "?pageToken&pageSize", "listFindings", rest_fsck_list, 0,
     "What is wrong with pointers and metadata files of a namespace, a page of its tables at a time",
     "200 FindingList; 404 NoSuchNamespace"},
    {REST_METHOD_POST, FINDINGS, "repairFinding", rest_fsck_repair, BODY,
     "Repairs one finding, if it is still so",
     "takes FindingToRepair; 200 Repair; 404 NoSuchTable, NoSuchNamespace, 409 CommitFailed"},
    {REST_METHOD_GET, WAREHOUSES, "listWarehouses", rest_warehouse_list, 0,
     "Where the files of each catalog are",
     "200 WarehouseList"},
    {REST_METHOD_POST, WAREHOUSES "?skipCheck", "createWarehouse", rest_warehouse_create, BODY,
     "Makes a catalog with a warehouse of its own, which is tried first",
     "takes NewWarehouse; 200 Warehouse; 400 BadRequest, 403 Forbidden, 409 AlreadyExists, 422 UnprocessableEntity (it does not work)"},
    {REST_METHOD_GET, WAREHOUSES "/{warehouse}", "showWarehouse", rest_warehouse_show, 0,
     "One of them; a secret is never answered",
     "200 Warehouse; 404 NoSuchWarehouse"},
    {REST_METHOD_POST, WAREHOUSES "/{warehouse}?skipCheck", "alterWarehouse", rest_warehouse_alter, BODY,
     "Changes what is named and leaves the rest; null sets a member back",
     "takes WarehouseChange; 200 Warehouse; 404 NoSuchWarehouse, 409 CommitFailed, 422 UnprocessableEntity (it does not work)"},
    {REST_METHOD_DELETE, WAREHOUSES "/{warehouse}", "dropWarehouse", rest_warehouse_drop, 0,
     "Drops a catalog that holds nothing, and its warehouse; no file goes",
     "204; 400 BadRequest (it holds something), 404 NoSuchWarehouse"},
    {REST_METHOD_POST, WAREHOUSES "/{warehouse}/check", "checkWarehouse", rest_warehouse_check, 0,
     "Tries whether it works, with a small file of its own",
     "200 WarehouseCheck; 404 NoSuchWarehouse"},
    {REST_METHOD_GET, KEPT "/dropped", "listDropped", rest_dropped_list, 0,
     "Dropped Iceberg tables and views of a namespace that can be taken back, the last dropped first",
     "200 DroppedList; 404 NoSuchNamespace, NoSuchCatalog"},
    {REST_METHOD_POST, KEPT "/undrop", "undropTable", rest_dropped_undrop, BODY,
     "Takes a dropped table or view back, with its identity, refs and history",
     "takes Undrop; 200 Dropped; 404 NoSuchObject (none is kept), NoSuchNamespace, NotFound (the metadata file), 409 AlreadyExists"},
    {REST_METHOD_GET, TASKS "?state&limit", "listTasks", rest_task_list, 0,
     "What drops have left to the background, the newest first",
     "200 TaskList"},
    {REST_METHOD_POST, TASKS "/{task}/retry", "retryTask", rest_task_retry, 0,
     "Has a task tried again at once, also one that was given up",
     "204; 400 (it is done), 404 NoSuchObject"},
    {REST_METHOD_DELETE, TASKS "/{task}", "cancelTask", rest_task_cancel, 0,
     "Ends a task; what it has deleted stays deleted",
     "204; 400 (it is done), 404 NoSuchObject"},
    {REST_METHOD_GET, "/management/v1/duties", "listDuties", rest_duty_list, 0,
     "The kinds of background work, who does each, and since when it went well",
     "200 DutyList"},
    {REST_METHOD_GET, "/health", "health", rest_health_show, REST_ROUTE_IMMEDIATE,
     "Whether the server answers",
     "200 Health; 503 Health"},
};
/* clang-format on */

static const struct {
    RestMethod method;
    const char *name;
} method_names[] = {
    {REST_METHOD_GET,    "GET"   },
    {REST_METHOD_HEAD,   "HEAD"  },
    {REST_METHOD_POST,   "POST"  },
    {REST_METHOD_DELETE, "DELETE"},
};

RestMethod
rest_method_parse(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(method_names); i++)
        if (!strcmp(name, method_names[i].name))
            return method_names[i].method;
    return REST_METHOD_OTHER;
}

const char *
rest_method_name(RestMethod method)
{
    for (gsize i = 0; i < G_N_ELEMENTS(method_names); i++)
        if (method == method_names[i].method)
            return method_names[i].name;
    return "OTHER";
}

static const char **
route_place(RestPlaces *places, const char *name, gsize length)
{
    const struct {
        const char *name;
        const char **slot;
    } slots[] = {
        {"{prefix}",    &places->prefix        },
        {"{warehouse}", &places->prefix        }, /* a catalog, too */
        {"{namespace}", &places->namespace_name},
        {"{table}",     &places->table         },
        {"{view}",      &places->view          },
        {"{plan-id}",   &places->plan          },
        {"{task}",      &places->task          },
        {"{function}",  &places->function      },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++)
        if (strlen(slots[i].name) == length && !memcmp(slots[i].name, name, length))
            return slots[i].slot;
    g_assert_not_reached();
}

/* Does the path fit, with or without the {prefix} segment? */
static gboolean
route_fits(const char *path,
           const GPtrArray *segments,
           gboolean with_prefix,
           RestPlaces *out_places)
{
    RestPlaces places = {.prefix = NULL};
    guint at = 0;
    while (*path && *path != '?') {
        path++; /* the slash */
        gsize length = strcspn(path, "/?");
        const char *part = path;
        path += length;
        if (!with_prefix && g_str_has_prefix(part, "{prefix}"))
            continue;
        if (at == segments->len)
            return FALSE;
        const char *segment = g_ptr_array_index(segments, at++);
        if (*part == '{')
            *route_place(&places, part, length) = segment;
        else if (strlen(segment) != length || memcmp(segment, part, length) != 0)
            return FALSE;
    }
    if (at != segments->len)
        return FALSE;
    *out_places = places;
    return TRUE;
}

static void
route_match_prefix(RestMethod method,
                   const GPtrArray *segments,
                   gboolean with_prefix,
                   RestMatch *match)
{
    for (gsize i = 0; i < G_N_ELEMENTS(route_table) && !match->route; i++) {
        const RestRoute *route = &route_table[i];
        RestPlaces places;
        if (with_prefix && !strstr(route->path, "{prefix}"))
            continue;
        if (!route_fits(route->path, segments, with_prefix, &places))
            continue;
        match->allowed |= route->method;
        if (route->method == method) {
            match->route = route;
            match->places = places;
        }
    }
}

void
rest_route_match(RestMethod method, const GPtrArray *segments, RestMatch *out_match)
{
    RestMatch match = {.route = NULL};
    route_match_prefix(method, segments, FALSE, &match);
    if (!match.allowed)
        route_match_prefix(method, segments, TRUE, &match);
    *out_match = match;
}

gboolean
rest_route_is_specified(const RestRoute *route)
{
    return g_str_has_prefix(route->path, "/v1/");
}

const RestRoute *
rest_routes(gsize *out_n)
{
    *out_n = G_N_ELEMENTS(route_table);
    return route_table;
}
