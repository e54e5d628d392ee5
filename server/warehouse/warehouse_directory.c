/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of a warehouse: which may be removed and moved, and which backend does it. Caller:
 * the catalog. */
#include "warehouse_inside.h"

#include "object.h"

gboolean
warehouse_directory_make(Warehouse *warehouse,
                         const char *location,
                         gboolean durable,
                         GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_make(&local, durable, error);
    case WAREHOUSE_SCHEME_S3:
        break; /* an object store has no directories */
    }
    return TRUE;
}

/* A prefix itself, the root above all, is never removed, nor what holds one. */
static gboolean
check_keeps_prefixes(const Warehouse *warehouse,
                     const WarehouseLocation *location,
                     const char *text,
                     GError **error)
{
    for (guint i = 0; i < warehouse->prefixes->len; i++) {
        if (warehouse_location_within(g_ptr_array_index(warehouse->prefixes, i), location))
            return skep_fail(error, SKEP_ERROR_FORBIDDEN, text,
                             "%s holds the warehouse or an allowed prefix, and is left as it is",
                             text);
    }
    return TRUE;
}

gboolean
warehouse_location_is_inside(const Warehouse *warehouse, const char *location)
{
    g_autoptr(WarehouseLocation) parsed = warehouse_location_parse(location, NULL);

    return parsed && warehouse_find_prefix(warehouse, parsed) &&
           check_keeps_prefixes(warehouse, parsed, location, NULL);
}

/* Data are removed and moved below the prefixes alone, whatever else may be read. */
static gboolean
check_removable(const Warehouse *warehouse,
                const WarehouseLocation *location,
                const char *text,
                GError **error)
{
    if (!warehouse_find_prefix(warehouse, location))
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, text,
                         "%s is outside the warehouse, and is left as it is", text);
    return check_keeps_prefixes(warehouse, location, text, error);
}

gboolean
warehouse_directory_may_go(Warehouse *warehouse,
                           const char *location,
                           gboolean *out_may,
                           GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_may_go(&local, out_may, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    *out_may = TRUE;
    return TRUE;
}

gboolean
warehouse_directory_discard(Warehouse *warehouse,
                            const char *location,
                            gboolean purge,
                            GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered || !check_removable(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse->trash_directory && !purge
                   ? warehouse_local_directory_trash(&local, entered->path,
                                                     warehouse->trash_directory, error)
                   : warehouse_local_directory_delete(&local, error);
    case WAREHOUSE_SCHEME_S3:
        return !warehouse->objects ||
               warehouse_object_directory_delete(warehouse->objects, entered, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_directory_empty(Warehouse *warehouse,
                          const char *location,
                          gboolean purge,
                          GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    /* what is empty is no data of anybody's, wherever it is */
    if (entered->scheme == WAREHOUSE_SCHEME_FILE && !warehouse_find_prefix(warehouse, entered) &&
        warehouse_local_directory_is_empty(&local))
        return TRUE;
    if (!check_removable(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        if (warehouse->trash_directory && !purge &&
            !warehouse_local_directory_trash(&local, entered->path, warehouse->trash_directory,
                                             error))
            return FALSE;
        return warehouse_local_directory_empty(&local, error);
    case WAREHOUSE_SCHEME_S3:
        return !warehouse->objects ||
               warehouse_object_directory_delete(warehouse->objects, entered, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_directory_remove_empty(Warehouse *warehouse, const char *location, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered || !check_keeps_prefixes(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_remove_empty(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_move(Warehouse *warehouse, const char *from, const char *to, GError **error)
{
    WarehouseLocalPath local_from, local_to;
    g_autoptr(WarehouseLocation) source = warehouse_enter(warehouse, from, &local_from, error);
    g_autoptr(WarehouseLocation) target =
        source ? warehouse_enter(warehouse, to, &local_to, error) : NULL;

    if (!target || !check_removable(warehouse, source, from, error) ||
        !check_removable(warehouse, target, to, error))
        return FALSE;
    if (source->scheme != target->scheme)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, from, "Data cannot be moved from %s to %s",
                         from, to);
    switch (source->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_move(&local_from, &local_to, error);
    case WAREHOUSE_SCHEME_S3:
        return !warehouse->objects ||
               warehouse_object_directory_move(warehouse->objects, source, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_directory_usage(Warehouse *warehouse,
                          const char *location,
                          WarehouseUsage *out_usage,
                          GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = warehouse_enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_usage(&local, out_usage, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, location,
                     "The files below %s are not counted: that is done in directories alone",
                     location);
}

gboolean
warehouse_directory_list(Warehouse *warehouse,
                         const char *location,
                         WarehouseEntryFunc func,
                         gpointer data,
                         GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered =
        warehouse_enter_served(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_list(&local, func, data, error);
    case WAREHOUSE_SCHEME_S3:
        return warehouse_object_directory_list(warehouse->objects, entered, location, func, data,
                                               error);
    }
    g_return_val_if_reached(FALSE);
}
