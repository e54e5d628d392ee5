/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that materialized views read. Sources are kept by the ids of their tables, so that a
 * rename does not part them. Callers: table.c, the Thrift door. */
#include "skep/catalog_materialized_view.h"

#include <string.h>

#include "materialized_view_private.h"
#include "skep/store_materialized_view.h"
#include "skep/store_table.h"
#include "snapshot_text.h"

#define SOURCES_MAX       1000
#define READERS_NAMED_MAX 10

static gboolean
is_materialized_view(const CatalogTable *table)
{
    return g_strcmp0(table->hms_type, "MATERIALIZED_VIEW") == 0;
}

/* --- sources --- */

static gboolean
settle_source(Catalog *catalog,
              const char *catalog_name,
              CatalogSourceTable *source,
              GError **error)
{
    g_autoptr(CatalogTable) found = catalog_table_find(
        catalog, catalog_name, source->namespace_name, source->table_name, error);

    if (!found)
        return FALSE;
    source->table_id = found->id;
    g_free(source->namespace_name);
    g_free(source->table_name);
    source->namespace_name = g_strdup(found->namespace_name);
    source->table_name = g_strdup(found->name);
    return TRUE;
}

/* A copy with ids and in the present when it does not say when. */
static CatalogMaterialization *
settle(Catalog *catalog,
       const char *catalog_name,
       const CatalogMaterialization *wanted,
       GError **error)
{
    g_autoptr(CatalogMaterialization) settled = catalog_materialization_copy(wanted);

    if (settled->sources->len > SOURCES_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "A materialized view of more than %d tables", SOURCES_MAX);
    for (guint i = 0; i < settled->sources->len; i++) {
        if (!settle_source(catalog, catalog_name, settled->sources->pdata[i], error))
            return NULL;
    }
    if (settled->materialized_ms <= 0)
        settled->materialized_ms = catalog_now_ms();
    return g_steal_pointer(&settled);
}

gboolean
catalog_materialized_view_settle(Catalog *catalog, CatalogTable *made, GError **error)
{
    CatalogMaterialization *settled;

    if (!made->materialization)
        return TRUE;
    if (!is_materialized_view(made)) {
        g_clear_pointer(&made->materialization, catalog_materialization_free);
        return TRUE;
    }
    settled = settle(catalog, made->catalog, made->materialization, error);
    if (!settled)
        return FALSE;
    catalog_materialization_free(made->materialization);
    made->materialization = settled;
    return TRUE;
}

static void
collect_ids(const CatalogTable *view, GArray *ids)
{
    const GPtrArray *sources = view->materialization->sources;

    for (guint i = 0; i < sources->len; i++) {
        const CatalogSourceTable *source = sources->pdata[i];

        g_array_append_val(ids, source->table_id);
    }
}

static void
fill_sources(CatalogTable *view, GHashTable *tables)
{
    const GPtrArray *sources = view->materialization->sources;

    for (guint i = 0; i < sources->len; i++) {
        CatalogSourceTable *source = sources->pdata[i];

        g_clear_pointer(&source->table, catalog_table_free);
        source->table = catalog_table_copy(g_hash_table_lookup(tables, &source->table_id));
    }
}

gboolean
catalog_materialized_view_load(Catalog *catalog,
                               CatalogTable *const *tables,
                               guint n_tables,
                               GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GHashTable) by_id = NULL;

    for (guint i = 0; i < n_tables; i++) {
        if (tables[i]->materialization)
            collect_ids(tables[i], ids);
    }
    if (ids->len == 0)
        return TRUE;
    found = store_table_find_by_id(catalog->store, ids, error);
    if (!found)
        return FALSE;
    by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < found->len; i++) {
        CatalogTable *source = found->pdata[i];

        /* a view of a view is told without the tables of that one */
        g_clear_pointer(&source->materialization, catalog_materialization_free);
        g_hash_table_insert(by_id, &source->id, source);
    }
    for (guint i = 0; i < n_tables; i++) {
        if (tables[i]->materialization)
            fill_sources(tables[i], by_id);
    }
    return TRUE;
}

gboolean
catalog_materialized_view_update(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *name,
                                 const CatalogMaterialization *materialization,
                                 GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autoptr(CatalogMaterialization) settled = NULL;
    gboolean found;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return FALSE;
    settled = settle(catalog, folded.catalog, materialization, error);
    if (!settled ||
        !store_materialized_view_set(catalog->store, folded.catalog, folded.namespace_name,
                                     folded.table, settled, &found, error))
        return FALSE;
    return found || catalog_fail_no_table(error, folded.namespace_name, folded.table);
}

gboolean
catalog_materialized_view_check_unread(Catalog *catalog, const CatalogTable *table, GError **error)
{
    g_autoptr(GPtrArray) readers =
        store_materialized_view_readers(catalog->store, table->id, READERS_NAMED_MAX, error);
    g_autofree char *names = NULL;

    if (!readers || readers->len == 0)
        return readers != NULL;
    g_ptr_array_add(readers, NULL);
    names = g_strjoinv(", ", (char **)readers->pdata);
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                     "Cannot drop table as it is used in the following materialized views [%s]",
                     names);
}

gboolean
catalog_materialized_view_count(Catalog *catalog,
                                gint64 table_id,
                                gint64 inserted,
                                gint64 updated,
                                gint64 deleted,
                                GError **error)
{
    if (inserted < 0 || updated < 0 || deleted < 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A transaction changes no fewer rows than none");
    if (inserted == 0 && updated == 0 && deleted == 0)
        return TRUE;
    return store_materialized_view_count(catalog->store, table_id, inserted, updated, deleted,
                                         error);
}

/* --- what became of the tables --- */

/* The snapshot of a view, ready to be asked about. */
typedef struct {
    GPtrArray *namespaces;
    GPtrArray *tables;
    GArray *water_ids;
    GArray *hidden_ordinals;
    GArray *hidden_ids;
} ViewSnapshot;

static void
view_snapshot_clear(ViewSnapshot *view)
{
    g_ptr_array_unref(view->namespaces);
    g_ptr_array_unref(view->tables);
    g_array_unref(view->water_ids);
    g_array_unref(view->hidden_ordinals);
    g_array_unref(view->hidden_ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViewSnapshot, view_snapshot_clear)

static void
view_snapshot_init(ViewSnapshot *view)
{
    view->namespaces = catalog_strings_new();
    view->tables = catalog_strings_new();
    view->water_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    view->hidden_ordinals = g_array_new(FALSE, FALSE, sizeof(gint64));
    view->hidden_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
}

/* One table with the view's snapshot of it, `text` (NULL: it shows nothing of it). What was aborted
 * then cannot have come true since. */
static gboolean
add_table(ViewSnapshot *view,
          const char *namespace_name,
          const char *table_name,
          const char *text,
          GError **error)
{
    g_auto(CatalogSnapshotText) ids = {0};
    gint64 ordinal = (gint64)view->tables->len + 1;

    catalog_snapshot_text_init(&ids);
    if (text && !catalog_snapshot_text_parse(text, &ids, error))
        return FALSE;
    g_ptr_array_add(view->namespaces, g_strdup(namespace_name));
    g_ptr_array_add(view->tables, g_strdup(table_name));
    g_array_append_val(view->water_ids, ids.water_id);
    for (guint i = 0; i < ids.open->len; i++)
        g_array_append_val(view->hidden_ordinals, ordinal);
    g_array_append_vals(view->hidden_ids, ids.open->data, ids.open->len);
    return TRUE;
}

/* "10$db.t:5:..$db.u:7:..": of each table that the view reads what follows its name. */
static gboolean
read_view_snapshot(const CatalogMaterialization *materialization,
                   ViewSnapshot *view,
                   GError **error)
{
    g_auto(GStrv) parts = g_strsplit(materialization->valid_transactions, "$", -1);
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (gsize i = 1; parts[0] && parts[i]; i++) {
        const char *numbers = strchr(parts[i], ':');

        if (numbers) {
            g_autofree char *name = g_strndup(parts[i], (gsize)(numbers - parts[i]));

            g_hash_table_insert(texts, g_ascii_strdown(name, -1), (gpointer)(numbers + 1));
        }
    }
    for (guint i = 0; i < materialization->sources->len; i++) {
        const CatalogSourceTable *source = materialization->sources->pdata[i];
        g_autofree char *namespace_name = catalog_name_fold(source->namespace_name, error);
        g_autofree char *table_name =
            namespace_name ? catalog_name_fold(source->table_name, error) : NULL;
        g_autofree char *dotted = NULL;

        if (!table_name)
            return FALSE;
        dotted = g_strconcat(namespace_name, ".", table_name, NULL);
        if (!add_table(view, namespace_name, table_name, g_hash_table_lookup(texts, dotted), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_reader_snapshot(const char *text, CatalogSnapshotText *snapshot, GError **error)
{
    if (!text || *text == '\0') {
        snapshot->water_id = G_MAXINT64;
        return TRUE;
    }
    if (!catalog_snapshot_text_parse(text, snapshot, error))
        return FALSE;
    g_array_append_vals(snapshot->open, snapshot->aborted->data, snapshot->aborted->len);
    return TRUE;
}

gboolean
catalog_materialized_view_compare(Catalog *catalog,
                                  const char *catalog_name,
                                  const CatalogMaterialization *materialization,
                                  const char *snapshot,
                                  CatalogMaterializationState *out_state,
                                  GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_auto(CatalogSnapshotText) reader = {0};
    g_auto(ViewSnapshot) view = {NULL};
    StoreMaterializationQuestion question;

    catalog_snapshot_text_init(&reader);
    view_snapshot_init(&view);
    if (!folded)
        return FALSE;
    if (materialization->sources->len == 0 || !materialization->valid_transactions)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "The materialized view names no %s",
                         materialization->sources->len == 0 ? "table" : "snapshot of its tables");
    if (materialization->sources->len > SOURCES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "A materialized view of more than %d tables", SOURCES_MAX);
    if (!read_view_snapshot(materialization, &view, error) ||
        !read_reader_snapshot(snapshot, &reader, error))
        return FALSE;
    question = (StoreMaterializationQuestion){
        .catalog_name = folded,
        .namespaces = view.namespaces,
        .tables = view.tables,
        .water_ids = view.water_ids,
        .hidden_ordinals = view.hidden_ordinals,
        .hidden_ids = view.hidden_ids,
        .transaction_water = reader.water_id,
        .unseen_transactions = reader.open,
    };
    return store_materialized_view_changes(catalog->store, &question, &out_state->is_changed,
                                           &out_state->is_compacted, error);
}
