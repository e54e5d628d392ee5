// SPDX-License-Identifier: Apache-2.0
// The whole service. Each subject has its file and its service; a chain of `extends` ties them
// together, and this is its last link: a client that loads this file has every method.

include "constants.thrift"
include "exceptions.thrift"
include "property.thrift"

namespace c_glib Hms

service ThriftHiveMetastore extends property.Properties {
  // The state of a connection.
  // The user and groups that this connection acts as; answers the groups.
  /** Says who the user of this connection is; owner of what he makes. */
  list<string> set_ugi(1: string user_name, 2: list<string> group_names)
      throws (1: exceptions.MetaException o1) (callers = "Flink, Iceberg, PyIceberg, Spark, Trino")
  /** Changes a setting for this connection. */
  void setMetaConf(1: string key, 2: string value) throws (1: exceptions.MetaException o1)
  /** A setting of this connection. */
  string getMetaConf(1: string key) throws (1: exceptions.MetaException o1)

  // The server.
  /** The value of a public Hive setting, or the default that was sent. */
  string get_config_value(1: string name, 2: string defaultValue)
      throws (1: exceptions.ConfigValSecurityException o1) (callers = "Trino")
  /** A stable id of the database behind the server. */
  string get_metastore_db_uuid() throws (1: exceptions.MetaException o1) (since = "3.0")
  /** Nothing: the server has no cache that could be stale. */
  void flushCache()
}
