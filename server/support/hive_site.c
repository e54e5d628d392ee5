/* SPDX-License-Identifier: Apache-2.0 */
/* Maps a Hive configuration file to settings of Skep. One table says which property becomes what;
 * the rest is named in a note. Caller: settings.c. */
#include "support/hive_site.h"

#include <string.h>

#include "skep/error.h"

/* --- the XML: <configuration><property><name/><value/></property>...</configuration> --- */

typedef struct {
    GHashTable *properties; /* char* -> char* */
    GString *text;          /* of the element being read, NULL outside <name> and <value> */
    char *name;
    char *value;
} HiveSiteReader;

static void
hive_site_start(GMarkupParseContext *context,
                const char *element,
                const char **attribute_names,
                const char **attribute_values,
                gpointer data,
                GError **error)
{
    (void)context, (void)attribute_names, (void)attribute_values, (void)error;
    HiveSiteReader *reader = data;
    if (!strcmp(element, "name") || !strcmp(element, "value"))
        g_string_truncate(reader->text, 0);
}

static void
hive_site_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
    (void)context, (void)error;
    HiveSiteReader *reader = data;
    if (!strcmp(element, "name")) {
        g_free(reader->name);
        reader->name = g_strstrip(g_strdup(reader->text->str));
    } else if (!strcmp(element, "value")) {
        g_free(reader->value);
        reader->value = g_strstrip(g_strdup(reader->text->str));
    } else if (!strcmp(element, "property")) {
        if (reader->name && reader->value)
            g_hash_table_replace(reader->properties, g_steal_pointer(&reader->name),
                                 g_steal_pointer(&reader->value));
        g_clear_pointer(&reader->name, g_free);
        g_clear_pointer(&reader->value, g_free);
    }
}

static void
hive_site_text(
    GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
    (void)context, (void)error;
    HiveSiteReader *reader = data;
    g_string_append_len(reader->text, text, (gssize)length);
}

static GHashTable *
hive_site_parse(const char *file, GError **error)
{
    static const GMarkupParser parser = {
        .start_element = hive_site_start,
        .end_element = hive_site_end,
        .text = hive_site_text,
    };
    g_autofree char *content = NULL;
    gsize length = 0;
    if (!g_file_get_contents(file, &content, &length, error))
        return NULL;
    g_autoptr(GHashTable) properties =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    HiveSiteReader reader = {.properties = properties, .text = g_string_new(NULL)};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
    gboolean parsed = g_markup_parse_context_parse(context, content, (gssize)length, error) &&
                      g_markup_parse_context_end_parse(context, error);
    g_string_free(reader.text, TRUE);
    g_free(reader.name);
    g_free(reader.value);
    if (!parsed) {
        g_prefix_error(error, "%s: ", file);
        return NULL;
    }
    return g_steal_pointer(&properties);
}

/* --- values that need a translation --- */

/* "300s", "5m", "1d", "1000ms" or bare seconds, as Hive's TimeValidator reads them. */
static char *
hive_site_seconds(const char *text)
{
    char *end = NULL;
    gint64 number = g_ascii_strtoll(text, &end, 10);
    if (end == text || number < 0)
        return NULL;
    if (!strcmp(end, "") || !strcmp(end, "s") || !strcmp(end, "sec"))
        return g_strdup_printf("%" G_GINT64_FORMAT, number);
    if (!strcmp(end, "ms") || !strcmp(end, "msec"))
        return g_strdup_printf("%" G_GINT64_FORMAT, (number + 999) / 1000);
    gint64 factor = !strcmp(end, "m") || !strcmp(end, "min")    ? 60
                    : !strcmp(end, "h") || !strcmp(end, "hour") ? 3600
                    : !strcmp(end, "d") || !strcmp(end, "day")  ? 86400
                                                                : 0;
    if (!factor || number > G_MAXINT64 / factor)
        return NULL;
    return g_strdup_printf("%" G_GINT64_FORMAT, number * factor);
}

/* Hive's "-1 means no limit" is Skep's 0. */
static char *
hive_site_limit(const char *text)
{
    return g_strdup(!strcmp(text, "-1") ? "0" : text);
}

/* A warehouse directory may be a plain path. */
static char *
hive_site_location(const char *text)
{
    return *text == '/' ? g_strconcat("file://", text, NULL) : g_strdup(text);
}

static char *
hive_site_port(const char *text)
{
    guint64 port = 0;
    return g_ascii_string_to_unsigned(text, 10, 0, 65535, &port, NULL)
               ? g_strconcat("0.0.0.0:", text, NULL)
               : NULL;
}

/* Hive's own class translates; an empty text is how Hive is told not to. */
static char *
hive_site_translates(const char *text)
{
    return g_strdup(g_str_has_suffix(text, "MetastoreDefaultTransformer") ? "true" : "false");
}

/* Minutes; where Hadoop keeps the trash of a user. */
static char *
hive_site_trash(const char *text)
{
    guint64 minutes = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &minutes, NULL))
        return NULL;
    return minutes > 0 ? g_build_filename(g_get_home_dir(), ".Trash", "Current", NULL)
                       : g_strdup("");
}

typedef struct {
    const char *suffix; /* after "metastore." or "hive.metastore.", or another name in full */
    const char *setting;
    char *(*translate)(const char *text); /* NULL result: the value cannot be read */
} HiveSiteRow;

static const HiveSiteRow hive_site_rows[] = {
    {"warehouse.dir",                "warehouse",                  hive_site_location  },
    {"warehouse.external.dir",       "warehouse_external",         hive_site_location  },
    {"metadata.transformer.class",   "translate_managed_tables",   hive_site_translates},
    {"fs.trash.interval",            "trash_dir",                  hive_site_trash     },
    {"authorization.storage.checks", "check_storage_permission",   g_strdup            },
    {"users.in.admin.role",          "admin_users",                g_strdup            },
    {"hive.users.in.admin.role",     "admin_users",                g_strdup            },
    {"thrift.port",                  "thrift_listen",              hive_site_port      },
    {"port",                         "thrift_listen",              hive_site_port      },
    {"catalog.servlet.port",         "rest_listen",                hive_site_port      },
    {"limit.partition.request",      "partitions_per_request_max", hive_site_limit     },
    {"txn.timeout",                  "lock_timeout_s",             hive_site_seconds   },
    {"hive.txn.timeout",             "lock_timeout_s",             hive_site_seconds   },
    {"event.db.listener.timetolive", "event_retention_s",          hive_site_seconds   },
    {"server.max.message.size",      "thrift_message_bytes_max",   g_strdup            },
    {"event.expiry.duration",        "partition_mark_expiry_s",    hive_site_seconds   },
    {"stats.fetch.bitvector",        "statistics_bit_vectors",     g_strdup            },
    {"hive.stats.fetch.bitvector",   "statistics_bit_vectors",     g_strdup            },
    {"stats.fetch.kll",              "statistics_histograms",      g_strdup            },
    {"hive.stats.fetch.kll",         "statistics_histograms",      g_strdup            },
    {"fs.s3a.endpoint",              "s3_endpoint",                g_strdup            },
    {"fs.s3a.endpoint.region",       "s3_region",                  g_strdup            },
    {"fs.s3a.path.style.access",     "s3_path_style",              g_strdup            },
    {"fs.s3a.access.key",            "s3_access_key_id",           g_strdup            },
    {"fs.s3a.secret.key",            "s3_secret_access_key",       g_strdup            },
    {"fs.s3a.session.token",         "s3_session_token",           g_strdup            },
};

static const HiveSiteRow *
hive_site_find_row(const char *name)
{
    const char *suffix = name;
    if (g_str_has_prefix(name, "hive.metastore."))
        suffix = name + strlen("hive.metastore.");
    else if (g_str_has_prefix(name, "metastore."))
        suffix = name + strlen("metastore.");
    for (gsize i = 0; i < G_N_ELEMENTS(hive_site_rows); i++)
        if (!strcmp(hive_site_rows[i].suffix, suffix))
            return &hive_site_rows[i];
    return NULL;
}

/* --- the database: a JDBC URL, a user and a password become one libpq URI --- */

static const char *
hive_site_database_property(GHashTable *properties, const char *which)
{
    static const char *const prefixes[] = {"javax.jdo.option.", "metastore.jdo.option."};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        g_autofree char *name = g_strconcat(prefixes[i], which, NULL);
        const char *value = g_hash_table_lookup(properties, name);
        if (value && *value)
            return value;
    }
    return NULL;
}

static gboolean
hive_site_database_uri(GHashTable *properties, char **out_uri, GError **error)
{
    const char *url = hive_site_database_property(properties, "ConnectionURL");
    if (!url)
        return TRUE;
    if (!g_str_has_prefix(url, "jdbc:postgresql://"))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, "javax.jdo.option.ConnectionURL",
                         "Skep keeps its catalog in PostgreSQL alone; \"%s\" is another database. "
                         "Leave the property out to use the embedded one",
                         url);
    const char *user = hive_site_database_property(properties, "ConnectionUserName");
    const char *password = hive_site_database_property(properties, "ConnectionPassword");
    GString *uri = g_string_new(url + strlen("jdbc:"));
    char separator = strchr(uri->str, '?') ? '&' : '?';
    if (user) {
        g_autofree char *escaped = g_uri_escape_string(user, NULL, FALSE);
        g_string_append_printf(uri, "%cuser=%s", separator, escaped);
        separator = '&';
    }
    if (password) {
        g_autofree char *escaped = g_uri_escape_string(password, NULL, FALSE);
        g_string_append_printf(uri, "%cpassword=%s", separator, escaped);
    }
    *out_uri = g_string_free(uri, FALSE);
    return TRUE;
}

/* --- the object store: Hadoop's words for S3 --- */

#define S3A         "fs.s3a."
#define S3A_USE_TLS S3A "connection.ssl.enabled"

/* Hadoop takes an endpoint without a scheme, and another property says which. */
static void
hive_site_complete_endpoint(GHashTable *found, GHashTable *properties)
{
    const char *endpoint = g_hash_table_lookup(found, "s3_endpoint");
    const char *use_tls = g_hash_table_lookup(properties, S3A_USE_TLS);
    gboolean is_plain = use_tls && g_ascii_strcasecmp(use_tls, "false") == 0;

    if (endpoint && !strstr(endpoint, "://"))
        g_hash_table_replace(found, g_strdup("s3_endpoint"),
                             g_strconcat(is_plain ? "http://" : "https://", endpoint, NULL));
}

/* Read with others, or not Skep's; of the former nobody needs to be told. */
static gboolean
hive_site_is_read_elsewhere(const char *name)
{
    return strstr(name, "jdo.option.Connection") || strcmp(name, S3A_USE_TLS) == 0;
}

static gboolean
hive_site_is_secret(const char *name)
{
    return g_str_has_prefix(name, S3A) &&
           (g_str_has_suffix(name, ".key") || g_str_has_suffix(name, ".token"));
}

GHashTable *
hive_site_read(const char *file, GPtrArray *notes, GHashTable *out_properties, GError **error)
{
    g_autoptr(GHashTable) properties = hive_site_parse(file, error);
    if (!properties)
        return NULL;
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    char *uri = NULL;
    if (!hive_site_database_uri(properties, &uri, error))
        return NULL;
    if (uri)
        g_hash_table_replace(found, g_strdup("database_uri"), uri);
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, properties);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const HiveSiteRow *row = hive_site_find_row(name);
        if (!hive_site_is_secret(name))
            g_hash_table_replace(out_properties, g_strdup(name), g_strdup(value));
        /* an empty word of S3 is how Hadoop's defaults are written */
        if (row && g_str_has_prefix(name, S3A) && *(char *)value == '\0')
            continue;
        if (!row) {
            if (!hive_site_is_read_elsewhere(name))
                g_ptr_array_add(
                    notes, g_strdup_printf("%s: %s does not apply to Skep", file, (char *)name));
            continue;
        }
        char *text = row->translate(value);
        if (!text) {
            skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name, "%s: %s cannot be read from \"%s\"",
                      file, (char *)name, (char *)value);
            return NULL;
        }
        g_hash_table_replace(found, g_strdup(row->setting), text);
    }
    hive_site_complete_endpoint(found, properties);
    return g_steal_pointer(&found);
}
