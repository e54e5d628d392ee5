/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg views: what they do in their own way, and how HMS clients see them. Everything that they
 * have in common with tables is in iceberg_table.c and table_commit.c. Caller: the REST door. */
#include "skep/catalog_view.h"

#include "iceberg_private.h"

static gboolean
fail_no_view(GError **error, const char *namespace_name, const char *name)
{
    g_autofree char *dotted = catalog_name_dotted(namespace_name, name);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_VIEW, dotted, "View does not exist: %s", dotted);
}

/* --- what HMS clients see --- */

static void
set_identity(CatalogTable *after, const IcebergViewSummary *summary)
{
    g_free(after->uuid);
    g_free(after->location);
    g_free(after->hms_type);
    g_free(after->view_original_text);
    g_free(after->view_expanded_text);
    after->uuid = g_strdup(summary->uuid);
    after->location = g_strdup(summary->location);
    after->hms_type = g_strdup("VIRTUAL_VIEW");
    after->view_original_text = g_strdup(summary->sql);
    after->view_expanded_text = g_strdup(summary->sql);
    after->kind = CATALOG_KIND_ICEBERG_VIEW;
    after->current_snapshot_id = -1;
}

static StoreTableCommit *
describe_view(CatalogTable *after,
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
    g_autoptr(IcebergViewSummary) summary = iceberg_view_summarize(metadata, error);
    g_autoptr(GPtrArray) columns = summary ? iceberg_view_hive_columns(metadata, error) : NULL;
    GHashTable *parameters = columns ? iceberg_view_hive_parameters(&input, error) : NULL;
    StoreTableCommit *commit;

    if (!parameters)
        return NULL;
    catalog_storage_unref(after->storage);
    after->storage = catalog_metadata_storage(columns, FALSE);
    set_identity(after, summary);
    catalog_metadata_set_pointer(after, parameters, metadata_location, base_location);
    commit = store_table_commit_new();
    commit->record->metadata_location = g_strdup(metadata_location);
    return commit;
}

const IcebergForm catalog_iceberg_view_form = {
    .kind = CATALOG_KIND_ICEBERG_VIEW,
    .made_by_commit = FALSE,
    .document_new = metadata_document_new_view,
    .tree = metadata_cache_view_tree,
    .create = iceberg_view_create,
    .check_requirements = iceberg_view_check_requirements,
    .apply = iceberg_view_apply,
    .describe = describe_view,
    .fail_missing = fail_no_view,
};

/* --- operations --- */

CatalogIcebergTable *
catalog_view_create(Catalog *catalog,
                    const CatalogCaller *caller,
                    const char *catalog_name,
                    const char *namespace_name,
                    const cJSON *request,
                    GError **error)
{
    const IcebergForm *form = &catalog_iceberg_view_form;
    IcebergContext context = {.now_ms = catalog_now_ms()};
    g_auto(CatalogTableName) name = {0};
    cJSON *metadata = catalog_iceberg_prepare_create(catalog, form, catalog_name, namespace_name,
                                                     request, &context, &name, error);

    if (!metadata)
        return NULL;
    return catalog_iceberg_store_created(catalog, form, &name, caller, metadata, error);
}

CatalogIcebergTable *
catalog_view_load(Catalog *catalog,
                  const char *catalog_name,
                  const char *namespace_name,
                  const char *name,
                  GError **error)
{
    return catalog_iceberg_load_as(catalog, &catalog_iceberg_view_form, catalog_name,
                                   namespace_name, name, error);
}

CatalogIcebergTable *
catalog_view_find(Catalog *catalog,
                  const char *catalog_name,
                  const char *namespace_name,
                  const char *name,
                  GError **error)
{
    return catalog_iceberg_find_as(catalog, &catalog_iceberg_view_form, catalog_name,
                                   namespace_name, name, error);
}

CatalogIcebergTable *
catalog_view_replace(Catalog *catalog,
                     const CatalogCaller *caller,
                     const char *catalog_name,
                     const CatalogIcebergChange *change,
                     GError **error)
{
    return catalog_iceberg_commit_as(catalog, &catalog_iceberg_view_form, caller, catalog_name,
                                     change, error);
}

CatalogIcebergTable *
catalog_view_register(Catalog *catalog,
                      const CatalogCaller *caller,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *name,
                      const char *metadata_location,
                      GError **error)
{
    const IcebergRegistration registration = {.catalog_name = catalog_name,
                                              .namespace_name = namespace_name,
                                              .name = name,
                                              .metadata_location = metadata_location};

    return catalog_iceberg_register_as(catalog, &catalog_iceberg_view_form, caller, &registration,
                                       error);
}

/* What is missing to an operation on tables of every kind, was a view here. Takes the failure. */
static gboolean
fail_as_view(GError *failure, const char *namespace_name, const char *name, GError **error)
{
    g_autoptr(GError) owned = failure;

    if (skep_error_fact(owned) == SKEP_ERROR_NO_SUCH_TABLE)
        return fail_no_view(error, namespace_name, name);
    g_propagate_error(error, g_steal_pointer(&owned));
    return FALSE;
}

gboolean
catalog_view_rename(Catalog *catalog,
                    const char *catalog_name,
                    const char *from_namespace,
                    const char *from_name,
                    const char *to_namespace,
                    const char *to_name,
                    GError **error)
{
    GError *failure = NULL;

    return catalog_table_rename(catalog, catalog_name, from_namespace, from_name, to_namespace,
                                to_name, CATALOG_KIND_ICEBERG_VIEW, &failure) ||
           fail_as_view(failure, from_namespace, from_name, error);
}

gboolean
catalog_view_drop(Catalog *catalog,
                  const char *catalog_name,
                  const char *namespace_name,
                  const char *name,
                  GError **error)
{
    const CatalogTableDropOptions options = {.kind = CATALOG_KIND_ICEBERG_VIEW};
    GError *failure = NULL;

    return catalog_table_drop(catalog, catalog_name, namespace_name, name, &options, &failure) ||
           fail_as_view(failure, namespace_name, name, error);
}
