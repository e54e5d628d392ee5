/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog as a whole: made and freed. The nouns are in files of their own, catalogs in
 * catalog_info.c, background work in duty.c. Callers: server/server.c; what goes
 * wrong with data that are to go is told here by all of this folder. */
#include "catalog_private.h"

#include <unistd.h>

#include "skep/store.h"
#include "skep/store_catalog.h"
#include "warehouses.h"

#include "commit_queue.h"
#include "metadata_cache.h"

/* Of long metadata documents that are kept on disk for whoever asks for them next. */
#define SPOOLED_DOCUMENTS_BYTES (G_GUINT64_CONSTANT(1) << 30)

void
catalog_options_init(CatalogOptions *options)
{
    *options = (CatalogOptions){
        .lock_timeout_ms = 300000,
        .event_retention_s = 7 * 24 * 3600,
        .idempotency_lifetime_s = 1800,
        .sweep_after_s = 3 * 24 * 3600,
        .report_retention_s = 7 * 24 * 3600,
        .metadata_cache_bytes = 32u << 20,
        .metadata_bytes_max = 256u << 20,
        .commit_retries_max = 10,
        .duty_lease_ms = 60000,
        .undrop_retention_s = 7 * 24 * 3600,
        .task_retention_s = 7 * 24 * 3600,
    };
}

/* Two servers of one host differ, and so do two runs of one. */
static char *
make_server_name(void)
{
    return g_strdup_printf("%s %d %08x", g_get_host_name(), (int)getpid(), g_random_int());
}

static gboolean
seed_default(Catalog *catalog, GError **error)
{
    const char *root = warehouse_root(catalog->home);
    const char *external_root = warehouse_external_root(catalog->home);
    g_autoptr(CatalogInfo) info = catalog_info_new();
    g_autoptr(CatalogNamespace) first = catalog_namespace_new();

    info->name = g_strdup(CATALOG_DEFAULT_NAME);
    info->description = g_strdup("Default catalog, for Hive");
    info->location = g_strdup(root);
    info->create_time_s = catalog_now_s();
    first->name = g_strdup("default");
    first->description = g_strdup("Default Hive database");
    first->location = g_strdup(external_root);
    first->owner_name = g_strdup("public");
    first->owner_type = 2; /* a role */
    return store_catalog_seed(catalog->store, info, first, error) &&
           warehouse_directory_make(catalog->home, root, TRUE, error) &&
           warehouse_directory_make(catalog->home, external_root, TRUE, error);
}

Catalog *
catalog_new(const CatalogOptions *options, Store *store, Warehouse *warehouse, GError **error)
{
    g_autoptr(Catalog) catalog = g_new0(Catalog, 1);

    catalog->options = *options;
    catalog->store = store;
    catalog->home = warehouse;
    catalog->warehouses =
        warehouses_new(store, warehouse, options->secrets, options->metadata_bytes_max);
    catalog->documents = metadata_cache_new(options->metadata_cache_bytes, SPOOLED_DOCUMENTS_BYTES);
    catalog->writers = commit_queue_new(catalog_commit_line_lead, catalog);
    catalog->server_name = make_server_name();
    catalog->options.admin_users = NULL; /* the caller's, and needed once */
    catalog->database_uuid = store_database_uuid(store, error);
    if (!catalog->database_uuid || !seed_default(catalog, error) ||
        !catalog_role_seed_admins(catalog, options->admin_users, error))
        return NULL;
    return g_steal_pointer(&catalog);
}

void
catalog_free(Catalog *catalog)
{
    if (!catalog)
        return;
    metadata_cache_free(catalog->documents);
    commit_queue_free(catalog->writers);
    g_free(catalog->server_name);
    g_free(catalog->database_uuid);
    warehouses_free(catalog->warehouses);
    g_free(catalog);
}

void
catalog_leave_behind(Catalog *catalog, const char *location, GError *why)
{
    if (catalog->options.left_behind)
        catalog->options.left_behind(location, why);
    g_error_free(why);
}

void
catalog_discard(Catalog *catalog, const char *catalog_name, const char *location, gboolean purge)
{
    g_autoptr(GError) unknown = NULL;
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, &unknown);
    GError *failure = NULL;

    if (!warehouse || !warehouse_directory_discard(warehouse, location, purge, &failure))
        catalog_leave_behind(catalog, location, failure ? failure : g_steal_pointer(&unknown));
}

gboolean
catalog_ping(Catalog *catalog, GError **error)
{
    return store_ping(catalog->store, error);
}

char *
catalog_database_uuid(Catalog *catalog, GError **error)
{
    return store_database_uuid(catalog->store, error);
}
