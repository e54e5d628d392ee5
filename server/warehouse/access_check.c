/* SPDX-License-Identifier: Apache-2.0 */
/* Tries whether made keys stay within their table: a store that ignores session policies (or
 * forgets the slash at their end) would open every table to everyone. Caller: whoever makes or
 * changes a warehouse. */
#include <string.h>

#include "access_private.h"
#include "s3_client.h"
#include "skep/error.h"
#include "warehouse_private.h"

/* A client that has nothing but these keys. */
static S3Client *
client_with(const StorageProfile *profile, const S3Keys *keys, GError **error)
{
    g_autoptr(StorageProfile) given = storage_profile_copy(profile);
    const S3Limits limits = {.attempts_max = 2};
    char **slots[] = {&given->access_key_id, &given->secret_access_key, &given->session_token};
    const char *values[] = {keys->access_key_id, keys->secret_access_key, keys->session_token};
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++) {
        g_free(*slots[i]);
        *slots[i] = g_strdup(values[i]);
    }
    given->key_source = STORAGE_KEYS_GIVEN;
    return s3_client_new(given, &limits, error);
}

static gboolean
write_and_delete(S3Client *client, const S3Object *object, GError **error)
{
    g_autoptr(GBytes) content = g_bytes_new_static("skep", 4);
    return s3_object_write_new(client, object, content, error) &&
           s3_object_delete(client, object, error);
}

/* Beside the table, and where its name goes on. */
static gboolean
refuses_siblings(S3Client *client, const char *bucket, const char *const *keys, GError **error)
{
    for (gsize i = 0; keys[i]; i++) {
        const S3Object sibling = {bucket, keys[i]};
        g_autoptr(GError) refusal = NULL;
        if (write_and_delete(client, &sibling, &refusal))
            return skep_fail(error, SKEP_ERROR_UNPROCESSABLE, NULL,
                             "Keys for one table of this store reach others: "
                             "a session policy does not hold there");
        if (skep_error_fact(refusal) != SKEP_ERROR_FORBIDDEN) {
            g_propagate_error(error, g_steal_pointer(&refusal));
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
warehouse_access_check_narrow(WarehouseAccess *access, const char *root, GError **error)
{
    if (access->profile->access != STORAGE_ACCESS_VENDED &&
        !(access->profile->access == STORAGE_ACCESS_SIGNED && access->profile->role_arn))
        return TRUE;
    g_autofree char *mark = g_uuid_string_random();
    g_autofree char *table = g_strdup_printf("%s/.skep-check-%s/t1", root, mark);
    g_autoptr(WarehouseLocation) place = warehouse_location_parse(table, error);
    const char *locations[] = {table, NULL};
    const WarehouseScope scope = {locations, TRUE};
    g_autoptr(S3Keys) keys = place ? access_make_keys(access, &scope, error) : NULL;
    g_autoptr(S3Client) client = keys ? client_with(access->profile, keys, error) : NULL;
    if (!client)
        return FALSE;
    g_autofree char *inside = g_strconcat(place->path, "/x", NULL);
    g_autofree char *longer = g_strconcat(place->path, "0/x", NULL);
    g_autofree char *beside = g_strdup_printf("%.*s2/x", (int)strlen(place->path) - 1, place->path);
    const char *siblings[] = {longer, beside, NULL};
    const S3Object object = {place->bucket, inside};
    return write_and_delete(client, &object, error) &&
           refuses_siblings(client, place->bucket, siblings, error);
}
