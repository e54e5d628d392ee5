// SPDX-License-Identifier: Apache-2.0
// Databases. A name argument of a method without a request struct may carry its catalog:
// `@cat#db`.

include "exceptions.thrift"
include "privilege.thrift"
include "catalog.thrift"

namespace c_glib Hms

enum DatabaseType {
  NATIVE = 1,
  REMOTE = 2
}

struct Database {
   1: string name
   2: string description
   3: string locationUri
   4: map<string, string> parameters
   5: optional privilege.PrincipalPrivilegeSet privileges
   6: optional string ownerName
   7: optional privilege.PrincipalType ownerType
   8: optional string catalogName
   9: optional i32 createTime
  10: optional string managedLocationUri
  11: optional DatabaseType type
  12: optional string connector_name
  13: optional string remote_dbname
}

struct CreateDatabaseRequest {
   1: required string databaseName
   2: optional string description
   3: optional string locationUri
   4: optional map<string, string> parameters
   5: optional privilege.PrincipalPrivilegeSet privileges
   6: optional string ownerName
   7: optional privilege.PrincipalType ownerType
   8: optional string catalogName
   9: optional i32 createTime
  10: optional string managedLocationUri
  11: optional DatabaseType type  // a string in one client library, which never sends it
  12: optional string dataConnectorName
  13: optional string remote_dbname
}

struct GetDatabaseRequest {
  1: optional string name
  2: optional string catalogName
  3: optional list<string> processorCapabilities
  4: optional string processorIdentifier
}

struct GetDatabaseObjectsRequest {
  1: optional string catalogName
  2: optional string pattern
}

struct GetDatabaseObjectsResponse {
  1: required list<Database> databases
}

struct AlterDatabaseRequest {
  1: required string oldDbName
  2: required Database newDb
}

struct DropDatabaseRequest {
  1: required string name
  2: optional string catalogName
  3: required bool ignoreUnknownDb
  4: required bool deleteData
  5: required bool cascade
  6: optional bool softDelete = false
  7: optional i64 txnId = 0
  8: optional bool deleteManagedDir = true
}

service Databases extends catalog.Catalogs {
  /** Makes a database and its directory. */
  void create_database(1: Database database)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3) (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** As create_database. */
  void create_database_req(1: CreateDatabaseRequest createDatabaseRequest)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3) (since = "4.0", callers = "Iceberg")

  /** A database. */
  Database get_database(1: string name)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** As get_database. */
  Database get_database_req(1: GetDatabaseRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0", callers = "Iceberg")
  /** Names of the databases that match a pattern. */
  list<string> get_databases(1: string pattern) throws (1: exceptions.MetaException o1)
      (callers = "Flink, Iceberg, Spark, Trino")
  /** Databases that match a pattern, whole. */
  GetDatabaseObjectsResponse get_databases_req(1: GetDatabaseObjectsRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.1")
  /** Names of all databases. */
  list<string> get_all_databases() throws (1: exceptions.MetaException o1)
      (callers = "Iceberg, PyIceberg, Spark, Trino")

  /** Changes a database's description, properties, owner or location. */
  void alter_database(1: string dbname, 2: Database db)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** As alter_database. */
  void alter_database_req(1: AlterDatabaseRequest alterDbReq)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0", callers = "Iceberg")

  /** Drops a database; with cascade all that is in it, with deleteData its managed files. */
  void drop_database(1: string name, 2: bool deleteData, 3: bool cascade)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** As drop_database. */
  void drop_database_req(1: DropDatabaseRequest req)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "4.0", callers = "Iceberg")
}
