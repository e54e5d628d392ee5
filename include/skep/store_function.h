/* SPDX-License-Identifier: Apache-2.0 */
/* Functions in PostgreSQL. Names are folded and checked already. Only server/catalog/ calls this;
 * any thread may. Functions of a dropped namespace go with it in store_namespace_drop. */
#pragma once

#include <glib.h>

#include "skep/function_types.h"
#include "skep/store.h"

/* NO_SUCH_NAMESPACE, ALREADY_EXISTS. */
gboolean store_function_create(Store *store, const CatalogFunction *function, GError **error);

/* Which functions of one catalog. */
typedef struct {
    const char *catalog_name;
    const char *namespace_name; /* NULL: all */
    const char *name;           /* NULL: all */
    const char *name_regex;     /* PostgreSQL regular expression, NULL: all */
} StoreFunctionList;
/* CatalogFunction*, by namespace and name. */
GPtrArray *store_function_list(Store *store, const StoreFunctionList *query, GError **error);

/* Writes all of `after` but its time of creation over the function of that name; a new name or
 * namespace moves it. NO_SUCH_NAMESPACE (the new one), ALREADY_EXISTS. TRUE with *out_replaced
 * FALSE when there is no such function. */
gboolean store_function_replace(Store *store,
                                const char *namespace_name,
                                const char *name,
                                const CatalogFunction *after,
                                gboolean *out_replaced,
                                GError **error);
/* TRUE with *out_dropped FALSE when it is gone already. */
gboolean store_function_drop(Store *store,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *name,
                             gboolean *out_dropped,
                             GError **error);
