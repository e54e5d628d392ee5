/* SPDX-License-Identifier: Apache-2.0 */
/* Which locations a warehouse takes: twenty thousand odd ones, made by chance from parts that
 * have fooled others, against a second opinion that is written in another way. */
#include <check.h>
#include <string.h>

#include "skep/warehouse.h"
#include "support/test_suite.h"

enum { TRIES = 20000, PARTS_MAX = 7 };

static const char *const starts[] = {
    "s3://lake",   "s3a://lake",          "S3N://lake",    "s3://lake2",
    "s3://other",  "s3://user:pass@lake", "s3://lake:443", "s3://lake?x=1",
    "s3:lake",     "s3:///lake",          "file:/lake",    "/lake",
    "http://lake", "hdfs://lake",         "gs://lake",     "s3://lake\\",
    "s3://lake#",  "s3://LAKE",           " s3://lake",    "s3://lake%2f",
    "s3://",       "s3://lake\xc3\xa9",   "s3://.lake",    "s3x://lake"};
static const char *const parts[] = {
    "w",   "w1",  "w10", "W",   ".",      "..",           "...",      "%2e%2e", "%2E.",
    "",    "..;", "t1",  "t10", "..%2f",  "w/..",         "\xc3\xa9", "a b",    "a?b",
    "a#b", "*",   "$x",  "\t",  "\\..\\", "\xe2\x80\xae", "\xff",     "w\x7f",  "..\xc2\xad"};

static const char *const prefixes[] = {"s3://lake/w/w1", "s3a://lake/t1", NULL};

/* The rule in its plainest words: the text must begin with one of the prefixes as it stands, the
 * scheme apart, and end there or go on with a slash; no part of it is a dot or two; nothing in it
 * is no text. */
static gboolean
is_allowed(const char *text)
{
    static const char *const schemes[] = {"s3://", "s3a://", "s3n://"};
    static const char *const allowed[] = {"lake/w/w1", "lake/t1"};
    g_auto(GStrv) all = g_strsplit(text, "/", -1);
    const char *rest = NULL;

    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *c = text; *c; c++) {
        if ((guchar)*c < 0x20 || *c == 0x7f)
            return FALSE;
    }
    for (char **part = all; *part; part++) {
        if (g_str_equal(*part, ".") || g_str_equal(*part, ".."))
            return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
            rest = text + strlen(schemes[i]);
    }
    if (!rest)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++) {
        /* slashes before the first part of a key do not count */
        const char *key = strchr(rest, '/');
        g_autofree char *plain =
            key ? g_strdup_printf("%.*s/%s", (int)(key - rest), rest, key + strspn(key, "/"))
                : g_strdup(rest);
        gsize length = strlen(allowed[i]);

        if (strncmp(plain, allowed[i], length) == 0 &&
            (plain[length] == '\0' || plain[length] == '/'))
            return TRUE;
    }
    return FALSE;
}

static char *
odd_location(GRand *chance)
{
    GString *text = g_string_new(starts[g_rand_int_range(chance, 0, G_N_ELEMENTS(starts))]);
    gint n = g_rand_int_range(chance, 0, PARTS_MAX);

    if (g_rand_int_range(chance, 0, 2)) { /* near a prefix, where mistakes would be */
        static const char *const near[] = {"s3://lake/w/w1", "s3a://lake/t1", "S3N://lake//w/w1"};

        g_string_assign(text, near[g_rand_int_range(chance, 0, G_N_ELEMENTS(near))]);
        if (g_rand_int_range(chance, 0, 3) == 0)
            g_string_append(text, parts[g_rand_int_range(chance, 0, G_N_ELEMENTS(parts))]);
    }
    for (gint i = 0; i < n; i++) {
        g_string_append_c(text, '/');
        g_string_append(text, parts[g_rand_int_range(chance, 0, G_N_ELEMENTS(parts))]);
    }
    return g_string_free(text, FALSE);
}

START_TEST(no_odd_location_leaves_the_prefixes)
{
    WarehouseOptions options = {.root = prefixes[0],
                                .allowed_prefixes = (const char *const *)prefixes + 1};
    g_autoptr(Warehouse) warehouse = warehouse_open(&options, NULL);
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);
    guint taken = 0, refused = 0;

    ck_assert_ptr_nonnull(warehouse);
    for (gint i = 0; i < TRIES; i++) {
        g_autofree char *text = odd_location(chance);
        gboolean allowed = is_allowed(text);

        ck_assert_msg(warehouse_location_check(warehouse, text, NULL) == allowed,
                      "\"%s\" should %sbe allowed", text, allowed ? "" : "not ");
        if (allowed)
            taken++;
        else
            refused++;
    }
    ck_assert_uint_gt(taken, TRIES / 50);
    ck_assert_uint_gt(refused, TRIES / 50);
}
END_TEST

START_TEST(no_odd_path_leaves_a_directory)
{
    WarehouseOptions options = {.root = "file:///lake/w"};
    g_autoptr(Warehouse) warehouse = warehouse_open(&options, NULL);
    static const char *const inside[] = {
        "/lake/w",        "file:/lake/w/t1", "FILE:///lake//w/t",        "file:///lake/w/",
        "/lake/w/%2e%2e", "/lake/w/..;/x",   "file://localhost/lake/w/x"};
    static const char *const outside[] = {
        "/lake/w10", "/lake/w/../x", "/lake/w/./x", "/lake",      "file://host/lake/w",
        "lake/w",    "/lake/w/..",   "file:lake/w", "/lake/W",    "file:/lake/%77",
        "/",         "file:///",     "/lake/w\n/x", "s3://lake/w"};

    for (gsize i = 0; i < G_N_ELEMENTS(inside); i++)
        ck_assert_msg(warehouse_location_check(warehouse, inside[i], NULL), "%s", inside[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(outside); i++)
        ck_assert_msg(!warehouse_location_check(warehouse, outside[i], NULL), "%s", outside[i]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("locations");
    TCase *all = tcase_create("all");

    tcase_set_timeout(all, 60); /* sanitizers, busy machines */
    tcase_add_test(all, no_odd_location_leaves_the_prefixes);
    tcase_add_test(all, no_odd_path_leaves_a_directory);
    suite_add_tcase(suite, all);
    return test_run_suite(suite);
}
