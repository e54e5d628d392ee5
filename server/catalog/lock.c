/* SPDX-License-Identifier: Apache-2.0 */
/* Hive's locks as leases: which types go together, what a request must look like, and when a poll
 * counts as a heartbeat. The queue itself is in the store. A lock is advice; the swap of a commit
 * is the truth. Callers: the Thrift door. */
#include "skep/catalog_lock.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/error.h"
#include "reference_fold.h"
#include "skep/store_lock.h"
#include "transaction_lease.h"

#define COMPONENTS_MAX 10000

/* A poll renews the lease only when so much of it is over: a waiting client asks 20 times a second.
 */
#define LEASE_PARTS 10

#define PAIR(held, asked) ((held)*16 + (asked))

/* Exclusive goes with nothing. Two writers of whom one is exclusive among writers exclude one
 * another; readers go with all but exclusive. */
static const gint64 conflicting_pairs[] = {
    PAIR(CATALOG_LOCK_EXCLUSIVE, CATALOG_LOCK_SHARED_READ),
    PAIR(CATALOG_LOCK_EXCLUSIVE, CATALOG_LOCK_SHARED_WRITE),
    PAIR(CATALOG_LOCK_EXCLUSIVE, CATALOG_LOCK_EXCLUSIVE),
    PAIR(CATALOG_LOCK_EXCLUSIVE, CATALOG_LOCK_EXCL_WRITE),
    PAIR(CATALOG_LOCK_SHARED_READ, CATALOG_LOCK_EXCLUSIVE),
    PAIR(CATALOG_LOCK_SHARED_WRITE, CATALOG_LOCK_EXCLUSIVE),
    PAIR(CATALOG_LOCK_EXCL_WRITE, CATALOG_LOCK_EXCLUSIVE),
    PAIR(CATALOG_LOCK_EXCL_WRITE, CATALOG_LOCK_EXCL_WRITE),
    PAIR(CATALOG_LOCK_EXCL_WRITE, CATALOG_LOCK_SHARED_WRITE),
    PAIR(CATALOG_LOCK_SHARED_WRITE, CATALOG_LOCK_EXCL_WRITE),
};

static const StoreLockConflicts conflicts = {conflicting_pairs, G_N_ELEMENTS(conflicting_pairs)};

static void
component_free(gpointer component)
{
    catalog_lock_component_free(component);
}

static CatalogLockComponent *
fold_component(const CatalogLockComponent *component, GError **error)
{
    g_autoptr(CatalogLockComponent) folded = catalog_lock_component_new();

    if (component->type < CATALOG_LOCK_SHARED_READ || component->type > CATALOG_LOCK_EXCL_WRITE)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, component->namespace_name,
                              "There is no lock type %d", (int)component->type);
    if (component->namespace_name == NULL || *component->namespace_name == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A lock component has no database");
    *folded = (CatalogLockComponent){
        .type = component->type,
        .level = component->level,
        .operation_type = component->operation_type,
        .is_transactional = component->is_transactional,
        .is_dynamic_partition_write = component->is_dynamic_partition_write,
    };
    folded->namespace_name = catalog_name_fold(component->namespace_name, error);
    if (folded->namespace_name == NULL)
        return NULL;
    if (component->table_name == NULL || *component->table_name == '\0')
        return g_steal_pointer(&folded);
    folded->table_name = catalog_name_fold(component->table_name, error);
    if (folded->table_name == NULL)
        return NULL;
    folded->partition_name = catalog_partition_reference_fold(component->partition_name);
    return g_steal_pointer(&folded);
}

static gboolean
check_request(const CatalogLockRequest *request, GError **error)
{
    if (request->components == NULL || request->components->len == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A lock request needs at least one component");
    if (request->components->len > COMPONENTS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "A lock request has more than %d components", COMPONENTS_MAX);
    return TRUE;
}

gboolean
catalog_lock_acquire(Catalog *catalog,
                     const char *catalog_name,
                     const CatalogLockRequest *request,
                     gint64 *out_lock_id,
                     CatalogLockState *out_state,
                     char **out_reason,
                     GError **error)
{
    g_autofree char *folded_name = catalog_name_fold_catalog(catalog_name, error);
    g_autoptr(GPtrArray) components = g_ptr_array_new_with_free_func(component_free);
    CatalogLockRequest folded;

    if (folded_name == NULL || !check_request(request, error))
        return FALSE;
    for (guint i = 0; i < request->components->len; i++) {
        CatalogLockComponent *component = fold_component(request->components->pdata[i], error);

        if (component == NULL)
            return FALSE;
        g_ptr_array_add(components, component);
    }
    folded = *request;
    folded.components = components;
    return store_lock_acquire(catalog->store, folded_name, &folded, &conflicts,
                              catalog->options.lock_timeout_ms, out_lock_id, out_state, out_reason,
                              error);
}

static gboolean
fail_no_lock(const char *sentence, gint64 lock_id, GError **error)
{
    g_autofree char *object = g_strdup_printf("lockid:%" G_GINT64_FORMAT, lock_id);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_LOCK, object, "%s %s", sentence, object);
}

/* While a client waits, and after it has the lock, this is one read; only the grant itself and a
 * heartbeat now and then write. */
gboolean
catalog_lock_check(Catalog *catalog, gint64 lock_id, CatalogLockState *out_state, GError **error)
{
    gint64 lease_ms = catalog->options.lock_timeout_ms;
    StoreLockStanding standing = {0};
    gboolean found = FALSE;
    gboolean is_due;

    if (!store_lock_find(catalog->store, lock_id, &conflicts, &standing, &found, error))
        return FALSE;
    if (!found)
        return fail_no_lock("No such lock", lock_id, error);
    is_due = standing.since_heartbeat_ms >= lease_ms / LEASE_PARTS;
    if (is_due || (standing.state == CATALOG_LOCK_WAITING && !standing.is_blocked)) {
        if (!store_lock_grant(catalog->store, lock_id, &conflicts, lease_ms, &standing.state,
                              &found, error))
            return FALSE;
        if (!found)
            return fail_no_lock("No such lock", lock_id, error);
    }
    if (is_due && standing.transaction_id != 0 &&
        !catalog_transaction_renew(catalog, standing.transaction_id, error))
        return FALSE;
    *out_state = standing.state;
    return TRUE;
}

gboolean
catalog_lock_heartbeat(Catalog *catalog, gint64 lock_id, GError **error)
{
    gboolean found = FALSE;

    if (!store_lock_heartbeat(catalog->store, lock_id, catalog->options.lock_timeout_ms, &found,
                              error))
        return FALSE;
    return found || fail_no_lock("No such lock:", lock_id, error);
}

gboolean
catalog_lock_release(Catalog *catalog, gint64 lock_id, GError **error)
{
    gint64 transaction_id = 0;

    if (!store_lock_release(catalog->store, lock_id, &transaction_id, error))
        return FALSE;
    return transaction_id == 0 ||
           skep_fail(
               error, SKEP_ERROR_INVALID_OPERATION, NULL,
               "Unlocking locks associated with transaction not permitted. lockid:%" G_GINT64_FORMAT
               " is associated with transaction txnid:%" G_GINT64_FORMAT,
               lock_id, transaction_id);
}

/* NULL stays NULL: no filter. */
static gboolean
fold_filter(const char *name, char **out_folded, GError **error)
{
    if (name == NULL)
        return TRUE;
    *out_folded = catalog_name_fold(name, error);
    return *out_folded != NULL;
}

GPtrArray *
catalog_lock_list(Catalog *catalog,
                  const char *namespace_name,
                  const char *table_name,
                  const char *partition_name,
                  gint64 transaction_id,
                  GError **error)
{
    g_autofree char *namespace_ = NULL;
    g_autofree char *table = NULL;
    g_autofree char *partition = catalog_partition_reference_fold(partition_name);
    GPtrArray *locks = NULL;

    if (!fold_filter(namespace_name, &namespace_, error) ||
        !fold_filter(table_name, &table, error) ||
        !store_lock_list(catalog->store, namespace_, table, partition, transaction_id, &conflicts,
                         &locks, error))
        return NULL;
    return locks;
}
