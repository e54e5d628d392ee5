/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: views are made, replaced and trimmed as the view format says. Method: one small view,
 * updates as text. */
#include "iceberg_fixture.h"

#define COLUMNS(name)                                                                              \
    "{'type':'struct','fields':[{'id':1,'name':'" name "','required':false,'type':'long'}]}"
#define VERSION(id, schema, sql, dialect)                                                          \
    "{'version-id':" id ",'timestamp-ms':1700000000700,'schema-id':" schema                        \
    ",'summary':{'engine-name':'x'},'default-catalog':null,'default-namespace':['a','b'],"         \
    "'representations':[{'type':'sql','sql':'" sql "','dialect':'" dialect "'}]}"
#define REQUEST                                                                                    \
    "{'name':'v','schema':" COLUMNS("a") ",'view-version':" VERSION(                               \
        "5", "3", "select 1", "spark") ",'properties':{'p':'q'}}"
#define ADD(id, schema, sql, dialect)                                                              \
    "{'action':'add-view-version','view-version':" VERSION(id, schema, sql, dialect) "}"
#define SET_LAST "{'action':'set-current-view-version','view-version-id':-1}"

static cJSON *
create_view(void)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = fixture_json(REQUEST);
    g_autoptr(GError) error = NULL;
    cJSON *view = iceberg_view_create(request, "s3://b/v/", &context, &error);

    ck_assert_msg(view != NULL, "%s", error != NULL ? error->message : "");
    return view;
}

static cJSON *
try_apply(const cJSON *base, const char *text, gboolean *changed, GError **error)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS + 1000);
    g_autoptr(cJSON) updates = fixture_json(text);
    g_auto(IcebergChange) change = {0};
    cJSON *result = iceberg_view_apply(base, updates, &context, &change, error);

    *changed = change.changed;
    return result;
}

static cJSON *
apply(const cJSON *base, const char *text)
{
    g_autoptr(GError) error = NULL;
    gboolean changed = FALSE;
    cJSON *result = try_apply(base, text, &changed, &error);

    ck_assert_msg(result != NULL, "%s: %s", text, error != NULL ? error->message : "");
    ck_assert_msg(changed, "%s changed nothing", text);
    return result;
}

static void
assert_view_unchanged(const cJSON *base, const char *text)
{
    gboolean changed = TRUE;
    g_autoptr(cJSON) result = try_apply(base, text, &changed, NULL);

    ck_assert(result != NULL && !changed && json_equal(base, result));
}

static void
assert_view_refused(const cJSON *base, const char *text, SkepError fact, const char *part)
{
    g_autoptr(GError) error = NULL;
    gboolean changed = FALSE;
    g_autoptr(cJSON) result = try_apply(base, text, &changed, &error);

    ck_assert_msg(result == NULL, "taken: %s", text);
    ck_assert_msg(error->code == (int)fact && strstr(error->message, part) != NULL, "%s: %s", text,
                  error->message);
}

START_TEST(a_new_view_is_a_golden_document)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) golden =
        fixture_json("{'view-uuid':'" FIXTURE_UUID
                     "','format-version':1,'location':'s3://b/v','properties':{'p':'q'},"
                     "'schemas':[{'type':'struct','schema-id':0,'fields':[{'id':1,'name':'a','"
                     "required':false,'type':'long'}]}],"
                     "'current-version-id':1,'versions':[{'version-id':1,'timestamp-ms':"
                     "1700000000000,'schema-id':0,"
                     "'summary':{'engine-name':'x'},'default-namespace':['a','b'],"
                     "'representations':[{'type':'sql','sql':'select 1','dialect':'spark'}]}],"
                     "'version-log':[{'timestamp-ms':1700000000000,'version-id':1}]}");
    g_autofree char *text = json_print_compact(view);
    g_autoptr(cJSON) again = iceberg_view_parse(text, strlen(text), NULL);

    ck_assert_msg(json_equal(view, golden), "%s", text);
    ck_assert(json_equal(again, golden));
}
END_TEST

START_TEST(a_replaced_view_gets_a_version_and_a_log_entry)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) result = apply(view, "[{'action':'add-schema','schema':" COLUMNS("b") "}," ADD(
                                              "1", "-1", "select 2", "spark") "," SET_LAST "]");

    assert_member(result, "current-version-id", "2");
    assert_member(result, "versions.1.schema-id", "1");
    assert_member(result, "versions.1.version-id", "2");
    assert_member(result, "version-log.1", "{'timestamp-ms':1700000000700,'version-id':2}");
    assert_member(result, "schemas.1.schema-id", "1");
}
END_TEST

START_TEST(an_equal_version_is_found_again)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) two = apply(view, "[" ADD("9", "0", "select 2", "spark") "," SET_LAST "]");
    g_autoptr(cJSON) back = apply(two, "[{'action':'add-schema','schema':" COLUMNS("a") "}," ADD(
                                           "1", "-1", "select 1", "spark") "," SET_LAST "]");

    assert_member(two, "current-version-id", "9");
    assert_member(back, "current-version-id", "1");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(back, "versions")), 2);
    assert_member(back, "version-log.2", "{'timestamp-ms':1700000001000,'version-id':1}");
    assert_view_unchanged(view, "[" ADD("1", "0", "select 1", "spark") "," SET_LAST "]");
}
END_TEST

START_TEST(a_version_has_one_query_for_a_dialect)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = fixture_json(
        "{'schema':" COLUMNS("a") ",'view-version':{'default-namespace':[],'representations':["
                                  "{'type':'sql','sql':'a','dialect':'x'},"
                                  "{'type':'sql','sql':'b','dialect':'X'}]}}");
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(iceberg_view_create(request, "s3://b/v", &context, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_OPERATION);
    ck_assert_ptr_nonnull(
        strstr(error->message, "Invalid view version: Cannot add multiple queries for dialect X"));
}
END_TEST

START_TEST(dropping_a_dialect_needs_leave)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) allowed = NULL;

    assert_view_refused(view, "[" ADD("2", "0", "select 2", "trino") "," SET_LAST "]",
                        SKEP_ERROR_INVALID_OPERATION, "dialect");
    allowed = apply(
        view, "[{'action':'set-properties','updates':{'replace.drop-dialect.allowed':'true'}}," ADD(
                  "2", "0", "select 2", "trino") "," SET_LAST "]");
    assert_member(allowed, "versions.1.representations.0.dialect", "'trino'");
}
END_TEST

START_TEST(old_versions_are_trimmed_but_never_the_current_one)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) result = NULL;

    for (int i = 0; i < 4; i++) {
        g_autofree char *updates =
            g_strdup_printf("[" ADD("1", "0", "select 1%d", "spark") "," SET_LAST "]", i);
        cJSON *next = apply(result != NULL ? result : view, updates);

        cJSON_Delete(result);
        result = next;
    }
    ck_assert_int_eq(cJSON_GetArraySize(json_find(result, "versions")), 5);
    {
        g_autoptr(cJSON) first = apply(
            result, "[{'action':'set-current-view-version','view-version-id':1},"
                    "{'action':'set-properties','updates':{'version.history.num-entries':'2'}}]");

        ck_assert_int_eq(cJSON_GetArraySize(json_find(first, "versions")), 2);
        assert_member(first, "versions.0.version-id", "1");
        assert_member(first, "versions.1.version-id", "5");
        assert_member(first, "version-log.0.version-id", "5");
        assert_member(first, "version-log.1.version-id", "1");
        ck_assert(iceberg_view_validate(first, NULL));
    }
    assert_view_refused(
        result, "[{'action':'set-properties','updates':{'version.history.num-entries':'0'}}]",
        SKEP_ERROR_INVALID_ARGUMENT, "version.history.num-entries");
}
END_TEST

START_TEST(location_properties_and_uuid_of_a_view)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) result =
        apply(view, "[{'action':'set-location','location':'s3://c'},"
                    "{'action':'remove-properties','removals':['p']},"
                    "{'action':'assign-uuid','uuid':'" FIXTURE_UUID "'},"
                    "{'action':'upgrade-format-version','format-version':1}]");

    assert_member(result, "location", "'s3://c'");
    assert_member(result, "properties", "{}");
    assert_view_refused(view,
                        "[{'action':'assign-uuid','uuid':'99999999-2222-4333-8444-555555555555'}]",
                        SKEP_ERROR_INVALID_ARGUMENT, "uuid");
    assert_view_refused(view, "[{'action':'upgrade-format-version','format-version':2}]",
                        SKEP_ERROR_INVALID_ARGUMENT, "format-version");
    assert_view_unchanged(view, "[]");
}
END_TEST

START_TEST(views_that_cannot_be_are_refused)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    static const struct {
        const char *request;
        const char *part;
    } cases[] = {
        {"{}",                                                                                             "schema"           },
        {"{'schema':" COLUMNS("a") "}",                                                                    "view-version"     },
        {"{'schema':" COLUMNS("a") ",'view-version':{'representations':[]}}",                              "default-namespace"},
        {"{'schema':" COLUMNS(
             "a") ",'view-version':{'default-namespace':[],'representations':[{'type':'sql'}]}}",
         "sql"                                                                                                                },
        {"{'schema':" COLUMNS(
             "a") ",'view-version':{'default-namespace':[],'representations':[{'type':'ir'}]}}",
         "ir"                                                                                                                 },
        {"{'schema':{'type':'struct','fields':[{}]},'view-version':{'default-namespace':[],'"
         "representations':[]}}",                                                                 "id"               },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cJSON) request = fixture_json(cases[i].request);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(iceberg_view_create(request, "s3://b/v", &context, &error));
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
        ck_assert_msg(strstr(error->message, cases[i].part) != NULL, "%s", error->message);
    }
}
END_TEST

START_TEST(view_updates_that_cannot_be_are_refused)
{
    g_autoptr(cJSON) view = create_view();

    assert_view_refused(view, "[{'action':'add-snapshot'}]", SKEP_ERROR_INVALID_ARGUMENT,
                        "add-snapshot");
    assert_view_refused(view, "[" SET_LAST "]", SKEP_ERROR_INVALID_ARGUMENT, "last version");
    assert_view_refused(view, "[" ADD("2", "-1", "x", "spark") "]", SKEP_ERROR_INVALID_ARGUMENT,
                        "last added schema");
    assert_view_refused(view, "[" ADD("2", "8", "x", "spark") "]", SKEP_ERROR_INVALID_ARGUMENT,
                        "schema-id: 8");
    assert_view_refused(view, "[{'action':'set-current-view-version','view-version-id':8}]",
                        SKEP_ERROR_INVALID_ARGUMENT, "8");
    assert_view_refused(view, "[{'action':'add-view-version'}]", SKEP_ERROR_INVALID_ARGUMENT,
                        "view-version");
    assert_view_refused(view, "[5]", SKEP_ERROR_INVALID_ARGUMENT, "updates");
    assert_view_refused(view, "7", SKEP_ERROR_INVALID_ARGUMENT, "updates");
}
END_TEST

START_TEST(a_view_is_known_by_its_uuid)
{
    g_autoptr(cJSON) view = create_view();
    g_autoptr(cJSON) same = fixture_json("[{'type':'assert-view-uuid','uuid':'" FIXTURE_UUID "'}]");
    g_autoptr(cJSON) other = fixture_json("[{'type':'assert-view-uuid','uuid':'x'}]");
    g_autoptr(cJSON) unknown = fixture_json("[{'type':'assert-table-uuid','uuid':'x'}]");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) unknown_error = NULL;

    ck_assert(iceberg_view_check_requirements(view, same, NULL));
    ck_assert(!iceberg_view_check_requirements(view, other, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error->message, "Requirement failed: view UUID does not match"));
    ck_assert(!iceberg_view_check_requirements(view, unknown, &unknown_error));
    ck_assert_int_eq(unknown_error->code, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(hive_clients_get_the_sql_that_fits_them_best)
{
    g_autoptr(cJSON) view = create_view();
    cJSON *representations = (cJSON *)fixture_at(view, "versions.0.representations");
    g_autoptr(IcebergViewSummary) spark = iceberg_view_summarize(view, NULL);
    g_autoptr(IcebergViewSummary) hive = NULL;
    g_autoptr(GPtrArray) columns = iceberg_view_hive_columns(view, NULL);
    IcebergHiveInput input = {.metadata = view, .metadata_location = "loc"};
    g_autoptr(GHashTable) parameters = iceberg_view_hive_parameters(&input, NULL);

    json_array_append(representations,
                      fixture_json("{'type':'sql','sql':'select h','dialect':'Hive'}"));
    hive = iceberg_view_summarize(view, NULL);
    ck_assert_str_eq(spark->sql, "select 1");
    ck_assert_str_eq(hive->sql, "select h");
    ck_assert_str_eq(hive->uuid, FIXTURE_UUID);
    ck_assert_int_eq(hive->current_version_id, 1);
    ck_assert_uint_eq(columns->len, 1);
    ck_assert_str_eq(((IcebergHiveColumn *)columns->pdata[0])->type, "bigint");
    ck_assert_str_eq(g_hash_table_lookup(parameters, "table_type"), "ICEBERG-VIEW");
    ck_assert_str_eq(g_hash_table_lookup(parameters, "metadata_location"), "loc");
    ck_assert_ptr_null(g_hash_table_lookup(parameters, "EXTERNAL"));
}
END_TEST

START_TEST(unsound_view_documents_are_refused)
{
    static const struct {
        const char *key;
        const char *value;
    } cases[] = {
        {"view-uuid",          "null"   },
        {"view-uuid",          "''"     },
        {"format-version",     "2"      },
        {"location",           "7"      },
        {"schemas",            "{}"     },
        {"schemas",            "[]"     },
        {"versions",           "[]"     },
        {"versions",           "[{}]"   },
        {"version-log",        "null"   },
        {"version-log",        "[1]"    },
        {"current-version-id", "9"      },
        {"current-version-id", "'1'"    },
        {"properties",         "{'a':1}"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cJSON) view = create_view();
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;

        json_object_set(view, cases[i].key, fixture_json(cases[i].value));
        text = json_print_compact(view);
        ck_assert_msg(iceberg_view_parse(text, strlen(text), &error) == NULL, "%s %s", cases[i].key,
                      cases[i].value);
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg view");
    TCase *views = tcase_create("views");

    tcase_add_test(views, a_new_view_is_a_golden_document);
    tcase_add_test(views, a_replaced_view_gets_a_version_and_a_log_entry);
    tcase_add_test(views, an_equal_version_is_found_again);
    tcase_add_test(views, a_version_has_one_query_for_a_dialect);
    tcase_add_test(views, dropping_a_dialect_needs_leave);
    tcase_add_test(views, old_versions_are_trimmed_but_never_the_current_one);
    tcase_add_test(views, location_properties_and_uuid_of_a_view);
    tcase_add_test(views, views_that_cannot_be_are_refused);
    tcase_add_test(views, view_updates_that_cannot_be_are_refused);
    tcase_add_test(views, a_view_is_known_by_its_uuid);
    tcase_add_test(views, hive_clients_get_the_sql_that_fits_them_best);
    tcase_add_test(views, unsound_view_documents_are_refused);
    suite_add_tcase(suite, views);
    return fixture_run(suite);
}
