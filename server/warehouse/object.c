/* SPDX-License-Identifier: Apache-2.0 */
/* The s3: backend of the warehouse. See object.h. */
#include "object.h"

#include <string.h>

#define KEYS_PER_BATCH 1000

static S3Object
object_of(const WarehouseLocation *location)
{
    return (S3Object){.bucket = location->bucket, .key = location->path};
}

/* A bucket alone is no object. */
static gboolean
check_key(const WarehouseLocation *location, GError **error)
{
    return *location->path || skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                        "s3://%s is a bucket and no object", location->bucket);
}

/* Transfer full. */
static char *
prefix_of(const WarehouseLocation *location)
{
    return *location->path ? g_strconcat(location->path, "/", NULL) : g_strdup("");
}

gboolean
warehouse_object_stream(S3Client *client,
                        const WarehouseLocation *location,
                        WarehouseSink sink,
                        gpointer data,
                        GError **error)
{
    S3Object object = object_of(location);

    return check_key(location, error) &&
           s3_object_stream(client, &object, 0, -1, sink, data, error);
}

gboolean
warehouse_object_write_new(S3Client *client,
                           const WarehouseLocation *location,
                           GBytes *content,
                           GError **error)
{
    S3Object object = object_of(location);

    return check_key(location, error) && s3_object_write_new(client, &object, content, error);
}

static gboolean
note_any(const S3Listed *listed, gpointer data)
{
    (void)listed;
    *(gboolean *)data = TRUE;
    return FALSE;
}

static gboolean
any_below(S3Client *client, const WarehouseLocation *location, gboolean *out_any, GError **error)
{
    g_autofree char *prefix = prefix_of(location);
    S3Listing listing = {.bucket = location->bucket, .prefix = prefix, .page_keys = 1};

    *out_any = FALSE;
    return s3_list(client, &listing, note_any, out_any, error);
}

gboolean
warehouse_object_exists(S3Client *client,
                        const WarehouseLocation *location,
                        gboolean *out_exists,
                        GError **error)
{
    g_auto(S3ObjectInfo) info = {0};
    S3Object object = object_of(location);

    if (*location->path && !s3_object_look(client, &object, &info, error))
        return FALSE;
    *out_exists = info.exists;
    return info.exists || any_below(client, location, out_exists, error);
}

gboolean
warehouse_object_delete(S3Client *client, const WarehouseLocation *location, GError **error)
{
    S3Object object = object_of(location);

    return check_key(location, error) && s3_object_delete(client, &object, error);
}

static gint
compare_buckets(gconstpointer a, gconstpointer b)
{
    const WarehouseLocation *left = *(WarehouseLocation *const *)a;
    const WarehouseLocation *right = *(WarehouseLocation *const *)b;

    return strcmp(left->bucket, right->bucket);
}

gboolean
warehouse_objects_delete(S3Client *client, const GPtrArray *locations, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy((GPtrArray *)locations, NULL, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(GError) first = NULL;

    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_sort(sorted, compare_buckets);
    for (guint i = 0; i < sorted->len; i++) {
        const WarehouseLocation *location = sorted->pdata[i];
        const WarehouseLocation *next = i + 1 < sorted->len ? sorted->pdata[i + 1] : NULL;

        if (!check_key(location, error))
            return FALSE;
        g_ptr_array_add(keys, location->path);
        if (next && strcmp(next->bucket, location->bucket) == 0)
            continue;
        s3_objects_delete(client, location->bucket, (const char *const *)keys->pdata, keys->len,
                          first ? NULL : &first);
        g_ptr_array_set_size(keys, 0);
    }
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}

/* --- below a prefix ------------------------------------------------------------------------------
 */

typedef struct {
    S3Client *client;
    const char *bucket;
    GPtrArray *keys;
    GError *first; /* failure; the rest is tried all the same */
} Removal;

static void
remove_batch(Removal *removal)
{
    if (removal->keys->len > 0)
        s3_objects_delete(removal->client, removal->bucket,
                          (const char *const *)removal->keys->pdata, removal->keys->len,
                          removal->first ? NULL : &removal->first);
    g_ptr_array_set_size(removal->keys, 0);
}

static gboolean
note_for_removal(const S3Listed *listed, gpointer data)
{
    Removal *removal = data;

    g_ptr_array_add(removal->keys, g_strdup(listed->key));
    if (removal->keys->len >= KEYS_PER_BATCH)
        remove_batch(removal);
    return TRUE;
}

gboolean
warehouse_object_directory_delete(S3Client *client,
                                  const WarehouseLocation *location,
                                  GError **error)
{
    g_autofree char *prefix = prefix_of(location);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    S3Listing listing = {.bucket = location->bucket, .prefix = prefix};
    Removal removal = {client, location->bucket, keys, NULL};
    g_autoptr(GError) failure = NULL;

    s3_list(client, &listing, note_for_removal, &removal, &failure);
    remove_batch(&removal);
    if (!failure)
        failure = g_steal_pointer(&removal.first);
    g_clear_error(&removal.first);
    if (!failure)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
warehouse_object_directory_move(S3Client *client, const WarehouseLocation *from, GError **error)
{
    gboolean any;

    if (!any_below(client, from, &any, error))
        return FALSE;
    return !any || skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                             "The data below s3://%s/%s cannot be moved: an object store has no "
                             "directories that could be renamed",
                             from->bucket, from->path);
}

typedef struct {
    const char *text;
    gsize prefix_length;
    WarehouseEntryFunc func;
    gpointer data;
    GError *failure;
} Listing;

static gboolean
tell_entry(const S3Listed *listed, gpointer data)
{
    Listing *listing = data;
    const char *name = listed->key + listing->prefix_length;
    g_autofree char *trimmed =
        listed->is_prefix ? g_strndup(name, strlen(name) - 1) : g_strdup(name);
    g_autofree char *location = g_strconcat(listing->text, "/", trimmed, NULL);
    WarehouseEntry entry = {.location = location,
                            .is_directory = listed->is_prefix,
                            .bytes = listed->size,
                            .modified_ms = listed->modified_s * 1000};

    /* the marker of a directory itself, and a name that no location can have */
    if (*trimmed == '\0')
        return TRUE;
    return listing->func(&entry, listing->data, &listing->failure);
}

gboolean
warehouse_object_directory_list(S3Client *client,
                                const WarehouseLocation *location,
                                const char *text,
                                WarehouseEntryFunc func,
                                gpointer data,
                                GError **error)
{
    g_autofree char *prefix = prefix_of(location);
    g_autofree char *trimmed = g_strdup(text);
    S3Listing wanted = {.bucket = location->bucket, .prefix = prefix, .by_folder = TRUE};
    Listing listing = {.prefix_length = strlen(prefix), .func = func, .data = data};

    for (gsize length = strlen(trimmed); length > 0 && trimmed[length - 1] == '/'; length--)
        trimmed[length - 1] = '\0';
    listing.text = trimmed;
    if (!s3_list(client, &wanted, tell_entry, &listing, error)) {
        g_clear_error(&listing.failure);
        return FALSE;
    }
    if (!listing.failure)
        return TRUE;
    g_propagate_error(error, listing.failure);
    return FALSE;
}
