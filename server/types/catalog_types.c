/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy, ref and free for the records of skep/catalog_types.h, which every layer speaks. No
 * rule lives here: names are not folded, values are not checked. Callers: everybody. */
#include "skep/catalog_types.h"

#include "skep/materialization_types.h"

static gpointer
copy_column_element(gconstpointer column, gpointer data)
{
    (void)data;
    return catalog_column_copy(column);
}

static gpointer
copy_string_element(gconstpointer text, gpointer data)
{
    (void)data;
    return g_strdup(text);
}

static gpointer
copy_sort_element(gconstpointer element, gpointer data)
{
    const CatalogSortColumn *column = element;
    (void)data;
    return catalog_sort_column_new(column->column, column->order);
}

static void
string_list_free(gpointer list)
{
    if (list)
        g_ptr_array_unref(list);
}

static gpointer
copy_list_element(gconstpointer list, gpointer data)
{
    GPtrArray *copy = catalog_strings_new();
    const GPtrArray *strings = list;

    (void)data;
    for (guint i = 0; strings && i < strings->len; i++)
        g_ptr_array_add(copy, g_strdup(strings->pdata[i]));
    return copy;
}

/* Appends copies of all elements of `from` (NULL: none) to `to`. */
static void
array_append_copies(GPtrArray *to, const GPtrArray *from, GCopyFunc copy)
{
    for (guint i = 0; from && i < from->len; i++)
        g_ptr_array_add(to, copy(from->pdata[i], NULL));
}

static void
map_replace_copies(GHashTable *to, const GHashTable *from)
{
    GHashTableIter iter;
    gpointer key, value;

    if (!from)
        return;
    g_hash_table_iter_init(&iter, (GHashTable *)from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        catalog_map_set(to, key, value);
}

static void
array_free(GPtrArray *array)
{
    if (array)
        g_ptr_array_unref(array);
}

static void
map_free(GHashTable *map)
{
    if (map)
        g_hash_table_unref(map);
}

/* --- columns -----------------------------------------------------------------------------------
 */

CatalogColumn *
catalog_column_new(const char *name, const char *type, const char *comment)
{
    CatalogColumn *column = g_new0(CatalogColumn, 1);

    column->name = g_strdup(name);
    column->type = g_strdup(type);
    column->comment = g_strdup(comment);
    return column;
}

CatalogColumn *
catalog_column_copy(const CatalogColumn *column)
{
    return column ? catalog_column_new(column->name, column->type, column->comment) : NULL;
}

void
catalog_column_free(CatalogColumn *column)
{
    if (!column)
        return;
    g_free(column->name);
    g_free(column->type);
    g_free(column->comment);
    g_free(column);
}

CatalogSortColumn *
catalog_sort_column_new(const char *column, gint32 order)
{
    CatalogSortColumn *sort = g_new0(CatalogSortColumn, 1);

    sort->column = g_strdup(column);
    sort->order = order;
    return sort;
}

void
catalog_sort_column_free(CatalogSortColumn *column)
{
    if (!column)
        return;
    g_free(column->column);
    g_free(column);
}

/* --- containers ----------------------------------------------------------------------------------
 */

GHashTable *
catalog_map_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

GHashTable *
catalog_map_copy(const GHashTable *map)
{
    GHashTable *copy = catalog_map_new();

    map_replace_copies(copy, map);
    return copy;
}

void
catalog_map_set(GHashTable *map, const char *key, const char *value)
{
    g_hash_table_replace(map, g_strdup(key), g_strdup(value));
}

const char *
catalog_map_get(const GHashTable *map, const char *key)
{
    return map ? g_hash_table_lookup((GHashTable *)map, key) : NULL;
}

gboolean
catalog_map_is(const GHashTable *map, const char *key, const char *value)
{
    const char *present = catalog_map_get(map, key);

    return present && g_ascii_strcasecmp(present, value) == 0;
}

gboolean
catalog_map_equal(const GHashTable *a, const GHashTable *b)
{
    guint size_a = a ? g_hash_table_size((GHashTable *)a) : 0;
    guint size_b = b ? g_hash_table_size((GHashTable *)b) : 0;
    GHashTableIter iter;
    gpointer key, value;

    if (size_a != size_b)
        return FALSE;
    if (!a || !b || a == b)
        return TRUE;
    g_hash_table_iter_init(&iter, (GHashTable *)a);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        gpointer other;

        if (!g_hash_table_lookup_extended((GHashTable *)b, key, NULL, &other) ||
            g_strcmp0(value, other) != 0)
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
catalog_columns_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)catalog_column_free);
}

GPtrArray *
catalog_columns_copy(const GPtrArray *columns)
{
    GPtrArray *copy = catalog_columns_new();

    array_append_copies(copy, columns, copy_column_element);
    return copy;
}

GPtrArray *
catalog_strings_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* --- storage descriptors --- */

static void
storage_clear(gpointer memory)
{
    CatalogStorage *storage = memory;

    array_free(storage->columns);
    g_free(storage->input_format);
    g_free(storage->output_format);
    g_free(storage->serde_name);
    g_free(storage->serde_library);
    map_free(storage->serde_parameters);
    g_free(storage->serde_description);
    g_free(storage->serde_serializer);
    g_free(storage->serde_deserializer);
    array_free(storage->bucket_columns);
    array_free(storage->sort_columns);
    map_free(storage->parameters);
    array_free(storage->skewed_columns);
    array_free(storage->skewed_values);
    array_free(storage->skewed_locations);
}

CatalogStorage *
catalog_storage_new(void)
{
    CatalogStorage *storage = g_atomic_rc_box_new0(CatalogStorage);

    storage->columns = catalog_columns_new();
    storage->serde_parameters = catalog_map_new();
    storage->bucket_columns = catalog_strings_new();
    storage->sort_columns =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_sort_column_free);
    storage->parameters = catalog_map_new();
    storage->skewed_columns = catalog_strings_new();
    storage->skewed_values = g_ptr_array_new_with_free_func(string_list_free);
    storage->skewed_locations = g_ptr_array_new_with_free_func(string_list_free);
    return storage;
}

CatalogStorage *
catalog_storage_ref(CatalogStorage *storage)
{
    return storage ? g_atomic_rc_box_acquire(storage) : NULL;
}

void
catalog_storage_unref(CatalogStorage *storage)
{
    if (storage)
        g_atomic_rc_box_release_full(storage, storage_clear);
}

CatalogStorage *
catalog_storage_copy(const CatalogStorage *storage)
{
    CatalogStorage *copy;

    if (!storage)
        return NULL;
    copy = catalog_storage_new();
    array_append_copies(copy->columns, storage->columns, copy_column_element);
    copy->input_format = g_strdup(storage->input_format);
    copy->output_format = g_strdup(storage->output_format);
    copy->compressed = storage->compressed;
    copy->bucket_count = storage->bucket_count;
    copy->serde_name = g_strdup(storage->serde_name);
    copy->serde_library = g_strdup(storage->serde_library);
    map_replace_copies(copy->serde_parameters, storage->serde_parameters);
    copy->serde_description = g_strdup(storage->serde_description);
    copy->serde_serializer = g_strdup(storage->serde_serializer);
    copy->serde_deserializer = g_strdup(storage->serde_deserializer);
    copy->serde_type = storage->serde_type;
    array_append_copies(copy->bucket_columns, storage->bucket_columns, copy_string_element);
    array_append_copies(copy->sort_columns, storage->sort_columns, copy_sort_element);
    map_replace_copies(copy->parameters, storage->parameters);
    array_append_copies(copy->skewed_columns, storage->skewed_columns, copy_string_element);
    array_append_copies(copy->skewed_values, storage->skewed_values, copy_list_element);
    array_append_copies(copy->skewed_locations, storage->skewed_locations, copy_list_element);
    copy->stored_as_sub_directories = storage->stored_as_sub_directories;
    return copy;
}

/* --- catalogs and namespaces --- */

CatalogInfo *
catalog_info_new(void)
{
    CatalogInfo *info = g_new0(CatalogInfo, 1);

    info->parameters = catalog_map_new();
    return info;
}

CatalogInfo *
catalog_info_copy(const CatalogInfo *info)
{
    CatalogInfo *copy;

    if (!info)
        return NULL;
    copy = g_new0(CatalogInfo, 1);
    copy->id = info->id;
    copy->name = g_strdup(info->name);
    copy->description = g_strdup(info->description);
    copy->location = g_strdup(info->location);
    copy->create_time_s = info->create_time_s;
    copy->parameters = catalog_map_copy(info->parameters);
    return copy;
}

void
catalog_info_free(CatalogInfo *info)
{
    if (!info)
        return;
    g_free(info->name);
    g_free(info->description);
    g_free(info->location);
    g_hash_table_unref(info->parameters);
    g_free(info);
}

CatalogNamespace *
catalog_namespace_new(void)
{
    CatalogNamespace *namespace_ = g_new0(CatalogNamespace, 1);

    namespace_->properties = catalog_map_new();
    return namespace_;
}

CatalogNamespace *
catalog_namespace_copy(const CatalogNamespace *namespace_)
{
    CatalogNamespace *copy;

    if (!namespace_)
        return NULL;
    copy = g_new0(CatalogNamespace, 1);
    copy->id = namespace_->id;
    copy->catalog = g_strdup(namespace_->catalog);
    copy->name = g_strdup(namespace_->name);
    copy->description = g_strdup(namespace_->description);
    copy->location = g_strdup(namespace_->location);
    copy->managed_location = g_strdup(namespace_->managed_location);
    copy->owner_name = g_strdup(namespace_->owner_name);
    copy->owner_type = namespace_->owner_type;
    copy->create_time_s = namespace_->create_time_s;
    copy->properties = catalog_map_copy(namespace_->properties);
    copy->version = namespace_->version;
    return copy;
}

void
catalog_namespace_free(CatalogNamespace *namespace_)
{
    if (!namespace_)
        return;
    g_free(namespace_->catalog);
    g_free(namespace_->name);
    g_free(namespace_->description);
    g_free(namespace_->location);
    g_free(namespace_->managed_location);
    g_free(namespace_->owner_name);
    map_free(namespace_->properties);
    g_free(namespace_);
}

/* --- tables --- */

CatalogTable *
catalog_table_new(void)
{
    CatalogTable *table = g_new0(CatalogTable, 1);

    table->parameters = catalog_map_new();
    table->partition_keys = catalog_columns_new();
    table->current_snapshot_id = -1;
    return table;
}

CatalogTable *
catalog_table_copy(const CatalogTable *table)
{
    CatalogTable *copy;

    if (!table)
        return NULL;
    /* Plain members first; then every pointer is replaced by a copy of its own. */
    copy = g_memdup2(table, sizeof *table);
    copy->uuid = g_strdup(table->uuid);
    copy->catalog = g_strdup(table->catalog);
    copy->namespace_name = g_strdup(table->namespace_name);
    copy->name = g_strdup(table->name);
    copy->hms_type = g_strdup(table->hms_type);
    copy->owner_name = g_strdup(table->owner_name);
    copy->parameters = catalog_map_copy(table->parameters);
    copy->storage = catalog_storage_ref(table->storage);
    copy->location = g_strdup(table->location);
    copy->partition_keys = catalog_columns_copy(table->partition_keys);
    copy->view_original_text = g_strdup(table->view_original_text);
    copy->view_expanded_text = g_strdup(table->view_expanded_text);
    copy->materialization = catalog_materialization_copy(table->materialization);
    copy->metadata_location = g_strdup(table->metadata_location);
    copy->previous_metadata_location = g_strdup(table->previous_metadata_location);
    return copy;
}

void
catalog_table_free(CatalogTable *table)
{
    if (!table)
        return;
    g_free(table->uuid);
    g_free(table->catalog);
    g_free(table->namespace_name);
    g_free(table->name);
    g_free(table->hms_type);
    g_free(table->owner_name);
    map_free(table->parameters);
    catalog_storage_unref(table->storage);
    g_free(table->location);
    array_free(table->partition_keys);
    g_free(table->view_original_text);
    g_free(table->view_expanded_text);
    catalog_materialization_free(table->materialization);
    g_free(table->metadata_location);
    g_free(table->previous_metadata_location);
    g_free(table);
}

CatalogCommitRecord *
catalog_commit_record_new(void)
{
    CatalogCommitRecord *record = g_new0(CatalogCommitRecord, 1);

    record->snapshot_id = -1;
    record->parent_snapshot_id = -1;
    return record;
}

void
catalog_commit_record_free(CatalogCommitRecord *record)
{
    if (!record)
        return;
    g_free(record->metadata_location);
    g_free(record->operation);
    g_free(record->summary_json);
    g_free(record);
}

/* --- partitions --- */

CatalogPartition *
catalog_partition_new(void)
{
    CatalogPartition *partition = g_new0(CatalogPartition, 1);

    partition->parameters = catalog_map_new();
    return partition;
}

CatalogPartition *
catalog_partition_copy(const CatalogPartition *partition)
{
    CatalogPartition *copy;

    if (!partition)
        return NULL;
    copy = g_memdup2(partition, sizeof *partition);
    copy->name = g_strdup(partition->name);
    copy->values = g_strdupv(partition->values);
    copy->storage = catalog_storage_ref(partition->storage);
    copy->location = g_strdup(partition->location);
    copy->parameters = catalog_map_copy(partition->parameters);
    return copy;
}

void
catalog_partition_free(CatalogPartition *partition)
{
    if (!partition)
        return;
    g_free(partition->name);
    g_strfreev(partition->values);
    catalog_storage_unref(partition->storage);
    g_free(partition->location);
    map_free(partition->parameters);
    g_free(partition);
}

/* --- locks --- */

static void
lock_component_clear(CatalogLockComponent *component)
{
    g_free(component->namespace_name);
    g_free(component->table_name);
    g_free(component->partition_name);
}

CatalogLockComponent *
catalog_lock_component_new(void)
{
    CatalogLockComponent *component = g_new0(CatalogLockComponent, 1);

    component->type = CATALOG_LOCK_SHARED_READ;
    return component;
}

void
catalog_lock_component_free(CatalogLockComponent *component)
{
    if (!component)
        return;
    lock_component_clear(component);
    g_free(component);
}

CatalogLockRequest *
catalog_lock_request_new(void)
{
    CatalogLockRequest *request = g_new0(CatalogLockRequest, 1);

    request->components =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lock_component_free);
    return request;
}

void
catalog_lock_request_free(CatalogLockRequest *request)
{
    if (!request)
        return;
    array_free(request->components);
    g_free(request->user);
    g_free(request->host);
    g_free(request->agent_info);
    g_free(request);
}

CatalogLockInfo *
catalog_lock_info_new(void)
{
    CatalogLockInfo *info = g_new0(CatalogLockInfo, 1);

    info->component.type = CATALOG_LOCK_SHARED_READ;
    info->state = CATALOG_LOCK_WAITING;
    return info;
}

void
catalog_lock_info_free(CatalogLockInfo *info)
{
    if (!info)
        return;
    lock_component_clear(&info->component);
    g_free(info->user);
    g_free(info->host);
    g_free(info->agent_info);
    g_free(info);
}
