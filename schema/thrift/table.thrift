// SPDX-License-Identifier: Apache-2.0
// Tables and views.

include "exceptions.thrift"
include "storage.thrift"
include "request.thrift"
include "privilege.thrift"
include "statistics.thrift"
include "constraint.thrift"

namespace c_glib Hms

enum GetTablesExtRequestFields {
  ACCESS_TYPE = 1,
  PROCESSOR_CAPABILITIES = 2,
  ALL = 2147483647
}

// A materialized view holds the tables it was made from, so this, Table and SourceTable refer to
// one another; the C generator needs them in this order.
struct CreationMetadata {
  1: required string catName
  2: required string dbName
  3: required string tblName
  4: required set<string> tablesUsed
  5: optional string validTxnList
  6: optional i64 materializationTime
  7: optional list<SourceTable> sourceTables
}

// Two releases disagree about field 16; everything else only grew.
struct Table {
   1: string tableName
   2: string dbName
   3: string owner
   4: i32 createTime
   5: i32 lastAccessTime
   6: i32 retention
   7: storage.StorageDescriptor sd
   8: list<storage.FieldSchema> partitionKeys
   9: map<string, string> parameters
  10: string viewOriginalText
  11: string viewExpandedText
  12: string tableType
  13: optional privilege.PrincipalPrivilegeSet privileges
  14: optional bool temporary = false
  15: optional bool rewriteEnabled
  // 2.3 clients have a string (catName) here: it is skipped, they skip a struct
  16: optional CreationMetadata creationMetadata
  17: optional string catName
  18: optional privilege.PrincipalType ownerType = privilege.PrincipalType.USER
  19: optional i64 writeId = -1
  20: optional bool isStatsCompliant
  21: optional statistics.ColumnStatistics colStats
  22: optional i8 accessType
  23: optional list<string> requiredReadCapabilities
  24: optional list<string> requiredWriteCapabilities
  25: optional i64 id
  26: optional storage.FileMetadata fileMetadata
  27: optional storage.ObjectDictionary dictionary
  28: optional i64 txnId
}

struct SourceTable {
  1: required Table table
  2: required i64 insertedCount
  3: required i64 updatedCount
  4: required i64 deletedCount
}

struct TableMeta {
  1: required string dbName
  2: required string tableName
  3: required string tableType
  4: optional string comments
  5: optional string catName
  6: optional string ownerName
  7: optional privilege.PrincipalType ownerType
}

struct ExtendedTableInfo {
  1: required string tblName
  2: optional i32 accessType
  3: optional list<string> requiredReadCapabilities
  4: optional list<string> requiredWriteCapabilities
}

struct CreateTableRequest {
   1: required Table table
   2: optional request.EnvironmentContext envContext
   3: optional list<constraint.SQLPrimaryKey> primaryKeys
   4: optional list<constraint.SQLForeignKey> foreignKeys
   5: optional list<constraint.SQLUniqueConstraint> uniqueConstraints
   6: optional list<constraint.SQLNotNullConstraint> notNullConstraints
   7: optional list<constraint.SQLDefaultConstraint> defaultConstraints
   8: optional list<constraint.SQLCheckConstraint> checkConstraints
   9: optional list<string> processorCapabilities
  10: optional string processorIdentifier
}

// There is no field 5.
struct GetTableRequest {
   1: required string dbName
   2: required string tblName
   3: optional request.ClientCapabilities capabilities
   4: optional string catName
   6: optional string validWriteIdList
   7: optional bool getColumnStats
   8: optional list<string> processorCapabilities
   9: optional string processorIdentifier
  10: optional string engine = "hive"
  11: optional i64 id = -1
}

struct GetTableResult {
  1: required Table table
  2: optional bool isStatsCompliant
}

struct GetTablesRequest {
  1: required string dbName
  2: optional list<string> tblNames
  3: optional request.ClientCapabilities capabilities
  4: optional string catName
  5: optional list<string> processorCapabilities
  6: optional string processorIdentifier
  7: optional request.GetProjectionsSpec projectionSpec
  8: optional string tablesPattern
}

struct GetTablesResult {
  1: required list<Table> tables
}

struct GetTablesExtRequest {
  1: required string catalog
  2: required string database
  3: required string tableNamePattern
  4: required i32 requestedFields
  5: optional i32 limit
  6: optional list<string> processorCapabilities
  7: optional string processorIdentifier
}

struct GetFieldsRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: optional request.EnvironmentContext envContext
  5: optional string validWriteIdList
  6: optional i64 id = -1
}

struct GetFieldsResponse {
  1: required list<storage.FieldSchema> fields
}

struct GetSchemaRequest {
  1: optional string catName
  2: required string dbName
  3: required string tblName
  4: optional request.EnvironmentContext envContext
  5: optional string validWriteIdList
  6: optional i64 id = -1
}

struct GetSchemaResponse {
  1: required list<storage.FieldSchema> fields
}

struct AlterTableRequest {
   1: optional string catName
   2: required string dbName
   3: required string tableName
   4: required Table table
   5: optional request.EnvironmentContext environmentContext
   6: optional i64 writeId = -1
   7: optional string validWriteIdList
   8: optional list<string> processorCapabilities
   9: optional string processorIdentifier
  10: optional string expectedParameterKey
  11: optional string expectedParameterValue
}

struct AlterTableResponse {}

struct TruncateTableRequest {
  1: required string dbName
  2: required string tableName
  3: optional list<string> partNames
  4: optional i64 writeId = -1
  5: optional string validWriteIdList
  6: optional request.EnvironmentContext environmentContext
}

struct TruncateTableResponse {}

struct DropTableRequest {
  1: optional string catalogName
  2: required string dbName
  3: required string tableName
  4: optional bool deleteData
  5: optional request.EnvironmentContext envContext
  6: optional bool dropPartitions
}

struct UpdateTransactionalStatsRequest {
  1: required i64 tableId
  2: required i64 insertCount
  3: required i64 updatedCount
  4: required i64 deletedCount
}

service Tables extends constraint.Constraints {
  // Create. All four forms do the same; what differs is how much they can say.
  /** Makes a table or view and its directory. */
  void create_table(1: Table tbl)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (callers = "PyIceberg, Trino")
  /** As create_table, with a context (DO_NOT_UPDATE_STATS). */
  void create_table_with_environment_context(
      1: Table tbl,
      2: request.EnvironmentContext environment_context)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (callers = "Flink, Iceberg, Spark")
  // 2.3 sends only the first three arguments.
  /** As create_table, with its constraints. */
  void create_table_with_constraints(
      1: Table tbl,
      2: list<constraint.SQLPrimaryKey> primaryKeys,
      3: list<constraint.SQLForeignKey> foreignKeys,
      4: list<constraint.SQLUniqueConstraint> uniqueConstraints,
      5: list<constraint.SQLNotNullConstraint> notNullConstraints,
      6: list<constraint.SQLDefaultConstraint> defaultConstraints,
      7: list<constraint.SQLCheckConstraint> checkConstraints)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (callers = "Spark")
  /** As create_table, with constraints and a context in one request. */
  void create_table_req(1: CreateTableRequest request)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (since = "4.0", callers = "Iceberg")
  /** A table as create_table would store it. */
  Table translate_table_dryrun(1: CreateTableRequest request)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (since = "4.0")

  // Read one or several.
  // Removed in 4.0, yet Trino, Spark and PyIceberg call it.
  /** A table or view. Gone from Hive 4, which most clients still call. */
  Table get_table(1: string dbname, 2: string tbl_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (removed = "4.0", callers = "Iceberg, PyIceberg, Spark, Trino")
  /** A table or view, with column statistics if asked. */
  GetTableResult get_table_req(1: GetTableRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink, Iceberg, Trino")
  // 2.3.10 declares three exceptions here, all later clients none: they would take an exception
  // field for a missing result. Nothing is declared, so a failure is a TApplicationException,
  // which all understand.
  /** Tables by name; those that are not there are left out. */
  list<Table> get_table_objects_by_name(1: string dbname, 2: list<string> tbl_names)
      (removed = "4.0", callers = "Iceberg, PyIceberg, Spark")
  /** As get_table_objects_by_name, with a choice of fields. */
  GetTablesResult get_table_objects_by_name_req(1: GetTablesRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.UnknownDBException o3) (callers = "Iceberg")

  // List names.
  /** Names of a database's tables and views. */
  list<string> get_all_tables(1: string db_name) throws (1: exceptions.MetaException o1)
      (callers = "Flink, Iceberg, PyIceberg, Spark")
  /** Names of the tables that match a pattern. */
  list<string> get_tables(1: string db_name, 2: string pattern)
      throws (1: exceptions.MetaException o1) (callers = "Iceberg, Spark")
  /** Names of the tables of one type that match a pattern. */
  list<string> get_tables_by_type(1: string db_name, 2: string pattern, 3: string tableType)
      throws (1: exceptions.MetaException o1) (callers = "Flink, Iceberg, Spark")
  /** Names, types and comments of the tables that match patterns. */
  list<TableMeta> get_table_meta(
      1: string db_patterns,
      2: string tbl_patterns,
      3: list<string> tbl_types)
      throws (1: exceptions.MetaException o1) (callers = "Trino")
  /** Names of the tables whose owner, type or parameters match a filter. */
  list<string> get_table_names_by_filter(1: string dbname, 2: string filter, 3: i16 max_tables = -1)
      throws (1: exceptions.MetaException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.UnknownDBException o3) (callers = "Iceberg, Trino")
  /** Tables that match a pattern, with what a client may do with each. */
  list<ExtendedTableInfo> get_tables_ext(1: GetTablesExtRequest req)
      throws (1: exceptions.MetaException o1) (since = "4.0")

  // Columns: get_fields without the partition columns, get_schema with them.
  /** Columns of a table without its partition keys. */
  list<storage.FieldSchema> get_fields(1: string db_name, 2: string table_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3) (callers = "Trino")
  /** As get_fields, with a context. */
  list<storage.FieldSchema> get_fields_with_environment_context(
      1: string db_name,
      2: string table_name,
      3: request.EnvironmentContext environment_context)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3)
  /** As get_fields. */
  GetFieldsResponse get_fields_req(1: GetFieldsRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3) (since = "4.0")
  /** Columns of a table and its partition keys. */
  list<storage.FieldSchema> get_schema(1: string db_name, 2: string table_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3)
  /** As get_schema, with a context. */
  list<storage.FieldSchema> get_schema_with_environment_context(
      1: string db_name,
      2: string table_name,
      3: request.EnvironmentContext environment_context)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3)
  /** As get_schema. */
  GetSchemaResponse get_schema_req(1: GetSchemaRequest req)
      throws (1: exceptions.MetaException o1, 2: exceptions.UnknownTableException o2,
              3: exceptions.UnknownDBException o3) (since = "4.0")

  // Change. A new name in the table renames it; an expected parameter makes it a
  // compare-and-swap.
  /** Replaces a table; may rename it or move it to another database. */
  void alter_table(1: string dbname, 2: string tbl_name, 3: Table new_tbl)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
  /** As alter_table; column changes can go on to all partitions. */
  void alter_table_with_cascade(
      1: string dbname,
      2: string tbl_name,
      3: Table new_tbl,
      4: bool cascade)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
  /** As alter_table, with a context: compare-and-swap, cascade, no statistics. */
  void alter_table_with_environment_context(
      1: string dbname,
      2: string tbl_name,
      3: Table new_tbl,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** As alter_table; can compare a parameter before it swaps (expectedParameterKey). */
  AlterTableResponse alter_table_req(1: AlterTableRequest req)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (since = "4.0", callers = "Iceberg, Trino")
  /** Adds to the counts of rows that a table's transactions have changed. */
  void update_transaction_statistics(1: UpdateTransactionalStatsRequest req)
      throws (1: exceptions.MetaException o1) (since = "4.0")

  /** Empties a table or some of its partitions. */
  void truncate_table(1: string dbName, 2: string tableName, 3: list<string> partNames)
      throws (1: exceptions.MetaException o1) (since = "3.0")
  /** As truncate_table. */
  TruncateTableResponse truncate_table_req(1: TruncateTableRequest req)
      throws (1: exceptions.MetaException o1) (since = "4.0")

  /** Drops a table or view, its partitions, statistics and grants, and managed data if asked. */
  void drop_table(1: string dbname, 2: string name, 3: bool deleteData)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o3)
      (callers = "PyIceberg, Trino")
  /** As drop_table, with a context (ifPurge skips the trash). */
  void drop_table_with_environment_context(
      1: string dbname,
      2: string name,
      3: bool deleteData,
      4: request.EnvironmentContext environment_context)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o3)
      (callers = "Flink, Iceberg, Spark")
  /** As drop_table. */
  void drop_table_req(1: DropTableRequest dropTableReq)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o3)
      (since = "4.0", callers = "Iceberg")
}
