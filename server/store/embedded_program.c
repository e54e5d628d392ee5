/* SPDX-License-Identifier: Apache-2.0 */
/* Where PostgreSQL is installed, and as whom the embedded one runs: it refuses to run as root. */
#include "store/embedded.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "skep/error.h"

#define PATH_PARTS_MAX 64

gboolean
embedded_user_find(EmbeddedUser *out_user, GError **error)
{
    EmbeddedUser user = {.is_other = geteuid() == 0, .uid = geteuid(), .gid = getegid()};
    if (!user.is_other) {
        g_snprintf(user.name, sizeof user.name, "user %u", (guint)user.uid);
        *out_user = user;
        return TRUE;
    }
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwnam_r("postgres", &entry, buffer, sizeof buffer, &found) != 0 || found == NULL) {
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "PostgreSQL does not run as root, and there is no user `postgres` to run "
                         "it as; install postgresql, or start skepd as another user");
    }
    user.uid = entry.pw_uid;
    user.gid = entry.pw_gid;
    user.group_count = EMBEDDED_GROUPS_MAX;
    if (getgrouplist("postgres", entry.pw_gid, user.groups, &user.group_count) < 0) {
        user.group_count = 1;
        user.groups[0] = entry.pw_gid;
    }
    g_strlcpy(user.name, "postgres", sizeof user.name);
    *out_user = user;
    return TRUE;
}

gboolean
embedded_user_become(const EmbeddedUser *user)
{
    return !user->is_other || (setgroups((size_t)user->group_count, user->groups) == 0 &&
                               setgid(user->gid) == 0 && setuid(user->uid) == 0);
}

/* "/", "/var", "/var/lib", ... */
static GPtrArray *
path_and_parents(const char *directory)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    char *path = g_strdup(directory);
    while (paths->len < PATH_PARTS_MAX) {
        g_ptr_array_insert(paths, 0, path);
        if (strcmp(path, "/") == 0 || strcmp(path, ".") == 0) {
            break;
        }
        path = g_path_get_dirname(path);
    }
    return paths;
}

gboolean
embedded_user_can_use(const EmbeddedUser *user, const char *directory, char **out_denied)
{
    g_autoptr(GPtrArray) paths = path_and_parents(directory);
    pid_t child = fork();
    if (child == 0) {
        if (!embedded_user_become(user)) {
            _exit(PATH_PARTS_MAX + 1);
        }
        for (guint i = 0; i < paths->len; i++) {
            int need = i + 1 == paths->len ? R_OK | W_OK | X_OK : X_OK;
            if (access(paths->pdata[i], need) != 0) {
                _exit((int)i + 1);
            }
        }
        _exit(0);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return TRUE; /* somebody else collects children; PostgreSQL will tell */
        }
    }
    guint code = child > 0 && WIFEXITED(status) ? (guint)WEXITSTATUS(status) : 0;
    if (code == 0) {
        return TRUE;
    }
    *out_denied = g_strdup(code <= paths->len ? paths->pdata[code - 1] : directory);
    return FALSE;
}

static void
become_in_child(gpointer data)
{
    if (!embedded_user_become(data)) {
        _exit(127);
    }
}

gboolean
embedded_user_run(const EmbeddedUser *user, const char *const *argv, GError **error)
{
    g_autofree char *said = NULL;
    g_autofree char *complained = NULL;
    g_autoptr(GError) failed = NULL;
    int status = 0;
    g_auto(GStrv) environment = g_get_environ();
    environment = g_environ_setenv(environment, "LC_ALL", "C", TRUE);
    environment = g_environ_unsetenv(environment, "PGDATA");
    if (g_spawn_sync("/", (gchar **)argv, environment, G_SPAWN_DEFAULT, become_in_child,
                     (gpointer)user, &said, &complained, &status, &failed) &&
        g_spawn_check_wait_status(status, &failed)) {
        return TRUE;
    }
    const char *why = complained != NULL && complained[0] != '\0' ? complained : failed->message;
    GError *made = NULL;
    skep_fail(&made, SKEP_ERROR_UNAVAILABLE, NULL, "%s failed: %s", argv[0],
              g_strstrip((char *)why));
    g_propagate_error(error, made);
    return FALSE;
}

/* ---- installed versions ---- */

typedef struct {
    gint wanted; /* 0: the newest */
    gint major;
    char *programs;
} Search;

static void
consider(Search *search, const char *programs, gint major)
{
    g_autofree char *postgres = g_build_filename(programs, "postgres", NULL);
    g_autofree char *initdb = g_build_filename(programs, "initdb", NULL);
    gboolean fits = search->wanted != 0 ? major == search->wanted && search->major == 0
                                        : major >= EMBEDDED_MAJOR_MIN && major > search->major;
    if (fits && g_file_test(postgres, G_FILE_TEST_IS_EXECUTABLE) &&
        g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE)) {
        g_free(search->programs);
        search->programs = g_strdup(programs);
        search->major = major;
    }
}

/* Debian's /usr/lib/postgresql/15/bin and Red Hat's /usr/pgsql-15/bin. */
static void
consider_versioned(Search *search, const char *parent, const char *prefix)
{
    g_autoptr(GDir) entries = g_dir_open(parent, 0, NULL);
    const char *name;
    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        if (g_str_has_prefix(name, prefix)) {
            g_autofree char *programs = g_build_filename(parent, name, "bin", NULL);
            consider(search, programs, atoi(name + strlen(prefix)));
        }
    }
}

/* "postgres (PostgreSQL) 15.3 ..." */
static gint
ask_version(const char *postgres)
{
    const char *argv[] = {postgres, "--version", NULL};
    g_autofree char *said = NULL;
    if (!g_spawn_sync("/", (gchar **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &said,
                      NULL, NULL, NULL)) {
        return 0;
    }
    const char *number = said != NULL ? strstr(said, ") ") : NULL;
    return number != NULL ? atoi(number + 2) : 0;
}

static void
consider_in_path(Search *search)
{
    g_autofree char *found = g_find_program_in_path("postgres");
    if (found != NULL) {
        g_autofree char *real = realpath(found, NULL);
        g_autofree char *programs = g_path_get_dirname(real != NULL ? real : found);
        consider(search, programs, ask_version(found));
    }
}

char *
embedded_program_find(gint major, GError **error)
{
    Search search = {.wanted = major};
    consider_versioned(&search, "/usr/lib/postgresql", "");
    consider_versioned(&search, "/usr", "pgsql-");
    if (search.programs == NULL) {
        consider_in_path(&search);
    }
    if (search.programs != NULL) {
        return search.programs;
    }
    if (major != 0) {
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                              "The embedded database was made by PostgreSQL %d, which is not "
                              "installed; install it (on Debian: apt-get install postgresql-%d)",
                              major, major);
    }
    return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                          "PostgreSQL is not installed, so there is no embedded database; install "
                          "it (on Debian: apt-get install postgresql), or set SKEP_DATABASE_URI");
}
