/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: every requirement holds or fails as clients expect, with the words they match on. Method:
 * requirements as text against one table with a snapshot on main and a tag. */
#include "iceberg_fixture.h"

static cJSON *
table_with_tag(void)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();

    return fixture_apply(table, "[{'action':'set-snapshot-ref','ref-name':'t','type':'tag',"
                                "'snapshot-id':" FIXTURE_SNAPSHOT_A "}]");
}

static void
assert_holds(const cJSON *base, const char *text)
{
    g_autoptr(cJSON) requirements = fixture_json(text);
    g_autoptr(GError) error = NULL;

    ck_assert_msg(iceberg_table_check_requirements(base, requirements, &error), "%s: %s", text,
                  error != NULL ? error->message : "");
}

static void
assert_fails(const cJSON *base, const char *text, SkepError fact, const char *part)
{
    g_autoptr(cJSON) requirements = fixture_json(text);
    g_autoptr(GError) error = NULL;

    ck_assert_msg(!iceberg_table_check_requirements(base, requirements, &error), "holds: %s", text);
    ck_assert_msg(error->code == (int)fact && strstr(error->message, part) != NULL, "%s: %s", text,
                  error->message);
}

START_TEST(requirements_that_hold)
{
    g_autoptr(cJSON) table = table_with_tag();

    assert_holds(table, "[{'type':'assert-table-uuid','uuid':'" FIXTURE_UUID "'}]");
    assert_holds(table,
                 "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':" FIXTURE_SNAPSHOT_A
                 "}]");
    assert_holds(table, "[{'type':'assert-ref-snapshot-id','ref':'none','snapshot-id':null}]");
    assert_holds(table, "[{'type':'assert-last-assigned-field-id','last-assigned-field-id':3}]");
    assert_holds(table, "[{'type':'assert-current-schema-id','current-schema-id':0}]");
    assert_holds(
        table, "[{'type':'assert-last-assigned-partition-id','last-assigned-partition-id':1000}]");
    assert_holds(table, "[{'type':'assert-default-spec-id','default-spec-id':0}]");
    assert_holds(table, "[{'type':'assert-default-sort-order-id','default-sort-order-id':1}]");
    assert_holds(table, "[]");
    assert_holds(table, "null");
    assert_holds(NULL, "[{'type':'assert-create'}]");
    ck_assert(iceberg_table_check_requirements(table, NULL, NULL));
}
END_TEST

START_TEST(uuids_are_compared_without_case)
{
    g_autoptr(cJSON) table = table_with_tag();

    json_object_set_string(table, "table-uuid", "aAaAaAaA-2222-4333-8444-555555555555");
    assert_holds(table,
                 "[{'type':'assert-table-uuid','uuid':'AAAAAAAA-2222-4333-8444-555555555555'}]");
}
END_TEST

START_TEST(requirements_that_fail_are_conflicts_in_known_words)
{
    g_autoptr(cJSON) table = table_with_tag();

    assert_fails(table, "[{'type':'assert-create'}]", SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: table already exists");
    assert_fails(table, "[{'type':'assert-table-uuid','uuid':'x'}]", SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: UUID does not match: expected " FIXTURE_UUID " != x");
    assert_fails(table, "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':null}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: branch main was created concurrently");
    assert_fails(table, "[{'type':'assert-ref-snapshot-id','ref':'t','snapshot-id':7}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: tag t has changed: expected id 7 != " FIXTURE_SNAPSHOT_A);
    assert_fails(
        table, "[{'type':'assert-ref-snapshot-id','ref':'none','snapshot-id':9223372036854775807}]",
        SKEP_ERROR_COMMIT_CONFLICT,
        "Requirement failed: branch or tag none is missing, expected 9223372036854775807");
    assert_fails(table, "[{'type':'assert-last-assigned-field-id','last-assigned-field-id':4}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: last assigned field id changed: expected id 4 != 3");
    assert_fails(table, "[{'type':'assert-current-schema-id','current-schema-id':4}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: current schema changed: expected id 4 != 0");
    assert_fails(table,
                 "[{'type':'assert-last-assigned-partition-id','last-assigned-partition-id':4}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: last assigned partition id changed: expected id 4 != 1000");
    assert_fails(table, "[{'type':'assert-default-spec-id','default-spec-id':4}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: default partition spec changed: expected id 4 != 0");
    assert_fails(table, "[{'type':'assert-default-sort-order-id','default-sort-order-id':4}]",
                 SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed: default sort order changed: expected id 4 != 1");
    assert_fails(NULL, "[{'type':'assert-table-uuid','uuid':'x'}]", SKEP_ERROR_COMMIT_CONFLICT,
                 "Requirement failed");
    assert_fails(NULL, "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':5}]",
                 SKEP_ERROR_COMMIT_CONFLICT, "missing");
}
END_TEST

START_TEST(one_digit_of_a_snapshot_id_matters)
{
    g_autoptr(cJSON) table = table_with_tag();

    assert_fails(
        table, "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':3055729675574597005}]",
        SKEP_ERROR_COMMIT_CONFLICT, "has changed");
}
END_TEST

START_TEST(the_first_that_fails_is_told)
{
    g_autoptr(cJSON) table = table_with_tag();

    assert_fails(
        table,
        "[{'type':'assert-default-spec-id','default-spec-id':0},"
        "{'type':'assert-current-schema-id','current-schema-id':5},{'type':'assert-create'}]",
        SKEP_ERROR_COMMIT_CONFLICT, "current schema changed");
}
END_TEST

START_TEST(malformed_requirements_are_the_clients_mistake)
{
    g_autoptr(cJSON) table = table_with_tag();

    assert_fails(table, "[{'type':'assert-nothing'}]", SKEP_ERROR_INVALID_ARGUMENT,
                 "assert-nothing");
    assert_fails(table, "[{'type':'assert-view-uuid','uuid':'x'}]", SKEP_ERROR_INVALID_ARGUMENT,
                 "assert-view-uuid");
    assert_fails(table, "[{}]", SKEP_ERROR_INVALID_ARGUMENT, "type");
    assert_fails(table, "[7]", SKEP_ERROR_INVALID_ARGUMENT, "requirements");
    assert_fails(table, "{}", SKEP_ERROR_INVALID_ARGUMENT, "requirements");
    assert_fails(table, "[{'type':'assert-table-uuid'}]", SKEP_ERROR_INVALID_ARGUMENT, "uuid");
    assert_fails(table, "[{'type':'assert-ref-snapshot-id','ref':'main'}]",
                 SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_fails(table, "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':'5'}]",
                 SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_fails(table, "[{'type':'assert-ref-snapshot-id','snapshot-id':null}]",
                 SKEP_ERROR_INVALID_ARGUMENT, "ref");
    assert_fails(table, "[{'type':'assert-current-schema-id','current-schema-id':99999999999}]",
                 SKEP_ERROR_INVALID_ARGUMENT, "current-schema-id");
    assert_fails(table, "[{'type':'assert-last-assigned-field-id'}]", SKEP_ERROR_INVALID_ARGUMENT,
                 "last-assigned-field-id");
}
END_TEST

START_TEST(a_create_assertion_is_seen)
{
    g_autoptr(cJSON) create = fixture_json("[{'x':1},{'type':5},{'type':'assert-create'}]");
    g_autoptr(cJSON) other = fixture_json("[{'type':'assert-table-uuid'}]");

    ck_assert(iceberg_requirements_assert_create(create));
    ck_assert(!iceberg_requirements_assert_create(other));
    ck_assert(!iceberg_requirements_assert_create(NULL));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg table requirement");
    TCase *requirements = tcase_create("requirements");

    tcase_add_test(requirements, requirements_that_hold);
    tcase_add_test(requirements, uuids_are_compared_without_case);
    tcase_add_test(requirements, requirements_that_fail_are_conflicts_in_known_words);
    tcase_add_test(requirements, one_digit_of_a_snapshot_id_matters);
    tcase_add_test(requirements, the_first_that_fails_is_told);
    tcase_add_test(requirements, malformed_requirements_are_the_clients_mistake);
    tcase_add_test(requirements, a_create_assertion_is_seen);
    suite_add_tcase(suite, requirements);
    return fixture_run(suite);
}
