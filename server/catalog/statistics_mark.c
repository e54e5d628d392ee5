/* SPDX-License-Identifier: Apache-2.0 */
/* COLUMN_STATS_ACCURATE, the parameter of a table or partition that names the columns whose
 * statistics engines may trust: {"BASIC_STATS":"true","COLUMN_STATS":{"a":"true"}}. Pure. Callers:
 * statistics.c, table_alter.c. */
#include "statistics_private.h"

#include <string.h>

#include "skep/json.h"

#define MARK_BYTES_MAX (4 * 1024 * 1024)
#define COLUMN_STATS   "COLUMN_STATS"
#define ACCURATE       "COLUMN_STATS_ACCURATE"

static void
mark_remove(cJSON *mark, const GPtrArray *names)
{
    cJSON *columns = json_find(mark, COLUMN_STATS);

    for (guint i = 0; names != NULL && i < names->len && json_is_object(columns); i++)
        json_object_remove(columns, names->pdata[i]);
    if (columns != NULL && (names == NULL || !json_is_object(columns) || columns->child == NULL))
        json_object_remove(mark, COLUMN_STATS);
}

static void
mark_add(cJSON *mark, const GPtrArray *names)
{
    if (!json_is_object(json_find(mark, COLUMN_STATS)))
        json_object_set(mark, COLUMN_STATS, cJSON_CreateObject());
    for (guint i = 0; i < names->len; i++)
        json_object_set_string(json_find(mark, COLUMN_STATS), names->pdata[i], "true");
}

char *
catalog_statistics_mark(const char *present, const GPtrArray *columns, gboolean has)
{
    g_autoptr(cJSON) mark = NULL;

    if (present != NULL)
        mark = json_parse_object(present, strlen(present), MARK_BYTES_MAX, NULL);
    if (mark == NULL)
        mark = cJSON_CreateObject();
    if (has)
        mark_add(mark, columns);
    else
        mark_remove(mark, columns);
    return mark->child != NULL ? json_print_compact(mark) : NULL;
}

static gboolean
has_same_column(const CatalogTable *table, const CatalogColumn *column)
{
    for (guint i = 0; table->storage != NULL && i < table->storage->columns->len; i++) {
        const CatalogColumn *other = table->storage->columns->pdata[i];

        if (strcmp(other->name, column->name) == 0)
            return g_strcmp0(other->type, column->type) == 0;
    }
    return FALSE;
}

GPtrArray *
catalog_statistics_changed_columns(const CatalogTable *before, const CatalogTable *after)
{
    GPtrArray *changed = g_ptr_array_new();

    if (before->storage == NULL || before->storage == after->storage)
        return changed;
    for (guint i = 0; i < before->storage->columns->len; i++) {
        CatalogColumn *column = before->storage->columns->pdata[i];

        if (!has_same_column(after, column))
            g_ptr_array_add(changed, column->name);
    }
    return changed;
}

static void
remark(GHashTable *parameters, char *mark)
{
    if (mark != NULL)
        catalog_map_set(parameters, ACCURATE, mark);
    else
        g_hash_table_remove(parameters, ACCURATE);
    g_free(mark);
}

void
catalog_statistics_unmark_changed(const CatalogTable *before, CatalogTable *after)
{
    const char *present = catalog_map_get(after->parameters, ACCURATE);
    g_autoptr(GPtrArray) changed = catalog_statistics_changed_columns(before, after);

    if (present != NULL && changed->len > 0)
        remark(after->parameters, catalog_statistics_mark(present, changed, FALSE));
}
