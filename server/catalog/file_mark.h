/* SPDX-License-Identifier: Apache-2.0 */
/* The mark that a metadata file's name carries when a server of this database wrote it: of the uuid
 * in `00003-<uuid>.metadata.json` the last twelve digits follow from the others and from the
 * database's identity. So a file that no commit claims can be told from another catalog's, which is
 * none of ours to delete. It proves nothing to somebody who wants to forge it. Pure. */
#pragma once

#include <glib.h>

/* A fresh uuid with the mark of a database, as IcebergContext's new_uuid wants it: `database_uuid`
 * is its uuid_data. Transfer full. */
char *catalog_file_mark_new(gpointer database_uuid);
/* Does the name of this metadata file carry the mark? FALSE for any other name. */
gboolean catalog_file_mark_is(const char *database_uuid, const char *location);
