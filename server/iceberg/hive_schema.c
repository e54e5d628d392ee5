/* SPDX-License-Identifier: Apache-2.0 */
/* The current schema in Hive's words, so that Hive Metastore clients see an Iceberg table's or
 * view's columns. Callers: the catalog, whenever a document becomes current. */
#include "iceberg_private.h"

static void iceberg_hive_append_type(GString *out, const cJSON *type_json);

void
iceberg_hive_column_free(IcebergHiveColumn *column)
{
    if (column == NULL)
        return;
    g_free(column->name);
    g_free(column->type);
    g_free(column->comment);
    g_free(column);
}

static void
iceberg_hive_append_struct(GString *out, const cJSON *type_json)
{
    const cJSON *fields = json_find(type_json, "fields");
    const cJSON *field;

    g_string_append(out, "struct<");
    cJSON_ArrayForEach(field, fields)
    {
        if (field != fields->child)
            g_string_append_c(out, ',');
        g_string_append(out, json_find(field, "name")->valuestring);
        g_string_append_c(out, ':');
        iceberg_hive_append_type(out, json_find(field, "type"));
    }
    g_string_append_c(out, '>');
}

static void
iceberg_hive_append_list(GString *out, const cJSON *type_json)
{
    g_string_append(out, "array<");
    iceberg_hive_append_type(out, json_find(type_json, "element"));
    g_string_append_c(out, '>');
}

static void
iceberg_hive_append_map(GString *out, const cJSON *type_json)
{
    g_string_append(out, "map<");
    iceberg_hive_append_type(out, json_find(type_json, "key"));
    g_string_append_c(out, ',');
    iceberg_hive_append_type(out, json_find(type_json, "value"));
    g_string_append_c(out, '>');
}

/* The schema was indexed before: every type here is known to be sound, and its depth bounded. */
static void
iceberg_hive_append_type(GString *out, const cJSON *type_json)
{
    static const char *const words[] = {
        [ICEBERG_TYPE_BOOLEAN] = "boolean",
        [ICEBERG_TYPE_INT] = "int",
        [ICEBERG_TYPE_LONG] = "bigint",
        [ICEBERG_TYPE_FLOAT] = "float",
        [ICEBERG_TYPE_DOUBLE] = "double",
        [ICEBERG_TYPE_DATE] = "date",
        [ICEBERG_TYPE_TIME] = "string",
        [ICEBERG_TYPE_TIMESTAMP] = "timestamp",
        [ICEBERG_TYPE_TIMESTAMPTZ] = "timestamp with local time zone",
        [ICEBERG_TYPE_TIMESTAMP_NS] = "timestamp",
        [ICEBERG_TYPE_TIMESTAMPTZ_NS] = "timestamp with local time zone",
        [ICEBERG_TYPE_STRING] = "string",
        [ICEBERG_TYPE_UUID] = "string",
        [ICEBERG_TYPE_BINARY] = "binary",
        [ICEBERG_TYPE_FIXED] = "binary",
        [ICEBERG_TYPE_UNKNOWN] = "unknown",
        [ICEBERG_TYPE_VARIANT] = "unknown",
        [ICEBERG_TYPE_GEOMETRY] = "unknown",
        [ICEBERG_TYPE_GEOGRAPHY] = "unknown",
        [ICEBERG_TYPE_MAP] = NULL,
    };
    IcebergType type = {0};

    if (!iceberg_type_read(type_json, &type, NULL))
        return;
    if (type.kind == ICEBERG_TYPE_STRUCT)
        iceberg_hive_append_struct(out, type_json);
    else if (type.kind == ICEBERG_TYPE_LIST)
        iceberg_hive_append_list(out, type_json);
    else if (type.kind == ICEBERG_TYPE_MAP)
        iceberg_hive_append_map(out, type_json);
    else if (type.kind == ICEBERG_TYPE_DECIMAL)
        g_string_append_printf(out, "decimal(%d,%d)", type.precision, type.scale);
    else
        g_string_append(out, words[type.kind]);
}

static GPtrArray *
iceberg_hive_columns(const cJSON *schema, GError **error)
{
    g_autoptr(IcebergSchemaIndex) index = iceberg_schema_index(schema, 0, error);
    GPtrArray *columns;
    const cJSON *field;

    if (index == NULL)
        return NULL;
    columns = g_ptr_array_new_with_free_func((GDestroyNotify)iceberg_hive_column_free);
    cJSON_ArrayForEach(field, json_find(schema, "fields"))
    {
        IcebergHiveColumn *column = g_new0(IcebergHiveColumn, 1);
        const cJSON *doc = json_find(field, "doc");
        GString *type = g_string_new(NULL);

        iceberg_hive_append_type(type, json_find(field, "type"));
        column->name = g_strdup(json_find(field, "name")->valuestring);
        column->type = g_string_free(type, FALSE);
        column->comment = json_is_string(doc) ? g_strdup(doc->valuestring) : NULL;
        g_ptr_array_add(columns, column);
    }
    return columns;
}

GPtrArray *
iceberg_table_hive_columns(const cJSON *metadata, GError **error)
{
    return iceberg_hive_columns(iceberg_current_schema(metadata), error);
}

GPtrArray *
iceberg_view_hive_columns(const cJSON *metadata, GError **error)
{
    return iceberg_hive_columns(iceberg_view_current_schema(metadata), error);
}
