/* SPDX-License-Identifier: Apache-2.0 */
/* Single files of a file: warehouse: read, written whole or not at all, looked for, deleted. Paths
 * are walked part by part from a trusted directory, so that no symbolic link leads out of it.
 * Caller: warehouse.c. */
#include "warehouse_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_BYTES 65536

static SkepError
errno_fact(int error_number)
{
    switch (error_number) {
    case ENOENT:
        return SKEP_ERROR_NO_SUCH_FILE;
    case EEXIST:
        return SKEP_ERROR_ALREADY_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return SKEP_ERROR_FORBIDDEN;
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EINVAL:
        return SKEP_ERROR_INVALID_ARGUMENT;
    case EFBIG:
        return SKEP_ERROR_TOO_LARGE;
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ESTALE:
        return SKEP_ERROR_UNAVAILABLE;
    }
    return SKEP_ERROR_INTERNAL;
}

gboolean
warehouse_local_fail(GError **error, int error_number, const char *verb, const char *location)
{
    return skep_fail(error, errno_fact(error_number), location, "Cannot %s %s: %s", verb, location,
                     g_strerror(error_number));
}

static int
fail_descriptor(GError **error, int error_number, const char *verb, const char *location)
{
    warehouse_local_fail(error, error_number, verb, location);
    return -1;
}

/* Directories are entered with O_PATH: passing through needs no right to read. */
static int
open_base(const WarehouseLocalPath *path, WarehouseMake make, GError **error)
{
    const char *base = *path->base ? path->base : "/";
    int descriptor = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (descriptor < 0 && errno == ENOENT && make != WAREHOUSE_MAKE_NONE) {
        if (g_mkdir_with_parents(base, 0777) != 0)
            return fail_descriptor(error, errno, "make the directory of", path->location);
        descriptor = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    if (descriptor < 0)
        return fail_descriptor(error, errno, "enter", path->location);
    return descriptor;
}

/* A new directory entry is on disk only when the directory that holds it has been synced. */
static gboolean
sync_directory(int directory)
{
    int readable = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean synced = readable >= 0 && fsync(readable) == 0;
    int saved = errno;

    if (readable >= 0)
        close(readable);
    errno = saved;
    return synced;
}

static gboolean
part_is_link(int directory, const char *part)
{
    struct stat status;

    return fstatat(directory, part, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

static int
enter_part(int directory,
           const char *part,
           const WarehouseLocalPath *path,
           WarehouseMake make,
           GError **error)
{
    int flags = O_PATH | O_DIRECTORY | O_CLOEXEC | (path->trust_links ? 0 : O_NOFOLLOW);
    int next = openat(directory, part, flags);

    if (next < 0 && errno == ENOENT && make != WAREHOUSE_MAKE_NONE) {
        if (mkdirat(directory, part, 0777) != 0 && errno != EEXIST)
            return fail_descriptor(error, errno, "make the directory of", path->location);
        if (make == WAREHOUSE_MAKE_DURABLE && !sync_directory(directory))
            return fail_descriptor(error, errno, "sync the directory of", path->location);
        next = openat(directory, part, flags);
    }
    if (next >= 0)
        return next;
    if ((errno == ENOTDIR || errno == ELOOP) && part_is_link(directory, part)) {
        skep_fail(error, SKEP_ERROR_FORBIDDEN, path->location,
                  "%s passes through a symbolic link inside the warehouse", path->location);
        return -1;
    }
    return fail_descriptor(error, errno, "enter the directory of", path->location);
}

/* The directory of a file with one call, when all of it is there and no link is on the way; -1: to
 * be walked, which also says what is wrong. */
static int
enter_at_once(int base, const WarehouseLocalPath *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    const char *last = strrchr(path->relative, '/');
    g_autofree char *parent = NULL;

    if (!last || path->trust_links || strstr(path->relative, "//"))
        return -1;
    parent = g_strndup(path->relative, (gsize)(last - path->relative));
    return (int)syscall(SYS_openat2, base, parent, &how, sizeof how);
}

static int
walk_to_parent(int base, const WarehouseLocalPath *path, WarehouseMake make, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(path->relative, "/", -1);
    int directory = base;

    for (char **part = parts; directory >= 0 && *part && part[1]; part++) {
        int next = enter_part(directory, *part, path, make, error);

        if (directory != base)
            close(directory);
        directory = next;
    }
    return directory;
}

int
warehouse_local_open_parent(const WarehouseLocalPath *path,
                            WarehouseMake make,
                            char **out_name,
                            GError **error)
{
    const char *last = strrchr(path->relative, '/');
    int base = open_base(path, make, error);
    int directory;

    if (base < 0)
        return -1;
    directory = enter_at_once(base, path);
    if (directory < 0)
        directory = walk_to_parent(base, path, make, error);
    if (directory != base)
        close(base);
    if (directory >= 0)
        *out_name = g_strdup(last ? last + 1 : *path->relative ? path->relative : ".");
    return directory;
}

/* --- reading -------------------------------------------------------------------------------------
 */

static gboolean
stream_descriptor(
    int file, const WarehouseLocalPath *path, WarehouseSink sink, gpointer data, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, path->location,
                         "%s is not a plain file", path->location);
    for (;;) {
        ssize_t count = read(file, buffer, READ_BYTES);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return warehouse_local_fail(error, errno, "read", path->location);
        if (count == 0)
            return TRUE;
        if (!sink(buffer, (gsize)count, data, error))
            return FALSE;
    }
}

gboolean
warehouse_local_stream(const WarehouseLocalPath *path,
                       WarehouseSink sink,
                       gpointer data,
                       GError **error)
{
    g_autofree char *name = NULL;
    int directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_NONE, &name, error);
    gboolean read;
    int file, saved;

    if (directory < 0)
        return FALSE;
    /* O_NONBLOCK: a FIFO somebody put there must not hold the worker. */
    file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    saved = errno;
    close(directory);
    if (file < 0)
        return warehouse_local_fail(error, saved, "read", path->location);
    read = stream_descriptor(file, path, sink, data, error);
    close(file);
    return read;
}

gboolean
warehouse_local_exists(const WarehouseLocalPath *path, gboolean *out_exists, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *name = NULL;
    int directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_NONE, &name, &failure);
    struct stat status;
    int outcome, saved;

    if (directory < 0) {
        if (skep_error_fact(failure) != SKEP_ERROR_NO_SUCH_FILE) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        *out_exists = FALSE;
        return TRUE;
    }
    outcome = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW);
    saved = errno;
    close(directory);
    if (outcome != 0 && saved != ENOENT)
        return warehouse_local_fail(error, saved, "look for", path->location);
    *out_exists = outcome == 0;
    return TRUE;
}

/* --- writing -------------------------------------------------------------------------------------
 */

static gboolean
write_all(int file, GBytes *content)
{
    gsize left;
    const guint8 *at = g_bytes_get_data(content, &left);

    while (left > 0) {
        ssize_t count = write(file, at, left);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return FALSE;
        at += count;
        left -= (gsize)count;
    }
    return TRUE;
}

/* Gives the complete file its name only when no other file has it. */
static gboolean
publish(int directory, const char *temporary, const char *name)
{
    if (renameat2(directory, temporary, directory, name, RENAME_NOREPLACE) == 0)
        return TRUE;
    if (errno != EINVAL && errno != ENOSYS)
        return FALSE;
    /* A file system without RENAME_NOREPLACE: a hard link does not replace either. */
    if (linkat(directory, temporary, directory, name, 0) != 0)
        return FALSE;
    unlinkat(directory, temporary, 0);
    return TRUE;
}

/* Nobody is told of the name before both are on disk, so that it may be given first: then a file
 * system with a journal syncs content and name as one, and the directory's sync finds nothing left.
 * A file that a loss of power leaves torn is one that no commit points to. */
static gboolean
publish_durably(int file, int directory, const char *temporary, const char *name, int *out_errno)
{
    if (!publish(directory, temporary, name)) {
        *out_errno = errno;
        unlinkat(directory, temporary, 0);
        return FALSE;
    }
    if (fsync(file) == 0 && sync_directory(directory))
        return TRUE;
    *out_errno = errno;
    unlinkat(directory, name, 0);
    return FALSE;
}

static gboolean
write_and_publish(
    int directory, const char *name, GBytes *content, const char *location, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *temporary = g_strdup_printf(".skep-%s.tmp", uuid);
    int file =
        openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    gboolean written;
    int saved;

    if (file < 0)
        return warehouse_local_fail(error, errno, "write", location);
    written = write_all(file, content);
    saved = errno;
    if (written)
        written = publish_durably(file, directory, temporary, name, &saved);
    else
        unlinkat(directory, temporary, 0);
    close(file);
    return written || warehouse_local_fail(error, saved, "write", location);
}

gboolean
warehouse_local_write_new(const WarehouseLocalPath *path, GBytes *content, GError **error)
{
    g_autofree char *name = NULL;
    int directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_DURABLE, &name, error);
    gboolean written;

    if (directory < 0)
        return FALSE;
    written = write_and_publish(directory, name, content, path->location, error);
    close(directory);
    return written;
}

gboolean
warehouse_local_delete(const WarehouseLocalPath *path, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *name = NULL;
    int directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_NONE, &name, &failure);
    int outcome, saved;

    if (directory < 0) {
        if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE)
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    outcome = unlinkat(directory, name, 0);
    saved = errno;
    close(directory);
    if (outcome != 0 && saved != ENOENT)
        return warehouse_local_fail(error, saved, "delete", path->location);
    return TRUE;
}

gboolean
warehouse_local_directory_make(const WarehouseLocalPath *path, gboolean durable, GError **error)
{
    WarehouseMake make = durable ? WAREHOUSE_MAKE_DURABLE : WAREHOUSE_MAKE_PLAIN;
    g_autofree char *name = NULL;
    int directory = warehouse_local_open_parent(path, make, &name, error);
    int made;

    if (directory < 0)
        return FALSE;
    made = enter_part(directory, name, path, make, error);
    close(directory);
    if (made < 0)
        return FALSE;
    close(made);
    return TRUE;
}
