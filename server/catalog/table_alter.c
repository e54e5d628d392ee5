/* SPDX-License-Identifier: Apache-2.0 */
/* alter_table of HMS, its compare-and-swap and its rename, and the rename of REST. A change is
 * worked out from the row that was read and stored only if that row is still the newest; else it is
 * worked out again from the new one. Callers: both doors. */
#include "iceberg_private.h"
#include "statistics_private.h"
#include "table_private.h"

#include <string.h>

#include "commit_queue.h"
#include "warehouses.h"

/* Rounds of losing to others before a plain alter gives up. */
#define ALTER_ATTEMPTS_MAX 100
/* An alter writes no file that could be for nothing: it lines up so that it does not make parked
 * commits lose their swap, and goes on without a turn that does not come soon. */
#define ALTER_TURN_WAIT_MS 1000

/* One round of an alter. */
typedef struct {
    Catalog *catalog;
    const CatalogTable *wanted;
    const CatalogTableAlterOptions *options;
    CatalogTable *before;
    CatalogTable *after;
    StoreTableCommit *commit;
    char *move_from; /* directories to move with a rename; NULL: none */
    char *move_to;
} TableAlter;

static void
alter_clear(TableAlter *alter)
{
    g_clear_pointer(&alter->before, catalog_table_free);
    g_clear_pointer(&alter->after, catalog_table_free);
    g_clear_pointer(&alter->commit, store_table_commit_free);
    g_clear_pointer(&alter->move_from, g_free);
    g_clear_pointer(&alter->move_to, g_free);
}

/* --- the swap's conditions --- */

/* In the words that clients match on. */
static gboolean
fail_modified(GError **error,
              const CatalogTable *before,
              const char *key,
              const char *present,
              const char *expected)
{
    g_autofree char *dotted = catalog_name_dotted(before->namespace_name, before->name);

    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, dotted,
                     "The table has been modified. The parameter value for key '%s' is '%s'. The "
                     "expected was value was '%s'",
                     key, present ? present : "null", expected ? expected : "null");
}

/* HIVE-26882: key and value together, or it is a plain alter. */
static gboolean
check_expected(const TableAlter *alter, GError **error)
{
    const char *key = alter->options->expected_key;
    const char *expected = alter->options->expected_value;
    const char *present;

    if (!key || !expected)
        return TRUE;
    if (!catalog_map_get(alter->wanted->parameters, key))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, alter->before->name,
                         "New value for expected key %s is not set", key);
    present = catalog_map_get(alter->before->parameters, key);
    if (g_strcmp0(present, expected) != 0)
        return fail_modified(error, alter->before, key, present, expected);
    return TRUE;
}

static gboolean
expects_pointer(const TableAlter *alter)
{
    return alter->options->expected_value &&
           g_strcmp0(alter->options->expected_key, "metadata_location") == 0;
}

/* An Iceberg table that an alter leaves without a pointer keeps its own, unless the alter makes it
 * another kind of table on purpose. A pointer moves only from where the client says that it was. */
static gboolean
settle_pointer(TableAlter *alter, GHashTable *parameters, GError **error)
{
    const char *stored = alter->before->metadata_location;
    const char *sent = catalog_map_get(parameters, "metadata_location");
    const char *previous = catalog_map_get(parameters, "previous_metadata_location");

    if (!stored)
        return TRUE;
    if (!sent || *sent == '\0') {
        if (!catalog_map_get(parameters, "table_type"))
            return TRUE;
        catalog_map_set(parameters, "metadata_location", stored);
        if (alter->before->previous_metadata_location)
            catalog_map_set(parameters, "previous_metadata_location",
                            alter->before->previous_metadata_location);
        return TRUE;
    }
    if (strcmp(sent, stored) == 0 || expects_pointer(alter) || g_strcmp0(previous, stored) == 0)
        return TRUE;
    return fail_modified(error, alter->before, "metadata_location", stored, previous);
}

/* --- what the table becomes --- */

static void
take_identity(CatalogTable *after, const CatalogTable *before)
{
    after->id = before->id;
    after->version = before->version;
    after->create_time_s = before->create_time_s;
    after->write_id = MAX(after->write_id, before->write_id);
    g_free(after->uuid);
    after->uuid = g_strdup(before->uuid);
    if (!after->location && !catalog_table_is_view(after))
        after->location = g_strdup(before->location);
    if (after->kind == CATALOG_KIND_ICEBERG_TABLE)
        after->current_snapshot_id = before->current_snapshot_id;
    if (!catalog_map_get(after->parameters, "transient_lastDdlTime")) {
        g_autofree char *now = g_strdup_printf("%d", catalog_now_s());

        catalog_map_set(after->parameters, "transient_lastDdlTime", now);
    }
}

/* What was sent, with the members that an alter may leave out taken from the stored row. */
static CatalogTable *
fill_wanted(TableAlter *alter, GError **error)
{
    g_autoptr(CatalogTable) sent = catalog_table_copy(alter->wanted);
    const CatalogTable *before = alter->before;

    if (!sent->catalog)
        sent->catalog = g_strdup(before->catalog);
    if (!sent->namespace_name)
        sent->namespace_name = g_strdup(before->namespace_name);
    if (!sent->name)
        sent->name = g_strdup(before->name);
    if (!sent->hms_type)
        sent->hms_type = g_strdup(before->hms_type);
    if (!settle_pointer(alter, sent->parameters, error))
        return NULL;
    return catalog_table_settle(alter->catalog, sent, error);
}

/* Types and comments of partition keys may change. */
static gboolean
same_names(const GPtrArray *before, const GPtrArray *after)
{
    if (before->len != after->len)
        return FALSE;
    for (guint i = 0; i < before->len; i++) {
        const CatalogColumn *old = before->pdata[i], *new = after->pdata[i];

        if (strcmp(old->name, new->name) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_partition_keys(const TableAlter *alter, GError **error)
{
    if (alter->options->allow_partition_key_change || catalog_table_is_view(alter->after) ||
        same_names(alter->before->partition_keys, alter->after->partition_keys))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, alter->before->name,
                     "partition keys can not be changed.");
}

static gboolean
check_columns(const TableAlter *alter, GError **error)
{
    g_autofree char *names = NULL;

    if (alter->options->allow_incompatible_columns || !alter->before->storage ||
        alter->before->kind != CATALOG_KIND_HIVE_TABLE ||
        alter->after->kind != CATALOG_KIND_HIVE_TABLE)
        return TRUE;
    names = catalog_columns_incompatible(alter->before->storage->columns,
                                         alter->after->storage->columns);
    if (!names)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, alter->before->name,
                     "The following columns have types incompatible with the existing columns in "
                     "their respective positions :\n%s",
                     names);
}

/* The first bucketing column that the columns do not have, or NULL. Columns that a table does not
 * list (its format knows them) are not looked for. */
static const char *
stray_bucket_column(const CatalogTable *table)
{
    const CatalogStorage *storage = table->storage;

    if (table->kind != CATALOG_KIND_HIVE_TABLE || !storage || storage->columns->len == 0)
        return NULL;
    for (guint i = 0; i < storage->bucket_columns->len; i++) {
        const char *name = storage->bucket_columns->pdata[i];
        gboolean found = FALSE;

        for (guint j = 0; j < storage->columns->len && !found; j++) {
            const CatalogColumn *column = storage->columns->pdata[j];

            found = g_ascii_strcasecmp(column->name, name) == 0;
        }
        if (!found)
            return name;
    }
    return NULL;
}

/* As Hive 4 has it: who renames a column that rows are bucketed by says so in both places. */
static gboolean
check_bucket_columns(const TableAlter *alter, GError **error)
{
    const char *stray = stray_bucket_column(alter->after);

    if (!stray || stray_bucket_column(alter->before))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, alter->before->name,
                     "Bucket columns - [%s] doesn't match with any table columns", stray);
}

/* --- renames --- */

static gboolean
is_rename(const TableAlter *alter)
{
    return strcmp(alter->before->name, alter->after->name) != 0 ||
           strcmp(alter->before->namespace_name, alter->after->namespace_name) != 0;
}

static gboolean
fail_target_taken(const TableAlter *alter, GError **error)
{
    g_autofree char *target = catalog_name_dotted(alter->after->namespace_name, alter->after->name);

    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, target, "new table %s already exists",
                     target);
}

static gboolean
fail_target_namespace(const TableAlter *alter, GError **error)
{
    g_autofree char *target = catalog_name_dotted(alter->after->namespace_name, NULL);

    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, target,
                     "Unable to change partition or table. Object database %s.%s does not exist. "
                     "Check metastore logs for detailed stack.",
                     alter->after->catalog, target);
}

static gboolean
follows_its_name(const TableAlter *alter)
{
    const char *translated = catalog_map_get(alter->before->parameters, "TRANSLATED_TO_EXTERNAL");

    return alter->before->kind == CATALOG_KIND_HIVE_TABLE && alter->before->location &&
           (strcmp(alter->before->hms_type, "MANAGED_TABLE") == 0 ||
            (translated && g_ascii_strcasecmp(translated, "true") == 0));
}

/* Tables that live at the place of their name move with it; all others keep their place. */
static gboolean
plan_rename(TableAlter *alter, GError **error)
{
    Catalog *catalog = alter->catalog;
    g_autoptr(CatalogTable) taken = NULL;
    g_autoptr(CatalogNamespace) target = NULL;
    g_autoptr(CatalogNamespace) home = NULL;
    g_autofree char *own = NULL;

    target =
        catalog_namespace_find(catalog, alter->after->catalog, alter->after->namespace_name, NULL);
    if (!target)
        return fail_target_namespace(alter, error);
    if (!store_table_find_pointer(catalog->store, alter->after->catalog,
                                  alter->after->namespace_name, alter->after->name, &taken, error))
        return FALSE;
    if (taken)
        return fail_target_taken(alter, error);
    if (!follows_its_name(alter) ||
        !catalog_place_is_directory(catalog, alter->before->catalog, alter->before->location) ||
        !warehouse_location_equal(alter->before->location, alter->after->location))
        return TRUE;
    home = catalog_namespace_find(catalog, alter->before->catalog, alter->before->namespace_name,
                                  error);
    if (!home)
        return FALSE;
    own = catalog_table_default_location(catalog, alter->before, home);
    if (!warehouse_location_equal(own, alter->before->location))
        return TRUE;
    alter->move_from = g_strdup(alter->before->location);
    alter->move_to = catalog_table_default_location(catalog, alter->after, target);
    g_free(alter->after->location);
    alter->after->location = g_strdup(alter->move_to);
    return TRUE;
}

/* --- one round --- */

static gboolean
plan(TableAlter *alter, GError **error)
{
    if (!check_expected(alter, error))
        return FALSE;
    alter->after = fill_wanted(alter, error);
    if (!alter->after)
        return FALSE;
    if (strcmp(alter->after->catalog, alter->before->catalog) != 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, alter->before->name,
                         "A table cannot be moved to another catalog");
    if (!alter->after->location && alter->before->location &&
        alter->after->kind == CATALOG_KIND_HIVE_TABLE)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, alter->before->name,
                         "The storage descriptor of table %s has no location", alter->before->name);
    take_identity(alter->after, alter->before);
    if (!check_partition_keys(alter, error) || !check_columns(alter, error) ||
        !check_bucket_columns(alter, error) || (is_rename(alter) && !plan_rename(alter, error)))
        return FALSE;
    if (alter->after->metadata_location &&
        g_strcmp0(alter->after->metadata_location, alter->before->metadata_location) != 0) {
        alter->commit =
            catalog_metadata_describe(alter->catalog, alter->after, alter->before, error);
        if (!alter->commit)
            return FALSE;
    }
    return TRUE;
}

/* Counted anew when the place changed or the client left the figures out; else they are the
 * client's. */
static void
plan_statistics(TableAlter *alter)
{
    gboolean suppressed =
        catalog_table_take_no_statistics(alter->after) || alter->options->do_not_update_stats;
    gboolean moved =
        !is_rename(alter) && g_strcmp0(alter->before->location, alter->after->location) != 0;

    if (!suppressed && !is_rename(alter) &&
        (moved || !catalog_map_get(alter->after->parameters, "numFiles") ||
         !catalog_map_get(alter->after->parameters, "totalSize")))
        catalog_table_count_files(alter->catalog, alter->after);
}

static StorePartitionsMove
partitions_move(const TableAlter *alter)
{
    if (alter->before->partition_keys->len == 0 || !alter->before->location ||
        g_strcmp0(alter->before->location, alter->after->location) == 0)
        return STORE_PARTITIONS_STAY;
    return alter->move_to ? STORE_PARTITIONS_MOVE : STORE_PARTITIONS_KEEP_PLACE;
}

static gboolean
store_alter(TableAlter *alter, StoreTableOutcome *out_outcome, GError **error)
{
    g_autoptr(GError) failure = NULL;
    SkepError fact;
    StoreTableWrite write = {.before = alter->before,
                             .after = alter->after,
                             .commit = alter->commit,
                             .partitions = partitions_move(alter),
                             .cascade_columns =
                                 alter->options->cascade && alter->before->partition_keys->len > 0};

    if (catalog_table_swap(alter->catalog, &write, 1, out_outcome, NULL, &failure))
        return TRUE;
    fact = skep_error_fact(failure);
    if (fact == SKEP_ERROR_ALREADY_EXISTS)
        return fail_target_taken(alter, error);
    if (fact == SKEP_ERROR_NO_SUCH_NAMESPACE)
        return fail_target_namespace(alter, error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* The directory moves first, because a move that fails then leaves everything as it was; it moves
 * back when the row does not follow. An outcome that is not known leaves it where it is. */
static gboolean
move_and_store(TableAlter *alter, StoreTableOutcome *out_outcome, GError **error)
{
    const char *catalog_name = alter->before->catalog;
    g_autoptr(GError) failure = NULL;
    gboolean stored;

    if (alter->move_to && !catalog_directory_move(alter->catalog, catalog_name, alter->move_from,
                                                  alter->move_to, error))
        return FALSE;
    stored = store_alter(alter, out_outcome, &failure);
    if (alter->move_to &&
        ((!stored && skep_error_fact(failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN) ||
         (stored && *out_outcome == STORE_TABLE_MOVED_ON)))
        catalog_directory_move(alter->catalog, catalog_name, alter->move_to, alter->move_from,
                               NULL);
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    return stored;
}

static gboolean
alter_once(TableAlter *alter,
           const CatalogTableName *name,
           StoreTableOutcome *out_outcome,
           GError **error)
{
    if (!store_table_find(alter->catalog->store, name->catalog, name->namespace_name, name->table,
                          &alter->before, error))
        return FALSE;
    if (!alter->before)
        return catalog_fail_no_table(error, name->namespace_name, name->table);
    if (!plan(alter, error))
        return FALSE;
    plan_statistics(alter);
    catalog_statistics_unmark_changed(alter->before, alter->after);
    if (!move_and_store(alter, out_outcome, error))
        return FALSE;
    if (*out_outcome == STORE_TABLE_WRITTEN)
        catalog_statistics_forget_changed(alter->catalog, alter->before, alter->after);
    return TRUE;
}

static gboolean
alter_in_rounds(TableAlter *alter, const CatalogTableName *name, GError **error)
{
    for (int attempt = 0; attempt < ALTER_ATTEMPTS_MAX; attempt++) {
        StoreTableOutcome outcome = STORE_TABLE_MOVED_ON;
        gboolean done = alter_once(alter, name, &outcome, error);

        alter_clear(alter);
        if (!done)
            return FALSE;
        if (outcome == STORE_TABLE_WRITTEN)
            return TRUE;
        catalog_table_swap_pause(attempt);
    }
    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, name->table,
                     "The table has been modified. %s is being changed by others all the time",
                     name->table);
}

gboolean
catalog_table_alter(Catalog *catalog,
                    const CatalogCaller *caller,
                    const char *catalog_name,
                    const char *namespace_name,
                    const char *name,
                    const CatalogTable *wanted,
                    const CatalogTableAlterOptions *options,
                    GError **error)
{
    static const CatalogTableAlterOptions no_options = {0};
    g_auto(CatalogTableName) folded = {0};
    TableAlter alter = {
        .catalog = catalog, .wanted = wanted, .options = options ? options : &no_options};
    g_autofree char *key = NULL;
    gboolean has_turn, altered;

    (void)caller;
    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return FALSE;
    key = catalog_commit_key(&folded);
    has_turn = commit_queue_enter(catalog->writers, key, ALTER_TURN_WAIT_MS);
    altered = alter_in_rounds(&alter, &folded, error);
    if (has_turn)
        commit_queue_leave(catalog->writers, key);
    return altered;
}

/* --- the rename of REST --- */

typedef struct {
    CatalogTableName from;
    CatalogTableName to;
    CatalogTableKind kind;
    char *words; /* "A to B", as the client wrote them: what is searched in the answer */
} TableRename;

static void
rename_clear(TableRename *rename)
{
    catalog_table_name_clear(&rename->from);
    catalog_table_name_clear(&rename->to);
    g_free(rename->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TableRename, rename_clear)

static gboolean
rename_once(Catalog *catalog,
            const TableRename *rename,
            StoreTableOutcome *out_outcome,
            GError **error)
{
    const CatalogTableName *from = &rename->from, *to = &rename->to;
    g_autoptr(CatalogTable) before = NULL;
    g_autoptr(CatalogTable) after = NULL;
    g_autoptr(GError) failure = NULL;
    StoreTableWrite write = {0};

    if (!store_table_find(catalog->store, from->catalog, from->namespace_name, from->table, &before,
                          error))
        return FALSE;
    if (!before || before->kind != rename->kind)
        return catalog_fail_no_table(error, from->namespace_name, from->table);
    after = catalog_table_copy(before);
    g_free(after->namespace_name);
    g_free(after->name);
    after->namespace_name = g_strdup(to->namespace_name);
    after->name = g_strdup(to->table);
    if (!catalog_table_check_locations(catalog, after, error))
        return FALSE;
    write.before = before;
    write.after = after;
    if (catalog_table_swap(catalog, &write, 1, out_outcome, NULL, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return catalog_table_fail_rename(catalog, after, rename->words, error);
    if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_NAMESPACE)
        return catalog_fail_no_namespace(error, to->namespace_name);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
catalog_table_rename(Catalog *catalog,
                     const char *catalog_name,
                     const char *from_namespace,
                     const char *from_name,
                     const char *to_namespace,
                     const char *to_name,
                     CatalogTableKind kind,
                     GError **error)
{
    g_auto(TableRename) rename = {.kind = kind};
    g_autofree char *checked = catalog_name_make_table(to_name, error);
    g_autofree char *from_words = NULL;
    g_autofree char *to_words = NULL;

    if (!checked ||
        !catalog_table_name_fold(&rename.from, catalog_name, from_namespace, from_name, error) ||
        !catalog_table_name_fold(&rename.to, catalog_name, to_namespace, checked, error))
        return FALSE;
    from_words = catalog_name_dotted(from_namespace, from_name);
    to_words = catalog_name_dotted(to_namespace, to_name);
    rename.words = g_strdup_printf("%s to %s", from_words, to_words);
    for (int attempt = 0; attempt < ALTER_ATTEMPTS_MAX; attempt++) {
        StoreTableOutcome outcome;

        if (!rename_once(catalog, &rename, &outcome, error))
            return FALSE;
        if (outcome == STORE_TABLE_WRITTEN)
            return TRUE;
        catalog_table_swap_pause(attempt);
    }
    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, rename.from.table,
                     "%s is being changed by others all the time; try again", rename.from.table);
}
