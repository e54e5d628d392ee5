/* SPDX-License-Identifier: Apache-2.0 */
/* From what statements wrote into skep.events.details to the records of the catalog. Row images
 * have the names of the columns of their tables; a column that is not there leaves the member as it
 * is. Caller: event.c. */
#include "store/event_codec.h"

#include <string.h>

#include "skep/error.h"
#include "skep/json.h"
#include "skep/store_partition.h"
#include "store/partition_private.h"
#include "store/statistics_codec.h"
#include "store/storage_descriptor.h"

/* What PostgreSQL holds in one value. */
#define DETAILS_BYTES_MAX (256u << 20)

/* --- members of an image --- */

static const char *
peek_text(const cJSON *image, const char *name)
{
    const cJSON *member = json_find_present(image, name);

    return json_is_string(member) ? member->valuestring : NULL;
}

static char *
read_text(const cJSON *image, const char *name)
{
    return g_strdup(peek_text(image, name));
}

static gint64
read_int64(const cJSON *image, const char *name, gint64 when_absent)
{
    gint64 number = when_absent;

    return json_value_int64(json_find_present(image, name), &number) ? number : when_absent;
}

static gint32
read_int32(const cJSON *image, const char *name)
{
    return (gint32)CLAMP(read_int64(image, name, 0), G_MININT32, G_MAXINT32);
}

static gboolean
read_truth(const cJSON *image, const char *name)
{
    return cJSON_IsTrue(json_find(image, name));
}

static void
read_map(const cJSON *image, const char *name, GHashTable *map)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, json_find_present(image, name))
    {
        g_autofree char *printed = json_is_string(member) ? NULL : json_print_compact(member);

        if (!json_is_null(member))
            catalog_map_set(map, member->string, printed ? printed : member->valuestring);
    }
}

static void
read_texts(const cJSON *image, const char *name, GPtrArray *texts)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_find_present(image, name))
    {
        g_ptr_array_add(texts, g_strdup(json_is_string(item) ? item->valuestring : ""));
    }
}

static void
read_numbers(const cJSON *image, const char *name, GArray *numbers)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_find_present(image, name))
    {
        gint64 number = 0;

        json_value_int64(item, &number);
        g_array_append_val(numbers, number);
    }
}

static gboolean
read_storage(Store *store, const cJSON *image, CatalogStorage **out_storage, GError **error)
{
    gint64 id = read_int64(image, "storage_id", 0);

    if (id != 0) {
        CatalogStorage *storage = store_storage_find(store, id, error);

        if (!storage)
            return FALSE;
        catalog_storage_unref(*out_storage);
        *out_storage = storage;
    }
    return TRUE;
}

/* --- rows --- */

static CatalogInfo *
read_info(const cJSON *image)
{
    CatalogInfo *info = NULL;

    if (json_is_object(image)) {
        info = catalog_info_new();
        info->id = read_int64(image, "id", 0);
        info->name = read_text(image, "name");
        info->description = read_text(image, "description");
        info->location = read_text(image, "location");
        info->create_time_s = read_int32(image, "created_s");
        read_map(image, "parameters", info->parameters);
    }
    return info;
}

static CatalogNamespace *
read_namespace(const cJSON *image, const CatalogEvent *event)
{
    CatalogNamespace *namespace_ = NULL;

    if (json_is_object(image)) {
        namespace_ = catalog_namespace_new();
        namespace_->id = read_int64(image, "id", 0);
        namespace_->catalog = g_strdup(event->catalog);
        namespace_->name = read_text(image, "name");
        namespace_->description = read_text(image, "description");
        namespace_->location = read_text(image, "location");
        namespace_->managed_location = read_text(image, "managed_location");
        namespace_->owner_name = read_text(image, "owner_name");
        namespace_->owner_type = read_int32(image, "owner_type");
        namespace_->create_time_s = read_int32(image, "created_s");
        read_map(image, "properties", namespace_->properties);
        namespace_->version = read_int64(image, "version", 0);
    }
    return namespace_;
}

static void
read_table_view(const cJSON *image, CatalogTable *table)
{
    const char *metadata_location = peek_text(image, "metadata_location");
    const char *previous = peek_text(image, "previous_metadata_location");
    const cJSON *column;

    cJSON_ArrayForEach(column, json_find_present(image, "partition_keys"))
    {
        g_ptr_array_add(table->partition_keys,
                        catalog_column_new(peek_text(column, "name"), peek_text(column, "type"),
                                           peek_text(column, "comment")));
    }
    table->view_original_text = read_text(image, "view_original_text");
    table->view_expanded_text = read_text(image, "view_expanded_text");
    table->rewrite_enabled = read_truth(image, "rewrite_enabled");
    if (metadata_location)
        catalog_map_set(table->parameters, "metadata_location", metadata_location);
    if (previous)
        catalog_map_set(table->parameters, "previous_metadata_location", previous);
    table->metadata_location = g_strdup(metadata_location);
    table->previous_metadata_location = g_strdup(previous);
    table->current_snapshot_id = read_int64(image, "current_snapshot_id", -1);
}

/* NULL without an error when the event has no such image. */
static gboolean
read_table(Store *store,
           const cJSON *image,
           const char *catalog_name,
           const char *namespace_name,
           CatalogTable **out_table,
           GError **error)
{
    g_autoptr(CatalogTable) table = catalog_table_new();

    if (!json_is_object(image))
        return TRUE;
    if (!read_storage(store, image, &table->storage, error))
        return FALSE;
    table->id = read_int64(image, "id", 0);
    table->uuid = read_text(image, "uuid");
    table->catalog = g_strdup(catalog_name);
    table->namespace_name = g_strdup(namespace_name);
    table->name = read_text(image, "name");
    table->kind = (CatalogTableKind)read_int32(image, "kind");
    table->hms_type = read_text(image, "hms_type");
    table->owner_name = read_text(image, "owner_name");
    table->owner_type = read_int32(image, "owner_type");
    table->create_time_s = read_int32(image, "created_s");
    table->last_access_time_s = read_int32(image, "last_access_s");
    table->retention_s = read_int32(image, "retention_s");
    table->location = read_text(image, "location");
    table->write_id = read_int64(image, "write_id", 0);
    table->version = read_int64(image, "version", 0);
    read_map(image, "parameters", table->parameters);
    read_table_view(image, table);
    *out_table = g_steal_pointer(&table);
    return TRUE;
}

/* NULL without an error when the event has no such image. */
static gboolean
read_partition(Store *store,
               const cJSON *image,
               const CatalogTable *table,
               CatalogPartition **out_partition,
               GError **error)
{
    g_autoptr(CatalogPartition) partition = catalog_partition_new();
    StorePartitionTable place = {table ? table->id : 0, table ? table->location : NULL};
    g_autoptr(GPtrArray) values = catalog_strings_new();

    if (!json_is_object(image))
        return TRUE;
    if (!read_storage(store, image, &partition->storage, error))
        return FALSE;
    partition->name = read_text(image, "name");
    read_texts(image, "key_values", values);
    g_ptr_array_add(values, NULL);
    partition->values = g_strdupv((char **)values->pdata);
    partition->location = read_text(image, "location");
    if (!partition->location && partition->name)
        partition->location = store_partition_derived_location(&place, partition->name);
    partition->create_time_s = read_int32(image, "created_s");
    partition->last_access_time_s = read_int32(image, "last_access_s");
    partition->write_id = read_int64(image, "write_id", -1);
    read_map(image, "parameters", partition->parameters);
    if (!g_hash_table_contains(partition->parameters, STORE_PARTITION_DDL_TIME))
        g_hash_table_insert(partition->parameters, g_strdup(STORE_PARTITION_DDL_TIME),
                            g_strdup_printf("%d", partition->create_time_s));
    *out_partition = g_steal_pointer(&partition);
    return TRUE;
}

static CatalogFunction *
read_function(const cJSON *image, const CatalogEvent *event)
{
    CatalogFunction *function = catalog_function_new();
    g_autoptr(GPtrArray) uris = catalog_strings_new();
    g_autoptr(GArray) types = g_array_new(FALSE, FALSE, sizeof(gint64));

    function->id = read_int64(image, "id", 0);
    function->catalog = g_strdup(event->catalog);
    function->namespace_name = g_strdup(event->namespace_name);
    function->name = read_text(image, "name");
    function->class_name = read_text(image, "class_name");
    function->owner_name = read_text(image, "owner_name");
    function->owner_type = read_int32(image, "owner_type");
    function->create_time_s = read_int32(image, "created_s");
    function->function_type = read_int32(image, "function_type");
    read_texts(image, "resource_uris", uris);
    read_numbers(image, "resource_types", types);
    for (guint i = 0; i < uris->len && i < types->len; i++)
        g_ptr_array_add(
            function->resources,
            catalog_resource_new((gint32)g_array_index(types, gint64, i), uris->pdata[i]));
    return function;
}

static CatalogConstraint *
read_constraint(const cJSON *image, const CatalogEvent *event)
{
    CatalogConstraint *constraint =
        catalog_constraint_new((CatalogConstraintKind)read_int32(image, "kind"));

    constraint->catalog = g_strdup(event->catalog);
    constraint->namespace_name = g_strdup(event->namespace_name);
    constraint->table_name = g_strdup(event->table_name);
    constraint->column_name = read_text(image, "column_name");
    constraint->name = read_text(image, "name");
    constraint->key_seq = read_int32(image, "key_seq");
    constraint->expression = read_text(image, "expression");
    constraint->is_enabled = read_truth(image, "is_enabled");
    constraint->is_validated = read_truth(image, "is_validated");
    constraint->is_relied_on = read_truth(image, "is_relied_on");
    constraint->parent_namespace = read_text(image, "parent_namespace");
    constraint->parent_table = read_text(image, "parent_table");
    constraint->parent_column = read_text(image, "parent_column_name");
    constraint->parent_key_name = read_text(image, "parent_key_name");
    constraint->update_rule = read_int32(image, "update_rule");
    constraint->delete_rule = read_int32(image, "delete_rule");
    return constraint;
}

static gboolean
read_statistics(const cJSON *image, GPtrArray *columns, GError **error)
{
    g_autoptr(CatalogColumnStatistics) statistics = catalog_column_statistics_new();
    g_autofree char *data = json_print_compact(json_find(image, "data"));

    statistics->column = read_text(image, "column_name");
    statistics->type = read_text(image, "column_type");
    statistics->declared_type = read_text(image, "declared_type");
    statistics->kind = (CatalogStatisticsKind)read_int32(image, "kind");
    statistics->analyzed_s = read_int64(image, "analyzed_s", 0);
    if (data && !store_statistics_from_json(statistics, data, strlen(data), error))
        return FALSE;
    g_ptr_array_add(columns, g_steal_pointer(&statistics));
    return TRUE;
}

static void
read_write(const cJSON *image, GPtrArray *writes)
{
    CatalogEventWrite *write = catalog_event_write_new();

    write->write_id = read_int64(image, "write_id", 0);
    write->namespace_name = read_text(image, "namespace");
    write->table_name = read_text(image, "table");
    write->partition_name =
        g_strdup(peek_text(image, "partition") ? peek_text(image, "partition") : "");
    g_ptr_array_add(writes, write);
}

/* --- the whole --- */

static gboolean
decode_tables(Store *store, const cJSON *details, CatalogEvent *event, GError **error)
{
    const char *moved_to = peek_text(details, "new_namespace");

    return read_table(store, json_find(details, "table_before"), event->catalog,
                      event->namespace_name, &event->table_before, error) &&
           read_table(store, json_find(details, "table"), event->catalog,
                      moved_to ? moved_to : event->namespace_name, &event->table, error);
}

static gboolean
decode_partition(Store *store, const cJSON *image, CatalogEvent *event, GError **error)
{
    CatalogPartition *partition = NULL;

    if (!read_partition(store, image, event->table, &partition, error))
        return FALSE;
    if (partition)
        g_ptr_array_add(event->partitions, partition);
    return TRUE;
}

static gboolean
decode_partitions(Store *store, const cJSON *details, CatalogEvent *event, GError **error)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_find_present(details, "partitions"))
    {
        if (!decode_partition(store, item, event, error))
            return FALSE;
    }
    return decode_partition(store, json_find(details, "partition"), event, error) &&
           read_partition(store, json_find(details, "partition_before"), event->table,
                          &event->partition_before, error);
}

static gboolean
decode_column_facts(const cJSON *details, CatalogEvent *event, GError **error)
{
    const cJSON *item;

    event->engine = read_text(details, "engine");
    event->column = read_text(details, "column");
    event->constraint_name = read_text(details, "constraint_name");
    cJSON_ArrayForEach(item, json_find_present(details, "constraints"))
    {
        g_ptr_array_add(event->constraints, read_constraint(item, event));
    }
    cJSON_ArrayForEach(item, json_find_present(details, "statistics"))
    {
        if (!read_statistics(item, event->statistics, error))
            return FALSE;
    }
    return TRUE;
}

static void
decode_plain_facts(const cJSON *details, CatalogEvent *event)
{
    const cJSON *function = json_find_present(details, "function");
    gint64 transaction_id = read_int64(details, "transaction_id", 0);
    const cJSON *item;

    event->info_before = read_info(json_find(details, "catalog_before"));
    event->info = read_info(json_find(details, "catalog"));
    event->namespace_before = read_namespace(json_find(details, "namespace_before"), event);
    event->namespace_ = read_namespace(json_find(details, "namespace"), event);
    if (function)
        event->function = read_function(function, event);
    event->truncated = read_truth(details, "truncated");
    event->replace = read_truth(details, "replace");
    event->refresh = read_truth(details, "refresh");
    read_texts(details, "files", event->files);
    read_texts(details, "checksums", event->checksums);
    read_texts(details, "sub_directories", event->sub_directories);
    if (transaction_id != 0)
        g_array_append_val(event->transaction_ids, transaction_id);
    read_numbers(details, "transaction_ids", event->transaction_ids);
    read_numbers(details, "write_ids", event->write_ids);
    read_texts(details, "namespaces", event->namespaces);
    cJSON_ArrayForEach(item, json_find_present(details, "writes"))
    {
        read_write(item, event->writes);
    }
}

gboolean
store_event_decode(
    Store *store, const char *details, gsize length, CatalogEvent *event, GError **error)
{
    g_autoptr(cJSON) object = NULL;

    if (!details)
        return TRUE;
    object = json_parse_object(details, length, DETAILS_BYTES_MAX, NULL);
    if (!object)
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "A stored event is damaged");
    decode_plain_facts(object, event);
    return decode_tables(store, object, event, error) &&
           decode_partitions(store, object, event, error) &&
           decode_column_facts(object, event, error);
}
