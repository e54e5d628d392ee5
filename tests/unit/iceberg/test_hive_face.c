/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: Hive Metastore clients see the columns and parameters that Iceberg's own Hive catalog would
 * have written. Method: one schema with every type; one table with a snapshot, and the parameters
 * of an older commit. */
#include "iceberg_fixture.h"

START_TEST(every_type_has_a_hive_type)
{
    static const struct {
        const char *iceberg;
        const char *hive;
    } types[] = {
        {"'boolean'",                                                                 "boolean"                                                                   },
        {"'int'",                                                                     "int"                                                                       },
        {"'long'",                                                                    "bigint"                                                                    },
        {"'float'",                                                                   "float"                                                                     },
        {"'double'",                                                                  "double"                                                                    },
        {"'date'",                                                                    "date"                                                                      },
        {"'time'",                                                                    "string"                                                                    },
        {"'timestamp'",                                                               "timestamp"                                                                 },
        {"'timestamptz'",                                                             "timestamp with local time zone"                                            },
        {"'timestamp_ns'",                                                            "timestamp"                                                                 },
        {"'timestamptz_ns'",                                                          "timestamp with local time zone"                                            },
        {"'string'",                                                                  "string"                                                                    },
        {"'uuid'",                                                                    "string"                                                                    },
        {"'binary'",                                                                  "binary"                                                                    },
        {"'fixed[16]'",                                                               "binary"                                                                    },
        {"'decimal(38, 10)'",                                                         "decimal(38,10)"                                                            },
        {"'unknown'",                                                                 "unknown"                                                                   },
        {"'variant'",                                                                 "unknown"                                                                   },
        {"'geometry'",                                                                "unknown"                                                                   },
        {"'geography'",                                                               "unknown"                                                                   },
        {"{'type':'list','element-id':50,'element':'long','element-required':false}",
         "array<bigint>"                                                                                                                                          },
        {"{'type':'map','key-id':50,'key':'string','value-id':51,'value':{'type':'struct','fields':"
         "["
         "{'id':52,'name':'X','required':false,'type':'decimal(4,2)'},{'id':53,'name':'y','"
         "required':true,"
         "'type':{'type':'list','element-id':54,'element':'timestamptz','element-required':true}}]}"
         ","
         "'value-required':true}",                                           "map<string,struct<X:decimal(4,2),y:array<timestamp with local time zone>>>"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *request =
            g_strdup_printf("{'schema':{'type':'struct','fields':[{'id':1,'name':'Col','required':"
                            "false,'doc':'d','type':%s}]},"
                            "'properties':{'format-version':'3'}}",
                            types[i].iceberg);
        g_autoptr(cJSON) table = fixture_create(request);
        g_autoptr(GPtrArray) columns = iceberg_table_hive_columns(table, NULL);
        const IcebergHiveColumn *column = columns->pdata[0];

        ck_assert_str_eq(column->name, "Col");
        ck_assert_str_eq(column->type, types[i].hive);
        ck_assert_str_eq(column->comment, "d");
    }
}
END_TEST

static void
assert_parameter(GHashTable *parameters, const char *key, const char *expected)
{
    const char *found = g_hash_table_lookup(parameters, key);

    if (expected == NULL)
        ck_assert_msg(found == NULL, "%s is %s", key, found);
    else
        ck_assert_msg(found != NULL && strcmp(found, expected) == 0, "%s is %s", key, found);
}

START_TEST(a_commit_leaves_the_parameters_of_icebergs_hive_catalog)
{
    g_autoptr(cJSON) base = fixture_table(2);
    g_autoptr(cJSON) table = fixture_apply(
        base, "[{'action':'add-snapshot','snapshot':{'snapshot-id':" FIXTURE_SNAPSHOT_B
              ",'sequence-number':1,"
              "'timestamp-ms':1700000000500,'manifest-list':'m','summary':{'operation':'append','"
              "total-records':'5',"
              "'total-data-files':'2','total-files-size':'99'}}}," FIXTURE_SET_MAIN(
                  FIXTURE_SNAPSHOT_B) ","
                                      "{'action':'set-properties','updates':{'gc.enabled':'false','"
                                      "HIVE.metastore.table.owner':'o','k':'v'}},"
                                      "{'action':'remove-properties','removals':['a']}]");
    g_autoptr(GHashTable) present = g_hash_table_new(g_str_hash, g_str_equal);
    IcebergHiveInput input = {.metadata = table,
                              .base = base,
                              .metadata_location = "new",
                              .previous_location = "old",
                              .parameters = present};
    g_autoptr(GHashTable) parameters = NULL;

    g_hash_table_insert(present, (gpointer) "a", (gpointer) "1");
    g_hash_table_insert(present, (gpointer) "other", (gpointer) "stays");
    g_hash_table_insert(present, (gpointer) "storage_handler", (gpointer) "x");
    g_hash_table_insert(present, (gpointer) "COLUMN_STATS_ACCURATE", (gpointer) "x");
    g_hash_table_insert(present, (gpointer) "metadata_location", (gpointer) "old");
    parameters = iceberg_table_hive_parameters(&input, NULL);
    assert_parameter(parameters, "table_type", "ICEBERG");
    assert_parameter(parameters, "EXTERNAL", "TRUE");
    assert_parameter(parameters, "metadata_location", "new");
    assert_parameter(parameters, "previous_metadata_location", "old");
    assert_parameter(parameters, "uuid", FIXTURE_UUID);
    assert_parameter(parameters, "current-snapshot-id", FIXTURE_SNAPSHOT_B);
    assert_parameter(parameters, "current-snapshot-timestamp-ms", "1700000000500");
    assert_parameter(
        parameters, "current-snapshot-summary",
        "{\"total-records\":\"5\",\"total-data-files\":\"2\",\"total-files-size\":\"99\"}");
    assert_parameter(parameters, "numFiles", "2");
    assert_parameter(parameters, "numRows", "5");
    assert_parameter(parameters, "totalSize", "99");
    assert_parameter(parameters, "snapshot-count", "1");
    assert_parameter(
        parameters, "default-partition-spec",
        "{\"spec-id\":0,\"fields\":[{\"name\":\"day\",\"transform\":\"day\",\"source-id\":2,"
        "\"field-id\":1000}]}");
    assert_parameter(parameters, "external.table.purge", "false");
    assert_parameter(parameters, "gc.enabled", NULL);
    assert_parameter(parameters, "HIVE.metastore.table.owner", NULL);
    assert_parameter(parameters, "k", "v");
    assert_parameter(parameters, "a", NULL);
    assert_parameter(parameters, "other", "stays");
    assert_parameter(parameters, "storage_handler", NULL);
    assert_parameter(parameters, "COLUMN_STATS_ACCURATE", NULL);
    ck_assert_ptr_nonnull(
        strstr(g_hash_table_lookup(parameters, "current-schema"), "\"timestamptz\""));
    ck_assert_ptr_nonnull(
        strstr(g_hash_table_lookup(parameters, "default-sort-order"), "nulls-first"));
    ck_assert_uint_eq(g_hash_table_size(present), 5);
}
END_TEST

START_TEST(what_is_gone_from_the_document_goes_from_the_parameters)
{
    g_autoptr(cJSON) with = fixture_table_with_snapshot();
    g_autoptr(cJSON) without = fixture_apply(
        with, "[{'action':'remove-snapshot-ref','ref-name':'main'},{'action':'add-spec','spec':{'"
              "fields':[]}},"
              "{'action':'set-default-spec','spec-id':-1},{'action':'add-sort-order','sort-order':{"
              "'fields':[]}},"
              "{'action':'set-default-sort-order','sort-order-id':-1},"
              "{'action':'set-properties','updates':{'engine.hive.enabled':'TRUE'}}]");
    IcebergHiveInput first = {.metadata = with, .metadata_location = "1"};
    g_autoptr(GHashTable) before = iceberg_table_hive_parameters(&first, NULL);
    IcebergHiveInput second = {.metadata = without,
                               .base = with,
                               .metadata_location = "2",
                               .previous_location = "1",
                               .parameters = before};
    g_autoptr(GHashTable) after = iceberg_table_hive_parameters(&second, NULL);

    assert_parameter(before, "current-snapshot-id", FIXTURE_SNAPSHOT_A);
    assert_parameter(before, "previous_metadata_location", NULL);
    assert_parameter(after, "current-snapshot-id", NULL);
    assert_parameter(after, "current-snapshot-summary", NULL);
    assert_parameter(after, "default-partition-spec", NULL);
    assert_parameter(after, "default-sort-order", NULL);
    assert_parameter(after, "storage_handler",
                     "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler");
}
END_TEST

START_TEST(values_over_the_bound_are_left_out)
{
    GString *request = g_string_new("{'schema':{'type':'struct','fields':[");
    g_autoptr(cJSON) table = NULL;
    g_autoptr(GHashTable) parameters = NULL;
    IcebergHiveInput input = {.metadata_location = "1"};

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(request,
                               "%s{'id':%d,'name':'column_%d','required':false,'type':'string'}",
                               i > 0 ? "," : "", i + 1, i);
    table = fixture_create(g_string_append(request, "]}}")->str);
    input.metadata = table;
    parameters = iceberg_table_hive_parameters(&input, NULL);
    assert_parameter(parameters, "current-schema", NULL);
    assert_parameter(parameters, "table_type", "ICEBERG");
    g_string_free(request, TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg hive face");
    TCase *hive = tcase_create("hive");

    tcase_add_test(hive, every_type_has_a_hive_type);
    tcase_add_test(hive, a_commit_leaves_the_parameters_of_icebergs_hive_catalog);
    tcase_add_test(hive, what_is_gone_from_the_document_goes_from_the_parameters);
    tcase_add_test(hive, values_over_the_bound_are_left_out);
    suite_add_tcase(suite, hive);
    return fixture_run(suite);
}
