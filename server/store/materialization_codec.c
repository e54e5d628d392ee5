/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of creation_metadata; its shape is told in migrations/0013_catalogs.sql. Tables that are
 * read are named as they were called then, and found again by their ids. */
#include "store/materialization_codec.h"

#include "skep/json.h"

char *
store_materialization_print(const CatalogMaterialization *materialization)
{
    g_autoptr(cJSON) object = NULL;
    cJSON *sources;

    if (!materialization)
        return NULL;
    object = cJSON_CreateObject();
    sources = cJSON_CreateArray();
    for (guint i = 0; i < materialization->sources->len; i++) {
        const CatalogSourceTable *source = materialization->sources->pdata[i];
        cJSON *item = cJSON_CreateObject();

        json_object_set_int64(item, "id", source->table_id);
        json_object_set_string(item, "namespace", source->namespace_name);
        json_object_set_string(item, "table", source->table_name);
        json_object_set_int64(item, "inserted", source->inserted);
        json_object_set_int64(item, "updated", source->updated);
        json_object_set_int64(item, "deleted", source->deleted);
        json_array_append(sources, item);
    }
    json_object_set(object, "sources", sources);
    if (materialization->valid_transactions)
        json_object_set_string(object, "valid_transactions", materialization->valid_transactions);
    json_object_set_int64(object, "materialized_ms", materialization->materialized_ms);
    return json_print_compact(object);
}

static gint64
number_of(const cJSON *object, const char *key)
{
    gint64 number;

    return json_value_int64(json_find(object, key), &number) ? number : 0;
}

static const char *
text_of(const cJSON *object, const char *key)
{
    const cJSON *member = json_find(object, key);

    return json_is_string(member) ? member->valuestring : NULL;
}

CatalogMaterialization *
store_materialization_read(const StoreResult *result, guint row, guint column)
{
    g_autoptr(cJSON) object = NULL;
    CatalogMaterialization *made;
    const cJSON *item;

    if (store_row_is_null(result, row, column))
        return NULL;
    object = json_parse_object(store_row_text(result, row, column),
                               store_row_text_length(result, row, column), G_MAXINT, NULL);
    if (!object)
        return NULL;
    made = catalog_materialization_new();
    made->valid_transactions = g_strdup(text_of(object, "valid_transactions"));
    made->materialized_ms = number_of(object, "materialized_ms");
    cJSON_ArrayForEach(item, json_find(object, "sources"))
    {
        CatalogSourceTable *source =
            catalog_source_table_new(text_of(item, "namespace"), text_of(item, "table"));

        source->table_id = number_of(item, "id");
        source->inserted = number_of(item, "inserted");
        source->updated = number_of(item, "updated");
        source->deleted = number_of(item, "deleted");
        g_ptr_array_add(made->sources, source);
    }
    return made;
}
