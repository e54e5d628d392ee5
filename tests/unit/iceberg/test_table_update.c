/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: every update of identity, schemas, specs, orders, properties and keys does what its kind
 * says, and nothing else. Method: one small table, updates as text, members of the result compared.
 * Snapshots have their own file. */
#include "iceberg_fixture.h"

#define NEW_COLUMN                                                                                 \
    "{'action':'add-schema','schema':{'type':'struct','schema-id':77,'fields':["                   \
    "{'id':1,'name':'id','required':true,'type':'long'},"                                          \
    "{'id':2,'name':'at','required':false,'type':'timestamptz'},"                                  \
    "{'id':3,'name':'name','required':false,'type':'string'},"                                     \
    "{'id':7,'name':'extra','required':false,'type':'decimal(9,2)','doc':null}]}}"
#define SAME_COLUMNS                                                                               \
    "{'action':'add-schema','schema':{'schema-id':5,'type':'struct','fields':["                    \
    "{'name':'id','id':1,'required':true,'type':'long'},"                                          \
    "{'id':2,'name':'at','required':false,'type':'timestamptz','doc':null},"                       \
    "{'id':3,'name':'name','required':false,'type':'string'}],'identifier-field-ids':[]}}"

START_TEST(a_new_schema_gets_the_next_id_and_moves_last_column_id)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) result =
        fixture_apply(base, "[" NEW_COLUMN ",{'action':'set-current-schema','schema-id':-1}]");

    assert_member(result, "schemas.1.schema-id", "1");
    assert_member(result, "schemas.1.fields.3",
                  "{'id':7,'name':'extra','required':false,'type':'decimal(9, 2)'}");
    assert_member(result, "current-schema-id", "1");
    assert_member(result, "last-column-id", "7");
    assert_member(result, "last-updated-ms", "1700000001000");
    assert_member(result, "metadata-log",
                  "[{'timestamp-ms':1700000000000,'metadata-file':'" FIXTURE_BASE_FILE "'}]");
    ck_assert(iceberg_table_validate(result, NULL));
}
END_TEST

START_TEST(an_equal_schema_is_found_again_and_minus_one_means_it)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) two =
        fixture_apply(base, "[" NEW_COLUMN ",{'action':'set-current-schema','schema-id':-1}]");
    g_autoptr(cJSON) back = NULL;

    assert_unchanged(base, "[" SAME_COLUMNS ",{'action':'set-current-schema','schema-id':-1}]");
    back = fixture_apply(two, "[" SAME_COLUMNS ",{'action':'set-current-schema','schema-id':-1}]");
    assert_member(back, "current-schema-id", "0");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(back, "schemas")), 2);
    assert_member(back, "last-column-id", "7");
}
END_TEST

START_TEST(identifier_fields_make_another_schema)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) result = fixture_apply(
        base,
        "[{'action':'add-schema','schema':{'type':'struct','identifier-field-ids':[1],'fields':["
        "{'id':1,'name':'id','required':true,'type':'long'},"
        "{'id':2,'name':'at','required':false,'type':'timestamptz'},"
        "{'id':3,'name':'name','required':false,'type':'string'}]}}]");

    assert_member(result, "schemas.1.identifier-field-ids", "[1]");
    assert_member(result, "current-schema-id", "0");
}
END_TEST

START_TEST(a_current_schema_must_exist)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_refused(base, "[{'action':'set-current-schema','schema-id':9}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "schema-id: 9");
    assert_refused(base, "[{'action':'set-current-schema','schema-id':-1}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "last added");
    assert_refused(base, "[{'action':'set-current-schema'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "schema-id");
    assert_unchanged(base, "[{'action':'set-current-schema','schema-id':0}]");
}
END_TEST

START_TEST(a_schema_that_loses_a_partition_source_is_refused)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_refused(base,
                   "[{'action':'add-schema','schema':{'type':'struct','fields':["
                   "{'id':1,'name':'id','required':true,'type':'long'}]}},"
                   "{'action':'set-current-schema','schema-id':-1}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "source");
}
END_TEST

START_TEST(schemas_not_in_use_are_removed)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) two =
        fixture_apply(base, "[" NEW_COLUMN ",{'action':'set-current-schema','schema-id':-1}]");
    g_autoptr(cJSON) one = fixture_apply(two, "[{'action':'remove-schemas','schema-ids':[0,55]}]");

    ck_assert_int_eq(cJSON_GetArraySize(json_find(one, "schemas")), 1);
    assert_member(one, "schemas.0.schema-id", "1");
    assert_refused(two, "[{'action':'remove-schemas','schema-ids':[0,1]}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "current-schema-id");
    assert_refused(two, "[{'action':'remove-schemas','schema-ids':['0']}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "schema-ids");
    assert_refused(two, "[{'action':'remove-schemas'}]", SKEP_ERROR_INVALID_ARGUMENT, "schema-ids");
    assert_unchanged(two, "[{'action':'remove-schemas','schema-ids':[]}]");
}
END_TEST

START_TEST(a_new_spec_keeps_field_ids_and_reuses_those_of_equal_fields)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) sent =
        fixture_apply(base, "[{'action':'add-spec','spec':{'spec-id':99,'fields':["
                            "{'name':'day','transform':'day','source-id':2,'field-id':1000},"
                            "{'name':'b','transform':'bucket[8]','source-id':1,'field-id':1005}]}},"
                            "{'action':'set-default-spec','spec-id':-1}]");
    g_autoptr(cJSON) unsent =
        fixture_apply(sent, "[{'action':'add-spec','spec':{'fields':[{'name':'bb','transform':'"
                            "bucket[8]','source-id':1},"
                            "{'name':'new','transform':'truncate[4]','source-id':3}]}}]");

    assert_member(sent, "partition-specs.1.spec-id", "1");
    assert_member(sent, "default-spec-id", "1");
    assert_member(sent, "last-partition-id", "1005");
    assert_member(unsent, "partition-specs.2.fields.0.field-id", "1005");
    assert_member(unsent, "partition-specs.2.fields.1.field-id", "1006");
    assert_member(unsent, "last-partition-id", "1006");
    assert_member(unsent, "default-spec-id", "1");
}
END_TEST

START_TEST(an_equal_spec_is_found_again_whatever_its_field_ids)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_unchanged(
        base,
        "[{'action':'add-spec','spec':{'fields':[{'name':'day','transform':'day','source-id':2,"
        "'field-id':1234}]}},{'action':'set-default-spec','spec-id':-1}]");
}
END_TEST

START_TEST(specs_of_version_one_count_from_the_start)
{
    g_autoptr(cJSON) base = fixture_table(1);
    g_autoptr(cJSON) result =
        fixture_apply(base, "[{'action':'add-spec','spec':{'fields':[{'name':'day','transform':'"
                            "void','source-id':2,'field-id':1000},"
                            "{'name':'b','transform':'bucket[8]','source-id':1,'field-id':1001}]}},"
                            "{'action':'set-default-spec','spec-id':-1}]");

    assert_member(result, "partition-spec.1.field-id", "1001");
    assert_member(result, "last-partition-id", "1001");
    assert_refused(
        base,
        "[{'action':'add-spec','spec':{'fields':[{'name':'b','transform':'bucket[8]','source-id':1,"
        "'field-id':1001}]}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "sequential");
}
END_TEST

START_TEST(specs_not_in_use_are_removed)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) two = fixture_apply(
        base,
        "[{'action':'add-spec','spec':{'fields':[]}},{'action':'set-default-spec','spec-id':-1}]");
    g_autoptr(cJSON) one =
        fixture_apply(two, "[{'action':'remove-partition-specs','spec-ids':[0]}]");

    assert_member(one, "partition-specs", "[{'spec-id':1,'fields':[]}]");
    assert_refused(two, "[{'action':'remove-partition-specs','spec-ids':[1]}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "default-spec-id");
    assert_refused(base, "[{'action':'set-default-spec','spec-id':4}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "spec-id: 4");
}
END_TEST

START_TEST(sort_orders_are_added_found_again_and_made_default)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) unsorted =
        fixture_apply(base, "[{'action':'add-sort-order','sort-order':{'order-id':5,'fields':[]}},"
                            "{'action':'set-default-sort-order','sort-order-id':-1}]");
    g_autoptr(cJSON) second =
        fixture_apply(unsorted, "[{'action':'add-sort-order','sort-order':{'order-id':1,'fields':[{"
                                "'transform':'bucket[2]','source-id':3,"
                                "'direction':'DESC','null-order':'nulls-last'}]}},{'action':'set-"
                                "default-sort-order','sort-order-id':-1}]");

    assert_member(unsorted, "default-sort-order-id", "0");
    assert_member(second, "default-sort-order-id", "2");
    assert_member(second, "sort-orders.2.fields.0.direction", "'desc'");
    assert_unchanged(
        base,
        "[{'action':'add-sort-order','sort-order':{'order-id':9,'fields':[{'transform':'identity',"
        "'source-id':1,'direction':'asc','null-order':'nulls-first'}]}},"
        "{'action':'set-default-sort-order','sort-order-id':-1}]");
    assert_refused(base, "[{'action':'set-default-sort-order','sort-order-id':3}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "3");
}
END_TEST

START_TEST(properties_are_set_and_removed_and_reserved_ones_dropped)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) set = fixture_apply(
        base, "[{'action':'set-properties','updates':{'b':'2','a':'3','snapshot-count':'9'}}]");
    g_autoptr(cJSON) removed =
        fixture_apply(set, "[{'action':'remove-properties','removals':['a','none']}]");
    g_autoptr(cJSON) old_names =
        fixture_apply(set, "[{'action':'set-properties','updated':{'c':'4'}},{'action':'remove-"
                           "properties','removed':['b']}]");

    assert_member(set, "properties", "{'write.parquet.compression-codec':'zstd','a':'3','b':'2'}");
    assert_member(removed, "properties", "{'write.parquet.compression-codec':'zstd','b':'2'}");
    assert_member(old_names, "properties",
                  "{'write.parquet.compression-codec':'zstd','a':'3','c':'4'}");
    assert_unchanged(base, "[{'action':'set-properties','updates':{'a':'1','uuid':'x'}}]");
    assert_unchanged(base, "[{'action':'remove-properties','removals':['none']}]");
    assert_refused(base, "[{'action':'set-properties','updates':{'a':1}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "updates");
    assert_refused(base, "[{'action':'set-properties'}]", SKEP_ERROR_INVALID_ARGUMENT, "updates");
    assert_refused(base, "[{'action':'remove-properties','removals':[1]}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "removals");
}
END_TEST

START_TEST(locations_move_without_a_trailing_slash)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) moved =
        fixture_apply(base, "[{'action':'set-location','location':'s3://c/x/'}]");

    assert_member(moved, "location", "'s3://c/x'");
    assert_unchanged(base, "[{'action':'set-location','location':'s3://b/t/'}]");
    assert_refused(base, "[{'action':'set-location','location':''}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "location");
}
END_TEST

START_TEST(a_uuid_is_assigned_once)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_unchanged(base,
                     "[{'action':'assign-uuid','uuid':'11111111-2222-4333-8444-555555555555'}]");
    assert_refused(base, "[{'action':'assign-uuid','uuid':'99999999-2222-4333-8444-555555555555'}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "uuid");
    assert_refused(base, "[{'action':'assign-uuid','uuid':'nothing'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "uuid");
    assert_refused(base, "[{'action':'assign-uuid'}]", SKEP_ERROR_INVALID_ARGUMENT, "uuid");
}
END_TEST

START_TEST(the_format_version_goes_up_only_and_brings_its_members)
{
    g_autoptr(cJSON) one = fixture_table(1);
    g_autoptr(cJSON) two =
        fixture_apply(one, "[{'action':'upgrade-format-version','format-version':2}]");
    g_autoptr(cJSON) three =
        fixture_apply(two, "[{'action':'upgrade-format-version','format-version':3}]");

    assert_member(two, "last-sequence-number", "0");
    assert_absent(two, "schema");
    assert_absent(two, "partition-spec");
    assert_member(two, "current-snapshot-id", "-1");
    assert_member(three, "next-row-id", "0");
    assert_member(three, "current-snapshot-id", "null");
    ck_assert(iceberg_table_validate(three, NULL));
    assert_unchanged(two, "[{'action':'upgrade-format-version','format-version':2}]");
    assert_refused(two, "[{'action':'upgrade-format-version','format-version':1}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "downgrade");
    assert_refused(two, "[{'action':'upgrade-format-version','format-version':4}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "unsupported");
}
END_TEST

START_TEST(encryption_keys_come_and_go)
{
    g_autoptr(cJSON) base = fixture_table(3);
    g_autoptr(cJSON) with = fixture_apply(base, "[{'action':'add-encryption-key','encryption-key':{"
                                                "'key-id':'k1','encrypted-key-metadata':'YQ==',"
                                                "'encrypted-by-id':null,'properties':{'p':'q'}}}]");
    g_autoptr(cJSON) without =
        fixture_apply(with, "[{'action':'remove-encryption-key','key-id':'k1'}]");

    assert_member(with, "encryption-keys",
                  "[{'key-id':'k1','encrypted-key-metadata':'YQ==','properties':{'p':'q'}}]");
    assert_absent(without, "encryption-keys");
    assert_unchanged(with, "[{'action':'add-encryption-key','encryption-key':{'key-id':'k1','"
                           "encrypted-key-metadata':'Yg=='}},"
                           "{'action':'remove-encryption-key','key-id':'k2'}]");
    assert_refused(base, "[{'action':'add-encryption-key','encryption-key':{'key-id':'k'}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "encrypted-key-metadata");
    assert_refused(base, "[{'action':'add-encryption-key'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "encryption-key");
}
END_TEST

START_TEST(a_key_that_no_client_could_decode_is_refused)
{
    static const char *const wrong[] = {"x", "YQ=", "Y===", "YQ==YQ==", "Y Q=", "YQ-_"};
    g_autoptr(cJSON) base = fixture_table(3);

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *updates =
            g_strdup_printf("[{'action':'add-encryption-key','encryption-key':{'key-id':'k',"
                            "'encrypted-key-metadata':'%s'}}]",
                            wrong[i]);

        assert_refused(base, updates, SKEP_ERROR_INVALID_ARGUMENT, "base64");
    }
}
END_TEST

START_TEST(members_that_are_not_known_survive)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) result = NULL;

    json_object_set(base, "future", fixture_json("{'big':9223372036854775807,'x':[1.50,null]}"));
    json_object_set(cJSON_GetArrayItem(json_find(base, "schemas"), 0), "future", fixture_json("7"));
    result = fixture_apply(base, "[{'action':'set-properties','updates':{'z':'1'}}]");
    assert_member(result, "future", "{'big':9223372036854775807,'x':[1.50,null]}");
    assert_member(result, "schemas.0.future", "7");
}
END_TEST

START_TEST(unknown_kinds_and_shapes_are_refused)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_refused(base, "[{'action':'add-view-version'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "add-view-version");
    assert_refused(base, "[{'action':'ADD-SCHEMA'}]", SKEP_ERROR_INVALID_ARGUMENT, "ADD-SCHEMA");
    assert_refused(base, "[{'x':1}]", SKEP_ERROR_INVALID_ARGUMENT, "action");
    assert_refused(base, "[{'action':1}]", SKEP_ERROR_INVALID_ARGUMENT, "action");
    assert_refused(base, "[1]", SKEP_ERROR_INVALID_ARGUMENT, "updates");
    assert_refused(base, "{}", SKEP_ERROR_INVALID_ARGUMENT, "updates");
    assert_refused(base, "[{'action':'add-schema','schema':[]}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "schema");
    assert_refused(base, "[{'action':'add-spec','spec':1}]", SKEP_ERROR_INVALID_ARGUMENT, "spec");
    assert_refused(base, "[{'action':'add-sort-order','sort-order':null}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "sort-order");
}
END_TEST

START_TEST(no_updates_change_nothing)
{
    g_autoptr(cJSON) base = fixture_table(2);

    assert_unchanged(base, "[]");
}
END_TEST

START_TEST(time_never_goes_backwards)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_auto(IcebergChange) change = {0};
    g_autoptr(cJSON) result =
        fixture_apply_at(base, FIXTURE_NOW_MS - 5000,
                         "[{'action':'set-properties','updates':{'z':'1'}}]", &change, NULL);

    assert_member(result, "last-updated-ms", "1700000000000");
}
END_TEST

START_TEST(the_metadata_log_is_trimmed_by_the_new_properties)
{
    g_autoptr(cJSON) base = fixture_table(2);
    cJSON *log = json_find(base, "metadata-log");
    g_auto(IcebergChange) change = {0};
    g_autoptr(cJSON) result = NULL;

    for (int i = 0; i < 5; i++) {
        g_autofree char *entry = g_strdup_printf("{'timestamp-ms':%d,'metadata-file':'f%d'}", i, i);

        json_array_append(log, fixture_json(entry));
    }
    result = fixture_apply_at(
        base, FIXTURE_NOW_MS,
        "[{'action':'set-properties','updates':{'write.metadata.previous-versions-max':'2',"
        "'write.metadata.delete-after-commit.enabled':'true'}}]",
        &change, NULL);
    assert_member(result, "metadata-log.0.metadata-file", "'f4'");
    assert_member(result, "metadata-log.1.metadata-file", "'" FIXTURE_BASE_FILE "'");
    ck_assert_uint_eq(change.trimmed_files->len, 4);
    ck_assert_str_eq(change.trimmed_files->pdata[0], "f0");
    ck_assert_str_eq(change.trimmed_files->pdata[3], "f3");
    ck_assert(change.delete_trimmed);
}
END_TEST

START_TEST(the_metadata_log_keeps_at_least_one_and_a_hundred_by_default)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) none = fixture_apply(
        base,
        "[{'action':'set-properties','updates':{'write.metadata.previous-versions-max':'0'}}]");
    cJSON *log = json_find(base, "metadata-log");
    g_autoptr(cJSON) many = NULL;

    ck_assert_int_eq(cJSON_GetArraySize(json_find(none, "metadata-log")), 1);
    for (int i = 0; i < 100; i++)
        json_array_append(log, fixture_json("{'timestamp-ms':1,'metadata-file':'f'}"));
    many = fixture_apply(base, "[{'action':'set-properties','updates':{'z':'1'}}]");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(many, "metadata-log")), 100);
    assert_refused(
        base,
        "[{'action':'set-properties','updates':{'write.metadata.previous-versions-max':'many'}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "previous-versions-max");
}
END_TEST

#define FROM_NOTHING                                                                               \
    "{'action':'assign-uuid','uuid':'99999999-2222-4333-8444-555555555555'},"                      \
    "{'action':'upgrade-format-version','format-version':1},"                                      \
    "{'action':'set-location','location':'s3://n/t'},"                                             \
    "{'action':'add-schema','schema':{'type':'struct','fields':["                                  \
    "{'id':9,'name':'a','required':false,'type':'int'}]},'last-column-id':9},"                     \
    "{'action':'set-current-schema','schema-id':-1}"
#define FROM_NOTHING_SPEC                                                                          \
    ",{'action':'add-spec','spec':{'spec-id':0,'fields':[]}},{'action':'set-default-spec','spec-"  \
    "id':-1}"
#define FROM_NOTHING_ORDER                                                                         \
    ",{'action':'add-sort-order','sort-order':{'order-id':0,'fields':[]}},"                        \
    "{'action':'set-default-sort-order','sort-order-id':-1}"

START_TEST(the_first_commit_of_a_staged_table_makes_it_with_the_sent_ids)
{
    g_autoptr(cJSON) result =
        fixture_apply(NULL, "[" FROM_NOTHING FROM_NOTHING_SPEC FROM_NOTHING_ORDER "]");

    assert_member(result, "table-uuid", "'99999999-2222-4333-8444-555555555555'");
    assert_member(result, "format-version", "1");
    assert_member(result, "last-column-id", "9");
    assert_member(result, "schemas.0.fields.0.id", "9");
    assert_member(result, "metadata-log", "[]");
    ck_assert(iceberg_table_validate(result, NULL));
}
END_TEST

START_TEST(a_table_is_not_made_from_half_a_description)
{
    assert_refused(NULL, "[]", SKEP_ERROR_INVALID_ARGUMENT, "location");
    assert_refused(NULL, "[{'action':'set-location','location':'x'}]", SKEP_ERROR_INVALID_ARGUMENT,
                   "current-schema-id");
    assert_refused(NULL, "[" FROM_NOTHING "]", SKEP_ERROR_INVALID_ARGUMENT, "default-spec-id");
    assert_refused(NULL, "[" FROM_NOTHING FROM_NOTHING_SPEC "]", SKEP_ERROR_INVALID_ARGUMENT,
                   "default-sort-order-id");
    assert_refused(NULL, "[{'action':'add-spec','spec':{'fields':[]}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "a schema");
    assert_refused(NULL, "[{'action':'upgrade-format-version','format-version':9}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "9");
}
END_TEST

START_TEST(ids_at_the_end_of_their_range_are_not_counted_over)
{
    g_autoptr(cJSON) base = fixture_table(2);

    json_object_set_int64(cJSON_GetArrayItem(json_find(base, "schemas"), 0), "schema-id",
                          G_MAXINT32);
    json_object_set_int64(base, "current-schema-id", G_MAXINT32);
    assert_refused(base, "[" NEW_COLUMN "]", SKEP_ERROR_INVALID_ARGUMENT, "schema-id");
    json_object_set_int64(base, "last-partition-id", G_MAXINT32);
    assert_refused(base,
                   "[{'action':'add-spec','spec':{'fields':[{'name':'n','transform':'bucket[3]','"
                   "source-id':1}]}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "field-id");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg table update");
    TCase *parts = tcase_create("parts");
    TCase *whole = tcase_create("whole");

    tcase_add_test(parts, a_new_schema_gets_the_next_id_and_moves_last_column_id);
    tcase_add_test(parts, an_equal_schema_is_found_again_and_minus_one_means_it);
    tcase_add_test(parts, identifier_fields_make_another_schema);
    tcase_add_test(parts, a_current_schema_must_exist);
    tcase_add_test(parts, a_schema_that_loses_a_partition_source_is_refused);
    tcase_add_test(parts, schemas_not_in_use_are_removed);
    tcase_add_test(parts, a_new_spec_keeps_field_ids_and_reuses_those_of_equal_fields);
    tcase_add_test(parts, an_equal_spec_is_found_again_whatever_its_field_ids);
    tcase_add_test(parts, specs_of_version_one_count_from_the_start);
    tcase_add_test(parts, specs_not_in_use_are_removed);
    tcase_add_test(parts, sort_orders_are_added_found_again_and_made_default);
    tcase_add_test(parts, properties_are_set_and_removed_and_reserved_ones_dropped);
    tcase_add_test(parts, locations_move_without_a_trailing_slash);
    tcase_add_test(parts, a_uuid_is_assigned_once);
    tcase_add_test(parts, the_format_version_goes_up_only_and_brings_its_members);
    tcase_add_test(parts, encryption_keys_come_and_go);
    tcase_add_test(parts, a_key_that_no_client_could_decode_is_refused);
    tcase_add_test(whole, members_that_are_not_known_survive);
    tcase_add_test(whole, unknown_kinds_and_shapes_are_refused);
    tcase_add_test(whole, no_updates_change_nothing);
    tcase_add_test(whole, time_never_goes_backwards);
    tcase_add_test(whole, the_metadata_log_is_trimmed_by_the_new_properties);
    tcase_add_test(whole, the_metadata_log_keeps_at_least_one_and_a_hundred_by_default);
    tcase_add_test(whole, the_first_commit_of_a_staged_table_makes_it_with_the_sent_ids);
    tcase_add_test(whole, a_table_is_not_made_from_half_a_description);
    tcase_add_test(whole, ids_at_the_end_of_their_range_are_not_counted_over);
    suite_add_tcase(suite, parts);
    suite_add_tcase(suite, whole);
    return fixture_run(suite);
}
