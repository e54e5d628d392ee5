/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a database's schema up to this program's: each missing migration in a transaction of its
 * own, under a lock that ends with that transaction. Called at start and by `skepd migrate`. */
#include "store/migrate.h"

#include <string.h>
#include "store/migrate_sql.h"
#include "store/store_private.h"

/* Any number that no other program is likely to lock: "skep" in ASCII. */
#define LOCK_KEY G_GINT64_CONSTANT(0x736b6570)

typedef struct {
    const StoreMigration *migrations;
    guint known;
    gboolean dry_run;
    guint missing; /* out: before this step */
    gboolean has_applied_one;
} Step;

static guint
count_known(const StoreMigration *migrations)
{
    guint count = 0;
    while (migrations[count].number != 0) {
        count++;
    }
    return count;
}

static char *
checksum_of(const StoreMigration *migration)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, migration->sql, -1);
}

/* Compares what the database has had with what the program knows. */
static gboolean
count_applied(const Step *step, const StoreResult *rows, guint *out_applied, GError **error)
{
    guint applied = store_result_rows(rows);
    for (guint row = 0; row < applied; row++) {
        gint64 number = store_row_int64(rows, row, 0);
        if (number > (gint64)step->known) {
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "The database is newer than this program: it has migration "
                             "%" G_GINT64_FORMAT " (%s), the program knows %u; run a newer skepd",
                             number, store_row_text(rows, row, 1), step->known);
        }
        if (number != (gint64)row + 1) {
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "The database lacks migration %u but has later ones", row + 1);
        }
        g_autofree char *checksum = checksum_of(&step->migrations[row]);
        if (strcmp(checksum, store_row_text(rows, row, 2)) != 0) {
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Migration %s was applied to this database in another form; released "
                             "migrations are never edited",
                             step->migrations[row].name);
        }
    }
    *out_applied = applied;
    return TRUE;
}

/* How many the database has had; with `may_make`, the schema and its list are made when they are
 * not there. */
static gboolean
read_applied(StoreTransaction *transaction,
             const Step *step,
             gboolean may_make,
             guint *out_applied,
             GError **error)
{
    g_autoptr(StoreResult) exists = NULL;
    if (!store_transaction_one(transaction, &SQL_MIGRATION_SCHEMA_EXISTS, STORE_NO_PARAMS, &exists,
                               error)) {
        return FALSE;
    }
    gboolean has_schema = store_row_bool(exists, 0, 0);
    gboolean has_list = store_row_bool(exists, 0, 1);
    if (!has_list) {
        *out_applied = 0;
        if (!may_make) {
            return TRUE;
        }
        return (has_schema || store_transaction_exec(transaction, &SQL_MIGRATION_MAKE_SCHEMA,
                                                     STORE_NO_PARAMS, NULL, error)) &&
               store_transaction_exec(transaction, &SQL_MIGRATION_MAKE_TABLE, STORE_NO_PARAMS, NULL,
                                      error);
    }
    g_autoptr(StoreResult) rows = NULL;
    return store_transaction_rows(transaction, &SQL_MIGRATION_LIST, STORE_NO_PARAMS, &rows,
                                  error) &&
           count_applied(step, rows, out_applied, error);
}

static gboolean
look(StoreTransaction *transaction, gpointer data, GError **error)
{
    Step *step = data;
    guint applied = 0;
    if (!read_applied(transaction, step, FALSE, &applied, error)) {
        return FALSE;
    }
    step->missing = step->known - applied;
    return TRUE;
}

static gboolean
apply_next(StoreTransaction *transaction, gpointer data, GError **error)
{
    Step *step = data;
    guint applied = 0;
    StoreParam key[] = {store_param_int64(LOCK_KEY)};
    step->has_applied_one = FALSE;
    store_transaction_wait_forever(transaction);
    if (!store_transaction_exec(transaction, &SQL_MIGRATION_LIFT_TIME_LIMIT, STORE_NO_PARAMS, NULL,
                                error) ||
        !store_transaction_exec(transaction, &SQL_MIGRATION_LOCK, STORE_PARAMS(key), NULL, error) ||
        !read_applied(transaction, step, TRUE, &applied, error)) {
        return FALSE;
    }
    step->missing = step->known - applied;
    if (step->missing == 0) {
        return TRUE;
    }
    const StoreMigration *migration = &step->migrations[applied];
    g_autofree char *checksum = checksum_of(migration);
    StoreParam record[] = {store_param_int64(migration->number), store_param_text(migration->name),
                           store_param_text(checksum)};
    if (!store_transaction_script(transaction, migration->name, migration->sql, error) ||
        !store_transaction_exec(transaction, &SQL_MIGRATION_RECORD, STORE_PARAMS(record), NULL,
                                error)) {
        return FALSE;
    }
    step->has_applied_one = TRUE;
    return TRUE;
}

gboolean
store_migrate_list(Store *store,
                   const StoreMigration *migrations,
                   gboolean dry_run,
                   guint *out_applied,
                   GError **error)
{
    Step step = {.migrations = migrations, .known = count_known(migrations)};
    /* The lock is for those that have something to do; the usual start has not. */
    if (!store_transaction_run(store, look, &step, error)) {
        return FALSE;
    }
    guint applied = dry_run ? step.missing : 0;
    while (!dry_run && step.missing > 0) {
        if (!store_transaction_run(store, apply_next, &step, error)) {
            return FALSE;
        }
        if (!step.has_applied_one) {
            break; /* another server did the rest meanwhile */
        }
        applied++;
        step.missing--;
    }
    if (out_applied != NULL) {
        *out_applied = applied;
    }
    return TRUE;
}

gboolean
store_migrate(Store *store, gboolean dry_run, guint *out_applied, GError **error)
{
    return store_migrate_list(store, STORE_MIGRATIONS, dry_run, out_applied, error);
}

guint
store_schema_version_known(void)
{
    return count_known(STORE_MIGRATIONS);
}
