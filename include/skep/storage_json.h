/* SPDX-License-Identifier: Apache-2.0 */
/* The one JSON vocabulary of a StorageProfile: what the management API takes and answers, and what
 * is stored beside the sealed secrets. Members: endpoint, endpoint-external, sts-endpoint, region,
 * path-style, ca-file, access (none, static, vended, signed), key-source (given, file, environment,
 * web-identity), access-key-id, key-file, key-profile, role-arn, token-file, key-lifetime-s,
 * timeout-s; and the secrets secret-access-key and session-token. Implemented in
 * server/types/storage_json.c. */
#pragma once

#include "skep/json.h"
#include "skep/storage_types.h"

/* Sets the members that are there; null sets one back to its default. INVALID_ARGUMENT: a member
 * that there is none of, of another kind, or with a value that it cannot have. */
gboolean storage_profile_change(StorageProfile *profile, const cJSON *change, GError **error);
/* Whether all of it together can be used: INVALID_ARGUMENT, with the member's name. */
gboolean storage_profile_check(const StorageProfile *profile, GError **error);

/* Everything but the secrets; members at their default of "nothing" are left out. */
cJSON *storage_profile_print(const StorageProfile *profile);
/* The secrets alone; NULL: it has none. */
cJSON *storage_profile_print_secrets(const StorageProfile *profile);
