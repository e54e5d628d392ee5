/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a partition filter: nodes, and what keeps it small. Groups are flat, and equalities
 * of one key are joined into sets. Caller: the parser. */
#include "catalog/partition_filter_private.h"

void
filter_constant_free(gpointer data)
{
    FilterConstant *constant = data;

    g_free(constant->text);
    g_free(constant);
}

void
filter_node_free(FilterNode *node)
{
    if (node == NULL)
        return;
    if (node->children != NULL)
        g_ptr_array_unref(node->children);
    if (node->constants != NULL)
        g_ptr_array_unref(node->constants);
    g_free(node->key);
    g_free(node);
}

static void
node_free(gpointer node)
{
    filter_node_free(node);
}

FilterNode *
filter_group_new(FilterNodeKind kind)
{
    FilterNode *node = g_new0(FilterNode, 1);

    node->kind = kind;
    node->children = g_ptr_array_new_with_free_func(node_free);
    return node;
}

FilterNode *
filter_test_new(const char *key, FilterComparison comparison)
{
    FilterNode *node = g_new0(FilterNode, 1);

    node->kind = FILTER_NODE_TEST;
    node->key = g_strdup(key);
    node->comparison = comparison;
    node->constants = g_ptr_array_new_with_free_func(filter_constant_free);
    return node;
}

FilterConstant *
filter_constant_copy(const FilterConstant *constant)
{
    FilterConstant *copy = g_new(FilterConstant, 1);

    copy->kind = constant->kind;
    copy->text = g_strdup(constant->text);
    return copy;
}

/* Takes the constant. */
FilterNode *
filter_test_new_with(const char *key, FilterComparison comparison, FilterConstant *constant)
{
    FilterNode *node = filter_test_new(key, comparison);

    g_ptr_array_add(node->constants, constant);
    return node;
}

/* Takes the child; children of a group of the same kind move in, so that groups stay flat. */
void
filter_group_add(FilterNode *group, FilterNode *child)
{
    if (child->kind != group->kind) {
        g_ptr_array_add(group->children, child);
        return;
    }
    g_ptr_array_extend_and_steal(group->children, g_steal_pointer(&child->children));
    filter_node_free(child);
}

/* IN and NOT IN are what equalities in an OR, and inequalities in an AND, can be joined into. */
static gboolean
test_is_joinable(const FilterNode *node, FilterNodeKind group)
{
    if (node->kind != FILTER_NODE_TEST)
        return FALSE;
    if (group == FILTER_NODE_OR)
        return node->comparison == FILTER_EQUAL || node->comparison == FILTER_IN;
    return node->comparison == FILTER_NOT_EQUAL || node->comparison == FILTER_NOT_IN;
}

/* Clients write a set of values as hundreds of equalities: joined, it is one comparison with one
 * array, which an index can serve. */
static void
group_join_tests(FilterNode *group)
{
    g_autoptr(GHashTable) first_of_key = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *kept = g_ptr_array_new_with_free_func(node_free);

    for (guint i = 0; i < group->children->len; i++) {
        FilterNode *child = g_steal_pointer(&group->children->pdata[i]);
        FilterNode *first = NULL;

        if (test_is_joinable(child, group->kind))
            first = g_hash_table_lookup(first_of_key, child->key);
        if (first == NULL) {
            if (test_is_joinable(child, group->kind))
                g_hash_table_insert(first_of_key, child->key, child);
            g_ptr_array_add(kept, child);
            continue;
        }
        first->comparison = group->kind == FILTER_NODE_OR ? FILTER_IN : FILTER_NOT_IN;
        g_ptr_array_extend_and_steal(first->constants, g_steal_pointer(&child->constants));
        filter_node_free(child);
    }
    g_ptr_array_set_free_func(group->children, NULL);
    g_ptr_array_unref(group->children);
    group->children = kept;
}

/* The whole tree, once it stands: its depth is bounded by the parser. Takes the node. */
FilterNode *
filter_tree_join_tests(FilterNode *node)
{
    FilterNode *only;

    if (node->kind == FILTER_NODE_TEST)
        return node;
    for (guint i = 0; i < node->children->len; i++)
        node->children->pdata[i] = filter_tree_join_tests(node->children->pdata[i]);
    group_join_tests(node);
    if (node->children->len > 1)
        return node;
    only = g_ptr_array_steal_index(node->children, 0);
    filter_node_free(node);
    return only;
}

/* Takes the group; a group of one is that one. */
FilterNode *
filter_group_unwrap(FilterNode *group)
{
    FilterNode *only;

    if (group->children->len > 1)
        return group;
    only = g_ptr_array_steal_index(group->children, 0);
    filter_node_free(group);
    return only;
}
