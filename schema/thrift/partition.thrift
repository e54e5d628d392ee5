// SPDX-License-Identifier: Apache-2.0
// Partitions.

include "exceptions.thrift"
include "storage.thrift"
include "request.thrift"
include "privilege.thrift"
include "statistics.thrift"
include "table.thrift"

namespace c_glib Hms

enum PartitionEventType {
  LOAD_DONE = 1
}

enum PartitionFilterMode {
  BY_NAMES = 0,
  BY_VALUES = 1,
  BY_EXPR = 2
}

struct Partition {
   1: list<string> values
   2: string dbName
   3: string tableName
   4: i32 createTime
   5: i32 lastAccessTime
   6: storage.StorageDescriptor sd
   7: map<string, string> parameters
   8: optional privilege.PrincipalPrivilegeSet privileges
   9: optional string catName
  10: optional i64 writeId = -1
  11: optional bool isStatsCompliant
  12: optional statistics.ColumnStatistics colStats
  13: optional storage.FileMetadata fileMetadata
}

struct PartitionWithoutSD {
  1: list<string> values
  2: i32 createTime
  3: i32 lastAccessTime
  4: string relativePath
  5: map<string, string> parameters
  6: optional privilege.PrincipalPrivilegeSet privileges
}

// One storage descriptor for many partitions, each with its path relative to a root.
struct PartitionSpecWithSharedSD {
  1: list<PartitionWithoutSD> partitions
  2: storage.StorageDescriptor sd
}

struct PartitionListComposingSpec {
  1: list<Partition> partitions
}

struct PartitionSpec {
  1: string dbName
  2: string tableName
  3: string rootPath
  4: optional PartitionSpecWithSharedSD sharedSDPartitionSpec
  5: optional PartitionListComposingSpec partitionList
  6: optional string catName
  7: optional i64 writeId = -1
  8: optional bool isStatsCompliant
}

struct AddPartitionsRequest {
   1: required string dbName
   2: required string tblName
   3: required list<Partition> parts
   4: required bool ifNotExists
   5: optional bool needResult = true
   6: optional string catName
   7: optional string validWriteIdList
   8: optional bool skipColumnSchemaForPartition
   9: optional list<storage.FieldSchema> partitionColSchema
  10: optional request.EnvironmentContext environmentContext
}

struct AddPartitionsResult {
  1: optional list<Partition> partitions
  2: optional bool isStatsCompliant
  3: optional list<storage.FieldSchema> partitionColSchema
}

struct AppendPartitionsRequest {
  1: optional string catalogName
  2: required string dbName
  3: required string tableName
  4: optional string name
  5: optional list<string> partVals
  6: optional request.EnvironmentContext environmentContext
}

struct GetPartitionRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: required list<string> partVals
  5: optional string validWriteIdList
  6: optional i64 id = -1
}

struct GetPartitionResponse {
  1: required Partition partition
}

struct PartitionsRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: optional i16 maxParts = -1
  5: optional string validWriteIdList
  6: optional i64 id = -1
  7: optional bool skipColumnSchemaForPartition
  8: optional string includeParamKeyPattern
  9: optional string excludeParamKeyPattern
}

struct PartitionsResponse {
  1: required list<Partition> partitions
}

struct GetPartitionsByNamesRequest {
   1: required string db_name
   2: required string tbl_name
   3: optional list<string> names
   4: optional bool get_col_stats
   5: optional list<string> processorCapabilities
   6: optional string processorIdentifier
   7: optional string engine = "hive"
   8: optional string validWriteIdList
   9: optional bool getFileMetadata
  10: optional i64 id = -1
  11: optional bool skipColumnSchemaForPartition
  12: optional string includeParamKeyPattern
  13: optional string excludeParamKeyPattern
}

struct GetPartitionsByNamesResult {
  1: required list<Partition> partitions
  2: optional storage.ObjectDictionary dictionary
}

struct GetPartitionNamesPsRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: optional list<string> partValues
  5: optional i16 maxParts = -1
  6: optional string validWriteIdList
  7: optional i64 id = -1
}

struct GetPartitionNamesPsResponse {
  1: required list<string> names
}

struct GetPartitionsPsWithAuthRequest {
   1: optional string catName
   2: required string dbName
   3: required string tblName
   4: optional list<string> partVals
   5: optional i16 maxParts = -1
   6: optional string userName
   7: optional list<string> groupNames
   8: optional string validWriteIdList
   9: optional i64 id = -1
  10: optional bool skipColumnSchemaForPartition
  11: optional string includeParamKeyPattern
  12: optional string excludeParamKeyPattern
  13: optional list<string> partNames
}

struct GetPartitionsPsWithAuthResponse {
  1: required list<Partition> partitions
}

struct GetPartitionsByFilterRequest {
  1: optional string catName
  2: string dbName
  3: string tblName
  4: string filter
  5: optional i16 maxParts = -1
  6: optional bool skipColumnSchemaForPartition
  7: optional string includeParamKeyPattern
  8: optional string excludeParamKeyPattern
}

struct PartitionsByExprRequest {
   1: required string dbName
   2: required string tblName
   3: required binary expr
   4: optional string defaultPartitionName
   5: optional i16 maxParts = -1
   6: optional string catName
   7: optional string order
   8: optional string validWriteIdList
   9: optional i64 id = -1
  10: optional bool skipColumnSchemaForPartition
  11: optional string includeParamKeyPattern
  12: optional string excludeParamKeyPattern
}

struct PartitionsByExprResult {
  1: required list<Partition> partitions
  2: required bool hasUnknownPartitions
}

struct PartitionsSpecByExprResult {
  1: required list<PartitionSpec> partitionsSpec
  2: required bool hasUnknownPartitions
}

struct GetPartitionsFilterSpec {
  7: optional PartitionFilterMode filterMode
  8: optional list<string> filters
}

struct GetPartitionsRequest {
   1: optional string catName
   2: string dbName
   3: string tblName
   4: optional bool withAuth
   5: optional string user
   6: optional list<string> groupNames
   7: request.GetProjectionsSpec projectionSpec
   8: GetPartitionsFilterSpec filterSpec
   9: optional list<string> processorCapabilities
  10: optional string processorIdentifier
  11: optional string validWriteIdList
}

struct GetPartitionsResponse {
  1: list<PartitionSpec> partitionSpec
}

struct PartitionValuesRequest {
   1: required string dbName
   2: required string tblName
   3: required list<storage.FieldSchema> partitionKeys
   4: optional bool applyDistinct = true
   5: optional string filter
   6: optional list<storage.FieldSchema> partitionOrder
   7: optional bool ascending = true
   8: optional i64 maxParts = -1
   9: optional string catName
  10: optional string validWriteIdList
}

struct PartitionValuesRow {
  1: required list<string> row
}

struct PartitionValuesResponse {
  1: required list<PartitionValuesRow> partitionValues
}

struct AlterPartitionsRequest {
  1: optional string catName
  2: required string dbName
  3: required string tableName
  4: required list<Partition> partitions
  5: optional request.EnvironmentContext environmentContext
  6: optional i64 writeId = -1
  7: optional string validWriteIdList
  8: optional bool skipColumnSchemaForPartition
  9: optional list<storage.FieldSchema> partitionColSchema
}

struct AlterPartitionsResponse {}

struct RenamePartitionRequest {
  1: optional string catName
  2: required string dbName
  3: required string tableName
  4: required list<string> partVals
  5: required Partition newPart
  6: optional string validWriteIdList
  7: optional i64 txnId
  8: optional bool clonePart
}

struct RenamePartitionResponse {}

// expr is an expression serialised by Hive's own library.
struct DropPartitionsExpr {
  1: required binary expr
  2: optional i32 partArchiveLevel
}

union RequestPartsSpec {
  1: list<string> names
  2: list<DropPartitionsExpr> exprs
}

struct DropPartitionRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: optional string partName
  5: optional list<string> partVals
  6: optional bool deleteData
  7: optional request.EnvironmentContext environmentContext
}

struct DropPartitionsRequest {
   1: required string dbName
   2: required string tblName
   3: required RequestPartsSpec parts
   4: optional bool deleteData
   5: optional bool ifExists = true
   6: optional bool ignoreProtection
   7: optional request.EnvironmentContext environmentContext
   8: optional bool needResult = true
   9: optional string catName
  10: optional bool skipColumnSchemaForPartition
}

struct DropPartitionsResult {
  1: optional list<Partition> partitions
}

service Partitions extends table.Tables {
  // Add: whole partitions, or only their values with all else taken from the table.
  /** Adds a partition and answers it as it was stored. */
  Partition add_partition(1: Partition new_part)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3)
  /** As add_partition, with a context (DO_NOT_UPDATE_STATS). */
  Partition add_partition_with_environment_context(
      1: Partition new_part,
      2: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (callers = "Flink")
  /** Adds partitions, all or none, and answers how many. */
  i32 add_partitions(1: list<Partition> new_parts)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (callers = "Flink, Trino")
  /** Adds partitions that are sent as specs, which share a storage descriptor. */
  i32 add_partitions_pspec(1: list<PartitionSpec> new_parts)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3)
  /** Adds partitions, all or none; can skip those that exist and answer the new ones. */
  AddPartitionsResult add_partitions_req(1: AddPartitionsRequest request)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (callers = "Flink, Spark")
  /** Adds a partition of these values with the table's own storage. */
  Partition append_partition(1: string db_name, 2: string tbl_name, 3: list<string> part_vals)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3)
  /** As append_partition, with a context. */
  Partition append_partition_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (callers = "Spark")
  /** As append_partition, by the partition's name. */
  Partition append_partition_by_name(1: string db_name, 2: string tbl_name, 3: string part_name)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3)
  /** As append_partition_by_name, with a context. */
  Partition append_partition_by_name_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: string part_name,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3)
  /** As append_partition, by values or by name. */
  Partition append_partition_req(1: AppendPartitionsRequest appendPartitionsReq)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (since = "4.0")

  // Change.
  /** Replaces a partition that keeps its values. */
  void alter_partition(1: string db_name, 2: string tbl_name, 3: Partition new_part)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Spark, Trino")
  /** As alter_partition, with a context. */
  void alter_partition_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: Partition new_part,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Spark")
  /** Replaces partitions, all or none. */
  void alter_partitions(1: string db_name, 2: string tbl_name, 3: list<Partition> new_parts)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Spark")
  /** As alter_partitions, with a context. */
  void alter_partitions_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: list<Partition> new_parts,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Spark, Trino")
  /** As alter_partitions, with a context. */
  AlterPartitionsResponse alter_partitions_req(1: AlterPartitionsRequest req)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (since = "4.0", callers = "Trino")
  /** Gives a partition other values; a managed one's directory moves. */
  void rename_partition(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: Partition new_part)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Spark")
  /** As rename_partition. */
  RenamePartitionResponse rename_partition_req(1: RenamePartitionRequest req)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** Moves the partitions that match a spec to another table of the same schema. */
  Partition exchange_partition(
      1: map<string, string> partitionSpecs,
      2: string source_db,
      3: string source_table_name,
      4: string dest_db,
      5: string dest_table_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3, 4: exceptions.InvalidInputException o4)
  /** As exchange_partition; answers all that were moved. */
  list<Partition> exchange_partitions(
      1: map<string, string> partitionSpecs,
      2: string source_db,
      3: string source_table_name,
      4: string dest_db,
      5: string dest_table_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.InvalidObjectException o3, 4: exceptions.InvalidInputException o4)

  // Drop.
  /** Drops the partition of these values, and managed data if asked. */
  bool drop_partition(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: bool deleteData)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Trino")
  /** As drop_partition, with a context (ifPurge). */
  bool drop_partition_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: list<string> part_vals,
      4: bool deleteData,
      5: request.EnvironmentContext environment_context)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Spark")
  /** As drop_partition, by the partition's name. */
  bool drop_partition_by_name(
      1: string db_name,
      2: string tbl_name,
      3: string part_name,
      4: bool deleteData)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  /** As drop_partition_by_name, with a context (ifPurge). */
  bool drop_partition_by_name_with_environment_context(
      1: string db_name,
      2: string tbl_name,
      3: string part_name,
      4: bool deleteData,
      5: request.EnvironmentContext environment_context)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink")
  /** As drop_partition, by values or by name. */
  bool drop_partition_req(1: DropPartitionRequest dropPartitionReq)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** Drops partitions by names or by filters, all or none. */
  DropPartitionsResult drop_partitions_req(1: DropPartitionsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)

  // Names as text.
  /** The values of a partition's name. */
  list<string> partition_name_to_vals(1: string part_name) throws (1: exceptions.MetaException o1)
  /** The keys and values of a partition's name. */
  map<string, string> partition_name_to_spec(1: string part_name)
      throws (1: exceptions.MetaException o1)
  /** Whether partition values keep to the characters allowed. */
  bool partition_name_has_valid_characters(1: list<string> part_vals, 2: bool throw_exception)
      throws (1: exceptions.MetaException o1)

  // Events that a client marks on a partition.
  /** Remembers that a partition has had an event. */
  void markPartitionForEvent(
      1: string db_name,
      2: string tbl_name,
      3: map<string, string> part_vals,
      4: PartitionEventType eventType)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.UnknownDBException o3, 4: exceptions.UnknownTableException o4,
              5: exceptions.UnknownPartitionException o5,
              6: exceptions.InvalidPartitionException o6)
  /** Whether a partition was marked for an event. */
  bool isPartitionMarkedForEvent(
      1: string db_name,
      2: string tbl_name,
      3: map<string, string> part_vals,
      4: PartitionEventType eventType)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.UnknownDBException o3, 4: exceptions.UnknownTableException o4,
              5: exceptions.UnknownPartitionException o5,
              6: exceptions.InvalidPartitionException o6)
}
