/* SPDX-License-Identifier: Apache-2.0 */
/* Warehouses: listed, made, shown, changed, dropped, tried. What a client may say of one the
 * catalog reads itself; secrets are taken here and never answered. Caller: the table of routes. */
#include "rest_private.h"

#include "skep/catalog_info.h"
#include "skep/catalog_warehouse.h"
#include "skep/storage_json.h"

static cJSON *
warehouse_encode(const CatalogWarehouse *warehouse)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *prefixes = cJSON_CreateArray();
    json_object_set_string(object, "name", warehouse->name);
    if (warehouse->description)
        json_object_set_string(object, "description", warehouse->description);
    if (warehouse->location)
        json_object_set_string(object, "location", warehouse->location);
    for (guint i = 0; warehouse->allowed_prefixes[i]; i++)
        json_array_append_string(prefixes, warehouse->allowed_prefixes[i]);
    json_object_set(object, "allowed-prefixes", prefixes);
    if (warehouse->storage) {
        cJSON *storage = storage_profile_print(warehouse->storage);
        json_object_set_string(storage, "secret", warehouse->has_secret ? "set" : "unset");
        json_object_set(object, "storage", storage);
    }
    json_object_set_bool(object, "own", warehouse->is_own);
    json_object_set_int64(object, "version", warehouse->version);
    return object;
}

static gboolean
warehouse_reply(RestRequest *request, CatalogWarehouse *warehouse)
{
    if (!warehouse)
        return FALSE;
    rest_reply_tree(request, 200, warehouse_encode(warehouse));
    catalog_warehouse_free(warehouse);
    return TRUE;
}

gboolean
rest_warehouse_list(RestRequest *request, GError **error)
{
    g_autoptr(GPtrArray) list = catalog_warehouse_list(request->catalog, error);
    if (!list)
        return FALSE;
    cJSON *body = cJSON_CreateObject();
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < list->len; i++)
        json_array_append(array, warehouse_encode(g_ptr_array_index(list, i)));
    json_object_set(body, "warehouses", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}

gboolean
rest_warehouse_show(RestRequest *request, GError **error)
{
    return warehouse_reply(request,
                           catalog_warehouse_find(request->catalog, request->places.prefix, error));
}

gboolean
rest_warehouse_create(RestRequest *request, GError **error)
{
    gboolean skip = FALSE;
    g_autoptr(cJSON) wanted = rest_request_body(request, error);
    if (!wanted || !rest_request_parameter_bool(request, "skipCheck", &skip, error))
        return FALSE;
    return warehouse_reply(
        request, catalog_warehouse_create(request->catalog, &request->caller, wanted, skip, error));
}

gboolean
rest_warehouse_alter(RestRequest *request, GError **error)
{
    gboolean skip = FALSE;
    g_autoptr(cJSON) change = rest_request_body(request, error);
    if (!change || !rest_request_parameter_bool(request, "skipCheck", &skip, error))
        return FALSE;
    return warehouse_reply(
        request,
        catalog_warehouse_alter(request->catalog, request->places.prefix, change, skip, error));
}

gboolean
rest_warehouse_drop(RestRequest *request, GError **error)
{
    if (!catalog_info_drop(request->catalog, request->places.prefix, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_warehouse_check(RestRequest *request, GError **error)
{
    g_autoptr(GPtrArray) steps =
        catalog_warehouse_check(request->catalog, request->places.prefix, error);
    if (!steps)
        return FALSE;
    cJSON *body = cJSON_CreateObject();
    cJSON *array = cJSON_CreateArray();
    gboolean works = TRUE;
    for (guint i = 0; i < steps->len; i++) {
        const CatalogWarehouseStep *step = g_ptr_array_index(steps, i);
        cJSON *object = cJSON_CreateObject();
        json_object_set_string(object, "step", step->step);
        if (step->problem)
            json_object_set_string(object, "problem", step->problem);
        works &= step->problem == NULL;
        json_array_append(array, object);
    }
    json_object_set_bool(body, "works", works);
    json_object_set(body, "steps", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}
