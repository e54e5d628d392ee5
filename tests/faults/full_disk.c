/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that is full, for whoever loads this before the C library (LD_PRELOAD): no right to mount
 * anything is needed. The file that FULL_DISK_SWITCH names says at each call what is full, a line
 * each, a word and a directory. "blocks": files below it do not grow; what they have may be written
 * over, as on ext4 and xfs. "inodes": nothing can be made below it. "sync": what is written is
 * taken, and lost when it is to be kept, as on NFS or with a quota. No file, or an empty one: there
 * is room. Calls within the C library itself (stdio) do not come by here. Used by disk.py. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SWITCH_BYTES 4096

/* By system calls alone, which do not come back here. */
static size_t
read_switch(char text[static SWITCH_BYTES])
{
    const char *name = getenv("FULL_DISK_SWITCH");
    int file = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    long count = file < 0 ? 0 : syscall(SYS_read, file, text, SWITCH_BYTES - 1);

    if (file >= 0)
        syscall(SYS_close, file);
    text[count > 0 ? count : 0] = '\0';
    return count > 0 ? (size_t)count : 0;
}

static bool
is_within(const char *path, const char *directory, size_t length)
{
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool
switch_names(const char *text, const char *word, const char *path)
{
    size_t word_length = strlen(word);

    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");

        if (length > word_length + 1 && strncmp(line, word, word_length) == 0 &&
            line[word_length] == ' ' &&
            is_within(path, line + word_length + 1, length - word_length - 1))
            return true;
        line += length + (line[length] == '\n');
    }
    return false;
}

static bool
descriptor_path(int descriptor, char path[static PATH_MAX])
{
    char link[64];
    ssize_t length;

    if (descriptor == AT_FDCWD)
        return getcwd(path, PATH_MAX) != NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool
descriptor_is_full(int descriptor, const char *word)
{
    char text[SWITCH_BYTES], path[PATH_MAX];

    return read_switch(text) > 0 && descriptor_path(descriptor, path) &&
           switch_names(text, word, path);
}

static bool
entry_is_full(int directory, const char *name)
{
    char text[SWITCH_BYTES], parent[PATH_MAX];
    char path[2 * PATH_MAX];

    if (read_switch(text) == 0)
        return false;
    if (name[0] == '/')
        return switch_names(text, "inodes", name);
    if (!descriptor_path(directory, parent))
        return false;
    snprintf(path, sizeof path, "%s/%s", parent, name);
    return switch_names(text, "inodes", path);
}

/* Whether a write of so many bytes needs a block that the file does not have. At -1: where the
 * descriptor stands. */
static bool
grows(int descriptor, off_t at, size_t count)
{
    struct stat status;

    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    if (at < 0)
        at =
            fcntl(descriptor, F_GETFL) & O_APPEND ? status.st_size : lseek(descriptor, 0, SEEK_CUR);
    return at + (off_t)count > status.st_size;
}

static bool
is_refused(int descriptor, off_t at, size_t count)
{
    int saved = errno;
    bool refused = grows(descriptor, at, count) && descriptor_is_full(descriptor, "blocks");

    errno = refused ? ENOSPC : saved;
    return refused;
}

static size_t
sum(const struct iovec *parts, int count)
{
    size_t bytes = 0;

    for (int i = 0; i < count; i++)
        bytes += parts[i].iov_len;
    return bytes;
}

/* --- writing --- */

ssize_t
write(int descriptor, const void *bytes, size_t count)
{
    return is_refused(descriptor, -1, count) ? -1 : syscall(SYS_write, descriptor, bytes, count);
}

ssize_t
writev(int descriptor, const struct iovec *parts, int count)
{
    return is_refused(descriptor, -1, sum(parts, count))
               ? -1
               : syscall(SYS_writev, descriptor, parts, count);
}

ssize_t
pwrite64(int descriptor, const void *bytes, size_t count, off_t at)
{
    return is_refused(descriptor, at, count) ? -1
                                             : syscall(SYS_pwrite64, descriptor, bytes, count, at);
}

ssize_t
pwrite(int descriptor, const void *bytes, size_t count, off_t at)
{
    return pwrite64(descriptor, bytes, count, at);
}

ssize_t
pwritev64(int descriptor, const struct iovec *parts, int count, off_t at)
{
    return is_refused(descriptor, at, sum(parts, count))
               ? -1
               : syscall(SYS_pwritev, descriptor, parts, count, at, 0L);
}

ssize_t
pwritev(int descriptor, const struct iovec *parts, int count, off_t at)
{
    return pwritev64(descriptor, parts, count, at);
}

int
fallocate64(int descriptor, int mode, off_t at, off_t count)
{
    return is_refused(descriptor, at, (size_t)count)
               ? -1
               : (int)syscall(SYS_fallocate, descriptor, mode, at, count);
}

int
fallocate(int descriptor, int mode, off_t at, off_t count)
{
    return fallocate64(descriptor, mode, at, count);
}

/* Which returns its error, and leaves errno alone. */
int
posix_fallocate64(int descriptor, off_t at, off_t count)
{
    int saved = errno;
    int failure = fallocate64(descriptor, 0, at, count) == 0 ? 0 : errno;

    errno = saved;
    return failure;
}

int
posix_fallocate(int descriptor, off_t at, off_t count)
{
    return posix_fallocate64(descriptor, at, count);
}

int
ftruncate64(int descriptor, off_t length)
{
    return is_refused(descriptor, length, 0) ? -1 : (int)syscall(SYS_ftruncate, descriptor, length);
}

int
ftruncate(int descriptor, off_t length)
{
    return ftruncate64(descriptor, length);
}

/* --- keeping --- */

static int
sync_by(long call, int descriptor)
{
    int saved = errno;

    if (descriptor_is_full(descriptor, "sync")) {
        errno = ENOSPC;
        return -1;
    }
    errno = saved;
    return (int)syscall(call, descriptor);
}

int
fsync(int descriptor)
{
    return sync_by(SYS_fsync, descriptor);
}

int
fdatasync(int descriptor)
{
    return sync_by(SYS_fdatasync, descriptor);
}

/* --- making --- */

static int
open_by(int directory, const char *name, int flags, mode_t mode)
{
    bool makes = (flags & O_TMPFILE) == O_TMPFILE ||
                 (flags & O_CREAT && faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0);
    int saved = errno;

    if (makes && entry_is_full(directory, name)) {
        errno = ENOSPC;
        return -1;
    }
    errno = saved;
    return (int)syscall(SYS_openat, directory, name, flags, mode);
}

static mode_t
mode_of(int flags, va_list arguments)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define OPEN_BY(directory, name, flags)                                                            \
    va_list arguments;                                                                             \
    mode_t mode;                                                                                   \
                                                                                                   \
    va_start(arguments, flags);                                                                    \
    mode = mode_of(flags, arguments);                                                              \
    va_end(arguments);                                                                             \
    return open_by(directory, name, flags, mode)

int
open(const char *name, int flags, ...)
{
    OPEN_BY(AT_FDCWD, name, flags);
}

int
open64(const char *name, int flags, ...)
{
    OPEN_BY(AT_FDCWD, name, flags);
}

int
openat(int directory, const char *name, int flags, ...)
{
    OPEN_BY(directory, name, flags);
}

int
openat64(int directory, const char *name, int flags, ...)
{
    OPEN_BY(directory, name, flags);
}

int
mkdirat(int directory, const char *name, mode_t mode)
{
    int saved = errno;

    if (entry_is_full(directory, name)) {
        errno = ENOSPC;
        return -1;
    }
    errno = saved;
    return (int)syscall(SYS_mkdirat, directory, name, mode);
}

int
mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}
