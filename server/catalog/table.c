/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of every kind: made by HMS clients, found, listed, dropped. What changes one is in
 * table_alter.c, what commits to an Iceberg one in table_commit.c. Callers: both doors. */
#include "materialized_view_private.h"
#include "table_companions.h"
#include "table_private.h"

#include <string.h>

#include "warehouses.h"

#define HISTORY_ROWS_DEFAULT 1000

/* --- making --- */

static void
set_server_members(const CatalogCaller *caller, CatalogTable *made)
{
    const char *ddl_time = catalog_map_get(made->parameters, "transient_lastDdlTime");

    g_free(made->uuid);
    made->uuid = g_uuid_string_random();
    made->create_time_s = catalog_now_s();
    made->version = 1;
    if (!made->owner_name && caller)
        made->owner_name = g_strdup(caller->user);
    if (!ddl_time || strcmp(ddl_time, "0") == 0) {
        g_autofree char *now = g_strdup_printf("%d", made->create_time_s);

        catalog_map_set(made->parameters, "transient_lastDdlTime", now);
    }
}

/* Clients of Hive compare the place of a table with what Hadoop makes of it. */
static void
write_as_hadoop(CatalogTable *made)
{
    char *written = warehouse_location_hadoop(made->location);

    g_free(made->location);
    made->location = written;
}

/* The default place, or beside it when that is another table's: one that was renamed where nothing
 * can be moved keeps its place, and one that was dropped may have its files there yet. A table of
 * this very name refuses the new one, which then needs no place of its own. */
static gboolean
choose_place(Catalog *catalog, CatalogTable *made, const CatalogNamespace *home, GError **error)
{
    g_autofree char *location = catalog_table_default_location(catalog, made, home);
    g_autofree char *place = warehouse_location_canonical(location);
    g_autoptr(CatalogTable) same = NULL;
    gboolean taken = FALSE;

    if (place && !store_table_place_is_taken(catalog->store, place, &taken, error))
        return FALSE;
    if (taken && !store_table_find_pointer(catalog->store, made->catalog, made->namespace_name,
                                           made->name, &same, error))
        return FALSE;
    made->location = taken && !same ? g_strdup_printf("%s-%08x", location, g_random_int())
                                    : g_steal_pointer(&location);
    return TRUE;
}

gboolean
catalog_table_settle_place(Catalog *catalog, CatalogTable *made, GError **error)
{
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, made->catalog, made->namespace_name, error);

    if (!home)
        return FALSE;
    if (catalog_table_is_view(made)) {
        return TRUE;
    }
    if (!made->location && !choose_place(catalog, made, home, error))
        return FALSE;
    write_as_hadoop(made);
    return catalog_place_check(catalog, made->catalog, made->location, error);
}

/* *out_was_there: it may hold files already. */
static gboolean
make_directory(Catalog *catalog, const CatalogTable *made, gboolean *out_was_there, GError **error)
{
    g_autoptr(GError) failure = NULL;

    *out_was_there = FALSE;
    if (!made->location || catalog_table_is_view(made))
        return TRUE;
    if (catalog_place_is_directory(catalog, made->catalog, made->location) &&
        !catalog_file_exists(catalog, made->catalog, made->location, out_was_there, &failure))
        g_clear_error(&failure);
    if (catalog_directory_make(catalog, made->catalog, made->location, FALSE, &failure))
        return TRUE;
    return skep_fail(error, skep_error_fact(failure), made->location,
                     "%s is not a directory or unable to create one: %s", made->location,
                     failure->message);
}

/* The row decides; the directory was made before it, so that a table never lacks one. */
static gboolean
store_new(Catalog *catalog,
          CatalogTable *made,
          const CatalogTableCreateOptions *options,
          GError **error)
{
    g_autoptr(StoreTableCommit) commit = NULL;
    g_autoptr(GError) failure = NULL;
    g_auto(CatalogTableCompanions) companions = {NULL};
    StoreTableWrite write = {.after = made};
    StoreTableOutcome outcome;

    if (!catalog_table_companions_settle(&companions, catalog, made, options, error))
        return FALSE;
    write.constraints = companions.constraints;
    write.privileges = companions.privileges;
    if (made->metadata_location) {
        commit = catalog_metadata_describe(catalog, made, NULL, error);
        if (!commit)
            return FALSE;
        write.commit = commit;
    }
    if (catalog_table_swap(catalog, &write, 1, &outcome, &made->version, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return catalog_table_fail_exists(catalog, made, catalog_table_is_view(made), error);
    if (skep_error_fact(failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN && made->location)
        catalog_directory_remove_empty(catalog, made->catalog, made->location, NULL);
    if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_NAMESPACE)
        return catalog_fail_no_namespace(error, made->namespace_name);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

CatalogTable *
catalog_table_create(Catalog *catalog,
                     const CatalogCaller *caller,
                     const CatalogTable *wanted,
                     const CatalogTableCreateOptions *options,
                     GError **error)
{
    g_autoptr(CatalogTable) made = catalog_table_settle(catalog, wanted, error);
    gboolean no_statistics = options && options->do_not_update_stats;
    gboolean was_there;

    if (!made)
        return NULL;
    no_statistics |= catalog_table_take_no_statistics(made);
    set_server_members(caller, made);
    if (!catalog_table_settle_place(catalog, made, error) ||
        !catalog_materialized_view_settle(catalog, made, error) ||
        !make_directory(catalog, made, &was_there, error))
        return NULL;
    if (!no_statistics && was_there)
        catalog_table_count_files(catalog, made);
    if (!store_new(catalog, made, options, error))
        return NULL;
    return catalog_table_find(catalog, made->catalog, made->namespace_name, made->name, error);
}

/* --- finding --- */

CatalogTable *
catalog_table_find(Catalog *catalog,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *name,
                   GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autoptr(CatalogTable) table = NULL;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !store_table_find(catalog->store, folded.catalog, folded.namespace_name, folded.table,
                          &table, error))
        return NULL;
    if (!table) {
        catalog_fail_no_table(error, folded.namespace_name, folded.table);
        return NULL;
    }
    if (table->materialization && !catalog_materialized_view_load(catalog, &table, 1, error))
        return NULL;
    return g_steal_pointer(&table);
}

/* Names that cannot be anybody's are left out, as unknown ones are. */
static GPtrArray *
fold_list(const char *const *names)
{
    GPtrArray *folded = catalog_strings_new();

    for (gsize i = 0; names && names[i]; i++) {
        char *name = catalog_name_fold(names[i], NULL);

        if (name)
            g_ptr_array_add(folded, name);
    }
    g_ptr_array_add(folded, NULL);
    return folded;
}

GPtrArray *
catalog_table_find_many(Catalog *catalog,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *const *names,
                        GError **error)
{
    g_autoptr(GPtrArray) folded = fold_list(names);
    g_autofree char *folded_catalog = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *home = folded_catalog ? catalog_name_fold(namespace_name, error) : NULL;
    g_autoptr(GPtrArray) tables = NULL;

    if (!home)
        return NULL;
    tables = store_table_find_many(catalog->store, folded_catalog, home,
                                   (const char *const *)(gpointer)folded->pdata, error);
    if (tables && !catalog_materialized_view_load(
                      catalog, (CatalogTable *const *)(gpointer)tables->pdata, tables->len, error))
        return NULL;
    if (tables && tables->len == 0) {
        g_autoptr(CatalogNamespace) found =
            catalog_namespace_find(catalog, folded_catalog, home, error);

        if (!found)
            return NULL;
    }
    return g_steal_pointer(&tables);
}

/* --- listing --- */

static gboolean
check_type_name(const char *hms_type, GError **error)
{
    static const char *const known[] = {"MANAGED_TABLE",     "EXTERNAL_TABLE", "VIRTUAL_VIEW",
                                        "MATERIALIZED_VIEW", "INDEX_TABLE",    NULL};

    if (!hms_type || g_strv_contains(known, hms_type))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "No enum constant TableType.%.100s",
                     hms_type);
}

GPtrArray *
catalog_table_list(Catalog *catalog,
                   const char *catalog_name,
                   const char *namespace_name,
                   const CatalogTableFilter *filter,
                   const CatalogPage *page,
                   char **out_next_token,
                   GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *home = folded ? catalog_name_fold(namespace_name, error) : NULL;
    g_autofree char *regex = NULL;
    g_autofree char *after = NULL;
    StoreTableList query = {folded, home, NULL, NULL, -1, NULL, catalog_page_limit(page)};
    GPtrArray *names;

    if (!home || !catalog_page_decode(page, &after, error))
        return NULL;
    if (filter) {
        if (!check_type_name(filter->hms_type, error) ||
            !catalog_pattern_to_regex(filter->name_pattern, &regex, error))
            return NULL;
        query.hms_type = filter->hms_type;
        query.kind = filter->kind;
    }
    query.name_regex = regex;
    query.after = after;
    names = store_table_list(catalog->store, &query, error);
    if (names)
        catalog_page_finish(page, names, out_next_token);
    return names;
}

GPtrArray *
catalog_table_list_meta(Catalog *catalog,
                        const char *catalog_name,
                        const char *namespace_pattern,
                        const char *table_pattern,
                        const char *const *hms_types,
                        GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *namespace_regex = NULL;
    g_autofree char *table_regex = NULL;

    if (!folded || !catalog_pattern_to_regex(namespace_pattern, &namespace_regex, error) ||
        !catalog_pattern_to_regex(table_pattern, &table_regex, error))
        return NULL;
    return store_table_list_meta(catalog->store, folded, namespace_regex, table_regex,
                                 hms_types && hms_types[0] ? hms_types : NULL, error);
}

GPtrArray *
catalog_table_history(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *name,
                      gint max,
                      GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autoptr(CatalogTable) table = NULL;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !store_table_find_pointer(catalog->store, folded.catalog, folded.namespace_name,
                                  folded.table, &table, error))
        return NULL;
    if (!table) {
        catalog_fail_no_table(error, folded.namespace_name, folded.table);
        return NULL;
    }
    return store_table_history(catalog->store, table->id, max > 0 ? max : HISTORY_ROWS_DEFAULT,
                               error);
}
