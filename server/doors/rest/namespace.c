/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: one function for each operation of the specification, from request to one catalog
 * call to reply. No rule is decided here. Caller: the table of routes. */
#include "rest_private.h"

#include <string.h>

gboolean
rest_namespace_list(RestRequest *request, GError **error)
{
    CatalogPage page;
    if (!rest_request_page(request, &page, error))
        return FALSE;
    const char *parent = rest_request_parameter(request, "parent");
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) namespaces =
        catalog_namespace_list(request->catalog, request->places.prefix,
                               parent && *parent ? parent : NULL, &page, &next_token, error);
    if (!namespaces)
        return FALSE;
    GString *body = g_string_new("{\"namespaces\":[");
    for (guint i = 0; i < namespaces->len; i++) {
        const CatalogNamespace *namespace_ = g_ptr_array_index(namespaces, i);
        if (i > 0)
            g_string_append_c(body, ',');
        rest_encode_namespace(body, namespace_->name);
    }
    rest_encode_page_end(body, next_token);
    rest_reply_json(request, 200, body);
    return TRUE;
}

static GString *
namespace_print(const CatalogNamespace *namespace_)
{
    g_autoptr(GHashTable) properties = catalog_namespace_properties(namespace_);
    GString *body = g_string_new("{\"namespace\":");
    rest_encode_namespace(body, namespace_->name);
    g_string_append(body, ",\"properties\":");
    rest_encode_string_map(body, properties);
    g_string_append_c(body, '}');
    return body;
}

char *
rest_namespace_print(gconstpointer made)
{
    return g_string_free(namespace_print(made), FALSE);
}

/* Properties as a client sends them become a record: the inverse of catalog_namespace_properties.
 */
static void
namespace_take_properties(CatalogNamespace *namespace_, const cJSON *properties)
{
    const struct {
        const char *key;
        char **slot;
    } members[] = {
        {"location", &namespace_->location   },
        {"comment",  &namespace_->description},
        {"owner",    &namespace_->owner_name },
    };
    const cJSON *property = NULL;
    cJSON_ArrayForEach(property, properties)
    {
        char **slot = NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
            if (!strcmp(property->string, members[i].key))
                slot = members[i].slot;
        if (!slot)
            catalog_map_set(namespace_->properties, property->string, property->valuestring);
        else
            *slot = g_strdup(property->valuestring);
    }
}

gboolean
rest_namespace_create(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    if (!body)
        return FALSE;
    g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();
    cJSON *properties = NULL;
    wanted->catalog = g_strdup(request->places.prefix);
    wanted->name = rest_decode_namespace(body, "namespace", error);
    if (!wanted->name || !json_get_optional_string_map(body, "properties", &properties, error))
        return FALSE;
    if (properties)
        namespace_take_properties(wanted, properties);
    g_autoptr(CatalogNamespace) created =
        catalog_namespace_create(request->catalog, &request->caller, wanted, error);
    if (!created)
        return FALSE;
    rest_reply_json(request, 200, namespace_print(created));
    return TRUE;
}

static CatalogNamespace *
namespace_find(RestRequest *request, GError **error)
{
    const char *name = rest_request_namespace(request, error);
    return name ? catalog_namespace_find(request->catalog, request->places.prefix, name, error)
                : NULL;
}

gboolean
rest_namespace_load(RestRequest *request, GError **error)
{
    g_autoptr(CatalogNamespace) found = namespace_find(request, error);
    if (!found)
        return FALSE;
    rest_reply_json(request, 200, namespace_print(found));
    return TRUE;
}

gboolean
rest_namespace_exists(RestRequest *request, GError **error)
{
    g_autoptr(CatalogNamespace) found = namespace_find(request, error);
    if (!found)
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_namespace_drop(RestRequest *request, GError **error)
{
    const char *name = rest_request_namespace(request, error);
    /* Never the data: files of tables that were dropped without a purge may still lie there. */
    if (!name || !catalog_namespace_drop(request->catalog, request->places.prefix, name, FALSE,
                                         FALSE, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

static GPtrArray *
namespace_decode_removals(const cJSON *body, GError **error)
{
    g_autoptr(GPtrArray) removals = catalog_strings_new();
    cJSON *list = NULL;
    if (json_find_present(body, "removals") &&
        !json_get_string_array(body, "removals", &list, error))
        return NULL;
    const cJSON *key = NULL;
    cJSON_ArrayForEach(key, list) g_ptr_array_add(removals, g_strdup(key->valuestring));
    return g_steal_pointer(&removals);
}

static GHashTable *
namespace_decode_updates(const cJSON *body, GError **error)
{
    cJSON *map = NULL;
    if (!json_get_optional_string_map(body, "updates", &map, error))
        return NULL;
    GHashTable *updates = catalog_map_new();
    const cJSON *property = NULL;
    cJSON_ArrayForEach(property, map)
        catalog_map_set(updates, property->string, property->valuestring);
    return updates;
}

static GString *
namespace_print_change(const CatalogPropertiesChange *change)
{
    GString *body = g_string_new("{\"updated\":");
    rest_encode_string_list(body, change->updated);
    g_string_append(body, ",\"removed\":");
    rest_encode_string_list(body, change->removed);
    g_string_append(body, ",\"missing\":");
    rest_encode_string_list(body, change->missing);
    g_string_append_c(body, '}');
    return body;
}

char *
rest_namespace_print_change(gconstpointer made)
{
    return g_string_free(namespace_print_change(made), FALSE);
}

gboolean
rest_namespace_update_properties(RestRequest *request, GError **error)
{
    const char *name = rest_request_namespace(request, error);
    if (!name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    if (!body)
        return FALSE;
    g_autoptr(GPtrArray) removals = namespace_decode_removals(body, error);
    if (!removals)
        return FALSE;
    g_autoptr(GHashTable) updates = namespace_decode_updates(body, error);
    if (!updates)
        return FALSE;
    CatalogPropertiesChange change = {NULL, NULL, NULL};
    if (!catalog_namespace_update_properties(request->catalog, request->places.prefix, name,
                                             removals, updates, &change, error))
        return FALSE;
    rest_reply_json(request, 200, namespace_print_change(&change));
    catalog_properties_change_clear(&change);
    return TRUE;
}
