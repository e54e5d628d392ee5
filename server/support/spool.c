/* SPDX-License-Identifier: Apache-2.0 */
/* Files without a name as a place for bytes. What is taken from the room is counted before it is
 * written, so that many spools that grow at one time stay within the limit together. Callers: both
 * doors and the catalog. */
#include "skep/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/metrics.h"

struct SpoolRoom {
    char *directory; /* NULL: as spool_room_new says */
    guint64 bytes_max;
    guint64 used; /* atomic */
};

struct Spool {
    SpoolRoom *room;
    int file;
    guint64 length;
    gint references; /* atomic */
};

static Metric used_bytes =
    METRIC_GAUGE("skep_spool_bytes", "Bytes of answers that wait on disk for their readers.");

SpoolRoom *
spool_room_new(const char *directory, guint64 bytes_max)
{
    SpoolRoom *room = g_new0(SpoolRoom, 1);
    room->directory = g_strdup(directory);
    room->bytes_max = bytes_max;
    return room;
}

void
spool_room_free(SpoolRoom *room)
{
    if (room == NULL)
        return;
    g_free(room->directory);
    g_free(room);
}

guint64
spool_room_used(const SpoolRoom *room)
{
    return __atomic_load_n(&room->used, __ATOMIC_RELAXED);
}

static gboolean
room_take(SpoolRoom *room, guint64 bytes)
{
    if (__atomic_add_fetch(&room->used, bytes, __ATOMIC_RELAXED) <= room->bytes_max) {
        metric_add(metric_series(&used_bytes, NULL), (double)bytes);
        return TRUE;
    }
    __atomic_sub_fetch(&room->used, bytes, __ATOMIC_RELAXED);
    return FALSE;
}

static void
room_give_back(SpoolRoom *room, guint64 bytes)
{
    __atomic_sub_fetch(&room->used, bytes, __ATOMIC_RELAXED);
    metric_add(metric_series(&used_bytes, NULL), -(double)bytes);
}

/* --- files --- */

/* Not every file system has files that never had a name; one whose name is taken away will do. */
static int
open_nameless(const char *directory)
{
    int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    g_autofree char *name = g_build_filename(directory, "skep-spool-XXXXXX", NULL);
    file = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0)
        unlink(name);
    return file;
}

static int
open_anywhere(const SpoolRoom *room)
{
    const char *const places[] = {g_getenv("TMPDIR"), "/var/tmp", "/tmp"};
    if (room->directory != NULL)
        return open_nameless(room->directory);
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        int file = places[i] != NULL ? open_nameless(places[i]) : -1;
        if (file >= 0)
            return file;
    }
    return -1;
}

Spool *
spool_new(SpoolRoom *room, GError **error)
{
    int file = open_anywhere(room);
    if (file < 0)
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                              "There is no place on disk for a long answer (setting spool_dir): %s",
                              g_strerror(errno));
    Spool *spool = g_new0(Spool, 1);
    spool->references = 1;
    spool->room = room;
    spool->file = file;
    return spool;
}

Spool *
spool_ref(Spool *spool)
{
    g_atomic_int_inc(&spool->references);
    return spool;
}

void
spool_free(Spool *spool)
{
    if (spool == NULL || !g_atomic_int_dec_and_test(&spool->references))
        return;
    close(spool->file);
    room_give_back(spool->room, spool->length);
    g_free(spool);
}

guint64
spool_length(const Spool *spool)
{
    return spool->length;
}

/* --- bytes --- */

static gboolean
fail_disk(GError **error)
{
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "The disk on which long answers wait for their readers fails: %s",
                     g_strerror(errno));
}

static gboolean
write_at(Spool *spool, guint64 offset, const guint8 *bytes, gsize length, GError **error)
{
    while (length > 0) {
        gssize count = pwrite(spool->file, bytes, length, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail_disk(error);
        bytes += count;
        offset += (guint64)count;
        length -= (gsize)count;
    }
    return TRUE;
}

gboolean
spool_append(Spool *spool, const void *bytes, gsize length, GError **error)
{
    if (!room_take(spool->room, length))
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "Long answers that wait for their readers take all %" G_GUINT64_FORMAT
                         " bytes that they may (setting spool_bytes_max); ask for less, or again",
                         spool->room->bytes_max);
    if (!write_at(spool, spool->length, bytes, length, error)) {
        room_give_back(spool->room, length);
        return FALSE;
    }
    spool->length += length;
    return TRUE;
}

gboolean
spool_patch(Spool *spool, guint64 offset, const void *bytes, gsize length, GError **error)
{
    return write_at(spool, offset, bytes, length, error);
}

gboolean
spool_read(const Spool *spool, guint64 offset, void *bytes, gsize length, GError **error)
{
    guint8 *place = bytes;
    while (length > 0) {
        gssize count = pread(spool->file, place, length, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail_disk(error);
        place += count;
        offset += (guint64)count;
        length -= (gsize)count;
    }
    return TRUE;
}

GBytes *
spool_read_all(const Spool *spool, GError **error)
{
    g_autofree char *bytes = g_malloc(spool->length);
    if (!spool_read(spool, 0, bytes, spool->length, error))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&bytes), spool->length);
}

typedef struct {
    void *bytes;
    gsize length;
} SpoolMap;

static void
unmap(gpointer data)
{
    SpoolMap *map = data;

    munmap(map->bytes, map->length);
    g_free(map);
}

GBytes *
spool_map(const Spool *spool, GError **error)
{
    if (spool->length == 0)
        return g_bytes_new(NULL, 0);
    void *bytes = mmap(NULL, spool->length, PROT_READ, MAP_PRIVATE, spool->file, 0);
    if (bytes == MAP_FAILED) {
        fail_disk(error);
        return NULL;
    }
    SpoolMap *map = g_new(SpoolMap, 1);
    *map = (SpoolMap){bytes, spool->length};
    return g_bytes_new_with_free_func(bytes, spool->length, unmap, map);
}

void
spool_map_rest(GBytes *map)
{
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(map, &length);

    if (length > 0)
        madvise((gpointer)bytes, length, MADV_DONTNEED);
}

void
spool_truncate(Spool *spool, guint64 length)
{
    if (length >= spool->length)
        return;
    /* When it fails the disk keeps the bytes a little longer, and what follows is written over
     * them. */
    if (ftruncate(spool->file, (off_t)length) != 0)
        errno = 0;
    room_give_back(spool->room, spool->length - length);
    spool->length = length;
}

gssize
spool_send(const Spool *spool, int socket, guint64 *offset, gsize length_max)
{
    off_t position = (off_t)*offset;
    gssize count =
        sendfile(socket, spool->file, &position, MIN(length_max, spool->length - *offset));
    if (count > 0)
        *offset += (guint64)count;
    return count;
}
