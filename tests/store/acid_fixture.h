/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of Hive's transactions share: a catalog on a real PostgreSQL, transactions that
 * are opened, committed and aborted, leases that end by moving their time. Included once by each
 * test program. */
#pragma once

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/catalog_lock.h"
#include "skep/catalog_transaction.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define THREADS 12

static Catalog catalog;

static inline void
run(const char *sql)
{
    g_free(test_postgres_run(sql));
}

static inline void
set_up(void)
{
    test_catalog_init_bare(&catalog, THREADS);
    run("SET client_min_messages = warning; TRUNCATE skep.transactions, skep.acid_tables, "
        "skep.locks, skep.replayed_transactions "
        "CASCADE;"
        " UPDATE skep.transaction_floor SET id = 0; SELECT setval('skep.transaction_ids', 1, "
        "false)");
}

static inline void
tear_down(void)
{
    g_clear_pointer(&catalog.store, store_close);
}

static inline GArray *
open_many(gint32 count, CatalogTransactionType type)
{
    CatalogTransactionOpening opening = {
        .count = count, .type = type, .user = "ann", .host = "vm", .agent_info = "test"};
    GError *error = NULL;
    GArray *ids = catalog_transaction_open(&catalog, &opening, &error);

    ck_assert_msg(ids != NULL, "%s", error ? error->message : "");
    return ids;
}

static inline gint64
open_one(void)
{
    g_autoptr(GArray) ids = open_many(1, CATALOG_TRANSACTION_DEFAULT);

    ck_assert_uint_eq(ids->len, 1);
    return g_array_index(ids, gint64, 0);
}

static inline gboolean
commit(gint64 id, GError **error)
{
    CatalogTransactionCommit wanted = {.id = id};

    return catalog_transaction_commit(&catalog, &wanted, error);
}

static inline void
commit_well(gint64 id)
{
    GError *error = NULL;

    ck_assert_msg(commit(id, &error), "%s", error ? error->message : "");
}

static inline void
abort_well(gint64 id)
{
    ck_assert(catalog_transaction_abort(&catalog, id, NULL, NULL));
}

static inline void
assert_failure(gboolean done, GError *error, SkepError fact, const char *message)
{
    ck_assert(!done);
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, (gint)fact), "%s", error->message);
    ck_assert_str_eq(error->message, message);
    g_error_free(error);
}

static inline void
end_lease(gint64 id)
{
    g_autofree char *sql = g_strdup_printf(
        "UPDATE skep.transactions SET expires_ms = 1 WHERE id = %" G_GINT64_FORMAT, id);

    run(sql);
}
