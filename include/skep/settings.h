/* SPDX-License-Identifier: Apache-2.0 */
/* Every setting of skepd, read once at start and then frozen. One table in
 * server/support/settings.c is the source of the names, the defaults, the bounds, `skepd --help`
 * and the sample file. Later sources win: defaults, metastore-site.xml (--hive-site), the settings
 * file (--config), the environment.
 *
 * The file has GLib's key-file form with one group [skep]; the key `thrift_listen` is
 * SKEP_THRIFT_LISTEN in the environment. A secret can also come from a file: `database_uri_file`,
 * SKEP_DATABASE_URI_FILE. Unknown keys of the file and unknown SKEP_ variables are errors. */
#pragma once

#include <glib.h>

typedef struct {
    char *
        database_uri; /* NULL: libpq's variables when there are any, else the embedded PostgreSQL */
    char *database_read_uri;  /* NULL: no standby */
    char *data_dir;           /* absolute; never NULL after settings_load */
    char *warehouse;          /* location URI; never NULL after settings_load */
    char *warehouse_external; /* location URI; NULL: as warehouse */
    char *trash_dir;          /* absolute path; NULL: what is dropped is deleted */
    char *allowed_locations;  /* further prefixes that clients may use, separated by spaces; NULL:
                                 none */
    char *secrets_key_file;   /* NULL: no secrets are kept */
    char *s3_endpoint;
    char *s3_endpoint_external;
    char *s3_sts_endpoint;
    char *s3_region;
    char *s3_access;     /* none, static, vended, signed */
    char *s3_key_source; /* NULL: by what else is set */
    char *s3_access_key_id;
    char *s3_secret_access_key;
    char *s3_session_token;
    char *s3_key_file;
    char *s3_key_profile;
    char *s3_role_arn;
    char *s3_token_file;
    char *s3_ca_file;
    gint64 s3_key_lifetime_s;
    gint64 s3_timeout_s;
    gboolean s3_path_style;
    char *thrift_listen;
    char *rest_listen;
    char *management_listen;
    char *log_level;
    char *spool_dir; /* NULL: $TMPDIR, /var/tmp or /tmp */
    gint64 workers;
    gint64 database_connections;
    gint64 database_statement_timeout_ms;
    gint64 database_acquire_timeout_ms;
    gint64 thrift_message_bytes_max;
    gint64 thrift_connections_max;
    gint64 thrift_idle_timeout_s;
    gint64 thrift_request_timeout_s;
    gint64 spool_bytes_max;
    gint64 rest_body_bytes_max;
    gint64 rest_connections_max;
    gint64 rest_timeout_s;
    gint64 lock_timeout_s;
    gint64 duty_lease_s;
    gint64 undrop_retention_s;
    gint64 task_retention_s;
    gint64 event_retention_s;
    gint64 idempotency_lifetime_s;
    gint64 sweep_after_s;
    gint64 metrics_report_retention_s;
    gint64 metadata_cache_bytes;
    gint64 metadata_bytes_max;
    gint64 commit_retries_max;
    gint64 partitions_per_request_max;
    gint64 partition_mark_expiry_s;
    gboolean database_prepare_statements;
    gboolean migrate_at_start;
    gboolean allow_any_file_location;
    gboolean translate_managed_tables;
    gboolean rebase_appends;
    gboolean check_storage_permission;
    char *admin_users; /* separated by commas or spaces; NULL: none */
    gboolean statistics_bit_vectors;
    gboolean statistics_histograms;
    GHashTable *hive_properties; /* char* -> char*: all that the Hive file holds; never NULL */
} Settings;

/* Both file names may be NULL. `environment` is a NULL-terminated list of NAME=value
 * (g_get_environ). Notes about what a Hive file holds that does not apply are appended to `notes`
 * (char*, a line each). */
Settings *settings_load(const char *config_file,
                        const char *hive_site_file,
                        const char *const *environment,
                        GPtrArray *notes,
                        GError **error);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* TRUE when neither a database_uri nor a libpq variable (PGHOST, PGSERVICE, ...) names a database.
 */
gboolean settings_use_embedded_database(const Settings *settings, const char *const *environment);

/* A table of all settings for --help, and a commented settings file. Transfer full. */
char *settings_help_text(void);
char *settings_sample_text(void);
