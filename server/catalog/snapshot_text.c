/* SPDX-License-Identifier: Apache-2.0 */
/* Reading snapshots that clients send: numbers between colons, lists between commas. Lengths are
 * bounded by that of the request. */
#include "snapshot_text.h"

#include "skep/error.h"

void
catalog_snapshot_text_init(CatalogSnapshotText *snapshot)
{
    snapshot->open = g_array_new(FALSE, FALSE, sizeof(gint64));
    snapshot->aborted = g_array_new(FALSE, FALSE, sizeof(gint64));
}

void
catalog_snapshot_text_clear(CatalogSnapshotText *snapshot)
{
    g_array_unref(snapshot->open);
    g_array_unref(snapshot->aborted);
}

/* "3,5" */
static gboolean
parse_ids(const char *text, GArray *ids, GError **error)
{
    g_auto(GStrv) parts = *text ? g_strsplit(text, ",", -1) : g_new0(char *, 1);

    for (char **part = parts; *part; part++) {
        gint64 id = 0;

        if (!g_ascii_string_to_signed(*part, 10, 0, G_MAXINT64, &id, NULL))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "A list of ids holds something else");
        g_array_append_val(ids, id);
    }
    return TRUE;
}

gboolean
catalog_snapshot_text_parse(const char *text, CatalogSnapshotText *snapshot, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 5);
    guint count = g_strv_length(parts);

    if (count < 1 || count > 4 ||
        !g_ascii_string_to_signed(parts[0], 10, 0, G_MAXINT64, &snapshot->water_id, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A list of transactions or write ids is not in the form "
                         "water:leastOpen:open:aborted");
    return (count < 3 || parse_ids(parts[2], snapshot->open, error)) &&
           (count < 4 || parse_ids(parts[3], snapshot->aborted, error));
}
