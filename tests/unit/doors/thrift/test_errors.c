/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: every fact becomes an exception that the method declares, the one that Hive's clients look
 * for, in the words they look for. Method: walks all facts against all methods of the IDL, then the
 * well-known pairs one by one. */
#include <check.h>
#include <hms_exceptions_types.h>
#include <hms_table_types.h>

#include "doors/thrift/errors.h"
#include "skep/error.h"
#include "support/test_suite.h"

static const ThriftMethod *
method(const char *name)
{
    const ThriftMethod *found = thrift_method_find(name);
    ck_assert_msg(found != NULL, "the IDL has no %s", name);
    return found;
}

static gboolean
declares(const ThriftMethod *row, ThriftExceptionClass exception_class)
{
    for (guint i = 0; i < row->exception_count; i++)
        if (row->exceptions[i].exception_class == exception_class)
            return TRUE;
    return FALSE;
}

static void
assert_class(const char *name, SkepError fact, ThriftExceptionClass expected)
{
    const ThriftDeclaredException *chosen = thrift_error_exception(method(name), fact);
    ThriftExceptionClass actual = chosen != NULL ? chosen->exception_class : THRIFT_NO_EXCEPTION;
    ck_assert_msg(actual == expected, "%s answers %s with class %d instead of %d", name,
                  skep_error_fact_name(fact), (int)actual, (int)expected);
}

static void
assert_message(const char *name,
               SkepError fact,
               const char *object,
               const char *catalog_name,
               const char *expected)
{
    g_autoptr(GError) error = NULL;
    skep_fail(&error, fact, object, "the error's own words. One or more tables exist.");
    g_autofree char *message = thrift_error_message(method(name), catalog_name, error);
    ck_assert_str_eq(message, expected);
}

START_TEST(rows_are_sorted_and_hold_the_whole_api)
{
    gsize count;
    const ThriftMethod *rows = thrift_methods(&count);
    ck_assert_uint_eq(count, 308);
    for (gsize i = 0; i < count; i++) {
        ck_assert_ptr_eq(thrift_method_find(rows[i].name), &rows[i]);
        ck_assert(rows[i].is_oneway == (rows[i].result_type == NULL));
        ck_assert(i == 0 || g_strcmp0(rows[i - 1].name, rows[i].name) < 0);
    }
    ck_assert_ptr_null(thrift_method_find("no_such_method"));
    ck_assert_str_eq(method("get_table")->removed, "4.0");
    ck_assert_str_eq(method("get_catalog")->since, "3.0");
}
END_TEST

/* Methods whose clients wait for a TApplicationException where what they name is missing. */
static gboolean
answers_undeclared(const ThriftMethod *row, int fact)
{
    gboolean adds =
        g_str_has_prefix(row->name, "add_") && (g_str_has_suffix(row->name, "_constraint") ||
                                                g_str_has_suffix(row->name, "_primary_key") ||
                                                g_str_has_suffix(row->name, "_foreign_key"));
    if (g_str_equal(row->name, "drop_constraint"))
        return fact == SKEP_ERROR_NO_SUCH_OBJECT;
    return adds && (fact == SKEP_ERROR_NO_SUCH_TABLE || fact == SKEP_ERROR_NO_SUCH_CATALOG ||
                    fact == SKEP_ERROR_INVALID_OBJECT);
}

/* Whatever is chosen lies in the method's own result; where MetaException is declared there is
 * always an answer, but for those few. */
START_TEST(every_fact_finds_a_declared_exception_in_every_method)
{
    gsize count;
    const ThriftMethod *rows = thrift_methods(&count);
    for (gsize i = 0; i < count; i++) {
        for (int fact = SKEP_ERROR_INVALID_ARGUMENT; fact <= SKEP_ERROR_INTERNAL; fact++) {
            const ThriftDeclaredException *chosen =
                thrift_error_exception(&rows[i], (SkepError)fact);
            if (declares(&rows[i], THRIFT_META_EXCEPTION))
                ck_assert_msg((chosen == NULL) == answers_undeclared(&rows[i], fact), "%s: %s",
                              rows[i].name, skep_error_fact_name((SkepError)fact));
            if (chosen == NULL)
                continue;
            ck_assert(chosen >= rows[i].exceptions);
            ck_assert(chosen < rows[i].exceptions + rows[i].exception_count);
        }
    }
}
END_TEST

START_TEST(raising_sets_that_exception_and_nothing_else_in_every_method)
{
    gsize count;
    const ThriftMethod *rows = thrift_methods(&count);
    for (gsize i = 0; i < count; i++) {
        if (rows[i].is_oneway)
            continue;
        g_autoptr(GError) error = NULL;
        g_autoptr(GObject) result = g_object_new(rows[i].result_type(), NULL);
        skep_fail(&error, SKEP_ERROR_ALREADY_EXISTS, "sales.orders", "taken");
        gboolean is_raised = thrift_error_raise(&rows[i], NULL, error, result);
        ck_assert(is_raised == (rows[i].exception_count > 0));
        guint set_count = 0;
        for (guint j = 0; j < rows[i].exception_count; j++) {
            const ThriftDeclaredException *declared = &rows[i].exceptions[j];
            GObject *value = G_STRUCT_MEMBER(GObject *, result, declared->value_offset);
            gboolean is_set = G_STRUCT_MEMBER(gboolean, result, declared->isset_offset);
            ck_assert(is_set == (value != NULL));
            ck_assert(value == NULL || G_OBJECT_TYPE(value) == declared->type());
            set_count += is_set ? 1 : 0;
        }
        ck_assert_uint_eq(set_count, is_raised ? 1 : 0);
    }
}
END_TEST

START_TEST(missing_things_get_the_class_that_each_method_has_for_them)
{
    assert_class("get_table", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("drop_table", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("get_fields", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_UNKNOWN_TABLE_EXCEPTION);
    assert_class("alter_table", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("alter_table_req", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("add_partitions", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_INVALID_OBJECT_EXCEPTION);
    assert_class("truncate_table", SKEP_ERROR_NO_SUCH_TABLE, THRIFT_META_EXCEPTION);
    assert_class("get_partitions_by_names", SKEP_ERROR_NO_SUCH_TABLE,
                 THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("get_database", SKEP_ERROR_NO_SUCH_NAMESPACE, THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("create_table", SKEP_ERROR_NO_SUCH_NAMESPACE, THRIFT_INVALID_OBJECT_EXCEPTION);
    assert_class("create_table_req", SKEP_ERROR_NO_SUCH_NAMESPACE, THRIFT_INVALID_OBJECT_EXCEPTION);
    assert_class("create_function", SKEP_ERROR_NO_SUCH_NAMESPACE, THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("get_table_objects_by_name_req", SKEP_ERROR_NO_SUCH_NAMESPACE,
                 THRIFT_UNKNOWN_DB_EXCEPTION);
    assert_class("alter_partition", SKEP_ERROR_NO_SUCH_PARTITION,
                 THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("drop_partition", SKEP_ERROR_NO_SUCH_PARTITION, THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    assert_class("check_lock", SKEP_ERROR_NO_SUCH_LOCK, THRIFT_NO_SUCH_LOCK_EXCEPTION);
    assert_class("commit_txn", SKEP_ERROR_NO_SUCH_TRANSACTION, THRIFT_NO_SUCH_TXN_EXCEPTION);
}
END_TEST

START_TEST(refusals_get_the_class_that_each_method_has_for_them)
{
    assert_class("create_database", SKEP_ERROR_ALREADY_EXISTS, THRIFT_ALREADY_EXISTS_EXCEPTION);
    assert_class("alter_table", SKEP_ERROR_ALREADY_EXISTS, THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("drop_database", SKEP_ERROR_NAMESPACE_NOT_EMPTY,
                 THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("create_table", SKEP_ERROR_INVALID_OBJECT, THRIFT_INVALID_OBJECT_EXCEPTION);
    assert_class("alter_table", SKEP_ERROR_INVALID_OBJECT, THRIFT_INVALID_OPERATION_EXCEPTION);
    assert_class("alter_table", SKEP_ERROR_INVALID_ARGUMENT, THRIFT_META_EXCEPTION);
    assert_class("alter_table", SKEP_ERROR_COMMIT_CONFLICT, THRIFT_META_EXCEPTION);
    assert_class("get_config_value", SKEP_ERROR_FORBIDDEN, THRIFT_CONFIG_VAL_SECURITY_EXCEPTION);
    assert_class("get_table", SKEP_ERROR_FORBIDDEN, THRIFT_META_EXCEPTION);
    assert_class("unlock", SKEP_ERROR_INVALID_OPERATION, THRIFT_TXN_OPEN_EXCEPTION);
    assert_class("commit_txn", SKEP_ERROR_INVALID_OPERATION, THRIFT_TXN_ABORTED_EXCEPTION);
}
END_TEST

START_TEST(a_passing_failure_never_says_that_a_lock_or_transaction_is_gone)
{
    static const char *const names[] = {"lock", "check_lock", "unlock", "heartbeat", "commit_txn"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_class(names[i], SKEP_ERROR_UNAVAILABLE, THRIFT_NO_EXCEPTION);
        assert_class(names[i], SKEP_ERROR_INTERNAL, THRIFT_NO_EXCEPTION);
        assert_class(names[i], SKEP_ERROR_COMMIT_STATE_UNKNOWN, THRIFT_NO_EXCEPTION);
    }
    assert_class("get_table", SKEP_ERROR_UNAVAILABLE, THRIFT_META_EXCEPTION);
    assert_class("lock", SKEP_ERROR_INVALID_ARGUMENT, THRIFT_NO_SUCH_TXN_EXCEPTION);
}
END_TEST

START_TEST(well_known_messages_are_hives)
{
    assert_message("get_table", SKEP_ERROR_NO_SUCH_TABLE, "db.t", NULL,
                   "hive.db.t table not found");
    assert_message("get_table", SKEP_ERROR_NO_SUCH_TABLE, "db.t", "lake",
                   "lake.db.t table not found");
    assert_message("get_database", SKEP_ERROR_NO_SUCH_NAMESPACE, "nope", NULL,
                   "database hive.nope");
    assert_message("get_catalog", SKEP_ERROR_NO_SUCH_CATALOG, "zz", NULL, "No catalog zz");
    assert_message("create_database", SKEP_ERROR_ALREADY_EXISTS, "db1", NULL,
                   "Database db1 already exists");
    assert_message("create_table", SKEP_ERROR_ALREADY_EXISTS, "d.e1", NULL,
                   "Table hive.d.e1 already exists");
    assert_message("alter_table_req", SKEP_ERROR_ALREADY_EXISTS, "d.m1", NULL,
                   "new table d.m1 already exists");
    assert_message("drop_database_req", SKEP_ERROR_NAMESPACE_NOT_EMPTY, "db1", NULL,
                   "Database db1 is not empty. One or more tables exist.");
    assert_message("get_table_objects_by_name_req", SKEP_ERROR_NO_SUCH_NAMESPACE, "nodb", NULL,
                   "Could not find database hive.nodb: database hive.nodb");
}
END_TEST

START_TEST(other_messages_are_the_errors_own_and_always_text)
{
    assert_message("alter_table", SKEP_ERROR_COMMIT_CONFLICT, "d.t", NULL,
                   "the error's own words. One or more tables exist.");
    assert_message("get_table", SKEP_ERROR_NO_SUCH_TABLE, NULL, NULL,
                   "the error's own words. One or more tables exist.");
    assert_message("get_table", SKEP_ERROR_NO_SUCH_TABLE, "%o.%c", NULL,
                   "hive.%o.%c table not found");

    g_autoptr(GError) error = NULL;
    skep_fail(&error, SKEP_ERROR_NO_SUCH_TABLE, "db.\xff", "no");
    g_autofree char *message = thrift_error_message(method("get_table"), NULL, error);
    ck_assert(g_utf8_validate(message, -1, NULL));

    g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_ACCES, "disk");
    g_autofree char *told = thrift_error_message(method("get_table"), NULL, foreign);
    ck_assert_str_eq(told, "disk");
}
END_TEST

int
main(void)
{
    thrift_methods_register_types();
    Suite *suite = suite_create("thrift errors");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, rows_are_sorted_and_hold_the_whole_api);
    tcase_add_test(rows, every_fact_finds_a_declared_exception_in_every_method);
    tcase_add_test(rows, raising_sets_that_exception_and_nothing_else_in_every_method);
    suite_add_tcase(suite, rows);
    TCase *classes = tcase_create("classes");
    tcase_add_test(classes, missing_things_get_the_class_that_each_method_has_for_them);
    tcase_add_test(classes, refusals_get_the_class_that_each_method_has_for_them);
    tcase_add_test(classes, a_passing_failure_never_says_that_a_lock_or_transaction_is_gone);
    suite_add_tcase(suite, classes);
    TCase *messages = tcase_create("messages");
    tcase_add_test(messages, well_known_messages_are_hives);
    tcase_add_test(messages, other_messages_are_the_errors_own_and_always_text);
    suite_add_tcase(suite, messages);

    return test_run_suite(suite);
}
