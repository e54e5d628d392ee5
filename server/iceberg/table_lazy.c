/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a long document so that its snapshots stay text: there may be hundreds of thousands of
 * them, and a commit looks at two or three. Caller: the catalog, for documents that are not held in
 * memory. */
#include "iceberg_private.h"

#include <string.h>

/* How much is looked at between two calls of `rest`. */
#define REST_BYTES ((gsize)4 << 20)

/* --- walking over a text --- */

void
iceberg_text_skip_space(IcebergTextScan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
        scan->at++;
}

gboolean
iceberg_text_skip_string(IcebergTextScan *scan)
{
    if (scan->at == scan->end || *scan->at != '"')
        return FALSE;
    for (scan->at++; scan->at < scan->end; scan->at++) {
        if (*scan->at == '\\')
            scan->at++;
        else if (*scan->at == '"') {
            scan->at++;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
iceberg_text_skip_value(IcebergTextScan *scan)
{
    gsize depth = 0;
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            if (!iceberg_text_skip_string(scan))
                return FALSE;
        } else if (c == '{' || c == '[') {
            depth++;
            scan->at++;
        } else if (depth > 0 && (c == '}' || c == ']')) {
            depth--;
            scan->at++;
        } else if (depth == 0 && strchr(",}] \t\r\n", c)) {
            return FALSE;
        } else {
            scan->at++;
            if (depth > 0 || (scan->at < scan->end && !strchr(",}] \t\r\n", *scan->at)))
                continue;
        }
        if (depth == 0)
            return TRUE;
    }
    return FALSE;
}

/* --- the document --- */

typedef struct {
    IcebergTextScan scan;
    cJSON *metadata;
    gint64 highest_sequence_number; /* of the snapshots */
    const char *rested;             /* up to here */
    void (*rest)(gpointer data);
    gpointer data;
} Lazy;

static gboolean
fail_text(GError **error)
{
    return iceberg_invalid(error, "The table metadata is not a JSON object that is understood");
}

static void
rest_now_and_then(Lazy *lazy)
{
    if (lazy->rest && (gsize)(lazy->scan.at - lazy->rested) > REST_BYTES) {
        lazy->rest(lazy->data);
        lazy->rested = lazy->scan.at;
    }
}

/* The text from `start` on up to where the scan is. */
static cJSON *
parse_since(const Lazy *lazy, const char *start, GError **error)
{
    return json_parse(start, (gsize)(lazy->scan.at - start), ICEBERG_METADATA_MAX_BYTES, error);
}

static gboolean
next_is(Lazy *lazy, char wanted)
{
    iceberg_text_skip_space(&lazy->scan);
    return lazy->scan.at < lazy->scan.end && *lazy->scan.at == wanted;
}

/* Checked as every snapshot is, and forgotten but for its id. */
static cJSON *
read_snapshot(Lazy *lazy, GError **error)
{
    const char *start = lazy->scan.at;
    g_autoptr(cJSON) snapshot = NULL;
    IcebergSnapshotFields fields;

    if (!iceberg_text_skip_value(&lazy->scan)) {
        fail_text(error);
        return NULL;
    }
    snapshot = parse_since(lazy, start, error);
    if (!snapshot || !iceberg_snapshot_read(snapshot, &fields, error))
        return NULL;
    lazy->highest_sequence_number = MAX(lazy->highest_sequence_number, fields.sequence_number);
    rest_now_and_then(lazy);
    return json_new_borrowed(start, (gsize)(lazy->scan.at - start), fields.snapshot_id);
}

static cJSON *
read_snapshots(Lazy *lazy, GError **error)
{
    g_autoptr(cJSON) snapshots = cJSON_CreateArray();
    gboolean more;

    lazy->scan.at++;
    for (more = !next_is(lazy, ']'); more; more = next_is(lazy, ',')) {
        cJSON *snapshot;

        if (snapshots->child)
            lazy->scan.at++;
        iceberg_text_skip_space(&lazy->scan);
        snapshot = read_snapshot(lazy, error);
        if (!snapshot)
            return NULL;
        json_array_append(snapshots, snapshot);
    }
    if (!next_is(lazy, ']')) {
        fail_text(error);
        return NULL;
    }
    lazy->scan.at++;
    return g_steal_pointer(&snapshots);
}

static gboolean
read_member(Lazy *lazy, GError **error)
{
    const char *start = lazy->scan.at;
    g_autoptr(cJSON) name = NULL;
    cJSON *value = NULL;

    if (!iceberg_text_skip_string(&lazy->scan))
        return fail_text(error);
    name = parse_since(lazy, start, error);
    if (!name)
        return FALSE;
    if (json_find(lazy->metadata, name->valuestring) || !next_is(lazy, ':'))
        return fail_text(error);
    lazy->scan.at++;
    iceberg_text_skip_space(&lazy->scan);
    start = lazy->scan.at;
    if (strcmp(name->valuestring, "snapshots") == 0 && next_is(lazy, '['))
        value = read_snapshots(lazy, error);
    else if (iceberg_text_skip_value(&lazy->scan))
        value = parse_since(lazy, start, error);
    else
        fail_text(error);
    if (!value)
        return FALSE;
    json_object_set(lazy->metadata, name->valuestring, value);
    rest_now_and_then(lazy);
    return TRUE;
}

static gboolean
read_document(Lazy *lazy, GError **error)
{
    if (!next_is(lazy, '{'))
        return fail_text(error);
    do {
        lazy->scan.at++;
        iceberg_text_skip_space(&lazy->scan);
        if (!read_member(lazy, error))
            return FALSE;
    } while (next_is(lazy, ','));
    if (!next_is(lazy, '}'))
        return fail_text(error);
    lazy->scan.at++;
    iceberg_text_skip_space(&lazy->scan);
    return lazy->scan.at == lazy->scan.end || fail_text(error);
}

cJSON *
iceberg_table_parse_lazily(
    const char *text, gsize length, void (*rest)(gpointer data), gpointer data, GError **error)
{
    g_autoptr(cJSON) metadata = cJSON_CreateObject();
    Lazy lazy = {
        .scan = {text, text + length},
        .metadata = metadata,
        .rested = text,
        .rest = rest,
        .data = data
    };
    gint64 last = 0;

    if (!read_document(&lazy, error) || !iceberg_table_normalize(metadata, error) ||
        !iceberg_table_validate(metadata, error) ||
        !json_get_optional_int64(metadata, "last-sequence-number", &last, error))
        return NULL;
    if (lazy.highest_sequence_number > last)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Invalid snapshot with sequence-number %" G_GINT64_FORMAT
                              " greater than last-sequence-number %" G_GINT64_FORMAT,
                              lazy.highest_sequence_number, last);
    return g_steal_pointer(&metadata);
}
