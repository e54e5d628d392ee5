/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a createTable request becomes the document that other writers would make. Method: small
 * requests in, members of the document compared. */
#include "iceberg_fixture.h"

static void
assert_create_refused(const char *request_text, const char *part)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = fixture_json(request_text);
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) metadata = iceberg_table_create(request, "s3://b/t", &context, &error);

    ck_assert_msg(metadata == NULL, "taken: %s", request_text);
    ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_msg(strstr(error->message, part) != NULL, "%s", error->message);
}

START_TEST(a_new_table_is_a_golden_document)
{
    g_autoptr(cJSON) table = fixture_table(2);
    g_autoptr(cJSON) golden = fixture_json(
        "{'format-version':2,'table-uuid':'" FIXTURE_UUID "','location':'s3://b/t',"
        "'last-sequence-number':0,'last-updated-ms':1700000000000,'last-column-id':3,"
        "'current-schema-id':0,'schemas':[{'type':'struct','schema-id':0,'fields':["
        "{'id':1,'name':'id','required':true,'type':'long'},"
        "{'id':2,'name':'at','required':false,'type':'timestamptz'},"
        "{'id':3,'name':'name','required':false,'type':'string'}]}],"
        "'default-spec-id':0,'partition-specs':[{'spec-id':0,'fields':["
        "{'name':'day','transform':'day','source-id':2,'field-id':1000}]}],'last-partition-id':"
        "1000,"
        "'default-sort-order-id':1,'sort-orders':[{'order-id':1,'fields':[{'transform':'identity',"
        "'source-id':1,'direction':'asc','null-order':'nulls-first'}]}],"
        "'properties':{'write.parquet.compression-codec':'zstd','a':'1'},'current-snapshot-id':-1,"
        "'refs':{},'snapshots':[],'statistics':[],'partition-statistics':[],'snapshot-log':[],"
        "'metadata-log':[]}");
    g_autofree char *text = json_print_compact(table);

    ck_assert_msg(json_equal(table, golden), "%s", text);
    ck_assert(iceberg_table_validate(table, NULL));
}
END_TEST

START_TEST(the_format_version_property_chooses_and_is_not_stored)
{
    for (int version = 1; version <= 3; version++) {
        g_autoptr(cJSON) table = fixture_table(version);
        gint64 found = 0;

        json_get_int64(table, "format-version", &found, NULL);
        ck_assert_int_eq(found, version);
        ck_assert_ptr_null(iceberg_property(table, "format-version"));
        ck_assert(iceberg_table_validate(table, NULL));
    }
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[]},'properties':{'format-version':'4'}}",
        "format-version");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[]},'properties':{'format-version':'x'}}",
        "format-version");
}
END_TEST

START_TEST(versions_have_the_members_of_their_age)
{
    g_autoptr(cJSON) one = fixture_table(1);
    g_autoptr(cJSON) three = fixture_table(3);

    assert_absent(one, "last-sequence-number");
    assert_member(one, "schema",
                  "{'type':'struct','schema-id':0,'fields':["
                  "{'id':1,'name':'id','required':true,'type':'long'},"
                  "{'id':2,'name':'at','required':false,'type':'timestamptz'},"
                  "{'id':3,'name':'name','required':false,'type':'string'}]}");
    assert_member(one, "partition-spec.0.field-id", "1000");
    assert_member(three, "next-row-id", "0");
    assert_member(three, "current-snapshot-id", "null");
    assert_absent(three, "schema");
}
END_TEST

START_TEST(column_ids_are_assigned_afresh_and_sources_follow)
{
    g_autoptr(cJSON) table = fixture_create(
        "{'schema':{'type':'struct','identifier-field-ids':[70],'fields':["
        "{'id':10,'name':'l','required':false,'type':{'type':'list','element-id':11,'element':'int'"
        ","
        "'element-required':true}},"
        "{'id':20,'name':'m','required':false,'type':{'type':'map','key-id':21,'key':'string',"
        "'value-id':22,'value':{'type':'struct','fields':["
        "{'id':23,'name':'x','required':true,'type':'double'}]},'value-required':false}},"
        "{'id':60,'name':'s','required':true,'type':{'type':'struct','fields':["
        "{'id':70,'name':'k','required':true,'type':'decimal(10,2)'}]}}]},"
        "'partition-spec':{'fields':[{'name':'p','transform':'bucket[16]','source-id':70,"
        "'field-id':4000}]}}");

    assert_member(table, "schemas.0.fields.0.id", "1");
    assert_member(table, "schemas.0.fields.1.id", "2");
    assert_member(table, "schemas.0.fields.2.id", "3");
    assert_member(table, "schemas.0.fields.0.type.element-id", "4");
    assert_member(table, "schemas.0.fields.1.type.key-id", "5");
    assert_member(table, "schemas.0.fields.1.type.value-id", "6");
    assert_member(table, "schemas.0.fields.1.type.value.fields.0.id", "7");
    assert_member(table, "schemas.0.fields.2.type.fields.0.id", "8");
    assert_member(table, "schemas.0.fields.2.type.fields.0.type", "'decimal(10, 2)'");
    assert_member(table, "schemas.0.identifier-field-ids", "[8]");
    assert_member(table, "last-column-id", "8");
    assert_member(table, "partition-specs.0.fields.0.source-id", "8");
    assert_member(table, "partition-specs.0.fields.0.field-id", "1000");
    assert_member(table, "sort-orders", "[{'order-id':0,'fields':[]}]");
    assert_member(table, "default-sort-order-id", "0");
}
END_TEST

START_TEST(ids_from_zero_are_taken_as_sent_by_some_engines)
{
    g_autoptr(cJSON) table = fixture_create(
        "{'schema':{'type':'struct','fields':[{'id':0,'name':'a','required':false,'type':'int'},"
        "{'id':1,'name':'b','required':false,'type':'int'}]},"
        "'partition-spec':{'fields':[{'name':'b','transform':'identity','source-id':1}]}}");

    assert_member(table, "partition-specs.0.fields.0.source-id", "2");
}
END_TEST

START_TEST(reserved_properties_are_not_stored)
{
    g_autoptr(cJSON) table = fixture_create(
        "{'schema':{'type':'struct','fields':[]},'properties':{'uuid':'x','snapshot-count':'9',"
        "'current-snapshot-id':'1','current-schema':'{}','default-sort-order':'x','k':'v',"
        "'write.parquet.compression-codec':'gzip'}}");

    assert_member(table, "properties", "{'k':'v','write.parquet.compression-codec':'gzip'}");
}
END_TEST

START_TEST(a_trailing_slash_of_the_location_is_dropped)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = fixture_json("{'schema':{'type':'struct','fields':[]}}");
    g_autoptr(cJSON) table = iceberg_table_create(request, "file:///w/t/", &context, NULL);

    assert_member(table, "location", "'file:///w/t'");
}
END_TEST

#define ONE_FIELD(type)                                                                            \
    "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':" type "}]}"

START_TEST(schemas_that_cannot_be_are_refused_by_name)
{
    assert_create_refused("{}", "schema");
    assert_create_refused("{'schema':[]}", "schema");
    assert_create_refused("{'schema':{'type':'list','fields':[]}}", "struct");
    assert_create_refused("{'schema':{'type':'struct'}}", "fields");
    assert_create_refused("{'schema':{'type':'struct','fields':[{}]}}", "id");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','type':'int'}]}}", "required");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'required':true,'type':'int'}]}}", "name");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true}]}}", "type");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':'1','name':'a','required':true,"
        "'type':'int'}]}}",
        "id");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':3000000000,'name':'a','required':true,"
        "'type':'int'}]}}",
        "id");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':-1,'name':'a','required':true,"
        "'type':'int'}]}}",
        "negative");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':'int'},"
        "{'id':1,'name':'b','required':true,'type':'int'}]}}",
        "more than once");
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':'int'},"
        "{'id':2,'name':'a','required':true,'type':'int'}]}}",
        "more than once");
    assert_create_refused(ONE_FIELD("'integer'") "}", "integer");
    assert_create_refused(ONE_FIELD("'decimal(39,2)'") "}", "decimal");
    assert_create_refused(ONE_FIELD("'decimal(5,6)'") "}", "decimal");
    assert_create_refused(ONE_FIELD("'fixed[]'") "}", "fixed");
    assert_create_refused(ONE_FIELD("'fixed[99999999999999999999]'") "}", "fixed");
    assert_create_refused(ONE_FIELD("7") "}", "type");
    assert_create_refused(ONE_FIELD("{'type':'set'}") "}", "set");
    assert_create_refused(ONE_FIELD("{'type':'list','element':'int','element-required':true}") "}",
                          "element-id");
    assert_create_refused(
        ONE_FIELD("{'type':'map','key-id':2,'value-id':3,'value':'int','value-required':true}") "}",
        "key");
    assert_create_refused("{'schema':{'type':'struct','identifier-field-ids':[9],'fields':[]}}",
                          "9");
    assert_create_refused(
        "{'schema':{'type':'struct','identifier-field-ids':[1],'fields':[{'id':1,'name':'a',"
        "'required':false,'type':'int'}]}}",
        "identifier");
    assert_create_refused(
        "{'schema':{'type':'struct','identifier-field-ids':[1],'fields':[{'id':1,'name':'a',"
        "'required':true,'type':'double'}]}}",
        "identifier");
}
END_TEST

START_TEST(types_of_version_three_need_version_three)
{
    static const char *const types[] = {"timestamp_ns", "timestamptz_ns",
                                        "variant",      "unknown",
                                        "geometry",     "geography(srid:4326, vincenty)"};

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *two = g_strdup_printf("{'schema':{'type':'struct','fields':[{'id':1,'name'"
                                               ":'a','required':false,'type':'%s'}]}}",
                                               types[i]);
        g_autofree char *three = g_strdup_printf("{'schema':{'type':'struct','fields':[{'id':1,'"
                                                 "name':'a','required':false,'type':'%s'}]},"
                                                 "'properties':{'format-version':'3'}}",
                                                 types[i]);

        assert_create_refused(two, "v3");
        cJSON_Delete(fixture_create(three));
    }
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':'int',"
        "'initial-default':1}]}}",
        "v3");
    cJSON_Delete(
        fixture_create("{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,"
                       "'type':'int','initial-default':1}]},'properties':{'format-version':'3'}}"));
    assert_create_refused(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,"
        "'type':'int','initial-default':'x'}]},'properties':{'format-version':'3'}}",
        "initial-default");
}
END_TEST

#define INT_AND_LIST                                                                               \
    "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':'int'},"       \
    "{'id':2,'name':'l','required':true,'type':{'type':'list','element-id':3,'element':'int',"     \
    "'element-required':true}},{'id':4,'name':'f','required':true,'type':'float'}]}"

#define ADD_DEFAULT                                                                                \
    "[{'action':'add-schema','schema':{'type':'struct','fields':["                                 \
    "{'id':1,'name':'id','required':true,'type':'long'},"                                          \
    "{'id':2,'name':'at','required':false,'type':'timestamptz'},"                                  \
    "{'id':3,'name':'name','required':false,'type':'string'},"                                     \
    "{'id':4,'name':'d','required':false,'type':%s,'%s':%s}]}}]"

START_TEST(defaults_have_the_form_of_their_type)
{
    static const struct {
        const char *type, *valid, *wrong;
    } cases[] = {
        {"'boolean'",                                                               "true",                                   "'true'"                     },
        {"'int'",                                                                   "-2147483648",                            "2147483648"                 },
        {"'long'",                                                                  "-9223372036854775808",                   "9223372036854775808"        },
        {"'double'",                                                                "1.5",                                    "'1.5'"                      },
        {"'date'",                                                                  "'2020-02-29'",                           "'2020-02-30'"               },
        {"'time'",                                                                  "'22:31:08.123456'",                      "'25:00:00'"                 },
        {"'timestamp'",                                                             "'2017-11-16T22:31:08.123456'",           "'2017-11-16T22:31:08+00:00'"},
        {"'timestamptz'",                                                           "'2017-11-16T22:31:08.123456+00:00'",     "'2017-11-16T22:31:08+01:00'"},
        {"'timestamptz'",                                                           "'2017-11-16T22:31:08Z'",                 "'2017-11-16T22:31:08'"      },
        {"'timestamp_ns'",                                                          "'2017-11-16T22:31:08.123456789'",        "'yesterday'"                },
        {"'timestamptz_ns'",                                                        "'2017-11-16T22:31:08.123456789+00:00'",  "'2017-11-16'"               },
        {"'uuid'",                                                                  "'f79c3e09-677c-4bbd-a479-3f349cb785e7'", "'f79c3e09'"                 },
        {"'fixed[2]'",                                                              "'0a0B'",                                 "'0a'"                       },
        {"'binary'",                                                                "'0a0b0c'",                               "'0g'"                       },
        {"'decimal(9, 2)'",                                                         "'14.20'",                                "'14.2'"                     },
        {"'decimal(9, 0)'",                                                         "'14'",                                   "'14.0'"                     },
        {"'string'",                                                                "'x'",                                    "7"                          },
        {"'variant'",                                                               "null",                                   "'x'"                        },
        {"'unknown'",                                                               "null",                                   "1"                          },
        {"'geometry'",                                                              "null",                                   "'POINT (1 1)'"              },
        {"'geography'",                                                             "null",                                   "'POINT (1 1)'"              },
        {"{'type':'struct','fields':[]}",                                           "{}",                                     "{'1':1}"                    },
        {"{'type':'list','element-id':5,'element':'int','element-required':false}", "null",                                   "[1]"                        },
    };
    static const char *const keys[] = {"initial-default", "write-default"};
    g_autoptr(cJSON) base = fixture_table(3);

    for (gsize i = 0; i < G_N_ELEMENTS(cases) * 2; i++) {
        const char *key = keys[i % 2];
        g_autofree char *valid =
            g_strdup_printf(ADD_DEFAULT, cases[i / 2].type, key, cases[i / 2].valid);
        g_autofree char *wrong =
            g_strdup_printf(ADD_DEFAULT, cases[i / 2].type, key, cases[i / 2].wrong);
        g_autoptr(cJSON) result = fixture_apply(base, valid);

        if (strcmp(cases[i / 2].valid, "null") != 0) {
            g_autofree char *path = g_strdup_printf("schemas.1.fields.3.%s", key);

            /* bytes in the digits that other writers use */
            g_autofree char *spelt = strcmp(cases[i / 2].type, "'binary'") == 0 ||
                                             strcmp(cases[i / 2].type, "'fixed[2]'") == 0
                                         ? g_ascii_strup(cases[i / 2].valid, -1)
                                         : g_strdup(cases[i / 2].valid);

            assert_member(result, path, spelt);
        }
        assert_refused(base, wrong, SKEP_ERROR_INVALID_ARGUMENT, key);
    }
}
END_TEST

START_TEST(nothing_can_be_required_of_an_unknown_type)
{
    g_autoptr(cJSON) base = fixture_table(3);

    assert_refused(base,
                   "[{'action':'add-schema','schema':{'type':'struct','fields':["
                   "{'id':4,'name':'u','required':true,'type':'unknown'}]}}]",
                   SKEP_ERROR_INVALID_ARGUMENT, "unknown type: u");
}
END_TEST

START_TEST(specs_and_orders_that_do_not_fit_the_schema_are_refused)
{
    assert_create_refused(INT_AND_LIST ",'partition-spec':{}}", "fields");
    assert_create_refused(INT_AND_LIST
                          ",'partition-spec':{'fields':[{'name':'p','transform':'identity'}]}}",
                          "source-id");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'identity','source-id':9}]}}",
        "9");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'identity','source-id':2}]}}",
        "non-primitive");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'identity','source-id':3}]}}",
        "nested");
    assert_create_refused(
        INT_AND_LIST ",'partition-spec':{'fields':[{'name':'p','transform':'day','source-id':1}]}}",
        "day");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'bucket[4]','source-id':4}]}}",
        "bucket");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'bucket[0]','source-id':1}]}}",
        "bucket");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'truncate','source-id':1}]}}",
        "truncate");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'','transform':'identity','source-id':1}]}}",
        "empty");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'f','transform':'identity','source-id':1}]}}",
        "different field");
    assert_create_refused(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'identity','source-id':1},"
        "{'name':'p','transform':'bucket[2]','source-id':1}]}}",
        "more than once");
    assert_create_refused(
        INT_AND_LIST ",'write-order':{'order-id':1,'fields':[{'transform':'identity','source-id':1,"
                     "'direction':'up','null-order':'nulls-first'}]}}",
        "direction");
    assert_create_refused(
        INT_AND_LIST ",'write-order':{'order-id':1,'fields':[{'transform':'identity','source-id':1,"
                     "'direction':'asc'}]}}",
        "null-order");
    assert_create_refused(
        INT_AND_LIST ",'write-order':{'order-id':0,'fields':[{'transform':'identity','source-id':1,"
                     "'direction':'asc','null-order':'nulls-last'}]}}",
        "order-id");
    assert_create_refused(
        INT_AND_LIST ",'write-order':{'order-id':1,'fields':[{'transform':'hour','source-id':1,"
                     "'direction':'asc','null-order':'nulls-last'}]}}",
        "hour");
}
END_TEST

START_TEST(unknown_transforms_are_kept_for_those_who_know_them)
{
    g_autoptr(cJSON) table = fixture_create(
        INT_AND_LIST
        ",'partition-spec':{'fields':[{'name':'p','transform':'zorder[3]','source-id':1}]}}");

    assert_member(table, "partition-specs.0.fields.0.transform", "'zorder[3]'");
}
END_TEST

START_TEST(types_are_nested_within_a_bound)
{
    GString *text = g_string_new(
        "{'schema':{'type':'struct','fields':[{'id':1,'name':'a','required':true,'type':");
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = NULL;
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 200; i++)
        g_string_append_printf(
            text, "{'type':'list','element-id':%d,'element-required':true,'element':", i + 2);
    g_string_append(text, "'int'");
    for (int i = 0; i < 200; i++)
        g_string_append_c(text, '}');
    g_string_append(text, "}]}}");
    request = fixture_json(text->str);
    ck_assert_ptr_null(iceberg_table_create(request, "s3://b/t", &context, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_TOO_LARGE);
    g_string_free(text, TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg table create");
    TCase *create = tcase_create("create");

    tcase_add_test(create, a_new_table_is_a_golden_document);
    tcase_add_test(create, the_format_version_property_chooses_and_is_not_stored);
    tcase_add_test(create, versions_have_the_members_of_their_age);
    tcase_add_test(create, column_ids_are_assigned_afresh_and_sources_follow);
    tcase_add_test(create, ids_from_zero_are_taken_as_sent_by_some_engines);
    tcase_add_test(create, reserved_properties_are_not_stored);
    tcase_add_test(create, a_trailing_slash_of_the_location_is_dropped);
    tcase_add_test(create, schemas_that_cannot_be_are_refused_by_name);
    tcase_add_test(create, types_of_version_three_need_version_three);
    tcase_add_test(create, defaults_have_the_form_of_their_type);
    tcase_add_test(create, nothing_can_be_required_of_an_unknown_type);
    tcase_add_test(create, specs_and_orders_that_do_not_fit_the_schema_are_refused);
    tcase_add_test(create, unknown_transforms_are_kept_for_those_who_know_them);
    tcase_add_test(create, types_are_nested_within_a_bound);
    suite_add_tcase(suite, create);
    return fixture_run(suite);
}
