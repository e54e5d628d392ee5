/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: no reader ever takes an open transaction for a committed one, no two change the same rows
 * unseen by one another, and who is gone loses every right at once. Method: the catalog's
 * operations on a real PostgreSQL, many threads at once. */
#include <string.h>

#include "catalog/transaction_lease.h"
#include "store/acid_fixture.h"

/* ---- snapshots ---- */

static gboolean
is_valid(const CatalogTransactionSnapshot *snapshot, gint64 id)
{
    if (id > snapshot->water_id)
        return FALSE;
    for (guint i = 0; i < snapshot->unsettled->len; i++)
        if (((CatalogTransaction *)snapshot->unsettled->pdata[i])->id == id)
            return FALSE;
    return TRUE;
}

START_TEST(ids_follow_one_another_and_begin_at_one)
{
    g_autoptr(GArray) three = open_many(3, CATALOG_TRANSACTION_DEFAULT);

    for (guint i = 0; i < 3; i++)
        ck_assert_int_eq(g_array_index(three, gint64, i), i + 1);
    ck_assert_int_eq(open_one(), 4);
}
END_TEST

START_TEST(a_snapshot_tells_open_and_aborted_ones)
{
    g_autoptr(GArray) ids = open_many(3, CATALOG_TRANSACTION_DEFAULT);
    g_autoptr(CatalogTransactionSnapshot) snapshot = NULL;

    abort_well(1);
    commit_well(2);
    snapshot = catalog_transaction_snapshot(&catalog, NULL);
    ck_assert_int_eq(snapshot->water_id, 3);
    ck_assert_uint_eq(snapshot->unsettled->len, 2);
    ck_assert_int_eq(((CatalogTransaction *)snapshot->unsettled->pdata[0])->state,
                     CATALOG_TRANSACTION_ABORTED);
    ck_assert(is_valid(snapshot, 2));
    ck_assert(!is_valid(snapshot, 3));
    ck_assert(!is_valid(snapshot, 4));
}
END_TEST

/* An opener that has its number but has not committed: the id below the mark counts as open. */
START_TEST(an_id_whose_row_is_not_there_yet_counts_as_open)
{
    g_autoptr(CatalogTransactionSnapshot) snapshot = NULL;
    g_autoptr(CatalogTransactionSnapshot) later = NULL;

    ck_assert_int_eq(open_one(), 1);
    run("SELECT nextval('skep.transaction_ids')");
    ck_assert_int_eq(open_one(), 3);
    commit_well(1);
    commit_well(3);
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    snapshot = catalog_transaction_snapshot(&catalog, NULL);
    ck_assert_int_eq(snapshot->water_id, 3);
    ck_assert_uint_eq(snapshot->unsettled->len, 1);
    ck_assert_int_eq(((CatalogTransaction *)snapshot->unsettled->pdata[0])->id, 2);
    ck_assert_int_eq(((CatalogTransaction *)snapshot->unsettled->pdata[0])->state,
                     CATALOG_TRANSACTION_OPEN);
    /* A minute later nobody can be so slow. */
    run("UPDATE skep.transactions SET opened_ms = 1, ended_ms = 1");
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    later = catalog_transaction_snapshot(&catalog, NULL);
    ck_assert_int_eq(later->water_id, 3);
    for (guint i = 0; i < later->unsettled->len; i++)
        ck_assert_int_eq(((CatalogTransaction *)later->unsettled->pdata[i])->state,
                         CATALOG_TRANSACTION_ABORTED);
}
END_TEST

START_TEST(what_is_settled_is_forgotten_and_still_counts_as_committed)
{
    GError *error = NULL;
    g_autoptr(CatalogTransactionSnapshot) snapshot = NULL;
    g_autofree char *rows = NULL;
    gint64 first = open_one();
    gint64 reader = open_one();
    gboolean done;

    commit_well(first);
    run("UPDATE skep.transactions SET opened_ms = 1, ended_ms = CASE WHEN state = 1 THEN 1 END");
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    /* The reader was opened before the commit: it may not have seen it. */
    rows = test_postgres_run("SELECT count(*) FROM skep.transactions");
    ck_assert_str_eq(rows, "2");
    commit_well(reader);
    run("UPDATE skep.transactions SET ended_ms = 1");
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    g_free(rows);
    rows = test_postgres_run("SELECT count(*) FROM skep.transactions");
    ck_assert_str_eq(rows, "0");
    snapshot = catalog_transaction_snapshot(&catalog, NULL);
    ck_assert_int_eq(snapshot->water_id, 2);
    ck_assert(is_valid(snapshot, 1));
    commit_well(1);
    done = catalog_transaction_abort(&catalog, 1, NULL, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_TRANSACTION,
                   "Transaction txnid:1 is already committed.");
    done = commit(3, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_TRANSACTION,
                   "No such transaction txnid:3");
}
END_TEST

/* ---- ends ---- */

START_TEST(ends_are_final_and_said_in_hives_words)
{
    GError *error = NULL;
    gboolean done;
    g_autoptr(GArray) ids = open_many(3, CATALOG_TRANSACTION_DEFAULT);

    commit_well(1);
    commit_well(1);
    abort_well(2);
    abort_well(2);
    done = commit(2, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Transaction txnid:2 already aborted");
    done = catalog_transaction_abort(&catalog, 1, NULL, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_TRANSACTION,
                   "Transaction txnid:1 is already committed.");
    done = catalog_transaction_heartbeat(&catalog, 2, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Transaction txnid:2 already aborted");
    done = catalog_transaction_heartbeat(&catalog, 99999, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_TRANSACTION,
                   "No such transaction txnid:99999");
    ck_assert(catalog_transaction_heartbeat(&catalog, 3, NULL));
}
END_TEST

START_TEST(a_lease_that_has_ended_takes_every_right_at_once)
{
    GError *error = NULL;
    gboolean done;
    gint64 id = open_one();

    end_lease(id);
    done = commit(id, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Transaction txnid:1 already aborted");
    id = open_one();
    end_lease(id);
    done = catalog_transaction_heartbeat(&catalog, id, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Transaction txnid:2 already aborted");
}
END_TEST

START_TEST(housekeeping_aborts_overdue_ones_and_the_ages_show_whether_it_works)
{
    gint64 lock_ms = 0;
    gint64 transaction_ms = 0;
    g_autofree char *state = NULL;
    gint64 id = open_one();

    ck_assert(catalog_transaction_overdue_ms(&catalog, &lock_ms, &transaction_ms, NULL));
    ck_assert_int_eq(transaction_ms, 0);
    end_lease(id);
    ck_assert(catalog_transaction_overdue_ms(&catalog, &lock_ms, &transaction_ms, NULL));
    ck_assert_int_gt(transaction_ms, 1000);
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    ck_assert(catalog_transaction_overdue_ms(&catalog, &lock_ms, &transaction_ms, NULL));
    ck_assert_int_eq(transaction_ms, 0);
    state = test_postgres_run("SELECT state FROM skep.transactions");
    ck_assert_str_eq(state, "2");
}
END_TEST

START_TEST(a_range_tells_who_is_gone)
{
    g_autoptr(GArray) aborted = NULL;
    g_autoptr(GArray) missing = NULL;
    g_autoptr(GArray) ids = open_many(4, CATALOG_TRANSACTION_DEFAULT);

    commit_well(1);
    abort_well(2);
    end_lease(3);
    ck_assert(catalog_transaction_heartbeat_range(&catalog, 1, 5, &aborted, &missing, NULL));
    ck_assert_uint_eq(aborted->len, 2);
    ck_assert_int_eq(g_array_index(aborted, gint64, 0), 2);
    ck_assert_int_eq(g_array_index(aborted, gint64, 1), 3);
    ck_assert_uint_eq(missing->len, 2);
    ck_assert_int_eq(g_array_index(missing, gint64, 0), 1);
    ck_assert_int_eq(g_array_index(missing, gint64, 1), 5);
}
END_TEST

/* ---- conflicts ---- */

static void
component_free(gpointer component)
{
    catalog_lock_component_free(component);
}

static CatalogLockState
lock_in(gint64 id, CatalogLockType type, gint32 operation, const char *partition, gint64 *out_lock)
{
    g_autoptr(GPtrArray) components = g_ptr_array_new_with_free_func(component_free);
    CatalogLockComponent *component = catalog_lock_component_new();
    CatalogLockRequest request = {
        .components = components, .transaction_id = id, .user = (char *)"u", .host = (char *)"h"};
    CatalogLockState state = CATALOG_LOCK_ABORT;
    GError *error = NULL;
    char *reason = NULL;

    component->type = type;
    component->level = 2;
    component->namespace_name = g_strdup("d");
    component->table_name = g_strdup("t");
    component->partition_name = g_strdup(partition);
    component->operation_type = operation;
    component->is_transactional = TRUE;
    g_ptr_array_add(components, component);
    ck_assert_msg(catalog_lock_acquire(&catalog, NULL, &request, out_lock, &state, &reason, &error),
                  "%s", error ? error->message : "");
    return state;
}

static gint64
updater(const char *partition)
{
    gint64 id = open_one();
    gint64 lock = 0;

    ck_assert_int_eq(lock_in(id, CATALOG_LOCK_SHARED_WRITE, 3, partition, &lock),
                     CATALOG_LOCK_ACQUIRED);
    return id;
}

START_TEST(the_first_to_commit_a_change_wins)
{
    GError *error = NULL;
    gboolean done;
    gint64 first = updater(NULL);
    gint64 second = updater(NULL);
    gint64 latest = 0;
    gint64 third;

    commit_well(first);
    ck_assert(catalog_transaction_latest_conflict(&catalog, second, &latest, NULL));
    ck_assert_int_eq(latest, first);
    done = commit(second, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Aborting [txnid:2,2] due to a write conflict on d/t committed by [txnid:1,2]"
                   " u/u");
    done = commit(second, &error);
    assert_failure(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                   "Transaction txnid:2 already aborted");
    third = updater(NULL);
    commit_well(third);
}
END_TEST

START_TEST(changes_of_two_partitions_do_not_meet)
{
    gint64 first = updater("p=1");
    gint64 second = updater("p=2");
    gint64 whole = updater(NULL);

    commit_well(first);
    commit_well(second);
    ck_assert(!commit(whole, NULL));
}
END_TEST

START_TEST(locks_kept_others_away_where_the_client_says_so)
{
    gint64 first = updater(NULL);
    gint64 second = updater(NULL);
    CatalogTransactionCommit wanted = {.id = second, .may_overlap = TRUE};

    commit_well(first);
    ck_assert(catalog_transaction_commit(&catalog, &wanted, NULL));
}
END_TEST

typedef struct {
    gint64 id;
    gboolean done;
} Committer;

static gpointer
commit_at_once(gpointer data)
{
    Committer *committer = data;

    committer->done = commit(committer->id, NULL);
    return NULL;
}

START_TEST(of_many_that_commit_one_change_at_once_one_does)
{
    Committer committers[THREADS];
    GThread *threads[THREADS];
    int winners = 0;

    for (int i = 0; i < THREADS; i++)
        committers[i].id = updater(NULL);
    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("commit", commit_at_once, &committers[i]);
    for (int i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        winners += committers[i].done ? 1 : 0;
    }
    ck_assert_int_eq(winners, 1);
}
END_TEST

/* ---- locks ---- */

START_TEST(locks_of_a_transaction_end_with_it)
{
    gint64 first = open_one();
    gint64 second = open_one();
    gint64 held = 0;
    gint64 waiting = 0;
    CatalogLockState state = CATALOG_LOCK_ABORT;
    GError *error = NULL;
    gboolean done;

    ck_assert_int_eq(lock_in(first, CATALOG_LOCK_EXCLUSIVE, 2, NULL, &held), CATALOG_LOCK_ACQUIRED);
    ck_assert_int_eq(lock_in(first, CATALOG_LOCK_EXCLUSIVE, 2, NULL, &waiting),
                     CATALOG_LOCK_ACQUIRED);
    ck_assert_int_eq(lock_in(second, CATALOG_LOCK_EXCLUSIVE, 2, NULL, &waiting),
                     CATALOG_LOCK_WAITING);
    done = catalog_lock_release(&catalog, held, &error);
    ck_assert(!done);
    ck_assert(g_str_has_prefix(error->message,
                               "Unlocking locks associated with transaction not permitted."));
    g_clear_error(&error);
    commit_well(first);
    ck_assert(catalog_lock_check(&catalog, waiting, &state, NULL));
    ck_assert_int_eq(state, CATALOG_LOCK_ACQUIRED);
}
END_TEST

START_TEST(a_transaction_whose_lease_ended_holds_no_lock_and_stays_aborted)
{
    gint64 first = open_one();
    gint64 second = open_one();
    gint64 lock = 0;

    lock_in(first, CATALOG_LOCK_EXCLUSIVE, 2, NULL, &lock);
    end_lease(first);
    ck_assert_int_eq(lock_in(second, CATALOG_LOCK_EXCLUSIVE, 2, NULL, &lock),
                     CATALOG_LOCK_ACQUIRED);
    ck_assert(!catalog_transaction_heartbeat(&catalog, first, NULL));
    ck_assert(!commit(first, NULL));
    commit_well(second);
}
END_TEST

/* ---- races ---- */

typedef struct {
    gint stop;
    gint violations;
    gint opened;
} Race;

static gpointer
open_and_commit(gpointer data)
{
    Race *race = data;

    for (int round = 0; round < 15; round++) {
        g_autoptr(GArray) ids = open_many(round % 5 == 0 ? 3 : 1, CATALOG_TRANSACTION_DEFAULT);

        for (guint i = 0; i < ids->len; i++) {
            if (i > 0 && g_array_index(ids, gint64, i) != g_array_index(ids, gint64, i - 1) + 1)
                g_atomic_int_inc(&race->violations);
            commit_well(g_array_index(ids, gint64, i));
            g_atomic_int_inc(&race->opened);
        }
    }
    return NULL;
}

/* Between two snapshots: what is valid in the first stays valid, and what one reader saw as not
 * valid was not told as committed before. A transaction that this thread has open is never valid.
 */
static gpointer
watch(gpointer data)
{
    Race *race = data;

    while (!g_atomic_int_get(&race->stop)) {
        gint64 own = open_one();
        g_autoptr(CatalogTransactionSnapshot) first = catalog_transaction_snapshot(&catalog, NULL);
        g_autoptr(CatalogTransactionSnapshot) second = NULL;

        if (is_valid(first, own) || first->water_id < own)
            g_atomic_int_inc(&race->violations);
        commit_well(own);
        second = catalog_transaction_snapshot(&catalog, NULL);
        if (!is_valid(second, own) || second->water_id < first->water_id)
            g_atomic_int_inc(&race->violations);
        for (gint64 id = 1; id <= first->water_id; id++)
            if (is_valid(first, id) && !is_valid(second, id))
                g_atomic_int_inc(&race->violations);
        catalog_transaction_housekeep(&catalog, NULL);
    }
    return NULL;
}

START_TEST(readers_beside_openers_never_see_an_open_one_as_committed)
{
    Race race = {0};
    GThread *openers[6];
    GThread *watchers[3];
    g_autoptr(CatalogTransactionSnapshot) last = NULL;

    for (int i = 0; i < 3; i++)
        watchers[i] = g_thread_new("watch", watch, &race);
    for (int i = 0; i < 6; i++)
        openers[i] = g_thread_new("open", open_and_commit, &race);
    for (int i = 0; i < 6; i++)
        g_thread_join(openers[i]);
    g_atomic_int_set(&race.stop, 1);
    for (int i = 0; i < 3; i++)
        g_thread_join(watchers[i]);
    ck_assert_int_eq(race.violations, 0);
    last = catalog_transaction_snapshot(&catalog, NULL);
    ck_assert_uint_eq(last->unsettled->len, 0);
    ck_assert_int_ge(last->water_id, race.opened);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store transactions");
    TCase *rules = tcase_create("rules");
    TCase *races = tcase_create("races");

    tcase_add_checked_fixture(rules, set_up, tear_down);
    tcase_add_checked_fixture(races, set_up, tear_down);
    tcase_set_timeout(rules, 60);
    tcase_set_timeout(races, 300);
    tcase_add_test(rules, ids_follow_one_another_and_begin_at_one);
    tcase_add_test(rules, a_snapshot_tells_open_and_aborted_ones);
    tcase_add_test(rules, an_id_whose_row_is_not_there_yet_counts_as_open);
    tcase_add_test(rules, what_is_settled_is_forgotten_and_still_counts_as_committed);
    tcase_add_test(rules, ends_are_final_and_said_in_hives_words);
    tcase_add_test(rules, a_lease_that_has_ended_takes_every_right_at_once);
    tcase_add_test(rules, housekeeping_aborts_overdue_ones_and_the_ages_show_whether_it_works);
    tcase_add_test(rules, a_range_tells_who_is_gone);
    tcase_add_test(rules, the_first_to_commit_a_change_wins);
    tcase_add_test(rules, changes_of_two_partitions_do_not_meet);
    tcase_add_test(rules, locks_kept_others_away_where_the_client_says_so);
    tcase_add_test(rules, locks_of_a_transaction_end_with_it);
    tcase_add_test(rules, a_transaction_whose_lease_ended_holds_no_lock_and_stays_aborted);
    tcase_add_test(races, of_many_that_commit_one_change_at_once_one_does);
    tcase_add_test(races, readers_beside_openers_never_see_an_open_one_as_committed);
    suite_add_tcase(suite, rules);
    suite_add_tcase(suite, races);
    return test_postgres_run_suite(suite);
}
