/* SPDX-License-Identifier: Apache-2.0 */
/* Where requests to an object store go: scheme and host of its profile's addresses, and of AWS's
 * own when it names none. Callers: the S3 client, sts.c, whoever signs for clients. */
#pragma once

#include "skep/storage_types.h"

typedef struct {
    char *scheme; /* "http", "https" */
    char *host;   /* as the Host header says it: name[:port], without the scheme's own port */
} StorageEndpoint;

void storage_endpoint_clear(StorageEndpoint *endpoint);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StorageEndpoint, storage_endpoint_clear)

/* http(s)://host[:port] without a path: INVALID_ARGUMENT otherwise. */
gboolean storage_endpoint_parse(const char *text, StorageEndpoint *out_endpoint, GError **error);
/* The store's own, and that of STS. */
gboolean storage_endpoint_parse_s3(const StorageProfile *profile,
                                   StorageEndpoint *out_endpoint,
                                   GError **error);
gboolean storage_endpoint_parse_sts(const StorageProfile *profile,
                                    StorageEndpoint *out_endpoint,
                                    GError **error);
