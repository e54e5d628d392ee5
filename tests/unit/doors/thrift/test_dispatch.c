/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: whatever a handler does, the answer is one that the client of that method can read. */
#include "dispatch_fixture.h"

START_TEST(a_served_method_answers_its_result)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "orders");
    ck_assert(result->__isset_success);
    ck_assert_str_eq(result->success->tableName, "orders");
    ck_assert_str_eq(result->success->dbName, "db");
    ck_assert(!result->__isset_o1 && !result->__isset_o2);
    g_object_unref(result);
}
END_TEST

START_TEST(an_error_becomes_the_declared_exception_in_words_of_the_catalog)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "gone");
    ck_assert(!result->__isset_success && !result->__isset_o1);
    ck_assert(result->__isset_o2);
    ck_assert_str_eq(result->o2->message, "lake.db.gone table not found");
    g_object_unref(result);
}
END_TEST

/* To a client, an absent owner is no owner, and an empty one is an owner with an empty name. */
START_TEST(text_that_is_null_is_absent_from_the_answer)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "ownerless");
    ck_assert(result->success->__isset_tableName);
    ck_assert(!result->success->__isset_owner);
    ck_assert(!result->success->__isset_viewOriginalText);
    g_object_unref(result);
}
END_TEST

START_TEST(a_result_without_success_is_sent_as_it_is)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "null");
    ck_assert(!result->__isset_success && !result->__isset_o1 && !result->__isset_o2);
    g_object_unref(result);
}
END_TEST

START_TEST(failures_without_a_fact_are_meta_exceptions)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *mute = get_table(&peer, "mute");
    ck_assert_str_eq(mute->o1->message, "get_table failed and gave no reason");
    g_object_unref(mute);
    HmsTablesGetTableResult *foreign = get_table(&peer, "foreign");
    ck_assert_str_eq(foreign->o1->message, "disk trouble");
    g_object_unref(foreign);
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_replaced_by_an_exception)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "huge");
    ck_assert(!result->__isset_success);
    ck_assert(result->__isset_o1);
    ck_assert_ptr_nonnull(strstr(result->o1->message, "longer than"));
    g_object_unref(result);
    HmsTablesGetTableResult *next = get_table(&peer, "orders");
    ck_assert(next->__isset_success);
    g_object_unref(next);
}
END_TEST

START_TEST(a_passing_failure_of_lock_is_readable_and_blames_no_transaction)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) request =
        g_object_new(HMS_TYPE_LOCK_REQUEST, "user", "u", "hostname", "h", NULL);
    g_autoptr(GObject) args = g_object_new(hms_locks_lock_args_get_type(), "rqst", request, NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "lock", T_CALL, args);
    assert_application_exception(&peer, answer, THRIFT_APPLICATION_EXCEPTION_ERROR_INTERNAL_ERROR,
                                 "The database is away");
}
END_TEST

START_TEST(a_handler_can_write_its_own_answer)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) args =
        g_object_new(hms_tables_get_all_tables_args_get_type(), "db_name", "db", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "get_all_tables", T_CALL, args);
    HmsTablesGetAllTablesResult *result =
        g_object_new(hms_tables_get_all_tables_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert_uint_eq(result->success->len, 1);
    ck_assert_str_eq(g_ptr_array_index(result->success, 0), "streamed");
    g_object_unref(result);
}
END_TEST

START_TEST(an_answer_that_breaks_half_way_is_replaced_by_an_exception)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) args =
        g_object_new(hms_tables_get_all_tables_args_get_type(), "db_name", "broken", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "get_all_tables", T_CALL, args);
    HmsTablesGetAllTablesResult *result =
        g_object_new(hms_tables_get_all_tables_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert(!result->__isset_success);
    ck_assert_str_eq(result->o1->message, "The cursor broke");
    g_object_unref(result);
}
END_TEST

START_TEST(the_session_is_the_callers_and_lasts)
{
    g_auto(Peer) peer = peer_new();
    peer.session->user = g_strdup("before");
    g_autoptr(GObject) args =
        g_object_new(hms_thrift_hive_metastore_set_ugi_args_get_type(), "user_name", "after", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "set_ugi", T_CALL, args);
    ck_assert_ptr_nonnull(answer);
    ck_assert_str_eq(peer.session->user, "after");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thrift dispatch");
    TCase *answers = tcase_create("answers");
    tcase_add_test(answers, a_served_method_answers_its_result);
    tcase_add_test(answers, an_error_becomes_the_declared_exception_in_words_of_the_catalog);
    tcase_add_test(answers, text_that_is_null_is_absent_from_the_answer);
    tcase_add_test(answers, a_result_without_success_is_sent_as_it_is);
    tcase_add_test(answers, failures_without_a_fact_are_meta_exceptions);
    tcase_add_test(answers, an_answer_that_is_too_long_is_replaced_by_an_exception);
    tcase_add_test(answers, a_passing_failure_of_lock_is_readable_and_blames_no_transaction);
    tcase_add_test(answers, a_handler_can_write_its_own_answer);
    tcase_add_test(answers, an_answer_that_breaks_half_way_is_replaced_by_an_exception);
    tcase_add_test(answers, the_session_is_the_callers_and_lasts);
    suite_add_tcase(suite, answers);
    return dispatch_run(suite);
}
