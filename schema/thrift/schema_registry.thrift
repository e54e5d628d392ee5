// SPDX-License-Identifier: Apache-2.0
// The registry of schemas and their versions, and the serialisers they map to.

include "exceptions.thrift"
include "storage.thrift"
include "notification.thrift"

namespace c_glib Hms

enum SchemaType {
  HIVE = 1,
  AVRO = 2
}

enum SchemaCompatibility {
  NONE = 1,
  BACKWARD = 2,
  FORWARD = 3,
  BOTH = 4
}

enum SchemaValidation {
  LATEST = 1,
  ALL = 2
}

enum SchemaVersionState {
  INITIATED = 1,
  START_REVIEW = 2,
  CHANGES_REQUIRED = 3,
  REVIEWED = 4,
  ENABLED = 5,
  DISABLED = 6,
  ARCHIVED = 7,
  DELETED = 8
}

struct ISchemaName {
  1: string catName
  2: string dbName
  3: string schemaName
}

struct ISchema {
  1: SchemaType schemaType
  2: string name
  3: string catName
  4: string dbName
  5: SchemaCompatibility compatibility
  6: SchemaValidation validationLevel
  7: bool canEvolve
  8: optional string schemaGroup
  9: optional string description
}

struct AlterISchemaRequest {
  1: ISchemaName name
  3: ISchema newSchema
}

struct SchemaVersionDescriptor {
  1: ISchemaName schema
  2: i32 version
}

struct SchemaVersion {
   1: ISchemaName schema
   2: i32 version
   3: i64 createdAt
   4: list<storage.FieldSchema> cols
   5: optional SchemaVersionState state
   6: optional string description
   7: optional string schemaText
   8: optional string fingerprint
   9: optional string name
  10: optional storage.SerDeInfo serDe
}

struct FindSchemasByColsRqst {
  1: optional string colName
  2: optional string colNamespace
  3: optional string type
}

struct FindSchemasByColsResp {
  1: list<SchemaVersionDescriptor> schemaVersions
}

struct MapSchemaVersionToSerdeRequest {
  1: SchemaVersionDescriptor schemaVersion
  2: string serdeName
}

struct SetSchemaVersionStateRequest {
  1: SchemaVersionDescriptor schemaVersion
  2: SchemaVersionState state
}

struct GetSerdeRequest {
  1: string serdeName
}

service SchemaRegistry extends notification.Notifications {
  // Schemas.
  // 3.1 has the second exception under -1.
  /** Makes a schema in the registry. */
  void create_ischema(1: ISchema schema)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.MetaException o3) (since = "3.0")
  /** A schema of the registry. */
  ISchema get_ischema(1: ISchemaName name)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** Changes a schema of the registry. */
  void alter_ischema(1: AlterISchemaRequest rqst)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** Drops a schema of the registry that has no versions. */
  void drop_ischema(1: ISchemaName name)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "3.0")

  // Versions.
  /** Adds a version to a schema of the registry. */
  void add_schema_version(1: SchemaVersion schemaVersion)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.NoSuchObjectException o2,
              3: exceptions.MetaException o3) (since = "3.0")
  /** One version of a registered schema. */
  SchemaVersion get_schema_version(1: SchemaVersionDescriptor schemaVersion)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** The newest version of a registered schema. */
  SchemaVersion get_schema_latest_version(1: ISchemaName schemaName)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** All versions of a registered schema. */
  list<SchemaVersion> get_schema_all_versions(1: ISchemaName schemaName)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** Registered schemas that have a column of a name or type. */
  FindSchemasByColsResp get_schemas_by_cols(1: FindSchemasByColsRqst rqst)
      throws (1: exceptions.MetaException o1) (since = "3.0")
  /** Changes the state of a schema's version. */
  void set_schema_version_state(1: SetSchemaVersionStateRequest rqst)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.InvalidOperationException o2,
              3: exceptions.MetaException o3) (since = "3.0")
  /** Drops one version of a registered schema. */
  void drop_schema_version(1: SchemaVersionDescriptor schemaVersion)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")

  // Serialisers.
  /** Keeps a serializer's description of the registry. */
  void add_serde(1: storage.SerDeInfo serde)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** A serializer's description of the registry. */
  storage.SerDeInfo get_serde(1: GetSerdeRequest rqst)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
  /** Ties a version of a schema to a serializer. */
  void map_schema_version_to_serde(1: MapSchemaVersionToSerdeRequest rqst)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
      (since = "3.0")
}
