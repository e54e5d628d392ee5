/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings and the one way they are read: defaults, Hive's file, Skep's file,
 * environment. Reading Hive's XML is in hive_site.c. Caller: server/main.c. */
#include "skep/settings.h"

#include <string.h>
#include <unistd.h>

#include "skep/error.h"
#include "support/hive_site.h"

typedef enum { SETTING_TEXT, SETTING_INTEGER, SETTING_BOOLEAN } SettingType;

typedef struct {
    const char *key;
    SettingType type;
    gsize offset;
    const char *default_text; /* NULL: unset */
    gint64 min;
    gint64 max;
    gboolean is_secret; /* may come from <key>_file */
    const char *help;
} SettingRow;

#define AT(member) G_STRUCT_OFFSET(Settings, member)
#define MIB        (G_GINT64_CONSTANT(1) << 20)
#define GIB        (G_GINT64_CONSTANT(1) << 30)

/* clang-format off */
static const SettingRow setting_rows[] = {
    {"database_uri", SETTING_TEXT, AT(database_uri), NULL, 0, 0, TRUE,
     "PostgreSQL as libpq takes it (postgresql://user@host/db or key=value). Without it and without PG* variables: an embedded one"},
    {"database_read_uri", SETTING_TEXT, AT(database_read_uri), NULL, 0, 0, TRUE,
     "a standby of that PostgreSQL, as libpq takes it; it answers listings whenever it has all that the primary has"},
    {"data_dir", SETTING_TEXT, AT(data_dir), NULL, 0, 0, FALSE,
     "where the embedded PostgreSQL and its warehouse live; default /var/lib/skep for root, else ~/.local/share/skep"},
    {"warehouse", SETTING_TEXT, AT(warehouse), NULL, 0, 0, FALSE,
     "root of the tables' files, file:///... or s3://bucket/prefix; default file://<data_dir>/warehouse"},
    {"warehouse_external", SETTING_TEXT, AT(warehouse_external), NULL, 0, 0, FALSE,
     "root of external tables and of new databases' locations; default: as warehouse (metastore.warehouse.external.dir)"},
    {"admin_users", SETTING_TEXT, AT(admin_users), NULL, 0, 0, FALSE,
     "users who are given the role admin when the server starts, separated by commas (hive.users.in.admin.role)"},
    {"translate_managed_tables", SETTING_BOOLEAN, AT(translate_managed_tables), "false", 0, 0, FALSE,
     "make managed tables that are not transactional external ones, as Hive 4 does (metastore.metadata.transformer.class)"},
    {"check_storage_permission", SETTING_BOOLEAN, AT(check_storage_permission), "false", 0, 0, FALSE,
     "drop a table with its data only where the server may write its parent directory (metastore.authorization.storage.checks)"},
    {"trash_dir", SETTING_TEXT, AT(trash_dir), NULL, 0, 0, FALSE,
     "an absolute path: data that a drop deletes is moved below it, but for purges; nobody empties it (fs.trash.interval)"},
    {"allowed_locations", SETTING_TEXT, AT(allowed_locations), NULL, 0, 0, FALSE,
     "more location prefixes that clients may use, separated by spaces"},
    {"allow_any_file_location", SETTING_BOOLEAN, AT(allow_any_file_location), "true", 0, 0, FALSE,
     "accept file: locations outside the warehouse (external tables of a laptop)"},
    {"secrets_key_file", SETTING_TEXT, AT(secrets_key_file), NULL, 0, 0, FALSE,
     "keys that seal the secrets of warehouses, one a line, the first in use; skepd secrets-key prints one"},
    {"s3_endpoint", SETTING_TEXT, AT(s3_endpoint), NULL, 0, 0, FALSE,
     "object store of the default warehouse, http(s)://host:port as this server reaches it; default AWS (fs.s3a.endpoint)"},
    {"s3_endpoint_external", SETTING_TEXT, AT(s3_endpoint_external), NULL, 0, 0, FALSE,
     "the same as clients reach it; default: as s3_endpoint"},
    {"s3_sts_endpoint", SETTING_TEXT, AT(s3_sts_endpoint), NULL, 0, 0, FALSE,
     "where AssumeRole is asked for; default: as s3_endpoint"},
    {"s3_region", SETTING_TEXT, AT(s3_region), "us-east-1", 0, 0, FALSE,
     "region that requests are signed for (fs.s3a.endpoint.region)"},
    {"s3_path_style", SETTING_BOOLEAN, AT(s3_path_style), "true", 0, 0, FALSE,
     "http://host/bucket/key; false: http://bucket.host/key (fs.s3a.path.style.access)"},
    {"s3_ca_file", SETTING_TEXT, AT(s3_ca_file), NULL, 0, 0, FALSE,
     "PEM file of the authorities that the object store's certificate is checked against; default: the system's"},
    {"s3_access", SETTING_TEXT, AT(s3_access), "none", 0, 0, FALSE,
     "what clients are given: none, static (the server's own keys), vended (short-lived keys for one table), signed"},
    {"s3_key_source", SETTING_TEXT, AT(s3_key_source), NULL, 0, 0, FALSE,
     "the server's own keys: given, file, environment or web-identity; default: by which of the following are set"},
    {"s3_access_key_id", SETTING_TEXT, AT(s3_access_key_id), NULL, 0, 0, FALSE,
     "given: the server's access key (fs.s3a.access.key)"},
    {"s3_secret_access_key", SETTING_TEXT, AT(s3_secret_access_key), NULL, 0, 0, TRUE,
     "given: its secret (fs.s3a.secret.key)"},
    {"s3_session_token", SETTING_TEXT, AT(s3_session_token), NULL, 0, 0, TRUE,
     "given: its session token, where it has one (fs.s3a.session.token)"},
    {"s3_key_file", SETTING_TEXT, AT(s3_key_file), NULL, 0, 0, FALSE,
     "file: an absolute path, in the form of AWS's shared credentials; read again when it changes"},
    {"s3_key_profile", SETTING_TEXT, AT(s3_key_profile), NULL, 0, 0, FALSE,
     "file: its section; default \"default\""},
    {"s3_token_file", SETTING_TEXT, AT(s3_token_file), NULL, 0, 0, FALSE,
     "web-identity: an absolute path of the token, as Kubernetes mounts it"},
    {"s3_role_arn", SETTING_TEXT, AT(s3_role_arn), NULL, 0, 0, FALSE,
     "role of AssumeRole for vended keys, and of web-identity"},
    {"s3_key_lifetime_s", SETTING_INTEGER, AT(s3_key_lifetime_s), "3600", 900, 43200, FALSE,
     "how long vended keys are good"},
    {"s3_timeout_s", SETTING_INTEGER, AT(s3_timeout_s), "10", 1, 300, FALSE,
     "a request to the object store on which nothing moves for so long is given up, and repeated for twice as long"},
    {"thrift_listen", SETTING_TEXT, AT(thrift_listen), "0.0.0.0:9083", 0, 0, FALSE,
     "host:port of the Hive Metastore API"},
    {"rest_listen", SETTING_TEXT, AT(rest_listen), "0.0.0.0:8181", 0, 0, FALSE,
     "host:port of the Iceberg REST API"},
    {"management_listen", SETTING_TEXT, AT(management_listen), "0.0.0.0:9000", 0, 0, FALSE,
     "host:port of health and metrics"},
    {"log_level", SETTING_TEXT, AT(log_level), "info", 0, 0, FALSE, "debug, info, warning or error"},
    {"workers", SETTING_INTEGER, AT(workers), "16", 1, 512, FALSE, "threads that serve requests of both doors"},
    {"database_connections", SETTING_INTEGER, AT(database_connections), "16", 1, 512, FALSE,
     "most PostgreSQL connections; as many as workers means that none waits for one"},
    {"database_prepare_statements", SETTING_BOOLEAN, AT(database_prepare_statements), "true", 0, 0, FALSE,
     "false behind PgBouncer in transaction mode before 1.21"},
    {"database_statement_timeout_ms", SETTING_INTEGER, AT(database_statement_timeout_ms), "60000", 0, 86400000, FALSE,
     "longest run of one statement, 0 for no limit"},
    {"database_acquire_timeout_ms", SETTING_INTEGER, AT(database_acquire_timeout_ms), "5000", 1, 600000, FALSE,
     "longest wait for a free PostgreSQL connection"},
    {"migrate_at_start", SETTING_BOOLEAN, AT(migrate_at_start), "true", 0, 0, FALSE,
     "apply missing migrations when serving starts"},
    {"thrift_message_bytes_max", SETTING_INTEGER, AT(thrift_message_bytes_max), "104857600", 1024, GIB, FALSE,
     "largest Thrift request"},
    {"thrift_connections_max", SETTING_INTEGER, AT(thrift_connections_max), "16000", 1, 1000000, FALSE,
     "most Thrift connections"},
    {"thrift_idle_timeout_s", SETTING_INTEGER, AT(thrift_idle_timeout_s), "3600", 1, 604800, FALSE,
     "a connection without calls is closed after this time"},
    {"thrift_request_timeout_s", SETTING_INTEGER, AT(thrift_request_timeout_s), "60", 1, 3600, FALSE,
     "a request begun must be complete, and an answer taken, within this time"},
    {"spool_dir", SETTING_TEXT, AT(spool_dir), NULL, 0, 0, FALSE,
     "a directory on a disk where long answers wait for their readers; default $TMPDIR, else /var/tmp, else /tmp"},
    {"spool_bytes_max", SETTING_INTEGER, AT(spool_bytes_max), "17179869184", MIB, 1024 * GIB, FALSE,
     "most that all answers which wait there may take"},
    {"rest_body_bytes_max", SETTING_INTEGER, AT(rest_body_bytes_max), "67108864", 1024, GIB, FALSE,
     "largest REST request body"},
    {"rest_connections_max", SETTING_INTEGER, AT(rest_connections_max), "4096", 1, 1000000, FALSE,
     "most REST connections"},
    {"rest_timeout_s", SETTING_INTEGER, AT(rest_timeout_s), "60", 1, 3600, FALSE,
     "an idle REST connection or an unfinished request is closed after this time"},
    {"lock_timeout_s", SETTING_INTEGER, AT(lock_timeout_s), "300", 1, 86400, FALSE,
     "a lock without heartbeat ends after this time (metastore.txn.timeout)"},
    {"duty_lease_s", SETTING_INTEGER, AT(duty_lease_s), "60", 3, 3600, FALSE,
     "the background work of a server that died is taken over by another one after this time"},
    {"undrop_retention_s", SETTING_INTEGER, AT(undrop_retention_s), "604800", 0, 315360000, FALSE,
     "how long a dropped Iceberg table or view whose files were kept can be taken back, 0 for never"},
    {"task_retention_s", SETTING_INTEGER, AT(task_retention_s), "604800", 1, 315360000, FALSE,
     "how long finished tasks (purges) are shown; those that were given up stay"},
    {"event_retention_s", SETTING_INTEGER, AT(event_retention_s), "604800", 1, 315360000, FALSE,
     "how long change events are kept"},
    {"idempotency_lifetime_s", SETTING_INTEGER, AT(idempotency_lifetime_s), "1800", 1, 604800, FALSE,
     "how long a REST client may repeat a request with its Idempotency-Key"},
    {"sweep_after_s", SETTING_INTEGER, AT(sweep_after_s), "259200", 0, 315360000, FALSE,
     "metadata files that a lost commit left behind are deleted at this age, 0 for never"},
    {"metrics_report_retention_s", SETTING_INTEGER, AT(metrics_report_retention_s), "604800", 0, 315360000, FALSE,
     "how long reports of REST clients' scans and commits are kept; 0: not at all"},
    {"metadata_cache_bytes", SETTING_INTEGER, AT(metadata_cache_bytes), "33554432", 0, 64 * GIB, FALSE,
     "memory for Iceberg metadata documents"},
    {"metadata_bytes_max", SETTING_INTEGER, AT(metadata_bytes_max), "268435456", MIB, 2 * GIB - 1, FALSE,
     "largest Iceberg metadata document"},
    {"commit_retries_max", SETTING_INTEGER, AT(commit_retries_max), "10", 0, 1000, FALSE,
     "how often a commit is rebased on the server before a conflict is reported"},
    {"rebase_appends", SETTING_BOOLEAN, AT(rebase_appends), "false", 0, 0, FALSE,
     "make an append anew when only appends came before it, where a table's skep.commit.rebase-appends does not say"},
    {"partitions_per_request_max", SETTING_INTEGER, AT(partitions_per_request_max), "0", 0, G_MAXINT32, FALSE,
     "refuse answers with more partitions, 0 for no limit (metastore.limit.partition.request)"},
    {"partition_mark_expiry_s", SETTING_INTEGER, AT(partition_mark_expiry_s), "0", 0, 315360000, FALSE,
     "how long a partition marked by a client stays so, 0 for ever (metastore.event.expiry.duration)"},
    {"statistics_bit_vectors", SETTING_BOOLEAN, AT(statistics_bit_vectors), "false", 0, 0, FALSE,
     "answer column statistics with their sketches of distinct values (metastore.stats.fetch.bitvector)"},
    {"statistics_histograms", SETTING_BOOLEAN, AT(statistics_histograms), "false", 0, 0, FALSE,
     "answer column statistics with their histograms (metastore.stats.fetch.kll)"},
};
/* clang-format on */

static gboolean
settings_set(
    Settings *settings, const SettingRow *row, const char *text, const char *source, GError **error)
{
    gpointer member = (char *)settings + row->offset;
    switch (row->type) {
    case SETTING_TEXT: {
        char **slot = member;
        g_free(*slot);
        *slot = *text ? g_strdup(text) : NULL;
        return TRUE;
    }
    case SETTING_INTEGER: {
        gint64 value = 0;
        if (!g_ascii_string_to_signed(text, 10, row->min, row->max, &value, NULL))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->key,
                             "%s: %s must be a whole number from %" G_GINT64_FORMAT
                             " to %" G_GINT64_FORMAT ", not \"%s\"",
                             source, row->key, row->min, row->max, text);
        *(gint64 *)member = value;
        return TRUE;
    }
    case SETTING_BOOLEAN:
        if (!g_ascii_strcasecmp(text, "true") || !strcmp(text, "1"))
            *(gboolean *)member = TRUE;
        else if (!g_ascii_strcasecmp(text, "false") || !strcmp(text, "0"))
            *(gboolean *)member = FALSE;
        else
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->key,
                             "%s: %s must be true or false, not \"%s\"", source, row->key, text);
        return TRUE;
    }
    g_assert_not_reached();
}

static const SettingRow *
settings_find_row(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(setting_rows); i++)
        if (!strcmp(setting_rows[i].key, key))
            return &setting_rows[i];
    return NULL;
}

/* One `key = text` from any source; understands <key>_file of secrets. */
static gboolean
settings_apply(
    Settings *settings, const char *key, const char *text, const char *source, GError **error)
{
    const SettingRow *row = settings_find_row(key);
    if (row)
        return settings_set(settings, row, text, source, error);
    if (g_str_has_suffix(key, "_file")) {
        g_autofree char *base = g_strndup(key, strlen(key) - strlen("_file"));
        row = settings_find_row(base);
        if (row && row->is_secret) {
            g_autofree char *content = NULL;
            if (!g_file_get_contents(text, &content, NULL, error)) {
                g_prefix_error(error, "%s: %s: ", source, key);
                return FALSE;
            }
            return settings_set(settings, row, g_strstrip(content), source, error);
        }
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, key,
                     "%s: there is no setting \"%s\" (skepd --help lists them)", source, key);
}

static gboolean
settings_apply_file(Settings *settings, const char *file, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    if (!g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "%s: ", file);
        return FALSE;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
    for (char **group = groups; *group; group++)
        if (strcmp(*group, "skep"))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, *group,
                             "%s: unknown group [%s]; all settings stand under [skep]", file,
                             *group);
    g_auto(GStrv) names = g_key_file_get_keys(keys, "skep", NULL, NULL);
    for (char **name = names; name && *name; name++) {
        g_autofree char *text = g_key_file_get_string(keys, "skep", *name, error);
        if (!text || !settings_apply(settings, *name, text, file, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
settings_apply_environment(Settings *settings, const char *const *environment, GError **error)
{
    for (const char *const *entry = environment; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals || !g_str_has_prefix(*entry, "SKEP_"))
            continue;
#ifdef SKEP_FAILPOINTS
        if (g_str_has_prefix(*entry, "SKEP_FAILPOINTS_FILE="))
            continue;
#endif
        g_autofree char *name = g_strndup(*entry, (gsize)(equals - *entry));
        g_autofree char *key = g_ascii_strdown(name + strlen("SKEP_"), -1);
        if (!settings_apply(settings, key, equals + 1, name, error))
            return FALSE;
    }
    return TRUE;
}

static void
settings_fill_paths(Settings *settings, const char *const *environment)
{
    if (!settings->data_dir) {
        const char *home = g_environ_getenv((char **)environment, "HOME");
        if (geteuid() == 0 || !home)
            settings->data_dir = g_strdup("/var/lib/skep");
        else
            settings->data_dir = g_build_filename(home, ".local", "share", "skep", NULL);
    } else {
        g_autofree char *given = settings->data_dir;
        settings->data_dir = g_canonicalize_filename(given, NULL);
    }
    if (!settings->warehouse)
        settings->warehouse = g_strconcat("file://", settings->data_dir, "/warehouse", NULL);
}

Settings *
settings_load(const char *config_file,
              const char *hive_site_file,
              const char *const *environment,
              GPtrArray *notes,
              GError **error)
{
    g_autoptr(Settings) settings = g_new0(Settings, 1);
    settings->hive_properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(setting_rows); i++)
        if (setting_rows[i].default_text &&
            !settings_set(settings, &setting_rows[i], setting_rows[i].default_text, "default",
                          error))
            return NULL;
    if (hive_site_file) {
        g_autoptr(GHashTable) found =
            hive_site_read(hive_site_file, notes, settings->hive_properties, error);
        if (!found)
            return NULL;
        GHashTableIter iter;
        gpointer key, text;
        g_hash_table_iter_init(&iter, found);
        while (g_hash_table_iter_next(&iter, &key, &text))
            if (!settings_apply(settings, key, text, hive_site_file, error))
                return NULL;
    }
    if (config_file && !settings_apply_file(settings, config_file, error))
        return NULL;
    if (!settings_apply_environment(settings, environment, error))
        return NULL;
    settings_fill_paths(settings, environment);
    return g_steal_pointer(&settings);
}

void
settings_free(Settings *settings)
{
    if (!settings)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(setting_rows); i++)
        if (setting_rows[i].type == SETTING_TEXT)
            g_free(*(char **)((char *)settings + setting_rows[i].offset));
    g_clear_pointer(&settings->hive_properties, g_hash_table_unref);
    g_free(settings);
}

gboolean
settings_use_embedded_database(const Settings *settings, const char *const *environment)
{
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE",
                                        "PGPORT"};
    if (settings->database_uri)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_environ_getenv((char **)environment, names[i]))
            return FALSE;
    return TRUE;
}

char *
settings_help_text(void)
{
    GString *text =
        g_string_new("Settings ([skep] in the file, SKEP_<NAME> in the environment):\n");
    for (gsize i = 0; i < G_N_ELEMENTS(setting_rows); i++) {
        const SettingRow *row = &setting_rows[i];
        g_string_append_printf(text, "  %-30s %s", row->key, row->help);
        if (row->default_text)
            g_string_append_printf(text, " [%s]", row->default_text);
        if (row->is_secret)
            g_string_append_printf(text, " (or %s_file)", row->key);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

char *
settings_sample_text(void)
{
    GString *text =
        g_string_new("# Settings of skepd. What is commented out stands at its default.\n[skep]\n");
    for (gsize i = 0; i < G_N_ELEMENTS(setting_rows); i++) {
        const SettingRow *row = &setting_rows[i];
        g_string_append_printf(text, "\n# %s\n#%s=%s\n", row->help, row->key,
                               row->default_text ? row->default_text : "");
    }
    return g_string_free(text, FALSE);
}
