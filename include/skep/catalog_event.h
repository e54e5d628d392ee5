/* SPDX-License-Identifier: Apache-2.0 */
/* The log of all changes, beside skep/catalog.h and with its conventions. Every change through
 * either door is in it; a number is given to it after it became true, without gaps and in the order
 * in which all readers see them. Implemented in server/catalog/event.c; caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/event_types.h"

/* The number of the last event that was true when this was called; 0: there was none yet. */
gboolean catalog_event_last(Catalog *catalog, gint64 *out_number, GError **error);

/* Which events. Names and lists NULL: any. Names fit that a thing had before or after its change.
 */
typedef struct {
    gint64 after; /* those with greater numbers */
    gint64 last;  /* and not greater than this; 0: no bound. For counting alone */
    const char *catalog_name;
    const char *namespace_name;
    const char *const *table_names;
    const char *const *types_skipped; /* for the scan alone, as the next */
    const char *const *types;
    gint64 limit; /* 0: none */
} CatalogEventFilter;

/* The event is the function's to change, and gone after it. FALSE without an error ends the scan.
 */
typedef gboolean (*CatalogEventFunc)(CatalogEvent *event, gpointer data, GError **error);
/* In the order of their numbers. Memory does not grow with their number. Those that were removed
 * because of their age are not there: the first number then tells the reader. */
gboolean catalog_event_scan(Catalog *catalog,
                            const CatalogEventFilter *filter,
                            CatalogEventFunc func,
                            gpointer data,
                            GError **error);
/* Events of no namespace count for every one. */
gboolean catalog_event_count(Catalog *catalog,
                             const CatalogEventFilter *filter,
                             gint64 *out_count,
                             GError **error);

/* What a client tells of: files that it put into a table or one of its partitions, or that it wants
 * others to read it anew. */
typedef struct {
    const char *const *values; /* of the partition; NULL: the table */
    const char *const *files;  /* this and the following may be NULL */
    const char *const *checksums;
    const char *const *sub_directories;
    gboolean replace;
    gboolean refresh;
} CatalogEventNotice;

#define CATALOG_EVENT_NOTICES_MAX 10000

/* Appends an event of `type` for each notice. out_numbers: gint64, in their order; one that has no
 * number yet is left out. NO_SUCH_TABLE, NO_SUCH_PARTITION, INVALID_ARGUMENT (the number of
 * values), TOO_LARGE. Transfer full. */
gboolean catalog_event_tell(Catalog *catalog,
                            const char *type,
                            const char *catalog_name,
                            const char *namespace_name,
                            const char *table_name,
                            const CatalogEventNotice *notices,
                            gsize count,
                            GArray **out_numbers,
                            GError **error);

/* For the metrics: the last number, and how old the oldest event is that waits for one (0: none
 * does). */
gboolean
catalog_event_state(Catalog *catalog, gint64 *out_last, gint64 *out_waiting_ms, GError **error);
