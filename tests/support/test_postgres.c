/* SPDX-License-Identifier: Apache-2.0 */
/* A private PostgreSQL for tests: the embedded one of the store, without fsync, in a directory that
 * goes with it. */
#include "support/test_postgres.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <unistd.h>
#include "skep/error.h"
#include "store/embedded.h"

static StoreEmbedded *server;
static char *directory;
static pid_t owner;
static gint databases_made;

static void
stop_server(void)
{
    if (server == NULL || getpid() != owner) {
        return; /* a forked test */
    }
    store_embedded_stop(g_steal_pointer(&server));
    const char *argv[] = {"/bin/rm", "-rf", "--", directory, NULL};
    g_spawn_sync("/", (gchar **)argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    g_clear_pointer(&directory, g_free);
}

static void G_GNUC_NORETURN
give_up(const char *what, GError *error)
{
    g_printerr("%s: %s%s%s\n", what, error->message, skep_error_detail(error) != NULL ? ": " : "",
               skep_error_detail(error) != NULL ? skep_error_detail(error) : "");
    g_error_free(error);
    exit(1);
}

void
test_postgres_start(void)
{
    GError *error = NULL;
    if (server != NULL) {
        return;
    }
    directory = g_dir_make_tmp("skep-test-XXXXXX", &error);
    if (directory == NULL) {
        give_up("temporary directory", error);
    }
    server = store_embedded_start_with(directory, TRUE, &error);
    if (server == NULL) {
        give_up("private PostgreSQL", error);
    }
    owner = getpid();
    atexit(stop_server);
    Store *store = test_postgres_open();
    if (!store_migrate(store, FALSE, NULL, &error)) {
        give_up("migrate", error);
    }
    store_close(store);
}

const char *
test_postgres_uri(void)
{
    return store_embedded_uri(server);
}

const char *
test_postgres_programs(void)
{
    return store_embedded_programs(server);
}

Store *
test_postgres_open_with(const StoreOptions *options)
{
    GError *error = NULL;
    Store *store = store_open(options, &error);
    if (store == NULL) {
        give_up("open the store", error);
    }
    return store;
}

Store *
test_postgres_open(void)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    return test_postgres_open_with(&options);
}

char *
test_postgres_run_at(const char *uri, const char *sql)
{
    PGconn *link = PQconnectdb(uri);
    PGresult *result = PQexec(link, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        ck_abort_msg("%s: %s", sql, PQerrorMessage(link));
    }
    char *value = status == PGRES_TUPLES_OK && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)
                      ? g_strdup(PQgetvalue(result, 0, 0))
                      : NULL;
    PQclear(result);
    PQfinish(link);
    return value;
}

char *
test_postgres_run(const char *sql)
{
    return test_postgres_run_at(test_postgres_uri(), sql);
}

char *
test_postgres_new_database(void)
{
    g_autofree char *name =
        g_strdup_printf("test_%d_%d", (int)getpid(), g_atomic_int_add(&databases_made, 1));
    g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s", name);
    g_free(test_postgres_run(sql));
    return g_strdup_printf("%s dbname=%s", test_postgres_uri(), name);
}

void
test_postgres_terminate_sessions(void)
{
    g_free(test_postgres_run("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                             "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"));
}

void
test_postgres_clear(void)
{
    g_free(
        test_postgres_run("TRUNCATE skep.catalogs, skep.namespaces, skep.tables, skep.refs, "
                          "skep.commits, skep.partitions, skep.storage_descriptors, skep.events, "
                          "skep.locks, skep.lock_components, skep.tasks, "
                          "skep.dropped_tables CASCADE"));
}

int
test_postgres_run_suite(Suite *suite)
{
    test_postgres_start();
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
