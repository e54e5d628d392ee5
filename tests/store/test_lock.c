/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: locks go together as in Hive, in the order of their ids, and no client that is gone holds
 * up the others. Method: the catalog's lock operations on a real PostgreSQL. */
#include <string.h>

#include "store/lock_fixture.h"

/* Order: held, then asked. Types: shared read, shared write, exclusive, exclusive write. */
START_TEST(types_go_together_as_in_hive)
{
    static const gboolean together[4][4] = {
        {TRUE,  TRUE,  FALSE, TRUE },
        {TRUE,  TRUE,  FALSE, FALSE},
        {FALSE, FALSE, FALSE, FALSE},
        {TRUE,  FALSE, FALSE, FALSE}
    };

    for (int held = 0; held < 4; held++) {
        for (int asked = 0; asked < 4; asked++) {
            gint64 first = lock((CatalogLockType)(held + 1), "d.t", CATALOG_LOCK_ACQUIRED);
            gint64 second =
                lock((CatalogLockType)(asked + 1), "d.t",
                     together[held][asked] ? CATALOG_LOCK_ACQUIRED : CATALOG_LOCK_WAITING);

            release(first);
            ck_assert_int_eq(check(second), CATALOG_LOCK_ACQUIRED);
            release(second);
        }
    }
}
END_TEST

START_TEST(a_database_covers_its_tables_and_a_table_its_partitions)
{
    static const struct {
        const char *held;
        const char *asked;
        gboolean overlap;
    } cases[] = {
        {"d",        "d",        TRUE },
        {"d",        "d.t",      TRUE },
        {"d.t",      "d",        TRUE },
        {"d",        "d.t.ds=1", TRUE },
        {"d.t.ds=1", "d",        TRUE },
        {"d.t",      "d.t.ds=1", TRUE },
        {"d.t.ds=1", "d.t",      TRUE },
        {"d.t.ds=1", "d.t.ds=1", TRUE },
        {"d.t.ds=1", "D.T.DS=1", TRUE },
        {"d.t.ds=a", "d.t.ds=A", FALSE},
        {"d.t.ds=1", "d.t.ds=2", FALSE},
        {"d.t",      "d.u",      FALSE},
        {"d.t.ds=1", "d.u.ds=1", FALSE},
        {"d",        "e",        FALSE},
        {"d.t",      "e.t",      FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 first = lock(CATALOG_LOCK_EXCLUSIVE, cases[i].held, CATALOG_LOCK_ACQUIRED);
        gint64 second = lock(CATALOG_LOCK_EXCLUSIVE, cases[i].asked,
                             cases[i].overlap ? CATALOG_LOCK_WAITING : CATALOG_LOCK_ACQUIRED);

        release(first);
        release(second);
    }
}
END_TEST

START_TEST(a_catalog_has_locks_of_its_own)
{
    CatalogLockRequest request = new_request();
    CatalogLockState state = CATALOG_LOCK_ABORT;
    gint64 first = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 second = 0;

    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d.t");
    ck_assert(catalog_lock_acquire(&catalog, "other", &request, &second, &state, &reason, NULL));
    ck_assert_int_eq(state, CATALOG_LOCK_ACQUIRED);
    g_ptr_array_unref(request.components);
    release(first);
    release(second);
}
END_TEST

START_TEST(the_queue_goes_by_lock_id_and_nobody_overtakes)
{
    gint64 reader = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 writer = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);
    gint64 late_reader = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_WAITING);
    gint64 late_writer = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);

    ck_assert_int_lt(reader, writer);
    ck_assert_int_lt(writer, late_reader);
    ck_assert_int_lt(late_reader, late_writer);
    release(reader);
    ck_assert_int_eq(check(late_writer), CATALOG_LOCK_WAITING);
    ck_assert_int_eq(check(late_reader), CATALOG_LOCK_WAITING);
    ck_assert_int_eq(check(writer), CATALOG_LOCK_ACQUIRED);
    ck_assert_int_eq(check(late_reader), CATALOG_LOCK_WAITING);
    release(writer);
    ck_assert_int_eq(check(late_writer), CATALOG_LOCK_WAITING);
    ck_assert_int_eq(check(late_reader), CATALOG_LOCK_ACQUIRED);
    release(late_reader);
    ck_assert_int_eq(check(late_writer), CATALOG_LOCK_ACQUIRED);
}
END_TEST

START_TEST(a_waiting_lock_that_is_given_up_frees_those_behind_it)
{
    gint64 reader = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 writer = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);
    gint64 late_reader = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_WAITING);

    release(writer);
    ck_assert_int_eq(check(late_reader), CATALOG_LOCK_ACQUIRED);
    release(reader);
}
END_TEST

START_TEST(components_are_granted_together_or_not_at_all)
{
    gint64 held = lock(CATALOG_LOCK_EXCLUSIVE, "d.u", CATALOG_LOCK_ACQUIRED);
    CatalogLockRequest request = new_request();
    CatalogLockState state = CATALOG_LOCK_ABORT;
    gint64 both;
    gint64 behind;

    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d.t");
    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d.u");
    add_component(&request, CATALOG_LOCK_SHARED_READ, "e");
    both = acquire(&request, &state);
    ck_assert_int_eq(state, CATALOG_LOCK_WAITING);
    behind = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_WAITING);
    release(held);
    ck_assert_int_eq(check(behind), CATALOG_LOCK_WAITING);
    ck_assert_int_eq(check(both), CATALOG_LOCK_ACQUIRED);
    release(both);
    ck_assert_int_eq(check(behind), CATALOG_LOCK_ACQUIRED);
}
END_TEST

START_TEST(components_of_one_request_do_not_exclude_one_another)
{
    CatalogLockRequest request = new_request();
    CatalogLockState state = CATALOG_LOCK_ABORT;

    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d.t");
    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d.t.ds=1");
    add_component(&request, CATALOG_LOCK_SHARED_READ, "d");
    acquire(&request, &state);
    ck_assert_int_eq(state, CATALOG_LOCK_ACQUIRED);
}
END_TEST

static void
assert_gone(gboolean done, GError *error, const char *sentence, gint64 id)
{
    g_autofree char *object = g_strdup_printf("lockid:%" G_GINT64_FORMAT, id);
    g_autofree char *message = g_strconcat(sentence, object, NULL);

    ck_assert(!done);
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NO_SUCH_LOCK));
    ck_assert_str_eq(error->message, message);
    ck_assert_str_eq(skep_error_object(error), object);
    g_error_free(error);
}

START_TEST(a_lease_that_has_ended_is_gone_for_everybody_at_once)
{
    gint64 dead = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 waiting = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);
    CatalogLockState state = CATALOG_LOCK_ABORT;
    GError *error = NULL;
    gboolean done;

    end_lease(dead);
    done = catalog_lock_check(&catalog, dead, &state, &error);
    assert_gone(done, g_steal_pointer(&error), "No such lock ", dead);
    done = catalog_lock_heartbeat(&catalog, dead, &error);
    assert_gone(done, g_steal_pointer(&error), "No such lock: ", dead);
    ck_assert_int_eq(check(waiting), CATALOG_LOCK_ACQUIRED);
    release(dead);
    release(waiting);
    dead = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    end_lease(dead);
    lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
}
END_TEST

START_TEST(a_lock_that_never_was_is_no_error_to_release_and_one_to_ask_for)
{
    CatalogLockState state = CATALOG_LOCK_ABORT;
    GError *error = NULL;
    gboolean done;

    release(123456789);
    release(123456789);
    done = catalog_lock_check(&catalog, 123456789, &state, &error);
    assert_gone(done, g_steal_pointer(&error), "No such lock ", 123456789);
    done = catalog_lock_heartbeat(&catalog, 123456789, &error);
    assert_gone(done, g_steal_pointer(&error), "No such lock: ", 123456789);
}
END_TEST

static gpointer
renew_slowly(gpointer data)
{
    return test_postgres_run(data);
}

/* The holder's heartbeat has been sent in time but is not committed yet when the other looks: that
 * one must wait for it, and then keep waiting. */
START_TEST(a_heartbeat_on_its_way_keeps_the_lock)
{
    gint64 holder = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 waiting = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);
    g_autofree char *sql = g_strdup_printf(
        "BEGIN; UPDATE skep.locks SET expires_ms = 9000000000000 WHERE id = %" G_GINT64_FORMAT
        "; SELECT pg_sleep(0.3); COMMIT",
        holder);
    GThread *thread;
    g_autofree char *slept = NULL;

    end_lease(holder);
    thread = g_thread_new("renew", renew_slowly, sql);
    for (;;) {
        g_autofree char *sleeping =
            test_postgres_run("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
        g_autofree char *renewed =
            test_postgres_run("SELECT count(*) FROM skep.locks WHERE expires_ms = 9000000000000");

        if (!g_str_equal(sleeping, "0") || !g_str_equal(renewed, "0"))
            break;
        g_usleep(2000);
    }
    ck_assert_int_eq(check(waiting), CATALOG_LOCK_WAITING);
    slept = g_thread_join(thread);
    ck_assert_int_eq(check(waiting), CATALOG_LOCK_WAITING);
    ck_assert_int_eq(check(holder), CATALOG_LOCK_ACQUIRED);
}
END_TEST

static char *
row_version(gint64 id)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT xmin || '/' || ctid FROM skep.locks WHERE id = %" G_GINT64_FORMAT, id);

    return test_postgres_run(sql);
}

START_TEST(polling_reads_and_seldom_writes)
{
    gint64 holder = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 waiting = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_WAITING);
    g_autofree char *holder_before = row_version(holder);
    g_autofree char *waiting_before = row_version(waiting);
    g_autofree char *holder_after = NULL;
    g_autofree char *waiting_after = NULL;
    g_autofree char *waiting_due = NULL;

    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(check(holder), CATALOG_LOCK_ACQUIRED);
        ck_assert_int_eq(check(waiting), CATALOG_LOCK_WAITING);
    }
    holder_after = row_version(holder);
    waiting_after = row_version(waiting);
    ck_assert_str_eq(holder_before, holder_after);
    ck_assert_str_eq(waiting_before, waiting_after);
    g_free(test_postgres_run("UPDATE skep.locks SET heartbeat_ms = heartbeat_ms - 40000,"
                             " expires_ms = expires_ms - 40000"));
    check(waiting);
    waiting_due =
        test_postgres_run("SELECT string_agg(CASE WHEN expires_ms - extract(epoch FROM now()) *"
                          " 1000 > 290000 THEN 'new' ELSE 'old' END, ' ' ORDER BY id)"
                          " FROM skep.locks");
    ck_assert_str_eq(waiting_due, "old new");
}
END_TEST

START_TEST(a_heartbeat_renews_the_lease)
{
    gint64 holder = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    g_autofree char *left = NULL;

    g_free(test_postgres_run("UPDATE skep.locks SET expires_ms = expires_ms - 200000"));
    ck_assert(catalog_lock_heartbeat(&catalog, holder, NULL));
    left = test_postgres_run("SELECT expires_ms - extract(epoch FROM now()) * 1000 > 290000"
                             " FROM skep.locks");
    ck_assert_str_eq(left, "t");
}
END_TEST

START_TEST(a_listing_tells_who_is_blocked_by_whom)
{
    gint64 holder = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 waiting = lock(CATALOG_LOCK_SHARED_READ, "d.t.DS=1", CATALOG_LOCK_WAITING);
    gint64 dead = lock(CATALOG_LOCK_SHARED_READ, "d.t", CATALOG_LOCK_WAITING);
    g_autoptr(GPtrArray) locks = NULL;
    g_autoptr(GPtrArray) filtered = NULL;
    g_autoptr(GPtrArray) none = NULL;
    const CatalogLockInfo *first;
    const CatalogLockInfo *second;

    lock(CATALOG_LOCK_EXCLUSIVE, "e.t", CATALOG_LOCK_ACQUIRED);
    end_lease(dead);
    locks = catalog_lock_list(&catalog, "D", NULL, NULL, 0, NULL);
    ck_assert_uint_eq(locks->len, 2);
    first = locks->pdata[0];
    second = locks->pdata[1];
    ck_assert_int_eq(first->lock_id, holder);
    ck_assert_int_eq(first->ordinal, 1);
    ck_assert_int_eq(first->state, CATALOG_LOCK_ACQUIRED);
    ck_assert_int_gt(first->acquired_at_ms, 0);
    ck_assert_int_gt(first->heartbeat_at_ms, 0);
    ck_assert_int_eq(first->blocked_by_lock_id, 0);
    ck_assert_str_eq(first->agent_info, "agent");
    ck_assert_str_eq(first->user, "user");
    ck_assert_str_eq(first->host, "host");
    ck_assert_int_eq(second->lock_id, waiting);
    ck_assert_int_eq(second->state, CATALOG_LOCK_WAITING);
    ck_assert_int_eq(second->acquired_at_ms, 0);
    ck_assert_int_eq(second->blocked_by_lock_id, holder);
    ck_assert_int_eq(second->blocked_by_ordinal, 1);
    ck_assert_str_eq(second->component.partition_name, "ds=1");
    filtered = catalog_lock_list(&catalog, "d", "t", "ds=1", 0, NULL);
    ck_assert_uint_eq(filtered->len, 1);
    none = catalog_lock_list(&catalog, "d", "nosuch", NULL, 0, NULL);
    ck_assert_uint_eq(none->len, 0);
}
END_TEST

START_TEST(housekeeping_removes_what_has_ended_and_nothing_else)
{
    gint64 dead = lock(CATALOG_LOCK_EXCLUSIVE, "d.t", CATALOG_LOCK_ACQUIRED);
    gint64 alive = lock(CATALOG_LOCK_EXCLUSIVE, "d.u", CATALOG_LOCK_ACQUIRED);
    g_autofree char *left = NULL;

    end_lease(dead);
    ck_assert(catalog_housekeep(&catalog, NULL));
    left = test_postgres_run("SELECT (SELECT count(*) FROM skep.locks) || ' ' ||"
                             " (SELECT count(*) FROM skep.lock_components)");
    ck_assert_str_eq(left, "1 1");
    ck_assert_int_eq(check(alive), CATALOG_LOCK_ACQUIRED);
}
END_TEST

static void
assert_refused(CatalogLockRequest *request, SkepError fact)
{
    g_autoptr(GError) error = NULL;
    CatalogLockState state = CATALOG_LOCK_ABORT;
    gint64 id = 0;

    ck_assert(!catalog_lock_acquire(&catalog, NULL, request, &id, &state, &reason, &error));
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, (gint)fact), "%s", error->message);
    g_ptr_array_set_size(request->components, 0);
}

START_TEST(requests_that_make_no_sense_are_refused)
{
    CatalogLockRequest request = new_request();
    g_autofree char *long_name = g_strnfill(65536, 'x');

    assert_refused(&request, SKEP_ERROR_INVALID_ARGUMENT);
    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "");
    assert_refused(&request, SKEP_ERROR_INVALID_ARGUMENT);
    add_component(&request, (CatalogLockType)5, "d");
    assert_refused(&request, SKEP_ERROR_INVALID_ARGUMENT);
    add_component(&request, CATALOG_LOCK_EXCLUSIVE, long_name);
    assert_refused(&request, SKEP_ERROR_INVALID_OBJECT);
    add_component(&request, CATALOG_LOCK_EXCLUSIVE, "d");
    request.transaction_id = 7;
    assert_refused(&request, SKEP_ERROR_NO_SUCH_TRANSACTION);
    g_ptr_array_unref(request.components);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store locks");
    TCase *rules = tcase_create("rules");

    tcase_add_checked_fixture(rules, set_up, tear_down);
    tcase_set_timeout(rules, 60);
    tcase_add_test(rules, types_go_together_as_in_hive);
    tcase_add_test(rules, a_database_covers_its_tables_and_a_table_its_partitions);
    tcase_add_test(rules, a_catalog_has_locks_of_its_own);
    tcase_add_test(rules, the_queue_goes_by_lock_id_and_nobody_overtakes);
    tcase_add_test(rules, a_waiting_lock_that_is_given_up_frees_those_behind_it);
    tcase_add_test(rules, components_are_granted_together_or_not_at_all);
    tcase_add_test(rules, components_of_one_request_do_not_exclude_one_another);
    tcase_add_test(rules, a_lease_that_has_ended_is_gone_for_everybody_at_once);
    tcase_add_test(rules, a_lock_that_never_was_is_no_error_to_release_and_one_to_ask_for);
    tcase_add_test(rules, a_heartbeat_on_its_way_keeps_the_lock);
    tcase_add_test(rules, polling_reads_and_seldom_writes);
    tcase_add_test(rules, a_heartbeat_renews_the_lease);
    tcase_add_test(rules, a_listing_tells_who_is_blocked_by_whom);
    tcase_add_test(rules, housekeeping_removes_what_has_ended_and_nothing_else);
    tcase_add_test(rules, requests_that_make_no_sense_are_refused);
    suite_add_tcase(suite, rules);
    return test_postgres_run_suite(suite);
}
