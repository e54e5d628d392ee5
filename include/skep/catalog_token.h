/* SPDX-License-Identifier: Apache-2.0 */
/* A shelf for what HiveServer2 and other clients keep in a metastore: the master keys with which
 * they sign delegation tokens, and the tokens. Beside skep/catalog.h and with its conventions. They
 * are texts that this server never looks into, and lets nobody in with. Implemented in
 * server/catalog/token.c; caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"

#define CATALOG_TOKEN_IDENTIFIER_BYTES_MAX 2048
#define CATALOG_TOKEN_CONTENT_BYTES_MAX    (64 * 1024)
#define CATALOG_TOKENS_MAX                 100000 /* in one answer */

/* out_id: its number, from 1. INVALID_ARGUMENT, TOO_LARGE. */
gboolean
catalog_token_key_add(Catalog *catalog, const char *content, gint32 *out_id, GError **error);
/* NO_SUCH_OBJECT, INVALID_ARGUMENT, TOO_LARGE. */
gboolean
catalog_token_key_replace(Catalog *catalog, gint32 id, const char *content, GError **error);
gboolean catalog_token_key_remove(Catalog *catalog, gint32 id, gboolean *out_found, GError **error);
/* Contents (char*), the oldest first. */
GPtrArray *catalog_token_keys(Catalog *catalog, GError **error);

/* *out_added FALSE: there is one of this identifier, which stays as it is. INVALID_ARGUMENT,
 * TOO_LARGE. */
gboolean catalog_token_add(Catalog *catalog,
                           const char *identifier,
                           const char *content,
                           gboolean *out_added,
                           GError **error);
/* *out_content NULL: there is none. Transfer full. */
gboolean
catalog_token_find(Catalog *catalog, const char *identifier, char **out_content, GError **error);
gboolean
catalog_token_remove(Catalog *catalog, const char *identifier, gboolean *out_found, GError **error);
/* Identifiers (char*), in order. */
GPtrArray *catalog_token_identifiers(Catalog *catalog, GError **error);
