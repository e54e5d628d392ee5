/* SPDX-License-Identifier: Apache-2.0 */
/* Which warehouse is whose: opened at the first use, and again when its row has changed. What was
 * looked up counts for a second, so that a change holds on every server within one, and costs a
 * statement a second and catalog. Nothing older is used, whatever PostgreSQL does: a place that an
 * administrator has taken away is not given out. See warehouses.h. */
#include "warehouses.h"

#include <string.h>

#include "skep/secret_box.h"
#include "skep/storage_json.h"

#define FRESH_US G_TIME_SPAN_SECOND

typedef struct {
    gint64 catalog_id; /* a name that was dropped and made again is another catalog */
    gint64 version;
    gint64 looked_at_us;
    Warehouse *warehouse; /* of its own, or a reference to home */
} Entry;

struct Warehouses {
    Store *store;
    Warehouse *home;
    const SecretKeys *secrets;
    gsize file_bytes_max;
    GMutex mutex;
    GHashTable *entries; /* catalog name -> Entry; with the mutex held */
};

static void
entry_free(gpointer memory)
{
    Entry *entry = memory;

    warehouse_close(entry->warehouse);
    g_free(entry);
}

Warehouses *
warehouses_new(Store *store, Warehouse *home, const SecretKeys *secrets, gsize file_bytes_max)
{
    Warehouses *warehouses = g_new0(Warehouses, 1);

    warehouses->store = store;
    warehouses->home = home;
    warehouses->secrets = secrets;
    warehouses->file_bytes_max = file_bytes_max;
    g_mutex_init(&warehouses->mutex);
    warehouses->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return warehouses;
}

void
warehouses_free(Warehouses *warehouses)
{
    if (!warehouses)
        return;
    g_hash_table_unref(warehouses->entries);
    g_mutex_clear(&warehouses->mutex);
    g_free(warehouses);
}

void
warehouses_forget(Warehouses *warehouses, const char *catalog_name)
{
    g_mutex_lock(&warehouses->mutex);
    g_hash_table_remove(warehouses->entries, catalog_name);
    g_mutex_unlock(&warehouses->mutex);
}

/* --- opening --- */

static gboolean
read_secrets(const Warehouses *warehouses,
             const StoreWarehouse *row,
             StorageProfile *profile,
             GError **error)
{
    g_autoptr(cJSON) secrets = NULL;
    char *text;

    if (!warehouses->secrets)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, row->catalog_name,
                         "The secrets of warehouse %s cannot be read: this server has no "
                         "secrets_key_file",
                         row->catalog_name);
    text = secret_keys_open(warehouses->secrets, row->key_id, row->catalog_name,
                            row->sealed_secrets, error);
    if (!text)
        return FALSE;
    secrets = json_parse_object(text, strlen(text), G_MAXINT, error);
    secret_text_free(text);
    return secrets && storage_profile_change(profile, secrets, error);
}

gboolean
warehouses_read_profile(const Warehouses *warehouses,
                        const StoreWarehouse *row,
                        StorageProfile **out_profile,
                        GError **error)
{
    g_autoptr(StorageProfile) profile = NULL;
    g_autoptr(cJSON) stored = NULL;

    *out_profile = NULL;
    if (!row->storage_json)
        return TRUE;
    profile = storage_profile_new();
    stored = json_parse_object(row->storage_json, strlen(row->storage_json), G_MAXINT, error);
    if (!stored || !storage_profile_change(profile, stored, error) ||
        (row->key_id && !read_secrets(warehouses, row, profile, error)))
        return FALSE;
    *out_profile = g_steal_pointer(&profile);
    return TRUE;
}

/* Directories are the server's own: the settings say which may be used at all. */
static gboolean
check_directories(const Warehouses *warehouses, const StoreWarehouse *row, GError **error)
{
    if (row->storage_json)
        return TRUE;
    for (guint i = 0; row->allowed_prefixes && row->allowed_prefixes[i]; i++) {
        if (!warehouse_location_check(warehouses->home, row->allowed_prefixes[i], error))
            return FALSE;
    }
    return warehouse_location_check(warehouses->home, row->location, error);
}

Warehouse *
warehouses_open(const Warehouses *warehouses, const StoreWarehouse *row, GError **error)
{
    g_autoptr(StorageProfile) profile = NULL;
    WarehouseOptions options = {.root = row->location,
                                .allowed_prefixes = (const char *const *)row->allowed_prefixes,
                                .file_bytes_max = warehouses->file_bytes_max};

    if (!check_directories(warehouses, row, error) ||
        !warehouses_read_profile(warehouses, row, &profile, error))
        return NULL;
    options.storage = profile;
    return warehouse_open(&options, error);
}

/* --- looking up --- */

/* A reference, when the entry is the row's or (without a row) fresh. */
static Warehouse *
find_known(Warehouses *warehouses, const char *catalog_name, const StoreWarehouse *row)
{
    gint64 now_us = g_get_monotonic_time();
    Warehouse *found = NULL;
    Entry *entry;

    g_mutex_lock(&warehouses->mutex);
    entry = g_hash_table_lookup(warehouses->entries, catalog_name);
    if (entry && row && entry->catalog_id == row->catalog_id && entry->version == row->version)
        entry->looked_at_us = now_us;
    else if (row)
        entry = NULL;
    if (entry && now_us - entry->looked_at_us < FRESH_US)
        found = warehouse_ref(entry->warehouse);
    g_mutex_unlock(&warehouses->mutex);
    return found;
}

/* Takes the reference and gives another. */
static Warehouse *
keep(Warehouses *warehouses, const StoreWarehouse *row, gint64 looked_at_us, Warehouse *warehouse)
{
    Entry *entry = g_new0(Entry, 1);

    entry->catalog_id = row->catalog_id;
    entry->version = row->version;
    entry->looked_at_us = looked_at_us;
    entry->warehouse = warehouse_ref(warehouse);
    g_mutex_lock(&warehouses->mutex);
    g_hash_table_replace(warehouses->entries, g_strdup(row->catalog_name), entry);
    g_mutex_unlock(&warehouses->mutex);
    return warehouse;
}

static Warehouse *
look_up(Warehouses *warehouses, const char *catalog_name, GError **error)
{
    gint64 looked_at_us = g_get_monotonic_time();
    g_autoptr(StoreWarehouse) row = NULL;
    Warehouse *warehouse;

    if (!store_warehouse_find(warehouses->store, catalog_name, &row, error))
        return NULL;
    if (!row)
        return warehouse_ref(warehouses->home);
    warehouse = find_known(warehouses, catalog_name, row);
    if (warehouse)
        return warehouse;
    warehouse =
        row->is_own ? warehouses_open(warehouses, row, error) : warehouse_ref(warehouses->home);
    return warehouse ? keep(warehouses, row, looked_at_us, warehouse) : NULL;
}

Warehouse *
catalog_warehouse(Catalog *catalog, const char *catalog_name, GError **error)
{
    Warehouses *warehouses = catalog->warehouses;
    Warehouse *warehouse;

    if (strcmp(catalog_name, CATALOG_DEFAULT_NAME) == 0)
        return warehouse_ref(warehouses->home);
    warehouse = find_known(warehouses, catalog_name, NULL);
    return warehouse ? warehouse : look_up(warehouses, catalog_name, error);
}
