/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: no member of a table, a partition or a document that names a place gets past the warehouse,
 * and a document's log deletes nobody else's files. Method: good ones, with one member bent. */
#include <string.h>

#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;
static CatalogIcebergTable *table; /* sales.t */

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
    table = test_catalog_make_iceberg(fixture, "sales", "t");
}

static void
teardown(void)
{
    g_clear_pointer(&table, catalog_iceberg_table_free);
    test_catalog_close(fixture);
}

/* The document of sales.t, with `members` in place of those of the same names. */
static char *
bent_document(const char *members, const char *name)
{
    gsize length;
    const char *text = g_bytes_get_data(table->metadata, &length);
    g_autoptr(cJSON) document = json_parse_object(text, length, G_MAXINT, NULL);
    g_autoptr(cJSON) bent = test_catalog_json(members);
    char *location = g_strconcat("file://", fixture->directory, "/", name, ".metadata.json", NULL);
    g_autofree char *printed = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    const cJSON *member;

    cJSON_ArrayForEach(member, bent)
        json_object_set(document, member->string, json_duplicate(member));
    printed = json_print_compact(document);
    bytes = g_bytes_new(printed, strlen(printed));
    test_assert_ok(warehouse_file_write_new(fixture->warehouse, location, bytes, &error), error);
    return location;
}

#define SNAPSHOT(list)                                                                             \
    "{\"snapshots\":[{\"snapshot-id\":1,\"timestamp-ms\":1,\"sequence-number\":0,\"schema-id\":0," \
    "\"summary\":{\"operation\":\"append\"},\"manifest-list\":\"" list "\"}]}"
#define STATISTICS(path)                                                                           \
    "{\"statistics\":[{\"snapshot-id\":1,\"statistics-path\":\"" path                              \
    "\",\"file-size-in-bytes\":1,\"file-footer-size-in-bytes\":1,\"blob-metadata\":[]}]}"

START_TEST(a_document_that_names_a_place_outside_is_not_registered)
{
    static const char *const bent[] = {
        "{\"location\":\"file:///away/t\"}",
        "{\"location\":\"s3://bucket/t\"}",
        "{\"properties\":{\"write.data.path\":\"file:///away\"}}",
        "{\"properties\":{\"write.metadata.path\":\"file:///away\"}}",
        "{\"properties\":{\"write.object-storage.path\":\"s3://b/x\"}}",
        "{\"properties\":{\"write.folder-storage.path\":\"s3://b/x\"}}",
        "{\"metadata-log\":[{\"timestamp-ms\":1,\"metadata-file\":\"file:///away/1.json\"}]}",
        SNAPSHOT("file:///away/m.avro"),
        STATISTICS("s3://b/x.puffin"),
        "{\"partition-statistics\":[{\"snapshot-id\":1,\"statistics-path\":\"file:///away/p\","
        "\"file-size-in-bytes\":1}]}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bent); i++) {
        g_autofree char *name = g_strdup_printf("bent%" G_GSIZE_FORMAT, i);
        g_autofree char *location = bent_document(bent[i], name);
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogIcebergTable) taken = catalog_iceberg_register(
            fixture->catalog, NULL, NULL, "sales", name, location, FALSE, &error);

        ck_assert_msg(!taken, "%s was taken", bent[i]);
        test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    }
}
END_TEST

START_TEST(a_commit_may_not_name_a_place_outside)
{
    static const char *const updates[] = {
        "[{\"action\":\"set-location\",\"location\":\"file:///away\"}]",
        "[{\"action\":\"set-properties\",\"updates\":{\"write.metadata.path\":\"file:///away\"}}]",
        "[{\"action\":\"add-snapshot\",\"snapshot\":{\"snapshot-id\":1,\"timestamp-ms\":"
        "9000000000000,"
        "\"sequence-number\":1,\"schema-id\":0,\"summary\":{\"operation\":\"append\"},"
        "\"manifest-list\":\"file:///away/m.avro\"}}]",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(updates); i++) {
        g_autoptr(cJSON) update = test_catalog_json(updates[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogIcebergTable) after = catalog_iceberg_commit(
            fixture->catalog, NULL, NULL, "sales", "t", NULL, update, &error);

        ck_assert_msg(!after, "%s was taken", updates[i]);
        test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    }
}
END_TEST

START_TEST(a_log_deletes_no_files_of_others)
{
    g_autoptr(CatalogIcebergTable) victim = test_catalog_make_iceberg(fixture, "sales", "victim");
    g_autofree char *home = g_strconcat("file://", fixture->directory, "/attacker", NULL);
    g_autofree char *members = g_strdup_printf(
        "{\"location\":\"%s\",\"properties\":{\"write.metadata.delete-after-commit.enabled\":"
        "\"true\",\"write.metadata.previous-versions-max\":\"1\"},\"metadata-log\":[{"
        "\"timestamp-ms\":1,\"metadata-file\":\"%s\"}]}",
        home, victim->metadata_location);
    g_autofree char *location = bent_document(members, "attacker/metadata/00001-x");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) taken = catalog_iceberg_register(
        fixture->catalog, NULL, NULL, "sales", "attacker", location, FALSE, &error);
    g_autoptr(CatalogIcebergTable) first = NULL;
    g_autoptr(CatalogIcebergTable) second = NULL;
    gboolean exists = FALSE;

    test_assert_ok(taken, error);
    first = test_catalog_set_property(fixture, "sales", "attacker", "k", "1", &error);
    second = test_catalog_set_property(fixture, "sales", "attacker", "k", "2", &error);
    test_assert_ok(first && second, error);
    ck_assert(warehouse_file_exists(fixture->warehouse, victim->metadata_location, &exists, NULL));
    ck_assert(exists);
    ck_assert(warehouse_file_exists(fixture->warehouse, location, &exists, NULL));
    ck_assert(!exists); /* its own goes */
}
END_TEST

/* A Hive table with one more word; `where`: p parameters, s SerDe's, d of the storage. */
static CatalogTable *
bent_table(char where, const char *key, const char *value)
{
    CatalogTable *wanted = test_catalog_hive_table("sales", "h");

    catalog_map_set(where == 'p'   ? wanted->parameters
                    : where == 's' ? wanted->storage->serde_parameters
                                   : wanted->storage->parameters,
                    key, value);
    return wanted;
}

START_TEST(a_record_may_not_name_a_place_outside)
{
    static const struct {
        char where;
        const char *key;
        const char *value;
    } bent[] = {
        {'p', "metadata_location",          "file:///away/1.json"},
        {'p', "previous_metadata_location", "s3://b/1.json"      },
        {'p', "write.data.path",            "file:///away"       },
        {'p', "write.metadata.path",        "/away"              },
        {'p', "write.folder-storage.path",  "s3a://b"            },
        {'p', "location",                   "S3N://b"            },
        {'s', "path",                       "file:/away"         },
        {'s', "path",                       "s3://b/x"           },
        {'s', "location",                   "/away"              },
        {'d', "path",                       "/away"              },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bent); i++) {
        g_autoptr(CatalogTable) wanted = bent_table(bent[i].where, bent[i].key, bent[i].value);
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogTable) made =
            catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);

        ck_assert_msg(!made, "%s=%s was taken", bent[i].key, bent[i].value);
        test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    }
}
END_TEST

START_TEST(words_that_name_no_known_store_are_left_alone)
{
    g_autoptr(CatalogTable) wanted = bent_table('s', "path", "topic-7");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = NULL;
    g_autoptr(CatalogTable) bent = NULL;

    catalog_map_set(wanted->storage->parameters, "location", "kafka://somewhere");
    made = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(made, error);
    bent = catalog_table_copy(made);
    catalog_storage_unref(bent->storage);
    bent->storage = catalog_storage_copy(made->storage);
    catalog_map_set(bent->storage->serde_parameters, "path", "file:///away");
    ck_assert(!catalog_table_alter(fixture->catalog, NULL, NULL, "sales", "h", bent, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("location rules");
    TCase *tests = tcase_create("location rules");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_document_that_names_a_place_outside_is_not_registered);
    tcase_add_test(tests, a_commit_may_not_name_a_place_outside);
    tcase_add_test(tests, a_log_deletes_no_files_of_others);
    tcase_add_test(tests, a_record_may_not_name_a_place_outside);
    tcase_add_test(tests, words_that_name_no_known_store_are_left_alone);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
