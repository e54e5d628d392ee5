// SPDX-License-Identifier: Apache-2.0
// Named types, kept from the first metastore, and the two descriptions of a schema and a version
// that no method uses.

include "fb303.thrift"
include "exceptions.thrift"
include "storage.thrift"

namespace c_glib Hms

struct Type {
  1: string name
  2: optional string type1
  3: optional string type2
  4: optional list<storage.FieldSchema> fields
}

struct Schema {
  1: list<storage.FieldSchema> fieldSchemas
  2: map<string, string> properties
}

struct Version {
  1: string version
  2: string comments
}

service TypeRegistry extends fb303.FacebookService {
  /** Keeps a named type. */
  bool create_type(1: Type type)
      throws (1: exceptions.AlreadyExistsException o1, 2: exceptions.InvalidObjectException o2,
              3: exceptions.MetaException o3)
  // The C generator cannot compile its own client for this name; the server needs only the
  // arguments and the result, which compile.
  /** A named type. */
  Type get_type(1: string name)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
  /** All named types. */
  map<string, Type> get_type_all(1: string name) throws (1: exceptions.MetaException o2)
  /** Drops a named type. */
  bool drop_type(1: string type)
      throws (1: exceptions.MetaException o1, 2: exceptions.NoSuchObjectException o2)
}
