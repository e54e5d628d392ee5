/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free for the records of skep/resource_plan_types.h. No rule lives here. Callers:
 * every layer. */
#include "skep/resource_plan_types.h"

void
catalog_pool_free(CatalogPool *pool)
{
    if (!pool)
        return;
    g_free(pool->path);
    g_free(pool->scheduling_policy);
    g_free(pool);
}

void
catalog_trigger_free(CatalogTrigger *trigger)
{
    if (!trigger)
        return;
    g_free(trigger->name);
    g_free(trigger->trigger_expression);
    g_free(trigger->action_expression);
    g_free(trigger);
}

void
catalog_pool_mapping_free(CatalogPoolMapping *mapping)
{
    if (!mapping)
        return;
    g_free(mapping->entity_type);
    g_free(mapping->entity_name);
    g_free(mapping->pool_path);
    g_free(mapping);
}

CatalogPoolTrigger *
catalog_pool_trigger_new(const char *pool_path, const char *trigger_name)
{
    CatalogPoolTrigger *pair = g_new0(CatalogPoolTrigger, 1);

    pair->pool_path = g_strdup(pool_path);
    pair->trigger_name = g_strdup(trigger_name);
    return pair;
}

void
catalog_pool_trigger_free(CatalogPoolTrigger *pair)
{
    if (!pair)
        return;
    g_free(pair->pool_path);
    g_free(pair->trigger_name);
    g_free(pair);
}

CatalogResourcePlan *
catalog_resource_plan_new(void)
{
    CatalogResourcePlan *plan = g_new0(CatalogResourcePlan, 1);

    plan->status = CATALOG_PLAN_DISABLED;
    plan->pools = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_pool_free);
    plan->triggers = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_trigger_free);
    plan->mappings = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_pool_mapping_free);
    plan->pool_triggers = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_pool_trigger_free);
    return plan;
}

static gpointer
copy_pool(gconstpointer item, gpointer unused)
{
    const CatalogPool *pool = item;
    CatalogPool *copy = g_memdup2(pool, sizeof *pool);

    (void)unused;
    copy->path = g_strdup(pool->path);
    copy->scheduling_policy = g_strdup(pool->scheduling_policy);
    return copy;
}

static gpointer
copy_trigger(gconstpointer item, gpointer unused)
{
    const CatalogTrigger *trigger = item;
    CatalogTrigger *copy = g_memdup2(trigger, sizeof *trigger);

    (void)unused;
    copy->name = g_strdup(trigger->name);
    copy->trigger_expression = g_strdup(trigger->trigger_expression);
    copy->action_expression = g_strdup(trigger->action_expression);
    return copy;
}

static gpointer
copy_mapping(gconstpointer item, gpointer unused)
{
    const CatalogPoolMapping *mapping = item;
    CatalogPoolMapping *copy = g_memdup2(mapping, sizeof *mapping);

    (void)unused;
    copy->entity_type = g_strdup(mapping->entity_type);
    copy->entity_name = g_strdup(mapping->entity_name);
    copy->pool_path = g_strdup(mapping->pool_path);
    return copy;
}

static gpointer
copy_pool_trigger(gconstpointer item, gpointer unused)
{
    const CatalogPoolTrigger *pair = item;

    (void)unused;
    return catalog_pool_trigger_new(pair->pool_path, pair->trigger_name);
}

/* Replaces *array by a copy of what it holds. */
static void
own(GPtrArray **array, GCopyFunc copy, GDestroyNotify free_item)
{
    GPtrArray *copies = g_ptr_array_copy(*array, copy, NULL);

    g_ptr_array_set_free_func(copies, free_item);
    *array = copies;
}

CatalogResourcePlan *
catalog_resource_plan_copy(const CatalogResourcePlan *plan)
{
    CatalogResourcePlan *copy = g_memdup2(plan, sizeof *plan);

    copy->cluster_namespace = g_strdup(plan->cluster_namespace);
    copy->name = g_strdup(plan->name);
    copy->default_pool_path = g_strdup(plan->default_pool_path);
    own(&copy->pools, copy_pool, (GDestroyNotify)catalog_pool_free);
    own(&copy->triggers, copy_trigger, (GDestroyNotify)catalog_trigger_free);
    own(&copy->mappings, copy_mapping, (GDestroyNotify)catalog_pool_mapping_free);
    own(&copy->pool_triggers, copy_pool_trigger, (GDestroyNotify)catalog_pool_trigger_free);
    return copy;
}

void
catalog_resource_plan_free(CatalogResourcePlan *plan)
{
    if (!plan)
        return;
    g_free(plan->cluster_namespace);
    g_free(plan->name);
    g_free(plan->default_pool_path);
    g_ptr_array_unref(plan->pools);
    g_ptr_array_unref(plan->triggers);
    g_ptr_array_unref(plan->mappings);
    g_ptr_array_unref(plan->pool_triggers);
    g_free(plan);
}
