// SPDX-License-Identifier: Apache-2.0
// Properties kept in named stores, and statistics of past queries.

include "exceptions.thrift"
include "token.thrift"

namespace c_glib Hms

struct PropertyGetRequest {
  1: required string nameSpace
  2: string mapPrefix
  3: optional string mapPredicate
  4: optional list<string> mapSelection
}

struct PropertyGetResponse {
  1: map<string, map<string, string>> properties
}

struct PropertySetRequest {
  1: required string nameSpace
  2: map<string, string> propertyMap
}

struct RuntimeStat {
  1: optional i32 createTime
  2: required i32 weight
  3: required binary payload
}

struct GetRuntimeStatsRequest {
  1: required i32 maxWeight
  2: required i32 maxCreateTime
}

service Properties extends token.Tokens {
  /** Properties kept beside the catalog. */
  PropertyGetResponse get_properties(1: PropertyGetRequest req)
      throws (1: exceptions.MetaException e1, 2: exceptions.NoSuchObjectException e2)
      (since = "4.0")
  /** Keeps properties beside the catalog. */
  bool set_properties(1: PropertySetRequest req)
      throws (1: exceptions.MetaException e1, 2: exceptions.NoSuchObjectException e2)
      (since = "4.0")

  /** Keeps statistics of query operators that ran. */
  void add_runtime_stats(1: RuntimeStat stat) throws (1: exceptions.MetaException o1)
      (since = "3.0")
  /** Statistics of query operators, newest first. */
  list<RuntimeStat> get_runtime_stats(1: GetRuntimeStatsRequest rqst)
      throws (1: exceptions.MetaException o1) (since = "3.0")
}
