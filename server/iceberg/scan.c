/* SPDX-License-Identifier: Apache-2.0 */
/* Which manifests and files a scan needs. Caller: server/catalog/scan_plan.c. */
#include <string.h>

#include "scan_private.h"
#include "skep/error.h"

static void
spec_free(gpointer data)
{
    IcebergScanSpec *spec = data;
    g_array_unref(spec->fields);
    g_free(spec);
}

/* Columns that were dropped since may still partition old files: the types of all schemas. */
static gboolean
collect_types(GHashTable *types, const cJSON *schema, GError **error)
{
    g_autoptr(IcebergSchemaIndex) index = iceberg_schema_index(schema, 0, error);
    if (index == NULL)
        return FALSE;
    for (guint i = 0; i < index->fields->len; i++) {
        const IcebergField *field = g_ptr_array_index(index->fields, i);
        g_hash_table_insert(types, GINT_TO_POINTER(field->id),
                            g_memdup2(&field->type, sizeof field->type));
    }
    return TRUE;
}

static void
read_spec_field(const IcebergScan *scan, const cJSON *json, IcebergScanField *out)
{
    const cJSON *name = json_find(json, "transform");
    gint64 source_id = 0;
    *out = (IcebergScanField){.transform.kind = ICEBERG_TRANSFORM_UNKNOWN,
                              .result.kind = ICEBERG_TYPE_UNKNOWN};
    if (!json_value_int64(json_find(json, "source-id"), &source_id) || !json_is_string(name))
        return;
    out->source_id = (gint32)source_id;
    const IcebergType *type = g_hash_table_lookup(scan->types, GINT_TO_POINTER(out->source_id));
    if (type == NULL)
        return;
    out->transform = iceberg_transform_read(name->valuestring);
    out->source = *type;
    out->result = iceberg_transform_result(&out->transform, type);
}

static void
collect_specs(IcebergScan *scan, const cJSON *metadata)
{
    const cJSON *spec_json, *field_json;
    cJSON_ArrayForEach(spec_json, json_find(metadata, "partition-specs"))
    {
        gint64 id = 0;
        if (!json_value_int64(json_find(spec_json, "spec-id"), &id))
            continue;
        IcebergScanSpec *spec = g_new0(IcebergScanSpec, 1);
        spec->id = (gint32)id;
        spec->fields = g_array_new(FALSE, FALSE, sizeof(IcebergScanField));
        cJSON_ArrayForEach(field_json, json_find(spec_json, "fields"))
        {
            IcebergScanField field;
            read_spec_field(scan, field_json, &field);
            g_array_append_val(spec->fields, field);
        }
        g_hash_table_replace(scan->specs, GINT_TO_POINTER(spec->id), spec);
    }
}

/* Names of columns, of which each must be there. */
static gboolean
read_names(
    IcebergScan *scan, const cJSON *request, const char *key, GHashTable *ids, GError **error)
{
    const cJSON *names = json_find_present(request, key), *name;
    if (names != NULL && !json_is_array(names))
        return iceberg_invalid(error, "%s is no list", key);
    cJSON_ArrayForEach(name, names)
    {
        const IcebergField *field =
            json_is_string(name) ? iceberg_schema_find_name(scan->schema, name->valuestring) : NULL;
        if (field != NULL)
            g_hash_table_add(ids, GINT_TO_POINTER(field->id));
        else if (!json_is_string(name))
            return iceberg_invalid(error, "%s has something else than names of columns", key);
    }
    return TRUE;
}

IcebergScan *
iceberg_scan_new(const cJSON *metadata, const cJSON *schema, const cJSON *request, GError **error)
{
    g_autoptr(IcebergScan) scan = g_new0(IcebergScan, 1);
    const cJSON *other;
    scan->types = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    scan->specs = g_hash_table_new_full(NULL, NULL, NULL, spec_free);
    scan->stats_fields = g_hash_table_new(NULL, NULL);
    scan->schema = iceberg_schema_index(schema, 0, error);
    if (scan->schema == NULL)
        return NULL;
    cJSON_ArrayForEach(
        other,
        json_find(metadata, "schemas")) if (!collect_types(scan->types, other, error)) return NULL;
    if (!collect_types(scan->types, schema, error))
        return NULL;
    collect_specs(scan, metadata);
    const cJSON *case_sensitive = json_find_present(request, "case-sensitive");
    scan->filter = iceberg_expression_read(json_find_present(request, "filter"), scan->schema,
                                           !cJSON_IsFalse(case_sensitive), error);
    if (scan->filter == NULL ||
        !read_names(scan, request, "stats-fields", scan->stats_fields, error))
        return NULL;
    return g_steal_pointer(&scan);
}

void
iceberg_scan_free(IcebergScan *scan)
{
    if (scan == NULL)
        return;
    iceberg_expression_free(scan->filter);
    iceberg_schema_index_free(scan->schema);
    g_hash_table_unref(scan->specs);
    g_hash_table_unref(scan->types);
    g_hash_table_unref(scan->stats_fields);
    g_free(scan);
}

const IcebergScanSpec *
iceberg_scan_spec(const IcebergScan *scan,
                  gint32 spec_id,
                  const IcebergManifestEntry *entry,
                  GError **error)
{
    const IcebergScanSpec *spec = g_hash_table_lookup(scan->specs, GINT_TO_POINTER(spec_id));
    if (spec == NULL || spec->fields->len != entry->partition_count)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A manifest has files of partition spec %d, which the table does not "
                              "have in that form",
                              spec_id);
    return spec;
}

gint64
iceberg_entry_sequence_number(const IcebergManifest *manifest, const IcebergManifestEntry *entry)
{
    return entry->sequence_number != ICEBERG_ABSENT ? entry->sequence_number
                                                    : manifest->sequence_number;
}

/* --- what is known of a column --- */

typedef struct {
    const IcebergScanSpec *spec;
    const IcebergPartitionSummary *summaries; /* of a manifest; NULL: `entry` is asked */
    const IcebergManifestEntry *entry;
} PartitionFacts;

static IcebergRange
range_of_summary(const IcebergScanField *field, const IcebergPartitionSummary *summary)
{
    IcebergRange range = {.may_be_null = summary->contains_null,
                          .may_be_nan = summary->may_contain_nan &&
                                        (field->result.kind == ICEBERG_TYPE_FLOAT ||
                                         field->result.kind == ICEBERG_TYPE_DOUBLE),
                          .may_be_value = TRUE};
    if (summary->lower == NULL && summary->upper == NULL && !range.may_be_nan) {
        range.may_be_value = !summary->contains_null;
        return range;
    }
    range.has_bounds =
        summary->lower != NULL && summary->upper != NULL &&
        iceberg_type_is_ordered(&field->result) &&
        iceberg_value_decode(&field->result, summary->lower, summary->lower_length, &range.lower) &&
        iceberg_value_decode(&field->result, summary->upper, summary->upper_length, &range.upper);
    return range;
}

static IcebergRange
range_of_value(const IcebergScanField *field, const IcebergValue *raw)
{
    IcebergRange range = {.is_exact = TRUE};
    IcebergValue value;
    if (!iceberg_value_settle(&field->result, raw, &value))
        return iceberg_range_unknown();
    range.may_be_null = value.kind == ICEBERG_VALUE_NULL;
    range.may_be_nan = value.kind == ICEBERG_VALUE_NUMBER && value.number != value.number;
    range.may_be_value = !range.may_be_null && !range.may_be_nan;
    range.has_bounds = range.may_be_value;
    range.lower = range.upper = value;
    return range;
}

/* Of several fields of one column, each may be sure. */
static IcebergVerdict
judge_by_partition(const IcebergPredicate *predicate, gpointer data)
{
    const PartitionFacts *facts = data;
    for (guint i = 0; i < facts->spec->fields->len; i++) {
        const IcebergScanField *field = &g_array_index(facts->spec->fields, IcebergScanField, i);
        if (field->source_id != iceberg_predicate_field_id(predicate))
            continue;
        IcebergRange range = facts->summaries != NULL
                                 ? range_of_summary(field, &facts->summaries[i])
                                 : range_of_value(field, &facts->entry->partition[i]);
        IcebergVerdict verdict = iceberg_predicate_judge(predicate, &field->transform, &range);
        if (verdict != ICEBERG_SOME_ROWS)
            return verdict;
    }
    return ICEBERG_SOME_ROWS;
}

gboolean
iceberg_scan_wants_manifest(const IcebergScan *scan, const IcebergManifest *manifest)
{
    const IcebergScanSpec *spec =
        g_hash_table_lookup(scan->specs, GINT_TO_POINTER(manifest->spec_id));
    if (manifest->added_files_count == 0 && manifest->existing_files_count == 0)
        return FALSE; /* of deleted rows alone */
    if (spec == NULL || manifest->partitions == NULL ||
        manifest->partition_count != spec->fields->len)
        return TRUE;
    PartitionFacts facts = {spec, manifest->partitions, NULL};
    return iceberg_expression_judge(scan->filter, judge_by_partition, &facts) != ICEBERG_NO_ROWS;
}

static gint64
count_of(const GArray *counts, gint32 field_id)
{
    for (guint i = 0; i < counts->len; i++)
        if (g_array_index(counts, IcebergFieldCount, i).field_id == field_id)
            return g_array_index(counts, IcebergFieldCount, i).count;
    return ICEBERG_ABSENT;
}

static gboolean
bound_of(const GArray *bounds, gint32 field_id, const IcebergType *type, IcebergValue *out)
{
    for (guint i = 0; i < bounds->len; i++) {
        const IcebergFieldBound *bound = &g_array_index(bounds, IcebergFieldBound, i);
        if (bound->field_id == field_id)
            return iceberg_value_decode(type, bound->bytes, bound->length, out);
    }
    return FALSE;
}

typedef struct {
    const IcebergScan *scan;
    const IcebergManifestEntry *entry;
} ColumnFacts;

static IcebergVerdict
judge_by_columns(const IcebergPredicate *predicate, gpointer data)
{
    static const IcebergTransform identity = {ICEBERG_TRANSFORM_IDENTITY, 0};
    const ColumnFacts *facts = data;
    const IcebergManifestEntry *entry = facts->entry;
    gint32 id = iceberg_predicate_field_id(predicate);
    const IcebergField *field = iceberg_schema_field(facts->scan->schema, id);
    if (field == NULL || !iceberg_type_is_ordered(&field->type) ||
        !iceberg_schema_only_structs_enclose(facts->scan->schema, field))
        return ICEBERG_SOME_ROWS;
    gint64 values = count_of(entry->value_counts, id);
    gint64 nulls = count_of(entry->null_value_counts, id);
    gint64 nans = count_of(entry->nan_value_counts, id);
    gboolean has_nans =
        field->type.kind == ICEBERG_TYPE_FLOAT || field->type.kind == ICEBERG_TYPE_DOUBLE;
    IcebergRange range = {
        .may_be_null = nulls != 0,
        .may_be_nan = has_nans && nans != 0 && (values == ICEBERG_ABSENT || values != nulls),
        .may_be_value = values == ICEBERG_ABSENT || nulls == ICEBERG_ABSENT || values > nulls,
    };
    range.has_bounds = bound_of(entry->lower_bounds, id, &field->type, &range.lower) &&
                       bound_of(entry->upper_bounds, id, &field->type, &range.upper);
    return iceberg_predicate_judge(predicate, &identity, &range);
}

gboolean
iceberg_scan_wants_file(const IcebergScan *scan, gint32 spec_id, const IcebergManifestEntry *entry)
{
    const IcebergScanSpec *spec = g_hash_table_lookup(scan->specs, GINT_TO_POINTER(spec_id));
    if (entry->status == ICEBERG_ENTRY_DELETED)
        return FALSE;
    if (spec != NULL && spec->fields->len == entry->partition_count) {
        PartitionFacts facts = {spec, NULL, entry};
        if (iceberg_expression_judge(scan->filter, judge_by_partition, &facts) == ICEBERG_NO_ROWS)
            return FALSE;
    }
    /* bounds of a delete file's columns say nothing about the rows that it deletes from */
    if (entry->content != ICEBERG_FILE_DATA)
        return TRUE;
    ColumnFacts facts = {scan, entry};
    return iceberg_expression_judge(scan->filter, judge_by_columns, &facts) != ICEBERG_NO_ROWS;
}

/* --- tasks --- */

void
iceberg_scan_tasks_init(IcebergScanTasks *tasks)
{
    tasks->tasks = cJSON_CreateArray();
    tasks->delete_files = cJSON_CreateArray();
    tasks->delete_places = g_hash_table_new(NULL, NULL);
}

void
iceberg_scan_tasks_clear(IcebergScanTasks *tasks)
{
    g_clear_pointer(&tasks->tasks, cJSON_Delete);
    g_clear_pointer(&tasks->delete_files, cJSON_Delete);
    g_clear_pointer(&tasks->delete_places, g_hash_table_unref);
}

static guint
place_in_answer(IcebergScanTasks *tasks, const IcebergDeletes *deletes, guint place)
{
    gpointer known = NULL;
    if (g_hash_table_lookup_extended(tasks->delete_places, GUINT_TO_POINTER(place), NULL, &known))
        return GPOINTER_TO_UINT(known);
    guint next = g_hash_table_size(tasks->delete_places);
    cJSON_AddItemToArray(tasks->delete_files,
                         cJSON_Duplicate(iceberg_deletes_file(deletes, place), TRUE));
    g_hash_table_insert(tasks->delete_places, GUINT_TO_POINTER(place), GUINT_TO_POINTER(next));
    return next;
}

gboolean
iceberg_scan_add_task(const IcebergScan *scan,
                      const IcebergManifest *manifest,
                      const IcebergManifestEntry *entry,
                      const IcebergDeletes *deletes,
                      IcebergScanTasks *tasks,
                      GError **error)
{
    const IcebergScanSpec *spec = iceberg_scan_spec(scan, manifest->spec_id, entry, error);
    if (spec == NULL)
        return FALSE;
    cJSON *task = cJSON_CreateObject();
    json_object_set(task, "data-file", iceberg_scan_content_file(scan, spec, entry));
    g_autoptr(GArray) places =
        deletes != NULL ? iceberg_deletes_find(deletes, spec, manifest, entry) : NULL;
    if (places != NULL && places->len > 0) {
        cJSON *references = cJSON_CreateArray();
        for (guint i = 0; i < places->len; i++)
            json_array_append_int64(
                references, place_in_answer(tasks, deletes, g_array_index(places, guint, i)));
        json_object_set(task, "delete-file-references", references);
    }
    PartitionFacts facts = {spec, NULL, entry};
    json_object_set(task, "residual-filter",
                    iceberg_expression_residual(scan->filter, judge_by_partition, &facts));
    cJSON_AddItemToArray(tasks->tasks, task);
    return TRUE;
}
