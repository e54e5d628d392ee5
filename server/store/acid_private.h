/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of transactions and write ids share: transactions held in the middle of a change.
 * Nothing outside acid_*.c, write_id.c, lock.c and compaction.c includes it. */
#pragma once

#include "skep/transaction_types.h"
#include "store/query.h"

typedef struct {
    gint64 id;
    CatalogTransactionState state;
    CatalogTransactionType type;
    gboolean is_overdue; /* open, but its lease has ended */
} StoreAcidStanding;

static inline StoreParam
store_param_integers(const GArray *integers)
{
    return store_param_int64_array((const gint64 *)(const void *)integers->data, integers->len);
}

/* StoreAcidStanding of those of the ids that there are, by id, held until the end of the database's
 * transaction: so that nobody changes them, or (for_change FALSE) so that nobody ends them. NULL on
 * failure. */
GArray *store_acid_hold(StoreTransaction *transaction,
                        const GArray *ids,
                        gboolean for_change,
                        GError **error);
/* One that must be open. *out_problem (when not NULL) is set when it is not, and TRUE returned:
 * the database's transaction lives on, and has aborted it if its lease had ended, which is to be
 * committed before the problem is raised. */
gboolean store_acid_hold_open(StoreTransaction *transaction,
                              gint64 id,
                              gboolean for_change,
                              StoreAcidStanding *out_standing,
                              GError **out_problem,
                              GError **error);
/* Aborts those of the ids that are open. out_aborted (gint64, may be NULL): those. */
gboolean store_acid_abort(StoreTransaction *transaction,
                          const GArray *ids,
                          GArray **out_aborted,
                          GError **error);
/* Opens and returns the ids. */
GArray *store_acid_open(StoreTransaction *transaction,
                        const CatalogTransactionOpening *opening,
                        gint64 lease_ms,
                        GError **error);
/* Our ids of those that repeat the other warehouse's; shorter when some are over. */
GArray *store_acid_replayed_targets(StoreTransaction *transaction,
                                    const char *policy,
                                    const GArray *source_ids,
                                    GError **error);
/* They are over: forgotten. */
gboolean store_acid_replayed_remove(StoreTransaction *transaction,
                                    const char *policy,
                                    const GArray *source_ids,
                                    GError **error);
/* Rows of tables that are written, made where there are none; their ids (gint64) in the order of
 * the names. `count` names each. */
GArray *store_acid_tables(StoreTransaction *transaction,
                          const char *catalog_name,
                          const char *const *namespaces,
                          const char *const *tables,
                          gsize count,
                          GError **error);
/* The same for one. */
gboolean store_acid_table(StoreTransaction *transaction,
                          const CatalogTableReference *table,
                          gint64 *out_id,
                          GError **error);
/* gint64: one column of all rows. */
GArray *store_acid_read_ids(const StoreResult *result, guint column);
/* One array of one id. */
GArray *store_acid_id_array(gint64 id);
