/* SPDX-License-Identifier: Apache-2.0 */
/* Named types in PostgreSQL. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/store.h"
#include "skep/type_types.h"

/* *out_created FALSE: there is one of this name, which stays as it is. */
gboolean store_type_create(Store *store,
                           const CatalogNamedType *type,
                           gboolean *out_created,
                           GError **error);
/* CatalogNamedType*, by name: that of this name (name not NULL), or those that match the regular
 * expression (NULL: all), at most `limit`. */
GPtrArray *store_type_list(
    Store *store, const char *name, const char *name_regex, gint64 limit, GError **error);
/* A missing one is no error. */
gboolean store_type_drop(Store *store, const char *name, GError **error);
