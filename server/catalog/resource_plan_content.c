/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a resource plan: pools, triggers and mappings. Each edit is a function over the plan
 * in memory, which the store runs while nobody else changes plans. Caller: the Thrift door. */
#include "resource_plan_private.h"

#include <math.h>
#include <string.h>

#include "bound.h"

/* One edit of a plan that is disabled. */
typedef gboolean (*PlanEdit)(CatalogResourcePlan *plan, gpointer data, GError **error);

typedef struct {
    const PlanKey *key;
    PlanEdit edit;
    gpointer data;
} PlanEditCall;

static gboolean
check_parts(const GPtrArray *parts, const char *what, GError **error)
{
    return parts->len <= CATALOG_PLAN_PARTS_MAX ||
           skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A resource plan has more than %d %s",
                     CATALOG_PLAN_PARTS_MAX, what);
}

static gboolean
edit_rule(StoreResourcePlanChange *change, gpointer data, GError **error)
{
    const PlanEditCall *call = data;
    CatalogResourcePlan *plan = change->plan;

    if (!plan)
        return plan_fail_missing(error, call->key);
    if (plan->status != CATALOG_PLAN_DISABLED)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Resource plan must be disabled to edit it.");
    change->content_changed = TRUE;
    change->plans_changed = TRUE; /* a moved pool may be the default one */
    return call->edit(plan, call->data, error) && check_parts(plan->pools, "pools", error) &&
           check_parts(plan->triggers, "triggers", error) &&
           check_parts(plan->mappings, "mappings", error) &&
           check_parts(plan->pool_triggers, "triggers of pools", error);
}

static gboolean
edit_plan(
    Catalog *catalog, const CatalogPlanName *name, PlanEdit edit, gpointer data, GError **error)
{
    g_auto(PlanKey) key = {NULL};
    PlanEditCall call = {&key, edit, data};

    if (!name->name)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Resource name cannot be empty.");
    return plan_key_fold(&key, name, error) &&
           store_resource_plan_change(catalog->store, key.cluster_namespace, key.plan, edit_rule,
                                      &call, error);
}

static void
take(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* ---- pools ---- */

static gboolean
check_policy(const char *policy, GError **error)
{
    return !policy || g_ascii_strcasecmp(policy, "fair") == 0 ||
           g_ascii_strcasecmp(policy, "fifo") == 0 ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "Invalid scheduling policy %s",
                     policy);
}

static gboolean
check_fraction(double fraction, GError **error)
{
    return isfinite(fraction) || skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                                           "The allocation fraction is not a number");
}

static gboolean
check_parent(const CatalogResourcePlan *plan, const char *path, GError **error)
{
    g_autofree char *parent = g_strndup(path, plan_path_parent_length(path));

    return *parent == '\0' || plan_pool_find(plan, parent) ||
           skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "Pool path is invalid, the parent does not exist");
}

static gboolean
check_path_is_free(const CatalogResourcePlan *plan, const char *path, GError **error)
{
    return !plan_pool_find(plan, path) ||
           skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "Pool already exists: %s", path);
}

/* A path that something new gets: no empty name in it. */
static char *
fold_path(const char *path, GError **error)
{
    g_autofree char *folded = plan_name_fold(path, error);

    if (folded && (folded[0] == '.' || g_str_has_suffix(folded, ".") || strstr(folded, "..")))
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                              "Pool path is invalid, it has an empty name: %s", folded);
    return g_steal_pointer(&folded);
}

static gboolean
create_pool(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const CatalogPool *wanted = data;
    CatalogPool *pool;

    if (!check_parent(plan, wanted->path, error) || !check_path_is_free(plan, wanted->path, error))
        return FALSE;
    pool = g_memdup2(wanted, sizeof *wanted);
    pool->path = g_strdup(wanted->path);
    pool->scheduling_policy = g_strdup(wanted->scheduling_policy);
    g_ptr_array_add(plan->pools, pool);
    return TRUE;
}

gboolean
catalog_resource_pool_create(Catalog *catalog,
                             const CatalogPlanName *name,
                             const CatalogPool *wanted,
                             GError **error)
{
    g_autofree char *path = fold_path(wanted->path, error);

    if (!path || !check_policy(wanted->scheduling_policy, error) ||
        !check_fraction(wanted->alloc_fraction, error))
        return FALSE;
    CatalogPool settled = *wanted;
    settled.path = path;
    return edit_plan(catalog, name, create_pool, &settled, error);
}

/* `*path` with `from` at its start, as that of the pool or of one below it, replaced. */
static void
move_path(char **path, const char *from, const char *to)
{
    gsize length = strlen(from);

    if (*path && strncmp(*path, from, length) == 0 &&
        ((*path)[length] == '\0' || (*path)[length] == '.'))
        take(path, g_strconcat(to, *path + length, NULL));
}

static gboolean
move_pool(CatalogResourcePlan *plan, const char *from, const char *to, GError **error)
{
    g_autofree char *below = g_strconcat(from, ".", NULL);

    if (g_str_has_prefix(to, below))
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "Pool path is invalid, a pool cannot be below itself: %s", to);
    if (!check_parent(plan, to, error) || !check_path_is_free(plan, to, error))
        return FALSE;
    for (guint i = 0; i < plan->pools->len; i++)
        move_path(&((CatalogPool *)plan->pools->pdata[i])->path, from, to);
    for (guint i = 0; i < plan->mappings->len; i++)
        move_path(&((CatalogPoolMapping *)plan->mappings->pdata[i])->pool_path, from, to);
    for (guint i = 0; i < plan->pool_triggers->len; i++)
        move_path(&((CatalogPoolTrigger *)plan->pool_triggers->pdata[i])->pool_path, from, to);
    move_path(&plan->default_pool_path, from, to);
    return TRUE;
}

typedef struct {
    const char *path;
    const char *new_path;
    const CatalogPoolChange *wanted;
} PoolAlter;

static gboolean
alter_pool(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const PoolAlter *alter = data;
    const CatalogPoolChange *wanted = alter->wanted;
    CatalogPool *pool = plan_pool_get(plan, alter->path, error);

    if (!pool)
        return FALSE;
    if (wanted->has_alloc_fraction)
        pool->alloc_fraction = wanted->alloc_fraction;
    if (wanted->has_query_parallelism)
        pool->query_parallelism = wanted->query_parallelism;
    if (wanted->sets_scheduling_policy)
        take(&pool->scheduling_policy, g_strdup(wanted->scheduling_policy));
    return !alter->new_path || g_str_equal(alter->new_path, alter->path) ||
           move_pool(plan, alter->path, alter->new_path, error);
}

gboolean
catalog_resource_pool_alter(Catalog *catalog,
                            const CatalogPlanName *name,
                            const char *path,
                            const CatalogPoolChange *wanted,
                            GError **error)
{
    g_autofree char *folded = plan_name_fold(path, error);
    g_autofree char *new_path = NULL;

    if (!folded || (wanted->new_path && !(new_path = fold_path(wanted->new_path, error))) ||
        !check_policy(wanted->scheduling_policy, error) ||
        (wanted->has_alloc_fraction && !check_fraction(wanted->alloc_fraction, error)))
        return FALSE;
    PoolAlter alter = {folded, new_path, wanted};
    return edit_plan(catalog, name, alter_pool, &alter, error);
}

static gboolean
drop_pool(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const char *path = data;
    g_autofree char *below = g_strconcat(path, ".", NULL);
    CatalogPool *pool = plan_pool_find(plan, path);

    if (!pool)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Cannot delete pool: %s", path);
    if (g_strcmp0(plan->default_pool_path, path) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot drop default pool of a resource plan");
    for (guint i = 0; i < plan->pools->len; i++) {
        if (g_str_has_prefix(((CatalogPool *)plan->pools->pdata[i])->path, below))
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Cannot drop a pool that has child pools");
    }
    for (guint i = 0; i < plan->mappings->len; i++) {
        if (g_strcmp0(((CatalogPoolMapping *)plan->mappings->pdata[i])->pool_path, path) == 0)
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Please remove all mappings for this pool.");
    }
    for (guint i = plan->pool_triggers->len; i-- > 0;) {
        if (g_str_equal(((CatalogPoolTrigger *)plan->pool_triggers->pdata[i])->pool_path, path))
            g_ptr_array_remove_index(plan->pool_triggers, i);
    }
    g_ptr_array_remove(plan->pools, pool);
    return TRUE;
}

gboolean
catalog_resource_pool_drop(Catalog *catalog,
                           const CatalogPlanName *name,
                           const char *path,
                           GError **error)
{
    g_autofree char *folded = plan_name_fold(path, error);

    return folded && edit_plan(catalog, name, drop_pool, folded, error);
}

/* ---- triggers ---- */

static CatalogTrigger *
find_trigger(const CatalogResourcePlan *plan, const char *name)
{
    for (guint i = 0; i < plan->triggers->len; i++) {
        CatalogTrigger *trigger = plan->triggers->pdata[i];

        if (g_str_equal(trigger->name, name))
            return trigger;
    }
    return NULL;
}

static CatalogTrigger *
get_trigger(const CatalogResourcePlan *plan, const char *name, GError **error)
{
    CatalogTrigger *trigger = find_trigger(plan, name);

    return trigger ? trigger
                   : skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                                    "Cannot find trigger with name: %s", name);
}

static gboolean
check_expressions(const CatalogTrigger *trigger, GError **error)
{
    return catalog_bound_text("The trigger's expression", trigger->trigger_expression,
                              CATALOG_NOTE_BYTES_MAX, error) &&
           catalog_bound_text("The trigger's action", trigger->action_expression,
                              CATALOG_NOTE_BYTES_MAX, error);
}

static gboolean
create_trigger(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const CatalogTrigger *wanted = data;
    CatalogTrigger *trigger;

    if (find_trigger(plan, wanted->name))
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                         "Trigger already exists, use alter: %s", wanted->name);
    trigger = g_memdup2(wanted, sizeof *wanted);
    trigger->name = g_strdup(wanted->name);
    trigger->trigger_expression = g_strdup(wanted->trigger_expression);
    trigger->action_expression = g_strdup(wanted->action_expression);
    g_ptr_array_add(plan->triggers, trigger);
    return TRUE;
}

gboolean
catalog_resource_trigger_create(Catalog *catalog,
                                const CatalogPlanName *name,
                                const CatalogTrigger *wanted,
                                GError **error)
{
    g_autofree char *folded = plan_name_fold(wanted->name, error);

    if (!folded || !check_expressions(wanted, error))
        return FALSE;
    CatalogTrigger settled = *wanted;
    settled.name = folded;
    return edit_plan(catalog, name, create_trigger, &settled, error);
}

typedef struct {
    const char *trigger_name;
    const CatalogTrigger *wanted;
    gboolean set_in_unmanaged;
} TriggerAlter;

static gboolean
alter_trigger(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const TriggerAlter *alter = data;
    CatalogTrigger *trigger = get_trigger(plan, alter->trigger_name, error);

    if (!trigger)
        return FALSE;
    if (alter->wanted->trigger_expression)
        take(&trigger->trigger_expression, g_strdup(alter->wanted->trigger_expression));
    if (alter->wanted->action_expression)
        take(&trigger->action_expression, g_strdup(alter->wanted->action_expression));
    if (alter->set_in_unmanaged)
        trigger->is_in_unmanaged = alter->wanted->is_in_unmanaged;
    return TRUE;
}

gboolean
catalog_resource_trigger_alter(Catalog *catalog,
                               const CatalogPlanName *name,
                               const CatalogTrigger *wanted,
                               gboolean set_in_unmanaged,
                               GError **error)
{
    g_autofree char *folded = plan_name_fold(wanted->name, error);
    TriggerAlter alter = {folded, wanted, set_in_unmanaged};

    return folded && check_expressions(wanted, error) &&
           edit_plan(catalog, name, alter_trigger, &alter, error);
}

/* Whether both are tied, or with pool_path NULL: to any pool; takes such ties away. */
static gboolean
untie(CatalogResourcePlan *plan, const char *pool_path, const char *trigger_name)
{
    gboolean found = FALSE;

    for (guint i = plan->pool_triggers->len; i-- > 0;) {
        const CatalogPoolTrigger *pair = plan->pool_triggers->pdata[i];

        if (g_str_equal(pair->trigger_name, trigger_name) &&
            (!pool_path || g_str_equal(pair->pool_path, pool_path))) {
            g_ptr_array_remove_index(plan->pool_triggers, i);
            found = TRUE;
        }
    }
    return found;
}

static gboolean
drop_trigger(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const char *trigger_name = data;
    CatalogTrigger *trigger = find_trigger(plan, trigger_name);

    if (!trigger)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Cannot delete trigger: %s",
                         trigger_name);
    untie(plan, NULL, trigger_name);
    g_ptr_array_remove(plan->triggers, trigger);
    return TRUE;
}

gboolean
catalog_resource_trigger_drop(Catalog *catalog,
                              const CatalogPlanName *name,
                              const char *trigger_name,
                              GError **error)
{
    g_autofree char *folded = plan_name_fold(trigger_name, error);

    return folded && edit_plan(catalog, name, drop_trigger, folded, error);
}

typedef struct {
    const char *trigger_name;
    const char *pool_path;
    gboolean is_tied;
} TriggerTie;

static gboolean
tie_trigger(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const TriggerTie *tie = data;

    if (!plan_pool_get(plan, tie->pool_path, error) || !get_trigger(plan, tie->trigger_name, error))
        return FALSE;
    untie(plan, tie->pool_path, tie->trigger_name);
    if (tie->is_tied)
        g_ptr_array_add(plan->pool_triggers,
                        catalog_pool_trigger_new(tie->pool_path, tie->trigger_name));
    return TRUE;
}

gboolean
catalog_resource_trigger_tie(Catalog *catalog,
                             const CatalogPlanName *name,
                             const char *trigger_name,
                             const char *pool_path,
                             gboolean is_tied,
                             GError **error)
{
    g_autofree char *trigger = plan_name_fold(trigger_name, error);
    g_autofree char *pool = trigger ? plan_name_fold(pool_path, error) : NULL;
    TriggerTie tie = {trigger, pool, is_tied};

    return pool && edit_plan(catalog, name, tie_trigger, &tie, error);
}

/* ---- mappings ---- */

static CatalogPoolMapping *
find_mapping(const CatalogResourcePlan *plan, const CatalogPoolMapping *like)
{
    for (guint i = 0; i < plan->mappings->len; i++) {
        CatalogPoolMapping *mapping = plan->mappings->pdata[i];

        if (g_str_equal(mapping->entity_type, like->entity_type) &&
            g_str_equal(mapping->entity_name, like->entity_name))
            return mapping;
    }
    return NULL;
}

/* Who is mapped, as it is kept. Only the two members of `out` are set. */
static gboolean
fold_entity(const char *type, const char *name, CatalogPoolMapping *out, GError **error)
{
    static const char *const types[] = {"USER", "GROUP", "APPLICATION", NULL};
    g_autofree char *upper = g_ascii_strup(type ? type : "", -1);

    g_strstrip(upper);
    if (!g_strv_contains(types, upper))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Mappings are of a USER, a GROUP or an APPLICATION");
    out->entity_name = plan_name_fold(name, error);
    if (!out->entity_name)
        return FALSE;
    out->entity_type = g_steal_pointer(&upper);
    return TRUE;
}

typedef struct {
    const CatalogPoolMapping *wanted;
    gboolean is_update;
} MappingPut;

static gboolean
put_mapping(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    const MappingPut *put = data;
    const CatalogPoolMapping *wanted = put->wanted;
    CatalogPoolMapping *mapping = find_mapping(plan, wanted);

    if (wanted->pool_path && !plan_pool_get(plan, wanted->pool_path, error))
        return FALSE;
    if (put->is_update && !mapping)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Cannot find mapping.");
    if (!put->is_update && mapping)
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                         "Mapping already exists, use update: %s %s", wanted->entity_type,
                         wanted->entity_name);
    if (!mapping) {
        mapping = g_new0(CatalogPoolMapping, 1);
        mapping->entity_type = g_strdup(wanted->entity_type);
        mapping->entity_name = g_strdup(wanted->entity_name);
        g_ptr_array_add(plan->mappings, mapping);
    }
    take(&mapping->pool_path, g_strdup(wanted->pool_path));
    if (wanted->has_ordering || !put->is_update) {
        mapping->has_ordering = wanted->has_ordering;
        mapping->ordering = wanted->ordering;
    }
    return TRUE;
}

gboolean
catalog_resource_mapping_put(Catalog *catalog,
                             const CatalogPlanName *name,
                             const CatalogPoolMapping *wanted,
                             gboolean is_update,
                             GError **error)
{
    g_autoptr(CatalogPoolMapping) settled = g_memdup2(wanted, sizeof *wanted);
    MappingPut put = {settled, is_update};

    settled->entity_type = settled->entity_name = settled->pool_path = NULL;
    if (!fold_entity(wanted->entity_type, wanted->entity_name, settled, error) ||
        (wanted->pool_path && !(settled->pool_path = plan_name_fold(wanted->pool_path, error))))
        return FALSE;
    return edit_plan(catalog, name, put_mapping, &put, error);
}

static gboolean
drop_mapping(CatalogResourcePlan *plan, gpointer data, GError **error)
{
    CatalogPoolMapping *mapping = find_mapping(plan, data);

    return mapping ? g_ptr_array_remove(plan->mappings, mapping)
                   : skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Cannot delete mapping.");
}

gboolean
catalog_resource_mapping_drop(Catalog *catalog,
                              const CatalogPlanName *name,
                              const char *entity_type,
                              const char *entity_name,
                              GError **error)
{
    g_autoptr(CatalogPoolMapping) like = g_new0(CatalogPoolMapping, 1);

    return fold_entity(entity_type, entity_name, like, error) &&
           edit_plan(catalog, name, drop_mapping, like, error);
}
