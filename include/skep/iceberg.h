/* SPDX-License-Identifier: Apache-2.0 */
/* The Iceberg metadata document: made, checked, changed and looked at, for tables (format versions
 * 1 to 3) and views (version 1). Pure: no files, no clock, no database; time and ids come in
 * through IcebergContext, and nothing is kept between calls, so everything here may be called from
 * any thread at once.
 *
 * Documents are cJSON trees as json_parse makes them; members that this module does not know are
 * kept. A `base` given to a function is never changed. Results are transfer full, freed with
 * cJSON_Delete (g_autoptr(cJSON)).
 *
 * Facts: INVALID_ARGUMENT for anything wrong in what was sent, with a text naming the member;
 * INVALID_OPERATION for what a view's dialects do not allow (two queries of one, the loss of one);
 * COMMIT_CONFLICT for a requirement that does not hold and for updates made stale by another
 * commit; TOO_LARGE for bounds. */
#pragma once

#include <glib.h>

#include "skep/json.h"

/* Bounds on what is read. */
#define ICEBERG_METADATA_MAX_BYTES (1024u * 1024u * 1024u)
#define ICEBERG_TYPE_MAX_DEPTH     64

/* What a pure function cannot know. */
typedef struct {
    gint64 now_ms;                         /* milliseconds since 1970, of this operation */
    char *(*new_uuid)(gpointer uuid_data); /* returns a fresh uuid (g_free); NULL = random ones */
    gpointer uuid_data;
    const char *base_location; /* metadata file that `base` was read from: enters the metadata log;
                                  NULL = none */
} IcebergContext;

/* What iceberg_table_apply and iceberg_view_apply did, beside the new document. Clear with
 * iceberg_change_clear; a zeroed one (`= {0}`) may be cleared too. */
typedef struct {
    gboolean changed;         /* FALSE: nothing changed; commit nothing and answer with the base */
    GPtrArray *trimmed_files; /* char *: metadata files that fell out of the metadata log */
    gboolean delete_trimmed;  /* write.metadata.delete-after-commit.enabled of the new document */
} IcebergChange;

void iceberg_change_clear(IcebergChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergChange, iceberg_change_clear)

/* ---- tables ---- */

/* A new document from a createTable request (members schema, partition-spec, write-order,
 * properties; others are the caller's). Column ids are assigned afresh, spec and order follow them;
 * property format-version chooses the version (1 to 3, default 2); reserved properties are not
 * stored. `location` is the table's, already decided. */
cJSON *iceberg_table_create(const cJSON *request,
                            const char *location,
                            const IcebergContext *context,
                            GError **error);

/* Reads and validates a document (register, load). Members that version 1 may leave out are filled
 * in. The text is plain JSON: the warehouse unpacks gzip. */
cJSON *iceberg_table_parse(const char *text, gsize length, GError **error);

/* The same for a long document: snapshots are checked, and stay text (json_new_borrowed) until
 * somebody needs one. The text must stay where it is as long as the tree and what
 * iceberg_table_apply makes of it. `rest` (may be NULL) is called now and then, when nothing of the
 * text before is needed for a while. */
cJSON *iceberg_table_parse_lazily(
    const char *text, gsize length, void (*rest)(gpointer data), gpointer data, GError **error);

/* The manifest lists (char *) of the snapshots that base, which may be NULL, does not name.
 * Transfer full. */
GPtrArray *
iceberg_table_new_manifest_lists(const cJSON *metadata, const cJSON *base, GError **error);

/* Whether a tree is table metadata that can be committed to: version, uuid, location, ids,
 * references. */
gboolean iceberg_table_validate(const cJSON *metadata, GError **error);

/* Applies an array of updates (CommitTableRequest's `updates`) to base; NULL base = a table being
 * created by its first commit. On success *out_change is filled (the caller clears it) and the new
 * document is returned, also when nothing changed. The metadata log gets (context->base_location,
 * base's last-updated-ms). */
cJSON *iceberg_table_apply(const cJSON *base,
                           const cJSON *updates,
                           const IcebergContext *context,
                           IcebergChange *out_change,
                           GError **error);

/* Checks an array of requirements against base; NULL base = the table does not exist.
 * COMMIT_CONFLICT with "Requirement failed: …" for the first that does not hold. NULL or empty
 * requirements hold. */
gboolean
iceberg_table_check_requirements(const cJSON *base, const cJSON *requirements, GError **error);

/* TRUE when the requirements contain assert-create (the commit makes the table). Safe on any tree.
 */
gboolean iceberg_requirements_assert_create(const cJSON *requirements);

/* A document's text, wherever it is: `length` bytes from `offset` on, which are there. */
typedef gboolean (*IcebergTextRead)(
    gpointer data, guint64 offset, void *bytes, gsize length, GError **error);

typedef struct {
    guint64 start;
    guint64 length;
} IcebergTextRange;

/* loadTable?snapshots=refs: the ranges of a document's text (IcebergTextRange) that are, one after
 * the other, the same document with those snapshots alone that refs name. The rest is untouched,
 * the snapshot log too. Takes little memory however long the text is. INVALID_ARGUMENT: not a JSON
 * object, or one in which two readers could find two lists; else what `read` raised. Transfer full.
 */
GArray *
iceberg_table_refs_text(IcebergTextRead read, gpointer data, guint64 length, GError **error);

/* What the store keeps of a table beside the document. */
typedef struct {
    char *name;
    gboolean is_tag; /* else a branch */
    gint64 snapshot_id;
} IcebergRef;

typedef struct {
    gint64 snapshot_id;
    gboolean has_parent;
    gint64 parent_id;
    gint64 sequence_number; /* 0 in version 1 */
    gint64 timestamp_ms;
    char *operation; /* append, replace, overwrite, delete …; NULL when the snapshot does not say */
    char *summary_json; /* JSON object text of the summary; "{}" when there is none */
} IcebergSnapshot;

typedef struct {
    char *uuid;
    char *location;
    int format_version;
    gint64 last_sequence_number;
    gint64 last_updated_ms;
    gboolean has_current_snapshot;
    gint64 current_snapshot_id;
    int current_schema_id;
    GPtrArray *refs;          /* IcebergRef * */
    GPtrArray *new_snapshots; /* IcebergSnapshot *: those of metadata that base does not have */
    GHashTable *properties;   /* char * -> char * */
} IcebergTableSummary;

/* base may be NULL: then every snapshot is new, of which iceberg_table_parse_lazily's documents
 * tell the current one and the last alone. Fails when uuid or location is missing. */
IcebergTableSummary *
iceberg_table_summarize(const cJSON *metadata, const cJSON *base, GError **error);
void iceberg_table_summary_free(IcebergTableSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergTableSummary, iceberg_table_summary_free)

/* The value of a property of a table or view document, or NULL. Owned by the document. */
const char *iceberg_property(const cJSON *metadata, const char *key);

/* An object with the members `location` and `properties` of a table document alone, which is read
 * past the rest: a document is large, and these are small. INVALID_ARGUMENT: not an object, or one
 * of them twice. Transfer full. */
cJSON *iceberg_table_places(const char *text, gsize length, GError **error);

/* ---- views ---- */

/* A new document from a createView request (schema, view-version, properties). */
cJSON *iceberg_view_create(const cJSON *request,
                           const char *location,
                           const IcebergContext *context,
                           GError **error);
cJSON *iceberg_view_parse(const char *text, gsize length, GError **error);
gboolean iceberg_view_validate(const cJSON *metadata, GError **error);

/* As iceberg_table_apply; views keep no metadata log, so trimmed_files stays empty. Dropping an SQL
 * dialect is refused with INVALID_OPERATION unless property replace.drop-dialect.allowed is true.
 */
cJSON *iceberg_view_apply(const cJSON *base,
                          const cJSON *updates,
                          const IcebergContext *context,
                          IcebergChange *out_change,
                          GError **error);
gboolean
iceberg_view_check_requirements(const cJSON *base, const cJSON *requirements, GError **error);

typedef struct {
    char *uuid;
    char *location;
    int format_version;
    int current_version_id;
    char *sql; /* what HMS clients see: dialect hive, else spark, else the first; NULL = no SQL */
    char *dialect;          /* dialect of sql */
    GHashTable *properties; /* char * -> char * */
} IcebergViewSummary;

IcebergViewSummary *iceberg_view_summarize(const cJSON *metadata, GError **error);
void iceberg_view_summary_free(IcebergViewSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergViewSummary, iceberg_view_summary_free)

/* ---- user-defined functions ---- */

/* Is it a sound metadata document of the UDF format, version 1? INVALID_ARGUMENT. */
gboolean iceberg_udf_validate(const cJSON *metadata, GError **error);

/* ---- what Hive Metastore clients see ---- */

typedef struct {
    char *name;
    char *type;    /* Hive type text: bigint, struct<a:int,b:string> … */
    char *comment; /* NULL when the field has no doc */
} IcebergHiveColumn;

void iceberg_hive_column_free(IcebergHiveColumn *column);

/* The current schema's columns, IcebergHiveColumn *, of a table or a view document; the array owns
 * them. Types that Hive has no word for come as string (time, uuid), binary (fixed) or "unknown"
 * (variant, geometry …). */
GPtrArray *iceberg_table_hive_columns(const cJSON *metadata, GError **error);
GPtrArray *iceberg_view_hive_columns(const cJSON *metadata, GError **error);

/* Default of the bound on one parameter's characters (Iceberg's
 * iceberg.hive.table-property-max-size). */
#define ICEBERG_HIVE_PARAMETER_MAX_CHARS 32672

typedef struct {
    const cJSON *metadata; /* the new document */
    const cJSON *base;     /* the one it replaces: properties gone since are removed; NULL = none */
    const char *metadata_location; /* of metadata */
    const char *previous_location; /* of base; NULL = none */
    GHashTable *parameters; /* the HMS table's present parameters, char * -> char *; NULL = none;
                               not changed */
} IcebergHiveInput;

/* All parameters of the HMS table, char * -> char *, as Iceberg's Hive catalog would set them on
 * this commit: present ones, properties, table_type=ICEBERG, EXTERNAL=TRUE, metadata_location,
 * previous_metadata_location, uuid, current-schema, current-snapshot-*, default-partition-spec,
 * default-sort-order, snapshot-count, numFiles, numRows, totalSize. Values over the bound are left
 * out. */
GHashTable *iceberg_table_hive_parameters(const IcebergHiveInput *input, GError **error);
/* The same for views: table_type=ICEBERG-VIEW, no statistics. */
GHashTable *iceberg_view_hive_parameters(const IcebergHiveInput *input, GError **error);

/* Property engine.hive.enabled: the storage descriptor then names Iceberg's Hive classes. */
gboolean iceberg_table_hive_engine_enabled(const cJSON *metadata);

/* ---- metadata files ---- */

/* "00012-<uuid>.metadata.json", or "00012-<uuid>.gz.metadata.json". g_free. */
char *iceberg_metadata_file_name(gint64 version, const char *uuid, gboolean gzip);

/* The number in the name of a metadata file ("…/00012-….metadata.json" is 12); -1 when there is
 * none, so that +1 is always the next file's number. NULL location is -1. */
gint64 iceberg_metadata_version(const char *location);

/* Directory for a document's metadata files: write.metadata.path, else <location>/metadata; no
 * trailing slash. */
char *iceberg_metadata_directory(const cJSON *metadata);

/* The whole location for the next file of a document: directory, number after previous_location's
 * (0 for NULL), a uuid from the context, suffix by write.metadata.compression-codec
 * (INVALID_ARGUMENT unless none or gzip). */
char *iceberg_metadata_next_location(const cJSON *metadata,
                                     const char *previous_location,
                                     const IcebergContext *context,
                                     GError **error);
