/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests to an object store are signed for the clients of a table: those that read, list
 * and change objects within its prefixes, and nothing else. Pure; signing is sign_request.c's. */
#pragma once

#include "skep/warehouse_access.h"

/* A URI of the store, taken apart. */
typedef struct {
    char *host; /* as a Host header has it */
    char *path; /* decoded: "/bucket/key", or "/key" where the host names the bucket */
    char *bucket;
    char *key;        /* "" is the bucket itself */
    GPtrArray *query; /* StorageHeader*: names and values, decoded, in the URI's order */
} SignTarget;

void sign_target_free(SignTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignTarget, sign_target_free)

/* INVALID_ARGUMENT: not a URI of this store, or one that two readers may read differently (raw
 * '+' in the query, '.' and '..' in any encoding, bytes that need encoding). */
SignTarget *sign_target_parse(const StorageProfile *profile, const char *uri, GError **error);

/* Is a part of the path "." or "..", for somebody who decodes it however often? */
gboolean sign_target_has_dot_part(const char *path);

/* What the signature of a request that may be signed has to cover. */
typedef struct {
    SignTarget *target;
    gboolean is_cacheable; /* a client may use the signature again for a while */
    gboolean covers_body; /* the body was judged, so the signature must hold it to what was shown */
    gboolean changes;     /* it writes or deletes */
} SignVerdict;

void sign_verdict_clear(SignVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SignVerdict, sign_verdict_clear)

/* FORBIDDEN: outside the scope, another operation, or a header that changes what it does.
 * INVALID_ARGUMENT: malformed. */
gboolean sign_rules_judge(const StorageProfile *profile,
                          const WarehouseScope *scope,
                          const StorageSignRequest *request,
                          SignVerdict *out_verdict,
                          GError **error);

/* What a request is about, as "s3://bucket/key": its object, the prefix of a listing, the first key
 * of a batch deletion. Nothing is judged. INVALID_ARGUMENT: malformed; FORBIDDEN: a batch deletion
 * whose body is not shown. Transfer full. */
char *
sign_rules_place(const StorageProfile *profile, const StorageSignRequest *request, GError **error);

/* Names of headers that a client could add to a signed request to make it another one. AWS refuses
 * what is not signed; RGW does not, and takes a name that is listed as signed and absent for a
 * promise that it stays absent. NULL-terminated, lower case, sorted. */
extern const char *const sign_rules_absent_headers[];

/* Whether a header of the client is part of what is signed. */
gboolean sign_rules_header_is_signed(const char *name);
