// SPDX-License-Identifier: Apache-2.0
// The queue of compactions of transactional tables and its metrics.

include "exceptions.thrift"
include "materialized_view.thrift"

namespace c_glib Hms

enum CompactionType {
  MINOR = 1,
  MAJOR = 2,
  REBALANCE = 3,
  ABORT_TXN_CLEANUP = 4,
  SMART_OPTIMIZE = 5
}

enum CompactionMetricsMetricType {
  NUM_OBSOLETE_DELTAS = 0,
  NUM_DELTAS = 1,
  NUM_SMALL_DELTAS = 2
}

struct CompactionRequest {
   1: required string dbname
   2: required string tablename
   3: optional string partitionname
   4: required CompactionType type
   5: optional string runas
   6: optional map<string, string> properties
   7: optional string initiatorId
   8: optional string initiatorVersion
   9: optional string poolName
  10: optional i32 numberOfBuckets
  11: optional string orderByClause
}

struct CompactionResponse {
  1: required i64 id
  2: required string state
  3: required bool accepted
  4: optional string errormessage
}

struct CompactionInfoStruct {
   1: required i64 id
   2: required string dbname
   3: required string tablename
   4: optional string partitionname
   5: required CompactionType type
   6: optional string runas
   7: optional string properties
   8: optional bool toomanyaborts
   9: optional string state
  10: optional string workerId
  11: optional i64 start
  12: optional i64 highestWriteId
  13: optional string errorMessage
  14: optional bool hasoldabort
  15: optional i64 enqueueTime
  16: optional i64 retryRetention
  17: optional string poolname
  18: optional i32 numberOfBuckets
  19: optional string orderByClause
}

struct OptionalCompactionInfoStruct {
  1: optional CompactionInfoStruct ci
}

struct ShowCompactRequest {
  1: optional i64 id
  2: optional string poolName
  3: optional string dbName
  4: optional string tbName
  5: optional string partName
  6: optional CompactionType type
  7: optional string state
  8: optional i64 limit
  9: optional string order
}

struct ShowCompactResponseElement {
   1: required string dbname
   2: required string tablename
   3: optional string partitionname
   4: required CompactionType type
   5: required string state
   6: optional string workerid
   7: optional i64 start
   8: optional string runAs
   9: optional i64 hightestTxnId
  10: optional string metaInfo
  11: optional i64 endTime
  12: optional string hadoopJobId = "None"
  13: optional i64 id
  14: optional string errorMessage
  15: optional i64 enqueueTime
  16: optional string workerVersion
  17: optional string initiatorId
  18: optional string initiatorVersion
  19: optional i64 cleanerStart
  20: optional string poolName
  21: optional i64 nextTxnId
  22: optional i64 txnId
  23: optional i64 commitTime
  24: optional i64 hightestWriteId
}

struct ShowCompactResponse {
  1: required list<ShowCompactResponseElement> compacts
}

struct FindNextCompactRequest {
  1: optional string workerId
  2: optional string workerVersion
  3: optional string poolName
}

struct AbortCompactionRequest {
  1: required list<i64> compactionIds
  2: optional string type
  3: optional string poolName
}

struct AbortCompactionResponseElement {
  1: required i64 compactionId
  2: optional string status
  3: optional string message
}

struct AbortCompactResponse {
  1: required map<i64, AbortCompactionResponseElement> abortedcompacts
}

struct GetLatestCommittedCompactionInfoRequest {
  1: required string dbname
  2: required string tablename
  3: optional list<string> partitionnames
  4: optional i64 lastCompactionId
}

struct GetLatestCommittedCompactionInfoResponse {
  1: required list<CompactionInfoStruct> compactions
}

struct CompactionMetricsDataStruct {
  1: required string dbname
  2: required string tblname
  3: optional string partitionname
  4: required CompactionMetricsMetricType type
  5: required i32 metricvalue
  6: required i32 version
  7: required i32 threshold
}

struct CompactionMetricsDataRequest {
  1: required string dbName
  2: required string tblName
  3: optional string partitionName
  4: required CompactionMetricsMetricType type
}

struct CompactionMetricsDataResponse {
  1: optional CompactionMetricsDataStruct data
}

service Compactions extends materialized_view.MaterializedViews {
  // For those who ask.
  /** Puts a compaction into the queue. */
  void compact(1: CompactionRequest rqst)
  /** As compact; answers its number, or that one is waiting already. */
  CompactionResponse compact2(1: CompactionRequest rqst)
  /** The compaction queue. */
  ShowCompactResponse show_compact(1: ShowCompactRequest rqst)
  /** Takes compactions that have not been worked off out of the queue. */
  AbortCompactResponse abort_Compactions(1: AbortCompactionRequest rqst) (since = "4.0")
  /** The last finished compaction of each partition. */
  GetLatestCommittedCompactionInfoResponse get_latest_committed_compaction_info(
      1: GetLatestCommittedCompactionInfoRequest rqst) (since = "4.0")
  // The names o1 of an argument and of the exception are both the published ones.
  /** Puts a finished compaction into the queue for its cleaning. */
  bool submit_for_cleanup(1: CompactionRequest o1, 2: i64 o2, 3: i64 o3)
      throws (1: exceptions.MetaException o1) (since = "4.0")

  // For workers.
  /** Hands the next compaction to a worker. */
  OptionalCompactionInfoStruct find_next_compact(1: string workerId)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** As find_next_compact, for a pool of workers. */
  OptionalCompactionInfoStruct find_next_compact2(1: FindNextCompactRequest rqst)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Notes the transaction and state of a running compaction. */
  void update_compactor_state(1: CompactionInfoStruct cr, 2: i64 txn_id) (since = "4.0")
  /** The columns whose statistics a compaction has to renew. */
  list<string> find_columns_with_stats(1: CompactionInfoStruct cr) (since = "4.0")
  /** A compaction is done; its old files may go. */
  void mark_compacted(1: CompactionInfoStruct cr) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** A compaction's old files are gone. */
  void mark_cleaned(1: CompactionInfoStruct cr) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** A compaction failed. */
  void mark_failed(1: CompactionInfoStruct cr) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** A compaction was not wanted. */
  void mark_refused(1: CompactionInfoStruct cr) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** Notes the job that does a compaction. */
  void set_hadoop_jobid(1: string jobId, 2: i64 cq_id) (since = "4.0")

  // Metrics.
  /** Keeps a measurement of the compactor. */
  bool update_compaction_metrics_data(1: CompactionMetricsDataStruct data)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Forgets a measurement of the compactor. */
  void remove_compaction_metrics_data(1: CompactionMetricsDataRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
}
