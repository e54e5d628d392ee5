// SPDX-License-Identifier: Apache-2.0
// The cache of file footers.

include "replication.thrift"

namespace c_glib Hms

enum FileMetadataExprType {
  ORC_SARG = 1
}

struct MetadataPpdResult {
  1: optional binary metadata
  2: optional binary includeBitset
}

struct GetFileMetadataRequest {
  1: required list<i64> fileIds
}

struct GetFileMetadataResult {
  1: required map<i64, binary> metadata
  2: required bool isSupported
}

struct GetFileMetadataByExprRequest {
  1: required list<i64> fileIds
  2: required binary expr
  3: optional bool doGetFooters
  4: optional FileMetadataExprType type
}

struct GetFileMetadataByExprResult {
  1: required map<i64, MetadataPpdResult> metadata
  2: required bool isSupported
}

struct PutFileMetadataRequest {
  1: required list<i64> fileIds
  2: required list<binary> metadata
  3: optional FileMetadataExprType type
}

struct PutFileMetadataResult {}

struct ClearFileMetadataRequest {
  1: required list<i64> fileIds
}

struct ClearFileMetadataResult {}

struct CacheFileMetadataRequest {
  1: required string dbName
  2: required string tblName
  3: optional string partName
  4: optional bool isAllParts
}

struct CacheFileMetadataResult {
  1: required bool isSupported
}

service FileMetadataCache extends replication.Replication {
  /** Cached file footers. */
  GetFileMetadataResult get_file_metadata(1: GetFileMetadataRequest req)
  /** Cached file footers that match an expression. */
  GetFileMetadataByExprResult get_file_metadata_by_expr(1: GetFileMetadataByExprRequest req)
  /** Keeps file footers. */
  PutFileMetadataResult put_file_metadata(1: PutFileMetadataRequest req)
  /** Forgets cached file footers. */
  ClearFileMetadataResult clear_file_metadata(1: ClearFileMetadataRequest req)
  /** Asks for a table's file footers to be cached. */
  CacheFileMetadataResult cache_file_metadata(1: CacheFileMetadataRequest req)
}
