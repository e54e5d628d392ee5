/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of names, contexts, collections and databases. Tables are in decode_table.c, partitions
 * in decode_partition.c, locks in decode_lock.c. */
#include "decode.h"

#include <string.h>

#include "skep/error.h"

void
thrift_name_clear(ThriftName *name)
{
    g_clear_pointer(&name->catalog, g_free);
    g_clear_pointer(&name->database, g_free);
    g_clear_pointer(&name->table, g_free);
}

/* Hive: only a text that starts with '@' and has a '#' names a catalog; "@cat#!" is the empty name.
 */
void
thrift_decode_database_pattern(const char *text, const char *catalog, ThriftName *out_name)
{
    const char *hash = text != NULL && text[0] == '@' ? strchr(text, '#') : NULL;
    if (hash == NULL) {
        out_name->catalog = g_strdup(catalog);
        out_name->database = g_strdup(text);
        return;
    }
    out_name->catalog = hash > text + 1 ? g_strndup(text + 1, (gsize)(hash - text - 1)) : NULL;
    if (strcmp(hash, "#!") == 0)
        out_name->database = g_strdup("");
    else if (hash[1] != '\0')
        out_name->database = g_strdup(hash + 1);
}

gboolean
thrift_decode_database_name(const char *text,
                            const char *catalog,
                            ThriftName *out_name,
                            GError **error)
{
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(text, catalog, &name);
    if (name.database == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Database name cannot be null.");
    if (strchr(name.database, CATALOG_LEVEL_SEPARATOR) != NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A database name cannot hold the character U+001F");
    out_name->catalog = g_steal_pointer(&name.catalog);
    out_name->database = g_steal_pointer(&name.database);
    return TRUE;
}

gboolean
thrift_decode_table_name(const char *database,
                         const char *catalog,
                         const char *table,
                         ThriftName *out_name,
                         GError **error)
{
    if (table == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Table name cannot be null.");
    if (!thrift_decode_database_name(database, catalog, out_name, error))
        return FALSE;
    out_name->table = g_strdup(table);
    return TRUE;
}

static gboolean
context_is_true(GHashTable *properties, const char *key)
{
    const char *value = g_hash_table_lookup(properties, key);
    return value != NULL && g_ascii_strcasecmp(value, "true") == 0;
}

void
thrift_decode_context(const HmsEnvironmentContext *context, ThriftContext *out_context)
{
    *out_context = (ThriftContext){0};
    if (context == NULL || context->properties == NULL)
        return;
    GHashTable *properties = context->properties;
    out_context->do_not_update_stats = context_is_true(properties, "DO_NOT_UPDATE_STATS");
    out_context->cascade = context_is_true(properties, "CASCADE");
    out_context->allow_partition_key_change =
        context_is_true(properties, "allow_partition_key_change");
    out_context->if_purge = context_is_true(properties, "ifPurge");
    out_context->expected_key = g_hash_table_lookup(properties, "expected_parameter_key");
    out_context->expected_value = g_hash_table_lookup(properties, "expected_parameter_value");
}

GHashTable *
thrift_decode_map(GHashTable *map)
{
    GHashTable *copy = catalog_map_new();
    if (map == NULL)
        return copy;
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    g_hash_table_iter_init(&iter, map);
    while (g_hash_table_iter_next(&iter, &key, &value))
        catalog_map_set(copy, key, value != NULL ? value : "");
    return copy;
}

GPtrArray *
thrift_decode_strings(const GPtrArray *strings)
{
    GPtrArray *copy = catalog_strings_new();
    for (guint i = 0; strings != NULL && i < strings->len; i++) {
        const char *text = g_ptr_array_index(strings, i);
        g_ptr_array_add(copy, g_strdup(text != NULL ? text : ""));
    }
    return copy;
}

GStrv
thrift_decode_strv(const GPtrArray *strings)
{
    guint n = strings != NULL ? strings->len : 0;
    GStrv copy = g_new0(char *, (gsize)n + 1);
    for (guint i = 0; i < n; i++) {
        const char *text = g_ptr_array_index(strings, i);
        copy[i] = g_strdup(text != NULL ? text : "");
    }
    return copy;
}

GStrv
thrift_decode_take_strv(GPtrArray *strings)
{
    if (strings == NULL)
        return g_new0(char *, 1);
    for (guint i = 0; i < strings->len; i++)
        if (g_ptr_array_index(strings, i) == NULL)
            g_ptr_array_index(strings, i) = g_strdup("");
    g_ptr_array_add(strings, NULL);
    return (GStrv)g_ptr_array_steal(strings, NULL);
}

char *
thrift_decode_location(const char *location)
{
    return location != NULL && location[0] != '\0' ? g_strdup(location) : NULL;
}

/* An unknown number of an enumeration is an absent one, as it is for clients in Java. */
static gint32
owner_type_decode(gboolean is_set, gint32 type)
{
    return is_set && type >= HMS_PRINCIPAL_TYPE_USER && type <= HMS_PRINCIPAL_TYPE_GROUP ? type : 0;
}

CatalogNamespace *
thrift_decode_database(const HmsDatabase *database, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(database->name, database->catalogName, &name, error))
        return NULL;
    if (database->__isset_type && database->type == HMS_DATABASE_TYPE_REMOTE)
        return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, name.database,
                              "Remote databases, which data connectors serve, are not supported");
    g_autoptr(CatalogNamespace) namespace_ = catalog_namespace_new();
    namespace_->catalog = g_steal_pointer(&name.catalog);
    namespace_->name = g_steal_pointer(&name.database);
    namespace_->description = g_strdup(database->description);
    namespace_->location = thrift_decode_location(database->locationUri);
    namespace_->managed_location = thrift_decode_location(database->managedLocationUri);
    namespace_->owner_name = g_strdup(database->ownerName);
    namespace_->owner_type = owner_type_decode(database->__isset_ownerType, database->ownerType);
    namespace_->create_time_s = database->createTime;
    g_hash_table_unref(namespace_->properties);
    namespace_->properties = thrift_decode_map(database->parameters);
    return g_steal_pointer(&namespace_);
}

CatalogNamespace *
thrift_decode_create_database(const HmsCreateDatabaseRequest *request, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(request->databaseName, request->catalogName, &name, error))
        return NULL;
    if (request->__isset_type && request->type == HMS_DATABASE_TYPE_REMOTE)
        return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, name.database,
                              "Remote databases, which data connectors serve, are not supported");
    g_autoptr(CatalogNamespace) namespace_ = catalog_namespace_new();
    namespace_->catalog = g_steal_pointer(&name.catalog);
    namespace_->name = g_steal_pointer(&name.database);
    namespace_->description = g_strdup(request->description);
    namespace_->location = thrift_decode_location(request->locationUri);
    namespace_->managed_location = thrift_decode_location(request->managedLocationUri);
    namespace_->owner_name = g_strdup(request->ownerName);
    namespace_->owner_type = owner_type_decode(request->__isset_ownerType, request->ownerType);
    namespace_->create_time_s = request->createTime;
    g_hash_table_unref(namespace_->properties);
    namespace_->properties = thrift_decode_map(request->parameters);
    return g_steal_pointer(&namespace_);
}
