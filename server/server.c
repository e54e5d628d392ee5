/* SPDX-License-Identifier: Apache-2.0 */
/* Start, background work and stop of the parts of skepd. No rule of any part is here. Caller:
 * main.c. */
#include "server.h"

#include <string.h>

#include "background.h"
#include "client_hints.h"
#include "event_gauges.h"
#include "lease_gauges.h"
#include "server_storage.h"
#include "task_gauges.h"
#include "skep/catalog.h"
#include "skep/catalog_commit.h"
#include "skep/doors.h"
#include "skep/error.h"
#include "skep/log.h"
#include "skep/secret_box.h"
#include "skep/store.h"
#include "skep/warehouse.h"
#include "skep/worker_pool.h"

enum { STOP_DEADLINE_MS = 20000, DATABASE_WAIT_MS = 60000, QUEUE_PER_WORKER = 256 };

struct Server {
    const Settings *settings;
    StoreEmbedded *embedded; /* NULL: the database is somebody else's */
    Store *store;
    SecretKeys *secrets; /* NULL: none */
    Warehouse *warehouse;
    SpoolRoom *spool_room; /* of the catalog and the doors together */
    Catalog *catalog;
    WorkerPool *pool;
    ManagementDoor *management;
    RestDoor *rest;
    ThriftDoor *thrift;
    Background *background;
    gint doors_serve;            /* atomic */
    gint64 store_answered_at_us; /* atomic */
    guint duties_overdue;        /* atomic */
};

/* --- health --- */

static void
server_tell_health(DoorHealth *out_health, gpointer data)
{
    Server *server = data;
    out_health->doors_serve = g_atomic_int_get(&server->doors_serve);
    out_health->store_answered_at_us =
        __atomic_load_n(&server->store_answered_at_us, __ATOMIC_RELAXED);
    out_health->duties_overdue = __atomic_load_n(&server->duties_overdue, __ATOMIC_RELAXED);
}

static void
server_note_store_answer(gpointer data)
{
    Server *server = data;
    __atomic_store_n(&server->store_answered_at_us, g_get_monotonic_time(), __ATOMIC_RELAXED);
}

static void
server_note_overdue(guint duties, gpointer data)
{
    Server *server = data;
    __atomic_store_n(&server->duties_overdue, duties, __ATOMIC_RELAXED);
}

/* --- opening the parts --- */

static gboolean
server_open_store(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    g_auto(GStrv) environment = g_get_environ();
    StoreOptions options;
    store_options_init(&options);
    options.uri = settings->database_uri;
    if (settings_use_embedded_database(settings, (const char *const *)environment)) {
        g_autofree char *directory = g_build_filename(settings->data_dir, "postgresql", NULL);
        server->embedded = store_embedded_start(directory, error);
        if (!server->embedded)
            return FALSE;
        options.uri = store_embedded_uri(server->embedded);
    }
    options.read_uri = settings->database_read_uri;
    options.connections_max = (guint)settings->database_connections;
    options.acquire_timeout_ms = (gint)settings->database_acquire_timeout_ms;
    options.statement_timeout_ms = (gint)settings->database_statement_timeout_ms;
    options.prepare_statements = settings->database_prepare_statements;
    server->store = store_open(&options, error);
    return server->store != NULL;
}

static gboolean
server_open_warehouse(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    g_auto(GStrv) prefixes =
        settings->allowed_locations ? g_strsplit_set(settings->allowed_locations, " \t", -1) : NULL;
    g_autoptr(StorageProfile) storage = NULL;
    WarehouseOptions options = {
        .root = settings->warehouse,
        .external_root = settings->warehouse_external,
        .trash_directory = settings->trash_dir,
        .allowed_prefixes = (const char *const *)prefixes,
        .allow_any_file_location = settings->allow_any_file_location,
        .file_bytes_max = (gsize)settings->metadata_bytes_max,
    };
    if (settings->secrets_key_file) {
        server->secrets = secret_keys_load(settings->secrets_key_file, error);
        if (!server->secrets)
            return FALSE;
    }
    if (!server_storage_profile(settings, &storage, error))
        return FALSE;
    options.storage = storage;
    server->warehouse = warehouse_open(&options, error);
    return server->warehouse != NULL;
}

/* Called by the catalog, from workers. */
static void
server_tell_left_behind(const char *location, const GError *why)
{
    log_warning("data left behind", log_string("location", location),
                log_string("reason", why->message));
}

static gboolean
server_open_catalog(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    CatalogOptions options;
    catalog_options_init(&options);
    options.lock_timeout_ms = settings->lock_timeout_s * 1000;
    options.event_retention_s = settings->event_retention_s;
    options.idempotency_lifetime_s = settings->idempotency_lifetime_s;
    options.sweep_after_s = settings->sweep_after_s;
    options.report_retention_s = settings->metrics_report_retention_s;
    options.metadata_cache_bytes = (gsize)settings->metadata_cache_bytes;
    options.metadata_bytes_max = (gsize)settings->metadata_bytes_max;
    options.commit_retries_max = (gint)settings->commit_retries_max;
    options.partitions_per_request_max = (gint)settings->partitions_per_request_max;
    options.rebase_appends = settings->rebase_appends;
    options.translate_managed_tables = settings->translate_managed_tables;
    options.check_storage_permission = settings->check_storage_permission;
    options.secrets = server->secrets;
    options.admin_users = settings->admin_users;
    options.undrop_retention_s = settings->undrop_retention_s;
    options.task_retention_s = settings->task_retention_s;
    options.duty_lease_ms = settings->duty_lease_s * 1000;
    options.spool_room = server->spool_room;
    options.left_behind = server_tell_left_behind;
    server->catalog = catalog_new(&options, server->store, server->warehouse, error);
    if (server->catalog) {
        lease_gauges_start(server->catalog);
        event_gauges_start(server->catalog);
        task_gauges_start(server->catalog);
    }
    return server->catalog != NULL;
}

static gboolean
server_open_rest(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    RestDoorOptions options;
    rest_door_options_init(&options);
    options.listen = settings->rest_listen;
    options.body_bytes_max = (gsize)settings->rest_body_bytes_max;
    options.connections_max = (guint)settings->rest_connections_max;
    options.timeout_s = (guint)settings->rest_timeout_s;
    options.idempotency_lifetime_s = (guint64)settings->idempotency_lifetime_s;
    options.health = server_tell_health;
    options.health_data = server;
    server->rest = rest_door_start(&options, server->catalog, server->pool, error);
    return server->rest != NULL;
}

static gboolean
server_open_thrift(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    ThriftDoorOptions options;
    thrift_door_options_init(&options);
    options.listen = settings->thrift_listen;
    options.settings = settings;
    options.message_bytes_max = (gsize)settings->thrift_message_bytes_max;
    options.connections_max = (guint)settings->thrift_connections_max;
    options.idle_timeout_ms = (guint)settings->thrift_idle_timeout_s * 1000;
    options.request_timeout_ms = (guint)settings->thrift_request_timeout_s * 1000;
    options.reply_timeout_ms = options.request_timeout_ms;
    options.spool_room = server->spool_room;
    server->thrift = thrift_door_start(&options, server->catalog, server->pool, error);
    return server->thrift != NULL;
}

Server *
server_open(const Settings *settings, GError **error)
{
    Server *server = g_new0(Server, 1);
    server->settings = settings;
    server->spool_room = spool_room_new(settings->spool_dir, (guint64)settings->spool_bytes_max);
    if (!server_open_store(server, error)) {
        server_stop(server);
        return NULL;
    }
    return server;
}

gboolean
server_migrate(Server *server, gboolean dry_run, guint *out_applied, GError **error)
{
    return store_migrate(server->store, dry_run, out_applied, error);
}

gboolean
server_wait_for_database(Server *server, gint timeout_ms, GError **error)
{
    return store_wait(server->store, timeout_ms, error);
}

/* A database that starts together with the server gets time to come up. */
static gboolean
server_prepare_database(Server *server, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + DATABASE_WAIT_MS * G_GINT64_CONSTANT(1000);
    guint applied = 0;
    for (;;) {
        g_autoptr(GError) problem = NULL;
        if (server->settings->migrate_at_start
                ? store_migrate(server->store, FALSE, &applied, &problem)
                : store_ping(server->store, &problem))
            break;
        if (skep_error_fact(problem) != SKEP_ERROR_UNAVAILABLE ||
            g_get_monotonic_time() > deadline) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        log_warning("waiting for the database", log_error(problem));
        g_usleep(500 * 1000);
    }
    g_autofree char *durability = store_durability(server->store, error);
    if (!durability)
        return FALSE;
    log_info("database is ready", log_int("migrations_applied", applied),
             log_string("durability", durability));
    return TRUE;
}

/* A CatalogElsewhere. */
static gboolean
server_push_work(gpointer workers, void (*work)(gpointer data), gpointer data)
{
    return worker_pool_push(workers, work, data);
}

gboolean
server_serve(Server *server, GError **error)
{
    const Settings *settings = server->settings;
    BackgroundListener listener = {server_note_store_answer, server_note_overdue, server};
    server->management =
        management_door_start(settings->management_listen, server_tell_health, server, error);
    if (!server->management || !server_prepare_database(server, error) ||
        !server_open_warehouse(server, error) || !server_open_catalog(server, error))
        return FALSE;
    server->pool = worker_pool_new((guint)settings->workers,
                                   (guint)settings->workers * QUEUE_PER_WORKER, error);
    if (server->pool)
        catalog_set_elsewhere(server->catalog, server_push_work, server->pool);
    if (!server->pool || !server_open_rest(server, error) || !server_open_thrift(server, error))
        return FALSE;
    server_note_store_answer(server);
    g_atomic_int_set(&server->doors_serve, TRUE);
    server->background = background_start(server->catalog, &listener);
    log_info("serving", log_int("thrift_port", thrift_door_port(server->thrift)),
             log_int("rest_port", rest_door_port(server->rest)),
             log_int("management_port", management_door_port(server->management)),
             log_string("warehouse", warehouse_root(server->warehouse)));
    return TRUE;
}

/* The admin command as a shell here finds it: installed, or beside this program. */
static char *
server_skepctl(void)
{
    g_autofree char *installed = g_find_program_in_path("skepctl");
    g_autofree char *self = installed ? NULL : g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *directory = self ? g_path_get_dirname(self) : NULL;
    g_autofree char *beside = directory ? g_build_filename(directory, "skepctl", NULL) : NULL;

    return g_strdup(beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE) ? beside : "skepctl");
}

char *
server_client_hints(const Server *server)
{
    g_autofree char *skepctl = server_skepctl();
    ClientHints hints = {
        .host = "localhost",
        .thrift_port = thrift_door_port(server->thrift),
        .rest_port = rest_door_port(server->rest),
        .management_port = management_door_port(server->management),
        .warehouse = warehouse_root(server->warehouse),
        .skepctl = skepctl,
    };
    return client_hints_text(&hints);
}

gboolean
server_stop(Server *server)
{
    if (!server)
        return TRUE;
    g_atomic_int_set(&server->doors_serve, FALSE);
    background_stop(g_steal_pointer(&server->background));
    gboolean finished = thrift_door_stop(g_steal_pointer(&server->thrift), STOP_DEADLINE_MS);
    finished = rest_door_stop(g_steal_pointer(&server->rest), STOP_DEADLINE_MS) && finished;
    finished = (!server->pool || worker_pool_stop(server->pool, STOP_DEADLINE_MS)) && finished;
    if (server->management)
        management_door_stop(server->management);
    if (server->catalog) {
        lease_gauges_stop(server->catalog);
        event_gauges_stop(server->catalog);
        task_gauges_stop(server->catalog);
    }
    if (finished) {
        worker_pool_free(server->pool);
        catalog_free(server->catalog);
        spool_room_free(server->spool_room);
        warehouse_close(server->warehouse);
        secret_keys_free(server->secrets);
        store_close(server->store);
    }
    store_embedded_stop(server->embedded);
    if (!finished)
        return FALSE;
    g_free(server);
    return TRUE;
}
