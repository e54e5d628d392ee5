/* SPDX-License-Identifier: Apache-2.0 */
/* What clients are given for the files of an Iceberg table: keys or signatures, as the warehouse of
 * its catalog says. Implemented in server/catalog/credentials.c; conventions are those of
 * catalog.h. Caller: the REST door.
 *
 * Whatever is stored, a table's places (its location, and the paths that its properties name) are
 * checked again when access to them is given: an administrator may have taken a place away. */
#pragma once

#include "skep/catalog.h"
#include "skep/storage_types.h"

/* What the client can use; a wish, of which the warehouse's own mode may grant nothing. */
enum { CATALOG_WANTS_KEYS = 1, CATALOG_WANTS_SIGNATURES = 2 };

typedef struct {
    StorageAccess access; /* NONE: nothing is given, and what follows is not set */
    char *prefix;         /* of the locations that it is good for */
    char *region;
    char *endpoint; /* as clients reach the store; NULL: AWS's own */
    gboolean path_style;
    char *access_key_id; /* NULL with SIGNED; as are the next two */
    char *secret_access_key;
    char *session_token;  /* NULL with STATIC, mostly */
    gint64 expires_at_ms; /* since 1970; 0: never */
    char *staged;         /* SIGNED, of a staged table: shown when its requests are signed */
} CatalogCredentials;
void catalog_credentials_free(CatalogCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogCredentials, catalog_credentials_free)

/* What catalog_credentials_give would give for a table in the object store. */
gboolean catalog_credentials_mode(Catalog *catalog,
                                  const char *catalog_name,
                                  guint wants,
                                  StorageAccess *out_access,
                                  GError **error);
/* `table` is of that name, with its document; a staged one is not stored yet. Keys are given where
 * they are wanted, signatures where anything is: who only asks for keys may be able to sign, and
 * learns nothing secret. FORBIDDEN: a place is outside what the warehouse allows, or all of it, or
 * keys cannot be narrowed to it; UNAVAILABLE: STS is away. Transfer full. */
CatalogCredentials *catalog_credentials_give(Catalog *catalog,
                                             const char *catalog_name,
                                             const char *namespace_name,
                                             const char *name,
                                             const CatalogIcebergTable *table,
                                             guint wants,
                                             GError **error);
/* Whether a client may go on with keys that it has. */
gboolean catalog_credentials_last(gint64 expires_at_ms);

/* Signs a request within the table's places: all headers to send (StorageHeader*). `staged` is
 * CatalogCredentials.staged, looked at while there is no such table; may be NULL. UNSUPPORTED: the
 * warehouse gives no signatures; FORBIDDEN, INVALID_ARGUMENT: not this request; NO_SUCH_TABLE.
 * *out_cacheable: the signature may be used again for the same method and URI. Transfer full. */
GPtrArray *catalog_credentials_sign(Catalog *catalog,
                                    const char *catalog_name,
                                    const char *namespace_name,
                                    const char *name,
                                    const char *staged,
                                    const StorageSignRequest *request,
                                    gboolean *out_cacheable,
                                    GError **error);
/* The same for a client that does not say which table: of the catalog's tables the one whose place
 * holds the object, and of several the one with the longest. FORBIDDEN: none, or two. */
GPtrArray *catalog_credentials_sign_by_place(Catalog *catalog,
                                             const char *catalog_name,
                                             const StorageSignRequest *request,
                                             gboolean *out_cacheable,
                                             GError **error);
