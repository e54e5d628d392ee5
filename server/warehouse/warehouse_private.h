/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of server/warehouse/ show one another: a parsed location, the warehouse itself,
 * and the face of the file: backend. A further backend adds a scheme, a face like
 * warehouse_local_*, and its case in warehouse.c. */
#pragma once

#include <gio/gio.h>

#include "skep/error.h"
#include "skep/warehouse.h"

typedef enum {
    WAREHOUSE_SCHEME_FILE,
    WAREHOUSE_SCHEME_S3 /* s3, s3a and s3n */
} WarehouseScheme;

/* A location taken apart. `path` of a file starts with '/', has no empty parts and no trailing
 * slash ("/" is ""). `path` of an object is its key without leading and trailing slashes. */
typedef struct {
    WarehouseScheme scheme;
    char *bucket; /* NULL for files */
    char *path;
} WarehouseLocation;

/* INVALID_ARGUMENT: malformed, unknown scheme, "." or ".." as a part, control characters, too long.
 */
WarehouseLocation *warehouse_location_parse(const char *text, GError **error);
void warehouse_location_free(WarehouseLocation *location);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WarehouseLocation, warehouse_location_free)
gboolean warehouse_location_within(const WarehouseLocation *location,
                                   const WarehouseLocation *prefix);

/* --- the file: backend --- */

/* Where a path is entered from. Below `base` no symbolic link is followed; `base` itself is
 * trusted. With trust_links, used for paths outside every prefix, only the last part may not be a
 * link. */
typedef struct {
    const char *base;     /* absolute path, "" is the root directory */
    const char *relative; /* the rest, without a leading slash */
    gboolean trust_links;
    const char *location; /* what the client wrote, for messages */
} WarehouseLocalPath;

gboolean warehouse_local_stream(const WarehouseLocalPath *path,
                                WarehouseSink sink,
                                gpointer data,
                                GError **error);
gboolean warehouse_local_write_new(const WarehouseLocalPath *path, GBytes *content, GError **error);
gboolean
warehouse_local_exists(const WarehouseLocalPath *path, gboolean *out_exists, GError **error);
gboolean warehouse_local_delete(const WarehouseLocalPath *path, GError **error);
gboolean
warehouse_local_directory_make(const WarehouseLocalPath *path, gboolean durable, GError **error);
gboolean warehouse_local_directory_delete(const WarehouseLocalPath *path, GError **error);
/* Moves the directory at absolute `path` to the same path below the absolute `trash`, where it gets
 * another name when its own is taken. A directory that is missing is moved. */
gboolean warehouse_local_directory_trash(const WarehouseLocalPath *local,
                                         const char *path,
                                         const char *trash,
                                         GError **error);
/* Nothing at all is in it, or it is not there. */
gboolean warehouse_local_directory_is_empty(const WarehouseLocalPath *path);
/* The permissions of the parent directory let this process's user remove it; nobody is above
 * permissions, root neither. A parent that is missing is in nobody's way. */
gboolean
warehouse_local_directory_may_go(const WarehouseLocalPath *path, gboolean *out_may, GError **error);
/* Removes everything in the directory; one that is missing is made. */
gboolean warehouse_local_directory_empty(const WarehouseLocalPath *path, GError **error);
gboolean warehouse_local_directory_remove_empty(const WarehouseLocalPath *path, GError **error);
gboolean warehouse_local_directory_move(const WarehouseLocalPath *from,
                                        const WarehouseLocalPath *to,
                                        GError **error);
gboolean warehouse_local_directory_usage(const WarehouseLocalPath *path,
                                         WarehouseUsage *out_usage,
                                         GError **error);
gboolean warehouse_local_directory_list(const WarehouseLocalPath *path,
                                        WarehouseEntryFunc func,
                                        gpointer data,
                                        GError **error);

typedef enum {
    WAREHOUSE_MAKE_NONE,
    WAREHOUSE_MAKE_PLAIN,  /* a power loss may undo it */
    WAREHOUSE_MAKE_DURABLE /* each new directory's entry is synced */
} WarehouseMake;

/* Shared by the file backend's two sources. Opens the directory that holds the path's last part (an
 * O_PATH descriptor), making missing ones as `make` says; *out_name (g_free) is the last part. -1
 * on failure; a missing directory is NO_SUCH_FILE. */
int warehouse_local_open_parent(const WarehouseLocalPath *path,
                                WarehouseMake make,
                                char **out_name,
                                GError **error);
/* Turns errno into a fact with a sentence, returns FALSE. */
gboolean
warehouse_local_fail(GError **error, int error_number, const char *verb, const char *location);

/* --- gzip --- */

gboolean warehouse_name_is_gzip(const char *location);
GBytes *warehouse_gzip_pack(GBytes *content, GError **error);

/* Unpacks a file while it is read: a sink in front of another. Zeroed but for what is said here. */
typedef struct {
    GConverter *unpacker; /* NULL: the content goes on as it is */
    WarehouseSink sink;
    gpointer data;
    const char *location;
    gsize bytes_max, bytes; /* TOO_LARGE when more than bytes_max would go on */
    gboolean finished;
} WarehouseUnpacking;

void warehouse_unpacking_init(WarehouseUnpacking *unpacking, const char *location);
void warehouse_unpacking_clear(WarehouseUnpacking *unpacking);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WarehouseUnpacking, warehouse_unpacking_clear)
/* A WarehouseSink; `data` is the WarehouseUnpacking. */
gboolean warehouse_unpacking_take(const void *bytes, gsize length, gpointer data, GError **error);
/* After the last piece: INVALID_OBJECT when it ended too early. */
gboolean warehouse_unpacking_end(const WarehouseUnpacking *unpacking, GError **error);
