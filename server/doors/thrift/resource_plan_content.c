/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about pools, triggers and mappings of resource plans. Decodes, calls the catalog; the
 * rules are in server/catalog/resource_plan_content.c. Caller: dispatch.c. */
#include "bindings.h"
#include "resource_plan.h"

/* --- triggers --- */

/* Texts are borrowed. */
static CatalogTrigger
decode_trigger(const HmsWMTrigger *in)
{
    return (CatalogTrigger){.name = in->triggerName,
                            .trigger_expression = in->triggerExpression,
                            .action_expression = in->actionExpression,
                            .is_in_unmanaged = in->__isset_isInUnmanaged && in->isInUnmanaged};
}

gboolean
thrift_create_wm_trigger(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMTrigger *in = ((HmsResourcePlansCreateWmTriggerArgs *)args)->request->trigger;
    HmsResourcePlansCreateWmTriggerResult *out = result;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    CatalogTrigger wanted = decode_trigger(in);
    return catalog_resource_trigger_create(call->catalog, &name, &wanted, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_alter_wm_trigger(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMTrigger *in = ((HmsResourcePlansAlterWmTriggerArgs *)args)->request->trigger;
    HmsResourcePlansAlterWmTriggerResult *out = result;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    CatalogTrigger wanted = decode_trigger(in);
    return catalog_resource_trigger_alter(call->catalog, &name, &wanted, in->__isset_isInUnmanaged,
                                          error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_drop_wm_trigger(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMDropTriggerRequest *request = ((HmsResourcePlansDropWmTriggerArgs *)args)->request;
    HmsResourcePlansDropWmTriggerResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    return catalog_resource_trigger_drop(call->catalog, &name, request->triggerName, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_get_triggers_for_resourceplan(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    const HmsWMGetTriggersForResourePlanRequest *request =
        ((HmsResourcePlansGetTriggersForResourceplanArgs *)args)->request;
    HmsResourcePlansGetTriggersForResourceplanResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    g_autoptr(CatalogResourcePlan) plan = catalog_resource_plan_find(call->catalog, &name, error);
    if (plan == NULL)
        return FALSE;
    for (guint i = 0; i < plan->triggers->len; i++)
        g_ptr_array_add(out->success->triggers,
                        thrift_encode_trigger(plan, plan->triggers->pdata[i]));
    out->success->__isset_triggers = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_create_or_drop_wm_trigger_to_pool_mapping(ThriftCall *call,
                                                 gpointer args,
                                                 gpointer result,
                                                 GError **error)
{
    const HmsWMCreateOrDropTriggerToPoolMappingRequest *request =
        ((HmsResourcePlansCreateOrDropWmTriggerToPoolMappingArgs *)args)->request;
    HmsResourcePlansCreateOrDropWmTriggerToPoolMappingResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    return catalog_resource_trigger_tie(call->catalog, &name, request->triggerName,
                                        request->poolPath, !request->drop, error) &&
           (out->__isset_success = TRUE);
}

/* --- pools --- */

gboolean
thrift_create_wm_pool(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMPool *in = ((HmsResourcePlansCreateWmPoolArgs *)args)->request->pool;
    HmsResourcePlansCreateWmPoolResult *out = result;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    CatalogPool wanted = {.path = in->poolPath,
                          .alloc_fraction = in->allocFraction,
                          .query_parallelism = in->queryParallelism,
                          .scheduling_policy = in->schedulingPolicy};
    return catalog_resource_pool_create(call->catalog, &name, &wanted, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_alter_wm_pool(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMAlterPoolRequest *request = ((HmsResourcePlansAlterWmPoolArgs *)args)->request;
    HmsResourcePlansAlterWmPoolResult *out = result;
    const HmsWMNullablePool *in = request->pool;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    CatalogPoolChange wanted = {.new_path = in->poolPath,
                                .has_alloc_fraction = in->__isset_allocFraction,
                                .alloc_fraction = in->allocFraction,
                                .has_query_parallelism = in->__isset_queryParallelism,
                                .query_parallelism = in->queryParallelism,
                                .sets_scheduling_policy =
                                    in->__isset_isSetSchedulingPolicy && in->isSetSchedulingPolicy,
                                .scheduling_policy = in->schedulingPolicy};
    return catalog_resource_pool_alter(call->catalog, &name, request->poolPath, &wanted, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_drop_wm_pool(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMDropPoolRequest *request = ((HmsResourcePlansDropWmPoolArgs *)args)->request;
    HmsResourcePlansDropWmPoolResult *out = result;
    CatalogPlanName name = {request->ns, request->resourcePlanName};
    return catalog_resource_pool_drop(call->catalog, &name, request->poolPath, error) &&
           (out->__isset_success = TRUE);
}

/* --- mappings --- */

gboolean
thrift_create_or_update_wm_mapping(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMCreateOrUpdateMappingRequest *request =
        ((HmsResourcePlansCreateOrUpdateWmMappingArgs *)args)->request;
    HmsResourcePlansCreateOrUpdateWmMappingResult *out = result;
    const HmsWMMapping *in = request->mapping;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    CatalogPoolMapping wanted = {.entity_type = in->entityType,
                                 .entity_name = in->entityName,
                                 .pool_path = in->poolPath,
                                 .has_ordering = in->__isset_ordering,
                                 .ordering = in->ordering};
    return catalog_resource_mapping_put(call->catalog, &name, &wanted, request->update, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_drop_wm_mapping(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsWMMapping *in = ((HmsResourcePlansDropWmMappingArgs *)args)->request->mapping;
    HmsResourcePlansDropWmMappingResult *out = result;
    CatalogPlanName name = {in->ns, in->resourcePlanName};
    return catalog_resource_mapping_drop(call->catalog, &name, in->entityType, in->entityName,
                                         error) &&
           (out->__isset_success = TRUE);
}
