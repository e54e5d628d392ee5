// SPDX-License-Identifier: Apache-2.0
// Columns, serialisation, storage descriptors, and the file metadata that a table or partition
// may carry: what a table and a partition are built from.

namespace c_glib Hms

enum SerdeType {
  HIVE = 1,
  SCHEMA_REGISTRY = 2
}

struct FieldSchema {
  1: string name
  2: string type
  3: string comment
}

struct Order {
  1: string col
  2: i32 order
}

struct SerDeInfo {
  1: string name
  2: string serializationLib
  3: map<string, string> parameters
  4: optional string description
  5: optional string serializerClass
  6: optional string deserializerClass
  7: optional SerdeType serdeType
}

struct SkewedInfo {
  1: list<string> skewedColNames
  2: list<list<string>> skewedColValues
  3: map<list<string>, string> skewedColValueLocationMaps
}

struct StorageDescriptor {
   1: list<FieldSchema> cols
   2: string location
   3: string inputFormat
   4: string outputFormat
   5: bool compressed
   6: i32 numBuckets
   7: SerDeInfo serdeInfo
   8: list<string> bucketCols
   9: list<Order> sortCols
  10: map<string, string> parameters
  11: optional SkewedInfo skewedInfo
  12: optional bool storedAsSubDirectories
}

struct FileMetadata {
  1: i8 type = 1
  2: i8 version = 1
  3: list<binary> data
}

// Repeated values pulled out of a list of objects; written only by servers that fold them.
struct ObjectDictionary {
  1: required map<string, list<binary>> values
}
