/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about the cache of file footers, which no server but one on HBase ever had. It is an
 * offer to clients, not a promise: the answers say that there is none, and what is put into it is
 * let go. Caller: dispatch.c. */
#include "bindings.h"

#include <hms_file_metadata_types.h>

/* A handler whose result object is right as it comes: an empty map, isSupported FALSE. */
#define NOT_CACHED(handler, ResultType)                                                            \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error)             \
    {                                                                                              \
        (void)call;                                                                                \
        (void)args;                                                                                \
        (void)error;                                                                               \
        ResultType *out = result;                                                                  \
        out->__isset_success = TRUE;                                                               \
        return TRUE;                                                                               \
    }

NOT_CACHED(thrift_get_file_metadata, HmsFileMetadataCacheGetFileMetadataResult)
NOT_CACHED(thrift_get_file_metadata_by_expr, HmsFileMetadataCacheGetFileMetadataByExprResult)
NOT_CACHED(thrift_put_file_metadata, HmsFileMetadataCachePutFileMetadataResult)
NOT_CACHED(thrift_clear_file_metadata, HmsFileMetadataCacheClearFileMetadataResult)
NOT_CACHED(thrift_cache_file_metadata, HmsFileMetadataCacheCacheFileMetadataResult)
