// SPDX-License-Identifier: Apache-2.0
// Parameter keys, filter keys and access masks that clients and server agree on by name.

namespace c_glib Hms

const i8 ACCESSTYPE_NONE = 1
const i8 ACCESSTYPE_READONLY = 2
const i8 ACCESSTYPE_READWRITE = 8
const i8 ACCESSTYPE_WRITEONLY = 4
const string BUCKET_COUNT = "bucket_count"
const string BUCKET_FIELD_NAME = "bucket_field_name"
const string CTAS_LEGACY_CONFIG = "create_table_as_external"
const string DDL_TIME = "transient_lastDdlTime"
const string DEFAULT_TABLE_TYPE = "defaultTableType"
const string DRUID_CONFIG_PREFIX = "druid."
const string EXPECTED_PARAMETER_KEY = "expected_parameter_key"
const string EXPECTED_PARAMETER_VALUE = "expected_parameter_value"
const string FIELD_TO_DIMENSION = "field_to_dimension"
const string FILE_INPUT_FORMAT = "file.inputformat"
const string FILE_OUTPUT_FORMAT = "file.outputformat"
const string HIVE_FILTER_FIELD_LAST_ACCESS = "hive_filter_field_last_access__"
const string HIVE_FILTER_FIELD_OWNER = "hive_filter_field_owner__"
const string HIVE_FILTER_FIELD_PARAMS = "hive_filter_field_params__"
const string HIVE_FILTER_FIELD_TABLE_NAME = "hive_filter_field_tableName__"
const string HIVE_FILTER_FIELD_TABLE_TYPE = "hive_filter_field_tableType__"
const string IF_PURGE = "ifPurge"
const string IS_ARCHIVED = "is_archived"
const string IS_IMMUTABLE = "immutable"
const string JDBC_CONFIG_PREFIX = "hive.sql."
const string META_TABLE_COLUMNS = "columns"
const string META_TABLE_COLUMN_TYPES = "columns.types"
const string META_TABLE_DB = "db"
const string META_TABLE_LOCATION = "location"
const string META_TABLE_NAME = "name"
const string META_TABLE_PARTITION_COLUMNS = "partition_columns"
const string META_TABLE_PARTITION_COLUMN_TYPES = "partition_columns.types"
const string META_TABLE_SERDE = "serde"
const string META_TABLE_STORAGE = "storage_handler"
const string NO_AUTO_COMPACT = "no_auto_compaction"
const string NO_CLEANUP = "no_cleanup"
const string ORIGINAL_LOCATION = "original_location"
const string PARTITION_TRANSFORM_SPEC = "partition_transform_spec"
const string TABLE_BUCKETING_VERSION = "bucketing_version"
const string TABLE_IS_CTAS = "created_with_ctas"
const string TABLE_IS_CTLT = "created_with_ctlt"
const string TABLE_IS_TRANSACTIONAL = "transactional"
const string TABLE_TRANSACTIONAL_PROPERTIES = "transactional_properties"
const string TXN_ID = "txnId"
const string WRITE_ID = "writeId"
