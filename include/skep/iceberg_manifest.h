/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest lists and manifests of snapshots, format versions 1 to 3, read one row at a time out of
 * the bytes of a file. Pure: who reads the files, and what the rows are wanted for, is the
 * catalog's. What a row points to belongs to the reader and is good during the call alone.
 * Source: Iceberg table specification, "Manifests" and "Manifest Lists". */
#pragma once

#include <glib.h>

/* Absent numbers. No count, id, length or sequence number of the format is negative. */
#define ICEBERG_ABSENT ((gint64)-1)

typedef enum { ICEBERG_MANIFEST_DATA = 0, ICEBERG_MANIFEST_DELETES = 1 } IcebergManifestContent;

/* What a manifest's list says of the values of one partition field. */
typedef struct {
    gboolean contains_null;
    gboolean may_contain_nan; /* TRUE where the list does not say */
    const guint8 *lower;      /* single-value serialization; NULL: no value, or not known */
    gsize lower_length;
    const guint8 *upper;
    gsize upper_length;
} IcebergPartitionSummary;

typedef struct {
    const char *path;
    gint64 length;
    gint32 spec_id;
    IcebergManifestContent content;
    gint64 sequence_number; /* 0 in version 1 */
    gint64 min_sequence_number;
    gint64 added_snapshot_id;
    gint64 added_files_count; /* ICEBERG_ABSENT where unknown, as the next two */
    gint64 existing_files_count;
    gint64 deleted_files_count;
    gint64 first_row_id;                       /* version 3 */
    const IcebergPartitionSummary *partitions; /* by position in the spec; NULL: not known */
    guint partition_count;
} IcebergManifest;

/* FALSE with an error ends the reading with it; FALSE without one ends it well. */
typedef gboolean (*IcebergManifestFunc)(const IcebergManifest *manifest,
                                        gpointer data,
                                        GError **error);
/* INVALID_ARGUMENT, UNSUPPORTED, TOO_LARGE: as avro_container.h. */
gboolean iceberg_manifest_list_read(
    const guint8 *bytes, gsize length, IcebergManifestFunc func, gpointer data, GError **error);

typedef enum {
    ICEBERG_ENTRY_EXISTING = 0,
    ICEBERG_ENTRY_ADDED = 1,
    ICEBERG_ENTRY_DELETED = 2
} IcebergEntryStatus;

typedef enum {
    ICEBERG_FILE_DATA = 0,
    ICEBERG_FILE_POSITION_DELETES = 1,
    ICEBERG_FILE_EQUALITY_DELETES = 2
} IcebergFileContent;

/* One value of a primitive type. Bytes are borrowed. */
typedef enum {
    ICEBERG_VALUE_NULL,
    ICEBERG_VALUE_INTEGER, /* boolean (0, 1), int, long, date (days), time (us), timestamps (us, ns)
                            */
    ICEBERG_VALUE_NUMBER,  /* float, double */
    ICEBERG_VALUE_DECIMAL, /* unscaled */
    ICEBERG_VALUE_BYTES    /* string (UTF-8), binary, fixed, uuid; a decimal as a file has it */
} IcebergValueKind;

typedef struct {
    IcebergValueKind kind;
    gint64 integer;
    double number;
    __int128 decimal;
    const guint8 *bytes;
    gsize length;
} IcebergValue;

typedef struct {
    gint32 field_id;
    gint64 count;
} IcebergFieldCount;

typedef struct {
    gint32 field_id;
    const guint8 *bytes; /* single-value serialization */
    gsize length;
} IcebergFieldBound;

typedef struct {
    IcebergEntryStatus status;
    gint64 snapshot_id;          /* ICEBERG_ABSENT: the manifest's */
    gint64 sequence_number;      /* ICEBERG_ABSENT: the manifest's */
    gint64 file_sequence_number; /* likewise */
    IcebergFileContent content;
    const char *path;
    const char *format;
    gint64 record_count;
    gint64 file_size_bytes;
    const IcebergValue *partition; /* as written, by position in the manifest's spec */
    guint partition_count;
    GArray *column_sizes; /* IcebergFieldCount; empty where not known, as the next five */
    GArray *value_counts;
    GArray *null_value_counts;
    GArray *nan_value_counts;
    GArray *lower_bounds; /* IcebergFieldBound */
    GArray *upper_bounds;
    GArray *split_offsets; /* gint64 */
    GArray *equality_ids;  /* gint32 */
    gint64 sort_order_id;  /* ICEBERG_ABSENT, as the next four */
    gint64 first_row_id;
    gint64 content_offset;
    gint64 content_size_bytes;
    const char *referenced_data_file; /* NULL: none */
    const guint8 *key_metadata;       /* NULL: not encrypted */
    gsize key_metadata_length;
} IcebergManifestEntry;

typedef gboolean (*IcebergManifestEntryFunc)(const IcebergManifestEntry *entry,
                                             gpointer data,
                                             GError **error);
gboolean iceberg_manifest_read(const guint8 *bytes,
                               gsize length,
                               IcebergManifestEntryFunc func,
                               gpointer data,
                               GError **error);
