// SPDX-License-Identifier: Apache-2.0
// Reading partitions: one, all, by name, by partial values, by filter. The types are those of
// partition.thrift; the methods have a service of their own because they are so many.

include "exceptions.thrift"
include "partition.thrift"

namespace c_glib Hms

service PartitionListings extends partition.Partitions {
  // One.
  partition.Partition get_partition(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  partition.GetPartitionResponse get_partition_req(1: partition.GetPartitionRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  partition.Partition get_partition_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: string user_name,
      5: list<string> group_names)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  partition.Partition get_partition_by_name(
      1: string db_name,
      2: string tbl_name,
      3: string part_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)

  // All.
  list<partition.Partition> get_partitions(
      1: string db_name,
      2: string tbl_name,
      3: i16 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  partition.PartitionsResponse get_partitions_req(1: partition.PartitionsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  list<partition.Partition> get_partitions_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: i16 max_parts = -1,
      4: string user_name,
      5: list<string> group_names)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  list<partition.PartitionSpec> get_partitions_pspec(
      1: string db_name,
      2: string tbl_name,
      3: i32 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)

  // Names and values.
  // 2.3 declares MetaException in field 1 and nothing in field 2.
  list<string> get_partition_names(1: string db_name, 2: string tbl_name, 3: i16 max_parts = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  list<string> get_partition_names_req(1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  list<string> fetch_partition_names_req(1: partition.PartitionsRequest partitionReq)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  partition.PartitionValuesResponse get_partition_values(
      1: partition.PartitionValuesRequest request)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)

  // By names.
  // Clients before 4.0 do not know the third exception.
  list<partition.Partition> get_partitions_by_names(
      1: string db_name,
      2: string tbl_name,
      3: list<string> names)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3)
  partition.GetPartitionsByNamesResult get_partitions_by_names_req(
      1: partition.GetPartitionsByNamesRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3) (since = "4.0")

  // By partial values: an empty value matches any, a shorter list matches by prefix.
  list<partition.Partition> get_partitions_ps(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  list<partition.Partition> get_partitions_ps_with_auth(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1,
      5: string user_name,
      6: list<string> group_names)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  partition.GetPartitionsPsWithAuthResponse get_partitions_ps_with_auth_req(
      1: partition.GetPartitionsPsWithAuthRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  list<string> get_partition_names_ps(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  partition.GetPartitionNamesPsResponse get_partition_names_ps_req(
      1: partition.GetPartitionNamesPsRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")

  // By filter text, by a serialised Hive expression, or with a projection.
  list<partition.Partition> get_partitions_by_filter(
      1: string db_name,
      2: string tbl_name,
      3: string filter,
      4: i16 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  list<partition.Partition> get_partitions_by_filter_req(
      1: partition.GetPartitionsByFilterRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  list<partition.PartitionSpec> get_part_specs_by_filter(
      1: string db_name,
      2: string tbl_name,
      3: string filter,
      4: i32 max_parts = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  i32 get_num_partitions_by_filter(1: string db_name, 2: string tbl_name, 3: string filter)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  partition.PartitionsByExprResult get_partitions_by_expr(1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  partition.PartitionsSpecByExprResult get_partitions_spec_by_expr(
      1: partition.PartitionsByExprRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  partition.GetPartitionsResponse get_partitions_with_specs(
      1: partition.GetPartitionsRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.0")
}
