/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: an HMS database is a top-level one. Defaults, places and properties; drops are
 * in namespace_drop.c. Callers: both doors. */
#include "catalog_private.h"

#include <string.h>

#include "skep/store_namespace.h"

#include "namespace_write.h"
#include "warehouses.h"

#include "keyed.h"

#define OWNER_USER 1

/* A change is worked out from the row that was read; when somebody else changes it meanwhile, it is
 * worked out again. */
#define CHANGE_ATTEMPTS_MAX 20

/* --- making --- */

/* The keys of REST properties that are members of the record. */
static const char *const member_keys[] = {"location", "comment", "owner"};

/* The record's member behind a REST property; NULL when the key is an ordinary property. */
static char **
property_member(CatalogNamespace *namespace_, const char *key)
{
    char **members[] = {&namespace_->location, &namespace_->description, &namespace_->owner_name};

    for (gsize i = 0; i < G_N_ELEMENTS(member_keys); i++) {
        if (strcmp(key, member_keys[i]) == 0)
            return members[i];
    }
    return NULL;
}

/* Members that came as properties alone. The properties stay as they were sent: an HMS client finds
 * its parameters again, and Iceberg's Hive catalog keeps an "owner" of its own there. */
static void
lift_members(CatalogNamespace *namespace_)
{
    for (gsize i = 0; i < G_N_ELEMENTS(member_keys); i++) {
        const char *value = catalog_map_get(namespace_->properties, member_keys[i]);
        char **member = property_member(namespace_, member_keys[i]);

        if (value && !*member)
            *member = g_strdup(value);
    }
}

static gboolean
check_text(const char *what, const char *text, GError **error)
{
    if (text && !g_utf8_validate(text, -1, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "The %s is not valid UTF-8",
                         what);
    return TRUE;
}

static char *
trim_slashes(const char *location)
{
    gsize length = strlen(location);

    while (length > 1 && location[length - 1] == '/')
        length--;
    return g_strndup(location, length);
}

/* Where a catalog's namespaces go: for the default one external data's root, for any other its own
 * place. Transfer full. */
static char *
catalog_home(Catalog *catalog, const char *catalog_name, GError **error)
{
    g_autoptr(CatalogInfo) info = NULL;

    if (strcmp(catalog_name, CATALOG_DEFAULT_NAME) == 0)
        return g_strdup(warehouse_external_root(catalog->home));
    info = catalog_info_find(catalog, catalog_name, error);
    if (!info)
        return NULL;
    if (!info->location || *info->location == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, catalog_name,
                              "Catalog %s has no location", catalog_name);
    return warehouse_location_qualify(info->location);
}

static char *
default_location(Catalog *catalog, const CatalogNamespace *namespace_, GError **error)
{
    g_autofree char *home = catalog_home(catalog, namespace_->catalog, error);
    g_autofree char *trimmed = home ? trim_slashes(home) : NULL;

    return trimmed ? warehouse_namespace_location(trimmed, namespace_->name) : NULL;
}

/* Both places are given, or the default one, and allowed. */
static gboolean
settle_locations(Catalog *catalog, CatalogNamespace *namespace_, GError **error)
{
    char *location = namespace_->location && *namespace_->location
                         ? trim_slashes(namespace_->location)
                         : default_location(catalog, namespace_, error);

    if (!location)
        return FALSE;
    g_free(namespace_->location);
    namespace_->location = location;
    if (namespace_->managed_location && *namespace_->managed_location == '\0')
        g_clear_pointer(&namespace_->managed_location, g_free);
    return catalog_place_check(catalog, namespace_->catalog, namespace_->location, error) &&
           (!namespace_->managed_location ||
            catalog_place_check(catalog, namespace_->catalog, namespace_->managed_location, error));
}

/* Whether managed and external data have roots of their own: in the default catalog, where the
 * warehouse has two. */
static gboolean
has_two_roots(Catalog *catalog, const CatalogNamespace *namespace_)
{
    return strcmp(namespace_->catalog, CATALOG_DEFAULT_NAME) == 0 &&
           !warehouse_location_equal(warehouse_root(catalog->home),
                                     warehouse_external_root(catalog->home));
}

char *
catalog_namespace_managed_root(Catalog *catalog, const CatalogNamespace *namespace_)
{
    if (namespace_->managed_location)
        return g_strdup(namespace_->managed_location);
    if (has_two_roots(catalog, namespace_))
        return warehouse_namespace_location(warehouse_root(catalog->home), namespace_->name);
    return g_strdup(namespace_->location);
}

char *
catalog_namespace_external_root(Catalog *catalog, const CatalogNamespace *namespace_)
{
    if (has_two_roots(catalog, namespace_) &&
        warehouse_location_is_under(namespace_->location, warehouse_root(catalog->home)) &&
        !warehouse_location_is_under(namespace_->location, warehouse_external_root(catalog->home)))
        return warehouse_namespace_location(warehouse_external_root(catalog->home),
                                            namespace_->name);
    return g_strdup(namespace_->location);
}

static void
settle_owner(const CatalogCaller *caller, CatalogNamespace *namespace_)
{
    if (!namespace_->owner_name) {
        namespace_->owner_name =
            g_strdup(caller && caller->user ? caller->user : g_get_user_name());
        namespace_->owner_type = OWNER_USER;
    }
    if (namespace_->owner_type == 0)
        namespace_->owner_type = OWNER_USER;
}

static CatalogNamespace *
complete_wanted(Catalog *catalog,
                const CatalogCaller *caller,
                const CatalogNamespace *wanted,
                GError **error)
{
    g_autoptr(CatalogNamespace) made = catalog_namespace_copy(wanted);
    char *catalog_name = catalog_name_fold_catalog(wanted->catalog, error);
    char *name = catalog_name ? catalog_name_make_namespace(wanted->name, error) : NULL;

    if (!name) {
        g_free(catalog_name);
        return NULL;
    }
    g_free(made->catalog);
    g_free(made->name);
    made->catalog = catalog_name;
    made->name = name;
    lift_members(made);
    if (!check_text("description", made->description, error) ||
        !check_text("owner", made->owner_name, error) || !settle_locations(catalog, made, error))
        return NULL;
    settle_owner(caller, made);
    made->create_time_s = catalog_now_s();
    made->version = 1;
    return g_steal_pointer(&made);
}

static gboolean
fail_exists(GError **error, const char *name)
{
    g_autofree char *dotted = catalog_name_dotted(name, NULL);

    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, dotted, "Namespace already exists: %s",
                     dotted);
}

/* Looked at before a directory is made for nothing; the statement that stores it decides. */
static gboolean
check_place_free(Catalog *catalog, const CatalogNamespace *made, const char *parent, GError **error)
{
    g_autoptr(CatalogNamespace) present = NULL;
    g_autoptr(CatalogNamespace) above = NULL;

    if (!store_namespace_find(catalog->store, made->catalog, made->name, &present, error))
        return FALSE;
    if (present)
        return fail_exists(error, made->name);
    if (!parent)
        return TRUE;
    if (!store_namespace_find(catalog->store, made->catalog, parent, &above, error))
        return FALSE;
    return above || catalog_fail_no_namespace(error, parent);
}

static gboolean
make_directories(Catalog *catalog, const CatalogNamespace *made, GError **error)
{
    g_autofree char *managed = catalog_namespace_managed_root(catalog, made);

    return catalog_directory_make(catalog, made->catalog, made->location, TRUE, error) &&
           catalog_directory_make(catalog, made->catalog, managed, TRUE, error);
}

CatalogNamespace *
catalog_namespace_create(Catalog *catalog,
                         const CatalogCaller *caller,
                         const CatalogNamespace *wanted,
                         GError **error)
{
    g_autoptr(CatalogNamespace) made = complete_wanted(catalog, caller, wanted, error);
    g_autofree char *parent = made ? catalog_name_parent(made->name) : NULL;
    g_autoptr(GError) failure = NULL;
    SkepError fact;

    if (!made || !check_place_free(catalog, made, parent, error) ||
        !make_directories(catalog, made, error))
        return NULL;
    catalog_keyed_tell(catalog, made);
    if (catalog_namespace_write_new(catalog, made, parent, &failure))
        return g_steal_pointer(&made);
    fact = skep_error_fact(failure);
    if (fact == SKEP_ERROR_ALREADY_EXISTS) {
        fail_exists(error, made->name);
        return NULL;
    }
    if (fact != SKEP_ERROR_COMMIT_STATE_UNKNOWN && fact != SKEP_ERROR_KEY_TAKEN)
        catalog_directory_remove_empty(catalog, made->catalog, made->location, NULL);
    if (fact == SKEP_ERROR_NO_SUCH_NAMESPACE)
        catalog_fail_no_namespace(error, parent);
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}

/* --- reading --- */

static CatalogNamespace *
find_folded(Catalog *catalog, const char *catalog_name, const char *name, GError **error)
{
    CatalogNamespace *found;

    if (!store_namespace_find(catalog->store, catalog_name, name, &found, error))
        return NULL;
    if (!found)
        catalog_fail_no_namespace(error, name);
    return found;
}

CatalogNamespace *
catalog_namespace_find(Catalog *catalog, const char *catalog_name, const char *name, GError **error)
{
    g_autofree char *folded_catalog = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *folded = folded_catalog ? catalog_name_fold(name, error) : NULL;

    return folded ? find_folded(catalog, folded_catalog, folded, error) : NULL;
}

static GPtrArray *
list_records(const GPtrArray *names, const char *catalog_name)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_namespace_free);

    for (guint i = 0; i < names->len; i++) {
        CatalogNamespace *namespace_ = catalog_namespace_new();

        namespace_->catalog = g_strdup(catalog_name);
        namespace_->name = g_strdup(names->pdata[i]);
        g_ptr_array_add(list, namespace_);
    }
    return list;
}

/* An empty answer means nothing when that which was asked is not there. */
static gboolean
check_listed(Catalog *catalog, const StoreNamespaceList *query, GError **error)
{
    g_autoptr(CatalogInfo) info = NULL;
    g_autoptr(CatalogNamespace) parent = NULL;

    if (query->parent_name) {
        parent = find_folded(catalog, query->catalog_name, query->parent_name, error);
        return parent != NULL;
    }
    info = catalog_info_find(catalog, query->catalog_name, error);
    return info != NULL;
}

GPtrArray *
catalog_namespace_list(Catalog *catalog,
                       const char *catalog_name,
                       const char *parent,
                       const CatalogPage *page,
                       char **out_next_token,
                       GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *folded_parent = NULL;
    g_autofree char *after = NULL;
    g_autoptr(GPtrArray) names = NULL;
    StoreNamespaceList query = {.catalog_name = folded, .limit = catalog_page_limit(page)};

    if (!folded || !catalog_page_decode(page, &after, error))
        return NULL;
    if (parent && *parent) {
        folded_parent = catalog_name_fold(parent, error);
        if (!folded_parent)
            return NULL;
    }
    query.parent_name = folded_parent;
    query.after = after;
    names = store_namespace_list(catalog->store, &query, error);
    if (!names || (names->len == 0 && !check_listed(catalog, &query, error)))
        return NULL;
    catalog_page_finish(page, names, out_next_token);
    return list_records(names, folded);
}

GPtrArray *
catalog_namespace_match(Catalog *catalog,
                        const char *catalog_name,
                        const char *pattern,
                        GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *regex = NULL;
    StoreNamespaceList query = {.catalog_name = folded};

    if (!folded || !catalog_pattern_to_regex(pattern, &regex, error))
        return NULL;
    query.name_regex = regex;
    return store_namespace_list(catalog->store, &query, error);
}

/* --- changing --- */

/* Turns a copy of what is stored into what shall be stored. */
typedef gboolean (*NamespaceChangeFunc)(Catalog *catalog,
                                        CatalogNamespace *changed,
                                        gpointer data,
                                        GError **error);

static gboolean
change_namespace(Catalog *catalog,
                 const char *catalog_name,
                 const char *name,
                 NamespaceChangeFunc change,
                 gpointer data,
                 GError **error)
{
    for (int attempt = 0; attempt < CHANGE_ATTEMPTS_MAX; attempt++) {
        g_autoptr(CatalogNamespace) before =
            catalog_namespace_find(catalog, catalog_name, name, error);
        g_autoptr(CatalogNamespace) after = catalog_namespace_copy(before);
        gboolean replaced;

        if (!before || !change(catalog, after, data, error) ||
            !catalog_namespace_write_changed(catalog, before, after, &replaced, error))
            return FALSE;
        if (replaced)
            return TRUE;
    }
    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, name,
                     "Namespace %s is being changed by others all the time; try again", name);
}

static void
replace_text(char **member, const char *text)
{
    char *copy = g_strdup(text);

    g_free(*member);
    *member = copy;
}

static gboolean
alter_to_wanted(Catalog *catalog, CatalogNamespace *changed, gpointer data, GError **error)
{
    const CatalogNamespace *wanted = data;

    if (!check_text("description", wanted->description, error) ||
        !check_text("owner", wanted->owner_name, error))
        return FALSE;
    if (wanted->description)
        replace_text(&changed->description, wanted->description);
    g_hash_table_unref(changed->properties);
    changed->properties = catalog_map_copy(wanted->properties);
    replace_text(&changed->owner_name, wanted->owner_name);
    if (wanted->owner_type)
        changed->owner_type = wanted->owner_type;
    if (wanted->location && *wanted->location)
        replace_text(&changed->location, wanted->location);
    if (wanted->managed_location && *wanted->managed_location)
        replace_text(&changed->managed_location, wanted->managed_location);
    return settle_locations(catalog, changed, error);
}

gboolean
catalog_namespace_alter(Catalog *catalog,
                        const char *catalog_name,
                        const char *name,
                        const CatalogNamespace *wanted,
                        GError **error)
{
    return change_namespace(catalog, catalog_name, name, alter_to_wanted, (gpointer)wanted, error);
}

void
catalog_properties_change_clear(CatalogPropertiesChange *change)
{
    g_clear_pointer(&change->updated, g_ptr_array_unref);
    g_clear_pointer(&change->removed, g_ptr_array_unref);
    g_clear_pointer(&change->missing, g_ptr_array_unref);
}

typedef struct {
    const GPtrArray *removals;
    const GHashTable *updates;
    CatalogPropertiesChange change;
} PropertiesUpdate;

static void
remove_property(CatalogNamespace *changed, const char *key, CatalogPropertiesChange *change)
{
    char **member = property_member(changed, key);
    gboolean was_there = member ? *member != NULL : g_hash_table_contains(changed->properties, key);

    if (member)
        g_clear_pointer(member, g_free);
    g_hash_table_remove(changed->properties, key);
    g_ptr_array_add(was_there ? change->removed : change->missing, g_strdup(key));
}

static void
set_property(CatalogNamespace *changed, const char *key, const char *value)
{
    char **member = property_member(changed, key);

    if (!member) {
        catalog_map_set(changed->properties, key, value);
        return;
    }
    replace_text(member, value);
    g_hash_table_remove(changed->properties, key);
}

static gboolean
update_properties(Catalog *catalog, CatalogNamespace *changed, gpointer data, GError **error)
{
    PropertiesUpdate *update = data;
    GHashTableIter iter;
    gpointer key, value;

    catalog_properties_change_clear(&update->change);
    update->change = (CatalogPropertiesChange){catalog_strings_new(), catalog_strings_new(),
                                               catalog_strings_new()};
    for (guint i = 0; update->removals && i < update->removals->len; i++)
        remove_property(changed, update->removals->pdata[i], &update->change);
    if (update->updates) {
        g_hash_table_iter_init(&iter, (GHashTable *)update->updates);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            set_property(changed, key, value);
            g_ptr_array_add(update->change.updated, g_strdup(key));
        }
    }
    if (!settle_locations(catalog, changed, error))
        return FALSE;
    catalog_keyed_tell(catalog, &update->change);
    return TRUE;
}

gboolean
catalog_namespace_update_properties(Catalog *catalog,
                                    const char *catalog_name,
                                    const char *name,
                                    const GPtrArray *removals,
                                    const GHashTable *updates,
                                    CatalogPropertiesChange *out_change,
                                    GError **error)
{
    PropertiesUpdate update = {.removals = removals, .updates = updates};

    for (guint i = 0; removals && updates && i < removals->len; i++) {
        const char *key = removals->pdata[i];

        if (g_hash_table_contains((GHashTable *)updates, key))
            return skep_fail(error, SKEP_ERROR_UNPROCESSABLE, name,
                             "Property %.200s is to be set and removed at once", key);
    }
    if (!change_namespace(catalog, catalog_name, name, update_properties, &update, error)) {
        catalog_properties_change_clear(&update.change);
        return FALSE;
    }
    *out_change = update.change;
    return TRUE;
}

GHashTable *
catalog_namespace_properties(const CatalogNamespace *namespace_)
{
    const char *members[] = {namespace_->location, namespace_->description, namespace_->owner_name};
    GHashTable *properties = catalog_map_copy(namespace_->properties);

    for (gsize i = 0; i < G_N_ELEMENTS(member_keys); i++) {
        if (members[i])
            catalog_map_set(properties, member_keys[i], members[i]);
    }
    return properties;
}
