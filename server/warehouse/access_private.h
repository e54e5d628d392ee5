/* SPDX-License-Identifier: Apache-2.0 */
/* What access.c, sign_request.c and access_check.c share: a warehouse's way of giving access. */
#pragma once

#include "s3_keys.h"
#include "skep/warehouse_access.h"
#include "sts.h"

typedef struct {
    S3Keys *keys;
    gint64 good_until_s; /* given until then; they are good for as long again */
} MadeKeys;

struct WarehouseAccess {
    StorageProfile *profile;
    HttpPool *http;
    S3KeySource *own_keys;
    GMutex mutex;
    GHashTable *made; /* session policy -> MadeKeys; with the mutex held */
};

/* Keys of the profile's role, narrowed to the scope. Errors as warehouse_access_keys. Transfer
 * full. */
S3Keys *access_make_keys(WarehouseAccess *access, const WarehouseScope *scope, GError **error);
