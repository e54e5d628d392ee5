/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI page of Skep's own part of the API, out of the table of routes and of shapes. Which
 * words a row may use is said at RestRoute. Callers: the table of routes, and skepd's command
 * management-api. */
#include "rest_private.h"

#include <string.h>

#define REFERENCE "#/components/schemas/"

/* Parameters that routes take in their query, by name; and placeholders of paths. */
static const RestField parameters[] = {
    {"pageToken",      "string",
     "Empty for the first page, then what next-page-token said. Without "
     "it everything is listed"                                                                  },
    {"pageSize",       "int32",   "At most so many on a page"                                   },
    {"limit",          "int32",   "At most so many"                                             },
    {"purgeRequested", "boolean", "Whether its files go as well; false when absent"             },
    {"skipCheck",      "boolean", "Store it untried: for a store that is not up yet"            },
    {"warehouse",      "string",  "A catalog's name"                                            },
    {"prefix",         "string",  "A catalog's name. With its slash it may be left out for hive"},
    {"namespace",      "string",  "Levels joined by U+001F, each percent-encoded"               },
    {"function",       "string",  "Name of a function"                                          },
    {"table",          "string",  "Name of a table or view"                                     },
    {"task",           "int64",   "Number of a task"                                            },
    {"state",          "string",  "waiting, running, done, failed or cancelled; absent: all"    },
};

static const RestField *
parameter_find(const char *name, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parameters); i++)
        if (strlen(parameters[i].name) == length && !memcmp(parameters[i].name, name, length))
            return &parameters[i];
    g_error("%.*s: a parameter that openapi.c does not know", (int)length, name);
}

/* --- schemas --- */

static cJSON *
schema_named(const char *key, const char *value)
{
    cJSON *schema = cJSON_CreateObject();
    json_object_set_string(schema, key, value);
    return schema;
}

static cJSON *
schema_of_words(const char *const *words)
{
    cJSON *schema = schema_named("type", "string");
    cJSON *values = cJSON_CreateArray();
    for (; *words; words++)
        json_array_append_string(values, *words);
    json_object_set(schema, "enum", values);
    return schema;
}

/* One word: a shape's name, or one of OpenAPI's. */
static cJSON *
schema_of_word(const char *word)
{
    static const struct {
        const char *word, *type, *format;
    } known[] = {
        {"string",    "string",  NULL       },
        {"boolean",   "boolean", NULL       },
        {"object",    "object",  NULL       },
        {"int32",     "integer", "int32"    },
        {"int64",     "integer", "int64"    },
        {"uuid",      "string",  "uuid"     },
        {"date-time", "string",  "date-time"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(word, known[i].word) != 0)
            continue;
        cJSON *schema = schema_named("type", known[i].type);
        if (known[i].format)
            json_object_set_string(schema, "format", known[i].format);
        return schema;
    }
    if (!rest_shape_find(word, strlen(word)))
        g_error("%s: neither a shape of shapes.c nor a type of openapi.c", word);
    g_autofree char *reference = g_strconcat(REFERENCE, word, NULL);
    return schema_named("$ref", reference);
}

/* The notation of RestField.type, without the question mark. */
static cJSON *
schema_of_type(const char *type)
{
    gsize length = strlen(type);
    g_autofree char *inner = length > 2 ? g_strndup(type + 1, length - 2) : NULL;
    cJSON *schema = NULL;
    if (*type == '[') {
        schema = schema_named("type", "array");
        json_object_set(schema, "items", schema_of_type(inner));
    } else if (*type == '{') {
        schema = schema_named("type", "object");
        json_object_set(schema, "additionalProperties", schema_of_type(inner));
    } else if (g_str_has_suffix(type, "|null")) {
        g_autofree char *word = g_strndup(type, length - strlen("|null"));
        schema = schema_of_word(word);
        json_object_set_bool(schema, "nullable", TRUE);
    } else if (strchr(type, '|')) {
        g_auto(GStrv) words = g_strsplit(type, "|", -1);
        schema = schema_of_words((const char *const *)words);
    } else {
        schema = schema_of_word(type);
    }
    return schema;
}

static cJSON *
schema_of_shape(const RestShape *shape)
{
    cJSON *schema = schema_named("type", "object");
    cJSON *properties = cJSON_CreateObject();
    cJSON *required = cJSON_CreateArray();
    json_object_set_string(schema, "description", shape->does);
    for (gsize i = 0; i < shape->n_fields; i++) {
        const RestField *field = &shape->fields[i];
        gboolean may_be_absent = g_str_has_suffix(field->type, "?");
        g_autofree char *type = g_strndup(field->type, strlen(field->type) - may_be_absent);
        cJSON *property = schema_of_type(type);
        /* Nothing may stand beside a reference. */
        if (field->does && !json_find(property, "$ref"))
            json_object_set_string(property, "description", field->does);
        json_object_set(properties, field->name, property);
        if (!may_be_absent)
            json_array_append_string(required, field->name);
    }
    json_object_set(schema, "properties", properties);
    if (required->child)
        json_object_set(schema, "required", required);
    else
        cJSON_Delete(required);
    return schema;
}

/* --- one route --- */

static cJSON *
parameter_encode(const char *name, gsize length, const char *place)
{
    const RestField *known = parameter_find(name, length);
    cJSON *parameter = schema_named("name", known->name);
    json_object_set_string(parameter, "in", place);
    json_object_set_string(parameter, "description", known->does);
    json_object_set_bool(parameter, "required", !strcmp(place, "path"));
    json_object_set(parameter, "schema", schema_of_type(known->type));
    return parameter;
}

static cJSON *
parameters_encode(const char *path)
{
    cJSON *list = cJSON_CreateArray();
    const char *query = strchr(path, '?');
    for (const char *at = path; (at = strchr(at, '{')) && (!query || at < query); at++)
        json_array_append(list, parameter_encode(at + 1, strcspn(at + 1, "}"), "path"));
    while (query && *query) {
        query++;
        gsize length = strcspn(query, "&");
        json_array_append(list, parameter_encode(query, length, "query"));
        query += length;
    }
    return list;
}

static cJSON *
content_encode(const RestShape *shape)
{
    g_autofree char *reference = g_strconcat(REFERENCE, shape->name, NULL);
    cJSON *content = cJSON_CreateObject();
    cJSON *media = cJSON_CreateObject();
    json_object_set(media, "schema", schema_named("$ref", reference));
    json_object_set(content, "application/json", media);
    return content;
}

/* "200 TableList", or "404 NoSuchTable" to which further facts are added. */
static void
answer_encode(cJSON *answers, const char *status, const char *rest)
{
    cJSON *answer = json_find(answers, status);
    const RestShape *shape = rest_shape_find(rest, strlen(rest));
    if (answer) {
        const char *before = NULL;
        json_get_string(answer, "description", &before, NULL);
        g_autofree char *both = g_strconcat(before, ", ", rest, NULL);
        json_object_set_string(answer, "description", both);
        return;
    }
    if (!shape && *status >= '4')
        shape = rest_shape_find("Error", strlen("Error"));
    answer = schema_named("description", *rest ? rest : "Done");
    if (shape)
        json_object_set(answer, "content", content_encode(shape));
    json_object_set(answers, status, answer);
}

/* Reads a row's `answers`; what it takes goes to the operation. */
static cJSON *
answers_encode(const RestRoute *route, cJSON *operation)
{
    cJSON *answers = cJSON_CreateObject();
    g_auto(GStrv) parts = g_strsplit_set(route->answers, ";,", -1);
    char status[4] = "";
    for (gsize i = 0; parts[i]; i++) {
        const char *part = g_strstrip(parts[i]);
        if (g_str_has_prefix(part, "takes ")) {
            const RestShape *shape = rest_shape_find(part + 6, strlen(part + 6));
            cJSON *body = cJSON_CreateObject();
            if (!shape)
                g_error("%s: no such shape in shapes.c", part);
            json_object_set_bool(body, "required", TRUE);
            json_object_set(body, "content", content_encode(shape));
            json_object_set(operation, "requestBody", body);
            continue;
        }
        if (g_ascii_isdigit(*part)) {
            g_strlcpy(status, part, sizeof status);
            part += strlen(status);
            part += strspn(part, " ");
        }
        answer_encode(answers, status, part);
    }
    answer_encode(answers, "default", "Error");
    return answers;
}

static cJSON *
operation_encode(const RestRoute *route)
{
    cJSON *operation = schema_named("operationId", route->operation);
    json_object_set_string(operation, "summary", route->does);
    json_object_set(operation, "parameters", parameters_encode(route->path));
    json_object_set(operation, "responses", answers_encode(route, operation));
    return operation;
}

/* --- the page --- */

static cJSON *
paths_encode(void)
{
    gsize count = 0;
    const RestRoute *routes = rest_routes(&count);
    cJSON *paths = cJSON_CreateObject();
    for (gsize i = 0; i < count; i++) {
        if (rest_route_is_specified(&routes[i]))
            continue;
        g_autofree char *path = g_strndup(routes[i].path, strcspn(routes[i].path, "?"));
        g_autofree char *verb = g_ascii_strdown(rest_method_name(routes[i].method), -1);
        cJSON *item = json_find(paths, path);
        if (!item) {
            item = cJSON_CreateObject();
            json_object_set(paths, path, item);
        }
        json_object_set(item, verb, operation_encode(&routes[i]));
    }
    return paths;
}

static cJSON *
page_encode(void)
{
    gsize count = 0;
    const RestShape *shapes = rest_shapes(&count);
    cJSON *page = schema_named("openapi", "3.0.3");
    cJSON *info = schema_named("title", "Skep's management API");
    cJSON *components = cJSON_CreateObject();
    cJSON *schemas = cJSON_CreateObject();
    json_object_set_string(info, "version", SKEP_VERSION);
    json_object_set_string(
        info, "description",
        "What Skep serves beside the Iceberg REST catalog API, on the same port.");
    json_object_set(page, "info", info);
    json_object_set(page, "paths", paths_encode());
    for (gsize i = 0; i < count; i++)
        json_object_set(schemas, shapes[i].name, schema_of_shape(&shapes[i]));
    json_object_set(components, "schemas", schemas);
    json_object_set(page, "components", components);
    return page;
}

static void
indent(GString *out, gint depth)
{
    g_string_append_c(out, '\n');
    for (gint i = 0; i < depth; i++)
        g_string_append(out, "  ");
}

/* On many lines, so that a change of it can be read. */
static char *
spread(const char *compact)
{
    GString *out = g_string_new(NULL);
    gint depth = 0;
    gboolean in_string = FALSE;
    for (const char *at = compact; *at; at++) {
        gboolean opens = !in_string && strchr("{[", *at), closes = !in_string && strchr("}]", *at);
        if (closes && at[-1] != '{' && at[-1] != '[')
            indent(out, depth - 1);
        g_string_append_c(out, *at);
        depth += opens - closes;
        if (*at == '\\')
            g_string_append_c(out, *++at);
        else if (*at == '"')
            in_string = !in_string;
        else if (!in_string && *at == ':')
            g_string_append_c(out, ' ');
        else if ((opens && at[1] != '}' && at[1] != ']') || (!in_string && *at == ','))
            indent(out, depth);
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

char *
rest_management_page(void)
{
    g_autoptr(cJSON) page = page_encode();
    g_autofree char *compact = json_print_compact(page);
    return spread(compact);
}

gboolean
rest_openapi_show(RestRequest *request, GError **error)
{
    (void)error;
    g_autofree char *page = rest_management_page();
    rest_reply_text(request, 200, "application/json", page);
    return TRUE;
}
