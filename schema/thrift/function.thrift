// SPDX-License-Identifier: Apache-2.0
// Functions that clients register, with the resources they are loaded from.

include "exceptions.thrift"
include "privilege.thrift"
include "index.thrift"

namespace c_glib Hms

enum FunctionType {
  JAVA = 1
}

enum ResourceType {
  JAR = 1,
  FILE = 2,
  ARCHIVE = 3
}

struct ResourceUri {
  1: ResourceType resourceType
  2: string uri
}

struct Function {
  1: string functionName
  2: string dbName
  3: string className
  4: string ownerName
  5: privilege.PrincipalType ownerType
  6: i32 createTime
  7: FunctionType functionType
  8: list<ResourceUri> resourceUris
  9: optional string catName
}

struct GetFunctionsRequest {
  1: required string dbName
  2: optional string catalogName
  3: optional string pattern
  4: optional bool returnNames = true
}

struct GetFunctionsResponse {
  1: optional list<string> function_names
  2: optional list<Function> functions
}

struct GetAllFunctionsResponse {
  1: optional list<Function> functions
}

service Functions extends index.Indexes {
  /** Keeps a function: its class and the resources it comes from. */
  void create_function(1: Function func)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3, 4: exceptions.NoSuchObjectException o4)
      (callers = "Flink, Spark, Trino")
  /** A function. */
  Function get_function(1: string dbName, 2: string funcName)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (callers = "Flink, Spark, Trino")
  /** Names of the functions that match a pattern. */
  list<string> get_functions(1: string dbName, 2: string pattern)
      throws (1: exceptions.MetaException o1) (callers = "Flink, Spark, Trino")
  /** Functions that match a pattern, names alone or whole. */
  GetFunctionsResponse get_functions_req(1: GetFunctionsRequest request)
      throws (1: exceptions.MetaException o1) (since = "4.1")
  /** All functions. */
  GetAllFunctionsResponse get_all_functions() throws (1: exceptions.MetaException o1)
      (callers = "Spark")
  /** Replaces a function; may rename it. */
  void alter_function(1: string dbName, 2: string funcName, 3: Function newFunc)
      throws (1: exceptions.InvalidOperationException o1, 2: exceptions.MetaException o2)
      (callers = "Flink, Spark")
  /** Drops a function. */
  void drop_function(1: string dbName, 2: string funcName)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o3)
      (callers = "Flink, Spark, Trino")
}
