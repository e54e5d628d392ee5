/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded PostgreSQL while it runs. A thread of its own starts the server, waits for it, and
 * starts it again when it ends without having been told to. That thread lives as long as the
 * program, which matters: the kernel ends the server when the *thread* that made it is gone, and so
 * also when this program is killed. Called by server/main.c. */
#include "store/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "skep/error.h"

#define READY_TIMEOUT_US    (120 * G_USEC_PER_SEC)
#define READY_LOOK_EVERY_US 2000
#define STOP_INSIST_US      (60 * G_USEC_PER_SEC)
#define STOP_KILL_US        (75 * G_USEC_PER_SEC)
#define RESTART_FIRST_US    (G_USEC_PER_SEC / 10)
#define RESTART_MAX_US      (30 * G_USEC_PER_SEC)
#define READY_LINE          7 /* of postmaster.pid, from 0 */

struct StoreEmbedded {
    EmbeddedCluster cluster;
    char *uri;
    GPtrArray *argv; /* of the server, NULL-terminated */
    GThread *supervisor;

    GMutex lock;
    GCond changed;
    pid_t pid; /* 0: none now */
    gboolean has_been_ready;
    gboolean is_stopping;
    gboolean has_ended; /* the supervisor is done */
    GError *failure;    /* why the first start did not work */
};

static void
add_setting(GPtrArray *argv, const char *name, const char *value)
{
    g_ptr_array_add(argv, g_strdup("-c"));
    g_ptr_array_add(argv, g_strdup_printf("%s=%s", name, value));
}

/* Small, and safe: what is acknowledged is on disk. On the command line and not in the cluster's
 * file, so that a new skepd brings its own. */
static GPtrArray *
server_arguments(const EmbeddedCluster *cluster)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) quote_parts = g_strsplit(cluster->socket, "\"", -1);
    g_autofree char *quoted = g_strjoinv("\"\"", quote_parts);
    g_autofree char *socket = g_strdup_printf("\"%s\"", quoted);
    g_ptr_array_add(argv, g_build_filename(cluster->programs, "postgres", NULL));
    g_ptr_array_add(argv, g_strdup("-D"));
    g_ptr_array_add(argv, g_strdup(cluster->cluster));
    add_setting(argv, "cluster_name", EMBEDDED_CLUSTER_NAME);
    add_setting(argv, "listen_addresses", "");
    add_setting(argv, "port", "5432");
    add_setting(argv, "unix_socket_directories", socket);
    add_setting(argv, "unix_socket_permissions", "0700");
    add_setting(argv, "max_connections", "60");
    add_setting(argv, "shared_buffers", "64MB");
    add_setting(argv, "max_wal_size", "512MB");
    add_setting(argv, "wal_level", "minimal");
    add_setting(argv, "max_wal_senders", "0");
    add_setting(argv, "jit", "off");
    add_setting(argv, "synchronous_commit", "on");
    add_setting(argv, "fsync", cluster->without_fsync ? "off" : "on");
    add_setting(argv, "full_page_writes", cluster->without_fsync ? "off" : "on");
    add_setting(argv, "autovacuum", "on");
    add_setting(argv, "TimeZone", "UTC");
    add_setting(argv, "log_timezone", "UTC");
    add_setting(argv, "lc_messages", "C");
    add_setting(argv, "logging_collector", "off");
    add_setting(argv, "log_destination", "stderr");
    /* Errors of statements are told to skepd, which logs them; the file stays small. */
    add_setting(argv, "log_min_messages", "log");
    add_setting(argv, "log_line_prefix", "%m [%p] ");
    g_ptr_array_add(argv, NULL);
    return argv;
}

/* ---- the child ---- */

/* Between fork and exec: async-signal-safe calls alone. */
static void G_GNUC_NORETURN
become_server(const StoreEmbedded *embedded, int log_fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Away from the terminal: Ctrl-C is for skepd, which stops the server in order. */
    setsid();
    umask(077);
    if (!embedded_user_become(&embedded->cluster.user)) {
        _exit(126);
    }
    /* After the change of user, which clears it. */
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (getppid() != parent) {
        _exit(125);
    }
    int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0 ||
        chdir("/") != 0) {
        _exit(124);
    }
    close_range(3, ~0u, 0);
    execv(embedded->argv->pdata[0], (char **)embedded->argv->pdata);
    _exit(127);
}

static int
open_log(const EmbeddedCluster *cluster)
{
    int fd = open(cluster->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && cluster->user.is_other &&
        fchown(fd, cluster->user.uid, cluster->user.gid) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* 0 and *error set when no process could be made. */
static pid_t
start_server(const StoreEmbedded *embedded, GError **error)
{
    int log_fd = open_log(&embedded->cluster);
    pid_t parent = getpid();
    pid_t child = log_fd >= 0 ? fork() : -1;
    if (child == 0) {
        become_server(embedded, log_fd, parent);
    }
    if (child < 0) {
        skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                  "Cannot start PostgreSQL with its log in %s: %s", embedded->cluster.log,
                  g_strerror(errno));
    }
    if (log_fd >= 0) {
        close(log_fd);
    }
    return MAX(child, 0);
}

/* ---- the supervisor ---- */

static gboolean
has_ended(pid_t pid, int options)
{
    siginfo_t info = {.si_pid = 0};
    int answer;
    do {
        answer = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | options);
    } while (answer < 0 && errno == EINTR);
    return answer < 0 || info.si_pid == pid;
}

/* The server writes its state into its own file, which costs no connection to read. */
static gboolean
is_ready(const EmbeddedCluster *cluster, pid_t pid)
{
    g_autofree char *path = g_build_filename(cluster->cluster, "postmaster.pid", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", READY_LINE + 2);
    return g_strv_length(lines) > READY_LINE && atoi(lines[0]) == (int)pid &&
           g_str_has_prefix(lines[READY_LINE], "ready");
}

static void
set_pid(StoreEmbedded *embedded, pid_t pid)
{
    g_mutex_lock(&embedded->lock);
    embedded->pid = pid;
    if (embedded->is_stopping) {
        kill(pid, SIGINT); /* told to stop while this one was being made */
    }
    g_mutex_unlock(&embedded->lock);
}

/* Collects the ended child; its number means nothing from here on. */
static void
bury(StoreEmbedded *embedded, pid_t pid)
{
    g_mutex_lock(&embedded->lock);
    waitpid(pid, NULL, 0);
    embedded->pid = 0;
    g_mutex_unlock(&embedded->lock);
}

static gboolean
wait_until_ready(StoreEmbedded *embedded, pid_t pid)
{
    gint64 deadline_us = g_get_monotonic_time() + READY_TIMEOUT_US;
    while (g_get_monotonic_time() < deadline_us) {
        if (is_ready(&embedded->cluster, pid)) {
            return TRUE;
        }
        if (has_ended(pid, WNOHANG)) {
            return FALSE;
        }
        g_usleep(READY_LOOK_EVERY_US);
    }
    return FALSE;
}

static void
report_ready(StoreEmbedded *embedded)
{
    g_mutex_lock(&embedded->lock);
    embedded->has_been_ready = TRUE;
    g_cond_broadcast(&embedded->changed);
    g_mutex_unlock(&embedded->lock);
}

static void
report_end(StoreEmbedded *embedded, GError *failure)
{
    g_mutex_lock(&embedded->lock);
    embedded->failure = failure;
    embedded->has_ended = TRUE;
    g_cond_broadcast(&embedded->changed);
    g_mutex_unlock(&embedded->lock);
}

static GError *
failure_of_start(const StoreEmbedded *embedded)
{
    g_autofree char *tail = embedded_cluster_log_tail(&embedded->cluster);
    GError *made = NULL;
    skep_fail(&made, SKEP_ERROR_UNAVAILABLE, NULL,
              "PostgreSQL did not start; its log %s ends with: %s", embedded->cluster.log,
              tail != NULL ? tail : "(nothing)");
    return made;
}

/* TRUE when the server is to be started once more after a pause. */
static gboolean
pause_before_restart(StoreEmbedded *embedded, gint64 pause_us)
{
    gint64 wake_us = g_get_monotonic_time() + pause_us;
    g_mutex_lock(&embedded->lock);
    while (!embedded->is_stopping &&
           g_cond_wait_until(&embedded->changed, &embedded->lock, wake_us)) {
    }
    gboolean goes_on = !embedded->is_stopping;
    g_mutex_unlock(&embedded->lock);
    return goes_on;
}

static gpointer
supervise(gpointer data)
{
    StoreEmbedded *embedded = data;
    gint64 pause_us = RESTART_FIRST_US;
    gboolean is_first = TRUE;
    do {
        GError *failure = NULL;
        gboolean was_ready = FALSE;
        pid_t pid = start_server(embedded, &failure);
        if (pid > 0) {
            set_pid(embedded, pid);
            was_ready = wait_until_ready(embedded, pid);
            if (was_ready) {
                pause_us = RESTART_FIRST_US;
                report_ready(embedded);
            } else if (is_first) {
                kill(pid, SIGQUIT);
            }
            has_ended(pid, 0);
            bury(embedded, pid);
        }
        if (is_first && !was_ready) {
            report_end(embedded, failure != NULL ? failure : failure_of_start(embedded));
            return NULL;
        }
        g_clear_error(&failure);
        is_first = FALSE;
        pause_us = MIN(pause_us * 2, RESTART_MAX_US);
    } while (pause_before_restart(embedded, pause_us));
    report_end(embedded, NULL);
    return NULL;
}

/* ---- start and stop ---- */

/* With all signals blocked: those sent to the program are for the thread that waits for them. */
static GThread *
start_supervisor(StoreEmbedded *embedded)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    GThread *supervisor = g_thread_new("postgres", supervise, embedded);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return supervisor;
}

/* A value of libpq's keyword=value form. */
static char *
quote_value(const char *value)
{
    GString *out = g_string_new("'");
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\') {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *at);
    }
    g_string_append_c(out, '\'');
    return g_string_free(out, FALSE);
}

static void
embedded_free(StoreEmbedded *embedded)
{
    embedded_cluster_clear(&embedded->cluster);
    g_clear_pointer(&embedded->argv, g_ptr_array_unref);
    g_clear_error(&embedded->failure);
    g_mutex_clear(&embedded->lock);
    g_cond_clear(&embedded->changed);
    g_free(embedded->uri);
    g_free(embedded);
}

StoreEmbedded *
store_embedded_start_with(const char *directory, gboolean without_fsync, GError **error)
{
    StoreEmbedded *embedded = g_new0(StoreEmbedded, 1);
    g_mutex_init(&embedded->lock);
    g_cond_init(&embedded->changed);
    if (!embedded_cluster_open(&embedded->cluster, directory, without_fsync, error)) {
        embedded_free(embedded);
        return NULL;
    }
    g_autofree char *host = quote_value(embedded->cluster.socket);
    embedded->uri = g_strdup_printf(
        "host=%s port=5432 user=" EMBEDDED_SUPERUSER " dbname=postgres sslmode=disable", host);
    embedded->argv = server_arguments(&embedded->cluster);
    embedded->supervisor = start_supervisor(embedded);
    g_mutex_lock(&embedded->lock);
    while (!embedded->has_been_ready && !embedded->has_ended) {
        g_cond_wait(&embedded->changed, &embedded->lock);
    }
    gboolean is_running = embedded->has_been_ready;
    g_mutex_unlock(&embedded->lock);
    if (is_running) {
        return embedded;
    }
    g_thread_join(embedded->supervisor);
    g_propagate_error(error, g_steal_pointer(&embedded->failure));
    embedded_free(embedded);
    return NULL;
}

StoreEmbedded *
store_embedded_start(const char *directory, GError **error)
{
    return store_embedded_start_with(directory, FALSE, error);
}

const char *
store_embedded_uri(const StoreEmbedded *embedded)
{
    return embedded->uri;
}

const char *
store_embedded_programs(const StoreEmbedded *embedded)
{
    return embedded->cluster.programs;
}

pid_t
store_embedded_pid(StoreEmbedded *embedded)
{
    g_mutex_lock(&embedded->lock);
    pid_t pid = embedded->pid;
    g_mutex_unlock(&embedded->lock);
    return pid;
}

/* With the lock held: the number is not reused while the child is not buried. */
static void
signal_server(const StoreEmbedded *embedded, int signal_number)
{
    if (embedded->pid > 0) {
        kill(embedded->pid, signal_number);
    }
}

void
store_embedded_stop(StoreEmbedded *embedded)
{
    if (embedded == NULL) {
        return;
    }
    gint64 started_us = g_get_monotonic_time();
    g_mutex_lock(&embedded->lock);
    embedded->is_stopping = TRUE;
    g_cond_broadcast(&embedded->changed);
    signal_server(embedded, SIGINT);
    const struct {
        gint64 after_us;
        int signal_number;
    } steps[] = {
        {STOP_INSIST_US, SIGQUIT},
        {STOP_KILL_US,   SIGKILL}
    };
    for (guint i = 0; i < G_N_ELEMENTS(steps) && !embedded->has_ended; i++) {
        while (!embedded->has_ended && g_cond_wait_until(&embedded->changed, &embedded->lock,
                                                         started_us + steps[i].after_us)) {
        }
        if (!embedded->has_ended) {
            signal_server(embedded, steps[i].signal_number);
        }
    }
    g_mutex_unlock(&embedded->lock);
    g_thread_join(embedded->supervisor);
    if (g_str_has_prefix(embedded->cluster.socket, "/tmp/skep-")) {
        rmdir(embedded->cluster.socket);
    }
    embedded_free(embedded);
}
