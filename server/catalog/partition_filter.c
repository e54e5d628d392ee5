/* SPDX-License-Identifier: Apache-2.0 */
/* The types of partition filters: from the tree of the parser and the types of a table's keys to
 * the predicate that the store runs. Here it is decided which comparison each type has. Callers:
 * the partition operations. */
#include "catalog/partition_filter_private.h"

#include <string.h>

#include "catalog/partition_filter_value.h"
#include "catalog/partition_private.h"
#include "skep/error.h"

typedef struct {
    const GPtrArray *keys; /* CatalogColumn* */
    StorePartitionPredicate *predicate;
    guint tests;
} Compiler;

static gboolean
fail_type(const char *key, GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, key,
                     "Filtering is supported only on partition keys of type string");
}

/* Parameters of a type ("char(3)") do not count. */
static gboolean
type_is(const char *type, const char *name)
{
    gsize length = strlen(name);

    return g_ascii_strncasecmp(type, name, length) == 0 &&
           (type[length] == '\0' || type[length] == '(');
}

static gboolean
type_of_column(const CatalogColumn *column, StorePartitionType *out_type, GError **error)
{
    static const struct {
        const char *name;
        StorePartitionType type;
    } types[] = {
        {"string",    STORE_PARTITION_TEXT     },
        {"varchar",   STORE_PARTITION_TEXT     },
        {"char",      STORE_PARTITION_TEXT     },
        {"tinyint",   STORE_PARTITION_INTEGER  },
        {"smallint",  STORE_PARTITION_INTEGER  },
        {"int",       STORE_PARTITION_INTEGER  },
        {"bigint",    STORE_PARTITION_INTEGER  },
        {"date",      STORE_PARTITION_DATE     },
        {"timestamp", STORE_PARTITION_TIMESTAMP},
    };

    for (gsize i = 0; column->type != NULL && i < G_N_ELEMENTS(types); i++) {
        if (type_is(column->type, types[i].name)) {
            *out_type = types[i].type;
            return TRUE;
        }
    }
    return fail_type(column->name, error);
}

static gboolean
find_key(const Compiler *compiler, const char *name, guint *out_key, GError **error)
{
    for (guint i = 0; i < compiler->keys->len; i++) {
        const CatalogColumn *column = compiler->keys->pdata[i];

        if (g_ascii_strcasecmp(column->name, name) == 0) {
            *out_key = i;
            return TRUE;
        }
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name,
                     "Specified key <%s> is not a partitioning key for the table", name);
}

static gboolean
comparison_is_equality(FilterComparison comparison)
{
    return comparison == FILTER_EQUAL || comparison == FILTER_NOT_EQUAL ||
           comparison == FILTER_IN || comparison == FILTER_NOT_IN;
}

static StorePartitionComparison
store_comparison(FilterComparison comparison)
{
    switch (comparison) {
    case FILTER_EQUAL:
        return STORE_PARTITION_EQUAL;
    case FILTER_NOT_EQUAL:
        return STORE_PARTITION_NOT_EQUAL;
    case FILTER_LESS:
        return STORE_PARTITION_LESS;
    case FILTER_LESS_OR_EQUAL:
        return STORE_PARTITION_LESS_OR_EQUAL;
    case FILTER_GREATER:
        return STORE_PARTITION_GREATER;
    case FILTER_GREATER_OR_EQUAL:
        return STORE_PARTITION_GREATER_OR_EQUAL;
    case FILTER_LIKE:
        return STORE_PARTITION_LIKE;
    case FILTER_IN:
        return STORE_PARTITION_IN;
    case FILTER_NOT_IN:
        return STORE_PARTITION_NOT_IN;
    }
    return STORE_PARTITION_EQUAL;
}

/* A text key and a constant that is no text: equality with its digits, and the order of days, which
 * text has too; numbers have another order than their texts. */
static char *
text_value(const FilterConstant *constant, FilterComparison comparison)
{
    switch (constant->kind) {
    case FILTER_CONSTANT_STRING:
        break;
    case FILTER_CONSTANT_INTEGER:
        if (!comparison_is_equality(comparison))
            return NULL;
        break;
    case FILTER_CONSTANT_DATE:
    case FILTER_CONSTANT_TIMESTAMP:
        if (comparison == FILTER_LIKE)
            return NULL;
        break;
    }
    return g_strdup(constant->text);
}

/* LIKE is SQL's; ".*", which engines write for "any run" as well, means the same. */
static char *
like_pattern(const char *text)
{
    GString *pattern = g_string_new(text);

    g_string_replace(pattern, ".*", "%", 0);
    return g_string_free(pattern, FALSE);
}

/* The constant as the key's type compares it; NULL when it does not. */
static char *
typed_value(StorePartitionType type, FilterComparison comparison, const FilterConstant *constant)
{
    if (comparison == FILTER_LIKE) {
        gboolean is_text = type == STORE_PARTITION_TEXT && constant->kind == FILTER_CONSTANT_STRING;

        return is_text ? like_pattern(constant->text) : NULL;
    }
    switch (type) {
    case STORE_PARTITION_TEXT:
        return text_value(constant, comparison);
    case STORE_PARTITION_INTEGER:
        return constant->kind == FILTER_CONSTANT_INTEGER
                   ? partition_filter_value_integer(constant->text)
                   : NULL;
    case STORE_PARTITION_DATE:
        return constant->kind == FILTER_CONSTANT_STRING || constant->kind == FILTER_CONSTANT_DATE
                   ? partition_filter_value_date(constant->text)
                   : NULL;
    case STORE_PARTITION_TIMESTAMP:
        return constant->kind != FILTER_CONSTANT_INTEGER
                   ? partition_filter_value_timestamp(constant->text)
                   : NULL;
    }
    return NULL;
}

/* The test's values without the default partition, which is told by *out_has_default: it is named
 * by equality alone, on a key of any type. */
static gboolean
collect_values(const FilterNode *test,
               StorePartitionType type,
               GPtrArray *values,
               gboolean *out_has_default,
               GError **error)
{
    *out_has_default = FALSE;
    for (guint i = 0; i < test->constants->len; i++) {
        const FilterConstant *constant = test->constants->pdata[i];
        char *value;

        if (constant->kind == FILTER_CONSTANT_STRING && comparison_is_equality(test->comparison) &&
            g_str_equal(constant->text, CATALOG_PARTITION_DEFAULT_NAME)) {
            *out_has_default = TRUE;
            continue;
        }
        value = typed_value(type, test->comparison, constant);
        if (value == NULL)
            return fail_type(test->key, error);
        g_ptr_array_add(values, value);
    }
    return TRUE;
}

static void
emit_test(Compiler *compiler,
          guint key,
          StorePartitionType type,
          FilterComparison comparison,
          const GPtrArray *values,
          gboolean has_default)
{
    gboolean positive = comparison == FILTER_EQUAL || comparison == FILTER_IN;

    /* Every negative test leaves the default partition out anyway. */
    if (has_default && positive && values->len > 0)
        store_partition_predicate_add_group(compiler->predicate, STORE_PARTITION_STEP_ANY, 2);
    if (has_default && (positive || values->len == 0))
        store_partition_predicate_add_test(
            compiler->predicate, key, type,
            positive ? STORE_PARTITION_IS_DEFAULT : STORE_PARTITION_IS_NOT_DEFAULT, NULL, 0);
    if (values->len > 0)
        store_partition_predicate_add_test(compiler->predicate, key, type,
                                           store_comparison(comparison),
                                           (const char *const *)values->pdata, values->len);
}

static gboolean
compile_test(Compiler *compiler, const FilterNode *test, GError **error)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    StorePartitionType type = STORE_PARTITION_TEXT;
    gboolean has_default = FALSE;
    guint key = 0;

    if (++compiler->tests > CATALOG_PARTITION_TESTS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "Partition filter has more than %d comparisons",
                         CATALOG_PARTITION_TESTS_MAX);
    if (!find_key(compiler, test->key, &key, error) ||
        !type_of_column(compiler->keys->pdata[key], &type, error) ||
        !collect_values(test, type, values, &has_default, error))
        return FALSE;
    emit_test(compiler, key, type, test->comparison, values, has_default);
    return TRUE;
}

/* Recursion as deep as the parser allows. */
static gboolean
compile_node(Compiler *compiler, const FilterNode *node, GError **error)
{
    if (node->kind == FILTER_NODE_TEST)
        return compile_test(compiler, node, error);
    store_partition_predicate_add_group(compiler->predicate,
                                        node->kind == FILTER_NODE_AND ? STORE_PARTITION_STEP_ALL
                                                                      : STORE_PARTITION_STEP_ANY,
                                        node->children->len);
    for (guint i = 0; i < node->children->len; i++) {
        if (!compile_node(compiler, node->children->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_partition_filter_compile(const char *filter,
                                 const GPtrArray *partition_keys,
                                 StorePartitionPredicate *predicate,
                                 GError **error)
{
    Compiler compiler = {partition_keys, predicate, 0};
    g_autoptr(FilterNode) root = NULL;

    if (!filter_parse(filter, &root, error))
        return FALSE;
    return root == NULL || compile_node(&compiler, root, error);
}

gboolean
catalog_partition_filter_parses(const char *filter)
{
    g_autoptr(FilterNode) root = NULL;

    return filter_parse(filter, &root, NULL);
}
