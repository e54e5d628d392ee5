/* SPDX-License-Identifier: Apache-2.0 */
/* The session policy that narrows a role's keys to the prefixes of one table. Pure text. */
#pragma once

#include "skep/warehouse_access.h"

/* What STS takes at most, in characters. */
#define SESSION_POLICY_CHARACTERS_MAX 2048

/* The partition of ARNs ("aws", "aws-cn"...): that of the role, else that of the region. Static
 * text, or borrowed from neither. */
const char *session_policy_partition(const char *role_arn, const char *region);

/* ASCII JSON without white space between tokens: RGW's STS answers 400 to blanks that a form body
 * writes as '+'. A prefix ends in '/' before its wildcard, so that t1 never opens t10. FORBIDDEN
 * with a sentence: a location that is a whole bucket; one with '*', '?' or '$', which IAM reads as
 * patterns and variables, and of which not every store knows the escapes; one that is too long for
 * the bound even when listing is left out. INVALID_ARGUMENT: not an s3: location. Transfer full. */
char *session_policy_new(const char *partition, const WarehouseScope *scope, GError **error);
