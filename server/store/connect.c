/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection is opened: libpq's own settings, and what Skep adds where the operator has said
 * nothing. Nothing that matters for correctness is session state, so that a pooler in transaction
 * mode may stand in between; what is sent as `options` only bounds damage (time limits) or saves
 * time (no JIT). */
#include "store/connection.h"

#include <string.h>

#define SETTINGS_MAX 16

/* Nothing but statements happens within a transaction: one that is silent for longer has lost its
 * server, and keeps rows from the others. */
#define IDLE_LIMIT_MS 5000

typedef struct {
    const char *keywords[SETTINGS_MAX + 1];
    const char *values[SETTINGS_MAX + 1];
    guint count;
} ConnectSettings;

static void
add_setting(ConnectSettings *settings, const char *keyword, const char *value)
{
    g_assert(settings->count < SETTINGS_MAX);
    settings->keywords[settings->count] = keyword;
    settings->values[settings->count] = value;
    settings->count++;
}

/* What the connection string says of a keyword, or NULL. */
static char *
given_value(const StoreConnector *connector, const char *keyword)
{
    if (connector->uri == NULL) {
        return NULL;
    }
    PQconninfoOption *options = PQconninfoParse(connector->uri, NULL);
    char *value = NULL;
    for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, keyword) == 0) {
            value = g_strdup(option->val);
        }
    }
    PQconninfoFree(options);
    return value;
}

gboolean
store_connector_init(StoreConnector *connector, const StoreOptions *options, GError **error)
{
    if (options->uri != NULL) {
        char *said = NULL;
        PQconninfoOption *parsed = PQconninfoParse(options->uri, &said);
        if (parsed == NULL) {
            /* libpq's text may repeat the string, password and all: it stays out of message and
             * detail. */
            PQfreemem(said);
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "The database's connection string cannot be read; it is a libpq URI "
                             "(postgresql://user@host:5432/name) or keyword=value pairs");
        }
        PQconninfoFree(parsed);
    }
    *connector = (StoreConnector){.uri = g_strdup(options->uri),
                                  .connect_timeout_ms = options->connect_timeout_ms,
                                  .statement_timeout_ms = options->statement_timeout_ms,
                                  .takes_standby = options->takes_standby,
                                  .refuses_options = options->prepare_statements ? 0 : 1,
                                  .refuses_prepared = options->prepare_statements ? 0 : 1};
    return TRUE;
}

void
store_connector_clear(StoreConnector *connector)
{
    g_clear_pointer(&connector->uri, g_free);
}

gint
store_connector_idle_limit_ms(const StoreConnector *connector)
{
    gint timeout_ms = connector->statement_timeout_ms;
    return timeout_ms > 0 ? MIN(timeout_ms, IDLE_LIMIT_MS) : IDLE_LIMIT_MS;
}

/* A service file says what it says; libpq reads it only for what nobody else has set. */
static gboolean
uses_service(const StoreConnector *connector)
{
    g_autofree char *service = given_value(connector, "service");
    return service != NULL || g_getenv("PGSERVICE") != NULL;
}

/* Ours first, so that the operator's own win. */
static char *
startup_options(StoreConnector *connector)
{
    g_autofree char *given = given_value(connector, "options");
    const char *theirs = given != NULL ? given : g_getenv("PGOPTIONS");
    if (g_atomic_int_get(&connector->refuses_options) || uses_service(connector)) {
        return g_strdup(given);
    }
    return g_strdup_printf("-c jit=off -c statement_timeout=%d "
                           "-c idle_in_transaction_session_timeout=%d %s",
                           connector->statement_timeout_ms,
                           store_connector_idle_limit_ms(connector), theirs != NULL ? theirs : "");
}

/* Before the connection string, so that it may say otherwise. */
static void
add_defaults(ConnectSettings *settings, const StoreConnector *connector, const char *timeout_s)
{
    add_setting(settings, "connect_timeout", timeout_s);
    add_setting(settings, "keepalives_idle", "10");
    add_setting(settings, "keepalives_interval", "5");
    add_setting(settings, "keepalives_count", "3");
    add_setting(settings, "tcp_user_timeout", "20000");
    add_setting(settings, "fallback_application_name", "skepd");
    g_autofree char *attributes = given_value(connector, "target_session_attrs");
    if (attributes == NULL && g_getenv("PGTARGETSESSIONATTRS") == NULL) {
        add_setting(settings, "target_session_attrs",
                    connector->takes_standby ? "prefer-standby" : "read-write");
    }
}

static PGconn *
connect_once(StoreConnector *connector)
{
    ConnectSettings settings = {.count = 0};
    g_autofree char *options = startup_options(connector);
    g_autofree char *timeout_s =
        g_strdup_printf("%d", MAX(2, (connector->connect_timeout_ms + 999) / 1000));

    if (!uses_service(connector)) {
        add_defaults(&settings, connector, timeout_s);
    }
    if (connector->uri != NULL) {
        add_setting(&settings, "dbname", connector->uri);
    }
    add_setting(&settings, "client_encoding", "UTF8");
    if (options != NULL) {
        add_setting(&settings, "options", options);
    }
    return PQconnectdbParams(settings.keywords, settings.values, 1);
}

/* PgBouncer says so in words and with no SQLSTATE that libpq would keep. */
static gboolean
is_options_refused(const PGconn *link)
{
    const char *said = PQerrorMessage(link);
    return strstr(said, "unsupported startup parameter") != NULL && strstr(said, "options") != NULL;
}

static void
ignore_notice(void *data, const PGresult *result)
{
    (void)data;
    (void)result;
}

StoreConnection *
store_connection_open(StoreConnector *connector, GError **error)
{
    PGconn *link = connect_once(connector);
    if (PQstatus(link) != CONNECTION_OK && is_options_refused(link)) {
        g_atomic_int_set(&connector->refuses_options, 1);
        PQfinish(link);
        link = connect_once(connector);
    }
    g_autoptr(StoreConnection) connection = g_new0(StoreConnection, 1);
    connection->link = link;
    connection->connector = connector;
    connection->wait_ms = connector->statement_timeout_ms;
    connection->prepared = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    if (PQstatus(link) != CONNECTION_OK || PQsetnonblocking(link, 1) != 0) {
        g_autofree char *said = g_strdup(PQerrorMessage(link));
        GError *made = NULL;
        skep_fail(&made, SKEP_ERROR_UNAVAILABLE, NULL, "PostgreSQL cannot be reached");
        skep_error_set_detail(made, g_strchomp(said));
        g_propagate_error(error, made);
        return NULL;
    }
    PQsetNoticeReceiver(link, ignore_notice, NULL);
    /* The operator may have turned libpq's own look for a primary off; before version 14 the server
     * does not tell. */
    const char *standby =
        connector->takes_standby ? "off" : PQparameterStatus(link, "in_hot_standby");
    if (standby != NULL ? strcmp(standby, "on") == 0 : !store_connection_check(connection, TRUE)) {
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                              "PostgreSQL takes no writes now (a standby, or read-only)");
    }
    return g_steal_pointer(&connection);
}

void
store_connection_close(StoreConnection *connection)
{
    if (connection == NULL) {
        return;
    }
    PQfinish(connection->link);
    g_hash_table_unref(connection->prepared);
    g_free(connection);
}
