/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers and metadata files that no longer fit together, on a real PostgreSQL and real files:
 * what is found, that looking changes nothing, that a repair does what it said or nothing, and that
 * the clean-up takes lost files alone. The damage is done to rows and files directly; files are
 * made old where only old ones count. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/file_mark.h"
#include "catalog/sweep.h"
#include "skep/catalog_fsck.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define HOUR_S 3600
#define DAY_S  (24 * HOUR_S)

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static const char *
path_of(const char *location)
{
    return location + strlen("file://");
}

static void
make_old(const char *location, gint64 age_s)
{
    struct timespec times[2];

    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= age_s;
    times[1] = times[0];
    ck_assert_int_eq(utimensat(AT_FDCWD, path_of(location), times, 0), 0);
}

/* A table with three commits after its creation, long known to this catalog; its metadata files are
 * two days old. The locations, oldest first. */
static GPtrArray *
make_table(const char *name)
{
    GPtrArray *locations = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "sales", name);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(locations, g_strdup(made->metadata_location));
    for (int i = 0; i < 3; i++) {
        g_autofree char *value = g_strdup_printf("%d", i);
        g_autoptr(CatalogIcebergTable) changed =
            test_catalog_set_property(fixture, "sales", name, "k", value, &error);

        test_assert_ok(changed != NULL, error);
        g_ptr_array_add(locations, g_strdup(changed->metadata_location));
    }
    for (guint i = 0; i < locations->len; i++)
        make_old(locations->pdata[i], 2 * DAY_S);
    g_free(test_postgres_run("UPDATE skep.commits SET committed_ms = committed_ms - 864000000"));
    return locations;
}

static GPtrArray *
look(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *next = NULL;
    const CatalogPage page = {0};
    GPtrArray *findings = catalog_fsck_page(fixture->catalog, NULL, "sales", &page, &next, &error);

    test_assert_ok(findings != NULL, error);
    ck_assert_ptr_null(next);
    return findings;
}

static CatalogFinding *
only_finding(GPtrArray *findings, CatalogFindingKind kind)
{
    CatalogFinding *finding;

    ck_assert_uint_eq(findings->len, 1);
    finding = findings->pdata[0];
    ck_assert_str_eq(catalog_finding_kind_name(finding->kind), catalog_finding_kind_name(kind));
    return finding;
}

static void
repair(const CatalogFinding *finding)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *did = NULL;

    test_assert_ok(catalog_fsck_repair(fixture->catalog, NULL, NULL, finding, &did, &error), error);
    ck_assert_ptr_nonnull(did);
}

static void
assert_pointer(const char *name, const char *location)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_load(fixture->catalog, NULL, "sales", name, &error);

    test_assert_ok(table != NULL, error);
    ck_assert_str_eq(table->metadata_location, location);
}

/* A copy of a metadata file under another name beside it. */
static char *
copy_as(const char *location, const char *name)
{
    g_autofree char *directory = g_path_get_dirname(path_of(location));
    g_autofree char *copy = g_build_filename(directory, name, NULL);
    g_autofree char *content = NULL;
    gsize length;

    ck_assert(g_file_get_contents(path_of(location), &content, &length, NULL));
    ck_assert(g_file_set_contents(copy, content, (gssize)length, NULL));
    return g_strconcat("file://", copy, NULL);
}

static char *
own_name(const char *number)
{
    g_autofree char *uuid = catalog_database_uuid(fixture->catalog, NULL);
    g_autofree char *mark = catalog_file_mark_new(uuid);

    return g_strconcat(number, "-", mark, ".metadata.json", NULL);
}

static char *
add_own_file(const char *location, const char *number, gint64 age_s)
{
    g_autofree char *name = own_name(number);
    char *copy = copy_as(location, name);

    make_old(copy, age_s);
    return copy;
}

static gboolean
is_there(const char *location)
{
    return access(path_of(location), F_OK) == 0;
}

START_TEST(a_sound_table_has_no_findings_and_loses_nothing)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autoptr(GPtrArray) findings = look();
    g_autoptr(GError) error = NULL;
    Sweep sweep;

    ck_assert_uint_eq(findings->len, 0);
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &sweep, &error), error);
    ck_assert_uint_eq(sweep.tables, 1);
    ck_assert_uint_eq(sweep.files_deleted, 0);
    for (guint i = 0; i < locations->len; i++)
        ck_assert(is_there(locations->pdata[i]));
    /* a table's turn comes once a day */
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &sweep, &error), error);
    ck_assert_uint_eq(sweep.tables, 0);
}
END_TEST

START_TEST(a_missing_file_is_found_and_the_pointer_goes_back)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GPtrArray) after = NULL;
    const CatalogFinding *finding;

    ck_assert_int_eq(unlink(path_of(locations->pdata[3])), 0);
    findings = look();
    finding = only_finding(findings, CATALOG_FINDING_POINTER_MISSING);
    ck_assert_str_eq(finding->location, locations->pdata[3]);
    ck_assert_str_eq(finding->target, locations->pdata[2]);
    repair(finding);
    assert_pointer("t", locations->pdata[2]);
    after = look();
    ck_assert_uint_eq(after->len, 0);
}
END_TEST

/* PostgreSQL is restored to an earlier time than the files. */
static void
forget_commits_after(const char *location)
{
    g_autofree char *sql = g_strdup_printf(
        "UPDATE skep.tables SET metadata_location = '%s', previous_metadata_location = NULL;"
        "DELETE FROM skep.commits WHERE version > (SELECT version FROM skep.commits "
        "WHERE metadata_location = '%s')",
        location, location);

    g_free(test_postgres_run(sql));
}

START_TEST(a_restored_database_is_behind_its_files_and_may_go_forward)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GPtrArray) after = NULL;
    g_autoptr(GError) error = NULL;
    Sweep sweep;

    forget_commits_after(locations->pdata[1]);
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &sweep, &error), error);
    ck_assert_uint_eq(sweep.files_deleted, 0);
    findings = look();
    ck_assert_str_eq(only_finding(findings, CATALOG_FINDING_POINTER_BEHIND)->target,
                     locations->pdata[3]);
    assert_pointer("t", locations->pdata[1]); /* looking changed nothing */
    repair(findings->pdata[0]);
    assert_pointer("t", locations->pdata[3]);
    after = look();
    ck_assert_uint_eq(after->len, 0);
}
END_TEST

START_TEST(a_repair_of_what_has_changed_meanwhile_is_refused)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(CatalogIcebergTable) moved = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *did = NULL;

    forget_commits_after(locations->pdata[1]);
    findings = look();
    moved = test_catalog_set_property(fixture, "sales", "t", "k", "new", &error);
    test_assert_ok(moved != NULL, error);
    ck_assert(!catalog_fsck_repair(fixture->catalog, NULL, NULL, findings->pdata[0], &did, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    assert_pointer("t", moved->metadata_location);
}
END_TEST

START_TEST(a_lost_file_is_found_swept_when_old_and_no_other_is)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autofree char *lost = add_own_file(locations->pdata[1], "00002", 4 * DAY_S);
    g_autofree char *fresh = add_own_file(locations->pdata[1], "00002", 2 * HOUR_S);
    g_autofree char *young = add_own_file(locations->pdata[1], "00002", 0);
    g_autofree char *ahead = add_own_file(locations->pdata[0], "00009", 4 * DAY_S);
    g_autofree char *foreign =
        copy_as(locations->pdata[1], "00002-5f1e2a3b-0c4d-4e5f-8a9b-0c1d2e3f4a5b.metadata.json");
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) error = NULL;
    guint unclaimed = 0, others = 0;
    Sweep sweep;

    make_old(foreign, 4 * DAY_S);
    findings = look();
    for (guint i = 0; i < findings->len; i++) {
        const CatalogFinding *finding = findings->pdata[i];

        ck_assert_str_ne(finding->location, young);
        unclaimed += finding->kind == CATALOG_FINDING_FILE_UNCLAIMED;
        others += finding->kind == CATALOG_FINDING_FILE_FOREIGN;
    }
    ck_assert_uint_eq(unclaimed, 2);
    ck_assert_uint_eq(others, 2);
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &sweep, &error), error);
    ck_assert_uint_eq(sweep.files_deleted, 1);
    ck_assert(!is_there(lost));
    ck_assert(is_there(fresh) && is_there(young) && is_there(ahead) && is_there(foreign));
    for (guint i = 0; i < locations->len; i++)
        ck_assert(is_there(locations->pdata[i]));
}
END_TEST

START_TEST(an_unclaimed_file_is_deleted_when_asked_for)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autofree char *lost = add_own_file(locations->pdata[1], "00002", 2 * HOUR_S);
    g_autoptr(GPtrArray) findings = look();
    CatalogFinding *finding = only_finding(findings, CATALOG_FINDING_FILE_UNCLAIMED);
    g_autoptr(GError) error = NULL;
    g_autofree char *did = NULL;

    repair(finding);
    ck_assert(!is_there(lost));
    assert_pointer("t", locations->pdata[3]);
    /* A client cannot name a file that is needed. */
    g_free(finding->location);
    finding->location = g_strdup(locations->pdata[3]);
    ck_assert(!catalog_fsck_repair(fixture->catalog, NULL, NULL, finding, &did, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert(is_there(locations->pdata[3]));
}
END_TEST

START_TEST(files_that_were_made_from_one_another_are_no_lost_ones)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autofree char *first = add_own_file(locations->pdata[0], "00001", 4 * DAY_S);
    g_autofree char *second = add_own_file(locations->pdata[1], "00002", 4 * DAY_S);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    Sweep sweep;
    g_autofree char *base_name = g_path_get_basename(first);
    g_autofree char *old_name = g_path_get_basename(locations->pdata[0]);
    g_auto(GStrv) pieces = NULL;
    g_autofree char *changed = NULL;

    ck_assert(g_file_get_contents(path_of(second), &content, NULL, NULL));
    pieces = g_strsplit(content, old_name, -1);
    ck_assert_uint_gt(g_strv_length(pieces), 1);
    changed = g_strjoinv(base_name, pieces);
    ck_assert(g_file_set_contents(path_of(second), changed, -1, NULL));
    make_old(second, 4 * DAY_S);
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &sweep, &error), error);
    ck_assert_uint_eq(sweep.files_deleted, 0);
    ck_assert(is_there(first) && is_there(second));
}
END_TEST

START_TEST(a_table_that_nothing_names_is_registered_again)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    const CatalogTableDropOptions keep = {.kind = -1};
    g_autoptr(GPtrArray) kept = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) error = NULL;

    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "sales", "t", &keep, &error), error);
    kept = look();
    ck_assert_uint_eq(kept->len, 0); /* it can still be taken back */
    g_free(test_postgres_run("TRUNCATE skep.dropped_tables"));
    findings = look();
    ck_assert_str_eq(only_finding(findings, CATALOG_FINDING_TABLE_LOST)->target,
                     locations->pdata[3]);
    repair(findings->pdata[0]);
    assert_pointer("t", locations->pdata[3]);
}
END_TEST

START_TEST(a_log_that_names_a_missing_file_is_told)
{
    g_autoptr(GPtrArray) locations = make_table("t");
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *did = NULL;

    ck_assert_int_eq(unlink(path_of(locations->pdata[1])), 0);
    findings = look();
    ck_assert_str_eq(only_finding(findings, CATALOG_FINDING_LOG_MISSING)->location,
                     locations->pdata[1]);
    ck_assert(!catalog_fsck_repair(fixture->catalog, NULL, NULL, findings->pdata[0], &did, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("fsck");
    TCase *tests = tcase_create("fsck");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_sound_table_has_no_findings_and_loses_nothing);
    tcase_add_test(tests, a_missing_file_is_found_and_the_pointer_goes_back);
    tcase_add_test(tests, a_restored_database_is_behind_its_files_and_may_go_forward);
    tcase_add_test(tests, a_repair_of_what_has_changed_meanwhile_is_refused);
    tcase_add_test(tests, a_lost_file_is_found_swept_when_old_and_no_other_is);
    tcase_add_test(tests, an_unclaimed_file_is_deleted_when_asked_for);
    tcase_add_test(tests, files_that_were_made_from_one_another_are_no_lost_ones);
    tcase_add_test(tests, a_table_that_nothing_names_is_registered_again);
    tcase_add_test(tests, a_log_that_names_a_missing_file_is_told);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
