/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest lists and manifests. Fields are found by name, so that files of every format version
 * and of every writer are read by one function. Callers: the catalog's purge and scan planning. */
#include "skep/iceberg_manifest.h"

#include "skep/error.h"
#include "support/avro_container.h"

static gboolean
row_fail(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Damaged manifest: a row's %s is missing or of a wrong type", name);
}

/* FALSE: not in the schema, or null. Looks through the union that an optional field is. */
static gboolean
field_find(const avro_value_t *record, const char *name, avro_value_t *out)
{
    avro_value_t field;
    if (avro_value_get_by_name(record, name, &field, NULL) != 0)
        return FALSE;
    if (avro_value_get_type(&field) == AVRO_UNION) {
        avro_value_t branch;
        if (avro_value_get_current_branch(&field, &branch) != 0)
            return FALSE;
        field = branch;
    }
    *out = field;
    return avro_value_get_type(&field) != AVRO_NULL;
}

static gboolean
value_int64(const avro_value_t *value, gint64 *out)
{
    int32_t narrow;
    int64_t wide;
    if (avro_value_get_type(value) == AVRO_INT32 && avro_value_get_int(value, &narrow) == 0) {
        *out = narrow;
        return TRUE;
    }
    if (avro_value_get_type(value) == AVRO_INT64 && avro_value_get_long(value, &wide) == 0) {
        *out = wide;
        return TRUE;
    }
    return FALSE;
}

static gint64
field_int64(const avro_value_t *record, const char *name, gint64 absent)
{
    avro_value_t field;
    gint64 number;
    return field_find(record, name, &field) && value_int64(&field, &number) ? number : absent;
}

static gboolean
field_boolean(const avro_value_t *record, const char *name, gboolean absent)
{
    avro_value_t field;
    int truth;
    return field_find(record, name, &field) && avro_value_get_boolean(&field, &truth) == 0
               ? truth != 0
               : absent;
}

/* NULL: absent. avro-c keeps a NUL behind the text. */
static const char *
field_text(const avro_value_t *record, const char *name)
{
    avro_value_t field;
    const char *text;
    size_t size;
    return field_find(record, name, &field) && avro_value_get_type(&field) == AVRO_STRING &&
                   avro_value_get_string(&field, &text, &size) == 0
               ? text
               : NULL;
}

static gboolean
value_bytes(const avro_value_t *value, const guint8 **out_bytes, gsize *out_length)
{
    const void *bytes;
    const char *text;
    size_t length;
    switch (avro_value_get_type(value)) {
    case AVRO_BYTES:
        if (avro_value_get_bytes(value, &bytes, &length) != 0)
            return FALSE;
        break;
    case AVRO_FIXED:
        if (avro_value_get_fixed(value, &bytes, &length) != 0)
            return FALSE;
        break;
    case AVRO_STRING:
        if (avro_value_get_string(value, &text, &length) != 0)
            return FALSE;
        bytes = text;
        length--; /* the NUL */
        break;
    default:
        return FALSE;
    }
    *out_bytes = bytes;
    *out_length = length;
    return TRUE;
}

static const guint8 *
field_bytes(const avro_value_t *record, const char *name, gsize *out_length)
{
    avro_value_t field;
    const guint8 *bytes = NULL;
    *out_length = 0;
    if (field_find(record, name, &field))
        value_bytes(&field, &bytes, out_length);
    return bytes;
}

/* The length of a list member; 0: absent. */
static gsize
field_list(const avro_value_t *record, const char *name, avro_value_t *out)
{
    size_t count = 0;
    if (!field_find(record, name, out) || avro_value_get_type(out) != AVRO_ARRAY ||
        avro_value_get_size(out, &count) != 0)
        return 0;
    return count;
}

/* --- manifest lists --- */

static gint64
field_count(const avro_value_t *record, const char *name, const char *old_name)
{
    gint64 count = field_int64(record, name, ICEBERG_ABSENT);
    return count != ICEBERG_ABSENT ? count : field_int64(record, old_name, ICEBERG_ABSENT);
}

static void
read_summaries(const avro_value_t *record, GArray *summaries)
{
    avro_value_t list, row;
    gsize count = field_list(record, "partitions", &list);
    g_array_set_size(summaries, 0);
    for (gsize i = 0; i < count && avro_value_get_by_index(&list, i, &row, NULL) == 0; i++) {
        IcebergPartitionSummary summary = {
            .contains_null = field_boolean(&row, "contains_null", TRUE),
            .may_contain_nan = field_boolean(&row, "contains_nan", TRUE),
        };
        summary.lower = field_bytes(&row, "lower_bound", &summary.lower_length);
        summary.upper = field_bytes(&row, "upper_bound", &summary.upper_length);
        g_array_append_val(summaries, summary);
    }
}

static gboolean
read_manifest(const avro_value_t *record, GArray *summaries, IcebergManifest *out, GError **error)
{
    gint64 spec_id = field_int64(record, "partition_spec_id", ICEBERG_ABSENT);
    gint64 content = field_int64(record, "content", ICEBERG_MANIFEST_DATA);
    read_summaries(record, summaries);
    *out = (IcebergManifest){
        .path = field_text(record, "manifest_path"),
        .length = field_int64(record, "manifest_length", ICEBERG_ABSENT),
        .spec_id = (gint32)spec_id,
        .content =
            content == ICEBERG_MANIFEST_DELETES ? ICEBERG_MANIFEST_DELETES : ICEBERG_MANIFEST_DATA,
        .sequence_number = field_int64(record, "sequence_number", 0),
        .min_sequence_number = field_int64(record, "min_sequence_number", 0),
        .added_snapshot_id = field_int64(record, "added_snapshot_id", ICEBERG_ABSENT),
        .added_files_count = field_count(record, "added_files_count", "added_data_files_count"),
        .existing_files_count =
            field_count(record, "existing_files_count", "existing_data_files_count"),
        .deleted_files_count =
            field_count(record, "deleted_files_count", "deleted_data_files_count"),
        .first_row_id = field_int64(record, "first_row_id", ICEBERG_ABSENT),
        .partitions = summaries->len > 0 ? (gpointer)summaries->data : NULL,
        .partition_count = summaries->len,
    };
    if (out->path == NULL)
        return row_fail(error, "manifest_path");
    if (spec_id < 0 || spec_id > G_MAXINT32)
        return row_fail(error, "partition_spec_id");
    if (content != ICEBERG_MANIFEST_DATA && content != ICEBERG_MANIFEST_DELETES)
        return row_fail(error, "content");
    return TRUE;
}

/* What a callback answered; *out_more FALSE: it wants no more. */
static gboolean
take_answer(gboolean wants_more, GError *failure, gboolean *out_more, GError **error)
{
    *out_more = wants_more;
    if (wants_more || failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean
iceberg_manifest_list_read(
    const guint8 *bytes, gsize length, IcebergManifestFunc func, gpointer data, GError **error)
{
    g_autoptr(AvroContainer) container = avro_container_open(bytes, length, error);
    if (container == NULL)
        return FALSE;
    g_autoptr(GArray) summaries = g_array_new(FALSE, FALSE, sizeof(IcebergPartitionSummary));
    for (gboolean more = TRUE; more;) {
        avro_value_t *record;
        IcebergManifest manifest;
        if (!avro_container_next(container, &record, error))
            return FALSE;
        if (record == NULL)
            return TRUE;
        if (!read_manifest(record, summaries, &manifest, error))
            return FALSE;
        GError *failure = NULL;
        gboolean wants_more = func(&manifest, data, &failure);
        if (!take_answer(wants_more, failure, &more, error))
            return FALSE;
    }
    return TRUE;
}

/* --- manifests --- */

/* The lists of an entry, kept from row to row. */
typedef struct {
    IcebergManifestEntry entry;
    GArray *partition; /* IcebergValue */
} EntryReader;

static void
entry_reader_init(EntryReader *reader)
{
    IcebergManifestEntry *entry = &reader->entry;
    GArray **counts[] = {&entry->column_sizes, &entry->value_counts, &entry->null_value_counts,
                         &entry->nan_value_counts};
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        *counts[i] = g_array_new(FALSE, FALSE, sizeof(IcebergFieldCount));
    entry->lower_bounds = g_array_new(FALSE, FALSE, sizeof(IcebergFieldBound));
    entry->upper_bounds = g_array_new(FALSE, FALSE, sizeof(IcebergFieldBound));
    entry->split_offsets = g_array_new(FALSE, FALSE, sizeof(gint64));
    entry->equality_ids = g_array_new(FALSE, FALSE, sizeof(gint32));
    reader->partition = g_array_new(FALSE, FALSE, sizeof(IcebergValue));
}

static void
entry_reader_clear(EntryReader *reader)
{
    IcebergManifestEntry *entry = &reader->entry;
    GArray *arrays[] = {entry->column_sizes,     entry->value_counts, entry->null_value_counts,
                        entry->nan_value_counts, entry->lower_bounds, entry->upper_bounds,
                        entry->split_offsets,    entry->equality_ids, reader->partition};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_clear_pointer(&arrays[i], g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EntryReader, entry_reader_clear)

/* A map with integer keys is a list of pairs. */
static void
read_counts(const avro_value_t *record, const char *name, GArray *counts)
{
    avro_value_t list, pair;
    gsize count = field_list(record, name, &list);
    g_array_set_size(counts, 0);
    for (gsize i = 0; i < count && avro_value_get_by_index(&list, i, &pair, NULL) == 0; i++) {
        IcebergFieldCount row = {(gint32)field_int64(&pair, "key", ICEBERG_ABSENT),
                                 field_int64(&pair, "value", ICEBERG_ABSENT)};
        g_array_append_val(counts, row);
    }
}

static void
read_bounds(const avro_value_t *record, const char *name, GArray *bounds)
{
    avro_value_t list, pair;
    gsize count = field_list(record, name, &list);
    g_array_set_size(bounds, 0);
    for (gsize i = 0; i < count && avro_value_get_by_index(&list, i, &pair, NULL) == 0; i++) {
        IcebergFieldBound row = {.field_id = (gint32)field_int64(&pair, "key", ICEBERG_ABSENT)};
        row.bytes = field_bytes(&pair, "value", &row.length);
        if (row.bytes != NULL)
            g_array_append_val(bounds, row);
    }
}

static void
read_integers(const avro_value_t *record, EntryReader *reader)
{
    avro_value_t list, element;
    gint64 number;
    gsize count = field_list(record, "split_offsets", &list);
    g_array_set_size(reader->entry.split_offsets, 0);
    for (gsize i = 0; i < count && avro_value_get_by_index(&list, i, &element, NULL) == 0; i++)
        if (value_int64(&element, &number))
            g_array_append_val(reader->entry.split_offsets, number);
    count = field_list(record, "equality_ids", &list);
    g_array_set_size(reader->entry.equality_ids, 0);
    for (gsize i = 0; i < count && avro_value_get_by_index(&list, i, &element, NULL) == 0; i++)
        if (value_int64(&element, &number)) {
            gint32 id = (gint32)number;
            g_array_append_val(reader->entry.equality_ids, id);
        }
}

static gboolean
read_partition_value(avro_value_t *field, IcebergValue *out)
{
    int truth;
    float single;
    avro_value_t branch;
    *out = (IcebergValue){.kind = ICEBERG_VALUE_NULL};
    if (avro_value_get_type(field) == AVRO_UNION) {
        if (avro_value_get_current_branch(field, &branch) != 0)
            return FALSE;
        field = &branch;
    }
    switch (avro_value_get_type(field)) {
    case AVRO_NULL:
        return TRUE;
    case AVRO_BOOLEAN:
        out->kind = ICEBERG_VALUE_INTEGER;
        if (avro_value_get_boolean(field, &truth) != 0)
            return FALSE;
        out->integer = truth != 0;
        return TRUE;
    case AVRO_INT32:
    case AVRO_INT64:
        out->kind = ICEBERG_VALUE_INTEGER;
        return value_int64(field, &out->integer);
    case AVRO_FLOAT:
        out->kind = ICEBERG_VALUE_NUMBER;
        if (avro_value_get_float(field, &single) != 0)
            return FALSE;
        out->number = single;
        return TRUE;
    case AVRO_DOUBLE:
        out->kind = ICEBERG_VALUE_NUMBER;
        return avro_value_get_double(field, &out->number) == 0;
    default:
        out->kind = ICEBERG_VALUE_BYTES;
        return value_bytes(field, &out->bytes, &out->length);
    }
}

static gboolean
read_partition(const avro_value_t *file, GArray *partition)
{
    avro_value_t tuple, field;
    size_t count = 0;
    g_array_set_size(partition, 0);
    if (!field_find(file, "partition", &tuple))
        return TRUE;
    if (avro_value_get_type(&tuple) != AVRO_RECORD || avro_value_get_size(&tuple, &count) != 0)
        return FALSE;
    for (size_t i = 0; i < count; i++) {
        IcebergValue value;
        if (avro_value_get_by_index(&tuple, i, &field, NULL) != 0 ||
            !read_partition_value(&field, &value))
            return FALSE;
        g_array_append_val(partition, value);
    }
    return TRUE;
}

static gboolean
read_file(const avro_value_t *file, EntryReader *reader, GError **error)
{
    IcebergManifestEntry *entry = &reader->entry;
    gint64 content = field_int64(file, "content", ICEBERG_FILE_DATA);
    if (content < ICEBERG_FILE_DATA || content > ICEBERG_FILE_EQUALITY_DELETES)
        return row_fail(error, "content");
    entry->content = (IcebergFileContent)content;
    entry->path = field_text(file, "file_path");
    entry->format = field_text(file, "file_format");
    if (entry->path == NULL || entry->format == NULL)
        return row_fail(error, entry->path == NULL ? "file_path" : "file_format");
    if (!read_partition(file, reader->partition))
        return row_fail(error, "partition");
    entry->partition = (gpointer)reader->partition->data;
    entry->partition_count = reader->partition->len;
    entry->record_count = field_int64(file, "record_count", ICEBERG_ABSENT);
    entry->file_size_bytes = field_int64(file, "file_size_in_bytes", ICEBERG_ABSENT);
    read_counts(file, "column_sizes", entry->column_sizes);
    read_counts(file, "value_counts", entry->value_counts);
    read_counts(file, "null_value_counts", entry->null_value_counts);
    read_counts(file, "nan_value_counts", entry->nan_value_counts);
    read_bounds(file, "lower_bounds", entry->lower_bounds);
    read_bounds(file, "upper_bounds", entry->upper_bounds);
    read_integers(file, reader);
    entry->sort_order_id = field_int64(file, "sort_order_id", ICEBERG_ABSENT);
    entry->first_row_id = field_int64(file, "first_row_id", ICEBERG_ABSENT);
    entry->content_offset = field_int64(file, "content_offset", ICEBERG_ABSENT);
    entry->content_size_bytes = field_int64(file, "content_size_in_bytes", ICEBERG_ABSENT);
    entry->referenced_data_file = field_text(file, "referenced_data_file");
    entry->key_metadata = field_bytes(file, "key_metadata", &entry->key_metadata_length);
    return TRUE;
}

static gboolean
read_entry(const avro_value_t *record, EntryReader *reader, GError **error)
{
    avro_value_t file;
    gint64 status = field_int64(record, "status", ICEBERG_ABSENT);
    if (status < ICEBERG_ENTRY_EXISTING || status > ICEBERG_ENTRY_DELETED)
        return row_fail(error, "status");
    reader->entry.status = (IcebergEntryStatus)status;
    reader->entry.snapshot_id = field_int64(record, "snapshot_id", ICEBERG_ABSENT);
    reader->entry.sequence_number = field_int64(record, "sequence_number", ICEBERG_ABSENT);
    reader->entry.file_sequence_number =
        field_int64(record, "file_sequence_number", ICEBERG_ABSENT);
    if (!field_find(record, "data_file", &file) || avro_value_get_type(&file) != AVRO_RECORD)
        return row_fail(error, "data_file");
    return read_file(&file, reader, error);
}

gboolean
iceberg_manifest_read(
    const guint8 *bytes, gsize length, IcebergManifestEntryFunc func, gpointer data, GError **error)
{
    g_autoptr(AvroContainer) container = avro_container_open(bytes, length, error);
    if (container == NULL)
        return FALSE;
    g_auto(EntryReader) reader;
    entry_reader_init(&reader);
    for (gboolean more = TRUE; more;) {
        avro_value_t *record;
        if (!avro_container_next(container, &record, error))
            return FALSE;
        if (record == NULL)
            return TRUE;
        if (!read_entry(record, &reader, error))
            return FALSE;
        GError *failure = NULL;
        gboolean wants_more = func(&reader.entry, data, &failure);
        if (!take_answer(wants_more, failure, &more, error))
            return FALSE;
    }
    return TRUE;
}
