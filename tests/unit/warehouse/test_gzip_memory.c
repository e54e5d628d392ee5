/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a packed document for which zlib finds no memory is not called damaged, and is never read
 * or written in part. Method: a process for each allocation of zlib's, in which that one fails;
 * GLib ends the process for some of them. The program's own inflateInit2_ and deflateInit2_ stand
 * before zlib's and give it another allocator. */
#include <check.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "skep/error.h"
#include "support/test_suite.h"
#include "warehouse/warehouse_private.h"

#define ALLOCATIONS_MAX 50
#define LOCATION        "file:///t/metadata/00001-a.gz.metadata.json"

enum { DONE = 0, REFUSED = 10, WRONG = 42 };

static int allocations;
static int fail_at; /* 0: nothing fails */

static voidpf
take(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return ++allocations == fail_at ? Z_NULL : malloc((size_t)count * size);
}

static void
give(voidpf opaque, voidpf memory)
{
    (void)opaque;
    free(memory);
}

int
inflateInit2_(z_streamp stream, int bits, const char *version, int size)
{
    int (*real)(z_streamp, int, const char *, int);

    *(void **)&real = dlsym(RTLD_NEXT, "inflateInit2_");
    stream->zalloc = take;
    stream->zfree = give;
    return real(stream, bits, version, size);
}

int
deflateInit2_(z_streamp stream,
              int level,
              int method,
              int bits,
              int memory,
              int strategy,
              const char *version,
              int size)
{
    int (*real)(z_streamp, int, int, int, int, int, const char *, int);

    *(void **)&real = dlsym(RTLD_NEXT, "deflateInit2_");
    stream->zalloc = take;
    stream->zfree = give;
    return real(stream, level, method, bits, memory, strategy, version, size);
}

static gboolean
keep(const void *bytes, gsize length, gpointer data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

/* More than a piece, so that zlib needs its window. */
static GBytes *
make_document(void)
{
    g_autoptr(GString) text = g_string_new("{");

    for (int i = 0; text->len < 300000; i++)
        g_string_append_printf(text, "\"key-%d\":\"%u\",", i, (guint)i * 2654435761u);
    return g_string_free_to_bytes(g_steal_pointer(&text));
}

/* Piece by piece, as a file is read. */
static gboolean
unpack(GBytes *packed, GByteArray *out, GError **error)
{
    g_auto(WarehouseUnpacking) unpacking = {.sink = keep, .data = out, .bytes_max = 1 << 20};
    gsize length;
    const guint8 *bytes = g_bytes_get_data(packed, &length);

    warehouse_unpacking_init(&unpacking, LOCATION);
    for (gsize at = 0; at < length; at += 1000)
        if (!warehouse_unpacking_take(bytes + at, MIN(1000, length - at), &unpacking, error))
            return FALSE;
    return warehouse_unpacking_end(&unpacking, error);
}

static int
pack_and_unpack(void)
{
    g_autoptr(GBytes) document = make_document();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) packed = warehouse_gzip_pack(document, &error);
    g_autoptr(GByteArray) out = g_byte_array_new();

    if (!packed || !unpack(packed, out, &error))
        return skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE ? REFUSED : WRONG;
    if (out->len != g_bytes_get_size(document))
        return WRONG;
    return memcmp(out->data, g_bytes_get_data(document, NULL), out->len) == 0 ? DONE : WRONG;
}

/* -1: GLib ended the process, of which nothing is said. */
static int
outcome_with(int failing)
{
    const struct rlimit no_core = {0, 0};
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        allocations = 0;
        fail_at = failing;
        _exit(pack_and_unpack());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(any_allocation_fails)
{
    int needed, refused = 0;

    allocations = 0;
    ck_assert_int_eq(pack_and_unpack(), DONE);
    needed = allocations;
    ck_assert_int_gt(needed, 2); /* it is our allocator that zlib has */
    ck_assert_int_lt(needed, ALLOCATIONS_MAX);
    for (int failing = 1; failing <= needed; failing++) {
        int outcome = outcome_with(failing);

        ck_assert_msg(outcome == -1 || outcome == REFUSED, "allocation %d: %d", failing, outcome);
        refused += outcome == REFUSED;
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_int_eq(outcome_with(needed + 1), DONE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("gzip_memory");
    TCase *tests = tcase_create("documents");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, any_allocation_fails);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
