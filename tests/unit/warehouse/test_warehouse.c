/* SPDX-License-Identifier: Apache-2.0 */
/* The warehouse: which locations are one place, which are allowed, and that files and directories
 * are written, moved and removed without ever leaving the prefixes. On a temporary directory. */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/warehouse.h"
#include "support/test_suite.h"

static char *directory; /* holds wh/ and outside/ */
static Warehouse *warehouse;

static char *
path_of(const char *relative)
{
    return g_build_filename(directory, relative, NULL);
}

static char *
location_of(const char *relative)
{
    return g_strdup_printf("file://%s/wh/%s", directory, relative);
}

static void
setup(void)
{
    g_autofree char *outside = NULL;
    g_autofree char *root = NULL;
    WarehouseOptions options = {.file_bytes_max = 100000};

    directory = g_dir_make_tmp("skep-warehouse-XXXXXX", NULL);
    outside = path_of("outside");
    root = g_strdup_printf("file://%s/wh/", directory);
    g_mkdir(outside, 0755);
    options.root = root;
    warehouse = warehouse_open(&options, NULL);
    ck_assert_ptr_nonnull(warehouse);
}

static void
teardown(void)
{
    const char *argv[] = {"rm", "-rf", "--", directory, NULL};

    warehouse_close(warehouse);
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(directory);
}

#define assert_fact(error, expected)                                                               \
    do {                                                                                           \
        ck_assert_ptr_nonnull(error);                                                              \
        ck_assert_msg(skep_error_fact(error) == (expected), "%s", (error)->message);               \
        g_clear_error(&(error));                                                                   \
    } while (0)

static void
write_file(const char *relative, const char *text)
{
    g_autofree char *location = location_of(relative);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;

    ck_assert_msg(warehouse_file_write_new(warehouse, location, content, &error), "%s",
                  error ? error->message : "");
}

/* --- locations --- */

START_TEST(spellings_of_one_place_are_equal)
{
    ck_assert(warehouse_location_equal("file:/x/y", "file:///x/y/"));
    ck_assert(warehouse_location_equal("/x//y", "file://localhost/x/y"));
    ck_assert(warehouse_location_equal("s3://b/k", "s3a://b/k/"));
    ck_assert(!warehouse_location_equal("s3://b/k", "s3://c/k"));
    ck_assert(!warehouse_location_equal("/x/y", "/x/z"));
    ck_assert(!warehouse_location_equal("/x", "s3://b/x"));
    ck_assert(warehouse_location_is_under("/x/y/z", "file:/x/y"));
    ck_assert(warehouse_location_is_under("/x/y", "/x/y"));
    ck_assert(!warehouse_location_is_under("/x/t1", "/x/t"));
}
END_TEST

START_TEST(every_spelling_of_a_place_has_one_text)
{
    static const char *const spellings[][2] = {
        {"/a/b",            "/a/b"         },
        {"file:/a/b/",      "/a/b"         },
        {"file:///a//b",    "/a/b"         },
        {"s3a://bucket/k/", "s3://bucket/k"},
        {"s3n://bucket/k",  "s3://bucket/k"},
        {"s3://bucket",     "s3://bucket"  },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_autofree char *text = warehouse_location_canonical(spellings[i][0]);

        ck_assert_str_eq(text, spellings[i][1]);
    }
    ck_assert_ptr_null(warehouse_location_canonical("hdfs://host/x"));
    ck_assert_ptr_null(warehouse_location_canonical("file:///a/../b"));
}
END_TEST

START_TEST(data_are_inside_below_the_prefixes_alone)
{
    const char *further[] = {"s3://bucket/wh", NULL};
    WarehouseOptions options = {.root = "file:///wh",
                                .allowed_prefixes = further,
                                .allow_any_file_location = TRUE,
                                .file_bytes_max = 1};
    g_autoptr(Warehouse) any = warehouse_open(&options, NULL);

    ck_assert(warehouse_location_check(any, "/elsewhere/x", NULL));
    ck_assert(warehouse_location_is_inside(any, "/wh/x"));
    ck_assert(warehouse_location_is_inside(any, "s3a://bucket/wh/x"));
    ck_assert(!warehouse_location_is_inside(any, "/elsewhere/x"));
    ck_assert(!warehouse_location_is_inside(any, "/whx"));
    ck_assert(!warehouse_location_is_inside(any, "/wh"));
    ck_assert(!warehouse_location_is_inside(any, "/"));
    ck_assert(!warehouse_location_is_inside(any, "s3://bucket/whx/y"));
    ck_assert(!warehouse_location_is_inside(any, "/wh/../etc/x"));
}
END_TEST

START_TEST(malformed_locations_are_refused)
{
    g_autofree char *endless = g_strnfill(5000, 'a');
    const char *bad[] = {"",        "x/y",    "http://h/x", "file://otherhost/x", "file:x",
                         "/a/../b", "/a/./b", "s3://",      "s3://b/../c",        "s3://b@evil/c",
                         "/a\nb",   "/\xff",  endless};

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_msg(!warehouse_location_check(warehouse, bad[i], &error), "%s", bad[i]);
        assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(only_the_prefixes_are_allowed)
{
    const char *prefixes[] = {"s3://bucket/data", NULL};
    g_autofree char *inside = location_of("a/b");
    g_autofree char *beside = g_strdup_printf("%s/wh2/a", directory);
    WarehouseOptions options = {.root = "file:///srv/wh", .allowed_prefixes = prefixes};
    WarehouseOptions any = {.root = "file:///srv/wh", .allow_any_file_location = TRUE};
    g_autoptr(Warehouse) prefixed = warehouse_open(&options, NULL);
    g_autoptr(Warehouse) open = warehouse_open(&any, NULL);
    g_autoptr(GError) error = NULL;

    ck_assert(warehouse_location_check(warehouse, inside, NULL));
    ck_assert(!warehouse_location_check(warehouse, beside, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert(warehouse_location_check(prefixed, "s3a://bucket/data/t", NULL));
    ck_assert(!warehouse_location_is_served(prefixed, "s3a://bucket/data/t"));
    ck_assert(!warehouse_location_check(prefixed, "s3a://bucket/database", &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(warehouse_file_read(prefixed, "s3://bucket/data/f", &error));
    assert_fact(error, SKEP_ERROR_UNSUPPORTED);
    ck_assert(warehouse_directory_make(prefixed, "s3://bucket/data/t", TRUE, NULL));
    ck_assert(warehouse_location_check(open, "/anywhere/else", NULL));
    ck_assert(!warehouse_location_check(open, "/", &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert(!warehouse_directory_discard(open, "/anywhere/else", TRUE, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(no_two_names_share_a_directory)
{
    const char *names[] = {"a",
                           "a/b",
                           "a-47-b",
                           "a-b",
                           "a.b",
                           "a b",
                           "..",
                           ".",
                           "a%2fb",
                           "x-47/",
                           "x/47-",
                           "a\x1f"
                           "b"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *first = warehouse_namespace_location(warehouse_root(warehouse), "default");
    g_autofree char *table = warehouse_table_location("/wh/d.db/", "a b");

    ck_assert_str_eq(first, warehouse_root(warehouse));
    ck_assert_str_eq(table, "/wh/d.db/a-32-b");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        char *location = warehouse_namespace_location(warehouse_root(warehouse), names[i]);

        ck_assert_msg(warehouse_location_check(warehouse, location, NULL), "%s", location);
        ck_assert_msg(g_hash_table_add(seen, location), "%s", names[i]);
    }
}
END_TEST

/* --- files --- */

START_TEST(a_file_is_written_once_and_read_whole)
{
    g_autofree char *location = location_of("deep/er/f.json");
    g_autofree char *folder = path_of("wh/deep/er");
    g_autoptr(GBytes) again = g_bytes_new_static("other", 5);
    g_autoptr(GBytes) read = NULL;
    g_autoptr(GDir) files = NULL;
    g_autoptr(GError) error = NULL;
    gboolean exists;

    write_file("deep/er/f.json", "hello");
    ck_assert(!warehouse_file_write_new(warehouse, location, again, &error));
    assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    read = warehouse_file_read(warehouse, location, &error);
    ck_assert_mem_eq(g_bytes_get_data(read, NULL), "hello", 5);
    files = g_dir_open(folder, 0, NULL);
    ck_assert_str_eq(g_dir_read_name(files), "f.json");
    ck_assert_ptr_null(g_dir_read_name(files));
    ck_assert(warehouse_file_delete(warehouse, location, NULL));
    ck_assert(warehouse_file_delete(warehouse, location, NULL));
    ck_assert(warehouse_file_exists(warehouse, location, &exists, NULL));
    ck_assert(!exists);
    ck_assert_ptr_null(warehouse_file_read(warehouse, location, &error));
    assert_fact(error, SKEP_ERROR_NO_SUCH_FILE);
}
END_TEST

START_TEST(gzip_by_name_is_packed_unpacked_and_bounded)
{
    g_autofree char *location = location_of("f.gz.metadata.json");
    g_autofree char *path = path_of("wh/f.gz.metadata.json");
    g_autofree char *bomb_path = path_of("wh/bomb.gz");
    g_autofree char *bomb = location_of("bomb.gz");
    g_autofree char *command =
        g_strdup_printf("sh -c 'head -c 10000000 /dev/zero | gzip > %s'", bomb_path);
    g_autofree char *raw = NULL;
    g_autoptr(GBytes) read = NULL;
    g_autoptr(GError) error = NULL;

    write_file("f.gz.metadata.json", "{\"a\": 1}");
    ck_assert(g_file_get_contents(path, &raw, NULL, NULL));
    ck_assert_mem_eq(raw, "\x1f\x8b", 2);
    read = warehouse_file_read(warehouse, location, &error);
    ck_assert_mem_eq(g_bytes_get_data(read, NULL), "{\"a\": 1}", 8);
    ck_assert(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    ck_assert_ptr_null(warehouse_file_read(warehouse, bomb, &error));
    assert_fact(error, SKEP_ERROR_TOO_LARGE);
    g_free(raw);
    raw = NULL;
    ck_assert(g_file_set_contents(bomb_path, "no gzip", -1, NULL));
    ck_assert_ptr_null(warehouse_file_read(warehouse, bomb, &error));
    assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
}
END_TEST

typedef struct {
    GString *text;
    guint pieces, pieces_max;
} Collected;

static gboolean
collect(const void *bytes, gsize length, gpointer data, GError **error)
{
    Collected *collected = data;

    if (collected->pieces++ == collected->pieces_max)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "enough");
    g_string_append_len(collected->text, bytes, (gssize)length);
    return TRUE;
}

START_TEST(a_long_file_comes_in_pieces_and_is_unpacked_on_the_way)
{
    static const char *const names[] = {"long.json", "long.gz.metadata.json"};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    /* what packs well and what does not */
    for (int i = 0; text->len < 99000; i++)
        g_string_append_printf(text, "%u%s", g_str_hash(text->str), i % 2 ? "          " : "");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *location = location_of(names[i]);
        Collected all = {.text = g_string_new(NULL), .pieces_max = 100};
        Collected some = {.text = g_string_new(NULL), .pieces_max = 1};

        write_file(names[i], text->str);
        ck_assert(warehouse_file_stream(warehouse, location, collect, &all, &error));
        ck_assert_str_eq(all.text->str, text->str);
        ck_assert_uint_gt(all.pieces, 1);
        ck_assert(!warehouse_file_stream(warehouse, location, collect, &some, &error));
        assert_fact(error, SKEP_ERROR_UNAVAILABLE);
        g_string_free(all.text, TRUE);
        g_string_free(some.text, TRUE);
    }
}
END_TEST

START_TEST(gzip_that_ends_too_early_is_damaged)
{
    g_autofree char *location = location_of("cut.gz");
    g_autofree char *path = path_of("wh/cut.gz");
    g_autofree char *text = g_strnfill(90000, 'x');
    g_autofree char *packed = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    write_file("cut.gz", text);
    ck_assert(g_file_get_contents(path, &packed, &length, NULL));
    for (gsize kept = 0; kept < length; kept++) {
        ck_assert(g_file_set_contents(path, packed, (gssize)kept, NULL));
        ck_assert_ptr_null(warehouse_file_read(warehouse, location, &error));
        assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
    }
}
END_TEST

START_TEST(large_and_odd_files_are_refused)
{
    g_autofree char *large = location_of("large");
    g_autofree char *large_path = path_of("wh/large");
    g_autofree char *folder = location_of("folder");
    g_autofree char *fifo = location_of("fifo");
    g_autofree char *fifo_path = path_of("wh/fifo");
    g_autofree char *content = g_strnfill(200000, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(content, 200000);
    g_autoptr(GError) error = NULL;

    ck_assert(!warehouse_file_write_new(warehouse, large, bytes, &error));
    assert_fact(error, SKEP_ERROR_TOO_LARGE);
    ck_assert(warehouse_directory_make(warehouse, folder, TRUE, NULL));
    ck_assert(g_file_set_contents(large_path, content, -1, NULL));
    ck_assert_ptr_null(warehouse_file_read(warehouse, large, &error));
    assert_fact(error, SKEP_ERROR_TOO_LARGE);
    ck_assert_ptr_null(warehouse_file_read(warehouse, folder, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(mkfifo(fifo_path, 0600), 0);
    ck_assert_ptr_null(warehouse_file_read(warehouse, fifo, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(links_inside_the_warehouse_lead_nowhere)
{
    g_autofree char *wh = path_of("wh");
    g_autofree char *outside = path_of("outside");
    g_autofree char *secret = path_of("outside/secret");
    g_autofree char *link_path = path_of("wh/link");
    g_autofree char *file_link_path = path_of("wh/t/file-link");
    g_autofree char *deep_path = path_of("wh/t/link");
    g_autofree char *through = location_of("link/secret");
    g_autofree char *through_deep = location_of("t/link/secret");
    g_autofree char *file_link = location_of("t/file-link");
    g_autofree char *linked_folder = location_of("link");
    g_autofree char *folder = location_of("t");
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_autoptr(GError) error = NULL;

    ck_assert(warehouse_directory_make(warehouse, folder, TRUE, NULL));
    ck_assert(g_file_set_contents(secret, "s", -1, NULL));
    ck_assert_int_eq(symlink(outside, link_path), 0);
    ck_assert_int_eq(symlink(secret, file_link_path), 0);
    ck_assert_int_eq(symlink("..", deep_path), 0);
    ck_assert_ptr_null(warehouse_file_read(warehouse, through, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(warehouse_file_read(warehouse, through_deep, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(warehouse_file_read(warehouse, file_link, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert(!warehouse_directory_discard(warehouse, linked_folder, TRUE, &error));
    g_clear_error(&error);
    ck_assert(warehouse_directory_discard(warehouse, folder, TRUE, &error));
    ck_assert(g_file_test(secret, G_FILE_TEST_EXISTS));
    g_free(through);
    through = location_of("link/new");
    ck_assert(!warehouse_file_write_new(warehouse, through, bytes, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

/* --- directories --- */

START_TEST(directories_are_made_counted_moved_and_removed)
{
    g_autofree char *a = location_of("d/a");
    g_autofree char *b = location_of("e/f/b");
    g_autofree char *c = location_of("d/c");
    g_autofree char *gone = location_of("gone");
    g_autofree char *root = location_of("");
    WarehouseUsage usage;
    g_autoptr(GError) error = NULL;
    gboolean exists;

    write_file("d/a/x", "12345");
    write_file("d/a/p=1/y", "67");
    write_file("d/a/_hidden", "1");
    write_file("d/a/.also", "1");
    ck_assert(warehouse_directory_usage(warehouse, a, &usage, &error));
    ck_assert(usage.file_count == 2 && usage.total_bytes == 7);
    ck_assert(warehouse_directory_usage(warehouse, gone, &usage, &error));
    ck_assert(usage.file_count == 0);
    ck_assert(warehouse_directory_move(warehouse, gone, b, &error));
    ck_assert(warehouse_directory_move(warehouse, a, b, &error));
    ck_assert(warehouse_directory_make(warehouse, c, TRUE, &error));
    ck_assert(!warehouse_directory_move(warehouse, b, c, &error));
    assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    ck_assert(warehouse_directory_remove_empty(warehouse, b, &error));
    ck_assert(warehouse_file_exists(warehouse, b, &exists, NULL) && exists);
    ck_assert(warehouse_directory_discard(warehouse, b, TRUE, &error));
    ck_assert(warehouse_directory_discard(warehouse, b, TRUE, &error));
    ck_assert(warehouse_file_exists(warehouse, b, &exists, NULL) && !exists);
    ck_assert(warehouse_directory_remove_empty(warehouse, c, &error));
    ck_assert(warehouse_file_exists(warehouse, c, &exists, NULL) && !exists);
    ck_assert(!warehouse_directory_discard(warehouse, root, TRUE, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

static gboolean
note_entry(const WarehouseEntry *entry, gpointer data, GError **error)
{
    (void)error;
    ck_assert(entry->is_directory || entry->modified_ms > 1500000000000);
    g_ptr_array_add(data,
                    g_strdup_printf("%s %s %d", strrchr(entry->location, '/'),
                                    entry->is_directory ? "directory" : "file", (int)entry->bytes));
    return TRUE;
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean
refuse_entry(const WarehouseEntry *entry, gpointer data, GError **error)
{
    (void)data;
    return skep_fail(error, SKEP_ERROR_TOO_LARGE, entry->location, "enough");
}

START_TEST(a_directory_lists_what_lies_directly_in_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *place = location_of("l");
    g_autofree char *gone = location_of("nothing");

    write_file("l/one", "12345");
    write_file("l/deeper/two", "1");
    write_file("l/.hidden", "");
    ck_assert(warehouse_directory_list(warehouse, place, note_entry, lines, &error));
    g_ptr_array_sort(lines, compare_lines);
    ck_assert_uint_eq(lines->len, 3);
    ck_assert_str_eq(lines->pdata[0], "/.hidden file 0");
    ck_assert_str_eq(lines->pdata[1], "/deeper directory 0");
    ck_assert_str_eq(lines->pdata[2], "/one file 5");
    ck_assert(warehouse_directory_list(warehouse, gone, note_entry, lines, &error));
    ck_assert_uint_eq(lines->len, 3);
    ck_assert(!warehouse_directory_list(warehouse, place, refuse_entry, NULL, &error));
    assert_fact(error, SKEP_ERROR_TOO_LARGE);
}
END_TEST

START_TEST(a_root_directory_is_no_warehouse)
{
    WarehouseOptions options = {.root = "file:///"};
    WarehouseOptions nothing = {0};
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(warehouse_open(&options, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_null(warehouse_open(&nothing, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("warehouse");
    TCase *tests = tcase_create("warehouse");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, spellings_of_one_place_are_equal);
    tcase_add_test(tests, every_spelling_of_a_place_has_one_text);
    tcase_add_test(tests, data_are_inside_below_the_prefixes_alone);
    tcase_add_test(tests, malformed_locations_are_refused);
    tcase_add_test(tests, only_the_prefixes_are_allowed);
    tcase_add_test(tests, no_two_names_share_a_directory);
    tcase_add_test(tests, a_file_is_written_once_and_read_whole);
    tcase_add_test(tests, gzip_by_name_is_packed_unpacked_and_bounded);
    tcase_add_test(tests, a_long_file_comes_in_pieces_and_is_unpacked_on_the_way);
    tcase_add_test(tests, gzip_that_ends_too_early_is_damaged);
    tcase_add_test(tests, large_and_odd_files_are_refused);
    tcase_add_test(tests, links_inside_the_warehouse_lead_nowhere);
    tcase_add_test(tests, directories_are_made_counted_moved_and_removed);
    tcase_add_test(tests, a_directory_lists_what_lies_directly_in_it);
    tcase_add_test(tests, a_root_directory_is_no_warehouse);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
