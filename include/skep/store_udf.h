/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg's user-defined functions in PostgreSQL. Names are folded and checked already. Only
 * server/catalog/ calls this; any thread may. */
#pragma once

#include "skep/store.h"

typedef struct {
    const char *catalog_name;
    const char *namespace_name;
    const char *name;
} StoreUdfName;

/* With `replace` one that is there and has this uuid gets the metadata. *out_written FALSE: there
 * is no such namespace, or the name is taken. */
gboolean store_udf_put(Store *store,
                       const StoreUdfName *name,
                       const char *uuid,
                       const char *metadata_json,
                       gboolean replace,
                       gboolean *out_written,
                       GError **error);
/* TRUE with *out_metadata_json NULL when there is none. Both transfer full; out_uuid may be NULL.
 */
gboolean store_udf_find(Store *store,
                        const StoreUdfName *name,
                        char **out_uuid,
                        char **out_metadata_json,
                        GError **error);
/* Names (char*) of a namespace, sorted; name->name is the one to start after, NULL: from the start.
 * limit 0: all. */
GPtrArray *store_udf_list(Store *store, const StoreUdfName *name, gint64 limit, GError **error);
gboolean
store_udf_drop(Store *store, const StoreUdfName *name, gboolean *out_dropped, GError **error);
