/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers and files against one another, a page of tables at a time, and the repair of one
 * finding. What is wrong with a table is found in fsck_table.c. Caller: the REST door, for the
 * admin command. */
#include "fsck_private.h"

#include "skep/store_table.h"

#include "iceberg_private.h"
#include "metadata_directory.h"
#include "warehouses.h"

static const struct {
    const char *name;
    const char *repair;
} kinds[CATALOG_FINDING_KINDS] = {
    [CATALOG_FINDING_POINTER_MISSING] = {"pointer-missing", "rewind"  },
    [CATALOG_FINDING_POINTER_BEHIND] = {"pointer-behind",  "advance" },
    [CATALOG_FINDING_FILE_UNCLAIMED] = {"file-unclaimed",  "delete"  },
    [CATALOG_FINDING_FILE_FOREIGN] = {"file-foreign",    NULL      },
    [CATALOG_FINDING_LOG_MISSING] = {"log-missing",     NULL      },
    [CATALOG_FINDING_TABLE_LOST] = {"table-lost",      "register"},
};

const char *
catalog_finding_kind_name(CatalogFindingKind kind)
{
    return kinds[kind].name;
}

const char *
catalog_finding_repair_name(CatalogFindingKind kind)
{
    return kinds[kind].repair;
}

CatalogFinding *
catalog_finding_new(CatalogFindingKind kind,
                    const char *namespace_name,
                    const char *name,
                    const char *location)
{
    CatalogFinding *finding = g_new0(CatalogFinding, 1);

    finding->kind = kind;
    finding->namespace_name = g_strdup(namespace_name);
    finding->name = g_strdup(name);
    finding->location = g_strdup(location);
    return finding;
}

void
catalog_finding_free(CatalogFinding *finding)
{
    if (!finding)
        return;
    g_free(finding->namespace_name);
    g_free(finding->name);
    g_free(finding->location);
    g_free(finding->target);
    g_free(finding->sentence);
    g_free(finding);
}

/* --- looking --- */

static gboolean
is_iceberg(const CatalogTable *table)
{
    return (table->kind == CATALOG_KIND_ICEBERG_TABLE ||
            table->kind == CATALOG_KIND_ICEBERG_VIEW) &&
           table->metadata_location;
}

static gboolean
examine_names(Catalog *catalog,
              const CatalogNamespace *home,
              const GPtrArray *names,
              GPtrArray *findings,
              GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(CatalogTable) table = NULL;

        if (!store_table_find(catalog->store, home->catalog, home->name, names->pdata[i], &table,
                              error))
            return FALSE;
        if (table && is_iceberg(table) && !catalog_fsck_table(catalog, table, findings, error))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
catalog_fsck_page(Catalog *catalog,
                  const char *catalog_name,
                  const char *namespace_name,
                  const CatalogPage *page,
                  char **out_next_token,
                  GError **error)
{
    const CatalogTableFilter filter = {.kind = -1};
    g_autoptr(GPtrArray) findings =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_finding_free);
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, catalog_name, namespace_name, error);
    g_autoptr(GPtrArray) names = NULL;

    if (!home)
        return NULL;
    names = catalog_table_list(catalog, home->catalog, home->name, &filter, page, out_next_token,
                               error);
    if (!names || !examine_names(catalog, home, names, findings, error) ||
        (!page->page_token && !catalog_fsck_lost(catalog, home, findings, error)))
        return NULL;
    return g_steal_pointer(&findings);
}

/* --- repairing --- */

static gboolean
fail_changed(GError **error, const CatalogFinding *finding)
{
    g_autofree char *dotted = catalog_name_dotted(finding->namespace_name, finding->name);

    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, dotted,
                     "This is no longer so of %s; nothing was changed. Look again", dotted);
}

static gboolean
same_finding(const CatalogFinding *a, const CatalogFinding *b)
{
    return a->kind == b->kind && g_strcmp0(a->location, b->location) == 0 &&
           g_strcmp0(a->target, b->target) == 0;
}

/* Is what was found still there? Nothing of what a client says is believed. */
static gboolean
check_again(const CatalogFinding *finding, const GPtrArray *findings, GError **error)
{
    for (guint i = 0; i < findings->len; i++) {
        if (same_finding(findings->pdata[i], finding))
            return TRUE;
    }
    return fail_changed(error, finding);
}

/* Points to the target as registering with overwrite does, if the pointer is the one that was
 * found: a commit in between wins. */
static gboolean
point_to(Catalog *catalog,
         const CatalogCaller *caller,
         const CatalogTable *table,
         const CatalogFinding *finding,
         GError **error)
{
    const IcebergRegistration registration = {.catalog_name = table->catalog,
                                              .namespace_name = table->namespace_name,
                                              .name = table->name,
                                              .metadata_location = finding->target,
                                              .overwrite = TRUE,
                                              .expected_location = finding->location};
    const IcebergForm *form = table->kind == CATALOG_KIND_ICEBERG_VIEW
                                  ? &catalog_iceberg_view_form
                                  : &catalog_iceberg_table_form;
    g_autoptr(CatalogIcebergTable) moved = NULL;

    if (!finding->target)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, finding->name,
                         "There is no metadata file that %s could point to", finding->name);
    moved = catalog_iceberg_register_as(catalog, form, caller, &registration, error);
    return moved != NULL;
}

static gboolean
repair_table(Catalog *catalog,
             const CatalogCaller *caller,
             const char *catalog_name,
             const CatalogFinding *finding,
             char **out_did,
             GError **error)
{
    g_autoptr(GPtrArray) findings =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_finding_free);
    g_autoptr(CatalogTable) table =
        catalog_table_find(catalog, catalog_name, finding->namespace_name, finding->name, error);

    g_autofree char *dotted = NULL;

    if (!table)
        return FALSE;
    if (!is_iceberg(table))
        return fail_changed(error, finding);
    if (!catalog_fsck_table(catalog, table, findings, error) ||
        !check_again(finding, findings, error))
        return FALSE;
    if (finding->kind == CATALOG_FINDING_FILE_UNCLAIMED) {
        if (!catalog_file_delete(catalog, table->catalog, finding->location, error))
            return FALSE;
        *out_did = g_strdup_printf("deleted %s", finding->location);
        return TRUE;
    }
    if (!point_to(catalog, caller, table, finding, error))
        return FALSE;
    dotted = catalog_name_dotted(table->namespace_name, table->name);
    *out_did = g_strdup_printf("pointed %s to %s", dotted, finding->target);
    return TRUE;
}

/* What the file is of decides which of the two forms it is registered as. */
static gboolean
repair_lost(Catalog *catalog,
            const CatalogCaller *caller,
            const char *catalog_name,
            const CatalogFinding *finding,
            char **out_did,
            GError **error)
{
    g_autoptr(GPtrArray) findings =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_finding_free);
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, catalog_name, finding->namespace_name, error);
    g_autoptr(CatalogIcebergTable) made = NULL;
    g_autoptr(cJSON) tree = NULL;
    g_autofree char *dotted = NULL;
    IcebergRegistration registration = {.name = finding->name,
                                        .metadata_location = finding->target};

    if (!home || !catalog_fsck_lost(catalog, home, findings, error) ||
        !check_again(finding, findings, error))
        return FALSE;
    tree = metadata_file_parse(catalog, home->catalog, finding->target, error);
    if (!tree)
        return FALSE;
    registration.catalog_name = home->catalog;
    registration.namespace_name = home->name;
    made = catalog_iceberg_register_as(catalog,
                                       json_find(tree, "view-uuid") ? &catalog_iceberg_view_form
                                                                    : &catalog_iceberg_table_form,
                                       caller, &registration, error);
    if (!made)
        return FALSE;
    dotted = catalog_name_dotted(home->name, finding->name);
    *out_did = g_strdup_printf("registered %s as %s", finding->target, dotted);
    return TRUE;
}

gboolean
catalog_fsck_repair(Catalog *catalog,
                    const CatalogCaller *caller,
                    const char *catalog_name,
                    const CatalogFinding *finding,
                    char **out_did,
                    GError **error)
{
    switch (finding->kind) {
    case CATALOG_FINDING_POINTER_MISSING:
    case CATALOG_FINDING_POINTER_BEHIND:
    case CATALOG_FINDING_FILE_UNCLAIMED:
        return repair_table(catalog, caller, catalog_name, finding, out_did, error);
    case CATALOG_FINDING_TABLE_LOST:
        return repair_lost(catalog, caller, catalog_name, finding, out_did, error);
    case CATALOG_FINDING_FILE_FOREIGN:
    case CATALOG_FINDING_LOG_MISSING:
        break;
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, finding->name, "There is no repair for %s",
                     catalog_finding_kind_name(finding->kind));
}
