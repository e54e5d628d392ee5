/* SPDX-License-Identifier: Apache-2.0 */
/* The event log as clients read it: numbered before it is read, page by page, and what clients add
 * to it. Changes write their own events. Caller: the Thrift door, and the collector of metrics. */
#include "skep/catalog_event.h"

#include <string.h>

#include "catalog_private.h"
#include "skep/catalog_partition.h"
#include "skep/json.h"
#include "skep/store_event.h"

/* One statement's: a reader that stops early has made PostgreSQL find no more than these. */
#define PAGE_EVENTS 1000

gboolean
catalog_event_last(Catalog *catalog, gint64 *out_number, GError **error)
{
    return store_event_number(catalog->store, out_number, error);
}

/* --- reading --- */

/* A filter with its names as they are stored. */
typedef struct {
    StoreEventQuery query;
    char *catalog_name;
    char *namespace_name;
    GPtrArray *table_names; /* NULL-terminated */
} Folded;

static void
folded_clear(Folded *folded)
{
    g_free(folded->catalog_name);
    g_free(folded->namespace_name);
    if (folded->table_names)
        g_ptr_array_unref(folded->table_names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folded, folded_clear)

static gboolean
folded_init(Folded *folded, const CatalogEventFilter *filter, GError **error)
{
    if (filter->catalog_name &&
        !(folded->catalog_name = catalog_name_fold_catalog(filter->catalog_name, error)))
        return FALSE;
    if (filter->namespace_name &&
        !(folded->namespace_name = catalog_name_fold(filter->namespace_name, error)))
        return FALSE;
    if (filter->table_names) {
        folded->table_names = catalog_strings_new();
        for (gsize i = 0; filter->table_names[i]; i++) {
            char *name = catalog_name_fold(filter->table_names[i], error);

            if (!name)
                return FALSE;
            g_ptr_array_add(folded->table_names, name);
        }
        g_ptr_array_add(folded->table_names, NULL);
    }
    folded->query = (StoreEventQuery){
        .after = filter->after,
        .last = filter->last,
        .catalog_name = folded->catalog_name,
        .namespace_name = folded->namespace_name,
        .table_names = folded->table_names ? (const char *const *)folded->table_names->pdata : NULL,
        .types_skipped = filter->types_skipped,
        .types = filter->types,
        .limit = filter->limit > 0 ? filter->limit : G_MAXINT64};
    return TRUE;
}

typedef struct {
    CatalogEventFunc func;
    gpointer data;
    gint64 last; /* number of the last event that was given out */
    gint64 count;
    gboolean ended;
} Page;

static gboolean
give_out(CatalogEvent *event, gpointer data, GError **error)
{
    Page *page = data;

    page->last = event->number;
    page->count++;
    page->ended = !page->func(event, page->data, error);
    return !page->ended;
}

gboolean
catalog_event_scan(Catalog *catalog,
                   const CatalogEventFilter *filter,
                   CatalogEventFunc func,
                   gpointer data,
                   GError **error)
{
    g_auto(Folded) folded = {0};
    gint64 left;
    gint64 wanted;
    Page page = {func, data, filter->after, 0, FALSE};

    if (!folded_init(&folded, filter, error) || !store_event_number(catalog->store, NULL, error))
        return FALSE;
    left = folded.query.limit;
    do {
        wanted = MIN(left, PAGE_EVENTS);
        page.count = 0;
        folded.query.after = page.last;
        folded.query.limit = wanted;
        if (!store_event_scan(catalog->store, &folded.query, give_out, &page, error))
            return FALSE;
        left -= page.count;
    } while (!page.ended && page.count == wanted && left > 0);
    return TRUE;
}

gboolean
catalog_event_count(Catalog *catalog,
                    const CatalogEventFilter *filter,
                    gint64 *out_count,
                    GError **error)
{
    g_auto(Folded) folded = {0};

    return folded_init(&folded, filter, error) && store_event_number(catalog->store, NULL, error) &&
           store_event_count(catalog->store, &folded.query, out_count, error);
}

gboolean
catalog_event_state(Catalog *catalog, gint64 *out_last, gint64 *out_waiting_ms, GError **error)
{
    gint64 since_ms = 0;

    if (!store_event_state(catalog->store, out_last, &since_ms, error))
        return FALSE;
    *out_waiting_ms = since_ms > 0 ? MAX(catalog_now_ms() - since_ms, 0) : 0;
    return TRUE;
}

/* --- what clients tell of --- */

static void
set_texts(cJSON *object, const char *key, const char *const *texts)
{
    cJSON *array;

    if (!texts || !texts[0])
        return;
    array = cJSON_CreateArray();
    for (gsize i = 0; texts[i]; i++)
        json_array_append_string(array, texts[i]);
    json_object_set(object, key, array);
}

/* The members are told in server/store/event_codec.h. */
static char *
print_facts(const CatalogEventNotice *notice)
{
    g_autoptr(cJSON) object = cJSON_CreateObject();

    if (notice->replace)
        json_object_set_bool(object, "replace", TRUE);
    if (notice->refresh)
        json_object_set_bool(object, "refresh", TRUE);
    set_texts(object, "files", notice->files);
    set_texts(object, "checksums", notice->checksums);
    set_texts(object, "sub_directories", notice->sub_directories);
    return json_print_compact(object);
}

/* "" for the table itself. */
static char *
partition_name(const CatalogTable *table, const CatalogEventNotice *notice, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    if (!notice->values || !notice->values[0])
        return g_strdup("");
    for (guint i = 0; i < table->partition_keys->len; i++) {
        const CatalogColumn *key = table->partition_keys->pdata[i];

        g_ptr_array_add(keys, key->name);
    }
    g_ptr_array_add(keys, NULL);
    if (g_strv_length((GStrv)notice->values) != keys->len - 1)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Table %s.%s has %u partition keys, and %u values were given",
                              table->namespace_name, table->name, keys->len - 1,
                              g_strv_length((GStrv)notice->values));
    return catalog_partition_name_format((const char *const *)keys->pdata, notice->values);
}

static gboolean
prepare_notices(const CatalogTable *table,
                const CatalogEventNotice *notices,
                gsize count,
                GPtrArray *names,
                GPtrArray *facts,
                GError **error)
{
    if (count > CATALOG_EVENT_NOTICES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d events in one request",
                         CATALOG_EVENT_NOTICES_MAX);
    for (gsize i = 0; i < count; i++) {
        char *name = partition_name(table, &notices[i], error);

        if (!name)
            return FALSE;
        g_ptr_array_add(names, name);
        g_ptr_array_add(facts, print_facts(&notices[i]));
    }
    g_ptr_array_add(names, NULL);
    g_ptr_array_add(facts, NULL);
    return TRUE;
}

/* The numbers that they have by now. */
static gboolean
find_numbers(Catalog *catalog, const GArray *ids, GArray **out_numbers, GError **error)
{
    g_autoptr(GArray) numbers = NULL;
    GArray *found;

    if (!store_event_number(catalog->store, NULL, error) ||
        !(numbers = store_event_numbers(catalog->store, ids, error)))
        return FALSE;
    found = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, gint64, i) > 0)
            g_array_append_val(found, g_array_index(numbers, gint64, i));
    *out_numbers = found;
    return TRUE;
}

gboolean
catalog_event_tell(Catalog *catalog,
                   const char *type,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *table_name,
                   const CatalogEventNotice *notices,
                   gsize count,
                   GArray **out_numbers,
                   GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_autoptr(GPtrArray) names = catalog_strings_new();
    g_autoptr(GPtrArray) facts = catalog_strings_new();
    g_autoptr(GArray) ids = NULL;
    CatalogEvent about = {0};

    if (!table || !prepare_notices(table, notices, count, names, facts, error))
        return FALSE;
    about.type = (char *)type;
    about.catalog = table->catalog;
    about.namespace_name = table->namespace_name;
    about.table_name = table->name;
    if (!store_event_add(catalog->store, &about, (const char *const *)names->pdata,
                         (const char *const *)facts->pdata, &ids, error))
        return FALSE;
    if (ids->len != count)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, table->name,
                         "A partition that the event names does not exist in %s.%s",
                         table->namespace_name, table->name);
    return find_numbers(catalog, ids, out_numbers, error);
}
