/* SPDX-License-Identifier: Apache-2.0 */
/* Where a warehouse gives clients keys or signatures for the places of a table, no other table lies
 * there: access to one would open the other. Looked at when a table is stored, and by credentials.c
 * when access is given, which is what counts: two may be stored at one moment, or before the
 * warehouse gave anything. Callers: the swap, groups of commits, credentials.c. */
#include <string.h>

#include "iceberg_private.h"
#include "skep/warehouse_access.h"
#include "warehouses.h"

const char *const catalog_access_keys[CATALOG_ACCESS_KEYS] = {
    "write.data.path", "write.metadata.path", "write.object-storage.path",
    "write.folder-storage.path"};

static gboolean
gives_access(const Warehouse *warehouse)
{
    WarehouseAccess *access = warehouse_access((Warehouse *)warehouse);

    if (!access)
        return FALSE;
    switch (warehouse_access_profile(access)->access) {
    case STORAGE_ACCESS_NONE:
    case STORAGE_ACCESS_STATIC: /* the keys open the whole bucket */
        return FALSE;
    case STORAGE_ACCESS_VENDED:
    case STORAGE_ACCESS_SIGNED:
        return TRUE;
    }
    g_assert_not_reached();
}

/* A place and those above it. */
static void
add_above(GPtrArray *above, const char *place)
{
    const char *slash = strchr(place + strlen("s3://"), '/');

    for (; slash; slash = strchr(slash + 1, '/'))
        g_ptr_array_add(above, g_strndup(place, (gsize)(slash - place)));
    g_ptr_array_add(above, g_strdup(place));
}

gboolean
catalog_places_check_apart(Catalog *catalog,
                           const CatalogTableName *self,
                           const char *const *places,
                           CatalogApart apart,
                           GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, self->catalog, error);
    g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) above = g_ptr_array_new_with_free_func(g_free);
    gboolean overlap = FALSE;

    if (!warehouse)
        return FALSE;
    for (gsize i = 0; gives_access(warehouse) && places[i]; i++) {
        char *place = warehouse_location_canonical(places[i]);

        if (!place || !g_str_has_prefix(place, "s3://")) {
            g_free(place);
            continue;
        }
        g_ptr_array_add(own, place);
        if (apart != CATALOG_APART_GIVEN)
            add_above(above, place);
    }
    if (own->len == 0)
        return TRUE;
    if (!store_table_places_overlap(catalog->store, self->catalog, self->namespace_name,
                                    self->table, own, above, apart != CATALOG_APART_CLOSED,
                                    &overlap, error))
        return FALSE;
    return !overlap ||
           skep_fail(error, SKEP_ERROR_FORBIDDEN, self->table,
                     "Another table lies at, above or below location '%.500s' of %s: whoever is "
                     "given access to one would have the other's files",
                     places[0], self->table);
}

/* --- rows --- */

static gboolean
same_places(const CatalogTable *a, const CatalogTable *b)
{
    for (gsize i = 0; i < CATALOG_ACCESS_KEYS; i++)
        if (g_strcmp0(catalog_map_get(a->parameters, catalog_access_keys[i]),
                      catalog_map_get(b->parameters, catalog_access_keys[i])) != 0)
            return FALSE;
    return a->kind == b->kind && g_strcmp0(a->location, b->location) == 0;
}

gboolean
catalog_table_check_apart(Catalog *catalog,
                          const CatalogTable *before,
                          const CatalogTable *after,
                          GError **error)
{
    const char *places[CATALOG_ACCESS_KEYS + 2] = {after->location};
    const CatalogTable *named = before ? before : after;
    const CatalogTableName self = {named->catalog, named->namespace_name, named->name};
    gboolean opens = after->kind == CATALOG_KIND_ICEBERG_TABLE;
    gsize count = 1;

    if (!after->location || (before && same_places(before, after)))
        return TRUE;
    for (gsize i = 0; opens && i < CATALOG_ACCESS_KEYS; i++) {
        places[count] = catalog_map_get(after->parameters, catalog_access_keys[i]);
        count += places[count] != NULL;
    }
    return catalog_places_check_apart(catalog, &self, places,
                                      opens ? CATALOG_APART_OPEN : CATALOG_APART_CLOSED, error);
}

/* --- documents --- */

gboolean
catalog_iceberg_check_apart(Catalog *catalog,
                            const CatalogTableName *self,
                            gboolean opens,
                            const cJSON *metadata,
                            const cJSON *base,
                            GError **error)
{
    const char *places[CATALOG_ACCESS_KEYS + 2] = {NULL};
    const char *before = NULL;
    gboolean same = base != NULL;
    gsize count = 1;

    if (!json_get_string(metadata, "location", &places[0], error) ||
        (base && !json_get_string(base, "location", &before, error)))
        return FALSE;
    same = same && strcmp(places[0], before) == 0;
    for (gsize i = 0; opens && i < CATALOG_ACCESS_KEYS; i++) {
        places[count] = iceberg_property(metadata, catalog_access_keys[i]);
        same =
            same && g_strcmp0(places[count], iceberg_property(base, catalog_access_keys[i])) == 0;
        count += places[count] != NULL;
    }
    return same ||
           catalog_places_check_apart(catalog, self, places,
                                      opens ? CATALOG_APART_OPEN : CATALOG_APART_CLOSED, error);
}
