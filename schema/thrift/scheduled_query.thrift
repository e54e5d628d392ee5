// SPDX-License-Identifier: Apache-2.0
// Queries that run on a schedule, and the calls of the clusters that run them.

include "exceptions.thrift"
include "file_metadata.thrift"

namespace c_glib Hms

enum QueryState {
  INITED = 0,
  EXECUTING = 1,
  FAILED = 2,
  FINISHED = 3,
  TIMED_OUT = 4,
  AUTO_DISABLED = 5
}

enum ScheduledQueryMaintenanceRequestType {
  CREATE = 1,
  ALTER = 2,
  DROP = 3
}

struct ScheduledQueryKey {
  1: required string scheduleName
  2: required string clusterNamespace
}

struct ScheduledQuery {
  1: required ScheduledQueryKey scheduleKey
  2: optional bool enabled
  4: optional string schedule
  5: optional string user
  6: optional string query
  7: optional i32 nextExecution
}

struct ScheduledQueryMaintenanceRequest {
  1: required ScheduledQueryMaintenanceRequestType type
  2: required ScheduledQuery scheduledQuery
}

struct ScheduledQueryPollRequest {
  1: required string clusterNamespace
}

struct ScheduledQueryPollResponse {
  1: optional ScheduledQueryKey scheduleKey
  2: optional i64 executionId
  3: optional string query
  4: optional string user
}

struct ScheduledQueryProgressInfo {
  1: required i64 scheduledExecutionId
  2: required QueryState state
  3: required string executorQueryId
  4: optional string errorMessage
}

service ScheduledQueries extends file_metadata.FileMetadataCache {
  /** A scheduled query. */
  ScheduledQuery get_scheduled_query(1: ScheduledQueryKey scheduleKey)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Makes, changes or drops a scheduled query. */
  void scheduled_query_maintenance(1: ScheduledQueryMaintenanceRequest request)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.AlreadyExistsException o3, 4: exceptions.InvalidInputException o4)
      (since = "4.0")
  /** Hands the next scheduled query that is due to an executor. */
  ScheduledQueryPollResponse scheduled_query_poll(1: ScheduledQueryPollRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Notes how a scheduled query's execution is going. */
  void scheduled_query_progress(1: ScheduledQueryProgressInfo info)
      throws (1: exceptions.MetaException o1, 2: exceptions.InvalidOperationException o2)
      (since = "4.0")
}
