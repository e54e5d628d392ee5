// SPDX-License-Identifier: Apache-2.0
// Reading partitions: one, all, by name, by partial values, by filter. The types are those of
// partition.thrift; the methods have a service of their own because they are so many.

include "exceptions.thrift"
include "partition.thrift"

namespace c_glib Hms

service PartitionListings extends partition.Partitions {
  // One.
  /** The partition of these values. */
  partition.Partition get_partition(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink, Spark, Trino")
  /** As get_partition. */
  partition.GetPartitionResponse get_partition_req(1: partition.GetPartitionRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** As get_partition, with privileges. */
  partition.Partition get_partition_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: string user_name,
      5: list<string> group_names)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Spark")
  /** The partition of this name. */
  partition.Partition get_partition_by_name(
      1: string db_name,
      2: string tbl_name,
      3: string part_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink")

  // All.
  /** All partitions of a table, by name. */
  list<partition.Partition> get_partitions(
      1: string db_name,
      2: string tbl_name,
      3: i16 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Spark")
  /** As get_partitions. */
  partition.PartitionsResponse get_partitions_req(1: partition.PartitionsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** As get_partitions, with privileges. */
  list<partition.Partition> get_partitions_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: i16 max_parts = -1,
      4: string user_name,
      5: list<string> group_names)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  /** All partitions as specs that share storage descriptors. */
  list<partition.PartitionSpec> get_partitions_pspec(
      1: string db_name,
      2: string tbl_name,
      3: i32 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)

  // Names and values.
  // 2.3 declares MetaException in field 1 and nothing in field 2.
  /** Names of a table's partitions. */
  list<string> get_partition_names(1: string db_name, 2: string tbl_name, 3: i16 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Spark, Trino")
  /** Names of the partitions that match an expression. */
  list<string> get_partition_names_req(1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Names of a table's partitions. */
  list<string> fetch_partition_names_req(1: partition.PartitionsRequest partitionReq)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** Values of partition keys, distinct if asked. */
  partition.PartitionValuesResponse get_partition_values(
      1: partition.PartitionValuesRequest request)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)

  // By names.
  // Clients before 4.0 do not know the third exception.
  /** Partitions by name; those that are not there are left out. */
  list<partition.Partition> get_partitions_by_names(
      1: string db_name,
      2: string tbl_name,
      3: list<string> names)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3) (callers = "Flink, Spark, Trino")
  /** As get_partitions_by_names, with column statistics if asked. */
  partition.GetPartitionsByNamesResult get_partitions_by_names_req(
      1: partition.GetPartitionsByNamesRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3) (since = "4.0")

  // By partial values: an empty value matches any, a shorter list matches by prefix.
  /** Partitions that match the values given; an empty one matches all. */
  list<partition.Partition> get_partitions_ps(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink")
  /** As get_partitions_ps, with privileges. */
  list<partition.Partition> get_partitions_ps_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1,
      5: string user_name,
      6: list<string> group_names)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Spark")
  /** As get_partitions_ps_with_auth. */
  partition.GetPartitionsPsWithAuthResponse get_partitions_ps_with_auth_req(
      1: partition.GetPartitionsPsWithAuthRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Names of the partitions that match the values given; an empty one matches all. */
  list<string> get_partition_names_ps(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink, Spark, Trino")
  /** As get_partition_names_ps. */
  partition.GetPartitionNamesPsResponse get_partition_names_ps_req(
      1: partition.GetPartitionNamesPsRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")

  // By filter text, by a serialised Hive expression, or with a projection.
  /** Partitions that match a filter, which PostgreSQL evaluates. */
  list<partition.Partition> get_partitions_by_filter(
      1: string db_name,
      2: string tbl_name,
      3: string filter,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Spark")
  /** As get_partitions_by_filter. */
  list<partition.Partition> get_partitions_by_filter_req(
      1: partition.GetPartitionsByFilterRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Partitions that match a filter, as specs that share storage descriptors. */
  list<partition.PartitionSpec> get_part_specs_by_filter(
      1: string db_name,
      2: string tbl_name,
      3: string filter,
      4: i32 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink")
  /** How many partitions match a filter. */
  i32 get_num_partitions_by_filter(1: string db_name, 2: string tbl_name, 3: string filter)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  /** Partitions that match an expression; all of them, marked as unsure, where it cannot be read. */
  partition.PartitionsByExprResult get_partitions_by_expr(1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  /** As get_partitions_by_expr, as specs. */
  partition.PartitionsSpecByExprResult get_partitions_spec_by_expr(
      1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** Chosen fields of the partitions that match names, values or filters. */
  partition.GetPartitionsResponse get_partitions_with_specs(
      1: partition.GetPartitionsRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
}
