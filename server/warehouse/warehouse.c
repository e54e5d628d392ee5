/* SPDX-License-Identifier: Apache-2.0 */
/* The warehouse: which locations are allowed, and which backend serves their files; directories are
 * in warehouse_directory.c. The file: backend is in file.c and directory.c, the s3: one in
 * object.c. Caller: the catalog. */
#include "warehouse_inside.h"

#include <string.h>

#include "object.h"

static gboolean
add_prefix(Warehouse *warehouse, const char *text, GError **error)
{
    WarehouseLocation *prefix = warehouse_location_parse(text, error);

    if (!prefix)
        return FALSE;
    g_ptr_array_add(warehouse->prefixes, prefix);
    return TRUE;
}

/* Clients compare locations as text: the root is kept as it was written, with only slashes at its
 * end removed and a plain path given its scheme. */
static char *
root_text(const char *root)
{
    char *text = *root == '/' ? g_strconcat("file://", root, NULL) : g_strdup(root);

    for (gsize length = strlen(text); length > 0 && text[length - 1] == '/'; length--)
        text[length - 1] = '\0';
    return text;
}

/* Nothing is sent yet. */
static gboolean
open_store(Warehouse *warehouse, const StorageProfile *storage, GError **error)
{
    guint timeout_s = (guint)storage->timeout_s;
    S3Limits limits = {
        .http = {.connect_timeout_ms = MIN(timeout_s, 3) * 1000,
                 .stall_timeout_s = timeout_s,
                 .request_timeout_ms = timeout_s * 6000},
        .deadline_ms = timeout_s * 2000
    };

    warehouse->storage = storage_profile_copy(storage);
    warehouse->objects = s3_client_new(storage, &limits, error);
    return warehouse->objects != NULL;
}

Warehouse *
warehouse_open(const WarehouseOptions *options, GError **error)
{
    static guint64 last_serial;
    g_autoptr(Warehouse) warehouse = g_new0(Warehouse, 1);
    const char *external_root = options->external_root ? options->external_root : options->root;

    warehouse->references = 1;
    warehouse->serial = __atomic_add_fetch(&last_serial, 1, __ATOMIC_RELAXED);
    warehouse->prefixes = g_ptr_array_new_with_free_func((GDestroyNotify)warehouse_location_free);
    if (!options->root || !add_prefix(warehouse, options->root, error)) {
        if (!options->root)
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "No warehouse is set");
        return NULL;
    }
    warehouse->root_location = g_ptr_array_index(warehouse->prefixes, 0);
    if (warehouse->root_location->scheme == WAREHOUSE_SCHEME_FILE &&
        *warehouse->root_location->path == '\0')
        return skep_fail_null(
            error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
            "The warehouse cannot be the root directory; give it a directory of its own");
    if (options->external_root && !add_prefix(warehouse, options->external_root, error))
        return NULL;
    if (options->trash_directory && !g_path_is_absolute(options->trash_directory))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The trash must be an absolute path, not %s",
                              options->trash_directory);
    for (gsize i = 0; options->allowed_prefixes && options->allowed_prefixes[i]; i++) {
        if (!add_prefix(warehouse, options->allowed_prefixes[i], error))
            return NULL;
    }
    warehouse->root = root_text(options->root);
    warehouse->external_root = root_text(external_root);
    warehouse->trash_directory = g_strdup(options->trash_directory);
    warehouse->allowed_prefixes = options->allowed_prefixes
                                      ? g_strdupv((char **)options->allowed_prefixes)
                                      : g_new0(char *, 1);
    if (options->storage && !open_store(warehouse, options->storage, error))
        return NULL;
    warehouse->allow_any_file_location = options->allow_any_file_location;
    if (options->storage)
        warehouse->access = warehouse_access_new(options->storage);
    warehouse->file_bytes_max = options->file_bytes_max ? options->file_bytes_max : 256u << 20;
    return g_steal_pointer(&warehouse);
}

Warehouse *
warehouse_ref(Warehouse *warehouse)
{
    g_atomic_int_inc(&warehouse->references);
    return warehouse;
}

void
warehouse_close(Warehouse *warehouse)
{
    if (!warehouse || !g_atomic_int_dec_and_test(&warehouse->references))
        return;
    g_ptr_array_unref(warehouse->prefixes);
    g_free(warehouse->root);
    g_free(warehouse->external_root);
    g_free(warehouse->trash_directory);
    s3_client_free(warehouse->objects);
    storage_profile_free(warehouse->storage);
    g_strfreev(warehouse->allowed_prefixes);
    warehouse_access_free(warehouse->access);
    g_free(warehouse);
}

guint64
warehouse_serial(const Warehouse *warehouse)
{
    return warehouse->serial;
}

const char *const *
warehouse_allowed_prefixes(const Warehouse *warehouse)
{
    return (const char *const *)warehouse->allowed_prefixes;
}

const StorageProfile *
warehouse_storage(const Warehouse *warehouse)
{
    return warehouse->storage;
}

WarehouseAccess *
warehouse_access(const Warehouse *warehouse)
{
    return warehouse->access;
}

const char *
warehouse_root(const Warehouse *warehouse)
{
    return warehouse->root;
}

const char *
warehouse_external_root(const Warehouse *warehouse)
{
    return warehouse->external_root;
}

const WarehouseLocation *
warehouse_find_prefix(const Warehouse *warehouse, const WarehouseLocation *location)
{
    const WarehouseLocation *found = NULL;

    for (guint i = 0; i < warehouse->prefixes->len; i++) {
        const WarehouseLocation *prefix = g_ptr_array_index(warehouse->prefixes, i);

        if (warehouse_location_within(location, prefix) &&
            (!found || strlen(prefix->path) > strlen(found->path)))
            found = prefix;
    }
    return found;
}

static WarehouseLocation *
check_location(const Warehouse *warehouse,
               const char *text,
               const WarehouseLocation **out_prefix,
               GError **error)
{
    g_autoptr(WarehouseLocation) location = warehouse_location_parse(text, error);
    const WarehouseLocation *prefix;

    if (!location)
        return NULL;
    prefix = warehouse_find_prefix(warehouse, location);
    if (!prefix && !(location->scheme == WAREHOUSE_SCHEME_FILE && *location->path != '\0' &&
                     warehouse->allow_any_file_location))
        return skep_fail_null(
            error, SKEP_ERROR_FORBIDDEN, text,
            "Location %s is outside the warehouse %s and every other allowed prefix", text,
            warehouse->root);
    *out_prefix = prefix;
    return g_steal_pointer(&location);
}

gboolean
warehouse_location_check(const Warehouse *warehouse, const char *location, GError **error)
{
    const WarehouseLocation *prefix;
    g_autoptr(WarehouseLocation) checked = check_location(warehouse, location, &prefix, error);

    return checked != NULL;
}

gboolean
warehouse_location_is_served(const Warehouse *warehouse, const char *location)
{
    const WarehouseLocation *prefix;
    g_autoptr(WarehouseLocation) checked = check_location(warehouse, location, &prefix, NULL);

    return checked && (checked->scheme == WAREHOUSE_SCHEME_FILE || warehouse->objects != NULL);
}

WarehouseLocation *
warehouse_enter(const Warehouse *warehouse,
                const char *text,
                WarehouseLocalPath *local,
                GError **error)
{
    const WarehouseLocation *prefix = NULL;
    WarehouseLocation *location = check_location(warehouse, text, &prefix, error);

    if (!location || location->scheme == WAREHOUSE_SCHEME_S3)
        return location;
    local->base = prefix ? prefix->path : "";
    local->relative = location->path + strlen(local->base);
    if (*local->relative == '/')
        local->relative++;
    local->trust_links = prefix == NULL;
    local->location = text;
    return location;
}

WarehouseLocation *
warehouse_enter_served(const Warehouse *warehouse,
                       const char *text,
                       WarehouseLocalPath *local,
                       GError **error)
{
    g_autoptr(WarehouseLocation) location = warehouse_enter(warehouse, text, local, error);

    if (location && location->scheme == WAREHOUSE_SCHEME_S3 && !warehouse->objects)
        return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, text,
                              "This server cannot read or write %s: no object store is set up for "
                              "its warehouse",
                              text);
    return g_steal_pointer(&location);
}

gboolean
warehouse_file_stream(
    Warehouse *warehouse, const char *location, WarehouseSink sink, gpointer data, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered =
        warehouse_enter_served(warehouse, location, &local, error);
    g_auto(WarehouseUnpacking)
        unpacking = {.sink = sink, .data = data, .bytes_max = warehouse->file_bytes_max};
    gboolean read = FALSE;

    if (!entered)
        return FALSE;
    warehouse_unpacking_init(&unpacking, location);
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        read = warehouse_local_stream(&local, warehouse_unpacking_take, &unpacking, error);
        break;
    case WAREHOUSE_SCHEME_S3:
        read = warehouse_object_stream(warehouse->objects, entered, warehouse_unpacking_take,
                                       &unpacking, error);
        break;
    }
    return read && warehouse_unpacking_end(&unpacking, error);
}

static gboolean
collect(const void *bytes, gsize length, gpointer data, GError **error)
{
    GByteArray *content = data;

    if (length > G_MAXUINT / 2 - content->len)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A file is too large to be read whole");
    g_byte_array_append(content, bytes, (guint)length);
    return TRUE;
}

GBytes *
warehouse_file_read(Warehouse *warehouse, const char *location, GError **error)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    if (!warehouse_file_stream(warehouse, location, collect, content, error))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

gboolean
warehouse_file_write_new(Warehouse *warehouse,
                         const char *location,
                         GBytes *content,
                         GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered =
        warehouse_enter_served(warehouse, location, &local, error);
    g_autoptr(GBytes) packed = NULL;

    if (!entered)
        return FALSE;
    if (g_bytes_get_size(content) > warehouse->file_bytes_max)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, location,
                         "%s would be larger than %" G_GSIZE_FORMAT " bytes", location,
                         warehouse->file_bytes_max);
    packed = warehouse_name_is_gzip(location) ? warehouse_gzip_pack(content, error)
                                              : g_bytes_ref(content);
    if (!packed)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_write_new(&local, packed, error);
    case WAREHOUSE_SCHEME_S3:
        return warehouse_object_write_new(warehouse->objects, entered, packed, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_file_exists(Warehouse *warehouse,
                      const char *location,
                      gboolean *out_exists,
                      GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered =
        warehouse_enter_served(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_exists(&local, out_exists, error);
    case WAREHOUSE_SCHEME_S3:
        return warehouse_object_exists(warehouse->objects, entered, out_exists, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_file_delete(Warehouse *warehouse, const char *location, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered =
        warehouse_enter_served(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_delete(&local, error);
    case WAREHOUSE_SCHEME_S3:
        return warehouse_object_delete(warehouse->objects, entered, error);
    }
    g_return_val_if_reached(FALSE);
}

gboolean
warehouse_files_delete(Warehouse *warehouse, const char *const *locations, GError **error)
{
    g_autoptr(GPtrArray) objects =
        g_ptr_array_new_with_free_func((GDestroyNotify)warehouse_location_free);
    g_autoptr(GError) first = NULL;

    for (; *locations; locations++) {
        WarehouseLocalPath local;
        g_autoptr(WarehouseLocation) entered =
            warehouse_enter_served(warehouse, *locations, &local, first ? NULL : &first);

        if (entered && entered->scheme == WAREHOUSE_SCHEME_FILE)
            warehouse_local_delete(&local, first ? NULL : &first);
        else if (entered)
            g_ptr_array_add(objects, g_steal_pointer(&entered));
    }
    if (objects->len > 0)
        warehouse_objects_delete(warehouse->objects, objects, first ? NULL : &first);
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}
