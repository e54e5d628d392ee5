// SPDX-License-Identifier: Apache-2.0
// Indexes, which only the 2.3 line has. The calls stay because 2.3 clients make them while they
// drop a table.

include "exceptions.thrift"
include "storage.thrift"
include "table.thrift"
include "partition_listing.thrift"

namespace c_glib Hms

struct Index {
   1: string indexName
   2: string indexHandlerClass
   3: string dbName
   4: string origTableName
   5: i32 createTime
   6: i32 lastAccessTime
   7: string indexTableName
   8: storage.StorageDescriptor sd
   9: map<string, string> parameters
  10: bool deferredRebuild
}

service Indexes extends partition_listing.PartitionListings {
  /** Made an index. Indexes are gone from Hive: refused. */
  Index add_index(1: Index new_index, 2: table.Table index_table)
      throws (1: exceptions.InvalidObjectException o1, 2: exceptions.AlreadyExistsException o2,
              3: exceptions.MetaException o3) (removed = "3.0")
  /** Changed an index. Indexes are gone from Hive: refused. */
  void alter_index(1: string dbname, 2: string base_tbl_name, 3: string idx_name, 4: Index new_idx)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (removed = "3.0")
  /** Dropped an index. There is none. */
  bool drop_index_by_name(
      1: string db_name,
      2: string tbl_name,
      3: string index_name,
      4: bool deleteData)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (removed = "3.0", callers = "Spark")
  /** An index. There is none. */
  Index get_index_by_name(1: string db_name, 2: string tbl_name, 3: string index_name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (removed = "3.0")
  // 2.3 clients ask before they drop a table; an empty list is the right answer.
  /** A table's indexes: none. */
  list<Index> get_indexes(1: string db_name, 2: string tbl_name, 3: i16 max_indexes = -1)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (removed = "3.0", callers = "Spark")
  /** Names of a table's indexes: none. */
  list<string> get_index_names(1: string db_name, 2: string tbl_name, 3: i16 max_indexes = -1)
      throws (1: exceptions.MetaException o2) (removed = "3.0")
}
