/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata files that lie beside a table's own, and which of them a commit has claimed; and the
 * manifest lists among them. Nothing outside server/catalog/ includes it. Callers: sweep.c,
 * sweep_lists.c and fsck.c. */
#pragma once

#include "catalog_private.h"

/* One `NNNNN-uuid.metadata.json`, plain or packed. */
typedef struct {
    char *location;
    gint64 number; /* of a manifest list: the id of the snapshot that it was made for */
    gint64 bytes;
    gint64 modified_ms;
    gboolean is_own;     /* a server of this database wrote it (file_mark.h) */
    gboolean is_claimed; /* the pointer, the metadata log or a commit names it */
} MetadataFile;

/* The name alone, within the location. */
const char *metadata_file_name(const char *location);
/* The directory of a file, without a trailing slash. Transfer full. */
char *metadata_file_directory(const char *location);

/* All files of that form in a directory, the highest number first. MetadataFile*. TOO_LARGE past
 * 200,000 of them. `lists` (may be NULL) gets the manifest lists,
 * `snap-<snapshot>-<attempt>-<uuid>.avro` as Iceberg's writers name them, at most 200,000; what is
 * claimed is not filled. */
GPtrArray *metadata_directory_read(Catalog *catalog,
                                   const char *catalog_name,
                                   const char *directory,
                                   GPtrArray *lists,
                                   GError **error);
GPtrArray *metadata_files_new(void);
/* The snapshot in the name of a manifest list, and whether a server of this database wrote it.
 * FALSE: it is named otherwise. */
gboolean metadata_list_read_name(const char *database_uuid,
                                 const char *location,
                                 gint64 *out_snapshot_id,
                                 gboolean *out_is_own);
/* Fills is_claimed of all. `table` is the row as it is now, `tree` the document that it points to;
 * NULL: it cannot be read, and its log claims nothing. */
gboolean metadata_directory_claim(Catalog *catalog,
                                  GPtrArray *files,
                                  const CatalogTable *table,
                                  const cJSON *tree,
                                  GError **error);

/* The document of a metadata file, whatever it is of. It is not cached. */
cJSON *metadata_file_parse(Catalog *catalog,
                           const char *catalog_name,
                           const char *location,
                           GError **error);
/* table-uuid or view-uuid; NULL: neither. */
const char *metadata_file_uuid(const cJSON *tree);
/* Adds the names of the files that a document's metadata log has to a set of char*. */
void metadata_file_add_log(const cJSON *tree, GHashTable *names);
/* Does the metadata log of a document name this file? */
gboolean metadata_file_logs(const cJSON *tree, const char *location);
