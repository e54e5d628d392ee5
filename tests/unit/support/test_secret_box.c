/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets at rest: what was sealed opens for its owner alone, with any key of the file, and not at
 * all once a bit of it has changed. */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/secret_box.h"
#include "support/test_suite.h"

static SecretKeys *
keys_of(const char *text, GError **error)
{
    g_autofree char *file = NULL;
    int descriptor = g_file_open_tmp("skep-keys-XXXXXX", &file, NULL);
    SecretKeys *keys;

    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    keys = secret_keys_load(file, error);
    g_unlink(file);
    return keys;
}

START_TEST(what_was_sealed_opens_for_its_owner_alone)
{
    g_autofree char *text = secret_keys_new_text();
    g_autoptr(SecretKeys) keys = keys_of(text, NULL);
    g_autoptr(GError) error = NULL;
    const char *id = secret_keys_sealing_id(keys);
    g_autoptr(GBytes) sealed = secret_keys_seal(keys, "sales", "{\"a\":\"sesame\"}", &error);
    g_autoptr(GBytes) again = secret_keys_seal(keys, "sales", "{\"a\":\"sesame\"}", &error);
    g_autofree char *opened = secret_keys_open(keys, id, "sales", sealed, &error);

    ck_assert_str_eq(opened, "{\"a\":\"sesame\"}");
    ck_assert(!g_bytes_equal(sealed, again));
    ck_assert_uint_eq(strlen(id), 16);
    ck_assert_ptr_null(strstr(text, id));
    ck_assert_ptr_null(secret_keys_open(keys, id, "other", sealed, &error));
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INTERNAL);
}
END_TEST

START_TEST(a_changed_or_short_box_does_not_open)
{
    g_autoptr(SecretKeys) keys =
        keys_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F\n", NULL);
    const char *id = secret_keys_sealing_id(keys);
    g_autoptr(GBytes) sealed = secret_keys_seal(keys, "sales", "sesame", NULL);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(sealed, &size);

    ck_assert_uint_eq(size, 12 + strlen("sesame") + 16);
    for (gsize i = 0; i < size; i++) {
        guint8 changed[64];
        g_autoptr(GBytes) box = NULL;
        g_autoptr(GBytes) cut = g_bytes_new(bytes, i);

        memcpy(changed, bytes, size);
        changed[i] ^= 1;
        box = g_bytes_new(changed, size);
        ck_assert_ptr_null(secret_keys_open(keys, id, "sales", box, NULL));
        ck_assert_ptr_null(secret_keys_open(keys, id, "sales", cut, NULL));
    }
}
END_TEST

START_TEST(the_first_key_seals_and_all_of_them_open)
{
    g_autofree char *old_key = secret_keys_new_text();
    g_autofree char *new_key = secret_keys_new_text();
    g_autofree char *both = g_strdup_printf("# keys\n\n %s \r\n%s\n", new_key, old_key);
    g_autoptr(SecretKeys) before = keys_of(old_key, NULL);
    g_autoptr(SecretKeys) after = keys_of(both, NULL);
    g_autoptr(SecretKeys) later = keys_of(new_key, NULL);
    const char *old_id = secret_keys_sealing_id(before);
    g_autoptr(GBytes) sealed = secret_keys_seal(before, "sales", "sesame", NULL);
    g_autofree char *opened = secret_keys_open(after, old_id, "sales", sealed, NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_str_eq(opened, "sesame");
    ck_assert_str_ne(secret_keys_sealing_id(after), old_id);
    ck_assert_str_eq(secret_keys_sealing_id(after), secret_keys_sealing_id(later));
    ck_assert_ptr_null(secret_keys_open(later, old_id, "sales", sealed, &error));
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
}
END_TEST

START_TEST(what_is_no_key_is_told_by_its_line_alone)
{
    static const char *const bad[] = {"",
                                      "# none\n",
                                      "c2hvcnQ=",
                                      "not a key at all",
                                      "00010203",
                                      "000102030405060708090a0b0c0d0e0f1011121314151617"
                                      "18191a1b1c1d1exx"};

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(keys_of(bad[i], &error));
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
        ck_assert(*bad[i] == '\0' || strstr(error->message, bad[i]) == NULL);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("secret box");
    TCase *all = tcase_create("all");

    tcase_add_test(all, what_was_sealed_opens_for_its_owner_alone);
    tcase_add_test(all, a_changed_or_short_box_does_not_open);
    tcase_add_test(all, the_first_key_seals_and_all_of_them_open);
    tcase_add_test(all, what_is_no_key_is_told_by_its_line_alone);
    suite_add_tcase(suite, all);
    return test_run_suite(suite);
}
