/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for clients: the warehouse's own, or ones that STS makes for one table's prefixes, which are
 * given again until half of their life is over. See skep/warehouse_access.h. */
#include "access_private.h"

#include <string.h>

#include "session_policy.h"
#include "skep/error.h"

/* Made keys that are remembered; a table's take about three kilobytes. */
#define ACCESS_KEPT_MAX 4096
/* What AssumeRole takes for a session's name. */
#define SESSION_NAME_MAX 64

static void
made_keys_free(gpointer data)
{
    MadeKeys *made = data;
    s3_keys_free(made->keys);
    g_free(made);
}

WarehouseAccess *
warehouse_access_new(const StorageProfile *profile)
{
    WarehouseAccess *access = g_new0(WarehouseAccess, 1);
    access->profile = storage_profile_copy(profile);
    access->http = http_pool_new(profile->ca_file, NULL);
    access->own_keys = s3_key_source_new(profile);
    g_mutex_init(&access->mutex);
    access->made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, made_keys_free);
    return access;
}

void
warehouse_access_free(WarehouseAccess *access)
{
    if (!access)
        return;
    g_hash_table_unref(access->made);
    g_mutex_clear(&access->mutex);
    s3_key_source_free(access->own_keys);
    http_pool_free(access->http);
    storage_profile_free(access->profile);
    g_free(access);
}

const StorageProfile *
warehouse_access_profile(const WarehouseAccess *access)
{
    return access->profile;
}

void
warehouse_keys_free(WarehouseKeys *keys)
{
    if (!keys)
        return;
    if (keys->secret_access_key)
        explicit_bzero(keys->secret_access_key, strlen(keys->secret_access_key));
    g_free(keys->access_key_id);
    g_free(keys->secret_access_key);
    g_free(keys->session_token);
    g_free(keys);
}

/* --- made keys --- */

static S3Keys *
find_made(WarehouseAccess *access, const char *policy, gint64 now_s)
{
    S3Keys *found = NULL;
    g_mutex_lock(&access->mutex);
    const MadeKeys *made = g_hash_table_lookup(access->made, policy);
    if (made && now_s < made->good_until_s)
        found = s3_keys_copy(made->keys);
    g_mutex_unlock(&access->mutex);
    return found;
}

/* Makes room: what is no longer given goes; when that is nothing, all goes, and is made again as it
 * is asked for. */
static void
make_room(WarehouseAccess *access, gint64 now_s)
{
    GHashTableIter iter;
    gpointer value;
    if (g_hash_table_size(access->made) < ACCESS_KEPT_MAX)
        return;
    g_hash_table_iter_init(&iter, access->made);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((const MadeKeys *)value)->good_until_s <= now_s)
            g_hash_table_iter_remove(&iter);
    if (g_hash_table_size(access->made) >= ACCESS_KEPT_MAX)
        g_hash_table_remove_all(access->made);
}

static void
keep_made(WarehouseAccess *access, const char *policy, const S3Keys *keys, gint64 now_s)
{
    MadeKeys *made = g_new0(MadeKeys, 1);
    made->keys = s3_keys_copy(keys);
    made->good_until_s = now_s + MAX(keys->expires_at_s - now_s, 0) / 2;
    g_mutex_lock(&access->mutex);
    make_room(access, now_s);
    g_hash_table_replace(access->made, g_strdup(policy), made);
    g_mutex_unlock(&access->mutex);
}

/* The store's log names sessions: the table's location, as far as its characters go. */
static char *
session_name(const WarehouseScope *scope)
{
    GString *name = g_string_new("skep-");
    gsize length = strlen(scope->locations[0]);
    gsize room = SESSION_NAME_MAX - name->len;
    const char *from = scope->locations[0] + (length > room ? length - room : 0);
    for (; *from; from++)
        g_string_append_c(name, g_ascii_isalnum(*from) || strchr("_.-", *from) ? *from : '-');
    return g_string_free(name, FALSE);
}

S3Keys *
access_make_keys(WarehouseAccess *access, const WarehouseScope *scope, GError **error)
{
    const StorageProfile *profile = access->profile;
    gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;
    g_autoptr(GError) failure = NULL;
    g_autofree char *policy = session_policy_new(
        session_policy_partition(profile->role_arn, profile->region), scope, error);
    S3Keys *keys = policy ? find_made(access, policy, now_s) : NULL;
    if (!policy || keys)
        return keys;
    g_autoptr(S3Keys) own = s3_key_source_take(access->own_keys, error);
    if (!own)
        return NULL;
    g_autofree char *session = session_name(scope);
    keys = sts_assume_role(access->http, profile, own, policy, session, profile->key_lifetime_s,
                           &failure);
    if (keys)
        keep_made(access, policy, keys, now_s);
    else if (skep_error_fact(failure) == SKEP_ERROR_INVALID_ARGUMENT)
        skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL, "No keys are given for location '%.200s': %s",
                  scope->locations[0], failure->message);
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return keys;
}

WarehouseKeys *
warehouse_access_keys(WarehouseAccess *access, const WarehouseScope *scope, GError **error)
{
    g_autoptr(S3Keys) keys = access->profile->access == STORAGE_ACCESS_STATIC
                                 ? s3_key_source_take(access->own_keys, error)
                                 : access_make_keys(access, scope, error);
    if (!keys)
        return NULL;
    WarehouseKeys *given = g_new0(WarehouseKeys, 1);
    given->access_key_id = g_strdup(keys->access_key_id);
    given->secret_access_key = g_strdup(keys->secret_access_key);
    given->session_token = g_strdup(keys->session_token);
    given->expires_at_ms = keys->expires_at_s * 1000;
    return given;
}

char *
warehouse_access_seal(WarehouseAccess *access, const char *text, GError **error)
{
    g_autoptr(S3Keys) own = s3_key_source_take(access->own_keys, error);
    if (!own)
        return NULL;
    /* Not the secret itself, which signs requests: a key that is derived for this alone. */
    g_autofree char *key =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)own->secret_access_key,
                                  strlen(own->secret_access_key), "skep staged table", -1);
    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key), text, -1);
}
