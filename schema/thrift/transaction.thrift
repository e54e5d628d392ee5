// SPDX-License-Identifier: Apache-2.0
// Transactions and the write ids they hold on tables.

include "exceptions.thrift"
include "procedure.thrift"

namespace c_glib Hms

enum TxnState {
  COMMITTED = 1,
  ABORTED = 2,
  OPEN = 3
}

enum TxnType {
  DEFAULT = 0,
  REPL_CREATED = 1,
  READ_ONLY = 2,
  COMPACTION = 3,
  MATER_VIEW_REBUILD = 4,
  SOFT_DELETE = 5,
  REBALANCE_COMPACTION = 6
}

enum DataOperationType {
  SELECT = 1,
  INSERT = 2,
  UPDATE = 3,
  DELETE = 4,
  UNSET = 5,
  NO_TXN = 6
}

struct TxnInfo {
  1: required i64 id
  2: required TxnState state
  3: required string user
  4: required string hostname
  5: optional string agentInfo = "Unknown"
  6: optional i32 heartbeatCount = 0
  7: optional string metaInfo
  8: optional i64 startedTime
  9: optional i64 lastHeartbeatTime
}

struct OpenTxnRequest {
  1: required i32 num_txns
  2: required string user
  3: required string hostname
  4: optional string agentInfo = "Unknown"
  5: optional string replPolicy
  6: optional list<i64> replSrcTxnIds
  7: optional TxnType txn_type = TxnType.DEFAULT
}

struct OpenTxnsResponse {
  1: required list<i64> txn_ids
}

struct GetOpenTxnsRequest {
  1: optional list<TxnType> excludeTxnTypes
}

// 2.3 clients expect a set in open_txns; nothing in the request tells them apart.
struct GetOpenTxnsResponse {
  1: required i64 txn_high_water_mark
  2: required list<i64> open_txns
  3: optional i64 min_open_txn
  4: required binary abortedBits
}

struct GetOpenTxnsInfoResponse {
  1: required i64 txn_high_water_mark
  2: required list<TxnInfo> open_txns
}

struct AbortTxnRequest {
  1: required i64 txnid
  2: optional string replPolicy
  3: optional TxnType txn_type
  4: optional i64 errorCode
}

struct AbortTxnsRequest {
  1: required list<i64> txn_ids
  2: optional i64 errorCode
}

struct CommitTxnKeyValue {
  1: required i64 tableId
  2: required string key
  3: required string value
}

struct WriteEventInfo {
  1: required i64 writeId
  2: required string database
  3: required string table
  4: required string files
  5: optional string partition
  6: optional string tableObj
  7: optional string partitionObj
}

struct ReplLastIdInfo {
  1: required string database
  2: required i64 lastReplId
  3: optional string table
  4: optional string catalog
  5: optional list<string> partitionList
}

struct CommitTxnRequest {
  1: required i64 txnid
  2: optional string replPolicy
  3: optional list<WriteEventInfo> writeEventInfos
  4: optional ReplLastIdInfo replLastIdInfo
  5: optional CommitTxnKeyValue keyValue
  6: optional bool exclWriteEnabled = true
  7: optional TxnType txn_type
}

struct HeartbeatTxnRangeRequest {
  1: required i64 min
  2: required i64 max
}

struct HeartbeatTxnRangeResponse {
  1: required set<i64> aborted
  2: required set<i64> nosuch
}

// 2.3 has no writeid: its fields after txnid have other numbers. Only writers of ACID partitions
// send this.
struct AddDynamicPartitions {
  1: required i64 txnid
  2: required i64 writeid
  3: required string dbname
  4: required string tablename
  5: required list<string> partitionnames
  6: optional DataOperationType operationType = DataOperationType.UNSET
}

struct BasicTxnInfo {
  1: required bool isnull
  2: optional i64 time
  3: optional i64 txnid
  4: optional string dbname
  5: optional string tablename
  6: optional string partitionname
}

struct TxnToWriteId {
  1: required i64 txnId
  2: required i64 writeId
}

struct AllocateTableWriteIdsRequest {
  1: required string dbName
  2: required string tableName
  3: optional list<i64> txnIds
  4: optional string replPolicy
  5: optional list<TxnToWriteId> srcTxnToWriteIdList
  6: optional bool reallocate = false
}

struct AllocateTableWriteIdsResponse {
  1: required list<TxnToWriteId> txnToWriteIds
}

// abortedBits has one bit for each invalid write id, lowest bit first; set means aborted, clear
// means open.
struct TableValidWriteIds {
  1: required string fullTableName
  2: required i64 writeIdHighWaterMark
  3: required list<i64> invalidWriteIds
  4: optional i64 minOpenWriteId
  5: required binary abortedBits
}

struct GetValidWriteIdsRequest {
  1: required list<string> fullTableNames
  2: optional string validTxnList  // required in 3.1, may be absent since 4.0
  3: optional i64 writeId
}

struct GetValidWriteIdsResponse {
  1: required list<TableValidWriteIds> tblValidWriteIds
}

struct MaxAllocatedTableWriteIdRequest {
  1: required string dbName
  2: required string tableName
}

struct MaxAllocatedTableWriteIdResponse {
  1: required i64 maxWriteId
}

struct SeedTableWriteIdsRequest {
  1: required string dbName
  2: required string tableName
  3: required i64 seedWriteId
}

struct SeedTxnIdRequest {
  1: required i64 seedTxnId
}

struct GetAllWriteEventInfoRequest {
  1: required i64 txnId
  2: optional string dbName
  3: optional string tableName
}

service Transactions extends procedure.Procedures {
  // Transactions.
  /** Opens transactions with consecutive ids. */
  OpenTxnsResponse open_txns(1: OpenTxnRequest rqst) (callers = "Trino")
  /** Ids of open and aborted transactions. */
  GetOpenTxnsResponse get_open_txns() (callers = "Trino")
  /** As get_open_txns, without the kinds that are named. */
  GetOpenTxnsResponse get_open_txns_req(1: GetOpenTxnsRequest getOpenTxnsRequest) (since = "4.0")
  /** Open and aborted transactions with their owners. */
  GetOpenTxnsInfoResponse get_open_txns_info()
  /** Commits a transaction and lets its locks go; the later of two writers of the same rows loses. */
  void commit_txn(1: CommitTxnRequest rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.TxnAbortedException o2)
      (callers = "Trino")
  /** Aborts a transaction and lets its locks go. */
  void abort_txn(1: AbortTxnRequest rqst) throws (1: exceptions.NoSuchTxnException o1)
      (callers = "Trino")
  /** Aborts several transactions. */
  void abort_txns(1: AbortTxnsRequest rqst) throws (1: exceptions.NoSuchTxnException o1)
  /** Renews the leases of a range of transactions; says which are gone. */
  HeartbeatTxnRangeResponse heartbeat_txn_range(1: HeartbeatTxnRangeRequest txns)
      (callers = "Trino")
  /** Names the partitions that a transaction has written, once it knows them. */
  void add_dynamic_partitions(1: AddDynamicPartitions rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.TxnAbortedException o2)
      (callers = "Spark, Trino")
  /** The last transaction that wrote what this one read. */
  i64 get_latest_txnid_in_conflict(1: i64 txnId) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** Sets the next transaction id of an empty server. */
  void seed_txn_id(1: SeedTxnIdRequest rqst) throws (1: exceptions.MetaException o1) (since = "4.0")

  // Write ids.
  /** Gives a table's next write ids to open transactions. */
  AllocateTableWriteIdsResponse allocate_table_write_ids(1: AllocateTableWriteIdsRequest rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.TxnAbortedException o2,
              3: exceptions.MetaException o3) (since = "3.0", callers = "Trino")
  /** Which write ids of tables a snapshot may see. */
  GetValidWriteIdsResponse get_valid_write_ids(1: GetValidWriteIdsRequest rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.MetaException o2)
      (since = "3.0", callers = "Trino")
  /** A table's highest write id. */
  MaxAllocatedTableWriteIdResponse get_max_allocated_table_write_id(
      1: MaxAllocatedTableWriteIdRequest rqst)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Notes the lowest write ids that a transaction has open. */
  void add_write_ids_to_min_history(1: i64 txnId, 2: map<string, i64> writeIds)
      throws (1: exceptions.MetaException o2) (since = "4.0")
  /** Sets a table's next write id. */
  void seed_write_id(1: SeedTableWriteIdsRequest rqst) throws (1: exceptions.MetaException o1)
      (since = "4.0")
  /** What a transaction noted with add_write_notification_log. */
  list<WriteEventInfo> get_all_write_event_info(1: GetAllWriteEventInfoRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
}
