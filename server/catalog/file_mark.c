/* SPDX-License-Identifier: Apache-2.0 */
/* See file_mark.h. Callers: the commit of Iceberg documents writes marks, metadata_directory.c
 * reads them for sweep.c and fsck.c. */
#include "file_mark.h"

#include <string.h>

#define UUID_LENGTH 36
#define MARK_AT     24 /* of the uuid's text: its last group */
#define MARK_LENGTH 12

static void
mark_of(const char *database_uuid, const char *uuid, char mark[MARK_LENGTH])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(checksum, (const guchar *)database_uuid, (gssize)strlen(database_uuid));
    g_checksum_update(checksum, (const guchar *)uuid, MARK_AT);
    memcpy(mark, g_checksum_get_string(checksum), MARK_LENGTH);
}

char *
catalog_file_mark_new(gpointer database_uuid)
{
    char *uuid = g_uuid_string_random();

    uuid[14] = '8'; /* the version of uuids whose content is the maker's own */
    mark_of(database_uuid, uuid, uuid + MARK_AT);
    return uuid;
}

gboolean
catalog_file_mark_is(const char *database_uuid, const char *location)
{
    const char *slash = strrchr(location, '/');
    const char *name = slash ? slash + 1 : location;
    const char *dash = strchr(name, '-');
    char mark[MARK_LENGTH];

    if (!dash || strlen(dash + 1) < UUID_LENGTH || dash[1 + UUID_LENGTH] != '.')
        return FALSE;
    mark_of(database_uuid, dash + 1, mark);
    return memcmp(mark, dash + 1 + MARK_AT, MARK_LENGTH) == 0;
}
