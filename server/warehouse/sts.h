/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's Security Token Service, as far as Ceph's RGW, MinIO and AWS speak it: long-lived keys or a
 * web identity token are changed into keys that expire. Callers: s3_keys.c, whoever gives keys to
 * clients. */
#pragma once

#include "http.h"
#include "s3_keys.h"

/* AssumeRole of the profile's role, signed with `signer`. policy: JSON that narrows the role,
 * without spaces (Ceph 16 takes '+' in a form for itself); NULL: none. Transfer full. FORBIDDEN:
 * STS refuses; UNAVAILABLE: it is away; INVALID_ARGUMENT: it does not take the policy or the
 * lifetime. `pool` reaches it and is the caller's. */
S3Keys *sts_assume_role(HttpPool *pool,
                        const StorageProfile *profile,
                        const S3Keys *signer,
                        const char *policy,
                        const char *session_name,
                        gint64 lifetime_s,
                        GError **error);
/* The same with a token instead of keys; unsigned. */
S3Keys *sts_assume_role_with_web_identity(HttpPool *pool,
                                          const StorageProfile *profile,
                                          const char *token,
                                          const char *session_name,
                                          gint64 lifetime_s,
                                          GError **error);
/* The Credentials element of an answer of either. NULL with UNAVAILABLE: it is none. */
S3Keys *sts_parse_answer(const char *xml, gsize length, GError **error);
