/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of the embedded PostgreSQL: taken by one process at a time, freed of what a killed
 * predecessor left, and filled by initdb when it is new. Runs no server. */
#include "store/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "skep/error.h"

#define SOCKET_FILE        ".s.PGSQL.5432"
#define LOG_BYTES_MAX      (8 * 1024 * 1024)
#define LOG_TAIL_BYTES     2000
#define GONE_TIMEOUT_US    (40 * G_USEC_PER_SEC)
#define GONE_INSIST_US     (20 * G_USEC_PER_SEC)
#define GONE_LOOK_EVERY_US 20000

static gboolean
fail_with_errno(GError **error, const char *what, const char *path)
{
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "Cannot %s %s: %s", what, path,
                     g_strerror(errno));
}

static gboolean
is_empty(const char *directory)
{
    g_autoptr(GDir) entries = g_dir_open(directory, 0, NULL);
    return entries != NULL && g_dir_read_name(entries) == NULL;
}

/* Makes a directory that belongs to the server's user alone. One that is there changes hands only
 * while it is empty. */
static gboolean
make_private(const EmbeddedUser *user, const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0755) != 0) {
        return fail_with_errno(error, "make the directory", path);
    }
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "%s is no directory", path);
    }
    if (info.st_uid != user->uid) {
        if (!user->is_other || info.st_uid != 0 || !is_empty(path)) {
            return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                             "%s belongs to another user (number %u) and is not empty; give it to "
                             "%s, or choose another SKEP_DATA_DIR",
                             path, (guint)info.st_uid, user->name);
        }
        if (lchown(path, user->uid, user->gid) != 0) {
            return fail_with_errno(error, "give to the user postgres", path);
        }
    }
    if ((info.st_mode & 07777) != 0700 && chmod(path, 0700) != 0) {
        return fail_with_errno(error, "set the mode of", path);
    }
    return TRUE;
}

/* Held until embedded_cluster_clear, or the end of the process, however it ends. */
static gboolean
take_lock(EmbeddedCluster *cluster, GError **error)
{
    g_autofree char *path = g_build_filename(cluster->directory, "lock", NULL);
    cluster->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (cluster->lock_fd < 0) {
        return fail_with_errno(error, "open", path);
    }
    if (flock(cluster->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The directory %s is in use by another skepd; stop it, or choose another "
                         "SKEP_DATA_DIR",
                         cluster->directory);
    }
    return TRUE;
}

/* ---- a former server ---- */

static gboolean
is_postgres_in(const char *pid, const struct stat *cluster)
{
    g_autofree char *cwd = g_build_filename("/proc", pid, "cwd", NULL);
    g_autofree char *comm = g_build_filename("/proc", pid, "comm", NULL);
    struct stat info;
    g_autofree char *name = NULL;
    return stat(cwd, &info) == 0 && info.st_dev == cluster->st_dev &&
           info.st_ino == cluster->st_ino && g_file_get_contents(comm, &name, NULL, NULL) &&
           g_str_has_prefix(name, "postgres");
}

/* A process of a server that still works in the cluster's directory, whether it is its head or not;
 * 0: none. */
static pid_t
find_former_process(const char *cluster)
{
    struct stat info;
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    if (processes == NULL || stat(cluster, &info) != 0) {
        return 0;
    }
    const char *name;
    while ((name = g_dir_read_name(processes)) != NULL) {
        if (g_ascii_isdigit(name[0]) && is_postgres_in(name, &info)) {
            return (pid_t)atoi(name);
        }
    }
    return 0;
}

/* The head of a server that a skepd of ours started here and did not live to stop; 0: none. */
static pid_t
find_orphan(const char *cluster)
{
    g_autofree char *path = g_build_filename(cluster, "postmaster.pid", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return 0;
    }
    pid_t pid = (pid_t)atoi(text);
    g_autofree char *id = g_strdup_printf("%d", (int)pid);
    g_autofree char *command_path = g_build_filename("/proc", id, "cmdline", NULL);
    g_autofree char *command = NULL;
    gsize length = 0;
    struct stat info;
    if (pid <= 1 || stat(cluster, &info) != 0 || !is_postgres_in(id, &info) ||
        !g_file_get_contents(command_path, &command, &length, NULL)) {
        return 0;
    }
    return memmem(command, length, EMBEDDED_CLUSTER_NAME, strlen(EMBEDDED_CLUSTER_NAME)) != NULL
               ? pid
               : 0;
}

static gboolean
wait_for_former_server(const EmbeddedCluster *cluster, GError **error)
{
    pid_t busy = find_former_process(cluster->cluster);
    if (busy == 0) {
        return TRUE;
    }
    pid_t orphan = find_orphan(cluster->cluster);
    gint64 started_us = g_get_monotonic_time();
    gboolean has_insisted = FALSE;
    if (orphan > 0) {
        kill(orphan, SIGINT);
    }
    while (busy != 0 && g_get_monotonic_time() - started_us < GONE_TIMEOUT_US) {
        if (orphan > 0 && !has_insisted && g_get_monotonic_time() - started_us > GONE_INSIST_US) {
            kill(orphan, SIGQUIT);
            has_insisted = TRUE;
        }
        g_usleep(GONE_LOOK_EVERY_US);
        busy = find_former_process(cluster->cluster);
    }
    if (busy == 0) {
        return TRUE;
    }
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "A PostgreSQL server (process %d) is still running in %s; stop it first",
                     (int)busy, cluster->cluster);
}

/* PostgreSQL takes a process of the same number for its former self, and in a container numbers
 * repeat. That nobody works here has just been made sure of. */
static void
remove_stale_files(const EmbeddedCluster *cluster)
{
    g_autofree char *pid_file = g_build_filename(cluster->cluster, "postmaster.pid", NULL);
    g_autofree char *socket = g_build_filename(cluster->socket, SOCKET_FILE, NULL);
    g_autofree char *socket_lock = g_strconcat(socket, ".lock", NULL);
    g_unlink(pid_file);
    g_unlink(socket);
    g_unlink(socket_lock);
}

/* ---- making it ---- */

static gboolean
remove_unfinished(const EmbeddedCluster *cluster, const char *path, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return TRUE;
    }
    const char *argv[] = {"/bin/rm", "-rf", "--", path, NULL};
    return embedded_user_run(&cluster->user, argv, error);
}

/* Under another name first: a cluster that is there is whole. */
static gboolean
make_cluster(const EmbeddedCluster *cluster, GError **error)
{
    g_autofree char *unfinished = g_strconcat(cluster->cluster, ".new", NULL);
    g_autofree char *initdb = g_build_filename(cluster->programs, "initdb", NULL);
    const char *argv[] = {initdb,
                          "--pgdata",
                          unfinished,
                          "--username",
                          EMBEDDED_SUPERUSER,
                          "--encoding",
                          "UTF8",
                          "--locale",
                          "C.UTF-8",
                          "--auth-local",
                          "trust", /* whoever can reach the socket's directory is its owner */
                          "--auth-host",
                          "reject",
                          cluster->without_fsync ? "--no-sync" : NULL,
                          NULL};
    if (!remove_unfinished(cluster, unfinished, error) ||
        !embedded_user_run(&cluster->user, argv, error)) {
        return FALSE;
    }
    if (g_rename(unfinished, cluster->cluster) != 0) {
        return fail_with_errno(error, "rename", unfinished);
    }
    return TRUE;
}

/* The major version that made the cluster; 0: there is none. */
static gint
version_of(const char *cluster)
{
    g_autofree char *path = g_build_filename(cluster, "PG_VERSION", NULL);
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? atoi(text) : 0;
}

/* A socket's path has 107 bytes, and libpq takes a comma for the end of a host; where that does not
 * fit, a short directory of the same user serves, always the same one for the same cluster, so that
 * a killed server leaves no litter. */
static char *
socket_directory(const EmbeddedCluster *cluster)
{
    char *near = g_build_filename(cluster->directory, "socket", NULL);
    if (strchr(near, ',') == NULL &&
        strlen(near) + sizeof "/" SOCKET_FILE <= sizeof((struct sockaddr_un *)NULL)->sun_path) {
        return near;
    }
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, cluster->directory, -1);
    g_free(near);
    return g_strdup_printf("/tmp/skep-%u-%.16s", (guint)cluster->user.uid, digest);
}

static void
rotate_log(const EmbeddedCluster *cluster)
{
    struct stat info;
    if (stat(cluster->log, &info) == 0 && info.st_size > LOG_BYTES_MAX) {
        g_autofree char *older = g_strconcat(cluster->log, ".1", NULL);
        g_rename(cluster->log, older);
    }
}

static gboolean
prepare_directory(EmbeddedCluster *cluster, GError **error)
{
    if (!make_private(&cluster->user, cluster->directory, error)) {
        return FALSE;
    }
    g_autofree char *denied = NULL;
    if (!embedded_user_can_use(&cluster->user, cluster->directory, &denied)) {
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "PostgreSQL runs as %s, which may not use %s; let others pass it (chmod "
                         "o+x), or choose another SKEP_DATA_DIR",
                         cluster->user.name, denied);
    }
    return take_lock(cluster, error) && make_private(&cluster->user, cluster->socket, error);
}

gboolean
embedded_cluster_open(EmbeddedCluster *cluster,
                      const char *directory,
                      gboolean without_fsync,
                      GError **error)
{
    *cluster = (EmbeddedCluster){.lock_fd = -1, .without_fsync = without_fsync};
    if (!embedded_user_find(&cluster->user, error)) {
        return FALSE;
    }
    cluster->directory = g_canonicalize_filename(directory, NULL);
    cluster->cluster = g_build_filename(cluster->directory, "cluster", NULL);
    cluster->log = g_build_filename(cluster->directory, "postgres.log", NULL);
    cluster->socket = socket_directory(cluster);
    if (!prepare_directory(cluster, error) || !wait_for_former_server(cluster, error)) {
        return FALSE;
    }
    cluster->programs = embedded_program_find(version_of(cluster->cluster), error);
    if (cluster->programs == NULL) {
        return FALSE;
    }
    if (version_of(cluster->cluster) == 0 && !make_cluster(cluster, error)) {
        return FALSE;
    }
    remove_stale_files(cluster);
    rotate_log(cluster);
    return TRUE;
}

void
embedded_cluster_clear(EmbeddedCluster *cluster)
{
    if (cluster->lock_fd >= 0) {
        close(cluster->lock_fd);
        cluster->lock_fd = -1;
    }
    g_clear_pointer(&cluster->directory, g_free);
    g_clear_pointer(&cluster->cluster, g_free);
    g_clear_pointer(&cluster->socket, g_free);
    g_clear_pointer(&cluster->log, g_free);
    g_clear_pointer(&cluster->programs, g_free);
}

char *
embedded_cluster_log_tail(const EmbeddedCluster *cluster)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(cluster->log, &text, &length, NULL) || length == 0) {
        return NULL;
    }
    gsize skip = length > LOG_TAIL_BYTES ? length - LOG_TAIL_BYTES : 0;
    return g_strstrip(g_utf8_make_valid(text + skip, (gssize)(length - skip)));
}
