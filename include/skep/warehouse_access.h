/* SPDX-License-Identifier: Apache-2.0 */
/* What clients are given for the files of one table in an object store: keys that open its
 * prefixes alone, or a signature for one request within them. Who may have them, and what the
 * prefixes are, is the catalog's to say. Implemented in server/warehouse/{access,
 * access_check,session_policy,sign_target,sign_rules,sign_request}.c. Thread safe. */
#pragma once

#include <glib.h>

#include "skep/storage_types.h"
#include "skep/warehouse.h"

/* Trees of objects, and what for. */
typedef struct {
    const char *const *locations; /* s3: locations, NULL-terminated, at least one */
    gboolean write;               /* else: read and list */
} WarehouseScope;

/* --- a warehouse's way of giving access --- */

typedef struct WarehouseAccess WarehouseAccess;

/* Of a warehouse in an object store; NULL: it is a directory. Owned by the warehouse. */
WarehouseAccess *warehouse_access(const Warehouse *warehouse);

/* Copies the profile; talks to nobody yet. */
WarehouseAccess *warehouse_access_new(const StorageProfile *profile);
void warehouse_access_free(WarehouseAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WarehouseAccess, warehouse_access_free)
/* Owned by the access; holds secrets. */
const StorageProfile *warehouse_access_profile(const WarehouseAccess *access);

typedef struct {
    char *access_key_id;
    char *secret_access_key;
    char *session_token;  /* NULL: none */
    gint64 expires_at_ms; /* since 1970; 0: never */
} WarehouseKeys;
void warehouse_keys_free(WarehouseKeys *keys); /* overwrites the secret */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WarehouseKeys, warehouse_keys_free)

/* Of a profile with static access its own keys; of any other, keys of its role that open the scope
 * alone and have at least half of their life before them. FORBIDDEN: they cannot be narrowed to the
 * scope (see session_policy.h), or STS refuses; UNAVAILABLE: STS is away. Transfer full. */
WarehouseKeys *
warehouse_access_keys(WarehouseAccess *access, const WarehouseScope *scope, GError **error);

/* All headers (StorageHeader*) to send the request with. Changes are signed with keys of the role
 * when there is one, so that the store keeps to the scope by itself; all else with the warehouse's
 * own. *out_cacheable: another request of the same method and URI may use them. Errors:
 * sign_rules.h, and as above. Transfer full. */
GPtrArray *warehouse_access_sign(WarehouseAccess *access,
                                 const WarehouseScope *scope,
                                 const StorageSignRequest *request,
                                 gboolean *out_cacheable,
                                 GError **error);

/* What a request that is to be signed is about, as "s3://bucket/key"; nothing is judged. Errors:
 * sign_rules.h. Transfer full. */
char *warehouse_access_sign_place(WarehouseAccess *access,
                                  const StorageSignRequest *request,
                                  GError **error);

/* A keyed digest of `text`, in hex, that every server of this warehouse makes alike. Errors: those
 * of reading the warehouse's own keys. Transfer full. */
char *warehouse_access_seal(WarehouseAccess *access, const char *text, GError **error);

/* Are keys for one table of this warehouse no good for its sibling? Makes keys for a place below
 * `root` that no table has, writes and deletes with them there, and tries to write beside it.
 * UNPROCESSABLE: they reach the sibling; else what went wrong on the way. TRUE also where no keys
 * are made. */
gboolean warehouse_access_check_narrow(WarehouseAccess *access, const char *root, GError **error);
