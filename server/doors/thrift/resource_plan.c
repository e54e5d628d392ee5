/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about resource plans as a whole. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/resource_plan.c. Caller: dispatch.c. */
#include "resource_plan.h"
#include "bindings.h"
#include "encode.h"
#include "reply.h"

#include "skep/error.h"

/* --- encoding --- */

static HmsWMResourcePlan *
encode_plan(const CatalogResourcePlan *plan)
{
    HmsWMResourcePlan *out = g_object_new(HMS_TYPE_W_M_RESOURCE_PLAN, NULL);
    out->name = g_strdup(plan->name);
    out->status = (HmsWMResourcePlanStatus)plan->status;
    out->__isset_status = TRUE;
    out->queryParallelism = plan->query_parallelism;
    out->__isset_queryParallelism = plan->query_parallelism != 0;
    out->defaultPoolPath = g_strdup(plan->default_pool_path);
    out->__isset_defaultPoolPath = plan->default_pool_path != NULL;
    out->ns = g_strdup(plan->cluster_namespace);
    out->__isset_ns = TRUE;
    return out;
}

static HmsWMPool *
encode_pool(const CatalogResourcePlan *plan, const CatalogPool *pool)
{
    HmsWMPool *out = g_object_new(HMS_TYPE_W_M_POOL, NULL);
    out->resourcePlanName = g_strdup(plan->name);
    out->poolPath = g_strdup(pool->path);
    out->allocFraction = pool->alloc_fraction;
    out->__isset_allocFraction = TRUE;
    out->queryParallelism = pool->query_parallelism;
    out->__isset_queryParallelism = TRUE;
    out->schedulingPolicy = g_strdup(pool->scheduling_policy);
    out->__isset_schedulingPolicy = pool->scheduling_policy != NULL;
    out->ns = g_strdup(plan->cluster_namespace);
    out->__isset_ns = TRUE;
    return out;
}

HmsWMTrigger *
thrift_encode_trigger(const CatalogResourcePlan *plan, const CatalogTrigger *trigger)
{
    HmsWMTrigger *out = g_object_new(HMS_TYPE_W_M_TRIGGER, NULL);
    out->resourcePlanName = g_strdup(plan->name);
    out->triggerName = g_strdup(trigger->name);
    out->triggerExpression = g_strdup(trigger->trigger_expression);
    out->__isset_triggerExpression = trigger->trigger_expression != NULL;
    out->actionExpression = g_strdup(trigger->action_expression);
    out->__isset_actionExpression = trigger->action_expression != NULL;
    out->isInUnmanaged = trigger->is_in_unmanaged;
    out->__isset_isInUnmanaged = TRUE;
    out->ns = g_strdup(plan->cluster_namespace);
    out->__isset_ns = TRUE;
    return out;
}

static HmsWMMapping *
encode_mapping(const CatalogResourcePlan *plan, const CatalogPoolMapping *mapping)
{
    HmsWMMapping *out = g_object_new(HMS_TYPE_W_M_MAPPING, NULL);
    out->resourcePlanName = g_strdup(plan->name);
    out->entityType = g_strdup(mapping->entity_type);
    out->entityName = g_strdup(mapping->entity_name);
    out->poolPath = g_strdup(mapping->pool_path);
    out->__isset_poolPath = mapping->pool_path != NULL;
    out->ordering = mapping->ordering;
    out->__isset_ordering = mapping->has_ordering;
    out->ns = g_strdup(plan->cluster_namespace);
    out->__isset_ns = TRUE;
    return out;
}

static HmsWMPoolTrigger *
encode_pool_trigger(const CatalogResourcePlan *plan, const CatalogPoolTrigger *pair)
{
    HmsWMPoolTrigger *out = g_object_new(HMS_TYPE_W_M_POOL_TRIGGER, NULL);
    out->pool = g_strdup(pair->pool_path);
    out->trigger = g_strdup(pair->trigger_name);
    out->ns = g_strdup(plan->cluster_namespace);
    out->__isset_ns = TRUE;
    return out;
}

static void
fill_full_plan(HmsWMFullResourcePlan *out, const CatalogResourcePlan *plan)
{
    g_object_unref(out->plan);
    out->plan = encode_plan(plan);
    for (guint i = 0; i < plan->pools->len; i++)
        g_ptr_array_add(out->pools, encode_pool(plan, plan->pools->pdata[i]));
    for (guint i = 0; i < plan->triggers->len; i++)
        g_ptr_array_add(out->triggers, thrift_encode_trigger(plan, plan->triggers->pdata[i]));
    for (guint i = 0; i < plan->mappings->len; i++)
        g_ptr_array_add(out->mappings, encode_mapping(plan, plan->mappings->pdata[i]));
    for (guint i = 0; i < plan->pool_triggers->len; i++)
        g_ptr_array_add(out->poolTriggers,
                        encode_pool_trigger(plan, plan->pool_triggers->pdata[i]));
    out->__isset_triggers = plan->triggers->len > 0;
    out->__isset_mappings = plan->mappings->len > 0;
    out->__isset_poolTriggers = plan->pool_triggers->len > 0;
}

/* --- methods --- */

gboolean
thrift_create_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMCreateResourcePlanRequest *request =
        ((HmsResourcePlansCreateResourcePlanArgs *)args)->request;
    HmsResourcePlansCreateResourcePlanResult *out = result;
    const HmsWMResourcePlan *plan = request->resourcePlan;
    CatalogPlanName name = {plan->ns, plan->name};
    gint32 parallelism = plan->__isset_queryParallelism ? plan->queryParallelism : 0;
    if (plan->__isset_queryParallelism && parallelism == 0)
        parallelism = -1; /* said, and not positive */
    return catalog_resource_plan_create(call->catalog, &name, parallelism, request->copyFrom,
                                        error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_get_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMGetResourcePlanRequest *request =
        ((HmsResourcePlansGetResourcePlanArgs *)args)->request;
    HmsResourcePlansGetResourcePlanResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    g_autoptr(CatalogResourcePlan) plan = catalog_resource_plan_find(call->catalog, &name, error);
    if (plan == NULL)
        return FALSE;
    fill_full_plan(out->success->resourcePlan, plan);
    out->success->__isset_resourcePlan = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_active_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsResourcePlansGetActiveResourcePlanArgs *in = args;
    HmsResourcePlansGetActiveResourcePlanResult *out = result;
    g_autoptr(CatalogResourcePlan) plan = NULL;
    if (!catalog_resource_plan_active(call->catalog, in->request->ns, &plan, error))
        return FALSE;
    if (plan != NULL) {
        fill_full_plan(out->success->resourcePlan, plan);
        out->success->__isset_resourcePlan = TRUE;
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_resource_plans(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsResourcePlansGetAllResourcePlansArgs *in = args;
    HmsResourcePlansGetAllResourcePlansResult *out = result;
    g_autoptr(GPtrArray) plans = catalog_resource_plan_list(call->catalog, in->request->ns, error);
    for (guint i = 0; plans != NULL && i < plans->len; i++)
        g_ptr_array_add(out->success->resourcePlans, encode_plan(plans->pdata[i]));
    out->success->__isset_resourcePlans = TRUE;
    return plans != NULL && (out->__isset_success = TRUE);
}

gboolean
thrift_alter_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMAlterResourcePlanRequest *request =
        ((HmsResourcePlansAlterResourcePlanArgs *)args)->request;
    HmsResourcePlansAlterResourcePlanResult *out = result;
    const HmsWMNullableResourcePlan *plan = request->resourcePlan;
    g_autoptr(CatalogResourcePlan) activated = NULL;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    CatalogPlanChange wanted = {
        .new_name = plan->name,
        .new_namespace = plan->ns,
        .new_status = plan->__isset_status ? (CatalogPlanStatus)plan->status : 0,
        .sets_query_parallelism =
            plan->__isset_isSetQueryParallelism && plan->isSetQueryParallelism,
        .query_parallelism = plan->queryParallelism,
        .has_query_parallelism = plan->__isset_queryParallelism,
        .sets_default_pool = plan->__isset_isSetDefaultPoolPath && plan->isSetDefaultPoolPath,
        .default_pool_path = plan->defaultPoolPath,
        .may_activate_disabled = request->isEnableAndActivate,
        .may_deactivate = request->isForceDeactivate,
        .is_replace = request->isReplace};
    if (plan->__isset_status && (plan->status < HMS_W_M_RESOURCE_PLAN_STATUS_ACTIVE ||
                                 plan->status > HMS_W_M_RESOURCE_PLAN_STATUS_DISABLED))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "Invalid status: %d",
                         (int)plan->status);
    if (!catalog_resource_plan_alter(call->catalog, &name, &wanted, &activated, error))
        return FALSE;
    if (activated != NULL) {
        fill_full_plan(out->success->fullResourcePlan, activated);
        out->success->__isset_fullResourcePlan = TRUE;
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_validate_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMValidateResourcePlanRequest *request =
        ((HmsResourcePlansValidateResourcePlanArgs *)args)->request;
    HmsResourcePlansValidateResourcePlanResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    g_autoptr(GPtrArray) errors = NULL;
    g_autoptr(GPtrArray) warnings = NULL;
    if (!catalog_resource_plan_validate(call->catalog, &name, &errors, &warnings, error))
        return FALSE;
    g_ptr_array_unref(out->success->errors);
    out->success->errors = thrift_encode_strings(errors);
    g_ptr_array_unref(out->success->warnings);
    out->success->warnings = thrift_encode_strings(warnings);
    out->success->__isset_errors = out->success->__isset_warnings = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_drop_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMDropResourcePlanRequest *request =
        ((HmsResourcePlansDropResourcePlanArgs *)args)->request;
    HmsResourcePlansDropResourcePlanResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    return catalog_resource_plan_drop(call->catalog, &name, error) && (out->__isset_success = TRUE);
}
