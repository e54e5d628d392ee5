/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of server/iceberg show one another: types, schemas, specs, orders, snapshots and
 * the table builder. Nobody outside this folder includes it; the public face is skep/iceberg.h. */
#pragma once

#include "skep/error.h"
#include "skep/iceberg.h"

#define ICEBERG_FORMAT_VERSION_DEFAULT 2
#define ICEBERG_FORMAT_VERSION_MAX     3
#define ICEBERG_MAIN_BRANCH            "main"
#define ICEBERG_LAST_ADDED             (-1)
#define ICEBERG_NO_SNAPSHOT            (-1)
#define ICEBERG_PARTITION_ID_START     1000
#define ICEBERG_SPEC_MAX_FIELDS        1000 /* of a partition spec or a sort order */
#define ICEBERG_MAX_PROPERTIES         10000
#define ICEBERG_CLOCK_TOLERANCE_MS     60000

/* `return iceberg_invalid(error, "…")`: FALSE with INVALID_ARGUMENT. */
#define iceberg_invalid(error, ...)                                                                \
    skep_fail((error), SKEP_ERROR_INVALID_ARGUMENT, NULL, __VA_ARGS__)

/* ---- id_set.c: sets and maps keyed by 64-bit ids, and the next id ---- */

/* gint64 * -> gpointer; keys are owned, values borrowed. */
GHashTable *iceberg_ids_new(void);
void iceberg_ids_put(GHashTable *ids, gint64 id, gpointer value);
gboolean iceberg_ids_contain(GHashTable *ids, gint64 id);
gpointer iceberg_ids_find(GHashTable *ids, gint64 id);

/* The id for a new element of `list`: one more than the highest of its members `key`, at least
 * `lowest`. */
gboolean
iceberg_next_id(const cJSON *list, const char *key, gint32 lowest, gint32 *out, GError **error);

/* ---- table_lazy.c: walking over a document's text ---- */

typedef struct {
    const char *at;
    const char *end;
} IcebergTextScan;

void iceberg_text_skip_space(IcebergTextScan *scan);
/* From the opening quote to behind the closing one. */
gboolean iceberg_text_skip_string(IcebergTextScan *scan);
/* Any value, by its brackets and strings. What is skipped is not judged: it is the document's. */
gboolean iceberg_text_skip_value(IcebergTextScan *scan);

/* ---- type.c ---- */

typedef enum {
    ICEBERG_TYPE_BOOLEAN,
    ICEBERG_TYPE_INT,
    ICEBERG_TYPE_LONG,
    ICEBERG_TYPE_FLOAT,
    ICEBERG_TYPE_DOUBLE,
    ICEBERG_TYPE_DATE,
    ICEBERG_TYPE_TIME,
    ICEBERG_TYPE_TIMESTAMP,
    ICEBERG_TYPE_TIMESTAMPTZ,
    ICEBERG_TYPE_TIMESTAMP_NS,
    ICEBERG_TYPE_TIMESTAMPTZ_NS,
    ICEBERG_TYPE_STRING,
    ICEBERG_TYPE_UUID,
    ICEBERG_TYPE_BINARY,
    ICEBERG_TYPE_FIXED,
    ICEBERG_TYPE_DECIMAL,
    ICEBERG_TYPE_UNKNOWN,
    ICEBERG_TYPE_VARIANT,
    ICEBERG_TYPE_GEOMETRY,
    ICEBERG_TYPE_GEOGRAPHY,
    ICEBERG_TYPE_STRUCT,
    ICEBERG_TYPE_LIST,
    ICEBERG_TYPE_MAP
} IcebergTypeKind;

typedef struct {
    IcebergTypeKind kind;
    int precision; /* decimal */
    int scale;     /* decimal */
    int length;    /* fixed */
} IcebergType;

/* Reads the outermost level of a type: a name, or an object of type struct, list or map. */
gboolean iceberg_type_read(const cJSON *type, IcebergType *out, GError **error);

/* The one spelling of a primitive type ("decimal(10, 2)"), or NULL when the given text is to be
 * kept. g_free. */
char *iceberg_type_spelling(const IcebergType *type);

gboolean iceberg_type_is_nested(IcebergTypeKind kind);
/* The lowest format version that has the type. */
int iceberg_type_min_version(IcebergTypeKind kind);

/* Whether a transform ("bucket[16]") is well formed and takes this source type; unknown transforms
 * take any, and `void` takes even a source that is gone (NULL). */
gboolean
iceberg_transform_accepts(const char *transform, const IcebergType *source, GError **error);
gboolean iceberg_transform_is_void(const char *transform);

/* ---- schema_default.c ---- */

/* Whether a field of that type may have this default, which is not null. `added`: by the letter of
 * appendix D; else by the kind of the JSON value alone. */
gboolean iceberg_default_is_valid(const IcebergType *type, const cJSON *value, gboolean added);

/* ---- schema.c ---- */

typedef struct {
    gint32 id;
    gint32 parent_id;       /* -1 = top level */
    const char *name;       /* borrowed from the schema; element, key, value for their kinds */
    const cJSON *type_json; /* borrowed */
    IcebergType type;
    gboolean required;
    guint first_child; /* of a nested type: its fields stand together in the index */
    guint child_count;
} IcebergField;

typedef struct {
    GHashTable *by_id; /* gint64 * -> IcebergField * */
    GPtrArray *fields; /* all of them, owned, in document order, parents first */
    gint32 highest_id;
    guint top_level_count; /* the first so many fields are the columns */
} IcebergSchemaIndex;

/* Checks a schema and indexes its fields, borrowing from it. format_version 0 = types are not
 * checked against a version. */
IcebergSchemaIndex *iceberg_schema_index(const cJSON *schema, int format_version, GError **error);
void iceberg_schema_index_free(IcebergSchemaIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergSchemaIndex, iceberg_schema_index_free)

const IcebergField *iceberg_schema_field(const IcebergSchemaIndex *index, gint32 id);
/* The field of a full, dotted name, or NULL. */
const IcebergField *iceberg_schema_find_name(const IcebergSchemaIndex *index, const char *name);
/* Whether only structs enclose the field. */
gboolean iceberg_schema_only_structs_enclose(const IcebergSchemaIndex *index,
                                             const IcebergField *field);

/* Whether two schemas are the same but for their ids. */
gboolean iceberg_schema_same(const cJSON *a, const cJSON *b);

/* A copy of a checked schema with type names in their one spelling and null members dropped. */
cJSON *iceberg_schema_normalize(const cJSON *schema);

/* Gives every field a new id, counting from 1, the members of a struct
 * before what is nested in them, in place; identifier-field-ids
 * follow. *out_new_ids: old id -> GINT_TO_POINTER(new id), transfer full. The schema must have been
 * indexed without error. */
void iceberg_schema_assign_fresh_ids(cJSON *schema, GHashTable **out_new_ids, gint32 *out_last_id);

/* ---- partition_spec.c, sort_order.c ---- */

/* Shape and ranges of a spec (spec-id optional) or an order. */
gboolean iceberg_spec_check(const cJSON *spec, GError **error);
gboolean iceberg_order_check(const cJSON *order, GError **error);

/* Whether it can be used with the schema. */
gboolean iceberg_spec_bind(const cJSON *spec, const IcebergSchemaIndex *schema, GError **error);
gboolean iceberg_order_bind(const cJSON *order, const IcebergSchemaIndex *schema, GError **error);

/* Equal but for their ids (and for partition field ids). */
gboolean iceberg_spec_same(const cJSON *a, const cJSON *b);
gboolean iceberg_order_same(const cJSON *a, const cJSON *b);
gboolean iceberg_spec_is_partitioned(const cJSON *spec);
gboolean iceberg_order_is_sorted(const cJSON *order);

/* A copy with this id whose fields have field ids: sent ones, else those of equal fields in `specs`
 * (an array, may be NULL), else counted on from *last_id, which is moved on. */
cJSON *iceberg_spec_with_ids(
    const cJSON *spec, gint32 spec_id, const cJSON *specs, gint32 *last_id, GError **error);
gboolean iceberg_spec_ids_are_sequential(const cJSON *spec);
/* A copy with this id. */
cJSON *iceberg_order_with_id(const cJSON *order, gint32 order_id);

/* Replaces source-id in every field by new_ids (iceberg_schema_assign_fresh_ids). */
gboolean iceberg_fields_remap_sources(cJSON *spec_or_order, GHashTable *new_ids, GError **error);

/* ---- snapshot.c ---- */

typedef struct {
    gint64 snapshot_id;
    gboolean has_parent;
    gint64 parent_id;
    gint64 sequence_number;
    gint64 timestamp_ms;
    gint64 first_row_id; /* -1 = absent */
    gint64 added_rows;   /* -1 = absent */
    const char *operation;
    const cJSON *summary;
} IcebergSnapshotFields;

gboolean iceberg_snapshot_read(const cJSON *snapshot, IcebergSnapshotFields *out, GError **error);

/* Those of a long document are text that was checked when it came (table_lazy.c). */

gboolean iceberg_snapshot_id(const cJSON *snapshot, gint64 *out, GError **error);
/* The snapshot as an object: itself, or *out_read, which the caller frees in any case. NULL: an
 * error. */
const cJSON *iceberg_snapshot_open(const cJSON *snapshot, cJSON **out_read, GError **error);
/* The element of that id, which is still to be opened, or NULL. */
const cJSON *iceberg_find_snapshot(const cJSON *metadata, gint64 id);

/* The object stored under a ref's name, from an update or a stored ref; checked. */
cJSON *iceberg_ref_read(const cJSON *ref, const char *name, GError **error);
gboolean iceberg_ref_is_tag(const cJSON *ref);

gboolean iceberg_statistics_check(const cJSON *statistics, GError **error);
gboolean iceberg_partition_statistics_check(const cJSON *statistics, GError **error);
gboolean iceberg_encryption_key_check(const cJSON *key, GError **error);

/* Removes members that are null, at every level of objects. */
void iceberg_strip_nulls(cJSON *value);

/* ---- table_metadata.c ---- */

/* Fills in what older documents leave out, in place, so that the rest of the module finds every
 * list. */
gboolean iceberg_table_normalize(cJSON *metadata, GError **error);

/* The element of array `list` whose integer member `key` is id, or NULL. */
cJSON *iceberg_find_by_id(const cJSON *metadata, const char *list, const char *key, gint64 id);
/* Array or object member of that name, made when it is not there. Members of another kind are
 * replaced. */
cJSON *iceberg_member_array(cJSON *metadata, const char *key);
cJSON *iceberg_member_object(cJSON *metadata, const char *key);

/* The member when it is an object, so that its children have names; else NULL. */
const cJSON *iceberg_find_object(const cJSON *metadata, const char *key);

cJSON *iceberg_current_schema(const cJSON *metadata);
cJSON *iceberg_default_spec(const cJSON *metadata);
cJSON *iceberg_default_order(const cJSON *metadata);
/* FALSE when there is none. */
gboolean iceberg_current_snapshot_id(const cJSON *metadata, gint64 *out);
/* Sets it, in the way of the format version (-1 or null for none). */
void iceberg_set_current_snapshot_id(cJSON *metadata, int format_version, gint64 snapshot_id);
char *iceberg_location_strip(const char *location);
char *iceberg_new_uuid(const IcebergContext *context);

/* ---- table_create.c ---- */

/* Appends an update of that action to `updates`; borrowed, to be filled. */
cJSON *iceberg_updates_append(cJSON *updates, const char *action);

/* ---- table_update*.c ---- */

typedef struct {
    cJSON *metadata; /* the document being made */
    const cJSON *base;
    const IcebergContext *context;
    int format_version;
    gint64 last_updated_ms;
    gboolean changed;
    gboolean added_schema, added_spec, added_order;
    gint32 last_schema_id, last_spec_id, last_order_id; /* valid when the flag above is set */
    GHashTable *snapshots;                              /* id -> cJSON * in metadata */
    GHashTable *added_snapshots;                        /* ids added by this commit */
    GHashTable *main_snapshots; /* ids that main was set to by this commit */
    gboolean snapshots_removed;
    gboolean log_changed;
} IcebergTableBuilder;

typedef gboolean (*IcebergUpdateFunc)(IcebergTableBuilder *builder,
                                      const cJSON *update,
                                      GError **error);

/* table_update_schema.c */
gboolean iceberg_update_add_schema(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_current_schema(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_schemas(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_add_spec(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_default_spec(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_specs(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_add_order(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_default_order(IcebergTableBuilder *, const cJSON *, GError **);

/* table_update_snapshot.c */
gboolean iceberg_update_add_snapshot(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_snapshots(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_ref(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_ref(IcebergTableBuilder *, const cJSON *, GError **);

/* table_update_statistics.c */
gboolean iceberg_update_set_statistics(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_statistics(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_partition_statistics(IcebergTableBuilder *, const cJSON *, GError **);
gboolean
iceberg_update_remove_partition_statistics(IcebergTableBuilder *, const cJSON *, GError **);
/* Drops the elements of metadata's array `list` whose snapshot-id is in `ids`; TRUE when there were
 * any. */
gboolean iceberg_statistics_drop(cJSON *metadata, const char *list, GHashTable *ids);

/* table_update_property.c */
gboolean iceberg_update_assign_uuid(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_upgrade_format(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_location(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_set_properties(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_properties(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_add_encryption_key(IcebergTableBuilder *, const cJSON *, GError **);
gboolean iceberg_update_remove_encryption_key(IcebergTableBuilder *, const cJSON *, GError **);
/* The same two for any document; *changed becomes TRUE when something changed. */
gboolean
iceberg_properties_set(cJSON *metadata, const cJSON *update, gboolean *changed, GError **error);
gboolean
iceberg_properties_remove(cJSON *metadata, const cJSON *update, gboolean *changed, GError **error);
/* A property's value as an integer; `fallback` when it is absent, INVALID_ARGUMENT when it is no
 * integer. */
gboolean iceberg_property_int(
    const cJSON *metadata, const char *key, gint64 fallback, gint64 *out, GError **error);
gboolean iceberg_property_is_true(const cJSON *metadata, const char *key);

/* table_finish.c: logs, members that belong to the version, and the checks that need the whole
 * document. */
gboolean
iceberg_table_finish(IcebergTableBuilder *builder, IcebergChange *out_change, GError **error);

/* ---- view_version.c ---- */

gboolean iceberg_view_version_check(const cJSON *version, GError **error);
/* Equal in what they do: schema, representations, defaults and summary. */
gboolean iceberg_view_version_same(const cJSON *a, const cJSON *b);
/* Set of lower-case SQL dialects; FALSE when a dialect comes twice. */
gboolean iceberg_view_version_dialects(const cJSON *version, GHashTable **out, GError **error);
cJSON *iceberg_view_current_version(const cJSON *metadata);
cJSON *iceberg_view_current_schema(const cJSON *metadata);
