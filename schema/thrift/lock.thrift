// SPDX-License-Identifier: Apache-2.0
// Locks: asked for, waited for by asking again, kept by heartbeats.

include "exceptions.thrift"
include "transaction.thrift"

namespace c_glib Hms

enum LockState {
  ACQUIRED = 1,
  WAITING = 2,
  ABORT = 3,
  NOT_ACQUIRED = 4
}

enum LockLevel {
  DB = 1,
  TABLE = 2,
  PARTITION = 3
}

enum LockType {
  SHARED_READ = 1,
  SHARED_WRITE = 2,
  EXCLUSIVE = 3,
  EXCL_WRITE = 4
}

struct LockComponent {
  1: required LockType type
  2: required LockLevel level
  3: required string dbname
  4: optional string tablename
  5: optional string partitionname
  6: optional transaction.DataOperationType operationType = transaction.DataOperationType.UNSET
  7: optional bool isTransactional = false  // called isAcid in 2.3
  8: optional bool isDynamicPartitionWrite = false
}

struct LockRequest {
  1: required list<LockComponent> component
  2: optional i64 txnid
  3: required string user
  4: required string hostname
  5: optional string agentInfo = "Unknown"
  6: optional bool zeroWaitReadEnabled = false
  7: optional bool exclusiveCTAS = false
  8: optional bool locklessReadsEnabled = false
}

struct LockResponse {
  1: required i64 lockid
  2: required LockState state
  3: optional string errorMessage
}

struct CheckLockRequest {
  1: required i64 lockid
  2: optional i64 txnid
  3: optional i64 elapsed_ms
}

struct UnlockRequest {
  1: required i64 lockid
}

struct HeartbeatRequest {
  1: optional i64 lockid
  2: optional i64 txnid
}

struct ShowLocksRequest {
  1: optional string dbname
  2: optional string tablename
  3: optional string partname
  4: optional bool isExtended = false
  5: optional i64 txnid
}

struct ShowLocksResponseElement {
   1: required i64 lockid
   2: required string dbname
   3: optional string tablename
   4: optional string partname
   5: required LockState state
   6: required LockType type
   7: optional i64 txnid
   8: required i64 lastheartbeat
   9: optional i64 acquiredat
  10: required string user
  11: required string hostname
  12: optional i32 heartbeatCount = 0
  13: optional string agentInfo
  14: optional i64 blockedByExtId
  15: optional i64 blockedByIntId
  16: optional i64 lockIdInternal
}

struct ShowLocksResponse {
  1: list<ShowLocksResponseElement> locks
}

service Locks extends transaction.Transactions {
  /** Asks for a lock: held, or waiting in the queue. */
  LockResponse lock(1: LockRequest rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.TxnAbortedException o2)
      (callers = "Flink, Iceberg, PyIceberg, Trino")
  /** Whether a lock is held by now; renews its lease. */
  LockResponse check_lock(1: CheckLockRequest rqst)
      throws (1: exceptions.NoSuchTxnException o1, 2: exceptions.TxnAbortedException o2,
              3: exceptions.NoSuchLockException o3) (callers = "Flink, Iceberg, PyIceberg, Trino")
  /** Lets a lock go; a lock that is gone is no error. */
  void unlock(1: UnlockRequest rqst)
      throws (1: exceptions.NoSuchLockException o1, 2: exceptions.TxnOpenException o2)
      (callers = "Flink, Iceberg, PyIceberg, Trino")
  /** Renews the lease of a lock, a transaction, or both. */
  void heartbeat(1: HeartbeatRequest ids)
      throws (1: exceptions.NoSuchLockException o1, 2: exceptions.NoSuchTxnException o2,
              3: exceptions.TxnAbortedException o3) (callers = "Iceberg")
  /** Locks held and waited for. */
  ShowLocksResponse show_locks(1: ShowLocksRequest rqst) (callers = "Iceberg")
}
