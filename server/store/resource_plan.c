/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.resource_plans and the tables below it. What a change means, the catalog's rule
 * says. Caller: server/catalog/resource_plan*.c. */
#include "skep/store_resource_plan.h"

#include "store/query.h"
#include "store/resource_plan_sql.h"

/* Columns of resource_plan_list and resource_plan_active. */
enum { PLAN_ID, PLAN_NAMESPACE, PLAN_NAME, PLAN_STATUS, PLAN_PARALLELISM, PLAN_DEFAULT_POOL };

static CatalogResourcePlan *
read_plan(const StoreResult *result, guint row)
{
    CatalogResourcePlan *plan = catalog_resource_plan_new();

    plan->id = store_row_int64(result, row, PLAN_ID);
    plan->cluster_namespace = store_row_text_copy(result, row, PLAN_NAMESPACE);
    plan->name = store_row_text_copy(result, row, PLAN_NAME);
    plan->status = (CatalogPlanStatus)store_row_int64(result, row, PLAN_STATUS);
    plan->query_parallelism = (gint32)store_row_int64(result, row, PLAN_PARALLELISM);
    plan->default_pool_path = store_row_text_copy(result, row, PLAN_DEFAULT_POOL);
    return plan;
}

static void
read_pool(CatalogResourcePlan *plan, const StoreResult *result, guint row)
{
    CatalogPool *pool = g_new0(CatalogPool, 1);

    pool->path = store_row_text_copy(result, row, 0);
    pool->alloc_fraction = store_row_double(result, row, 1);
    pool->query_parallelism = (gint32)store_row_int64(result, row, 2);
    pool->scheduling_policy = store_row_text_copy(result, row, 3);
    g_ptr_array_add(plan->pools, pool);
}

static void
read_trigger(CatalogResourcePlan *plan, const StoreResult *result, guint row)
{
    CatalogTrigger *trigger = g_new0(CatalogTrigger, 1);

    trigger->name = store_row_text_copy(result, row, 0);
    trigger->trigger_expression = store_row_text_copy(result, row, 1);
    trigger->action_expression = store_row_text_copy(result, row, 2);
    trigger->is_in_unmanaged = store_row_bool(result, row, 3);
    g_ptr_array_add(plan->triggers, trigger);
}

static void
read_mapping(CatalogResourcePlan *plan, const StoreResult *result, guint row)
{
    CatalogPoolMapping *mapping = g_new0(CatalogPoolMapping, 1);

    mapping->entity_type = store_row_text_copy(result, row, 0);
    mapping->entity_name = store_row_text_copy(result, row, 1);
    mapping->pool_path = store_row_text_copy(result, row, 2);
    mapping->has_ordering = !store_row_is_null(result, row, 3);
    mapping->ordering = (gint32)store_row_int64(result, row, 3);
    g_ptr_array_add(plan->mappings, mapping);
}

static void
read_pool_trigger(CatalogResourcePlan *plan, const StoreResult *result, guint row)
{
    g_ptr_array_add(plan->pool_triggers, catalog_pool_trigger_new(store_row_text(result, row, 0),
                                                                  store_row_text(result, row, 1)));
}

static gboolean
read_part(StoreTransaction *transaction,
          CatalogResourcePlan *plan,
          const StoreQuery *query,
          void (*read_row)(CatalogResourcePlan *plan, const StoreResult *result, guint row),
          GError **error)
{
    StoreParam params[] = {store_param_int64(plan->id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, query, STORE_PARAMS(params), &result, error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++)
        read_row(plan, result, row);
    return TRUE;
}

static gboolean
read_content(StoreTransaction *transaction, CatalogResourcePlan *plan, GError **error)
{
    return read_part(transaction, plan, &SQL_RESOURCE_POOL_LIST, read_pool, error) &&
           read_part(transaction, plan, &SQL_RESOURCE_TRIGGER_LIST, read_trigger, error) &&
           read_part(transaction, plan, &SQL_RESOURCE_MAPPING_LIST, read_mapping, error) &&
           read_part(transaction, plan, &SQL_RESOURCE_POOL_TRIGGER_LIST, read_pool_trigger, error);
}

GPtrArray *
store_resource_plan_list(Store *store, const char *cluster_namespace, GError **error)
{
    StoreParam params[] = {store_param_text(cluster_namespace), store_param_null()};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *plans;

    if (!store_query_rows(store, &SQL_RESOURCE_PLAN_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    plans = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_resource_plan_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(plans, read_plan(result, row));
    return plans;
}

typedef struct {
    const char *cluster_namespace;
    const char *name;
    CatalogResourcePlan *found;
} PlanFind;

static gboolean
find_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    PlanFind *find = data;
    StoreParam by_name[] = {store_param_text(find->cluster_namespace),
                            store_param_text(find->name)};
    StoreParam active[] = {store_param_text(find->cluster_namespace)};
    g_autoptr(StoreResult) result = NULL;

    g_clear_pointer(&find->found, catalog_resource_plan_free);
    if (find->name ? !store_transaction_one(transaction, &SQL_RESOURCE_PLAN_LIST,
                                            STORE_PARAMS(by_name), &result, error)
                   : !store_transaction_one(transaction, &SQL_RESOURCE_PLAN_ACTIVE,
                                            STORE_PARAMS(active), &result, error))
        return FALSE;
    if (!result)
        return TRUE;
    find->found = read_plan(result, 0);
    return read_content(transaction, find->found, error);
}

gboolean
store_resource_plan_find(Store *store,
                         const char *cluster_namespace,
                         const char *name,
                         CatalogResourcePlan **out_plan,
                         GError **error)
{
    PlanFind find = {.cluster_namespace = cluster_namespace, .name = name};

    if (!store_transaction_run(store, find_in_transaction, &find, error)) {
        catalog_resource_plan_free(find.found);
        return FALSE;
    }
    *out_plan = find.found;
    return TRUE;
}

/* ---- writing ---- */

/* Lists side by side, as the statements take them; texts are borrowed but for `made`. */
typedef struct {
    GPtrArray *texts[4];
    GArray *numbers[3];
    GPtrArray *made;
} Lists;

static void
lists_init(Lists *lists)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lists->texts); i++)
        lists->texts[i] = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(lists->numbers); i++)
        lists->numbers[i] = g_array_new(FALSE, FALSE, sizeof(gint64));
    lists->made = g_ptr_array_new_with_free_func(g_free);
}

static void
lists_clear(Lists *lists)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lists->texts); i++)
        g_clear_pointer(&lists->texts[i], g_ptr_array_unref);
    for (gsize i = 0; i < G_N_ELEMENTS(lists->numbers); i++)
        g_clear_pointer(&lists->numbers[i], g_array_unref);
    g_clear_pointer(&lists->made, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lists, lists_clear)

static void
lists_add_text(Lists *lists, gsize index, const char *text)
{
    g_ptr_array_add(lists->texts[index], (gpointer)text);
}

/* Takes `text`. */
static void
lists_add_made(Lists *lists, gsize index, char *text)
{
    g_ptr_array_add(lists->made, text);
    g_ptr_array_add(lists->texts[index], text);
}

static void
lists_add_number(Lists *lists, gsize index, gint64 number)
{
    g_array_append_val(lists->numbers[index], number);
}

static StoreParam
param_texts(const Lists *lists, gsize index)
{
    return store_param_text_array_sized((const char *const *)lists->texts[index]->pdata,
                                        lists->texts[index]->len);
}

static StoreParam
param_numbers(const Lists *lists, gsize index)
{
    return store_param_int64_array((const gint64 *)(const void *)lists->numbers[index]->data,
                                   lists->numbers[index]->len);
}

static gboolean
write_pools(StoreTransaction *transaction, const CatalogResourcePlan *plan, GError **error)
{
    g_auto(Lists) lists;

    lists_init(&lists);
    for (guint i = 0; i < plan->pools->len; i++) {
        const CatalogPool *pool = plan->pools->pdata[i];
        char digits[G_ASCII_DTOSTR_BUF_SIZE];

        lists_add_text(&lists, 0, pool->path);
        lists_add_made(&lists, 1,
                       g_strdup(g_ascii_dtostr(digits, sizeof digits, pool->alloc_fraction)));
        lists_add_number(&lists, 0, pool->query_parallelism);
        lists_add_text(&lists, 2, pool->scheduling_policy);
    }
    StoreParam params[] = {store_param_int64(plan->id), param_texts(&lists, 0),
                           param_texts(&lists, 1), param_numbers(&lists, 0),
                           param_texts(&lists, 2)};
    return plan->pools->len == 0 || store_transaction_exec(transaction, &SQL_RESOURCE_POOL_INSERT,
                                                           STORE_PARAMS(params), NULL, error);
}

static gboolean
write_triggers(StoreTransaction *transaction, const CatalogResourcePlan *plan, GError **error)
{
    g_auto(Lists) lists;

    lists_init(&lists);
    for (guint i = 0; i < plan->triggers->len; i++) {
        const CatalogTrigger *trigger = plan->triggers->pdata[i];

        lists_add_text(&lists, 0, trigger->name);
        lists_add_text(&lists, 1, trigger->trigger_expression);
        lists_add_text(&lists, 2, trigger->action_expression);
        lists_add_number(&lists, 0, trigger->is_in_unmanaged ? 1 : 0);
    }
    StoreParam params[] = {store_param_int64(plan->id), param_texts(&lists, 0),
                           param_texts(&lists, 1), param_texts(&lists, 2),
                           param_numbers(&lists, 0)};
    return plan->triggers->len == 0 ||
           store_transaction_exec(transaction, &SQL_RESOURCE_TRIGGER_INSERT, STORE_PARAMS(params),
                                  NULL, error);
}

static gboolean
write_mappings(StoreTransaction *transaction, const CatalogResourcePlan *plan, GError **error)
{
    g_auto(Lists) lists;

    lists_init(&lists);
    for (guint i = 0; i < plan->mappings->len; i++) {
        const CatalogPoolMapping *mapping = plan->mappings->pdata[i];

        lists_add_text(&lists, 0, mapping->entity_type);
        lists_add_text(&lists, 1, mapping->entity_name);
        lists_add_text(&lists, 2, mapping->pool_path);
        lists_add_made(&lists, 3,
                       mapping->has_ordering ? g_strdup_printf("%d", mapping->ordering) : NULL);
    }
    StoreParam params[] = {store_param_int64(plan->id), param_texts(&lists, 0),
                           param_texts(&lists, 1), param_texts(&lists, 2), param_texts(&lists, 3)};
    return plan->mappings->len == 0 ||
           store_transaction_exec(transaction, &SQL_RESOURCE_MAPPING_INSERT, STORE_PARAMS(params),
                                  NULL, error);
}

static gboolean
write_pool_triggers(StoreTransaction *transaction, const CatalogResourcePlan *plan, GError **error)
{
    g_auto(Lists) lists;

    lists_init(&lists);
    for (guint i = 0; i < plan->pool_triggers->len; i++) {
        const CatalogPoolTrigger *pair = plan->pool_triggers->pdata[i];

        lists_add_text(&lists, 0, pair->pool_path);
        lists_add_text(&lists, 1, pair->trigger_name);
    }
    StoreParam params[] = {store_param_int64(plan->id), param_texts(&lists, 0),
                           param_texts(&lists, 1)};
    return plan->pool_triggers->len == 0 ||
           store_transaction_exec(transaction, &SQL_RESOURCE_POOL_TRIGGER_INSERT,
                                  STORE_PARAMS(params), NULL, error);
}

static gboolean
write_content(StoreTransaction *transaction, const CatalogResourcePlan *plan, GError **error)
{
    StoreParam id[] = {store_param_int64(plan->id)};

    return store_transaction_exec(transaction, &SQL_RESOURCE_PLAN_CLEAR_POOLS, STORE_PARAMS(id),
                                  NULL, error) &&
           store_transaction_exec(transaction, &SQL_RESOURCE_PLAN_CLEAR_TRIGGERS, STORE_PARAMS(id),
                                  NULL, error) &&
           store_transaction_exec(transaction, &SQL_RESOURCE_PLAN_CLEAR_MAPPINGS, STORE_PARAMS(id),
                                  NULL, error) &&
           write_pools(transaction, plan, error) && write_triggers(transaction, plan, error) &&
           write_mappings(transaction, plan, error) &&
           write_pool_triggers(transaction, plan, error);
}

static gboolean
write_plans(StoreTransaction *transaction, const GPtrArray *plans, GError **error)
{
    g_auto(Lists) lists;

    lists_init(&lists);
    for (guint i = 0; i < plans->len; i++) {
        const CatalogResourcePlan *plan = plans->pdata[i];

        lists_add_number(&lists, 0, plan->id);
        lists_add_text(&lists, 0, plan->name);
        lists_add_number(&lists, 1, plan->status);
        lists_add_number(&lists, 2, plan->query_parallelism);
        lists_add_text(&lists, 1, plan->default_pool_path);
    }
    StoreParam params[] = {param_numbers(&lists, 0), param_texts(&lists, 0),
                           param_numbers(&lists, 1), param_numbers(&lists, 2),
                           param_texts(&lists, 1)};
    return store_transaction_exec(transaction, &SQL_RESOURCE_PLAN_UPDATE, STORE_PARAMS(params),
                                  NULL, error);
}

static gboolean
write_created(StoreTransaction *transaction, CatalogResourcePlan *plan, GError **error)
{
    StoreParam params[] = {store_param_text(plan->cluster_namespace), store_param_text(plan->name),
                           store_param_int64(plan->status),
                           store_param_int64_or_null(plan->query_parallelism, 0),
                           store_param_text(plan->default_pool_path)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_RESOURCE_PLAN_INSERT, STORE_PARAMS(params),
                               &result, error))
        return FALSE;
    plan->id = store_row_int64(result, 0, 0);
    return write_content(transaction, plan, error);
}

typedef struct {
    const char *cluster_namespace;
    const char *name;
    StoreResourcePlanRule rule;
    gpointer data;
} PlanChange;

static void
change_clear(StoreResourcePlanChange *change)
{
    g_clear_pointer(&change->plans, g_ptr_array_unref);
    g_clear_pointer(&change->created, catalog_resource_plan_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreResourcePlanChange, change_clear)

static gboolean
read_for_change(StoreTransaction *transaction,
                const PlanChange *wanted,
                StoreResourcePlanChange *change,
                GError **error)
{
    StoreParam params[] = {store_param_text(wanted->cluster_namespace), store_param_null()};
    g_autoptr(StoreResult) locked = NULL;
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_RESOURCE_PLAN_LOCK, params, 1, &locked, error) ||
        !store_transaction_rows(transaction, &SQL_RESOURCE_PLAN_LIST, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    change->plans = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_resource_plan_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogResourcePlan *plan = read_plan(result, row);
        gboolean is_meant = wanted->name ? g_str_equal(plan->name, wanted->name)
                                         : plan->status == CATALOG_PLAN_ACTIVE;

        g_ptr_array_add(change->plans, plan);
        change->plan = is_meant ? plan : change->plan;
    }
    return !change->plan || read_content(transaction, change->plan, error);
}

static gboolean
change_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    const PlanChange *wanted = data;
    g_auto(StoreResourcePlanChange) change = {NULL};

    if (!read_for_change(transaction, wanted, &change, error) ||
        !wanted->rule(&change, wanted->data, error))
        return FALSE;
    if (change.is_dropped) {
        StoreParam id[] = {store_param_int64(change.plan->id)};

        return store_transaction_exec(transaction, &SQL_RESOURCE_PLAN_DELETE, STORE_PARAMS(id),
                                      NULL, error);
    }
    return (!change.content_changed || write_content(transaction, change.plan, error)) &&
           (!change.plans_changed || write_plans(transaction, change.plans, error)) &&
           (!change.created || write_created(transaction, change.created, error));
}

gboolean
store_resource_plan_change(Store *store,
                           const char *cluster_namespace,
                           const char *name,
                           StoreResourcePlanRule rule,
                           gpointer data,
                           GError **error)
{
    PlanChange change = {cluster_namespace, name, rule, data};

    return store_transaction_run(store, change_in_transaction, &change, error);
}
