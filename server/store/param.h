/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters as libpq takes them. Called by query.c and transaction.c, once for a statement however
 * often it is tried. */
#pragma once

#include "store/query.h"

#define STORE_PARAMS_MAX 64

typedef struct {
    guint count;
    const char *values[STORE_PARAMS_MAX];
    int lengths[STORE_PARAMS_MAX];
    int formats[STORE_PARAMS_MAX];
    guint8 fixed[STORE_PARAMS_MAX][8]; /* numbers and truths, in network order */
    GByteArray *variable; /* maps and arrays, one after another; NULL when there are none */
    gsize offsets[STORE_PARAMS_MAX]; /* of each of them in `variable` */
} StoreEncodedParams;

/* Borrows texts and bytes of `params`. INVALID_ARGUMENT: a number out of the declared range;
 * TOO_LARGE: over what one message can carry; INTERNAL: kinds or count other than the query
 * declares. */
gboolean store_params_encode(StoreEncodedParams *out,
                             const StoreQuery *query,
                             const StoreParam *params,
                             guint param_count,
                             GError **error);
void store_params_clear(StoreEncodedParams *encoded);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreEncodedParams, store_params_clear)
