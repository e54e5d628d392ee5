// SPDX-License-Identifier: Apache-2.0
// Column statistics of tables and partitions.

include "exceptions.thrift"
include "data_connector.thrift"

namespace c_glib Hms

struct BooleanColumnStatsData {
  1: required i64 numTrues
  2: required i64 numFalses
  3: required i64 numNulls
  4: optional binary bitVectors
}

struct LongColumnStatsData {
  1: optional i64 lowValue
  2: optional i64 highValue
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
  6: optional binary histogram
}

struct DoubleColumnStatsData {
  1: optional double lowValue
  2: optional double highValue
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
  6: optional binary histogram
}

struct StringColumnStatsData {
  1: required i64 maxColLen
  2: required double avgColLen
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
}

struct BinaryColumnStatsData {
  1: required i64 maxColLen
  2: required double avgColLen
  3: required i64 numNulls
  4: optional binary bitVectors
}

// unscaled is big-endian two's complement. There is no field 2.
struct Decimal {
  1: required binary unscaled
  3: required i16 scale
}

struct DecimalColumnStatsData {
  1: optional Decimal lowValue
  2: optional Decimal highValue
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
  6: optional binary histogram
}

struct Date {
  1: required i64 daysSinceEpoch
}

struct DateColumnStatsData {
  1: optional Date lowValue
  2: optional Date highValue
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
  6: optional binary histogram
}

struct Timestamp {
  1: required i64 secondsSinceEpoch
}

struct TimestampColumnStatsData {
  1: optional Timestamp lowValue
  2: optional Timestamp highValue
  3: required i64 numNulls
  4: required i64 numDVs
  5: optional binary bitVectors
  6: optional binary histogram
}

// One member is set: the one for the class of the column's type.
union ColumnStatisticsData {
  1: BooleanColumnStatsData booleanStats
  2: LongColumnStatsData longStats
  3: DoubleColumnStatsData doubleStats
  4: StringColumnStatsData stringStats
  5: BinaryColumnStatsData binaryStats
  6: DecimalColumnStatsData decimalStats
  7: DateColumnStatsData dateStats
  8: TimestampColumnStatsData timestampStats
}

struct ColumnStatisticsObj {
  1: required string colName
  2: required string colType
  3: required ColumnStatisticsData statsData
}

struct ColumnStatisticsDesc {
  1: required bool isTblLevel
  2: required string dbName
  3: required string tableName
  4: optional string partName
  5: optional i64 lastAnalyzed
  6: optional string catName
}

struct ColumnStatistics {
  1: required ColumnStatisticsDesc statsDesc
  2: required list<ColumnStatisticsObj> statsObj
  3: optional bool isStatsCompliant
  4: optional string engine = "hive"
}

struct AggrStats {
  1: required list<ColumnStatisticsObj> colStats
  2: required i64 partsFound
  3: optional bool isStatsCompliant
}

struct SetPartitionsStatsRequest {
  1: required list<ColumnStatistics> colStats
  2: optional bool needMerge
  3: optional i64 writeId = -1
  4: optional string validWriteIdList
  5: optional string engine = "hive"
}

struct SetPartitionsStatsResponse {
  1: required bool result
}

struct TableStatsRequest {
  1: required string dbName
  2: required string tblName
  3: required list<string> colNames
  4: optional string catName
  5: optional string validWriteIdList
  6: optional string engine = "hive"
  7: optional i64 id = -1
}

struct TableStatsResult {
  1: required list<ColumnStatisticsObj> tableStats
  2: optional bool isStatsCompliant
}

struct PartitionsStatsRequest {
  1: required string dbName
  2: required string tblName
  3: required list<string> colNames
  4: required list<string> partNames
  5: optional string catName
  6: optional string validWriteIdList
  7: optional string engine = "hive"
}

struct PartitionsStatsResult {
  1: required map<string, list<ColumnStatisticsObj>> partStats
  2: optional bool isStatsCompliant
}

struct DeleteColumnStatisticsRequest {
  1: optional string cat_name
  2: required string db_name
  3: required string tbl_name
  4: optional list<string> part_names
  5: optional list<string> col_names
  6: optional string engine = "hive"
  7: optional bool tableLevel = false
}

service Statistics extends data_connector.DataConnectors {
  // Write.
  /** Sets column statistics of a table. */
  bool update_table_column_statistics(1: ColumnStatistics stats_obj)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.InvalidInputException o4)
      (callers = "Flink, Trino")
  /** As update_table_column_statistics, with a transaction's view. */
  SetPartitionsStatsResponse update_table_column_statistics_req(1: SetPartitionsStatsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.InvalidInputException o4)
      (since = "4.0")
  /** Sets column statistics of a partition. */
  bool update_partition_column_statistics(1: ColumnStatistics stats_obj)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.InvalidInputException o4)
      (callers = "Flink, Trino")
  /** As update_partition_column_statistics, with a transaction's view. */
  SetPartitionsStatsResponse update_partition_column_statistics_req(
      1: SetPartitionsStatsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.InvalidInputException o4)
      (since = "4.0")
  /** Sets column statistics of a table or of partitions; can merge them with those stored. */
  bool set_aggr_stats_for(1: SetPartitionsStatsRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.InvalidInputException o4)

  // Read.
  /** Statistics of one column of a table. */
  ColumnStatistics get_table_column_statistics(
      1: string db_name,
      2: string tbl_name,
      3: string col_name)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2,
              3: exceptions.InvalidInputException o3, 4: exceptions.InvalidObjectException o4)
  /** Statistics of one column of one partition. */
  ColumnStatistics get_partition_column_statistics(
      1: string db_name,
      2: string tbl_name,
      3: string part_name,
      4: string col_name)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2,
              3: exceptions.InvalidInputException o3, 4: exceptions.InvalidObjectException o4)
  /** Column statistics of a table. */
  TableStatsResult get_table_statistics_req(1: TableStatsRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Trino")
  /** Column statistics of partitions, by partition. */
  PartitionsStatsResult get_partitions_statistics_req(1: PartitionsStatsRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Trino")
  /** Column statistics over partitions, merged. */
  AggrStats get_aggr_stats_for(1: PartitionsStatsRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)

  // Delete.
  // Clients before 4.0 send no engine; absent means hive.
  /** Deletes column statistics of a table: of one column or of all. */
  bool delete_table_column_statistics(
      1: string db_name,
      2: string tbl_name,
      3: string col_name,
      4: string engine)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2,
              3: exceptions.InvalidObjectException o3, 4: exceptions.InvalidInputException o4)
      (callers = "Trino")
  /** Deletes column statistics of a partition: of one column or of all. */
  bool delete_partition_column_statistics(
      1: string db_name,
      2: string tbl_name,
      3: string part_name,
      4: string col_name,
      5: string engine)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2,
              3: exceptions.InvalidObjectException o3, 4: exceptions.InvalidInputException o4)
      (callers = "Trino")
  /** Deletes column statistics of a table or of partitions. */
  bool delete_column_statistics_req(1: DeleteColumnStatisticsRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2,
              3: exceptions.InvalidObjectException o3, 4: exceptions.InvalidInputException o4)
      (since = "4.1")
}
