/* SPDX-License-Identifier: Apache-2.0 */
/* The only part that touches files: a warehouse is a root location (file: or s3:) and the prefixes
 * that the server may write under. Locations are URIs or plain absolute paths, as clients write
 * them: file:/x, file:///x, /x, s3://b/k, s3a://b/k. Thread safe. Implemented in server/warehouse/.
 */
#pragma once

#include <glib.h>

#include "skep/storage_types.h"

typedef struct Warehouse Warehouse;

typedef struct {
    const char *root;            /* file:///... or s3://bucket/prefix */
    const char *external_root;   /* where external data go by default; NULL: root */
    const char *trash_directory; /* absolute path that warehouse_directory_discard moves to; NULL:
                                    it deletes */
    const char *const
        *allowed_prefixes; /* NULL-terminated, in addition to root; NULL: root alone and, for a file
                              warehouse, any file: location when allow_any_file_location */
    gboolean allow_any_file_location;
    gsize file_bytes_max;          /* largest file read whole */
    const StorageProfile *storage; /* how s3: is reached; NULL: s3 is not served. Copied */
} WarehouseOptions;

Warehouse *warehouse_open(const WarehouseOptions *options, GError **error);
/* References are counted; warehouse_close ends one. */
Warehouse *warehouse_ref(Warehouse *warehouse);
void warehouse_close(Warehouse *warehouse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Warehouse, warehouse_close)

/* A number that no other warehouse opened in this process has, before or after. */
guint64 warehouse_serial(const Warehouse *warehouse);

/* The root without a trailing slash. Owned by the warehouse. */
const char *warehouse_root(const Warehouse *warehouse);

/* The root of external data, without a trailing slash: root when there is none of its own. Owned by
 * the warehouse. */
const char *warehouse_external_root(const Warehouse *warehouse);

/* As they were given, beside the roots. NULL-terminated; owned by the warehouse. */
const char *const *warehouse_allowed_prefixes(const Warehouse *warehouse);

/* How its object store is reached, secrets included; NULL: it has none. Owned by the warehouse. */
const StorageProfile *warehouse_storage(const Warehouse *warehouse);

/* Where a namespace or table goes by default: Hive's layout, `<root>/<db>.db` and `<namespace
 * location>/<table>`, odd characters escaped; for `default` the root itself. Nested namespaces: one
 * directory per level. Transfer full. */
char *warehouse_namespace_location(const char *root, const char *namespace_name);
char *warehouse_table_location(const char *namespace_location, const char *table_name);

/* A plain path with its scheme ("/x" is "file:/x"); any other location as it is. Transfer full. */
char *warehouse_location_qualify(const char *location);
/* How Hadoop writes it: a file: location as "file:/x", any other as it is. Transfer full. */
char *warehouse_location_hadoop(const char *location);
/* "hdfs://host:8020", "file:/", "/": no path below a file system's root. Any scheme. */
gboolean warehouse_location_is_root(const char *location);
/* Same place? "file:/x/", "file:///x" and "/x" are; s3, s3a and s3n are one scheme. */
gboolean warehouse_location_equal(const char *a, const char *b);
/* Of this machine's file system: "/x", "file:...". */
gboolean warehouse_location_is_file(const char *location);
/* One text for all spellings of a place: "/x" for a file, "s3://b/k" for an object, without a
 * trailing slash. NULL: no location that is known. Transfer full. */
char *warehouse_location_canonical(const char *location);
/* TRUE when `location` is `prefix` or below it, by whole path parts (t1 is not under t). */
gboolean warehouse_location_is_under(const char *location, const char *prefix);
/* Well-formed, of a scheme that is known, without "..", NUL or control characters:
 * INVALID_ARGUMENT; within the allowed prefixes: FORBIDDEN. Every location that a client sends
 * passes here before it is stored. */
gboolean warehouse_location_check(const Warehouse *warehouse, const char *location, GError **error);
/* Below one of the allowed prefixes, whatever else may be read: data may be deleted there. */
gboolean warehouse_location_is_inside(const Warehouse *warehouse, const char *location);
/* Can this server read and write there (file: yes; s3: when configured)? */
gboolean warehouse_location_is_served(const Warehouse *warehouse, const char *location);

/* Whole file. NO_SUCH_FILE, TOO_LARGE, UNAVAILABLE, UNSUPPORTED (scheme not served). gzip content
 * is unpacked when the name ends in .gz or .gz.metadata.json. */
GBytes *warehouse_file_read(Warehouse *warehouse, const char *location, GError **error);

/* Takes a piece of a file's content; FALSE with *error ends the reading, which then fails. */
typedef gboolean (*WarehouseSink)(const void *bytes, gsize length, gpointer data, GError **error);
/* warehouse_file_read in pieces: what the file holds (unpacked, at most file_bytes_max) goes to the
 * sink in its order, and memory stays small however long it is. On failure pieces may have gone
 * already. */
gboolean warehouse_file_stream(
    Warehouse *warehouse, const char *location, WarehouseSink sink, gpointer data, GError **error);
/* Writes if absent (ALREADY_EXISTS otherwise): complete and durable (file and directory synced)
 * when it returns. Packs with gzip by the same naming rule. Missing directories are made. */
gboolean warehouse_file_write_new(Warehouse *warehouse,
                                  const char *location,
                                  GBytes *content,
                                  GError **error);
/* TRUE with *out_exists: a file, or a directory (of an object store: with something in it). */
gboolean warehouse_file_exists(Warehouse *warehouse,
                               const char *location,
                               gboolean *out_exists,
                               GError **error);
/* A file that is not there is deleted already: TRUE. */
gboolean warehouse_file_delete(Warehouse *warehouse, const char *location, GError **error);
/* Many, NULL-terminated; of an object store a thousand a request. FALSE with the first failure,
 * after all have been tried. */
gboolean warehouse_files_delete(Warehouse *warehouse, const char *const *locations, GError **error);

/* An object store has no directories: what is below one is what has its name and a slash in front,
 * and making one is nothing to do. `durable`: what is made survives a power loss, as the way to a
 * metadata file must; directories of Hive's data need not, and a million of them would take hours.
 */
gboolean warehouse_directory_make(Warehouse *warehouse,
                                  const char *location,
                                  gboolean durable,
                                  GError **error);
/* Recursive; never follows links; refuses the root, anything above it and anything outside the
 * prefixes. The directory of a file: warehouse is kept in the trash, below which it has the path
 * that it had; with `purge`, or without a trash, it is deleted. A directory that cannot be moved to
 * the trash stays where it is. */
gboolean warehouse_directory_discard(Warehouse *warehouse,
                                     const char *location,
                                     gboolean purge,
                                     GError **error);
/* Whether the permissions of the directory that holds it let this server's user remove it: asked
 * before a drop that would leave the data behind. TRUE with *out_may. */
gboolean warehouse_directory_may_go(Warehouse *warehouse,
                                    const char *location,
                                    gboolean *out_may,
                                    GError **error);
/* Removes what is in the directory, and leaves the directory: discarded or deleted, as above.
 * Outside the prefixes only where it is empty already. Hidden entries and those that begin with '_'
 * are removed, too. */
gboolean warehouse_directory_empty(Warehouse *warehouse,
                                   const char *location,
                                   gboolean purge,
                                   GError **error);
/* Removes the directory when there is nothing in it, and leaves it alone otherwise: TRUE either
 * way. Outside the prefixes, too, where any file: location is allowed: no data go. */
gboolean
warehouse_directory_remove_empty(Warehouse *warehouse, const char *location, GError **error);
/* Source missing is no error (nothing to move); target existing is INVALID_OPERATION; UNSUPPORTED:
 * objects of a store. */
gboolean
warehouse_directory_move(Warehouse *warehouse, const char *from, const char *to, GError **error);

typedef struct {
    gint64 file_count;
    gint64 total_bytes;
} WarehouseUsage;
/* Counts plain files below (hidden and _ files left out, as Hive does). UNSUPPORTED: an object
 * store, where that would take a request for every thousand. */
gboolean warehouse_directory_usage(Warehouse *warehouse,
                                   const char *location,
                                   WarehouseUsage *out_usage,
                                   GError **error);

/* What lies directly in a directory, or directly below a prefix of an object store. */
typedef struct {
    const char *location; /* of a directory without a trailing slash */
    gboolean is_directory;
    gint64 bytes;       /* of a file */
    gint64 modified_ms; /* since 1970, by the clock of whoever keeps the file; of a directory 0 */
} WarehouseEntry;
/* FALSE with *error ends the listing, which fails with it. May not call the warehouse. */
typedef gboolean (*WarehouseEntryFunc)(const WarehouseEntry *entry, gpointer data, GError **error);
/* Plain files and directories, in no order, names with a dot in front too; links are left out. A
 * directory that is not there has none. UNSUPPORTED: not served. */
gboolean warehouse_directory_list(Warehouse *warehouse,
                                  const char *location,
                                  WarehouseEntryFunc func,
                                  gpointer data,
                                  GError **error);
