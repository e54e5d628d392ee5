/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of namespaces with a known outcome. See namespace_write.h. */
#include "namespace_write.h"

#include "skep/store_namespace.h"

#include "outcome.h"

/* Whether what is stored is what a change of ours would have left. */
static gboolean
is_as_written(const CatalogNamespace *found, const CatalogNamespace *written)
{
    return g_strcmp0(found->description, written->description) == 0 &&
           g_strcmp0(found->location, written->location) == 0 &&
           g_strcmp0(found->managed_location, written->managed_location) == 0 &&
           g_strcmp0(found->owner_name, written->owner_name) == 0 &&
           found->create_time_s == written->create_time_s &&
           catalog_map_equal(found->properties, written->properties);
}

typedef struct {
    CatalogNamespace *made;
    const char *parent;
} Creation;

/* The same statement. A namespace that is there as it was to be, and has not changed since, is
 * taken for the one that this request made: nothing else tells the two apart. */
static gboolean
create_again(Catalog *catalog, gpointer data, GError **error)
{
    Creation *creation = data;
    CatalogNamespace *made = creation->made;
    g_autoptr(CatalogNamespace) found = NULL;
    g_autoptr(GError) failure = NULL;

    if (store_namespace_create(catalog->store, made, creation->parent, &made->id, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS ||
        skep_error_fact(failure) == SKEP_ERROR_KEY_TAKEN) {
        if (!store_namespace_find(catalog->store, made->catalog, made->name, &found, error))
            return FALSE;
        if (found && found->version == 1 && is_as_written(found, made)) {
            made->id = found->id;
            return TRUE;
        }
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
catalog_namespace_write_new(Catalog *catalog,
                            CatalogNamespace *made,
                            const char *parent,
                            GError **error)
{
    Creation creation = {made, parent};
    GError *failure = NULL;

    if (store_namespace_create(catalog->store, made, parent, &made->id, &failure) ||
        catalog_outcome_settle(catalog, create_again, &creation, &failure))
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

typedef struct {
    const CatalogNamespace *before;
    const CatalogNamespace *after;
    gboolean replaced;
} Replacement;

/* The same statement, which takes effect once at most because its version is gone then. */
static gboolean
replace_again(Catalog *catalog, gpointer data, GError **error)
{
    Replacement *replacement = data;
    const CatalogNamespace *before = replacement->before;
    g_autoptr(CatalogNamespace) found = NULL;
    g_autoptr(GError) failure = NULL;

    if (store_namespace_replace(catalog->store, before, replacement->after, &replacement->replaced,
                                &failure)) {
        if (replacement->replaced)
            return TRUE;
    } else if (skep_error_fact(failure) != SKEP_ERROR_KEY_TAKEN) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!store_namespace_find(catalog->store, before->catalog, before->name, &found, error))
        return FALSE;
    if (found && found->id == before->id && found->version > before->version + 1)
        return skep_fail(error, SKEP_ERROR_INTERNAL, before->name,
                         "The connection to PostgreSQL broke while namespace %s was changed, and "
                         "others have changed it since; the change may or may not have been made",
                         before->name);
    replacement->replaced =
        found && found->id == before->id && is_as_written(found, replacement->after);
    return TRUE;
}

gboolean
catalog_namespace_write_changed(Catalog *catalog,
                                const CatalogNamespace *before,
                                const CatalogNamespace *after,
                                gboolean *out_replaced,
                                GError **error)
{
    Replacement replacement = {before, after, FALSE};
    GError *failure = NULL;

    if (store_namespace_replace(catalog->store, before, after, out_replaced, &failure))
        return TRUE;
    if (catalog_outcome_settle(catalog, replace_again, &replacement, &failure)) {
        *out_replaced = replacement.replaced;
        return TRUE;
    }
    g_propagate_error(error, failure);
    return FALSE;
}
