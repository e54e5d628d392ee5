/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about configuration: get_config_value, which anybody may ask, and getMetaConf and
 * setMetaConf, whose values belong to the connection. The values say how this server behaves, in
 * Hive's own key names; other keys of the Hive file it was given are answered as they stand there,
 * but for secrets. Caller: dispatch.c. */
#include "configuration.h"

#include <string.h>

#include "bindings.h"
#include "reply.h"

#include <hms_hive_metastore_types.h>

#include "skep/error.h"

/* Every key also has a form that begins with `metastore.` in place of `hive.metastore.` or `hive.`.
 */
typedef struct {
    const char *name;
    const char *short_name; /* NULL: none */
    const char *value;      /* NULL: taken from the settings of the server */
    gboolean is_settable;   /* by setMetaConf */
} ConfigurationKey;

#define INCOMPATIBLE_COLUMNS "hive.metastore.disallow.incompatible.col.type.changes"
#define LOCK_TIMEOUT         "hive.txn.timeout"
#define WAREHOUSE            "hive.metastore.warehouse.dir"
#define WAREHOUSE_EXTERNAL   "hive.metastore.warehouse.external.dir"
#define PARTITION_LIMIT      "hive.metastore.limit.partition.request"
#define PARTITION_PATTERN    "hive.metastore.partition.name.whitelist.pattern"

static const ConfigurationKey configuration_keys[] = {
    {INCOMPATIBLE_COLUMNS,                     "metastore.disallow.incompatible.col.type.changes", "true", TRUE },
    {"hive.metastore.try.direct.sql",          "metastore.try.direct.sql",                         "true", TRUE },
    {"hive.metastore.try.direct.sql.ddl",      "metastore.try.direct.sql.ddl",                     "true", TRUE },
    {"hive.metastore.client.socket.timeout",   "metastore.client.socket.timeout",                  "600s", TRUE },
    {"hive.metastore.client.socket.lifetime",  "metastore.client.socket.lifetime",                 "0s",   TRUE },
    {"hive.metastore.client.capability.check", "metastore.client.capability.check",                "true", TRUE },
    {PARTITION_PATTERN,                        "metastore.partition.name.whitelist.pattern",       NULL,   TRUE },
    {LOCK_TIMEOUT,                             "metastore.txn.timeout",                            NULL,   FALSE},
    {WAREHOUSE,                                "metastore.warehouse.dir",                          NULL,   FALSE},
    {WAREHOUSE_EXTERNAL,                       "metastore.warehouse.external.dir",                 NULL,   FALSE},
    {PARTITION_LIMIT,                          "metastore.limit.partition.request",                NULL,   FALSE},
    {"hive.exec.default.partition.name",       "metastore.default.partition.name",
     "__HIVE_DEFAULT_PARTITION__",                                                                         FALSE},
    {"hive.stats.autogather",                  "metastore.stats.autogather",                       "true", FALSE},
    {"hive.metastore.uris",                    "metastore.thrift.uris",                            "",     FALSE},
};

static const ConfigurationKey *
key_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(configuration_keys); i++) {
        const ConfigurationKey *key = &configuration_keys[i];
        if (strcmp(name, key->name) == 0 || g_strcmp0(name, key->short_name) == 0)
            return key;
    }
    return NULL;
}

/* What the Hive file of the server says; "" when it says nothing. Transfer full. */
static char *
hive_property(const ThriftCall *call, const ConfigurationKey *key)
{
    GHashTable *properties = call->settings != NULL ? call->settings->hive_properties : NULL;
    const char *value = properties != NULL ? g_hash_table_lookup(properties, key->name) : NULL;
    if (value == NULL && properties != NULL && key->short_name != NULL)
        value = g_hash_table_lookup(properties, key->short_name);
    return g_strdup(value != NULL ? value : "");
}

/* Transfer full. */
static char *
key_value(const ThriftCall *call, const ConfigurationKey *key)
{
    if (key->value != NULL)
        return g_strdup(key->value);
    const Settings *settings = call->settings;
    if (strcmp(key->name, PARTITION_PATTERN) == 0)
        return hive_property(call, key);
    if (strcmp(key->name, WAREHOUSE) == 0)
        return g_strdup(settings != NULL && settings->warehouse ? settings->warehouse : "");
    if (strcmp(key->name, WAREHOUSE_EXTERNAL) == 0)
        return g_strdup(settings == NULL               ? ""
                        : settings->warehouse_external ? settings->warehouse_external
                        : settings->warehouse          ? settings->warehouse
                                                       : "");
    if (strcmp(key->name, PARTITION_LIMIT) == 0)
        return settings != NULL && settings->partitions_per_request_max > 0
                   ? g_strdup_printf("%" G_GINT64_FORMAT, settings->partitions_per_request_max)
                   : g_strdup("-1");
    CatalogOptions defaults;
    catalog_options_init(&defaults);
    gint64 timeout_s =
        call->settings != NULL ? call->settings->lock_timeout_s : defaults.lock_timeout_ms / 1000;
    return g_strdup_printf("%" G_GINT64_FORMAT "s", timeout_s);
}

/* Hive: names of its own families may be asked for, and passwords never. */
static gboolean
name_is_public(const char *name)
{
    static const char *const families[] = {"hive", "hdfs", "mapred", "metastore"};
    g_autofree char *folded = g_ascii_strdown(name, -1);
    static const char *const hidden[] = {"password", "secret", "credential", "connection", "token"};
    for (gsize i = 0; i < G_N_ELEMENTS(hidden); i++)
        if (strstr(folded, hidden[i]) != NULL)
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(name, families[i]))
            return TRUE;
    return FALSE;
}

gboolean
thrift_get_config_value(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsThriftHiveMetastoreGetConfigValueArgs *in = args;
    HmsThriftHiveMetastoreGetConfigValueResult *out = result;
    if (in->name == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Config key cannot be null.");
    if (!name_is_public(in->name))
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "For security reasons, the config key %s cannot be accessed", in->name);
    const ConfigurationKey *key = key_find(in->name);
    if (key != NULL)
        return THRIFT_REPLY_VALUE(out, key_value(call, key));
    const char *own = call->settings != NULL && call->settings->hive_properties != NULL
                          ? g_hash_table_lookup(call->settings->hive_properties, in->name)
                          : NULL;
    if (own != NULL)
        return THRIFT_REPLY_VALUE(out, g_strdup(own));
    if (in->defaultValue == NULL)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "The config key %s is not known to this server", in->name);
    return THRIFT_REPLY_VALUE(out, g_strdup(in->defaultValue));
}

/* The key that a connection may set, or NULL with an error. */
static const ConfigurationKey *
settable_find(const char *name, GError **error)
{
    const ConfigurationKey *key = name != NULL ? key_find(name) : NULL;
    if (key == NULL || !key->is_settable)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Invalid configuration key %s", name != NULL ? name : "null");
    return key;
}

gboolean
thrift_get_meta_conf(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsThriftHiveMetastoreGetMetaConfArgs *in = args;
    HmsThriftHiveMetastoreGetMetaConfResult *out = result;
    const ConfigurationKey *key = settable_find(in->key, error);
    if (key == NULL)
        return FALSE;
    const char *own = call->session->meta_conf != NULL
                          ? g_hash_table_lookup(call->session->meta_conf, key->name)
                          : NULL;
    return THRIFT_REPLY_VALUE(out, own != NULL ? g_strdup(own) : key_value(call, key));
}

/* A length of time as Hive takes it: "600", "600s", "10 min". */
static gboolean
is_duration(const char *text)
{
    static const char *const units[] = {
        "",     "d",           "day",          "days", "h",    "hour",        "hours",        "m",
        "min",  "minute",      "minutes",      "s",    "sec",  "second",      "seconds",      "ms",
        "msec", "millisecond", "milliseconds", "us",   "usec", "microsecond", "microseconds", "ns",
        "nsec", "nanosecond",  "nanoseconds",  NULL};
    g_autofree char *folded = g_ascii_strdown(text, -1);
    const char *rest = g_strstrip(folded);
    gsize digits = strspn(rest, "0123456789");
    if (digits == 0 || digits > 18)
        return FALSE;
    rest += digits;
    return g_strv_contains(units, rest + strspn(rest, " "));
}

static gboolean
value_check(const ConfigurationKey *key, const char *value, GError **error)
{
    gboolean is_time = g_str_has_suffix(key->name, "client.socket.timeout") ||
                       g_str_has_suffix(key->name, "client.socket.lifetime");
    if (!is_time || is_duration(value))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Invalid configuration value %.100s for key %s by Invalid time unit", value,
                     key->name);
}

gboolean
thrift_set_meta_conf(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsThriftHiveMetastoreSetMetaConfArgs *in = args;
    const ConfigurationKey *key = settable_find(in->key, error);
    if (key == NULL || !value_check(key, in->value != NULL ? in->value : "", error))
        return FALSE;
    ThriftSession *session = call->session;
    if (session->meta_conf == NULL)
        session->meta_conf = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_replace(session->meta_conf, g_strdup(key->name),
                         g_strdup(in->value != NULL ? in->value : ""));
    return TRUE;
}

gboolean
thrift_configuration_allows_incompatible_columns(const ThriftSession *session)
{
    const char *disallow = session->meta_conf != NULL
                               ? g_hash_table_lookup(session->meta_conf, INCOMPATIBLE_COLUMNS)
                               : NULL;
    return disallow != NULL && g_ascii_strcasecmp(disallow, "false") == 0;
}

char *
thrift_configuration_partition_pattern(const ThriftCall *call)
{
    const char *own = call->session != NULL && call->session->meta_conf != NULL
                          ? g_hash_table_lookup(call->session->meta_conf, PARTITION_PATTERN)
                          : NULL;
    return own != NULL ? g_strdup(own) : key_value(call, key_find(PARTITION_PATTERN));
}
