/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of collections, catalogs, databases and locks. Tables are in encode_table.c, partitions
 * in encode_partition.c. */
#include "encode.h"

#include <string.h>

GPtrArray *
thrift_encode_strings(const GPtrArray *strings)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; strings != NULL && i < strings->len; i++)
        g_ptr_array_add(out, g_strdup(g_ptr_array_index(strings, i)));
    return out;
}

GPtrArray *
thrift_encode_strv(const char *const *strings)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; strings != NULL && strings[i] != NULL; i++)
        g_ptr_array_add(out, g_strdup(strings[i]));
    return out;
}

GHashTable *
thrift_encode_map(const GHashTable *map)
{
    return catalog_map_copy(map);
}

HmsCatalog *
thrift_encode_catalog(const CatalogInfo *info)
{
    HmsCatalog *out = g_object_new(HMS_TYPE_CATALOG, NULL);
    out->name = g_strdup(info->name);
    out->__isset_name = TRUE;
    out->description = g_strdup(info->description);
    out->__isset_description = info->description != NULL;
    out->locationUri = g_strdup(info->location);
    out->__isset_locationUri = TRUE;
    out->createTime = info->create_time_s;
    out->__isset_createTime = TRUE;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(info->parameters);
    out->__isset_parameters = g_hash_table_size(info->parameters) > 0;
    return out;
}

/* Clients of Hive compare the place of a database with what Hadoop makes of it: "file:/x". */
static char *
encode_location(const char *location)
{
    const char *path = location != NULL && g_str_has_prefix(location, "file:///")
                           ? location + strlen("file://")
                           : NULL;
    if (path != NULL)
        return g_strconcat("file:", path, NULL);
    return location != NULL && *location == '/' ? g_strconcat("file:", location, NULL)
                                                : g_strdup(location);
}

HmsDatabase *
thrift_encode_database(const CatalogNamespace *namespace_)
{
    HmsDatabase *out = g_object_new(HMS_TYPE_DATABASE, NULL);
    out->name = g_strdup(namespace_->name);
    out->__isset_name = TRUE;
    out->description = g_strdup(namespace_->description);
    out->__isset_description = namespace_->description != NULL;
    out->locationUri = encode_location(namespace_->location);
    out->__isset_locationUri = TRUE;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(namespace_->properties);
    out->__isset_parameters = TRUE;
    out->ownerName = g_strdup(namespace_->owner_name);
    out->__isset_ownerName = namespace_->owner_name != NULL;
    out->ownerType = (HmsPrincipalType)namespace_->owner_type;
    out->__isset_ownerType = namespace_->owner_type != 0;
    out->catalogName = g_strdup(namespace_->catalog);
    out->__isset_catalogName = namespace_->catalog != NULL;
    out->createTime = namespace_->create_time_s;
    out->__isset_createTime = TRUE;
    out->managedLocationUri = encode_location(namespace_->managed_location);
    out->__isset_managedLocationUri = namespace_->managed_location != NULL;
    out->type = HMS_DATABASE_TYPE_NATIVE;
    out->__isset_type = TRUE;
    return out;
}

HmsLockResponse *
thrift_encode_lock_response(gint64 lock_id, CatalogLockState state)
{
    HmsLockResponse *out = g_object_new(HMS_TYPE_LOCK_RESPONSE, NULL);
    out->lockid = lock_id;
    out->state = (HmsLockState)state;
    return out;
}

static char *
required_text(const char *text)
{
    return g_strdup(text != NULL ? text : "");
}

HmsShowLocksResponseElement *
thrift_encode_lock_info(const CatalogLockInfo *info)
{
    HmsShowLocksResponseElement *out = g_object_new(HMS_TYPE_SHOW_LOCKS_RESPONSE_ELEMENT, NULL);
    const CatalogLockComponent *component = &info->component;
    out->lockid = info->lock_id;
    out->dbname = required_text(component->namespace_name);
    out->tablename = g_strdup(component->table_name);
    out->__isset_tablename = component->table_name != NULL;
    out->partname = g_strdup(component->partition_name);
    out->__isset_partname = component->partition_name != NULL;
    out->state = (HmsLockState)info->state;
    out->type = (HmsLockType)component->type;
    out->txnid = info->transaction_id;
    out->__isset_txnid = info->transaction_id != 0;
    out->lastheartbeat = info->heartbeat_at_ms;
    out->acquiredat = info->acquired_at_ms;
    out->__isset_acquiredat = info->acquired_at_ms != 0;
    out->user = required_text(info->user);
    out->hostname = required_text(info->host);
    out->agentInfo = g_strdup(info->agent_info);
    out->__isset_agentInfo = info->agent_info != NULL;
    out->blockedByExtId = info->blocked_by_lock_id;
    out->__isset_blockedByExtId = info->blocked_by_lock_id != 0;
    out->blockedByIntId = info->blocked_by_ordinal;
    out->__isset_blockedByIntId = info->blocked_by_lock_id != 0;
    out->lockIdInternal = info->ordinal;
    out->__isset_lockIdInternal = TRUE;
    return out;
}
