/* SPDX-License-Identifier: Apache-2.0 */
/* From PostgreSQL's SQLSTATE and constraint names to facts of skep/error.h, and to what may be done
 * next. The only file that reads a SQLSTATE. Called by connection.c and pool.c. */
#pragma once

#include <libpq-fe.h>
#include "store/query.h"

/* What became of a statement. */
typedef enum {
    STORE_OUTCOME_DONE,
    STORE_OUTCOME_FAILED,   /* refused for a reason that a repetition would not change; nothing
                               happened */
    STORE_OUTCOME_CONFLICT, /* serialization failure or deadlock: nothing happened, run it again */
    STORE_OUTCOME_STALE, /* nothing happened, but this connection is no good (standby, lost plan) */
    STORE_OUTCOME_LOST   /* the connection is gone or hangs; a write may or may not have happened */
} StoreOutcome;

/* Sets *error from a failed result and says which kind of failure it is. `query` may be NULL
 * (BEGIN, COMMIT, scripts). */
StoreOutcome store_sqlstate_read(const PGresult *result, const StoreQuery *query, GError **error);

/* TRUE when the SQLSTATE says that a prepared statement of that name is unknown, or known already:
 * a pooler changes server sessions beneath us. */
gboolean store_sqlstate_is_prepared_mismatch(const PGresult *result);
