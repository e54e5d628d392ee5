/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a metadata file that a server of this database wrote is told from all others by its name
 * alone. Method: marks of two databases, read and changed. */
#include <check.h>
#include <string.h>

#include "catalog/file_mark.h"
#include "support/test_suite.h"

static char here[] = "0b1e7a52-3c5f-4f7e-9d3a-5a0f4b0c6d11";
static char elsewhere[] = "7c9d2f10-88aa-4b3c-a1b2-c3d4e5f60718";

static char *
location_of(const char *uuid, const char *suffix)
{
    return g_strdup_printf("s3://b/t/metadata/00007-%s%s", uuid, suffix);
}

START_TEST(own_names_are_recognised_plain_and_packed)
{
    for (int i = 0; i < 1000; i++) {
        g_autofree char *uuid = catalog_file_mark_new(here);
        g_autofree char *plain = location_of(uuid, ".metadata.json");
        g_autofree char *packed = location_of(uuid, ".gz.metadata.json");

        ck_assert(g_uuid_string_is_valid(uuid));
        ck_assert(catalog_file_mark_is(here, plain));
        ck_assert(catalog_file_mark_is(here, packed));
        ck_assert(!catalog_file_mark_is(elsewhere, plain));
    }
}
END_TEST

START_TEST(every_mark_is_another)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 1000; i++)
        ck_assert(g_hash_table_add(seen, catalog_file_mark_new(here)));
}
END_TEST

START_TEST(a_name_that_was_changed_or_made_by_others_is_not_own)
{
    static const char *const others[] = {
        "",
        "00001",
        "00001-",
        "00001-short.metadata.json",
        "metadata/v3.metadata.json",
        "00001-5f1e2a3b-0c4d-4e5f-8a9b-0c1d2e3f4a5b.metadata.json",
    };
    g_autofree char *uuid = catalog_file_mark_new(here);
    g_autofree char *longer = location_of(uuid, "0.metadata.json");

    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        ck_assert(!catalog_file_mark_is(here, others[i]));
    ck_assert(!catalog_file_mark_is(here, longer));
    for (gsize at = 0; at < strlen(uuid); at++) {
        g_autofree char *changed = g_strdup(uuid);
        g_autofree char *location = NULL;

        if (changed[at] == '-')
            continue;
        changed[at] = changed[at] == '0' ? '1' : '0';
        location = location_of(changed, ".metadata.json");
        ck_assert(!catalog_file_mark_is(here, location));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("file_mark");
    TCase *tests = tcase_create("file_mark");

    tcase_add_test(tests, own_names_are_recognised_plain_and_packed);
    tcase_add_test(tests, every_mark_is_another);
    tcase_add_test(tests, a_name_that_was_changed_or_made_by_others_is_not_own);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
