/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt to change one Iceberg table or view: present state, requirements, updates, new
 * document. The swap and what follows from its outcome is table_commit.c's. Callers: table_commit.c
 * and iceberg_table.c. */
#include "iceberg_private.h"

#include <string.h>

#include "skep/spool.h"
#include "warehouses.h"

#include "file_mark.h"
#include "support/failpoint.h"

void
catalog_iceberg_attempt_clear(IcebergAttempt *attempt)
{
    g_clear_pointer(&attempt->before, catalog_table_free);
    g_clear_pointer(&attempt->base, metadata_document_unref);
    g_clear_pointer(&attempt->after, catalog_table_free);
    g_clear_pointer(&attempt->document, metadata_document_unref);
    g_clear_pointer(&attempt->commit, store_table_commit_free);
    iceberg_change_clear(&attempt->change);
    attempt->change = (IcebergChange){0};
    g_clear_pointer(&attempt->rebase, append_rebase_free);
}

char *
catalog_iceberg_next_location(Catalog *catalog,
                              const cJSON *metadata,
                              const char *base_location,
                              GError **error)
{
    const IcebergContext naming = {.new_uuid = catalog_file_mark_new,
                                   .uuid_data = catalog->database_uuid};

    return iceberg_metadata_next_location(metadata, base_location, &naming, error);
}

MetadataDocument *
catalog_iceberg_write_document(Catalog *catalog,
                               const IcebergForm *form,
                               const char *catalog_name,
                               cJSON *metadata,
                               const MetadataDocument *base,
                               const char *location,
                               GError **error)
{
    g_autoptr(cJSON) tree = metadata;
    g_auto(MetadataText) text = {0};
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(Warehouse) warehouse = NULL;
    MetadataDocument *document;

    metadata_text_init(&text, catalog->options.spool_room, base);
    if (!json_print_pieces(tree, metadata_text_take, &text, error))
        return NULL;
    if (metadata_text_length(&text) > catalog->options.metadata_bytes_max)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, location,
                              "The metadata of the table would be larger than %" G_GSIZE_FORMAT
                              " bytes",
                              catalog->options.metadata_bytes_max);
    warehouse = catalog_warehouse(catalog, catalog_name, error);
    bytes = warehouse ? metadata_text_bytes(&text, error) : NULL;
    failpoint_reach("commit-before-file");
    if (!bytes || !warehouse_file_write_new(warehouse, location, bytes, error))
        return NULL;
    failpoint_reach("commit-after-file");
    if (base && base->map) /* the tree may borrow from there, and the base will be gone */
        g_clear_pointer(&tree, cJSON_Delete);
    document = text.spool ? metadata_document_new_long(location, g_steal_pointer(&text.spool))
                          : form->document_new(location, bytes, g_steal_pointer(&tree));
    document->store = warehouse_serial(warehouse);
    return document;
}

CatalogTable *
catalog_iceberg_new_row(const CatalogTableName *name, const CatalogCaller *caller)
{
    CatalogTable *row = catalog_table_new();

    row->catalog = g_strdup(name->catalog);
    row->namespace_name = g_strdup(name->namespace_name);
    row->name = g_strdup(name->table);
    row->owner_name = g_strdup(caller && caller->user ? caller->user : g_get_user_name());
    row->owner_type = 1; /* a user */
    row->create_time_s = catalog_now_s();
    row->version = 1;
    return row;
}

CatalogIcebergTable *
catalog_iceberg_answer(const char *uuid, const MetadataDocument *document, gint64 version)
{
    CatalogIcebergTable *table = catalog_iceberg_table_new();

    table->uuid = g_strdup(uuid);
    table->metadata_location = g_strdup(document->location);
    if (document->spool)
        table->metadata_spool = spool_ref(document->spool);
    else
        table->metadata = g_bytes_ref(document->text);
    table->version = version;
    return table;
}

/* --- one attempt --- */

/* The name may be free, if the commit is to make the table. Whatever else has it is in the way. */
static gboolean
check_creatable(Catalog *catalog,
                const IcebergAttempt *attempt,
                const CatalogTable *present,
                GError **error)
{
    const CatalogTableName *name = &attempt->name;

    if (!attempt->form->made_by_commit ||
        !iceberg_requirements_assert_create(attempt->requirements))
        return attempt->form->fail_missing(error, name->namespace_name, name->table);
    if (!present)
        return TRUE;
    return catalog_table_fail_exists(catalog, present, FALSE, error);
}

/* Fills before and base. Both stay NULL for a table to be made. */
static gboolean
read_present(Catalog *catalog, IcebergAttempt *attempt, GError **error)
{
    const CatalogTableName *name = &attempt->name;
    g_autoptr(CatalogTable) row = NULL;

    if (!store_table_find(catalog->store, name->catalog, name->namespace_name, name->table, &row,
                          error))
        return FALSE;
    if (!row || row->kind != attempt->form->kind)
        return check_creatable(catalog, attempt, row, error);
    attempt->base = catalog_metadata_load(catalog, row->catalog, row->metadata_location, error);
    attempt->before = g_steal_pointer(&row);
    return attempt->base != NULL;
}

static gboolean
write_and_describe(
    Catalog *catalog, IcebergAttempt *attempt, cJSON *metadata, const cJSON *base, GError **error)
{
    g_autoptr(cJSON) tree = metadata;
    const char *base_location = attempt->base ? attempt->base->location : NULL;
    g_autofree char *location = catalog_iceberg_next_location(catalog, tree, base_location, error);

    if (!location ||
        !catalog_iceberg_check_locations(catalog, attempt->name.catalog, tree, base, error) ||
        !catalog_place_check(catalog, attempt->name.catalog, location, error))
        return FALSE;
    attempt->after = attempt->before ? catalog_table_copy(attempt->before)
                                     : catalog_iceberg_new_row(&attempt->name, attempt->caller);
    /* The row before the file: what cannot be described leaves nothing behind. */
    attempt->commit =
        attempt->form->describe(attempt->after, tree, location, base, base_location, error);
    if (!attempt->commit || !append_rebase_write(attempt->rebase, error))
        return FALSE;
    attempt->document =
        catalog_iceberg_write_document(catalog, attempt->form, attempt->name.catalog,
                                       g_steal_pointer(&tree), attempt->base, location, error);
    if (!attempt->document)
        append_rebase_abandon(attempt->rebase, location);
    return attempt->document != NULL;
}

static cJSON *
apply_as_sent(const IcebergAttempt *asked,
              const cJSON *base,
              const IcebergContext *context,
              IcebergChange *out_change,
              GError **error)
{
    const IcebergForm *form = asked->form;

    return form->check_requirements(base, asked->requirements, error)
               ? form->apply(base, asked->updates, context, out_change, error)
               : NULL;
}

cJSON *
catalog_iceberg_attempt_apply(const IcebergAttempt *asked,
                              AppendRebase *rebase,
                              const cJSON *base,
                              const IcebergContext *context,
                              IcebergChange *out_change,
                              GError **error)
{
    g_autoptr(GError) refusal = NULL;
    g_autoptr(cJSON) anew = NULL;
    cJSON *metadata = apply_as_sent(asked, base, context, out_change, &refusal);

    if (metadata)
        return metadata;
    if (asked->form->kind == CATALOG_KIND_ICEBERG_TABLE &&
        append_rebase_make(rebase, base, asked->requirements, asked->updates, &refusal, &anew))
        return asked->form->apply(base, anew, context, out_change, error);
    g_propagate_error(error, g_steal_pointer(&refusal));
    return NULL;
}

gboolean
catalog_iceberg_attempt_prepare(Catalog *catalog, IcebergAttempt *attempt, GError **error)
{
    IcebergContext context = {.now_ms = catalog_now_ms()};
    const cJSON *base = NULL;
    cJSON *metadata;

    if (!read_present(catalog, attempt, error))
        return FALSE;
    if (attempt->base) {
        base = attempt->form->tree(catalog->documents, attempt->base, error);
        if (!base)
            return FALSE;
        context.base_location = attempt->base->location;
    }
    attempt->rebase = append_rebase_new(catalog, attempt->name.catalog);
    metadata = catalog_iceberg_attempt_apply(attempt, attempt->rebase, base, &context,
                                             &attempt->change, error);
    if (!metadata)
        return FALSE;
    if (base && !attempt->change.changed) {
        cJSON_Delete(metadata);
        return TRUE;
    }
    return write_and_describe(catalog, attempt, metadata, base, error);
}

StoreTableWrite
catalog_iceberg_attempt_write(const IcebergAttempt *attempt)
{
    return (StoreTableWrite){
        .before = attempt->before, .after = attempt->after, .commit = attempt->commit};
}

void
catalog_iceberg_attempt_won(Catalog *catalog, const IcebergAttempt *attempt)
{
    if (!attempt->document)
        return;
    metadata_cache_add(catalog->documents, attempt->document);
    append_rebase_won(attempt->rebase);
    catalog_iceberg_delete_trimmed(catalog, attempt->after, attempt->document->location,
                                   &attempt->change);
}

void
catalog_iceberg_attempt_lost(Catalog *catalog, const IcebergAttempt *attempt)
{
    if (!attempt->document)
        return;
    catalog_file_delete(catalog, attempt->name.catalog, attempt->document->location, NULL);
    append_rebase_lost(attempt->rebase);
}
