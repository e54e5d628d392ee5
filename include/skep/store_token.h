/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys and delegation tokens in PostgreSQL. Only server/catalog/ calls this; any thread
 * may. */
#pragma once

#include <glib.h>

#include "skep/store.h"

gboolean store_token_key_add(Store *store, const char *content, gint32 *out_id, GError **error);
/* *out_found FALSE: there is none of this number. */
gboolean store_token_key_replace(
    Store *store, gint32 id, const char *content, gboolean *out_found, GError **error);
gboolean store_token_key_remove(Store *store, gint32 id, gboolean *out_found, GError **error);
/* Contents (char*), the oldest first, at most `limit`. */
GPtrArray *store_token_keys(Store *store, gint64 limit, GError **error);

/* *out_added FALSE: there is one of this identifier, which stays as it is. */
gboolean store_token_add(
    Store *store, const char *identifier, const char *content, gboolean *out_added, GError **error);
/* *out_content NULL: there is none. Transfer full. */
gboolean store_token_find(Store *store, const char *identifier, char **out_content, GError **error);
gboolean
store_token_remove(Store *store, const char *identifier, gboolean *out_found, GError **error);
/* Identifiers (char*) in order, at most `limit`. */
GPtrArray *store_token_identifiers(Store *store, gint64 limit, GError **error);
