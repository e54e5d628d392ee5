/* SPDX-License-Identifier: Apache-2.0 */
/* Between metadata documents and rows: documents loaded, what a moved pointer leaves in the
 * history, and what HMS clients see of a document. Callers: table.c, table_alter.c and the Iceberg
 * operations. */
#include "iceberg_private.h"

#include <string.h>

#include "skep/iceberg.h"
#include "warehouses.h"

/* --- loading --- */

static gboolean
fail_gone(GError **error, const char *location)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_FILE, location,
                     "Failed to open input stream for file: %s", location);
}

static MetadataDocument *
stream_document(Catalog *catalog, Warehouse *warehouse, const char *location, GError **error)
{
    g_auto(MetadataText) text = {0};
    g_autoptr(GBytes) bytes = NULL;

    metadata_text_init(&text, catalog->options.spool_room, NULL);
    if (!warehouse_file_stream(warehouse, location, metadata_text_take, &text, error))
        return NULL;
    if (text.spool)
        return metadata_document_new_long(location, g_steal_pointer(&text.spool));
    bytes = metadata_text_bytes(&text, error);
    return metadata_document_new(location, bytes, NULL);
}

static MetadataDocument *
read_document(Catalog *catalog, Warehouse *warehouse, const char *location, GError **error)
{
    g_autoptr(GError) failure = NULL;
    MetadataDocument *document = stream_document(catalog, warehouse, location, &failure);

    if (!document) {
        if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE)
            fail_gone(error, location);
        else
            g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    document->store = warehouse_serial(warehouse);
    metadata_cache_add(catalog->documents, document);
    return document;
}

MetadataDocument *
catalog_metadata_load(Catalog *catalog,
                      const char *catalog_name,
                      const char *location,
                      GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);
    g_autoptr(MetadataDocument) document = NULL;
    gboolean exists;

    if (!warehouse)
        return NULL;
    document = metadata_cache_find(catalog->documents, warehouse_serial(warehouse), location);
    if (!document)
        return read_document(catalog, warehouse, location, error);
    if (!warehouse_file_exists(warehouse, location, &exists, error))
        return NULL;
    if (!exists) {
        fail_gone(error, location);
        return NULL;
    }
    return g_steal_pointer(&document);
}

/* --- history --- */

static GPtrArray *
copy_refs(const GPtrArray *refs)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)store_table_ref_free);

    for (guint i = 0; i < refs->len; i++) {
        const IcebergRef *ref = refs->pdata[i];

        g_ptr_array_add(copies, store_table_ref_new(ref->name, ref->is_tag, ref->snapshot_id));
    }
    return copies;
}

/* The snapshot that a commit is about: the table's current one where this commit added it, else the
 * last that it added (to another branch). NULL: it added none. */
static const IcebergSnapshot *
committed_snapshot(const IcebergTableSummary *summary)
{
    const GPtrArray *added = summary->new_snapshots;

    for (guint i = 0; summary->has_current_snapshot && i < added->len; i++) {
        const IcebergSnapshot *snapshot = added->pdata[i];

        if (snapshot->snapshot_id == summary->current_snapshot_id)
            return snapshot;
    }
    return added->len ? added->pdata[added->len - 1] : NULL;
}

static StoreTableCommit *
describe_summary(const IcebergTableSummary *summary, const char *metadata_location)
{
    StoreTableCommit *commit = store_table_commit_new();
    const IcebergSnapshot *snapshot = committed_snapshot(summary);

    commit->record->metadata_location = g_strdup(metadata_location);
    commit->refs = copy_refs(summary->refs);
    if (summary->has_current_snapshot)
        commit->record->snapshot_id = summary->current_snapshot_id;
    if (snapshot) {
        commit->record->snapshot_id = snapshot->snapshot_id;
        commit->record->parent_snapshot_id = snapshot->has_parent ? snapshot->parent_id : -1;
        commit->record->sequence_number = snapshot->sequence_number;
        commit->record->timestamp_ms = snapshot->timestamp_ms;
        commit->record->operation = g_strdup(snapshot->operation);
        commit->record->summary_json = g_strdup(snapshot->summary_json);
    }
    return commit;
}

/* What the parameters of Iceberg's Hive catalog tell, for a document that this server cannot read.
 */
static StoreTableCommit *
describe_parameters(CatalogTable *after)
{
    StoreTableCommit *commit = store_table_commit_new();
    const char *snapshot = catalog_map_get(after->parameters, "current-snapshot-id");
    const char *time = catalog_map_get(after->parameters, "current-snapshot-timestamp-ms");
    gint64 snapshot_id;

    commit->record->metadata_location = g_strdup(after->metadata_location);
    commit->record->summary_json =
        g_strdup(catalog_map_get(after->parameters, "current-snapshot-summary"));
    if (snapshot && g_ascii_string_to_signed(snapshot, 10, 0, G_MAXINT64, &snapshot_id, NULL))
        commit->record->snapshot_id = snapshot_id;
    if (time)
        g_ascii_string_to_signed(time, 10, 0, G_MAXINT64, &commit->record->timestamp_ms, NULL);
    after->current_snapshot_id = commit->record->snapshot_id;
    return commit;
}

/* The tree of a document where it can be had at all; the rest is what can be recorded without it.
 */
static const cJSON *
tree_if_readable(Catalog *catalog,
                 const char *catalog_name,
                 const char *location,
                 MetadataDocument **out_document)
{
    if (!location || !catalog_place_is_served(catalog, catalog_name, location))
        return NULL;
    *out_document = catalog_metadata_load(catalog, catalog_name, location, NULL);
    return *out_document ? metadata_cache_tree(catalog->documents, *out_document, NULL) : NULL;
}

static StoreTableCommit *
describe_table(Catalog *catalog, CatalogTable *after, const CatalogTable *before, GError **error)
{
    g_autoptr(MetadataDocument) document = NULL;
    g_autoptr(MetadataDocument) base_document = NULL;
    g_autoptr(IcebergTableSummary) summary = NULL;
    g_autoptr(GError) failure = NULL;
    const cJSON *tree =
        tree_if_readable(catalog, after->catalog, after->metadata_location, &document);
    const cJSON *base;

    if (document && !tree) {
        metadata_cache_tree(catalog->documents, document, &failure);
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, after->metadata_location,
                              "%s is not the metadata of an Iceberg table: %s",
                              after->metadata_location, failure ? failure->message : "unreadable");
    }
    if (!tree)
        return describe_parameters(after);
    base = before ? tree_if_readable(catalog, before->catalog, before->metadata_location,
                                     &base_document)
                  : NULL;
    if (!catalog_iceberg_check_locations(catalog, after->catalog, tree, base, error))
        return NULL;
    summary = iceberg_table_summarize(tree, base, error);
    if (!summary)
        return NULL;
    g_free(after->uuid);
    after->uuid = g_strdup(summary->uuid);
    after->current_snapshot_id = summary->has_current_snapshot ? summary->current_snapshot_id : -1;
    return describe_summary(summary, after->metadata_location);
}

StoreTableCommit *
catalog_metadata_describe(Catalog *catalog,
                          CatalogTable *after,
                          const CatalogTable *before,
                          GError **error)
{
    StoreTableCommit *commit;

    if (after->kind == CATALOG_KIND_ICEBERG_TABLE)
        return describe_table(catalog, after, before, error);
    commit = store_table_commit_new();
    commit->record->metadata_location = g_strdup(after->metadata_location);
    return commit;
}

/* --- what HMS clients see --- */

CatalogStorage *
catalog_metadata_storage(const GPtrArray *columns, gboolean engine)
{
    CatalogStorage *storage = catalog_storage_new();

    for (guint i = 0; i < columns->len; i++) {
        const IcebergHiveColumn *column = columns->pdata[i];

        g_ptr_array_add(storage->columns,
                        catalog_column_new(column->name, column->type, column->comment));
    }
    storage->input_format = g_strdup(engine ? "org.apache.iceberg.mr.hive.HiveIcebergInputFormat"
                                            : "org.apache.hadoop.mapred.FileInputFormat");
    storage->output_format = g_strdup(engine ? "org.apache.iceberg.mr.hive.HiveIcebergOutputFormat"
                                             : "org.apache.hadoop.mapred.FileOutputFormat");
    storage->serde_library =
        g_strdup(engine ? "org.apache.iceberg.mr.hive.HiveIcebergSerDe"
                        : "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe");
    return storage;
}

static CatalogStorage *
hive_storage(const cJSON *metadata, GError **error)
{
    g_autoptr(GPtrArray) columns = iceberg_table_hive_columns(metadata, error);

    if (!columns)
        return NULL;
    return catalog_metadata_storage(columns, iceberg_table_hive_engine_enabled(metadata));
}

void
catalog_metadata_set_pointer(CatalogTable *after,
                             GHashTable *parameters,
                             const char *metadata_location,
                             const char *base_location)
{
    g_autofree char *now = g_strdup_printf("%d", catalog_now_s());

    catalog_map_set(parameters, "transient_lastDdlTime", now);
    g_hash_table_unref(after->parameters);
    after->parameters = parameters;
    g_free(after->metadata_location);
    g_free(after->previous_metadata_location);
    after->metadata_location = g_strdup(metadata_location);
    after->previous_metadata_location = g_strdup(base_location);
    catalog_map_set(after->parameters, "metadata_location", metadata_location);
    if (base_location)
        catalog_map_set(after->parameters, "previous_metadata_location", base_location);
    else
        g_hash_table_remove(after->parameters, "previous_metadata_location");
}

static void
set_identity(CatalogTable *after, const IcebergTableSummary *summary)
{
    g_free(after->uuid);
    g_free(after->location);
    g_free(after->hms_type);
    after->uuid = g_strdup(summary->uuid);
    after->location = g_strdup(summary->location);
    after->hms_type = g_strdup("EXTERNAL_TABLE");
    after->kind = CATALOG_KIND_ICEBERG_TABLE;
    after->current_snapshot_id = summary->has_current_snapshot ? summary->current_snapshot_id : -1;
}

StoreTableCommit *
catalog_metadata_apply(CatalogTable *after,
                       const cJSON *metadata,
                       const char *metadata_location,
                       const cJSON *base,
                       const char *base_location,
                       GError **error)
{
    IcebergHiveInput input = {.metadata = metadata,
                              .base = base,
                              .metadata_location = metadata_location,
                              .previous_location = base_location,
                              .parameters = after->parameters};
    g_autoptr(IcebergTableSummary) summary = iceberg_table_summarize(metadata, base, error);
    g_autoptr(CatalogStorage) storage = summary ? hive_storage(metadata, error) : NULL;
    GHashTable *parameters = storage ? iceberg_table_hive_parameters(&input, error) : NULL;

    if (!parameters)
        return NULL;
    catalog_storage_unref(after->storage);
    after->storage = g_steal_pointer(&storage);
    set_identity(after, summary);
    catalog_metadata_set_pointer(after, parameters, metadata_location, base_location);
    return describe_summary(summary, metadata_location);
}
