// SPDX-License-Identifier: Apache-2.0
// Data connectors: remote sources that a REMOTE database is served by.

include "exceptions.thrift"
include "privilege.thrift"
include "database.thrift"

namespace c_glib Hms

struct DataConnector {
  1: string name
  2: string type
  3: string url
  4: optional string description
  5: optional map<string, string> parameters
  6: optional string ownerName
  7: optional privilege.PrincipalType ownerType
  8: optional i32 createTime
}

struct CreateDataConnectorRequest {
  1: required DataConnector connector
}

struct GetDataConnectorRequest {
  1: required string connectorName
}

struct AlterDataConnectorRequest {
  1: required string connectorName
  2: required DataConnector newConnector
}

struct DropDataConnectorRequest {
  1: required string connectorName
  2: optional bool ifNotExists
  3: optional bool checkReferences
}

service DataConnectors extends database.Databases {
  /** As create_dataconnector. */
  void create_dataconnector_req(1: CreateDataConnectorRequest connectorReq)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3) (since = "4.0")
  /** A data connector. */
  DataConnector get_dataconnector_req(1: GetDataConnectorRequest request)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "4.0")
  /** Names of all data connectors. */
  list<string> get_dataconnectors() throws (1: exceptions.MetaException o1) (since = "4.0")
  /** As alter_dataconnector. */
  void alter_dataconnector_req(1: AlterDataConnectorRequest alterReq)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
      (since = "4.0")
  /** As drop_dataconnector. */
  void drop_dataconnector_req(1: DropDataConnectorRequest dropDcReq)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "4.0")

  // Forms from before the release of 4.0, still in some client libraries.
  /** Keeps the address of a remote database. */
  void create_dataconnector(1: DataConnector connector)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3)
  /** Changes a data connector. */
  void alter_dataconnector(1: string name, 2: DataConnector connector)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  // The flags have no numbers: the compiler counts -1, -2, and so do the clients that call this.
  /** Drops a data connector. */
  void drop_dataconnector(1: string name, bool ifNotExists, bool checkReferences)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3)
}
