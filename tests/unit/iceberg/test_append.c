/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: an append is made anew exactly when nothing but appends came before it, and its snapshot
 * has then the numbers of the present head. Method: small documents and commits, judged. */
#include "iceberg_fixture.h"

#include "skep/iceberg_append.h"

#define SNAPSHOT(id, parent, operation, more)                                                      \
    "{'snapshot-id':" #id ",'sequence-number':" #id ",'timestamp-ms':" #id "000,"                  \
    "'parent-snapshot-id':" #parent ",'manifest-list':'s3://b/t/" #id ".avro',"                    \
    "'summary':{'operation':'" operation "'" more "}}"
#define TABLE(last)                                                                                \
    "{'format-version':3,'table-uuid':'u','location':'s3://b/t','last-sequence-number':4,"         \
    "'next-row-id':40,'current-schema-id':0,'refs':{"                                              \
    "'main':{'type':'branch','snapshot-id':4},'old':{'type':'tag','snapshot-id':1}},"              \
    "'snapshots':[{'snapshot-id':1,'sequence-number':1,'timestamp-ms':1000,"                       \
    "'manifest-list':'s3://b/t/1.avro','summary':{'operation':'append'}}," SNAPSHOT(               \
        2, 1, "overwrite", "") "," SNAPSHOT(3, 2, "append", "") "," last "]}"
#define GOOD_TABLE                                                                                 \
    TABLE(SNAPSHOT(4, 3, "append",                                                                 \
                   ",'total-records':'10','total-data-files':'4','total-files-size':'x'"))
#define SENT(parent, more)                                                                         \
    "{'action':'add-snapshot','snapshot':{'snapshot-id':9,'parent-snapshot-id':" #parent           \
    ",'sequence-number':3,'timestamp-ms':3500,'first-row-id':20,'added-rows':5,"                   \
    "'manifest-list':'s3://b/t/9.avro'," more                                                      \
    "'summary':{'operation':'append','added-records':'5','total-records':'7',"                     \
    "'added-data-files':'1','total-data-files':'2','total-files-size':'3',"                        \
    "'total-delete-files':'0','manifests-kept':'1','engine':'e'}}}"
#define MOVE       "{'action':'set-snapshot-ref','ref-name':'main','type':'branch','snapshot-id':9}"
#define EXPECT(id) "{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':" #id "}"

static IcebergAppendKind
judge(const char *base_text, const char *requirements_text, const char *updates_text)
{
    g_autoptr(cJSON) base = fixture_json(base_text);
    g_autoptr(cJSON) requirements = fixture_json(requirements_text);
    g_autoptr(cJSON) updates = fixture_json(updates_text);
    g_auto(IcebergAppend) append = {0};
    return iceberg_append_judge(base, requirements, updates, &append);
}

/* clang-format off: cases, a line or two each */
static const struct {
    const char *base, *requirements, *updates;
    IcebergAppendKind kind;
} judged[] = {
    {GOOD_TABLE,                                                         "[" EXPECT(3) "]",                                                           "[" SENT(3,                                                        "") "," MOVE "]",                                                                                                                                                                                                          ICEBERG_APPEND_MOVED},
    {GOOD_TABLE,                                                         "[{'type':'assert-current-schema-id','current-schema-id':0}," EXPECT(3) "]",
     "[" SENT(3,                                                                                                                                                                                                         "") "," MOVE ",{'action':'set-properties','updates':{'a':'b'}}]",
     ICEBERG_APPEND_MOVED},
    {GOOD_TABLE,                                                         "[" EXPECT(2) "]",                                                           "[" SENT(2,                                                        "") "," MOVE "]",                                                                                                                                                                                                          ICEBERG_APPEND_MOVED},
 /* its branch stayed, another took its number */
    {GOOD_TABLE,                                                         "[" EXPECT(4) "]",                                                           "[" SENT(4,                                                        "") "," MOVE "]",                                                                                                                                                                                                          ICEBERG_APPEND_MOVED},
 /* sent again */
    {TABLE(SNAPSHOT(9,                                                   3,                                                                           "append",                                                          "") "," SNAPSHOT(4,                                                                                                                                                                                                        9,"append", "")), "[" EXPECT(3) "]",
     "[" SENT(3, "") "," MOVE "]", ICEBERG_APPEND_LANDED},
 /* the id is another's, or was rolled back */
    {TABLE(SNAPSHOT(9,                                                              1,                                                                                                                        "append",                                                                                                                                                                                                         "") "," SNAPSHOT(4,                                                                                                                                                                                                                                                                                                                                                                                                                  3,"append", "")), "[" EXPECT(3) "]",
     "[" SENT(3, "") "," MOVE "]", ICEBERG_APPEND_OTHER},
 /* no append in between */
    {GOOD_TABLE,                                                   "[" EXPECT(1) "]",                                                                "[" SENT(1,  "") "," MOVE "]", ICEBERG_APPEND_OTHER},
    {TABLE(SNAPSHOT(4,                                                              3,                                                                                                                        "replace",                                                                                                                                                                                                         "")),                                                                                                                                                                                                                                                                                                                                                                                                                  "[" EXPECT(3) "]","[" SENT(3, "") "," MOVE "]",
     ICEBERG_APPEND_OTHER},
 /* what it saw is not behind the head */
    {GOOD_TABLE,                                                         "[" EXPECT(7) "]",                                                                 "[" SENT(7,                                                         "") "," MOVE "]",                                                                                                                                                                                                                                                                 ICEBERG_APPEND_OTHER},
    {GOOD_TABLE,                                                   "[" EXPECT(null) "]",                                                                "[" SENT(null, "") "," MOVE "]",              ICEBERG_APPEND_OTHER},
 /* made for another parent than it asserts */
    {GOOD_TABLE,                                                  "[" EXPECT(3) "]",                                                                                                                            "[" SENT(2,                                                                                                                                                                                             "") "," MOVE "]",                                                                                                                                                                                                                                                                                                                                                                                                             ICEBERG_APPEND_OTHER},
 /* another requirement fails, or there is none of the branch */
    {GOOD_TABLE,                                                  "[" EXPECT(3) ",{'type':'assert-current-schema-id','current-schema-id':1}]",
     "[" SENT(3,                                                                                                                  "") "," MOVE "]",                                                                  ICEBERG_APPEND_OTHER},
    {GOOD_TABLE,                                                  "[" EXPECT(3) "," EXPECT(2) "]",                                                                                                         "[" SENT(3,                                                                                                                                                                          "") "," MOVE "]",
     ICEBERG_APPEND_OTHER                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               },
    {GOOD_TABLE,                                                  "[]",                                                                                                         "[" SENT(3,"") "," MOVE "]",ICEBERG_APPEND_OTHER},
 /* other updates, or not the two */
    {GOOD_TABLE,                                                  "[" EXPECT(3) "]",
     "[" SENT(3,                                                         "") "," MOVE ",{'action':'remove-snapshots','snapshot-ids':[1]}]",
     ICEBERG_APPEND_OTHER},
    {GOOD_TABLE,                                                  "[" EXPECT(3) "]",                                                                                                                            "[" MOVE "]",                                                                                                                                                                                             ICEBERG_APPEND_OTHER                                                                                                                                                                                                                                                                                                                                                                                                            },
    {GOOD_TABLE,                                                  "[" EXPECT(3) "]",                                                                                                         "[" SENT(3,                                                                                                                                                                                             "") "]",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            ICEBERG_APPEND_OTHER},
    {GOOD_TABLE, "[" EXPECT(3) "]",                                                                                                                            "[" SENT(3,                                                                                                                                                                                             "") "," SENT(3,                                                                                                                                                                                                                                                                                                                                                                                                             "") "," MOVE "]",
     ICEBERG_APPEND_OTHER},
 /* encrypted */
    {GOOD_TABLE,                                              "[" EXPECT(3) "]",                                                                                                                         "[" SENT(3,"'key-id':'k',") "," MOVE "]",
     ICEBERG_APPEND_OTHER},
};
/* clang-format on */

START_TEST(only_appends_behind_appends_are_made_anew)
{
    for (gsize i = 0; i < G_N_ELEMENTS(judged); i++)
        ck_assert_msg(judge(judged[i].base, judged[i].requirements, judged[i].updates) ==
                          judged[i].kind,
                      "case %d", (int)i);
}
END_TEST

/* Of a long document snapshots stay text. */
START_TEST(snapshots_that_stay_text_are_walked_alike)
{
    g_autoptr(cJSON) first = fixture_table_with_snapshot();
    g_autoptr(cJSON) table = fixture_apply(
        first, "[" FIXTURE_SNAPSHOT(
                   "7", "2", FIXTURE_PARENT(FIXTURE_SNAPSHOT_A)) "," FIXTURE_SET_MAIN("7") "]");
    g_autofree char *text = json_print_compact(table);
    g_autoptr(cJSON) lazy = iceberg_table_parse_lazily(text, strlen(text), NULL, NULL, NULL);
    g_autoptr(cJSON) requirements = fixture_json(
        "[{'type':'assert-ref-snapshot-id','ref':'main','snapshot-id':" FIXTURE_SNAPSHOT_A "}]");
    g_autoptr(cJSON) updates = fixture_json("[" FIXTURE_SNAPSHOT(
        "9", "2", FIXTURE_PARENT(FIXTURE_SNAPSHOT_A)) "," FIXTURE_SET_MAIN("9") "]");
    g_auto(IcebergAppend) append = {0};
    IcebergAppendNumbers numbers;
    ck_assert(json_is_borrowed(json_find(lazy, "snapshots")->child));
    ck_assert_int_eq(iceberg_append_judge(lazy, requirements, updates, &append),
                     ICEBERG_APPEND_MOVED);
    assert_member(append.head, "snapshot-id", "7");
    assert_member(append.seen, "snapshot-id", FIXTURE_SNAPSHOT_A);
    ck_assert(iceberg_append_number(lazy, &append, &numbers, NULL));
    ck_assert_int_eq(numbers.parent_id, 7);
    ck_assert_int_eq(numbers.sequence_number, 3);
}
END_TEST

START_TEST(the_snapshot_is_numbered_anew)
{
    g_autoptr(cJSON) base = fixture_json(GOOD_TABLE);
    g_autoptr(cJSON) requirements = fixture_json("[" EXPECT(3) "]");
    g_autoptr(cJSON) updates = fixture_json("[" SENT(3, "'unknown':{'a':1},") "," MOVE "]");
    g_auto(IcebergAppend) append = {0};
    IcebergAppendNumbers numbers;
    ck_assert_int_eq(iceberg_append_judge(base, requirements, updates, &append),
                     ICEBERG_APPEND_MOVED);
    ck_assert(iceberg_append_number(base, &append, &numbers, NULL));
    g_autoptr(cJSON) anew =
        iceberg_append_updates(updates, &append, &numbers, "s3://b/t/new.avro", 4);
    assert_member(anew, "0.snapshot",
                  "{'snapshot-id':9,'parent-snapshot-id':4,'sequence-number':5,'timestamp-ms':4000,"
                  "'first-row-id':40,'added-rows':5,'manifest-list':'s3://b/t/new.avro',"
                  "'unknown':{'a':1},'summary':{'operation':'append','added-records':'5',"
                  "'total-records':'15','added-data-files':'1','total-data-files':'5',"
                  "'manifests-kept':'4','engine':'e'}}");
    assert_member(anew, "1", MOVE);
    assert_member(updates, "0.snapshot.parent-snapshot-id", "3");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg append");
    TCase *documents = tcase_create("documents");

    tcase_add_test(documents, only_appends_behind_appends_are_made_anew);
    tcase_add_test(documents, snapshots_that_stay_text_are_walked_alike);
    tcase_add_test(documents, the_snapshot_is_numbered_anew);
    suite_add_tcase(suite, documents);
    return fixture_run(suite);
}
