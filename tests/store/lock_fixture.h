/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of locks share: a catalog on a real PostgreSQL, requests for locks, leases that
 * end by moving their time. Included once by each test program. */
#pragma once

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/catalog_lock.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define THREADS 16

static Catalog catalog;
static char *reason; /* never set: these requests are ready to wait */

static inline void
set_up(void)
{
    test_catalog_init_bare(&catalog, THREADS);
    g_free(test_postgres_run("DELETE FROM skep.locks"));
}

static inline void
tear_down(void)
{
    g_clear_pointer(&catalog.store, store_close);
}

static inline void
component_free(gpointer component)
{
    catalog_lock_component_free(component);
}

/* "db", "db.table" or "db.table.partition". */
static inline void
add_component(CatalogLockRequest *request, CatalogLockType type, const char *object)
{
    g_auto(GStrv) parts = g_strsplit(object, ".", 3);
    CatalogLockComponent *component = catalog_lock_component_new();

    component->type = type;
    component->level = (gint32)g_strv_length(parts);
    component->namespace_name = g_strdup(parts[0]);
    if (component->level > 1)
        component->table_name = g_strdup(parts[1]);
    if (component->level > 2)
        component->partition_name = g_strdup(parts[2]);
    g_ptr_array_add(request->components, component);
}

static inline CatalogLockRequest
new_request(void)
{
    CatalogLockRequest request = {0};

    request.components = g_ptr_array_new_with_free_func(component_free);
    request.user = (char *)"user";
    request.host = (char *)"host";
    request.agent_info = (char *)"agent";
    return request;
}

static inline gint64
acquire(const CatalogLockRequest *request, CatalogLockState *out_state)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;

    ck_assert_msg(catalog_lock_acquire(&catalog, NULL, request, &id, out_state, &reason, &error),
                  "%s", error != NULL ? error->message : "");
    g_ptr_array_unref(request->components);
    return id;
}

static inline gint64
lock(CatalogLockType type, const char *object, CatalogLockState expected)
{
    CatalogLockRequest request = new_request();
    CatalogLockState state = CATALOG_LOCK_ABORT;
    gint64 id;

    add_component(&request, type, object);
    id = acquire(&request, &state);
    ck_assert_msg(state == expected, "%s: state %d, not %d", object, (int)state, (int)expected);
    return id;
}

static inline CatalogLockState
check(gint64 id)
{
    g_autoptr(GError) error = NULL;
    CatalogLockState state = CATALOG_LOCK_ABORT;

    ck_assert_msg(catalog_lock_check(&catalog, id, &state, &error), "%s",
                  error != NULL ? error->message : "");
    return state;
}

static inline void
release(gint64 id)
{
    ck_assert(catalog_lock_release(&catalog, id, NULL));
}

static inline void
end_lease(gint64 id)
{
    g_autofree char *sql =
        g_strdup_printf("UPDATE skep.locks SET expires_ms = 1 WHERE id = %" G_GINT64_FORMAT, id);

    g_free(test_postgres_run(sql));
}
