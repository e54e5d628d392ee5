/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest lists merged: what an append added to the list that it saw goes into the present one.
 * Caller: the catalog's appends. */
#include "skep/iceberg_append.h"

#include <string.h>

#include "manifest_rows.h"
#include "support/avro_container.h"
#include "support/avro_record.h"

struct IcebergManifestList {
    ManifestSchema *schema;
    GHashTable *header; /* char* -> GBytes* */
    GPtrArray *rows;    /* ManifestRow*, a reference each */
    GHashTable *set;    /* of the rows, by path */
};

static void
list_clear(gpointer data)
{
    IcebergManifestList *list = data;
    g_clear_pointer(&list->schema, manifest_schema_unref);
    g_clear_pointer(&list->header, g_hash_table_unref);
    g_clear_pointer(&list->rows, g_ptr_array_unref);
    g_clear_pointer(&list->set, g_hash_table_unref);
}

IcebergManifestList *
iceberg_manifest_list_ref(IcebergManifestList *list)
{
    return g_atomic_rc_box_acquire(list);
}

void
iceberg_manifest_list_unref(IcebergManifestList *list)
{
    if (list)
        g_atomic_rc_box_release_full(list, list_clear);
}

/* Takes the schema. */
static IcebergManifestList *
list_new(ManifestSchema *schema)
{
    IcebergManifestList *list = g_atomic_rc_box_new0(IcebergManifestList);
    list->schema = schema;
    list->header =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    list->rows = g_ptr_array_new_with_free_func(manifest_row_unref);
    list->set = g_hash_table_new(manifest_row_hash, manifest_row_equal);
    return list;
}

/* Takes the row. */
static gboolean
list_add(IcebergManifestList *list, ManifestRow *row, GError **error)
{
    g_ptr_array_add(list->rows, row);
    if (g_hash_table_add(list->set, row))
        return TRUE;
    return iceberg_append_fail(error, "%.*s is listed twice", MANIFEST_ROW_PATH(row));
}

static void
list_set_header(IcebergManifestList *list, const char *key, GBytes *value)
{
    g_hash_table_replace(list->header, g_strdup(key), g_bytes_ref(value));
}

static void
list_copy_header(IcebergManifestList *list, GHashTable *from)
{
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        list_set_header(list, key, value);
}

static gboolean
list_read_rows(IcebergManifestList *list,
               GHashTable *known,
               AvroContainer *container,
               GError **error)
{
    for (;;) {
        const guint8 *bytes;
        gsize left;
        ManifestRow *row = NULL;
        if (!avro_container_next_raw(container, &bytes, &left, error))
            return FALSE;
        if (!bytes)
            return TRUE;
        if (!manifest_row_cut(list->schema, known, bytes, left, &row, error))
            return FALSE;
        gsize length = row->length;
        if (!list_add(list, row, error) || !avro_container_took_raw(container, length, error))
            return FALSE;
    }
}

IcebergManifestList *
iceberg_manifest_list_parse(GBytes *file, IcebergManifestList *known, GError **error)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(file, &length);
    g_autoptr(AvroContainer) container = avro_container_open(bytes, length, error);
    g_autoptr(IcebergManifestList) list = NULL;
    ManifestSchema *schema;

    if (!container)
        return NULL;
    schema =
        manifest_schema_new(g_hash_table_lookup(avro_container_header(container), "avro.schema"),
                            avro_schema_incref(avro_container_schema(container)), error);
    if (!schema)
        return NULL;
    list = list_new(schema);
    list_copy_header(list, avro_container_header(container));
    if (known && !g_bytes_equal(known->schema->text, list->schema->text))
        known = NULL;
    return list_read_rows(list, known ? known->set : NULL, container, error)
               ? g_steal_pointer(&list)
               : NULL;
}

/* --- three lists into one --- */

/* A member's new number, in the form that the member has. */
static gboolean
append_number(GByteArray *out, avro_schema_t to, gint64 number)
{
    if (avro_typeof(to) != AVRO_UNION) {
        avro_bytes_append_long(out, number);
        return avro_is_integer(to);
    }
    for (size_t i = 0; i < avro_schema_union_size(to); i++) {
        if (!avro_is_integer(avro_schema_union_branch(to, (int)i)))
            continue;
        avro_bytes_append_long(out, (gint64)i);
        avro_bytes_append_long(out, number);
        return TRUE;
    }
    return FALSE;
}

/* A sequence number that was this snapshot's becomes its new one, one of older data stays.
 * Row ids were given out from the snapshot's first on, in the order of the rows: they move
 * as a whole. */
static gboolean
number_anew(const IcebergAppendNumbers *numbers, gint32 id, gint64 *number)
{
    switch (id) {
    case FIELD_SEQUENCE_NUMBER:
    case FIELD_MIN_SEQUENCE_NUMBER:
        if (numbers->format_version < 2 || *number != numbers->sent_sequence_number)
            return FALSE;
        *number = numbers->sequence_number;
        return TRUE;
    case FIELD_FIRST_ROW_ID:
        if (numbers->format_version < 3 || *number < numbers->sent_first_row_id)
            return FALSE;
        *number += numbers->first_row_id - numbers->sent_first_row_id;
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean
check_added(const ManifestSchema *schema,
            const ManifestRow *row,
            const IcebergAppendNumbers *numbers,
            GError **error)
{
    gint64 snapshot_id = 0, sequence_number = 0, content = 0, row_id = 0;

    if (!manifest_row_number(schema, row, FIELD_SNAPSHOT_ID, &snapshot_id) ||
        snapshot_id != numbers->snapshot_id)
        return iceberg_append_fail(error, "%.*s was added by another snapshot",
                                   MANIFEST_ROW_PATH(row));
    if (numbers->format_version < 2)
        return TRUE;
    if (!manifest_row_number(schema, row, FIELD_SEQUENCE_NUMBER, &sequence_number) ||
        sequence_number != numbers->sent_sequence_number)
        return iceberg_append_fail(error, "%.*s has not the sequence number of its snapshot",
                                   MANIFEST_ROW_PATH(row));
    manifest_row_number(schema, row, FIELD_CONTENT, &content);
    if (numbers->format_version >= 3 && content == 0 &&
        (!manifest_row_number(schema, row, FIELD_FIRST_ROW_ID, &row_id) ||
         row_id < numbers->sent_first_row_id))
        return iceberg_append_fail(error, "%.*s has no row ids of its own", MANIFEST_ROW_PATH(row));
    return TRUE;
}

static ManifestRow *
row_renumber(const ManifestSchema *schema,
             const ManifestRow *row,
             const IcebergAppendNumbers *numbers,
             GError **error)
{
    g_auto(ManifestRowBuilder) builder;

    manifest_row_builder_init(&builder, schema);
    while (builder.count < schema->count) {
        gint32 id = schema->ids[builder.count];
        gint64 number;
        if (id >= 0 && manifest_row_number(schema, row, id, &number) &&
            number_anew(numbers, id, &number)) {
            append_number(builder.bytes, manifest_schema_type(schema, builder.count), number);
        } else {
            gsize length;
            const guint8 *bytes = manifest_row_member(row, builder.count, &length);
            g_byte_array_append(builder.bytes, bytes, (guint)length);
        }
        manifest_row_builder_end_member(&builder);
    }
    return manifest_row_builder_end(&builder, schema, error);
}

/* What was sent, in the merged list's schema and with the numbers of the snapshot made anew. */
static ManifestRow *
row_anew(const ManifestSchema *schema,
         const ManifestSchema *sent_schema,
         ManifestRow *row,
         const IcebergAppendNumbers *numbers,
         GError **error)
{
    ManifestRow *anew = NULL;

    row = manifest_row_project(schema, sent_schema, row, error);
    if (row && check_added(schema, row, numbers, error))
        anew = row_renumber(schema, row, numbers, error);
    if (row)
        manifest_row_unref(row);
    return anew;
}

static gboolean
merge_added(IcebergManifestList *merged,
            IcebergManifestList *seen,
            IcebergManifestList *sent,
            const IcebergAppendNumbers *numbers,
            GError **error)
{
    for (guint i = 0; i < sent->rows->len; i++) {
        ManifestRow *row = sent->rows->pdata[i];
        if (seen && g_hash_table_contains(seen->set, row))
            continue;
        row = row_anew(merged->schema, sent->schema, row, numbers, error);
        if (!row || !list_add(merged, row, error))
            return FALSE;
    }
    return TRUE;
}

/* What `sent` dropped is what a merging append wrote into a manifest of its own. */
static gboolean
check_dropped(IcebergManifestList *seen,
              IcebergManifestList *sent,
              IcebergManifestList *present,
              GError **error)
{
    for (guint i = 0; seen && i < seen->rows->len; i++) {
        const ManifestRow *row = seen->rows->pdata[i];
        if (!g_hash_table_contains(sent->set, row) && !g_hash_table_contains(present->set, row))
            return iceberg_append_fail(error, "%.*s was merged by another append",
                                       MANIFEST_ROW_PATH(row));
    }
    return TRUE;
}

/* A list from before version 3: who appends first gives row ids to all that is there. */
static gboolean
check_kept(const ManifestSchema *schema,
           const ManifestRow *row,
           const IcebergAppendNumbers *numbers,
           GError **error)
{
    gint64 content = 0, row_id;

    if (numbers->format_version < 3)
        return TRUE;
    manifest_row_number(schema, row, FIELD_CONTENT, &content);
    return content != 0 || manifest_row_number(schema, row, FIELD_FIRST_ROW_ID, &row_id) ||
           iceberg_append_fail(error, "%.*s has no row ids", MANIFEST_ROW_PATH(row));
}

static gboolean
merge_kept(IcebergManifestList *merged,
           IcebergManifestList *seen,
           IcebergManifestList *sent,
           IcebergManifestList *present,
           const IcebergAppendNumbers *numbers,
           GError **error)
{
    for (guint i = 0; i < present->rows->len; i++) {
        ManifestRow *row = present->rows->pdata[i];
        if (seen && g_hash_table_contains(seen->set, row) && !g_hash_table_contains(sent->set, row))
            continue;
        if (!check_kept(present->schema, row, numbers, error))
            return FALSE;
        row = manifest_row_project(merged->schema, present->schema, row, error);
        if (!row || !list_add(merged, row, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_version(IcebergManifestList *sent, const IcebergAppendNumbers *numbers, GError **error)
{
    GBytes *text = g_hash_table_lookup(sent->header, "format-version");
    char version = (char)('0' + numbers->format_version);
    const ManifestSchema *schema = sent->schema;

    if (text &&
        (g_bytes_get_size(text) != 1 || *(const char *)g_bytes_get_data(text, NULL) != version))
        return iceberg_append_fail(error, "the manifest list is of another format version");
    if (numbers->format_version >= 2 &&
        (manifest_schema_find_id(schema, FIELD_SEQUENCE_NUMBER) < 0 ||
         manifest_schema_find_id(schema, FIELD_MIN_SEQUENCE_NUMBER) < 0 ||
         manifest_schema_find_id(schema, FIELD_CONTENT) < 0))
        return iceberg_append_fail(error, "the manifest list has no sequence numbers");
    return TRUE;
}

static void
set_header_number(IcebergManifestList *list, const char *key, gint64 number)
{
    char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    if (g_hash_table_contains(list->header, key))
        list_set_header(list, key, bytes);
}

static GBytes *
list_build(IcebergManifestList *list, const IcebergAppendNumbers *numbers, GError **error)
{
    g_autoptr(GByteArray) records = g_byte_array_new();

    for (guint i = 0; i < list->rows->len; i++) {
        const ManifestRow *row = list->rows->pdata[i];
        if (row->length > AVRO_BLOCK_BYTES_MAX - MIN(records->len, AVRO_BLOCK_BYTES_MAX))
            return skep_fail_null(error, SKEP_ERROR_COMMIT_CONFLICT, NULL,
                                  "The append cannot be made anew: its manifest list is too long");
        g_byte_array_append(records, row->bytes, row->length);
    }
    list_set_header(list, "avro.schema", list->schema->text);
    set_header_number(list, "parent-snapshot-id", numbers->parent_id);
    set_header_number(list, "sequence-number", numbers->sequence_number);
    set_header_number(list, "first-row-id", numbers->first_row_id);
    return avro_container_build(list->header, records, list->rows->len, error);
}

void
iceberg_merged_list_clear(IcebergMergedList *merged)
{
    g_clear_pointer(&merged->list, iceberg_manifest_list_unref);
    g_clear_pointer(&merged->file, g_bytes_unref);
    merged->kept = 0;
}

gboolean
iceberg_manifest_list_merge(IcebergManifestList *seen,
                            IcebergManifestList *sent,
                            IcebergManifestList *present,
                            const IcebergAppendNumbers *numbers,
                            IcebergMergedList *out,
                            GError **error)
{
    g_autoptr(IcebergManifestList) merged = NULL;
    ManifestSchema *schema;
    guint added;

    if (!check_version(sent, numbers, error) || !check_dropped(seen, sent, present, error))
        return FALSE;
    schema = manifest_schema_extend(sent->schema, present->schema, error);
    if (!schema)
        return FALSE;
    merged = list_new(schema);
    list_copy_header(merged, sent->header);
    if (!merge_added(merged, seen, sent, numbers, error))
        return FALSE;
    added = merged->rows->len;
    if (!merge_kept(merged, seen, sent, present, numbers, error))
        return FALSE;
    out->file = list_build(merged, numbers, error);
    if (!out->file)
        return FALSE;
    out->kept = merged->rows->len - added;
    out->list = g_steal_pointer(&merged);
    return TRUE;
}
