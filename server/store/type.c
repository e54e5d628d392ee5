/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.types. Caller: server/catalog/type.c. */
#include "skep/store_type.h"

#include "skep/json.h"
#include "store/query.h"
#include "store/type_sql.h"

/* Columns of type_list. */
enum { TYPE_NAME, TYPE_TYPE1, TYPE_TYPE2, TYPE_FIELDS };

/* A list of objects; NULL for NULL. */
static char *
fields_to_json(const GPtrArray *fields)
{
    g_autoptr(cJSON) list = NULL;

    if (!fields)
        return NULL;
    list = cJSON_CreateArray();
    for (guint i = 0; i < fields->len; i++) {
        const CatalogColumn *field = fields->pdata[i];
        cJSON *object = cJSON_CreateObject();

        json_object_set_string(object, "name", field->name);
        json_object_set_string(object, "type", field->type);
        if (field->comment)
            json_object_set_string(object, "comment", field->comment);
        json_array_append(list, object);
    }
    return json_print_compact(list);
}

gboolean
store_type_create(Store *store, const CatalogNamedType *type, gboolean *out_created, GError **error)
{
    g_autofree char *fields = fields_to_json(type->fields);
    StoreParam params[] = {store_param_text(type->name), store_param_text(type->type1),
                           store_param_text(type->type2), store_param_json(fields)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TYPE_CREATE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_created = result != NULL;
    return TRUE;
}

static gboolean
read_fields(const StoreResult *result, guint row, CatalogNamedType *type, GError **error)
{
    const char *text = store_row_text(result, row, TYPE_FIELDS);
    g_autoptr(cJSON) list = NULL;
    const cJSON *item = NULL;

    if (!text)
        return TRUE;
    list = json_parse(text, store_row_text_length(result, row, TYPE_FIELDS), G_MAXSIZE, error);
    if (!list)
        return FALSE;
    type->fields = catalog_columns_new();
    cJSON_ArrayForEach(item, list)
    {
        const char *name = NULL;
        const char *field_type = NULL;
        const char *comment = NULL;

        if (!json_get_string(item, "name", &name, error) ||
            !json_get_string(item, "type", &field_type, error) ||
            !json_get_optional_string(item, "comment", &comment, error))
            return FALSE;
        g_ptr_array_add(type->fields, catalog_column_new(name, field_type, comment));
    }
    return TRUE;
}

GPtrArray *
store_type_list(
    Store *store, const char *name, const char *name_regex, gint64 limit, GError **error)
{
    StoreParam params[] = {store_param_text(name), store_param_text(name_regex),
                           store_param_int64(limit)};
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GPtrArray) types = NULL;

    if (!store_query_rows(store, &SQL_TYPE_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    types = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_named_type_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogNamedType *type = catalog_named_type_new(store_row_text(result, row, TYPE_NAME),
                                                        store_row_text(result, row, TYPE_TYPE1),
                                                        store_row_text(result, row, TYPE_TYPE2));

        g_ptr_array_add(types, type);
        if (!read_fields(result, row, type, error))
            return NULL;
    }
    return g_steal_pointer(&types);
}

gboolean
store_type_drop(Store *store, const char *name, GError **error)
{
    StoreParam params[] = {store_param_text(name)};

    return store_query_exec(store, &SQL_TYPE_DROP, STORE_PARAMS(params), NULL, error);
}
