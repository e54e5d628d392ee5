/* SPDX-License-Identifier: Apache-2.0 */
/* Dropped tables and views whose files were kept: listed, taken back, forgotten in the end. They
 * are put aside by the drop itself (table_drop.c). Callers: the REST door, the duties. */
#include <string.h>

#include "skep/catalog_task.h"
#include "table_private.h"
#include "task.h"
#include "warehouses.h"

GPtrArray *
catalog_dropped_list(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *home = folded ? catalog_name_fold(namespace_name, error) : NULL;

    g_autoptr(GPtrArray) kept =
        home ? store_table_drop_list(catalog->store, folded, home, error) : NULL;

    if (kept && kept->len == 0) {
        g_autoptr(CatalogNamespace) found = catalog_namespace_find(catalog, folded, home, error);

        if (!found)
            return NULL;
    }
    return g_steal_pointer(&kept);
}

/* The last dropped one that fits. */
static CatalogDroppedTable *
find_dropped(Catalog *catalog, const CatalogTableName *name, const char *uuid, GError **error)
{
    g_autoptr(GPtrArray) kept =
        store_table_drop_list(catalog->store, name->catalog, name->namespace_name, error);

    if (!kept)
        return NULL;
    for (guint i = 0; i < kept->len; i++) {
        const CatalogDroppedTable *table = kept->pdata[i];

        if (strcmp(table->name, name->table) == 0 &&
            (!uuid || g_ascii_strcasecmp(table->uuid, uuid) == 0))
            return g_ptr_array_steal_index(kept, i);
    }
    return skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, name->table,
                          "No dropped table %s.%s is kept", name->namespace_name, name->table);
}

/* A table whose metadata file is gone would come back as one that nobody can load. */
static gboolean
check_document(Catalog *catalog,
               const char *catalog_name,
               const CatalogDroppedTable *kept,
               GError **error)
{
    gboolean exists = TRUE;

    if (kept->metadata_location &&
        catalog_place_is_served(catalog, catalog_name, kept->metadata_location) &&
        !catalog_file_exists(catalog, catalog_name, kept->metadata_location, &exists, error))
        return FALSE;
    return exists ||
           skep_fail(error, SKEP_ERROR_NO_SUCH_FILE, kept->name,
                     "The metadata file %s of %s is gone", kept->metadata_location, kept->name);
}

/* Another table may have been made there since. */
static gboolean
check_apart(Catalog *catalog,
            const CatalogTableName *name,
            const CatalogDroppedTable *kept,
            GError **error)
{
    const char *places[] = {kept->location, NULL};

    return catalog_places_check_apart(
        catalog, name, places,
        kept->kind == CATALOG_KIND_ICEBERG_TABLE ? CATALOG_APART_OPEN : CATALOG_APART_CLOSED,
        error);
}

static gboolean
restore(Catalog *catalog,
        const CatalogTableName *name,
        const CatalogDroppedTable *kept,
        GError **error)
{
    g_autoptr(GError) failure = NULL;
    gboolean restored = FALSE;

    if (store_table_drop_restore(catalog->store, kept->id, name->catalog, name->namespace_name,
                                 name->table, &restored, &failure))
        return restored || skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, kept->name,
                                     "The dropped table %s is kept no longer", kept->name);
    if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_NAMESPACE)
        return catalog_fail_no_namespace(error, name->namespace_name);
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, name->table,
                         "%s.%s exists; the dropped one can be taken back under another name",
                         name->namespace_name, name->table);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

CatalogDroppedTable *
catalog_undrop(Catalog *catalog,
               const char *catalog_name,
               const char *namespace_name,
               const CatalogUndrop *undrop,
               GError **error)
{
    g_auto(CatalogTableName) name = {NULL};
    g_autoptr(CatalogDroppedTable) kept = NULL;
    g_autofree char *new_name = NULL;

    if (!catalog_table_name_fold(&name, catalog_name, namespace_name, undrop->name, error))
        return NULL;
    new_name = catalog_name_make_table(undrop->new_name ? undrop->new_name : name.table, error);
    kept = new_name ? find_dropped(catalog, &name, undrop->uuid, error) : NULL;
    if (!kept || !check_document(catalog, name.catalog, kept, error))
        return NULL;
    g_free(name.table);
    name.table = g_strdup(new_name);
    if (!check_apart(catalog, &name, kept, error) || !restore(catalog, &name, kept, error))
        return NULL;
    g_free(kept->name);
    kept->name = g_steal_pointer(&new_name);
    return g_steal_pointer(&kept);
}

gboolean
catalog_dropped_expire(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    guint64 removed = CATALOG_DUTY_BATCH;

    do {
        if (!store_table_drop_expire(catalog->store, CATALOG_DUTY_BATCH, &removed, error))
            return FALSE;
    } while (removed == CATALOG_DUTY_BATCH && catalog_duty_goes_on(turn));
    return TRUE;
}
