/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the metadata document share: JSON written with single quotes, a fixed clock and
 * fixed uuids, a small table, and asserts that compare a member with JSON text. */
#pragma once

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "skep/error.h"
#include "skep/iceberg.h"
#include "support/test_suite.h"

#define FIXTURE_NOW_MS     G_GINT64_CONSTANT(1700000000000)
#define FIXTURE_UUID       "11111111-2222-4333-8444-555555555555"
#define FIXTURE_BASE_FILE  "s3://b/t/metadata/00000-a.metadata.json"
#define FIXTURE_SNAPSHOT_A "3055729675574597004"
#define FIXTURE_SNAPSHOT_B "9223372036854775807"

static inline char *
fixture_uuid(gpointer data)
{
    (void)data;
    return g_strdup(FIXTURE_UUID);
}

static inline IcebergContext
fixture_context(gint64 now_ms)
{
    IcebergContext context = {
        .now_ms = now_ms, .new_uuid = fixture_uuid, .base_location = FIXTURE_BASE_FILE};

    return context;
}

/* JSON with ' for ". */
static inline cJSON *
fixture_json(const char *text)
{
    g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(GError) error = NULL;
    cJSON *value = json_parse(quoted, strlen(quoted), ICEBERG_METADATA_MAX_BYTES, &error);

    ck_assert_msg(value != NULL, "%s: %s", text, error != NULL ? error->message : "");
    return value;
}

/* A path of members and element numbers, separated by dots: "schemas.0.fields.1.id". */
static inline const cJSON *
fixture_at(const cJSON *value, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);

    for (char **step = steps; *step != NULL && value != NULL; step++)
        value =
            json_is_array(value) ? cJSON_GetArrayItem(value, atoi(*step)) : json_find(value, *step);
    return value;
}

static inline gboolean
fixture_read_text(gpointer data, guint64 offset, void *bytes, gsize length, GError **error)
{
    (void)error;
    memcpy(bytes, (const char *)data + offset, length);
    return TRUE;
}

/* The text of a document for snapshots=refs; NULL: it is not understood. */
static inline char *
fixture_refs_text(const char *text, gsize length, GError **error)
{
    g_autofree char *copy = g_memdup2(text, MAX(length, 1)); /* a byte past the end is found */
    g_autoptr(GArray) ranges = iceberg_table_refs_text(fixture_read_text, copy, length, error);
    GString *kept = g_string_new(NULL);

    if (ranges == NULL)
        return g_string_free(kept, TRUE);
    for (guint i = 0; i < ranges->len; i++) {
        const IcebergTextRange *range = &g_array_index(ranges, IcebergTextRange, i);

        ck_assert_uint_le(range->start + range->length, length);
        g_string_append_len(kept, text + range->start, (gssize)range->length);
    }
    return g_string_free(kept, FALSE);
}

static inline void
assert_member(const cJSON *document, const char *path, const char *expected)
{
    g_autoptr(cJSON) wanted = fixture_json(expected);
    const cJSON *found = fixture_at(document, path);
    g_autofree char *text = found != NULL ? json_print_compact(found) : g_strdup("(absent)");

    ck_assert_msg(found != NULL && json_equal(found, wanted), "%s is %s, not %s", path, text,
                  expected);
}

static inline void
assert_absent(const cJSON *document, const char *path)
{
    ck_assert_msg(fixture_at(document, path) == NULL, "%s is there", path);
}

static inline cJSON *
fixture_create(const char *request_text)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autoptr(cJSON) request = fixture_json(request_text);
    g_autoptr(GError) error = NULL;
    cJSON *metadata = iceberg_table_create(request, "s3://b/t", &context, &error);

    ck_assert_msg(metadata != NULL, "%s", error != NULL ? error->message : "");
    return metadata;
}

#define FIXTURE_REQUEST(version)                                                                   \
    "{'name':'t','schema':{'type':'struct','schema-id':0,'fields':["                               \
    "{'id':1,'name':'id','required':true,'type':'long'},"                                          \
    "{'id':2,'name':'at','required':false,'type':'timestamptz'},"                                  \
    "{'id':3,'name':'name','required':false,'type':'string'}]},"                                   \
    "'partition-spec':{'spec-id':0,'fields':[{'name':'day','transform':'day','source-id':2}]},"    \
    "'write-order':{'order-id':1,'fields':[{'transform':'identity','source-id':1,"                 \
    "'direction':'asc','null-order':'nulls-first'}]},"                                             \
    "'properties':{'format-version':'" version "','a':'1'}}"

static inline cJSON *
fixture_table(int format_version)
{
    if (format_version == 1)
        return fixture_create(FIXTURE_REQUEST("1"));
    return fixture_create(format_version == 2 ? FIXTURE_REQUEST("2") : FIXTURE_REQUEST("3"));
}

/* Applies; the caller compares. Also proves that the base stays as it was. */
static inline cJSON *
fixture_apply_at(const cJSON *base,
                 gint64 now_ms,
                 const char *updates_text,
                 IcebergChange *out_change,
                 GError **error)
{
    IcebergContext context = fixture_context(now_ms);
    g_autoptr(cJSON) updates = fixture_json(updates_text);
    g_autofree char *before = json_print_compact(base);
    g_autofree char *after = NULL;
    cJSON *result = iceberg_table_apply(base, updates, &context, out_change, error);

    after = json_print_compact(base);
    ck_assert_str_eq(before, after);
    return result;
}

static inline cJSON *
fixture_apply(const cJSON *base, const char *updates_text)
{
    g_auto(IcebergChange) change = {0};
    g_autoptr(GError) error = NULL;
    cJSON *result = fixture_apply_at(base, FIXTURE_NOW_MS + 1000, updates_text, &change, &error);

    ck_assert_msg(result != NULL, "%s: %s", updates_text, error != NULL ? error->message : "");
    ck_assert_msg(change.changed, "%s changed nothing", updates_text);
    return result;
}

static inline void
assert_unchanged(const cJSON *base, const char *updates_text)
{
    g_auto(IcebergChange) change = {.changed = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) result =
        fixture_apply_at(base, FIXTURE_NOW_MS + 1000, updates_text, &change, &error);

    ck_assert_msg(result != NULL, "%s: %s", updates_text, error != NULL ? error->message : "");
    ck_assert_msg(!change.changed, "%s changed something", updates_text);
    ck_assert_msg(json_equal(result, base), "%s: not the base", updates_text);
}

static inline void
assert_refused(const cJSON *base, const char *updates_text, SkepError fact, const char *part)
{
    g_auto(IcebergChange) change = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) result =
        fixture_apply_at(base, FIXTURE_NOW_MS + 1000, updates_text, &change, &error);

    ck_assert_msg(result == NULL, "taken: %s", updates_text);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(error->code == (int)fact, "%s: %s", updates_text, error->message);
    ck_assert_msg(strstr(error->message, part) != NULL, "%s: %s", updates_text, error->message);
}

/* add-snapshot in version 2. */
#define FIXTURE_SNAPSHOT(id, sequence, parent)                                                     \
    "{'action':'add-snapshot','snapshot':{'snapshot-id':" id ",'sequence-number':" sequence parent \
    ",'timestamp-ms':1700000000500,'manifest-list':'s3://b/t/metadata/snap.avro',"                 \
    "'summary':{'operation':'append','total-records':'5'},'schema-id':0}}"
#define FIXTURE_PARENT(id) ",'parent-snapshot-id':" id
#define FIXTURE_SET_MAIN(id)                                                                       \
    "{'action':'set-snapshot-ref','ref-name':'main','type':'branch','snapshot-id':" id "}"

/* A table with snapshot A on main. */
static inline cJSON *
fixture_table_with_snapshot(void)
{
    g_autoptr(cJSON) table = fixture_table(2);

    return fixture_apply(table,
                         "[" FIXTURE_SNAPSHOT(FIXTURE_SNAPSHOT_A, "1",
                                              "") "," FIXTURE_SET_MAIN(FIXTURE_SNAPSHOT_A) "]");
}

static inline int
fixture_run(Suite *suite)
{

    return test_run_suite(suite);
}
