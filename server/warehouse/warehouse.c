/* SPDX-License-Identifier: Apache-2.0 */
/* The warehouse: which locations are allowed, and which backend serves them. The file: backend is
 * in file.c and directory.c; s3: locations are checked here and not served. Caller: the catalog. */
#include "warehouse_private.h"

#include <string.h>

#include "skep/warehouse_access.h"

struct Warehouse {
    gint references; /* atomic */
    guint64 serial;
    char *root;          /* without a trailing slash */
    char *external_root; /* the same; equal to root when there is none of its own */
    char *trash_directory;
    GStrv allowed_prefixes;
    WarehouseLocation *root_location;
    GPtrArray *prefixes; /* WarehouseLocation*, the roots first */
    gboolean allow_any_file_location;
    gsize file_bytes_max;
    StorageProfile *storage; /* NULL: s3: is not served */
    WarehouseAccess *access; /* NULL: no object store */
};

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
    warehouse->storage = storage_profile_copy(options->storage);
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

/* The longest allowed prefix that holds the location; NULL: none. */
static const WarehouseLocation *
find_prefix(const Warehouse *warehouse, const WarehouseLocation *location)
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
    prefix = find_prefix(warehouse, location);
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

    return checked && checked->scheme == WAREHOUSE_SCHEME_FILE;
}

/* One checked location on its way to a backend; *local is meaningful for files only and points into
 * *location. */
static WarehouseLocation *
enter(const Warehouse *warehouse, const char *text, WarehouseLocalPath *local, GError **error)
{
    const WarehouseLocation *prefix = NULL;
    WarehouseLocation *location = check_location(warehouse, text, &prefix, error);

    if (!location || location->scheme != WAREHOUSE_SCHEME_FILE)
        return location;
    local->base = prefix ? prefix->path : "";
    local->relative = location->path + strlen(local->base);
    if (*local->relative == '/')
        local->relative++;
    local->trust_links = prefix == NULL;
    local->location = text;
    return location;
}

static gboolean
fail_not_served(GError **error, const char *location)
{
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, location,
                     "This server cannot read or write %s: it serves file: locations only",
                     location);
}

gboolean
warehouse_file_stream(
    Warehouse *warehouse, const char *location, WarehouseSink sink, gpointer data, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);
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
        fail_not_served(error, location);
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
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);
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
        break;
    }
    return fail_not_served(error, location);
}

gboolean
warehouse_file_exists(Warehouse *warehouse,
                      const char *location,
                      gboolean *out_exists,
                      GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_exists(&local, out_exists, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return fail_not_served(error, location);
}

gboolean
warehouse_file_delete(Warehouse *warehouse, const char *location, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_delete(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return fail_not_served(error, location);
}

gboolean
warehouse_directory_make(Warehouse *warehouse,
                         const char *location,
                         gboolean durable,
                         GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_make(&local, durable, error);
    case WAREHOUSE_SCHEME_S3:
        break; /* an object store has no directories */
    }
    return TRUE;
}

/* A prefix itself, the root above all, is never removed, nor what holds one. */
static gboolean
check_keeps_prefixes(const Warehouse *warehouse,
                     const WarehouseLocation *location,
                     const char *text,
                     GError **error)
{
    for (guint i = 0; i < warehouse->prefixes->len; i++) {
        if (warehouse_location_within(g_ptr_array_index(warehouse->prefixes, i), location))
            return skep_fail(error, SKEP_ERROR_FORBIDDEN, text,
                             "%s holds the warehouse or an allowed prefix, and is left as it is",
                             text);
    }
    return TRUE;
}

gboolean
warehouse_location_is_inside(const Warehouse *warehouse, const char *location)
{
    g_autoptr(WarehouseLocation) parsed = warehouse_location_parse(location, NULL);

    return parsed && find_prefix(warehouse, parsed) &&
           check_keeps_prefixes(warehouse, parsed, location, NULL);
}

/* Data are removed and moved below the prefixes alone, whatever else may be read. */
static gboolean
check_removable(const Warehouse *warehouse,
                const WarehouseLocation *location,
                const char *text,
                GError **error)
{
    if (!find_prefix(warehouse, location))
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, text,
                         "%s is outside the warehouse, and is left as it is", text);
    return check_keeps_prefixes(warehouse, location, text, error);
}

gboolean
warehouse_directory_may_go(Warehouse *warehouse,
                           const char *location,
                           gboolean *out_may,
                           GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_may_go(&local, out_may, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    *out_may = TRUE;
    return TRUE;
}

gboolean
warehouse_directory_delete(Warehouse *warehouse, const char *location, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered || !check_removable(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_delete(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_discard(Warehouse *warehouse,
                            const char *location,
                            gboolean purge,
                            GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered || !check_removable(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse->trash_directory && !purge
                   ? warehouse_local_directory_trash(&local, entered->path,
                                                     warehouse->trash_directory, error)
                   : warehouse_local_directory_delete(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_empty(Warehouse *warehouse,
                          const char *location,
                          gboolean purge,
                          GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    /* what is empty is no data of anybody's, wherever it is */
    if (entered->scheme == WAREHOUSE_SCHEME_FILE && !find_prefix(warehouse, entered) &&
        warehouse_local_directory_is_empty(&local))
        return TRUE;
    if (!check_removable(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        if (warehouse->trash_directory && !purge &&
            !warehouse_local_directory_trash(&local, entered->path, warehouse->trash_directory,
                                             error))
            return FALSE;
        return warehouse_local_directory_empty(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_remove_empty(Warehouse *warehouse, const char *location, GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered || !check_keeps_prefixes(warehouse, entered, location, error))
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_remove_empty(&local, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_move(Warehouse *warehouse, const char *from, const char *to, GError **error)
{
    WarehouseLocalPath local_from, local_to;
    g_autoptr(WarehouseLocation) source = enter(warehouse, from, &local_from, error);
    g_autoptr(WarehouseLocation) target = source ? enter(warehouse, to, &local_to, error) : NULL;

    if (!target || !check_removable(warehouse, source, from, error) ||
        !check_removable(warehouse, target, to, error))
        return FALSE;
    if (source->scheme != target->scheme)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, from, "Data cannot be moved from %s to %s",
                         from, to);
    switch (source->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_move(&local_from, &local_to, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return TRUE;
}

gboolean
warehouse_directory_usage(Warehouse *warehouse,
                          const char *location,
                          WarehouseUsage *out_usage,
                          GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_usage(&local, out_usage, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    *out_usage = (WarehouseUsage){0};
    return TRUE;
}

gboolean
warehouse_directory_list(Warehouse *warehouse,
                         const char *location,
                         WarehouseEntryFunc func,
                         gpointer data,
                         GError **error)
{
    WarehouseLocalPath local;
    g_autoptr(WarehouseLocation) entered = enter(warehouse, location, &local, error);

    if (!entered)
        return FALSE;
    switch (entered->scheme) {
    case WAREHOUSE_SCHEME_FILE:
        return warehouse_local_directory_list(&local, func, data, error);
    case WAREHOUSE_SCHEME_S3:
        break;
    }
    return fail_not_served(error, location);
}
