/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: snapshots, refs, their logs and their statistics move as the format says, with every bit of
 * 64-bit ids. Method: updates as text on a table with one snapshot, members of the result compared.
 */
#include "iceberg_fixture.h"

#define A FIXTURE_SNAPSHOT_A
#define B FIXTURE_SNAPSHOT_B

START_TEST(a_first_snapshot_becomes_current_with_its_own_time)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();

    assert_member(table, "current-snapshot-id", A);
    assert_member(table, "last-sequence-number", "1");
    assert_member(table, "refs", "{'main':{'snapshot-id':" A ",'type':'branch'}}");
    assert_member(table, "snapshot-log", "[{'timestamp-ms':1700000000500,'snapshot-id':" A "}]");
    assert_member(table, "snapshots.0.snapshot-id", A);
    ck_assert(iceberg_table_validate(table, NULL));
}
END_TEST

START_TEST(ids_at_both_ends_of_int64_go_through_everything)
{
    static const char *const ids[] = {"9223372036854775807", "-9223372036854775808",
                                      "9007199254740993", "0"};

    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(cJSON) table = fixture_table_with_snapshot();
        g_autofree char *updates = g_strdup_printf(
            "[{'action':'add-snapshot','snapshot':{'snapshot-id':%s,'parent-snapshot-id':" A
            ",'sequence-number':9223372036854775807,'timestamp-ms':1700000000600,'manifest-list':'"
            "m'}},"
            "{'action':'set-snapshot-ref','ref-name':'main','type':'branch','snapshot-id':%s,"
            "'max-ref-age-ms':9223372036854775807},"
            "{'action':'set-statistics','statistics':{'snapshot-id':%s,'statistics-path':'p',"
            "'file-size-in-bytes':9223372036854775807,'file-footer-size-in-bytes':1,'blob-metadata'"
            ":[]}}]",
            ids[i], ids[i], ids[i]);
        g_autoptr(cJSON) result = fixture_apply(table, updates);
        g_autofree char *text = json_print_compact(result);
        g_autoptr(cJSON) again = iceberg_table_parse(text, strlen(text), NULL);

        assert_member(again, "current-snapshot-id", ids[i]);
        assert_member(again, "refs.main.snapshot-id", ids[i]);
        assert_member(again, "snapshots.1.snapshot-id", ids[i]);
        assert_member(again, "snapshot-log.1.snapshot-id", ids[i]);
        assert_member(again, "statistics.0.snapshot-id", ids[i]);
        assert_member(again, "statistics.0.file-size-in-bytes", "9223372036854775807");
        assert_member(again, "last-sequence-number", "9223372036854775807");
        assert_member(again, "refs.main.max-ref-age-ms", "9223372036854775807");
    }
}
END_TEST

START_TEST(null_members_of_a_snapshot_are_not_stored)
{
    g_autoptr(cJSON) table = fixture_table(2);
    g_autoptr(cJSON) result =
        fixture_apply(table, "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'parent-"
                             "snapshot-id':null,'sequence-number':1,"
                             "'timestamp-ms':1700000000500,'manifest-list':'m','schema-id':null,'"
                             "future':{'a':null,'b':1}}}]");

    assert_member(result, "snapshots.0",
                  "{'snapshot-id':5,'sequence-number':1,'timestamp-ms':1700000000500,'manifest-"
                  "list':'m','future':{'b':1}}");
}
END_TEST

START_TEST(a_stale_snapshot_is_a_conflict_so_that_its_client_makes_it_again)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) orphan = NULL;

    assert_refused(table, "[" FIXTURE_SNAPSHOT(B, "1", FIXTURE_PARENT(A)) "]",
                   SKEP_ERROR_COMMIT_CONFLICT, "sequence number");
    orphan = fixture_apply(table, "[" FIXTURE_SNAPSHOT(B, "1", "") "]");
    assert_member(orphan, "last-sequence-number", "1");
}
END_TEST

START_TEST(a_snapshot_is_added_once)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();

    assert_refused(table, "[" FIXTURE_SNAPSHOT(A, "2", "") "]", SKEP_ERROR_INVALID_ARGUMENT,
                   "already exists");
}
END_TEST

START_TEST(version_three_hands_out_row_ids)
{
    static const char stale[] =
        "[{'action':'add-snapshot','snapshot':{'snapshot-id':6,'parent-snapshot-id':5,'sequence-"
        "number':2,"
        "'first-row-id':99,'added-rows':1,'timestamp-ms':1700000000600,'manifest-list':'m'}}]";
    g_autoptr(cJSON) table = fixture_table(3);
    g_autoptr(cJSON) result = fixture_apply(
        table, "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':1,'first-"
               "row-id':0,"
               "'added-rows':100,'timestamp-ms':1700000000500,'manifest-list':'m'}}]");

    assert_member(result, "next-row-id", "100");
    assert_refused(result, stale, SKEP_ERROR_COMMIT_CONFLICT, "first-row-id");
    assert_refused(table, "[" FIXTURE_SNAPSHOT("7", "1", "") "]", SKEP_ERROR_INVALID_ARGUMENT,
                   "first-row-id");
    assert_refused(table,
                   "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':1,'"
                   "first-row-id':-1,"
                   "'added-rows':100,'timestamp-ms':1700000000500,'manifest-list':'m'}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "first-row-id");
    assert_refused(table,
                   "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':1,'"
                   "first-row-id':0,"
                   "'timestamp-ms':1700000000500,'manifest-list':'m'}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "added-rows");
    assert_refused(
        result,
        "[{'action':'add-snapshot','snapshot':{'snapshot-id':6,'sequence-number':2,'first-row-id':"
        "100,"
        "'added-rows':9223372036854775807,'timestamp-ms':1700000000600,'manifest-list':'m'}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "next-row-id");
}
END_TEST

START_TEST(version_one_has_no_sequence_numbers)
{
    g_autoptr(cJSON) table = fixture_table(1);
    g_autoptr(cJSON) result = fixture_apply(
        table,
        "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'timestamp-ms':1700000000500,"
        "'manifests':['m1','m2'],'summary':{'operation':'append'}}}," FIXTURE_SET_MAIN("5") "]");

    assert_member(result, "current-snapshot-id", "5");
    assert_absent(result, "last-sequence-number");
    assert_refused(table, "[" FIXTURE_SNAPSHOT("6", "3", "") "]", SKEP_ERROR_INVALID_ARGUMENT,
                   "sequence-number");
}
END_TEST

START_TEST(only_the_last_of_several_snapshots_enters_the_log)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) result = fixture_apply(
        table,
        "[" FIXTURE_SNAPSHOT("5", "2", FIXTURE_PARENT(A)) "," FIXTURE_SET_MAIN(
            "5") "," FIXTURE_SNAPSHOT(B, "3", FIXTURE_PARENT("5")) "," FIXTURE_SET_MAIN(B) "]");

    assert_member(result, "snapshot-log",
                  "[{'timestamp-ms':1700000000500,'snapshot-id':" A
                  "},{'timestamp-ms':1700000000500,'snapshot-id':" B "}]");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(result, "snapshots")), 3);
}
END_TEST

START_TEST(a_rollback_is_logged_with_the_time_of_the_commit)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) two = fixture_apply(
        table, "[" FIXTURE_SNAPSHOT(B, "2", FIXTURE_PARENT(A)) "," FIXTURE_SET_MAIN(B) "]");
    g_autoptr(cJSON) back = fixture_apply(two, "[" FIXTURE_SET_MAIN(A) "]");

    assert_member(back, "current-snapshot-id", A);
    assert_member(back, "snapshot-log.2", "{'timestamp-ms':1700000001000,'snapshot-id':" A "}");
    assert_unchanged(back, "[" FIXTURE_SET_MAIN(A) "]");
}
END_TEST

START_TEST(branches_and_tags_are_set_with_their_limits)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) result = fixture_apply(
        table, "[{'action':'set-snapshot-ref','ref-name':'b','type':'BRANCH','snapshot-id':" A
               ",'min-snapshots-to-keep':3,'max-snapshot-age-ms':5,'max-ref-age-ms':null},"
               "{'action':'set-snapshot-ref','ref-name':'t','type':'tag','snapshot-id':" A
               ",'max-ref-age-ms':7}]");

    assert_member(result, "refs.b",
                  "{'snapshot-id':" A
                  ",'type':'branch','min-snapshots-to-keep':3,'max-snapshot-age-ms':5}");
    assert_member(result, "refs.t", "{'snapshot-id':" A ",'type':'tag','max-ref-age-ms':7}");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(result, "snapshot-log")), 1);
}
END_TEST

#define REF(name, rest) "[{'action':'set-snapshot-ref','ref-name':'" name "'," rest "}]"

START_TEST(refs_that_cannot_be_are_refused)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();

    assert_refused(table, REF("x", "'type':'branch','snapshot-id':1"), SKEP_ERROR_INVALID_ARGUMENT,
                   "unknown snapshot");
    assert_refused(table, REF("main", "'type':'tag','snapshot-id':" A), SKEP_ERROR_INVALID_ARGUMENT,
                   "branch");
    assert_refused(table, REF("x", "'type':'other','snapshot-id':" A), SKEP_ERROR_INVALID_ARGUMENT,
                   "type");
    assert_refused(table, REF("x", "'type':'branch'"), SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, REF("x", "'snapshot-id':" A), SKEP_ERROR_INVALID_ARGUMENT, "type");
    assert_refused(table, REF("x", "'type':'tag','snapshot-id':" A ",'min-snapshots-to-keep':1"),
                   SKEP_ERROR_INVALID_ARGUMENT, "Tags");
    assert_refused(table, REF("x", "'type':'branch','snapshot-id':" A ",'min-snapshots-to-keep':0"),
                   SKEP_ERROR_INVALID_ARGUMENT, "min-snapshots-to-keep");
    assert_refused(
        table, REF("x", "'type':'branch','snapshot-id':" A ",'min-snapshots-to-keep':3000000000"),
        SKEP_ERROR_INVALID_ARGUMENT, "min-snapshots-to-keep");
    assert_refused(table, REF("x", "'type':'branch','snapshot-id':9223372036854775808"),
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, REF("x", "'type':'branch','snapshot-id':1.5"),
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, REF("", "'type':'branch','snapshot-id':" A), SKEP_ERROR_INVALID_ARGUMENT,
                   "ref-name");
}
END_TEST

START_TEST(removing_main_leaves_no_current_snapshot)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) result =
        fixture_apply(table, "[{'action':'remove-snapshot-ref','ref-name':'main'}]");

    assert_member(result, "current-snapshot-id", "-1");
    assert_member(result, "refs", "{}");
    assert_member(result, "snapshot-log.0.snapshot-id", A);
    assert_unchanged(table, "[{'action':'remove-snapshot-ref','ref-name':'none'}]");
    ck_assert(iceberg_table_validate(result, NULL));
}
END_TEST

/* Three snapshots on main: A, 5, B; a tag on 5; statistics of both kinds for 5. */
static cJSON *
three_snapshots(void)
{
    g_autoptr(cJSON) one = fixture_table_with_snapshot();
    g_autoptr(cJSON) two = fixture_apply(
        one, "[" FIXTURE_SNAPSHOT("5", "2", FIXTURE_PARENT(A)) "," FIXTURE_SET_MAIN("5") "]");

    return fixture_apply(
        two, "[" FIXTURE_SNAPSHOT(B, "3", FIXTURE_PARENT("5")) "," FIXTURE_SET_MAIN(
                 B) ","
                    "{'action':'set-snapshot-ref','ref-name':'t','type':'tag','snapshot-id':5},"
                    "{'action':'set-statistics','snapshot-id':5,'statistics':{'snapshot-id':5,'"
                    "statistics-path':'p',"
                    "'file-size-in-bytes':1,'file-footer-size-in-bytes':1,'blob-metadata':[{'type':"
                    "'ndv','snapshot-id':5,"
                    "'sequence-number':2,'fields':[1],'properties':{'ndv':'3'}}]}},"
                    "{'action':'set-partition-statistics','partition-statistics':{'snapshot-id':5,'"
                    "statistics-path':'q',"
                    "'file-size-in-bytes':1}}]");
}

START_TEST(removing_a_snapshot_takes_along_what_belongs_to_it)
{
    g_autoptr(cJSON) table = three_snapshots();
    g_autoptr(cJSON) result =
        fixture_apply(table, "[{'action':'remove-snapshots','snapshot-ids':[5,12345]}]");

    ck_assert_int_eq(cJSON_GetArraySize(json_find(result, "snapshots")), 2);
    assert_absent(result, "refs.t");
    assert_member(result, "statistics", "[]");
    assert_member(result, "partition-statistics", "[]");
    assert_member(result, "current-snapshot-id", B);
    ck_assert(iceberg_table_validate(result, NULL));
}
END_TEST

START_TEST(a_hole_in_the_log_takes_everything_before_it)
{
    g_autoptr(cJSON) table = three_snapshots();
    g_autoptr(cJSON) hole =
        fixture_apply(table, "[{'action':'remove-snapshots','snapshot-ids':[5]}]");
    g_autoptr(cJSON) first =
        fixture_apply(table, "[{'action':'remove-snapshots','snapshot-ids':[" A "]}]");

    assert_member(hole, "snapshot-log", "[{'timestamp-ms':1700000000500,'snapshot-id':" B "}]");
    assert_member(first, "snapshot-log.0.snapshot-id", "5");
    assert_member(first, "snapshot-log.1.snapshot-id", B);
}
END_TEST

START_TEST(removing_the_current_snapshot_removes_main)
{
    g_autoptr(cJSON) table = three_snapshots();
    g_autoptr(cJSON) result =
        fixture_apply(table, "[{'action':'remove-snapshots','snapshot-ids':[" B "]}]");

    assert_member(result, "current-snapshot-id", "-1");
    assert_absent(result, "refs.main");
    assert_refused(table, "[{'action':'remove-snapshots','snapshot-ids':['5']}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-ids");
    assert_refused(table, "[{'action':'remove-snapshots'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "snapshot-ids");
    assert_unchanged(table, "[{'action':'remove-snapshots','snapshot-ids':[777]}]");
}
END_TEST

START_TEST(a_snapshot_has_one_statistics_file_of_each_kind)
{
    g_autoptr(cJSON) table = three_snapshots();
    g_autoptr(cJSON) replaced = fixture_apply(
        table, "[{'action':'set-statistics','statistics':{'snapshot-id':5,'statistics-path':'p2',"
               "'file-size-in-bytes':1,'file-footer-size-in-bytes':1,'blob-metadata':[]}},"
               "{'action':'set-partition-statistics','partition-statistics':{'snapshot-id':5,'"
               "statistics-path':'q2',"
               "'file-size-in-bytes':1}}]");
    g_autoptr(cJSON) removed =
        fixture_apply(table, "[{'action':'remove-statistics','snapshot-id':5},{'action':'remove-"
                             "partition-statistics','snapshot-id':5}]");

    ck_assert_int_eq(cJSON_GetArraySize(json_find(replaced, "statistics")), 1);
    assert_member(replaced, "statistics.0.statistics-path", "'p2'");
    assert_member(replaced, "partition-statistics.0.statistics-path", "'q2'");
    assert_member(removed, "statistics", "[]");
    assert_member(removed, "partition-statistics", "[]");
    assert_unchanged(table, "[{'action':'remove-statistics','snapshot-id':8},{'action':'remove-"
                            "partition-statistics','snapshot-id':8}]");
    assert_refused(
        table,
        "[{'action':'set-statistics','statistics':{'snapshot-id':5,'statistics-path':'p',"
        "'file-size-in-bytes':1,'file-footer-size-in-bytes':1}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "blob-metadata");
    assert_refused(
        table,
        "[{'action':'set-statistics','statistics':{'snapshot-id':5,'statistics-path':'p',"
        "'file-size-in-bytes':1,'file-footer-size-in-bytes':1,'blob-metadata':[{'type':'x'}]}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, "[{'action':'set-partition-statistics','partition-statistics':{}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, "[{'action':'remove-statistics'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "snapshot-id");
    assert_refused(table, "[{'action':'remove-partition-statistics','snapshot-id':'5'}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
}
END_TEST

START_TEST(several_statistics_files_of_a_snapshot_become_one)
{
    g_autoptr(cJSON) base = fixture_table_with_snapshot();
    g_autoptr(cJSON) result = NULL;
    const char *file = "{'snapshot-id':" FIXTURE_SNAPSHOT_A ",'statistics-path':'s3://b/old',"
                       "'file-size-in-bytes':1}";

    for (int i = 0; i < 2; i++)
        json_array_append(json_find(base, "partition-statistics"), fixture_json(file));
    result =
        fixture_apply(base, "[{'action':'set-partition-statistics','partition-statistics':"
                            "{'snapshot-id':" FIXTURE_SNAPSHOT_A ",'statistics-path':'s3://b/new',"
                            "'file-size-in-bytes':2}}]");
    assert_member(result, "partition-statistics",
                  "[{'snapshot-id':" FIXTURE_SNAPSHOT_A ",'statistics-path':'s3://b/new',"
                  "'file-size-in-bytes':2}]");
}
END_TEST

START_TEST(members_of_a_ref_that_are_not_known_survive)
{
    g_autoptr(cJSON) base = fixture_table_with_snapshot();
    g_autoptr(cJSON) moved = NULL;

    json_object_set_string(json_find(json_find(base, "refs"), "main"), "x-owner", "somebody");
    assert_unchanged(base, "[" FIXTURE_SET_MAIN(FIXTURE_SNAPSHOT_A) "]");
    moved =
        fixture_apply(base, "[" FIXTURE_SNAPSHOT(FIXTURE_SNAPSHOT_B, "2",
                                                 "") "," FIXTURE_SET_MAIN(FIXTURE_SNAPSHOT_B) "]");
    assert_member(moved, "refs.main",
                  "{'snapshot-id':" FIXTURE_SNAPSHOT_B ",'type':'branch','x-owner':'somebody'}");
}
END_TEST

START_TEST(clocks_may_differ_by_a_minute_and_no_more)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(cJSON) near =
        fixture_apply(table, "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-"
                             "number':2,'timestamp-ms':1699999940501,"
                             "'manifest-list':'m'}}," FIXTURE_SET_MAIN("5") "]");

    assert_member(near, "current-snapshot-id", "5");
    assert_refused(table,
                   "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':2,'"
                   "timestamp-ms':1699999940499,"
                   "'manifest-list':'m'}}," FIXTURE_SET_MAIN("5") "]",
                   SKEP_ERROR_INVALID_ARGUMENT, "timestamp-ms");
    assert_refused(table,
                   "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':2,'"
                   "timestamp-ms':1700000061001,"
                   "'manifest-list':'m'}}," FIXTURE_SET_MAIN("5") "]",
                   SKEP_ERROR_INVALID_ARGUMENT, "timestamp-ms");
    assert_refused(
        table,
        "[{'action':'add-snapshot','snapshot':{'snapshot-id':5,'sequence-number':2,"
        "'timestamp-ms':-9223372036854775808,'manifest-list':'m'}}," FIXTURE_SET_MAIN("5") "]",
        SKEP_ERROR_INVALID_ARGUMENT, "timestamp-ms");
}
END_TEST

#define SNAPSHOT(members) "[{'action':'add-snapshot','snapshot':{" members "}}]"

START_TEST(snapshots_that_cannot_be_are_refused_by_member)
{
    g_autoptr(cJSON) table = fixture_table(2);

    assert_refused(table, SNAPSHOT(""), SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, SNAPSHOT("'snapshot-id':-1,'timestamp-ms':1,'manifest-list':'m'"),
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, SNAPSHOT("'snapshot-id':1e3,'timestamp-ms':1,'manifest-list':'m'"),
                   SKEP_ERROR_INVALID_ARGUMENT, "snapshot-id");
    assert_refused(table, SNAPSHOT("'snapshot-id':1,'manifest-list':'m'"),
                   SKEP_ERROR_INVALID_ARGUMENT, "timestamp-ms");
    assert_refused(table, SNAPSHOT("'snapshot-id':1,'timestamp-ms':1"), SKEP_ERROR_INVALID_ARGUMENT,
                   "manifest-list");
    assert_refused(table, SNAPSHOT("'snapshot-id':1,'timestamp-ms':1,'manifests':[1]"),
                   SKEP_ERROR_INVALID_ARGUMENT, "manifests");
    assert_refused(
        table, SNAPSHOT("'snapshot-id':1,'timestamp-ms':1,'manifest-list':'m','summary':{'a':1}"),
        SKEP_ERROR_INVALID_ARGUMENT, "summary");
    assert_refused(
        table,
        SNAPSHOT("'snapshot-id':1,'timestamp-ms':1,'manifest-list':'m','sequence-number':-4"),
        SKEP_ERROR_INVALID_ARGUMENT, "sequence-number");
    assert_refused(table, "[{'action':'add-snapshot'}]", SKEP_ERROR_INVALID_ARGUMENT, "snapshot");
    assert_refused(NULL, "[" FIXTURE_SNAPSHOT("1", "1", "") "]", SKEP_ERROR_INVALID_ARGUMENT,
                   "before a schema");
}
END_TEST

START_TEST(many_snapshots_are_expired_in_one_commit)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    GString *add = g_string_new("[");
    GString *removal = g_string_new("[{'action':'remove-snapshots','snapshot-ids':[");
    g_autoptr(cJSON) many = NULL;
    g_autoptr(cJSON) few = NULL;

    for (int i = 1; i <= 2000; i++) {
        g_string_append_printf(add,
                               "%s{'action':'add-snapshot','snapshot':{'snapshot-id':%d,'parent-"
                               "snapshot-id':1,'sequence-number':%d,"
                               "'timestamp-ms':1700000000500,'manifest-list':'m'}}",
                               i > 1 ? "," : "", i, i + 1);
        g_string_append_printf(removal, "%s%d", i > 1 ? "," : "", i);
    }
    many = fixture_apply(table, g_string_append_c(add, ']')->str);
    few = fixture_apply(many, g_string_append(removal, "]}]")->str);
    ck_assert_int_eq(cJSON_GetArraySize(json_find(many, "snapshots")), 2001);
    assert_member(few, "snapshots.0.snapshot-id", A);
    ck_assert_int_eq(cJSON_GetArraySize(json_find(few, "snapshots")), 1);
    g_string_free(add, TRUE);
    g_string_free(removal, TRUE);
}
END_TEST

START_TEST(a_summary_says_what_the_store_keeps)
{
    g_autoptr(cJSON) base = fixture_table_with_snapshot();
    g_autoptr(cJSON) table = fixture_apply(
        base,
        "[" FIXTURE_SNAPSHOT(B, "2", FIXTURE_PARENT(A)) "," FIXTURE_SET_MAIN(
            B) ","
               "{'action':'set-snapshot-ref','ref-name':'t','type':'tag','snapshot-id':" A "}]");
    g_autoptr(IcebergTableSummary) all = iceberg_table_summarize(table, NULL, NULL);
    g_autoptr(IcebergTableSummary) summary = iceberg_table_summarize(table, base, NULL);
    const IcebergSnapshot *snapshot = summary->new_snapshots->pdata[0];
    const IcebergRef *tag = summary->refs->pdata[1];

    ck_assert_uint_eq(all->new_snapshots->len, 2);
    ck_assert_uint_eq(summary->new_snapshots->len, 1);
    ck_assert(snapshot->snapshot_id == G_MAXINT64 && snapshot->has_parent &&
              snapshot->sequence_number == 2);
    ck_assert(snapshot->parent_id == G_GINT64_CONSTANT(3055729675574597004));
    ck_assert_str_eq(snapshot->operation, "append");
    ck_assert_str_eq(snapshot->summary_json, "{\"operation\":\"append\",\"total-records\":\"5\"}");
    ck_assert_str_eq(tag->name, "t");
    ck_assert(tag->is_tag && tag->snapshot_id == snapshot->parent_id);
    ck_assert(summary->has_current_snapshot && summary->current_snapshot_id == G_MAXINT64);
    ck_assert(summary->last_sequence_number == 2 && summary->format_version == 2);
    ck_assert_str_eq(summary->uuid, FIXTURE_UUID);
    ck_assert_str_eq(summary->location, "s3://b/t");
    ck_assert_str_eq(g_hash_table_lookup(summary->properties, "a"), "1");
    json_object_remove(table, "table-uuid");
    ck_assert_ptr_null(iceberg_table_summarize(table, base, NULL));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg table snapshots");
    TCase *snapshots = tcase_create("snapshots");

    tcase_add_test(snapshots, a_first_snapshot_becomes_current_with_its_own_time);
    tcase_add_test(snapshots, ids_at_both_ends_of_int64_go_through_everything);
    tcase_add_test(snapshots, null_members_of_a_snapshot_are_not_stored);
    tcase_add_test(snapshots, a_stale_snapshot_is_a_conflict_so_that_its_client_makes_it_again);
    tcase_add_test(snapshots, a_snapshot_is_added_once);
    tcase_add_test(snapshots, version_three_hands_out_row_ids);
    tcase_add_test(snapshots, version_one_has_no_sequence_numbers);
    tcase_add_test(snapshots, only_the_last_of_several_snapshots_enters_the_log);
    tcase_add_test(snapshots, a_rollback_is_logged_with_the_time_of_the_commit);
    tcase_add_test(snapshots, branches_and_tags_are_set_with_their_limits);
    tcase_add_test(snapshots, refs_that_cannot_be_are_refused);
    tcase_add_test(snapshots, removing_main_leaves_no_current_snapshot);
    tcase_add_test(snapshots, removing_a_snapshot_takes_along_what_belongs_to_it);
    tcase_add_test(snapshots, a_hole_in_the_log_takes_everything_before_it);
    tcase_add_test(snapshots, removing_the_current_snapshot_removes_main);
    tcase_add_test(snapshots, a_snapshot_has_one_statistics_file_of_each_kind);
    tcase_add_test(snapshots, several_statistics_files_of_a_snapshot_become_one);
    tcase_add_test(snapshots, members_of_a_ref_that_are_not_known_survive);
    tcase_add_test(snapshots, clocks_may_differ_by_a_minute_and_no_more);
    tcase_add_test(snapshots, snapshots_that_cannot_be_are_refused_by_member);
    tcase_add_test(snapshots, many_snapshots_are_expired_in_one_commit);
    tcase_add_test(snapshots, a_summary_says_what_the_store_keeps);
    tcase_set_timeout(snapshots, 60);
    suite_add_tcase(suite, snapshots);
    return fixture_run(suite);
}
