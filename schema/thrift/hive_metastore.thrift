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
  list<string> set_ugi(1: string user_name, 2: list<string> group_names)
      throws (1: exceptions.MetaException o1)
  void setMetaConf(1: string key, 2: string value) throws (1: exceptions.MetaException o1)
  string getMetaConf(1: string key) throws (1: exceptions.MetaException o1)

  // The server.
  string get_config_value(1: string name, 2: string defaultValue)
      throws (1: exceptions.ConfigValSecurityException o1)
  string get_metastore_db_uuid() throws (1: exceptions.MetaException o1) (since = "3.0")
  void flushCache()
}
