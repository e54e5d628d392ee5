/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: the tree, from JSON and back. What a predicate says about a range is in
 * expression_judge.c. Caller: scan.c. */
#include "expression_private.h"

#include <string.h>

#include "skep/error.h"

typedef struct {
    const IcebergSchemaIndex *schema;
    gboolean is_case_sensitive;
    GPtrArray *kept; /* of the whole filter */
    gsize values;    /* read so far */
} Reading;

static const struct {
    const char *name;
    IcebergPredicateOp op;
    IcebergPredicateOp opposite;
} predicate_ops[] = {
    {"is-null",         ICEBERG_IS_NULL,         ICEBERG_NOT_NULL       },
    {"not-null",        ICEBERG_NOT_NULL,        ICEBERG_IS_NULL        },
    {"is-nan",          ICEBERG_IS_NAN,          ICEBERG_NOT_NAN        },
    {"not-nan",         ICEBERG_NOT_NAN,         ICEBERG_IS_NAN         },
    {"lt",              ICEBERG_LT,              ICEBERG_GT_EQ          },
    {"lt-eq",           ICEBERG_LT_EQ,           ICEBERG_GT             },
    {"gt",              ICEBERG_GT,              ICEBERG_LT_EQ          },
    {"gt-eq",           ICEBERG_GT_EQ,           ICEBERG_LT             },
    {"eq",              ICEBERG_EQ,              ICEBERG_NOT_EQ         },
    {"not-eq",          ICEBERG_NOT_EQ,          ICEBERG_EQ             },
    {"starts-with",     ICEBERG_STARTS_WITH,     ICEBERG_NOT_STARTS_WITH},
    {"not-starts-with", ICEBERG_NOT_STARTS_WITH, ICEBERG_STARTS_WITH    },
    {"in",              ICEBERG_IN,              ICEBERG_NOT_IN         },
    {"not-in",          ICEBERG_NOT_IN,          ICEBERG_IN             },
};

static const char *
op_name(IcebergPredicateOp op)
{
    for (gsize i = 0; i < G_N_ELEMENTS(predicate_ops); i++)
        if (predicate_ops[i].op == op)
            return predicate_ops[i].name;
    g_assert_not_reached();
}

static void
node_free(IcebergNode *node)
{
    if (node == NULL)
        return;
    node_free(node->left);
    node_free(node->right);
    if (node->predicate.values != NULL)
        g_array_unref(node->predicate.values);
    cJSON_Delete(node->json);
    g_free(node);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergNode, node_free)

static IcebergNode *
node_new(IcebergNodeKind kind)
{
    IcebergNode *node = g_new0(IcebergNode, 1);
    node->kind = kind;
    return node;
}

/* --- reading --- */

/* The first of two members that is there: the older spelling and the newer. */
static const cJSON *
find_either(const cJSON *json, const char *first, const char *second)
{
    const cJSON *member = json_find(json, first);
    return member != NULL ? member : json_find(json, second);
}

/* "name", or {"type": "reference", "term"|"name": "name"}. */
static const char *
reference_name(const cJSON *term)
{
    const cJSON *name = json_is_object(term) ? find_either(term, "term", "name") : term;
    return json_is_string(name) ? name->valuestring : NULL;
}

static gboolean
name_is(const IcebergSchemaIndex *schema, const IcebergField *field, const char *name)
{
    gsize length = strlen(name), own = strlen(field->name);
    const IcebergField *parent = iceberg_schema_field(schema, field->parent_id);
    if (parent == NULL || field->parent_id < 0)
        return g_ascii_strcasecmp(field->name, name) == 0;
    if (length <= own + 1 || name[length - own - 1] != '.' ||
        g_ascii_strcasecmp(name + length - own, field->name) != 0)
        return FALSE;
    g_autofree char *rest = g_strndup(name, length - own - 1);
    return name_is(schema, parent, rest);
}

static const IcebergField *
find_field(const Reading *reading, const char *name)
{
    const IcebergField *found = iceberg_schema_find_name(reading->schema, name);
    if (found != NULL || reading->is_case_sensitive)
        return found;
    for (guint i = 0; i < reading->schema->fields->len; i++) {
        const IcebergField *field = g_ptr_array_index(reading->schema->fields, i);
        if (name_is(reading->schema, field, name))
            return field;
    }
    return NULL;
}

static gboolean
read_term(const Reading *reading, const cJSON *term, IcebergPredicate *predicate, GError **error)
{
    const cJSON *transform = json_is_object(term) ? json_find(term, "transform") : NULL;
    const char *name = reference_name(term);
    predicate->transform.kind = ICEBERG_TRANSFORM_IDENTITY;
    if (json_is_string(transform)) {
        predicate->transform = iceberg_transform_read(transform->valuestring);
        name = reference_name(json_find(term, "term"));
    } else if (transform != NULL) {
        name = NULL;
    }
    if (name == NULL)
        return iceberg_invalid(error, "A predicate of the filter names no column");
    const IcebergField *field = find_field(reading, name);
    if (field == NULL)
        return iceberg_invalid(error, "Cannot find field '%.200s' in the table's schema", name);
    if (iceberg_type_is_nested(field->type.kind))
        return iceberg_invalid(error, "Cannot filter by '%.200s', which is not of a simple type",
                               name);
    predicate->field_id = field->id;
    predicate->source = field->type;
    predicate->type = iceberg_transform_result(&predicate->transform, &field->type);
    predicate->is_bounded = iceberg_schema_only_structs_enclose(reading->schema, field) &&
                            iceberg_type_is_ordered(&field->type);
    return TRUE;
}

static gboolean
read_value(Reading *reading, const cJSON *json, IcebergPredicate *predicate, GError **error)
{
    IcebergValue value;
    const cJSON *literal = json_is_object(json) ? json_find(json, "value") : json;
    if (literal == NULL)
        return iceberg_invalid(error, "A predicate of the filter has no value");
    if (++reading->values > ICEBERG_SET_VALUES_MAX)
        return iceberg_invalid(error, "The filter has more than %d values", ICEBERG_SET_VALUES_MAX);
    if (!iceberg_value_from_json(&predicate->type, literal, reading->kept, &value, error))
        return FALSE;
    g_array_append_val(predicate->values, value);
    return TRUE;
}

static gboolean
read_values(Reading *reading, const cJSON *json, IcebergPredicate *predicate, GError **error)
{
    predicate->values = g_array_new(FALSE, FALSE, sizeof(IcebergValue));
    switch (predicate->op) {
    case ICEBERG_IS_NULL:
    case ICEBERG_NOT_NULL:
    case ICEBERG_IS_NAN:
    case ICEBERG_NOT_NAN:
        return TRUE;
    case ICEBERG_IN:
    case ICEBERG_NOT_IN: {
        const cJSON *values = json_find(json, "values"), *element;
        if (!json_is_array(values))
            return iceberg_invalid(error, "A predicate \"%s\" has no values",
                                   op_name(predicate->op));
        cJSON_ArrayForEach(
            element, values) if (!read_value(reading, element, predicate, error)) return FALSE;
        return TRUE;
    }
    case ICEBERG_STARTS_WITH:
    case ICEBERG_NOT_STARTS_WITH:
        if (predicate->type.kind != ICEBERG_TYPE_STRING)
            return iceberg_invalid(error, "Only text starts with something");
        break;
    case ICEBERG_LT:
    case ICEBERG_LT_EQ:
    case ICEBERG_GT:
    case ICEBERG_GT_EQ:
    case ICEBERG_EQ:
    case ICEBERG_NOT_EQ:
        break;
    }
    return read_value(reading, find_either(json, "value", "right"), predicate, error);
}

/* Decimals go back with all their digits: clients take their scale from them. */
static void
spell_decimals(const IcebergPredicate *predicate, cJSON *json)
{
    if (predicate->type.kind != ICEBERG_TYPE_DECIMAL)
        return;
    if (predicate->op == ICEBERG_IN || predicate->op == ICEBERG_NOT_IN) {
        cJSON *values = cJSON_CreateArray();
        for (guint i = 0; i < predicate->values->len; i++)
            json_array_append(
                values, iceberg_value_to_json(&predicate->type,
                                              &g_array_index(predicate->values, IcebergValue, i)));
        json_object_set(json, "values", values);
    } else if (predicate->values->len == 1) {
        json_object_set(json, json_find(json, "value") != NULL ? "value" : "right",
                        iceberg_value_to_json(&predicate->type,
                                              &g_array_index(predicate->values, IcebergValue, 0)));
    }
}

static IcebergNode *
read_predicate(
    Reading *reading, const cJSON *json, IcebergPredicateOp op, const char *name, GError **error)
{
    g_autoptr(IcebergNode) node = node_new(ICEBERG_NODE_PREDICATE);
    const cJSON *term = find_either(json, "term", "child");
    node->predicate.op = op;
    if (!read_term(reading, term != NULL ? term : json_find(json, "left"), &node->predicate,
                   error) ||
        !read_values(reading, json, &node->predicate, error))
        return NULL;
    node->json = cJSON_Duplicate(json, TRUE);
    json_object_set(node->json, "type", cJSON_CreateString(name));
    spell_decimals(&node->predicate, node->json);
    return g_steal_pointer(&node);
}

static IcebergNode *
read_node(Reading *reading, const cJSON *json, gboolean is_negated, guint depth, GError **error)
{
    const cJSON *type = json_find(json, "type");
    if (depth > ICEBERG_EXPRESSION_DEPTH_MAX)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The filter is nested too deeply");
    if (cJSON_IsBool(json))
        return node_new(cJSON_IsTrue(json) != is_negated ? ICEBERG_NODE_TRUE : ICEBERG_NODE_FALSE);
    const char *name = json_is_string(type) ? type->valuestring : "";
    if (g_str_equal(name, "true") || g_str_equal(name, "false"))
        return node_new(g_str_equal(name, "true") != is_negated ? ICEBERG_NODE_TRUE
                                                                : ICEBERG_NODE_FALSE);
    if (g_str_equal(name, "literal"))
        return read_node(reading, json_find(json, "value"), is_negated, depth + 1, error);
    if (g_str_equal(name, "not"))
        return read_node(reading, json_find(json, "child"), !is_negated, depth + 1, error);
    if (g_str_equal(name, "and") || g_str_equal(name, "or")) {
        g_autoptr(IcebergNode) node =
            node_new(g_str_equal(name, "and") != is_negated ? ICEBERG_NODE_AND : ICEBERG_NODE_OR);
        node->left = read_node(reading, json_find(json, "left"), is_negated, depth + 1, error);
        if (node->left == NULL)
            return NULL;
        node->right = read_node(reading, json_find(json, "right"), is_negated, depth + 1, error);
        return node->right != NULL ? g_steal_pointer(&node) : NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(predicate_ops); i++)
        if (g_str_equal(name, predicate_ops[i].name)) {
            IcebergPredicateOp op = is_negated ? predicate_ops[i].opposite : predicate_ops[i].op;
            return read_predicate(reading, json, op, op_name(op), error);
        }
    return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                          "\"%.50s\" is no kind of filter expression", name);
}

IcebergExpression *
iceberg_expression_read(const cJSON *json,
                        const IcebergSchemaIndex *schema,
                        gboolean is_case_sensitive,
                        GError **error)
{
    g_autoptr(IcebergExpression) expression = g_new0(IcebergExpression, 1);
    expression->kept = g_ptr_array_new_with_free_func(g_free);
    if (json == NULL || cJSON_IsNull(json)) {
        expression->root = node_new(ICEBERG_NODE_TRUE);
        return g_steal_pointer(&expression);
    }
    Reading reading = {schema, is_case_sensitive, expression->kept, 0};
    expression->root = read_node(&reading, json, FALSE, 0, error);
    return expression->root != NULL ? g_steal_pointer(&expression) : NULL;
}

void
iceberg_expression_free(IcebergExpression *expression)
{
    if (expression == NULL)
        return;
    node_free(expression->root);
    g_ptr_array_unref(expression->kept);
    g_free(expression);
}

/* --- the tree as a whole --- */

static IcebergVerdict
node_judge(const IcebergNode *node, IcebergJudge judge, gpointer data)
{
    switch (node->kind) {
    case ICEBERG_NODE_TRUE:
        return ICEBERG_ALL_ROWS;
    case ICEBERG_NODE_FALSE:
        return ICEBERG_NO_ROWS;
    case ICEBERG_NODE_PREDICATE:
        return judge(&node->predicate, data);
    case ICEBERG_NODE_AND: {
        IcebergVerdict left = node_judge(node->left, judge, data);
        return left == ICEBERG_NO_ROWS ? left : MIN(left, node_judge(node->right, judge, data));
    }
    case ICEBERG_NODE_OR: {
        IcebergVerdict left = node_judge(node->left, judge, data);
        return left == ICEBERG_ALL_ROWS ? left : MAX(left, node_judge(node->right, judge, data));
    }
    }
    g_assert_not_reached();
}

IcebergVerdict
iceberg_expression_judge(const IcebergExpression *expression, IcebergJudge judge, gpointer data)
{
    return node_judge(expression->root, judge, data);
}

static cJSON *
node_residual(const IcebergNode *node, IcebergJudge judge, gpointer data)
{
    IcebergVerdict verdict = node_judge(node, judge, data);
    if (verdict != ICEBERG_SOME_ROWS)
        return cJSON_CreateBool(verdict == ICEBERG_ALL_ROWS);
    if (node->kind == ICEBERG_NODE_PREDICATE)
        return cJSON_Duplicate(node->json, TRUE);
    gboolean is_and = node->kind == ICEBERG_NODE_AND;
    cJSON *left = node_residual(node->left, judge, data);
    cJSON *right = node_residual(node->right, judge, data);
    /* a side that is certain decides nothing here, or the whole would be certain */
    if (cJSON_IsBool(left) || cJSON_IsBool(right)) {
        cJSON *kept = cJSON_IsBool(left) ? right : left;
        cJSON_Delete(cJSON_IsBool(left) ? left : right);
        return kept;
    }
    cJSON *both = cJSON_CreateObject();
    json_object_set(both, "type", cJSON_CreateString(is_and ? "and" : "or"));
    json_object_set(both, "left", left);
    json_object_set(both, "right", right);
    return both;
}

cJSON *
iceberg_expression_residual(const IcebergExpression *expression, IcebergJudge judge, gpointer data)
{
    return node_residual(expression->root, judge, data);
}
