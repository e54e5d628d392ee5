/* SPDX-License-Identifier: Apache-2.0 */
/* Functions: what a good one is, and where it is kept. What it does, only engines know. Caller: the
 * Thrift door. */
#include "skep/catalog_function.h"

#include "catalog_private.h"
#include "skep/store_function.h"

static gboolean
check_name(const char *name, GError **error)
{
    for (const char *c = name; *c; c++) {
        if (!g_ascii_isalnum(*c) && *c != '_')
            return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                             "%.100s is not a valid object name", name);
    }
    return *name || skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                              "The empty name is not a valid object name");
}

static gboolean
check_texts(const CatalogFunction *wanted, GError **error)
{
    gboolean valid = g_utf8_validate(wanted->class_name, -1, NULL) &&
                     (!wanted->owner_name || g_utf8_validate(wanted->owner_name, -1, NULL));

    for (guint i = 0; valid && i < wanted->resources->len; i++) {
        const CatalogResource *resource = wanted->resources->pdata[i];

        valid = !resource->uri || g_utf8_validate(resource->uri, -1, NULL);
    }
    return valid || skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A text of the function is not valid UTF-8");
}

/* The function as it is to be stored. catalog_name: where it belongs, folded already. */
static CatalogFunction *
settle_wanted(const CatalogFunction *wanted, const char *catalog_name, GError **error)
{
    g_autofree char *namespace_name = NULL;
    g_autofree char *name = NULL;
    CatalogFunction *made;

    if (!wanted->class_name)
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                              "Function class name cannot be null");
    namespace_name = catalog_name_fold(wanted->namespace_name, error);
    name = namespace_name ? catalog_name_fold(wanted->name, error) : NULL;
    if (!name || !check_name(name, error) || !check_texts(wanted, error))
        return NULL;
    made = catalog_function_copy(wanted);
    g_free(made->catalog);
    g_free(made->namespace_name);
    g_free(made->name);
    made->catalog = g_strdup(catalog_name);
    made->namespace_name = g_steal_pointer(&namespace_name);
    made->name = g_steal_pointer(&name);
    return made;
}

/* What the store said, in words with the client's own spelling. Takes `failure`. */
static gboolean
fail_stored(GError **error, GError *failure, const CatalogFunction *wanted)
{
    SkepError fact = skep_error_fact(failure);

    if (fact == SKEP_ERROR_ALREADY_EXISTS)
        skep_fail(error, fact, wanted->name, "Function %s already exists", wanted->name);
    else if (fact == SKEP_ERROR_NO_SUCH_NAMESPACE)
        catalog_fail_no_namespace(error, wanted->namespace_name);
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    g_clear_error(&failure);
    return FALSE;
}

gboolean
catalog_function_create(Catalog *catalog, const CatalogFunction *wanted, GError **error)
{
    g_autofree char *catalog_name = catalog_name_fold_catalog(wanted->catalog, error);
    g_autoptr(CatalogFunction) made =
        catalog_name ? settle_wanted(wanted, catalog_name, error) : NULL;
    GError *failure = NULL;

    if (!made)
        return FALSE;
    made->create_time_s = catalog_now_s();
    return store_function_create(catalog->store, made, &failure) ||
           fail_stored(error, failure, wanted);
}

static gboolean
fail_no_function(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, name, "Function %s does not exist", name);
}

CatalogFunction *
catalog_function_find(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *name,
                      GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *dotted = NULL;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    StoreFunctionList query = {.catalog_name = folded.catalog,
                               .namespace_name = folded.namespace_name,
                               .name = folded.table};
    found = store_function_list(catalog->store, &query, error);
    if (!found)
        return NULL;
    if (found->len > 0)
        return g_ptr_array_steal_index(found, 0);
    dotted = catalog_name_dotted(namespace_name, name);
    fail_no_function(error, dotted);
    return NULL;
}

GPtrArray *
catalog_function_list(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *pattern,
                      GError **error)
{
    g_autofree char *folded_catalog = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *folded_namespace = NULL;
    g_autofree char *regex = NULL;

    if (!folded_catalog || !catalog_pattern_to_regex(pattern, &regex, error))
        return NULL;
    if (namespace_name) {
        folded_namespace = catalog_name_fold(namespace_name, error);
        if (!folded_namespace)
            return NULL;
    }
    StoreFunctionList query = {
        .catalog_name = folded_catalog, .namespace_name = folded_namespace, .name_regex = regex};
    return store_function_list(catalog->store, &query, error);
}

gboolean
catalog_function_alter(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       const CatalogFunction *wanted,
                       GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autoptr(CatalogFunction) after = NULL;
    GError *failure = NULL;
    gboolean replaced;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return FALSE;
    after = settle_wanted(wanted, folded.catalog, error);
    if (!after)
        return FALSE;
    if (!store_function_replace(catalog->store, folded.namespace_name, folded.table, after,
                                &replaced, &failure))
        return fail_stored(error, failure, wanted);
    return replaced || fail_no_function(error, name);
}

gboolean
catalog_function_drop(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *name,
                      GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    gboolean dropped;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !store_function_drop(catalog->store, folded.catalog, folded.namespace_name, folded.table,
                             &dropped, error))
        return FALSE;
    return dropped || fail_no_function(error, name);
}
