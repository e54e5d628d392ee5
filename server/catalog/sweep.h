/* SPDX-License-Identifier: Apache-2.0 */
/* Which metadata files of a table nobody needs: the one rule for the clean-up and for fsck. Nothing
 * outside server/catalog/ includes it. */
#pragma once

#include "duty.h"
#include "metadata_directory.h"

typedef struct {
    gint64 pointer_number; /* of the table's own file */
    gint64 known_since_ms; /* the first commit that this catalog knows of */
    gint64 written_before_ms;
} SweepBounds;

/* Those of `files` that are unclaimed and, by their content, this table's own and alone: no other
 * unclaimed file was made from them, or they from it, as happens when a restored database has
 * forgotten commits. At most 1000. MetadataFile*, borrowed from `files`. */
GPtrArray *sweep_lost_files(Catalog *catalog,
                            const CatalogTable *table,
                            const GPtrArray *files,
                            const SweepBounds *bounds);

typedef struct {
    guint tables;        /* that were looked through */
    guint files_deleted; /* metadata files that no commit claimed, and manifest lists */
    gint64 bytes_deleted;
} Sweep;
/* Deletes those of a table's manifest lists (sweep_lists.c) that appends made anew have left
 * behind: what a client wrote for a snapshot whose list a server wrote, and what a server wrote for
 * a swap that was lost. Nothing while metadata files lie there that no commit claims: a database
 * may have been restored, and they name lists that it has forgotten. */
gboolean sweep_lists(Catalog *catalog,
                     const CatalogTable *table,
                     GPtrArray *files,
                     const GPtrArray *lists,
                     const SweepBounds *bounds,
                     Sweep *sweep,
                     GError **error);
/* Counts a file that was deleted. */
void sweep_count(Sweep *sweep, const MetadataFile *file);

/* A duty: looks through some tables, each about once a day, and deletes what sweep_lost_files says
 * once it is older than the option sweep_after_s; 0: nothing is done. What could not be looked
 * through is told as left behind, and has its turn again the next day. `turn` NULL: to the end. */
gboolean catalog_sweep(Catalog *catalog, CatalogDutyTurn *turn, Sweep *out_sweep, GError **error);
