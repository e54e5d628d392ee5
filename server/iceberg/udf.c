/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of a user-defined function, checked by the UDF format's rules (version 1) before it is
 * kept: ids, types, versions and their SQL. Callers: server/catalog/udf.c, tests. */
#include "iceberg_private.h"

#include <string.h>

typedef gboolean (*EachFunc)(const cJSON *object, gpointer data, GError **error);

/* Every element of a member is an object that `check` takes. */
static gboolean
each_object(const cJSON *owner, const char *key, EachFunc check, gpointer data, GError **error)
{
    cJSON *list = NULL;
    const cJSON *element;

    if (!json_get_array(owner, key, &list, error))
        return FALSE;
    cJSON_ArrayForEach(element, list)
    {
        if (!json_is_object(element))
            return iceberg_invalid(error, "Member %s must be an array of objects", key);
        if (!check(element, data, error))
            return FALSE;
    }
    return TRUE;
}

/* --- types --- */

static gboolean type_check(const cJSON *owner, const char *key, GError **error);

static gboolean
field_check(const cJSON *field, gpointer data, GError **error)
{
    const char *name = NULL;

    (void)data;
    return json_get_string(field, "name", &name, error) && type_check(field, "type", error);
}

/* A type's text, or an object that is a list, a map or a struct. */
static gboolean
type_check(const cJSON *owner, const char *key, GError **error)
{
    const cJSON *type = json_find_present(owner, key);
    const char *kind = NULL;

    if (json_is_string(type)) {
        if (*type->valuestring == '\0' || strpbrk(type->valuestring, " \t\n\r\"'`"))
            return iceberg_invalid(error, "Member %s: a type has no spaces and no quotes", key);
        return TRUE;
    }
    if (!json_is_object(type))
        return iceberg_invalid(error, "Member %s must be a type", key);
    if (!json_get_string(type, "type", &kind, error))
        return FALSE;
    if (strcmp(kind, "list") == 0)
        return type_check(type, "element", error);
    if (strcmp(kind, "map") == 0)
        return type_check(type, "key", error) && type_check(type, "value", error);
    if (strcmp(kind, "struct") == 0)
        return each_object(type, "fields", field_check, NULL, error);
    return iceberg_invalid(error, "Member %s: %s is not a nested type", key, kind);
}

static gboolean
is_struct(const cJSON *type)
{
    const char *kind = NULL;

    return json_is_object(type) && json_get_string(type, "type", &kind, NULL) &&
           strcmp(kind, "struct") == 0;
}

/* --- versions --- */

static gboolean
representation_check(const cJSON *representation, gpointer dialects, GError **error)
{
    const char *type = NULL, *sql = NULL, *dialect = NULL;

    if (!json_get_string(representation, "type", &type, error))
        return FALSE;
    if (strcmp(type, "sql") != 0)
        return TRUE;
    if (!json_get_string(representation, "sql", &sql, error) ||
        !json_get_string(representation, "dialect", &dialect, error))
        return FALSE;
    return g_hash_table_add(dialects, g_ascii_strdown(dialect, -1)) ||
           iceberg_invalid(error, "Dialect %s is there twice in one version", dialect);
}

static gboolean
version_check(const cJSON *version, gpointer ids, GError **error)
{
    g_autoptr(GHashTable) dialects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *on_null = NULL;
    gboolean deterministic;
    gint64 timestamp_ms;
    gint32 id = 0;

    if (!json_get_int32(version, "version-id", &id, error) ||
        !json_get_int64(version, "timestamp-ms", &timestamp_ms, error) ||
        !json_get_optional_bool(version, "deterministic", &deterministic, error) ||
        !json_get_optional_string(version, "on-null-input", &on_null, error) ||
        !each_object(version, "representations", representation_check, dialects, error))
        return FALSE;
    if (on_null && strcmp(on_null, "return-null") != 0 && strcmp(on_null, "call") != 0)
        return iceberg_invalid(error, "Member on-null-input must be return-null or call");
    return g_hash_table_add(ids, GINT_TO_POINTER(id)) ||
           iceberg_invalid(error, "Version %d is there twice in one definition", id);
}

/* --- definitions --- */

/* Names of definitions, of which no two may be equal. */
typedef struct {
    GHashTable *ids;
    GHashTable *specific_names;
} Names;

static gboolean
function_type_check(const cJSON *definition, GError **error)
{
    const char *type = NULL;

    if (!json_get_string(definition, "function-type", &type, error))
        return FALSE;
    if (strcmp(type, "udf") == 0)
        return TRUE;
    if (strcmp(type, "udtf") != 0)
        return iceberg_invalid(error, "Member function-type must be udf or udtf");
    return is_struct(json_find_present(definition, "return-type")) ||
           iceberg_invalid(error, "A udtf must return a struct");
}

static gboolean
definition_check(const cJSON *definition, gpointer data, GError **error)
{
    g_autoptr(GHashTable) versions = g_hash_table_new(NULL, NULL);
    const Names *names = data;
    const char *id = NULL, *specific_name = NULL;
    gint32 current = 0;

    if (!json_get_string(definition, "definition-id", &id, error) ||
        !json_get_optional_string(definition, "specific-name", &specific_name, error) ||
        !each_object(definition, "parameters", field_check, NULL, error) ||
        !type_check(definition, "return-type", error) || !function_type_check(definition, error) ||
        !each_object(definition, "versions", version_check, versions, error) ||
        !json_get_int32(definition, "current-version-id", &current, error))
        return FALSE;
    if (!g_hash_table_contains(versions, GINT_TO_POINTER(current)))
        return iceberg_invalid(error, "Definition %s has no version %d", id, current);
    if (!g_hash_table_add(names->ids, (gpointer)id))
        return iceberg_invalid(error, "Definition %s is there twice", id);
    return !specific_name || g_hash_table_add(names->specific_names, (gpointer)specific_name) ||
           iceberg_invalid(error, "Two definitions are called %s", specific_name);
}

static gboolean
reference_check(const cJSON *reference, gpointer data, GError **error)
{
    const char *id = NULL;
    gint32 version = 0;

    (void)data;
    return json_get_string(reference, "definition-id", &id, error) &&
           json_get_int32(reference, "version-id", &version, error);
}

static gboolean
log_entry_check(const cJSON *entry, gpointer data, GError **error)
{
    gint64 timestamp_ms = 0;

    return json_get_int64(entry, "timestamp-ms", &timestamp_ms, error) &&
           each_object(entry, "definition-versions", reference_check, data, error);
}

gboolean
iceberg_udf_validate(const cJSON *metadata, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) specific_names = g_hash_table_new(g_str_hash, g_str_equal);
    Names names = {ids, specific_names};
    const char *uuid = NULL, *text = NULL;
    cJSON *properties = NULL;
    gboolean secure;
    gint32 format = 0;

    if (!json_get_string(metadata, "function-uuid", &uuid, error) ||
        !json_get_int32(metadata, "format-version", &format, error))
        return FALSE;
    if (!g_uuid_string_is_valid(uuid))
        return iceberg_invalid(error, "Member function-uuid must be a UUID");
    if (format != 1)
        return iceberg_invalid(error, "Functions of format version %d are not supported", format);
    if (!each_object(metadata, "definitions", definition_check, &names, error) ||
        !each_object(metadata, "definition-log", log_entry_check, NULL, error) ||
        !json_get_optional_string(metadata, "location", &text, error) ||
        !json_get_optional_string(metadata, "doc", &text, error) ||
        !json_get_optional_bool(metadata, "secure", &secure, error) ||
        !json_get_optional_string_map(metadata, "properties", &properties, error))
        return FALSE;
    return g_hash_table_size(ids) > 0 ||
           iceberg_invalid(error, "A function has at least one definition");
}
