/* SPDX-License-Identifier: Apache-2.0 */
/* Warehouses listed, made and changed; whether one works is warehouse_check.c's. A warehouse is
 * dropped with its catalog (catalog_info.c). Caller: the REST door. */
#include "skep/catalog_warehouse.h"

#include <string.h>

#include "skep/secret_box.h"
#include "skep/storage_json.h"
#include "skep/store_catalog.h"

#include "warehouse_check.h"
#include "warehouses.h"

enum { PREFIXES_MAX = 100, DESCRIPTION_BYTES_MAX = 4000 };

void
catalog_warehouse_free(CatalogWarehouse *warehouse)
{
    if (!warehouse)
        return;
    g_free(warehouse->name);
    g_free(warehouse->description);
    g_free(warehouse->location);
    g_strfreev(warehouse->allowed_prefixes);
    storage_profile_free(warehouse->storage);
    g_free(warehouse);
}

/* --- showing --- */

/* A profile that may be shown. */
static StorageProfile *
without_secrets(const StorageProfile *profile)
{
    g_autoptr(cJSON) shown = storage_profile_print(profile);
    StorageProfile *copy = storage_profile_new();

    storage_profile_change(copy, shown, NULL);
    return copy;
}

/* Whatever the catalog, all that the settings allow is in its reach. */
static void
show_home(Catalog *catalog, CatalogWarehouse *shown)
{
    const StorageProfile *storage = warehouse_storage(catalog->home);
    const char *const *allowed = warehouse_allowed_prefixes(catalog->home);
    g_autoptr(GPtrArray) prefixes = g_ptr_array_new();

    if (strcmp(shown->name, CATALOG_DEFAULT_NAME) == 0) {
        g_free(shown->location);
        shown->location = g_strdup(warehouse_root(catalog->home));
    } else {
        g_ptr_array_add(prefixes, g_strdup(warehouse_root(catalog->home)));
    }
    if (strcmp(warehouse_root(catalog->home), warehouse_external_root(catalog->home)) != 0)
        g_ptr_array_add(prefixes, g_strdup(warehouse_external_root(catalog->home)));
    for (guint i = 0; allowed[i]; i++)
        g_ptr_array_add(prefixes, g_strdup(allowed[i]));
    g_ptr_array_add(prefixes, NULL);
    shown->allowed_prefixes = (GStrv)g_ptr_array_free(g_steal_pointer(&prefixes), FALSE);
    if (!storage)
        return;
    shown->storage = without_secrets(storage);
    shown->has_secret = storage->secret_access_key != NULL;
}

static gboolean
show_own(const StoreWarehouse *row, CatalogWarehouse *shown, GError **error)
{
    g_autoptr(cJSON) stored = NULL;

    shown->is_own = TRUE;
    shown->version = row->version;
    shown->allowed_prefixes =
        row->allowed_prefixes ? g_strdupv(row->allowed_prefixes) : g_new0(char *, 1);
    shown->has_secret = row->key_id != NULL;
    if (!row->storage_json)
        return TRUE;
    stored = json_parse_object(row->storage_json, strlen(row->storage_json), G_MAXINT, error);
    shown->storage = storage_profile_new();
    return stored && storage_profile_change(shown->storage, stored, error);
}

static CatalogWarehouse *
show(Catalog *catalog, const StoreWarehouse *row, GError **error)
{
    g_autoptr(CatalogWarehouse) shown = g_new0(CatalogWarehouse, 1);

    shown->name = g_strdup(row->catalog_name);
    shown->description = g_strdup(row->description);
    shown->location = g_strdup(row->location);
    if (!row->is_own)
        show_home(catalog, shown);
    else if (!show_own(row, shown, error))
        return NULL;
    return g_steal_pointer(&shown);
}

GPtrArray *
catalog_warehouse_list(Catalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) rows = store_warehouse_list(catalog->store, error);
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_warehouse_free);

    for (guint i = 0; rows && i < rows->len; i++) {
        CatalogWarehouse *shown = show(catalog, rows->pdata[i], error);

        if (!shown)
            return NULL;
        g_ptr_array_add(list, shown);
    }
    return rows ? g_steal_pointer(&list) : NULL;
}

/* The row of a catalog that must be there. */
static StoreWarehouse *
find_row(Catalog *catalog, const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(name, error);
    StoreWarehouse *row;

    if (!folded || !store_warehouse_find(catalog->store, folded, &row, error))
        return NULL;
    if (!row)
        skep_fail(error, SKEP_ERROR_NO_SUCH_CATALOG, folded, "Warehouse does not exist: %s",
                  folded);
    return row;
}

CatalogWarehouse *
catalog_warehouse_find(Catalog *catalog, const char *name, GError **error)
{
    g_autoptr(StoreWarehouse) row = find_row(catalog, name, error);

    return row ? show(catalog, row, error) : NULL;
}

/* --- reading a request --- */

/* What a warehouse shall be; the row holds all but the profile. Cleared with wanted_clear. */
typedef struct {
    StoreWarehouse *row;
    StorageProfile *profile; /* NULL: a directory */
} Wanted;

static void
wanted_clear(Wanted *wanted)
{
    g_clear_pointer(&wanted->row, store_warehouse_free);
    g_clear_pointer(&wanted->profile, storage_profile_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

static gboolean
check_members(const cJSON *object, gboolean with_name, GError **error)
{
    static const char *const known[] = {"location", "description", "allowed-prefixes", "storage",
                                        NULL};
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        if (!g_strv_contains(known, member->string) &&
            !(with_name && strcmp(member->string, "name") == 0))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "A warehouse has no member %.100s", member->string);
    }
    return TRUE;
}

static gboolean
take_text(const cJSON *object, const char *key, char **slot, GError **error)
{
    const char *text = NULL;

    if (!json_find(object, key))
        return TRUE;
    if (!json_get_optional_string(object, key, &text, error))
        return FALSE;
    if (text && strlen(text) > DESCRIPTION_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "%s is too long", key);
    g_free(*slot);
    *slot = text && *text ? g_strdup(text) : NULL;
    return TRUE;
}

static gboolean
take_prefixes(const cJSON *object, StoreWarehouse *row, GError **error)
{
    g_autoptr(GPtrArray) prefixes = g_ptr_array_new_with_free_func(g_free);
    const cJSON *prefix;
    cJSON *array = NULL;

    if (!json_find(object, "allowed-prefixes"))
        return TRUE;
    if (json_find_present(object, "allowed-prefixes") &&
        !json_get_string_array(object, "allowed-prefixes", &array, error))
        return FALSE;
    cJSON_ArrayForEach(prefix, array) g_ptr_array_add(prefixes, g_strdup(prefix->valuestring));
    if (prefixes->len > PREFIXES_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A warehouse has at most %d allowed prefixes", PREFIXES_MAX);
    g_ptr_array_add(prefixes, NULL);
    g_strfreev(row->allowed_prefixes);
    row->allowed_prefixes = (GStrv)g_ptr_array_free(g_steal_pointer(&prefixes), FALSE);
    return TRUE;
}

static gboolean
take_request(Wanted *wanted, const cJSON *object, gboolean with_name, GError **error)
{
    cJSON *storage = NULL;

    if (!check_members(object, with_name, error) ||
        !take_text(object, "description", &wanted->row->description, error) ||
        !take_text(object, "location", &wanted->row->location, error) ||
        !take_prefixes(object, wanted->row, error) ||
        !json_get_optional_object(object, "storage", &storage, error))
        return FALSE;
    if (json_find(object, "storage") && !storage)
        g_clear_pointer(&wanted->profile, storage_profile_free);
    if (storage && !wanted->profile)
        wanted->profile = storage_profile_new();
    return !storage || storage_profile_change(wanted->profile, storage, error);
}

/* --- rules --- */

/* All of it is a directory, or all of it is in the one store that the profile is of. */
static gboolean
check_places(const Wanted *wanted, GError **error)
{
    const StoreWarehouse *row = wanted->row;
    gboolean is_file;

    if (!row->location)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->catalog_name,
                         "A warehouse needs a location");
    is_file = warehouse_location_is_file(row->location);
    for (guint i = 0; row->allowed_prefixes && row->allowed_prefixes[i]; i++) {
        if (warehouse_location_is_file(row->allowed_prefixes[i]) != is_file)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->catalog_name,
                             "%.200s is not in the same store as the location",
                             row->allowed_prefixes[i]);
    }
    if (is_file && wanted->profile)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->catalog_name,
                         "storage is for s3: locations; a directory has none");
    if (!is_file && !wanted->profile)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, row->catalog_name,
                         "An s3: location needs storage, which says how it is reached");
    return is_file || storage_profile_check(wanted->profile, error);
}

static gboolean
same_address(const char *a, const char *b)
{
    if (!a || !b)
        return !a && !b;
    return g_ascii_strcasecmp(a, b) == 0;
}

/* By any of their addresses; what neither says is AWS's. */
static gboolean
same_store(const StorageProfile *a, const StorageProfile *b)
{
    return same_address(a->endpoint, b->endpoint) ||
           (a->endpoint_external && (same_address(a->endpoint_external, b->endpoint) ||
                                     same_address(a->endpoint_external, b->endpoint_external))) ||
           (b->endpoint_external && same_address(a->endpoint, b->endpoint_external));
}

static gboolean
fail_overlap(GError **error, const char *location, const char *other)
{
    return skep_fail(error, SKEP_ERROR_FORBIDDEN, location,
                     "%.500s overlaps the warehouse %s in the same object store: one could reach "
                     "the other's files",
                     location, other);
}

static gboolean
check_apart(const char *location, const char *root, GStrv prefixes, const char *other, GError **e)
{
    for (guint i = 0;; i++) {
        const char *theirs = i == 0 ? root : prefixes ? prefixes[i - 1] : NULL;

        if (!theirs)
            return TRUE;
        if (warehouse_location_is_under(location, theirs) ||
            warehouse_location_is_under(theirs, location))
            return fail_overlap(e, location, other);
    }
}

static gboolean
check_apart_from(const Wanted *wanted, const CatalogWarehouse *other, GError **error)
{
    const StoreWarehouse *row = wanted->row;

    if (!other->storage || strcmp(other->name, row->catalog_name) == 0 ||
        !same_store(wanted->profile, other->storage))
        return TRUE;
    for (guint i = 0;; i++) {
        const char *ours = i == 0                  ? row->location
                           : row->allowed_prefixes ? row->allowed_prefixes[i - 1]
                                                   : NULL;

        if (!ours)
            return TRUE;
        if (!check_apart(ours, other->location, other->allowed_prefixes, other->name, error))
            return FALSE;
    }
}

typedef struct {
    Catalog *catalog;
    const Wanted *wanted;
} Overlap;

/* No place of an object store is in two warehouses: each has keys of its own. */
static gboolean
is_apart_from_all(const GPtrArray *rows, gpointer data, GError **error)
{
    const Overlap *overlap = data;

    for (guint i = 0; i < rows->len; i++) {
        g_autoptr(CatalogWarehouse) other = show(overlap->catalog, rows->pdata[i], error);

        if (!other || !check_apart_from(overlap->wanted, other, error))
            return FALSE;
    }
    return TRUE;
}

/* Before anything is tried there; once more when it is stored, against whoever was faster. */
static gboolean
check_no_overlap(Catalog *catalog, const Wanted *wanted, GError **error)
{
    Overlap overlap = {catalog, wanted};
    g_autoptr(GPtrArray) rows = NULL;

    if (!wanted->profile)
        return TRUE;
    rows = store_warehouse_list(catalog->store, error);
    return rows && is_apart_from_all(rows, &overlap, error);
}

/* Puts the profile into the row: what may be read as text, and the rest sealed. */
static gboolean
seal(Catalog *catalog, Wanted *wanted, GError **error)
{
    StoreWarehouse *row = wanted->row;
    g_autoptr(cJSON) shown = NULL;
    g_autoptr(cJSON) secrets = NULL;
    char *text;

    g_clear_pointer(&row->storage_json, g_free);
    g_clear_pointer(&row->key_id, g_free);
    g_clear_pointer(&row->sealed_secrets, g_bytes_unref);
    if (!wanted->profile)
        return TRUE;
    shown = storage_profile_print(wanted->profile);
    row->storage_json = json_print_compact(shown);
    secrets = storage_profile_print_secrets(wanted->profile);
    if (!secrets)
        return TRUE;
    if (!catalog->options.secrets)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, row->catalog_name,
                         "This server keeps no secrets: it has no secrets_key_file to seal them "
                         "with. Set one (skepd secrets-key prints a key), or use the key-source "
                         "file, environment or web-identity");
    text = json_print_compact(secrets);
    row->sealed_secrets =
        secret_keys_seal(catalog->options.secrets, row->catalog_name, text, error);
    secret_text_free(text);
    row->key_id = g_strdup(secret_keys_sealing_id(catalog->options.secrets));
    return row->sealed_secrets != NULL;
}

/* The row is complete and sealed: it may be stored. */
static gboolean
settle(Catalog *catalog, Wanted *wanted, gboolean skip_check, GError **error)
{
    g_autoptr(Warehouse) opened = NULL;

    if (!check_places(wanted, error) || !check_no_overlap(catalog, wanted, error) ||
        !seal(catalog, wanted, error))
        return FALSE;
    opened = warehouses_open(catalog->warehouses, wanted->row, error);
    return opened && (skip_check || warehouse_check_all(opened, wanted->row->catalog_name, error));
}

/* --- making and changing --- */

static CatalogNamespace *
first_namespace(const CatalogCaller *caller, const StoreWarehouse *row)
{
    CatalogNamespace *first = catalog_namespace_new();

    first->name = g_strdup(CATALOG_DEFAULT_NAMESPACE);
    first->description = g_strdup_printf("Default database for catalog %s", row->catalog_name);
    first->location = warehouse_location_qualify(row->location);
    first->owner_name = g_strdup(caller && caller->user ? caller->user : g_get_user_name());
    first->owner_type = 1; /* a user */
    return first;
}

CatalogWarehouse *
catalog_warehouse_create(Catalog *catalog,
                         const CatalogCaller *caller,
                         const cJSON *wanted,
                         gboolean skip_check,
                         GError **error)
{
    g_auto(Wanted) made = {store_warehouse_new(), NULL};
    Overlap overlap = {catalog, &made};
    g_autoptr(CatalogNamespace) first = NULL;
    g_autoptr(CatalogInfo) present = NULL;
    const char *name;

    if (!json_get_string(wanted, "name", &name, error))
        return NULL;
    made.row->is_own = TRUE;
    made.row->version = 1;
    made.row->catalog_name = catalog_name_make_catalog(name, error);
    if (!made.row->catalog_name || !take_request(&made, wanted, TRUE, error) ||
        !store_catalog_find(catalog->store, made.row->catalog_name, &present, error))
        return NULL;
    if (present)
        return skep_fail_null(error, SKEP_ERROR_ALREADY_EXISTS, present->name,
                              "Catalog %s already exists", present->name);
    if (!settle(catalog, &made, skip_check, error))
        return NULL;
    first = first_namespace(caller, made.row);
    if (!store_warehouse_create(catalog->store, made.row, catalog_now_s(), first,
                                made.profile ? is_apart_from_all : NULL, &overlap, error))
        return NULL;
    warehouses_forget(catalog->warehouses, made.row->catalog_name);
    return show(catalog, made.row, error);
}

/* Secrets that cannot be opened any more are forgotten, so that they can be given again. */
static gboolean
read_profile(Catalog *catalog, Wanted *wanted, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (warehouses_read_profile(catalog->warehouses, wanted->row, &wanted->profile, &failure))
        return TRUE;
    if (!wanted->row->key_id) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    g_clear_pointer(&wanted->row->key_id, g_free);
    g_clear_pointer(&wanted->row->sealed_secrets, g_bytes_unref);
    return warehouses_read_profile(catalog->warehouses, wanted->row, &wanted->profile, error);
}

CatalogWarehouse *
catalog_warehouse_alter(
    Catalog *catalog, const char *name, const cJSON *change, gboolean skip_check, GError **error)
{
    g_auto(Wanted) changed = {find_row(catalog, name, error), NULL};
    Overlap overlap = {catalog, &changed};
    gboolean replaced;

    if (!changed.row)
        return NULL;
    if (!changed.row->is_own)
        return skep_fail_null(error, SKEP_ERROR_INVALID_OPERATION, changed.row->catalog_name,
                              "Catalog %s uses the warehouse of the server's settings, which is "
                              "changed there",
                              changed.row->catalog_name);
    if (!read_profile(catalog, &changed, error) || !take_request(&changed, change, FALSE, error) ||
        !settle(catalog, &changed, skip_check, error) ||
        !store_warehouse_replace(catalog->store, changed.row,
                                 changed.profile ? is_apart_from_all : NULL, &overlap, &replaced,
                                 error))
        return NULL;
    if (!replaced)
        return skep_fail_null(error, SKEP_ERROR_COMMIT_CONFLICT, changed.row->catalog_name,
                              "Warehouse %s was changed by somebody else at the same time",
                              changed.row->catalog_name);
    warehouses_forget(catalog->warehouses, changed.row->catalog_name);
    changed.row->version++;
    return show(catalog, changed.row, error);
}

GPtrArray *
catalog_warehouse_check(Catalog *catalog, const char *name, GError **error)
{
    g_autoptr(StoreWarehouse) row = find_row(catalog, name, error);
    g_autoptr(Warehouse) warehouse = NULL;

    if (!row)
        return NULL;
    warehouse = catalog_warehouse(catalog, row->catalog_name, error);
    return warehouse ? warehouse_check_steps(warehouse) : NULL;
}
