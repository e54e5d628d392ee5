// SPDX-License-Identifier: Apache-2.0
// Replication between warehouses: its metrics, replayed transactions and recycled files.

include "exceptions.thrift"
include "resource_plan.thrift"

namespace c_glib Hms

struct ReplicationMetrics {
  1: required i64 scheduledExecutionId
  2: required string policy
  3: required i64 dumpExecutionId
  4: optional string metadata
  5: optional string progress
  6: optional string messageFormat
}

struct ReplicationMetricList {
  1: required list<ReplicationMetrics> replicationMetricList
}

struct GetReplicationMetricsRequest {
  1: optional i64 scheduledExecutionId
  2: optional string policy
  3: optional i64 dumpExecutionId
}

struct ReplTblWriteIdStateRequest {
  1: required string validWriteIdlist
  2: required string user
  3: required string hostName
  4: required string dbName
  5: required string tableName
  6: optional list<string> partNames
}

struct ReplayedTxnsForPolicyResult {
  1: map<string, string> replTxnMapEntry
}

struct CmRecycleRequest {
  1: required string dataPath
  2: required bool purge
}

struct CmRecycleResponse {}

service Replication extends resource_plan.ResourcePlans {
  /** Keeps measurements of a replication policy. */
  void add_replication_metrics(1: ReplicationMetricList replicationMetricList)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Measurements of replication policies. */
  ReplicationMetricList get_replication_metrics(1: GetReplicationMetricsRequest rqst)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Sets a replica's write ids to those of its source. */
  void repl_tbl_writeid_state(1: ReplTblWriteIdStateRequest rqst) (since = "3.0")
  /** Transactions of the source that a replication policy has replayed. */
  ReplayedTxnsForPolicyResult get_replayed_txns_for_policy(1: string policyName)
      throws (1: exceptions.MetaException o1) (since = "4.2")
  /** Moves a directory of replicated data to the change-management area. */
  CmRecycleResponse cm_recycle(1: CmRecycleRequest request) throws (1: exceptions.MetaException o1)
      (since = "3.0")
}
