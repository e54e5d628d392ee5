// SPDX-License-Identifier: Apache-2.0
// Materialized views: their creation metadata, whether they are stale, and the lock on a rebuild.

include "exceptions.thrift"
include "table.thrift"
include "lock.thrift"

namespace c_glib Hms

struct Materialization {
  1: required bool sourceTablesUpdateDeleteModified
  // unknown before 4.0: always sent, never insisted on by old clients
  2: required bool sourceTablesCompacted
}

service MaterializedViews extends lock.Locks {
  /** Notes which tables a materialized view was made from, and when. */
  void update_creation_metadata(
      1: string catName,
      2: string dbname,
      3: string tbl_name,
      4: table.CreationMetadata creation_metadata)
      throws (1: exceptions.MetaException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.UnknownDBException o3) (since = "3.0")
  /** Names of materialized views that queries may be rewritten to. */
  list<string> get_materialized_views_for_rewriting(1: string db_name)
      throws (1: exceptions.MetaException o1) (since = "3.0")
  /** Materialized views that queries may be rewritten to. */
  list<table.Table> get_all_materialized_view_objects_for_rewriting()
      throws (1: exceptions.MetaException o1) (since = "4.0")
  /** Whether the tables of a materialized view have changed. */
  Materialization get_materialization_invalidation_info(
      1: table.CreationMetadata creation_metadata,
      2: string validTxnList)
      throws (1: exceptions.MetaException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.UnknownDBException o3) (since = "3.0")

  /** Locks a materialized view while it is rebuilt. */
  lock.LockResponse get_lock_materialization_rebuild(
      1: string dbName,
      2: string tableName,
      3: i64 txnId) (since = "3.0")
  /** Renews the lock of a materialized view's rebuild. */
  bool heartbeat_lock_materialization_rebuild(1: string dbName, 2: string tableName, 3: i64 txnId)
      (since = "3.0")
}
