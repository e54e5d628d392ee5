/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: documents of every age are read, unsound ones refused with the member named, and nothing
 * that is thrown at the module makes it fall over. Method: small documents; a sound one with one
 * member spoilt at a time; and a sound document and sound updates with values replaced at random
 * places from a fixed seed. */
#include "iceberg_fixture.h"

static cJSON *
parse_text(const char *text, GError **error)
{
    g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');

    return iceberg_table_parse(quoted, strlen(quoted), error);
}

#define OLDEST                                                                                     \
    "{'format-version':1,'location':'s3://b/old','last-updated-ms':5,'last-column-id':1,"          \
    "'schema':{'type':'struct','fields':[{'id':1,'name':'x','required':true,'type':'long'}]},"     \
    "'partition-spec':[{'name':'x','transform':'identity','source-id':1},"                         \
    "{'name':'xb','transform':'bucket[4]','source-id':1}],"                                        \
    "'properties':{},'current-snapshot-id':7,'snapshots':[{'snapshot-id':7,'timestamp-ms':4,"      \
    "'manifest-list':'m'}]}"

START_TEST(the_oldest_documents_are_filled_in)
{
    g_autoptr(cJSON) table = parse_text(OLDEST, NULL);

    assert_member(table, "schemas.0.schema-id", "0");
    assert_member(table, "current-schema-id", "0");
    assert_member(table, "partition-specs.0.fields.1.field-id", "1001");
    assert_member(table, "default-spec-id", "0");
    assert_member(table, "last-partition-id", "1001");
    assert_member(table, "sort-orders", "[{'order-id':0,'fields':[]}]");
    assert_member(table, "refs", "{'main':{'snapshot-id':7,'type':'branch'}}");
    assert_member(table, "snapshot-log", "[]");
}
END_TEST

START_TEST(the_oldest_documents_can_be_committed_to)
{
    g_autoptr(cJSON) table = parse_text(OLDEST, NULL);
    g_autoptr(cJSON) result =
        fixture_apply(table, "[{'action':'upgrade-format-version','format-version':2},"
                             "{'action':'remove-snapshots','snapshot-ids':[7]}]");

    assert_member(result, "table-uuid", "'" FIXTURE_UUID "'");
    assert_member(result, "last-sequence-number", "0");
    assert_member(result, "current-snapshot-id", "-1");
    assert_absent(result, "schema");
    ck_assert(iceberg_table_validate(result, NULL));
}
END_TEST

START_TEST(a_printed_document_reads_back_the_same)
{
    for (int version = 1; version <= 3; version++) {
        g_autoptr(cJSON) table = fixture_table(version);
        g_autofree char *text = json_print_compact(table);
        g_autoptr(GError) error = NULL;
        g_autoptr(cJSON) again = iceberg_table_parse(text, strlen(text), &error);

        ck_assert_msg(again != NULL, "%s", error != NULL ? error->message : "");
        ck_assert(json_equal(again, table));
    }
}
END_TEST

/* A sound document with the member at `key` replaced, or removed where value is NULL. */
static void
assert_unsound(const char *key, const char *value, const char *part)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autoptr(cJSON) again = NULL;

    if (value == NULL)
        json_object_remove(table, key);
    else
        json_object_set(table, key, fixture_json(value));
    text = json_print_compact(table);
    again = iceberg_table_parse(text, strlen(text), &error);
    ck_assert_msg(again == NULL, "taken: %s %s", key, value);
    ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_msg(strstr(error->message, part) != NULL, "%s: %s", key, error->message);
}

START_TEST(unsound_documents_are_refused_by_member)
{
    static const char *const required[] = {
        "format-version",  "table-uuid",      "location",          "last-sequence-number",
        "last-updated-ms", "last-column-id",  "current-schema-id", "schemas",
        "default-spec-id", "partition-specs", "last-partition-id", "default-sort-order-id",
        "sort-orders"};

    for (gsize i = 0; i < G_N_ELEMENTS(required); i++) {
        assert_unsound(required[i], NULL, required[i]);
        assert_unsound(required[i], "null", required[i]);
        assert_unsound(required[i], "[[1.5]]", "");
        assert_unsound(required[i], "true", required[i]);
    }
    assert_unsound("format-version", "0", "format-version");
    assert_unsound("format-version", "4", "format-version");
    assert_unsound("table-uuid", "''", "table-uuid");
    assert_unsound("location", "''", "location");
    assert_unsound("last-sequence-number", "-1", "last-sequence-number");
    assert_unsound("last-sequence-number", "0", "last-sequence-number");
    assert_unsound("last-column-id", "9999999999", "last-column-id");
    assert_unsound("current-schema-id", "5", "current-schema-id");
    assert_unsound("default-spec-id", "5", "default-spec-id");
    assert_unsound("default-sort-order-id", "5", "default-sort-order-id");
    assert_unsound("current-snapshot-id", "5", "current-snapshot-id");
    assert_unsound("refs", "[]", "refs");
    assert_unsound("refs", "{'x':{'snapshot-id':5,'type':'branch'}}", "ref");
    assert_unsound("refs", "{'x':5}", "x");
    assert_unsound("snapshots", "[]", "snapshots");
    assert_unsound("snapshots", "{}", "snapshots");
    assert_unsound("snapshot-log", "[1]", "snapshot-log");
    assert_unsound("metadata-log", "[{'timestamp-ms':1}]", "metadata-log");
    assert_unsound("statistics", "[{}]", "statistics");
    assert_unsound("partition-statistics", "7", "partition-statistics");
    assert_unsound("encryption-keys", "[{'key-id':1}]", "encryption-keys");
    assert_unsound("properties", "{'a':1}", "properties");
    assert_unsound("properties", "[]", "properties");
}
END_TEST

START_TEST(optional_members_may_be_null)
{
    static const char *const optional[] = {"properties", "snapshot-log",         "metadata-log",
                                           "statistics", "partition-statistics", "encryption-keys"};

    for (gsize i = 0; i < G_N_ELEMENTS(optional); i++) {
        g_autoptr(cJSON) table = fixture_table_with_snapshot();
        g_autofree char *text = NULL;
        g_autoptr(cJSON) again = NULL;

        json_object_set_null(table, optional[i]);
        text = json_print_compact(table);
        again = iceberg_table_parse(text, strlen(text), NULL);
        ck_assert_msg(again != NULL, "%s", optional[i]);
    }
}
END_TEST

START_TEST(text_that_is_no_document_is_refused)
{
    static const char *const texts[] = {"", "7", "[]", "{", "{}", "null", "{'format-version':'2'}"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(parse_text(texts[i], &error));
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

/* ---- thrown at random, from a fixed seed ---- */

static const char random_updates[] =
    "[{'action':'upgrade-format-version','format-version':2},"
    "{'action':'add-schema','schema':{'type':'struct','identifier-field-ids':[1],'fields':["
    "{'id':1,'name':'id','required':true,'type':'long'},{'id':2,'name':'at','required':false,'type'"
    ":'timestamptz'},"
    "{'id':3,'name':'s','required':true,'type':{'type':'struct','fields':[{'id':4,'name':'x','"
    "required':true,"
    "'type':'decimal(4,2)'}]}},{'id':5,'name':'l','required':false,'type':{'type':'list','element-"
    "id':6,"
    "'element':'fixed[3]','element-required':false}},{'id':7,'name':'m','required':false,'type':{'"
    "type':'map',"
    "'key-id':8,'key':'int','value-id':9,'value':'uuid','value-required':false}}]}},"
    "{'action':'set-current-schema','schema-id':-1},"
    "{'action':'add-spec','spec':{'spec-id':3,'fields':[{'name':'xb','transform':'bucket[4]','"
    "source-id':4,"
    "'field-id':1009}]}},{'action':'set-default-spec','spec-id':-1},"
    "{'action':'add-sort-order','sort-order':{'order-id':4,'fields':[{'transform':'day','source-id'"
    ":2,"
    "'direction':'desc','null-order':'nulls-last'}]}},{'action':'set-default-sort-order','sort-"
    "order-id':-1}," FIXTURE_SNAPSHOT(
        "8",
        "2",
        FIXTURE_PARENT(
            FIXTURE_SNAPSHOT_A)) "," FIXTURE_SET_MAIN("8") ","
                                                           "{'action':'set-statistics','statistics'"
                                                           ":{'snapshot-id':8,'statistics-path':'p'"
                                                           ",'file-size-in-bytes':1,"
                                                           "'file-footer-size-in-bytes':1,'blob-"
                                                           "metadata':[{'type':'n','snapshot-id':8,"
                                                           "'sequence-number':2,'fields':[1]}]}},"
                                                           "{'action':'set-properties','updates':{'"
                                                           "k':'v'}},{'action':'remove-properties',"
                                                           "'removals':['a']},"
                                                           "{'action':'remove-snapshots','snapshot-"
                                                           "ids':[5]},{'action':'remove-schemas','"
                                                           "schema-ids':[0]},"
                                                           "{'action':'remove-partition-specs','"
                                                           "spec-ids':[0]},"
                                                           "{'action':'add-encryption-key','"
                                                           "encryption-key':{'key-id':'k','"
                                                           "encrypted-key-metadata':'eA=='}}]";

static guint
count_nodes(const cJSON *value)
{
    guint count = 1;
    const cJSON *child;

    cJSON_ArrayForEach(child, value)
    {
        count += count_nodes(child);
    }
    return count;
}

static cJSON *
random_value(GRand *random)
{
    static const char *const values[] = {
        "null",
        "true",
        "0",
        "-1",
        "1",
        "7",
        "1000",
        "2147483647",
        "2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "1e400",
        "0.5",
        "''",
        "'x'",
        "'struct'",
        "'list'",
        "'map'",
        "'long'",
        "'main'",
        "'tag'",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "{'id':1}",
        "{'type':'map'}",
        "[1,2,3]",
        "{'fields':null}",
        "{'type':'struct','fields':[{'id':1,'name':'q','required':true,'type':'int'}]}"};

    return fixture_json(values[g_rand_int_range(random, 0, G_N_ELEMENTS(values))]);
}

/* Replaces or removes the node number *at below `value`, counted in document order. */
static gboolean
spoil_node(cJSON *value, guint *at, GRand *random)
{
    for (cJSON *child = value->child; child != NULL; child = child->next) {
        if ((*at)-- == 0) {
            cJSON *other;

            if (g_rand_int_range(random, 0, 4) == 0) {
                cJSON_Delete(cJSON_DetachItemViaPointer(value, child));
                return TRUE;
            }
            other = random_value(random);
            if (json_is_object(value))
                json_object_set(value, child->string, other);
            else
                cJSON_ReplaceItemViaPointer(value, child, other);
            return TRUE;
        }
        if (spoil_node(child, at, random))
            return TRUE;
    }
    return FALSE;
}

static void
spoil(cJSON *value, int times, GRand *random)
{
    for (int i = 0; i < times; i++) {
        guint at = (guint)g_rand_int_range(random, 0, (gint32)MAX(count_nodes(value) - 1, 1));

        spoil_node(value, &at, random);
    }
}

static void
use_everything(const cJSON *table, const cJSON *updates)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS + 1000);
    IcebergHiveInput input = {
        .metadata = table, .base = table, .metadata_location = "l", .previous_location = "p"};
    g_auto(IcebergChange) change = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) result = iceberg_table_apply(table, updates, &context, &change, &error);
    g_autoptr(IcebergTableSummary) summary = iceberg_table_summarize(table, result, NULL);
    g_autoptr(GPtrArray) columns = iceberg_table_hive_columns(table, NULL);
    g_autoptr(GHashTable) parameters = iceberg_table_hive_parameters(&input, NULL);
    g_autofree char *printed = json_print_compact(table);
    g_autofree char *filtered = fixture_refs_text(printed, strlen(printed), NULL);
    g_autofree char *directory = iceberg_metadata_directory(table);

    ck_assert_msg((result == NULL) == (error != NULL), "an answer, or an error, and not both");
    iceberg_table_check_requirements(table, updates, NULL);
    iceberg_table_validate(table, NULL);
    /* what was sound before sound updates is sound after them */
    if (result != NULL && iceberg_table_validate(table, NULL)) {
        g_autoptr(GError) unsound = NULL;
        g_autofree char *text = json_print_compact(result);

        ck_assert_msg(iceberg_table_validate(result, &unsound), "%s\n%s",
                      unsound ? unsound->message : "", text);
    }
}

START_TEST(spoilt_updates_never_make_an_unsound_table)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260821);
    g_autoptr(cJSON) table = fixture_table_with_snapshot();

    for (int i = 0; i < 4000; i++) {
        g_autoptr(cJSON) updates = fixture_json(random_updates);

        spoil(updates, g_rand_int_range(random, 0, 4), random);
        use_everything(table, updates);
    }
}
END_TEST

START_TEST(spoilt_documents_are_survived)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    g_autoptr(cJSON) updates = fixture_json(random_updates);

    for (int i = 0; i < 4000; i++) {
        g_autoptr(cJSON) table = fixture_table_with_snapshot();
        g_autofree char *text = NULL;
        g_autoptr(cJSON) parsed = NULL;

        spoil(table, g_rand_int_range(random, 1, 4), random);
        text = json_print_compact(table);
        parsed = iceberg_table_parse(text, strlen(text), NULL);
        use_everything(table, updates);
        if (parsed != NULL)
            use_everything(parsed, updates);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg table metadata");
    TCase *reading = tcase_create("reading");
    TCase *hostile = tcase_create("hostile");

    tcase_add_test(reading, the_oldest_documents_are_filled_in);
    tcase_add_test(reading, the_oldest_documents_can_be_committed_to);
    tcase_add_test(reading, a_printed_document_reads_back_the_same);
    tcase_add_test(reading, unsound_documents_are_refused_by_member);
    tcase_add_test(reading, optional_members_may_be_null);
    tcase_add_test(reading, text_that_is_no_document_is_refused);
    tcase_add_test(hostile, spoilt_updates_never_make_an_unsound_table);
    tcase_add_test(hostile, spoilt_documents_are_survived);
    tcase_set_timeout(hostile, 120);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, hostile);
    return fixture_run(suite);
}
