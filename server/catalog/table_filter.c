/* SPDX-License-Identifier: Apache-2.0 */
/* get_table_names_by_filter: HMS's filter language over tables, evaluated on each table of one
 * namespace. The language itself is partition_filter_parser.c's. Caller: the Thrift door. */
#include "catalog_private.h"

#include <stdlib.h>
#include <string.h>

#include "skep/store_table.h"

#include "partition_filter_private.h"

#define KEY_PREFIX        "hive_filter_field_"
#define KEY_PARAMS_PREFIX "hive_filter_field_params__"

/* --- comparing --- */

/* LIKE as HMS has it here: `.*` any run, `.` any one character, the rest itself; the whole text
 * must match. Remembers the last run alone, so that the cost is bounded by the product of both
 * lengths. */
static gboolean
like_matches(const char *text, const char *pattern)
{
    const char *run_pattern = NULL, *run_text = NULL;

    while (*text) {
        if (pattern[0] == '.' && pattern[1] == '*') {
            pattern += 2;
            run_pattern = pattern;
            run_text = text;
        } else if (*pattern == '.' || (*pattern && *pattern == *text)) {
            pattern++;
            text++;
        } else if (run_pattern) {
            pattern = run_pattern;
            text = ++run_text;
        } else {
            return FALSE;
        }
    }
    while (pattern[0] == '.' && pattern[1] == '*')
        pattern += 2;
    return *pattern == '\0';
}

static gboolean
any_equal(const char *text, const GPtrArray *constants)
{
    for (guint i = 0; i < constants->len; i++) {
        const FilterConstant *constant = constants->pdata[i];

        if (strcmp(text, constant->text) == 0)
            return TRUE;
    }
    return FALSE;
}

/* `order` is the comparison of the value with the test's first constant. */
static gboolean
order_holds(FilterComparison comparison, int order)
{
    switch (comparison) {
    case FILTER_EQUAL:
        return order == 0;
    case FILTER_NOT_EQUAL:
        return order != 0;
    case FILTER_LESS:
        return order < 0;
    case FILTER_LESS_OR_EQUAL:
        return order <= 0;
    case FILTER_GREATER:
        return order > 0;
    case FILTER_GREATER_OR_EQUAL:
        return order >= 0;
    case FILTER_LIKE:
    case FILTER_IN:
    case FILTER_NOT_IN:
        break;
    }
    return FALSE;
}

static gboolean
text_holds(const FilterNode *test, const char *text)
{
    const FilterConstant *first = test->constants->pdata[0];

    if (!text)
        return FALSE;
    switch (test->comparison) {
    case FILTER_LIKE:
        return like_matches(text, first->text);
    case FILTER_IN:
        return any_equal(text, test->constants);
    case FILTER_NOT_IN:
        return !any_equal(text, test->constants);
    case FILTER_EQUAL:
    case FILTER_NOT_EQUAL:
    case FILTER_LESS:
    case FILTER_LESS_OR_EQUAL:
    case FILTER_GREATER:
    case FILTER_GREATER_OR_EQUAL:
        break;
    }
    return order_holds(test->comparison, strcmp(text, first->text));
}

static gboolean
number_holds(const FilterNode *test, gint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
    const FilterConstant *first = test->constants->pdata[0];
    gint64 constant = g_ascii_strtoll(first->text, NULL, 10);

    switch (test->comparison) {
    case FILTER_LIKE:
    case FILTER_IN:
    case FILTER_NOT_IN:
        return text_holds(test, text);
    case FILTER_EQUAL:
    case FILTER_NOT_EQUAL:
    case FILTER_LESS:
    case FILTER_LESS_OR_EQUAL:
    case FILTER_GREATER:
    case FILTER_GREATER_OR_EQUAL:
        break;
    }
    return order_holds(test->comparison, (number > constant) - (number < constant));
}

/* The parser has folded the key; parameters keep their case. */
static const char *
parameter_of(const CatalogTable *table, const char *key)
{
    const char *exact = catalog_map_get(table->parameters, key);
    GHashTableIter iter;
    gpointer name, value;

    if (exact)
        return exact;
    g_hash_table_iter_init(&iter, table->parameters);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        if (g_ascii_strcasecmp(name, key) == 0)
            return value;
    }
    return NULL;
}

static gboolean
test_holds(const FilterNode *test, const CatalogTable *table)
{
    if (g_str_has_prefix(test->key, KEY_PARAMS_PREFIX))
        return text_holds(test, parameter_of(table, test->key + strlen(KEY_PARAMS_PREFIX)));
    if (strcmp(test->key, KEY_PREFIX "owner__") == 0)
        return text_holds(test, table->owner_name);
    if (strcmp(test->key, KEY_PREFIX "last_access__") == 0)
        return number_holds(test, table->last_access_time_s);
    if (strcmp(test->key, KEY_PREFIX "tablename__") == 0)
        return text_holds(test, table->name);
    return text_holds(test, table->hms_type);
}

/* The parser bounds the depth of the tree. */
static gboolean
node_holds(const FilterNode *node, const CatalogTable *table)
{
    if (node->kind == FILTER_NODE_TEST)
        return test_holds(node, table);
    for (guint i = 0; i < node->children->len; i++) {
        gboolean holds = node_holds(node->children->pdata[i], table);

        if (holds != (node->kind == FILTER_NODE_AND))
            return holds;
    }
    return node->kind == FILTER_NODE_AND;
}

/* --- checking --- */

static gboolean
check_test(const FilterNode *test, GError **error)
{
    static const char *const keys[] = {KEY_PREFIX "owner__", KEY_PREFIX "last_access__",
                                       KEY_PREFIX "tablename__", KEY_PREFIX "tabletype__", NULL};

    if (g_str_has_prefix(test->key, KEY_PARAMS_PREFIX)) {
        if (test->comparison == FILTER_EQUAL || test->comparison == FILTER_NOT_EQUAL ||
            test->comparison == FILTER_LIKE || test->comparison == FILTER_IN ||
            test->comparison == FILTER_NOT_IN)
            return TRUE;
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Only [LIKE, =, <>, !=] are supported operators for "
                         "HIVE_FILTER_FIELD_PARAMS");
    }
    if (g_strv_contains(keys, test->key))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Invalid key name in filter: %.100s",
                     test->key);
}

static gboolean
check_node(const FilterNode *node, GError **error)
{
    if (node->kind == FILTER_NODE_TEST)
        return check_test(node, error);
    for (guint i = 0; i < node->children->len; i++) {
        if (!check_node(node->children->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* --- what PostgreSQL can do of it --- */

/* What tables must begin with to match: PostgreSQL leaves out those that do not, and the filter
 * judges the rest. */
typedef struct {
    char *name_prefix;
    char *owner_prefix;
    char *type_prefix;
    GPtrArray *keys;
    GPtrArray *value_prefixes;
} Narrowing;

static void
narrowing_clear(Narrowing *narrowing)
{
    g_free(narrowing->name_prefix);
    g_free(narrowing->owner_prefix);
    g_free(narrowing->type_prefix);
    g_ptr_array_unref(narrowing->keys);
    g_ptr_array_unref(narrowing->value_prefixes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Narrowing, narrowing_clear)

/* The beginning of every text that passes the test; NULL: nothing is known of it. */
static char *
prefix_of(const FilterNode *test)
{
    const FilterConstant *first = test->constants->pdata[0];

    if (test->comparison == FILTER_EQUAL)
        return g_strdup(first->text);
    return test->comparison == FILTER_LIKE ? g_strndup(first->text, strcspn(first->text, "."))
                                           : NULL;
}

/* The first test of a member is enough: the others can only leave out more. */
static void
take_prefix(char **prefix, char *taken)
{
    if (*prefix)
        g_free(taken);
    else
        *prefix = taken;
}

static void
narrow_by_parameter(Narrowing *narrowing, const char *key, char *prefix)
{
    if (strcmp(key, "metadata_location") == 0 || strcmp(key, "previous_metadata_location") == 0) {
        g_free(prefix);
        return;
    }
    g_ptr_array_add(narrowing->keys, g_ascii_strdown(key, -1));
    g_ptr_array_add(narrowing->value_prefixes, prefix);
}

/* Tests that hold in any case: the root, and what AND joins below it. */
static void
narrow(Narrowing *narrowing, const FilterNode *node)
{
    char *prefix;

    if (node->kind != FILTER_NODE_TEST) {
        for (guint i = 0; node->kind == FILTER_NODE_AND && i < node->children->len; i++)
            narrow(narrowing, node->children->pdata[i]);
        return;
    }
    prefix = prefix_of(node);
    if (!prefix)
        return;
    if (g_str_has_prefix(node->key, KEY_PARAMS_PREFIX))
        narrow_by_parameter(narrowing, node->key + strlen(KEY_PARAMS_PREFIX), prefix);
    else if (strcmp(node->key, KEY_PREFIX "owner__") == 0)
        take_prefix(&narrowing->owner_prefix, prefix);
    else if (strcmp(node->key, KEY_PREFIX "tablename__") == 0)
        take_prefix(&narrowing->name_prefix, prefix);
    else if (strcmp(node->key, KEY_PREFIX "tabletype__") == 0)
        take_prefix(&narrowing->type_prefix, prefix);
    else
        g_free(prefix);
}

/* --- the listing --- */

typedef struct {
    const FilterNode *root; /* NULL: everything */
    gint max;               /* -1: all */
    GPtrArray *names;
} FilterScan;

static gboolean
take_table(const CatalogTable *table, gpointer data, GError **error)
{
    FilterScan *state = data;

    (void)error;
    if (!state->root || node_holds(state->root, table))
        g_ptr_array_add(state->names, g_strdup(table->name));
    return state->max < 0 || state->names->len < (guint)state->max;
}

static gboolean
scan(Catalog *catalog,
     const char *catalog_name,
     const char *namespace_name,
     FilterScan *wanted,
     GError **error)
{
    g_auto(Narrowing)
        narrowing = {.keys = catalog_strings_new(), .value_prefixes = catalog_strings_new()};
    StoreTableNarrowing stored;

    if (wanted->root)
        narrow(&narrowing, wanted->root);
    stored = (StoreTableNarrowing){narrowing.name_prefix, narrowing.owner_prefix,
                                   narrowing.type_prefix, narrowing.keys, narrowing.value_prefixes};
    return store_table_scan(catalog->store, catalog_name, namespace_name, &stored, take_table,
                            wanted, error);
}

GPtrArray *
catalog_table_list_by_filter(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *filter,
                             gint max,
                             GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *home = folded ? catalog_name_fold(namespace_name, error) : NULL;
    g_autoptr(FilterNode) root = NULL;
    g_autoptr(GPtrArray) names = catalog_strings_new();
    FilterScan wanted = {NULL, max, names};

    if (!home || (filter && !filter_parse(filter, &root, error)) ||
        (root && !check_node(root, error)))
        return NULL;
    wanted.root = root;
    if (max != 0 && !scan(catalog, folded, home, &wanted, error))
        return NULL;
    return g_steal_pointer(&names);
}
