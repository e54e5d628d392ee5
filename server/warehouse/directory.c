/* SPDX-License-Identifier: Apache-2.0 */
/* Whole directory trees of a file: warehouse: removed, moved and counted, never through a symbolic
 * link. Caller: warehouse_directory.c, which has checked that the tree may be touched. */
#include "warehouse_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each level holds one descriptor open. */
#define TREE_DEPTH_MAX 200

static DIR *
open_tree(int parent, const char *name)
{
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *tree = descriptor >= 0 ? fdopendir(descriptor) : NULL;

    if (!tree && descriptor >= 0)
        close(descriptor);
    return tree;
}

static gboolean
is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static gboolean
remove_tree(int parent, const char *name, int depth)
{
    DIR *tree;
    const struct dirent *entry;
    gboolean removed = TRUE;

    if (depth > TREE_DEPTH_MAX) {
        errno = ELOOP;
        return FALSE;
    }
    tree = open_tree(parent, name);
    if (!tree)
        return errno == ENOENT;
    while (removed && (entry = readdir(tree))) {
        if (is_dots(entry->d_name))
            continue;
        if (unlinkat(dirfd(tree), entry->d_name, 0) == 0 || errno == ENOENT)
            continue;
        removed = (errno == EISDIR || errno == EPERM) &&
                  remove_tree(dirfd(tree), entry->d_name, depth + 1);
    }
    if (!removed) {
        int saved = errno;

        closedir(tree);
        errno = saved;
        return FALSE;
    }
    closedir(tree);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* The directory that holds a path, or -1 with *out_missing set when it is not there. */
static int
open_parent_if_there(const WarehouseLocalPath *path,
                     char **out_name,
                     gboolean *out_missing,
                     GError **error)
{
    g_autoptr(GError) failure = NULL;
    int directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_NONE, out_name, &failure);

    *out_missing = directory < 0 && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE;
    if (directory < 0 && !*out_missing)
        g_propagate_error(error, g_steal_pointer(&failure));
    return directory;
}

gboolean
warehouse_local_directory_delete(const WarehouseLocalPath *path, GError **error)
{
    g_autofree char *name = NULL;
    gboolean missing, removed = FALSE;
    int saved;
    int directory = open_parent_if_there(path, &name, &missing, error);

    if (directory < 0)
        return missing;
    /* A writer that is still at work can put a file where everything was just removed. */
    for (int attempt = 0; attempt < 3 && !removed; attempt++) {
        removed = remove_tree(directory, name, 0);
        if (!removed && errno != ENOTEMPTY && errno != EEXIST)
            break;
    }
    saved = errno;
    close(directory);
    return removed || warehouse_local_fail(error, saved, "delete", path->location);
}

gboolean
warehouse_local_directory_remove_empty(const WarehouseLocalPath *path, GError **error)
{
    g_autofree char *name = NULL;
    gboolean missing;
    int outcome, saved;
    int directory = open_parent_if_there(path, &name, &missing, error);

    if (directory < 0)
        return missing;
    outcome = unlinkat(directory, name, AT_REMOVEDIR);
    saved = errno;
    close(directory);
    return outcome == 0 || saved == ENOENT || saved == ENOTEMPTY || saved == EEXIST ||
           warehouse_local_fail(error, saved, "remove", path->location);
}

gboolean
warehouse_local_directory_is_empty(const WarehouseLocalPath *path)
{
    g_autofree char *name = NULL;
    gboolean missing, empty = TRUE;
    const struct dirent *entry;
    DIR *tree;
    int directory = open_parent_if_there(path, &name, &missing, NULL);

    if (directory < 0)
        return missing;
    tree = open_tree(directory, name);
    if (!tree) {
        empty = errno == ENOENT;
        close(directory);
        return empty;
    }
    while (empty && (entry = readdir(tree)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(tree);
    close(directory);
    return empty;
}

static gboolean
is_in_group(gid_t group)
{
    int count = getgroups(0, NULL);
    g_autofree gid_t *groups = count > 0 ? g_new(gid_t, (gsize)count) : NULL;

    if (group == getegid())
        return TRUE;
    count = groups ? getgroups(count, groups) : 0;
    for (int i = 0; i < count; i++) {
        if (groups[i] == group)
            return TRUE;
    }
    return FALSE;
}

gboolean
warehouse_local_directory_may_go(const WarehouseLocalPath *path, gboolean *out_may, GError **error)
{
    g_autofree char *name = NULL;
    gboolean missing;
    struct stat status;
    int outcome, saved;
    int directory = open_parent_if_there(path, &name, &missing, error);

    if (directory < 0) {
        if (missing)
            *out_may = TRUE;
        return missing;
    }
    outcome = fstat(directory, &status);
    saved = errno;
    close(directory);
    if (outcome != 0)
        return warehouse_local_fail(error, saved, "look at the permissions of", path->location);
    if (status.st_uid == geteuid())
        *out_may = (status.st_mode & S_IWUSR) != 0;
    else
        *out_may = (status.st_mode & (is_in_group(status.st_gid) ? S_IWGRP : S_IWOTH)) != 0;
    return TRUE;
}

static gboolean
fail_move(GError **error,
          int error_number,
          const WarehouseLocalPath *from,
          const WarehouseLocalPath *to)
{
    if (error_number == EEXIST || error_number == ENOTEMPTY)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, to->location,
                         "New location %s exists already", to->location);
    if (error_number == EXDEV)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, to->location,
                         "%s cannot be moved to %s: they are on two file systems", from->location,
                         to->location);
    return warehouse_local_fail(error, error_number, "move", from->location);
}

gboolean
warehouse_local_directory_move(const WarehouseLocalPath *from,
                               const WarehouseLocalPath *to,
                               GError **error)
{
    g_autofree char *from_name = NULL;
    g_autofree char *to_name = NULL;
    gboolean missing;
    struct stat status;
    int outcome, saved, target;
    int source = open_parent_if_there(from, &from_name, &missing, error);

    if (source < 0)
        return missing;
    if (fstatat(source, from_name, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        close(source);
        return TRUE;
    }
    target = warehouse_local_open_parent(to, WAREHOUSE_MAKE_DURABLE, &to_name, error);
    if (target < 0) {
        close(source);
        return FALSE;
    }
    outcome = renameat2(source, from_name, target, to_name, RENAME_NOREPLACE);
    saved = errno;
    close(source);
    close(target);
    return outcome == 0 || fail_move(error, saved, from, to);
}

#define TRASH_NAMES_MAX 100

gboolean
warehouse_local_directory_trash(const WarehouseLocalPath *local,
                                const char *path,
                                const char *trash,
                                GError **error)
{
    g_autofree char *kept = g_strconcat(trash, path, NULL);

    for (int attempt = 0;; attempt++) {
        g_autofree char *name = attempt == 0 ? g_strdup(kept)
                                             : g_strdup_printf("%s.%" G_GINT64_FORMAT ".%d", kept,
                                                               g_get_real_time() / 1000, attempt);
        WarehouseLocalPath target = {
            .base = "", .relative = name + 1, .trust_links = TRUE, .location = name};
        g_autoptr(GError) failure = NULL;

        if (warehouse_local_directory_move(local, &target, &failure))
            return TRUE;
        if (skep_error_fact(failure) != SKEP_ERROR_INVALID_OPERATION ||
            attempt == TRASH_NAMES_MAX) {
            g_propagate_prefixed_error(error, g_steal_pointer(&failure),
                                       "%s was not moved to the trash: ", local->location);
            return FALSE;
        }
    }
}

/* The entries of an open directory, all of them though some cannot be removed; errno of the last
 * failure, or 0. */
static int
remove_entries(DIR *tree)
{
    const struct dirent *entry;
    int failed = 0;

    while ((entry = readdir(tree))) {
        if (is_dots(entry->d_name) || unlinkat(dirfd(tree), entry->d_name, 0) == 0 ||
            errno == ENOENT)
            continue;
        if ((errno != EISDIR && errno != EPERM) || !remove_tree(dirfd(tree), entry->d_name, 1))
            failed = errno;
    }
    return failed;
}

gboolean
warehouse_local_directory_empty(const WarehouseLocalPath *path, GError **error)
{
    g_autofree char *name = NULL;
    DIR *tree;
    int failed, directory;

    if (!warehouse_local_directory_make(path, FALSE, error))
        return FALSE;
    directory = warehouse_local_open_parent(path, WAREHOUSE_MAKE_NONE, &name, error);
    if (directory < 0)
        return FALSE;
    tree = open_tree(directory, name);
    failed = tree ? remove_entries(tree) : errno;
    if (tree)
        closedir(tree);
    close(directory);
    return failed == 0 || warehouse_local_fail(error, failed, "empty", path->location);
}

static gboolean
count_tree(int parent, const char *name, int depth, WarehouseUsage *usage)
{
    DIR *tree;
    const struct dirent *entry;
    gboolean counted = TRUE;
    int saved;

    if (depth > TREE_DEPTH_MAX) {
        errno = ELOOP;
        return FALSE;
    }
    tree = open_tree(parent, name);
    if (!tree)
        return errno == ENOENT;
    while (counted && (entry = readdir(tree))) {
        struct stat status;

        if (*entry->d_name == '.' || *entry->d_name == '_')
            continue;
        if (fstatat(dirfd(tree), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue; /* gone since it was listed */
        if (S_ISREG(status.st_mode)) {
            usage->file_count++;
            usage->total_bytes += status.st_size;
        } else if (S_ISDIR(status.st_mode)) {
            counted = count_tree(dirfd(tree), entry->d_name, depth + 1, usage);
        }
    }
    saved = errno;
    closedir(tree);
    errno = saved;
    return counted;
}

gboolean
warehouse_local_directory_usage(const WarehouseLocalPath *path,
                                WarehouseUsage *out_usage,
                                GError **error)
{
    g_autofree char *name = NULL;
    gboolean missing, counted;
    WarehouseUsage usage = {0};
    int saved;
    int directory = open_parent_if_there(path, &name, &missing, error);

    if (directory < 0) {
        if (missing)
            *out_usage = usage;
        return missing;
    }
    counted = count_tree(directory, name, 0, &usage);
    saved = errno;
    close(directory);
    if (!counted)
        return warehouse_local_fail(error, saved, "count the files of", path->location);
    *out_usage = usage;
    return TRUE;
}

/* --- listing --- */

static gboolean
tell_entry(DIR *tree,
           const char *name,
           const char *location,
           WarehouseEntryFunc func,
           gpointer data,
           GError **error)
{
    g_autofree char *place = NULL;
    WarehouseEntry entry = {0};
    struct stat status;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        fstatat(dirfd(tree), name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
        return TRUE;
    place = g_strconcat(location, g_str_has_suffix(location, "/") ? "" : "/", name, NULL);
    entry.location = place;
    entry.is_directory = S_ISDIR(status.st_mode);
    if (!entry.is_directory) {
        entry.bytes = status.st_size;
        entry.modified_ms = (gint64)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
    }
    return func(&entry, data, error);
}

gboolean
warehouse_local_directory_list(const WarehouseLocalPath *path,
                               WarehouseEntryFunc func,
                               gpointer data,
                               GError **error)
{
    g_autofree char *name = NULL;
    gboolean missing, told = TRUE;
    const struct dirent *entry;
    DIR *tree;
    int saved;
    int directory = open_parent_if_there(path, &name, &missing, error);

    if (directory < 0)
        return missing;
    tree = open_tree(directory, name);
    saved = errno;
    close(directory);
    if (!tree)
        return saved == ENOENT ||
               warehouse_local_fail(error, saved, "list the directory", path->location);
    errno = 0;
    while (told && (entry = readdir(tree))) {
        told = tell_entry(tree, entry->d_name, path->location, func, data, error);
        errno = 0;
    }
    saved = errno;
    closedir(tree);
    if (told && saved != 0)
        return warehouse_local_fail(error, saved, "list the directory", path->location);
    return told;
}
