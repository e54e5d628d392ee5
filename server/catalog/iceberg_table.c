/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg tables and views as the REST side makes, loads and registers them; what views do in their
 * own way is view.c's, commits are table_commit.c's. Callers: the REST door, view.c. */
#include "iceberg_private.h"

#include <string.h>

#include "skep/spool.h"
#include "warehouses.h"

const IcebergForm catalog_iceberg_table_form = {
    .kind = CATALOG_KIND_ICEBERG_TABLE,
    .made_by_commit = TRUE,
    .document_new = metadata_document_new,
    .tree = metadata_cache_tree,
    .create = iceberg_table_create,
    .check_requirements = iceberg_table_check_requirements,
    .apply = iceberg_table_apply,
    .describe = catalog_metadata_apply,
    .fail_missing = catalog_fail_no_table,
};

static gboolean
wants_view(const IcebergForm *form)
{
    return form->kind == CATALOG_KIND_ICEBERG_VIEW;
}

CatalogIcebergTable *
catalog_iceberg_table_new(void)
{
    return g_new0(CatalogIcebergTable, 1);
}

void
catalog_iceberg_table_free(CatalogIcebergTable *table)
{
    if (!table)
        return;
    g_free(table->uuid);
    g_free(table->metadata_location);
    if (table->metadata)
        g_bytes_unref(table->metadata);
    spool_free(table->metadata_spool);
    g_free(table);
}

/* --- making --- */

/* The default place, or beside it when something is there already: a table that was renamed keeps
 * its place, and a new table of the old name must not share it. */
static char *
choose_location(Catalog *catalog,
                const CatalogTableName *name,
                const CatalogNamespace *home,
                GError **error)
{
    g_autofree char *location = warehouse_table_location(home->location, name->table);
    gboolean exists = FALSE;

    if (catalog_place_is_served(catalog, name->catalog, location) &&
        !catalog_file_exists(catalog, name->catalog, location, &exists, error))
        return NULL;
    if (!exists)
        return g_steal_pointer(&location);
    return g_strdup_printf("%s-%08x", location, g_random_int());
}

static char *
settle_location(Catalog *catalog,
                const CatalogTableName *name,
                const CatalogNamespace *home,
                const cJSON *request,
                GError **error)
{
    const char *asked = NULL;
    gsize length;

    if (!json_get_optional_string(request, "location", &asked, error))
        return NULL;
    if (!asked || *asked == '\0')
        return choose_location(catalog, name, home, error);
    length = strlen(asked);
    while (length > 1 && asked[length - 1] == '/')
        length--;
    return g_strndup(asked, length);
}

/* DuckDB writes into the folders of a table without making them, staged ones too. */
static gboolean
make_folders(Catalog *catalog, const char *catalog_name, const cJSON *metadata, GError **error)
{
    g_autofree char *metadata_folder = iceberg_metadata_directory(metadata);
    const char *location, *path = iceberg_property(metadata, "write.data.path");
    g_autofree char *data_folder = NULL;

    if (!json_get_string(metadata, "location", &location, error))
        return FALSE;
    data_folder = path ? g_strdup(path) : g_strconcat(location, "/data", NULL);
    if (!catalog_place_is_served(catalog, catalog_name, location))
        return TRUE;
    return catalog_directory_make(catalog, catalog_name, metadata_folder, TRUE, error) &&
           catalog_directory_make(catalog, catalog_name, data_folder, TRUE, error);
}

static CatalogIcebergTable *
answer_staged(const cJSON *metadata)
{
    CatalogIcebergTable *table = catalog_iceberg_table_new();
    const char *uuid = NULL;
    char *text = json_print_compact(metadata);

    json_get_optional_string(metadata, "table-uuid", &uuid, NULL);
    table->uuid = g_strdup(uuid);
    table->metadata = g_bytes_new_take(text, strlen(text));
    return table;
}

/* Swaps a table into being, or (with `before`) a pointer over another. The document's file goes
 * when it is known to have lost and `owns_file`. */
static CatalogIcebergTable *
store_document(Catalog *catalog,
               const IcebergForm *form,
               const CatalogTable *before,
               CatalogTable *after,
               const StoreTableCommit *commit,
               MetadataDocument *document,
               gboolean owns_file,
               GError **error)
{
    StoreTableWrite write = {.before = before, .after = after, .commit = commit};
    g_autoptr(GError) failure = NULL;
    StoreTableOutcome outcome;
    SkepError fact;
    gint64 version;

    if (catalog_table_swap(catalog, &write, 1, &outcome, &version, &failure)) {
        if (outcome == STORE_TABLE_WRITTEN) {
            metadata_cache_add(catalog->documents, document);
            return catalog_iceberg_answer(after->uuid, document, version);
        }
        return skep_fail_null(error, SKEP_ERROR_COMMIT_CONFLICT, after->name,
                              "%s was changed while it was registered; try again", after->name);
    }
    fact = skep_error_fact(failure);
    if (owns_file && fact != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
        catalog_file_delete(catalog, after->catalog, document->location, NULL);
    if (fact == SKEP_ERROR_ALREADY_EXISTS)
        catalog_table_fail_exists(catalog, after, wants_view(form), error);
    else if (fact == SKEP_ERROR_NO_SUCH_NAMESPACE)
        catalog_fail_no_namespace(error, after->namespace_name);
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}

CatalogIcebergTable *
catalog_iceberg_store_created(Catalog *catalog,
                              const IcebergForm *form,
                              const CatalogTableName *name,
                              const CatalogCaller *caller,
                              cJSON *metadata,
                              GError **error)
{
    g_autoptr(cJSON) tree = metadata;
    g_autoptr(CatalogTable) row = catalog_iceberg_new_row(name, caller);
    g_autofree char *location = catalog_iceberg_next_location(catalog, tree, NULL, error);
    g_autoptr(StoreTableCommit) commit = NULL;
    g_autoptr(MetadataDocument) document = NULL;

    if (!location || !catalog_place_check(catalog, name->catalog, location, error))
        return NULL;
    commit = form->describe(row, tree, location, NULL, NULL, error);
    if (!commit)
        return NULL;
    document = catalog_iceberg_write_document(catalog, form, name->catalog, g_steal_pointer(&tree),
                                              NULL, location, error);
    return document ? store_document(catalog, form, NULL, row, commit, document, TRUE, error)
                    : NULL;
}

/* Looked at before anything is written for nothing; the swap decides. */
static CatalogNamespace *
check_free(Catalog *catalog, const IcebergForm *form, const CatalogTableName *name, GError **error)
{
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, name->catalog, name->namespace_name, error);
    g_autoptr(CatalogTable) present = NULL;

    if (!home || !store_table_find_pointer(catalog->store, name->catalog, name->namespace_name,
                                           name->table, &present, error))
        return NULL;
    if (!present)
        return g_steal_pointer(&home);
    catalog_table_fail_exists(catalog, present, wants_view(form), error);
    return NULL;
}

cJSON *
catalog_iceberg_prepare_create(Catalog *catalog,
                               const IcebergForm *form,
                               const char *catalog_name,
                               const char *namespace_name,
                               const cJSON *request,
                               const IcebergContext *context,
                               CatalogTableName *out_name,
                               GError **error)
{
    g_autoptr(CatalogNamespace) home = NULL;
    g_autoptr(cJSON) metadata = NULL;
    g_autofree char *checked = NULL;
    g_autofree char *location = NULL;
    const char *asked;

    if (!json_get_string(request, "name", &asked, error))
        return NULL;
    checked = catalog_name_make_table(asked, error);
    if (!checked ||
        !catalog_table_name_fold(out_name, catalog_name, namespace_name, checked, error))
        return NULL;
    home = check_free(catalog, form, out_name, error);
    location = home ? settle_location(catalog, out_name, home, request, error) : NULL;
    if (!location || !catalog_place_check(catalog, out_name->catalog, location, error))
        return NULL;
    metadata = form->create(request, location, context, error);
    if (!metadata ||
        !catalog_iceberg_check_locations(catalog, out_name->catalog, metadata, NULL, error) ||
        !catalog_iceberg_check_apart(catalog, out_name, form->kind == CATALOG_KIND_ICEBERG_TABLE,
                                     metadata, NULL, error))
        return NULL;
    return g_steal_pointer(&metadata);
}

CatalogIcebergTable *
catalog_iceberg_create(Catalog *catalog,
                       const CatalogCaller *caller,
                       const char *catalog_name,
                       const char *namespace_name,
                       const cJSON *request,
                       GError **error)
{
    const IcebergForm *form = &catalog_iceberg_table_form;
    IcebergContext context = {.now_ms = catalog_now_ms()};
    g_auto(CatalogTableName) name = {0};
    g_autoptr(cJSON) metadata = NULL;
    gboolean staged = FALSE;

    if (!json_get_optional_bool(request, "stage-create", &staged, error))
        return NULL;
    metadata = catalog_iceberg_prepare_create(catalog, form, catalog_name, namespace_name, request,
                                              &context, &name, error);
    if (!metadata || !make_folders(catalog, name.catalog, metadata, error))
        return NULL;
    if (staged)
        return answer_staged(metadata);
    return catalog_iceberg_store_created(catalog, form, &name, caller, g_steal_pointer(&metadata),
                                         error);
}

/* --- reading --- */

CatalogTable *
catalog_iceberg_find_row(Catalog *catalog,
                         const IcebergForm *form,
                         const CatalogTableName *name,
                         GError **error)
{
    g_autoptr(CatalogTable) row = NULL;

    if (!store_table_find_pointer(catalog->store, name->catalog, name->namespace_name, name->table,
                                  &row, error))
        return NULL;
    if (row && row->kind == form->kind)
        return g_steal_pointer(&row);
    form->fail_missing(error, name->namespace_name, name->table);
    return NULL;
}

CatalogIcebergTable *
catalog_iceberg_find_as(Catalog *catalog,
                        const IcebergForm *form,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *name,
                        GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autoptr(CatalogTable) row = NULL;
    CatalogIcebergTable *table;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !(row = catalog_iceberg_find_row(catalog, form, &folded, error)))
        return NULL;
    table = catalog_iceberg_table_new();
    table->uuid = g_steal_pointer(&row->uuid);
    table->metadata_location = g_steal_pointer(&row->metadata_location);
    table->version = row->version;
    return table;
}

CatalogIcebergTable *
catalog_iceberg_find(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    return catalog_iceberg_find_as(catalog, &catalog_iceberg_table_form, catalog_name,
                                   namespace_name, name, error);
}

CatalogIcebergTable *
catalog_iceberg_load_as(Catalog *catalog,
                        const IcebergForm *form,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *name,
                        GError **error)
{
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_find_as(catalog, form, catalog_name, namespace_name, name, error);
    g_autofree char *folded = table ? catalog_name_fold_catalog(catalog_name, error) : NULL;
    g_autoptr(MetadataDocument) document = NULL;

    if (!folded)
        return NULL;
    document = catalog_metadata_load(catalog, folded, table->metadata_location, error);
    return document ? catalog_iceberg_answer(table->uuid, document, table->version) : NULL;
}

CatalogIcebergTable *
catalog_iceberg_load(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    return catalog_iceberg_load_as(catalog, &catalog_iceberg_table_form, catalog_name,
                                   namespace_name, name, error);
}

/* --- registering --- */

/* The row that a registered document goes into: a live one's with overwrite, else a new one. */
static CatalogTable *
row_to_register(Catalog *catalog,
                const IcebergForm *form,
                const CatalogCaller *caller,
                const CatalogTableName *name,
                const IcebergRegistration *registration,
                CatalogTable **out_before,
                GError **error)
{
    g_autoptr(CatalogTable) present = NULL;
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, name->catalog, name->namespace_name, error);

    if (!home || !store_table_find(catalog->store, name->catalog, name->namespace_name, name->table,
                                   &present, error))
        return NULL;
    if (registration->expected_location &&
        (!present || g_strcmp0(present->metadata_location, registration->expected_location) != 0))
        return skep_fail_null(error, SKEP_ERROR_COMMIT_CONFLICT, name->table,
                              "%s no longer points to %s", name->table,
                              registration->expected_location);
    if (!present)
        return catalog_iceberg_new_row(name, caller);
    if (!registration->overwrite || present->kind != form->kind) {
        catalog_table_fail_exists(catalog, present, wants_view(form), error);
        return NULL;
    }
    *out_before = g_steal_pointer(&present);
    return catalog_table_copy(*out_before);
}

CatalogIcebergTable *
catalog_iceberg_register_as(Catalog *catalog,
                            const IcebergForm *form,
                            const CatalogCaller *caller,
                            const IcebergRegistration *registration,
                            GError **error)
{
    const char *location = registration->metadata_location;
    g_auto(CatalogTableName) folded = {0};
    g_autofree char *checked = catalog_name_make_table(registration->name, error);
    g_autoptr(CatalogTable) before = NULL;
    g_autoptr(CatalogTable) row = NULL;
    g_autoptr(MetadataDocument) document = NULL;
    g_autoptr(StoreTableCommit) commit = NULL;
    const cJSON *tree;

    if (!checked ||
        !catalog_table_name_fold(&folded, registration->catalog_name, registration->namespace_name,
                                 checked, error) ||
        !catalog_place_check(catalog, folded.catalog, location, error))
        return NULL;
    row = row_to_register(catalog, form, caller, &folded, registration, &before, error);
    document = row ? catalog_metadata_load(catalog, folded.catalog, location, error) : NULL;
    tree = document ? form->tree(catalog->documents, document, error) : NULL;
    if (!tree || !catalog_iceberg_check_locations(catalog, folded.catalog, tree, NULL, error))
        return NULL;
    commit =
        form->describe(row, tree, location, NULL, before ? before->metadata_location : NULL, error);
    if (!commit)
        return NULL;
    return store_document(catalog, form, before, row, commit, document, FALSE, error);
}

CatalogIcebergTable *
catalog_iceberg_register(Catalog *catalog,
                         const CatalogCaller *caller,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         const char *metadata_location,
                         gboolean overwrite,
                         GError **error)
{
    const IcebergRegistration registration = {.catalog_name = catalog_name,
                                              .namespace_name = namespace_name,
                                              .name = name,
                                              .metadata_location = metadata_location,
                                              .overwrite = overwrite};

    return catalog_iceberg_register_as(catalog, &catalog_iceberg_table_form, caller, &registration,
                                       error);
}
