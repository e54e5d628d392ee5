/* SPDX-License-Identifier: Apache-2.0 */
/* What drops leave behind: work that is done in the background (server/catalog/task.c), and tables
 * that can be taken back (undrop.c). Callers: the REST door, server/task_gauges.c. */
#pragma once

#include "skep/catalog.h"
#include "skep/task_types.h"

/* The newest first; state NULL: all (waiting, running, done, failed, cancelled; else
 * INVALID_ARGUMENT). CatalogTask*. */
GPtrArray *catalog_task_list(Catalog *catalog, const char *state, gint64 max, GError **error);
/* Has it tried again at once. NO_SUCH_OBJECT; INVALID_OPERATION: it is done. */
gboolean catalog_task_retry(Catalog *catalog, gint64 id, GError **error);
/* What has been deleted stays so. NO_SUCH_OBJECT; INVALID_OPERATION: it is done. */
gboolean catalog_task_cancel(Catalog *catalog, gint64 id, GError **error);
/* How many there are of each kind in each state. CatalogTaskCount*. */
GPtrArray *catalog_task_counts(Catalog *catalog, GError **error);

/* Tables and views of a namespace that can be taken back, the last dropped first; the namespace
 * need not be there any more while it has some. NO_SUCH_NAMESPACE. CatalogDroppedTable*. */
GPtrArray *catalog_dropped_list(Catalog *catalog,
                                const char *catalog_name,
                                const char *namespace_name,
                                GError **error);

typedef struct {
    const char *name;     /* that it had */
    const char *new_name; /* NULL: the same */
    const char *uuid;     /* which of several that had the name; NULL: the last dropped */
} CatalogUndrop;
/* Takes a dropped table or view back: the same uuid, pointer, parameters, branches, tags, history
 * and grants. NO_SUCH_OBJECT: none is kept, NO_SUCH_NAMESPACE, ALREADY_EXISTS, NO_SUCH_FILE: its
 * metadata file is gone. Returns what was taken back, with its present name. */
CatalogDroppedTable *catalog_undrop(Catalog *catalog,
                                    const char *catalog_name,
                                    const char *namespace_name,
                                    const CatalogUndrop *undrop,
                                    GError **error);
