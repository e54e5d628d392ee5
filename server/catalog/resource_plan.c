/* SPDX-License-Identifier: Apache-2.0 */
/* Resource plans as a whole: made, copied, enabled, activated, replaced, checked and dropped. What
 * is in them: resource_plan_content.c. Caller: the Thrift door. */
#include "resource_plan_private.h"

#include <math.h>
#include <string.h>

#include "bound.h"

#define DEFAULT_POOL             "default"
#define DEFAULT_POOL_PARALLELISM 4
#define FRACTION_TOLERANCE       0.00001

void
plan_key_clear(PlanKey *key)
{
    g_clear_pointer(&key->cluster_namespace, g_free);
    g_clear_pointer(&key->plan, g_free);
}

char *
plan_name_fold(const char *name, GError **error)
{
    return catalog_bound_name("Resource name", name, error);
}

gboolean
plan_key_fold(PlanKey *out_key, const CatalogPlanName *name, GError **error)
{
    const char *namespace_name = name->cluster_namespace ? name->cluster_namespace : "default";

    out_key->cluster_namespace = plan_name_fold(namespace_name, error);
    if (out_key->cluster_namespace && name->name)
        out_key->plan = plan_name_fold(name->name, error);
    return out_key->cluster_namespace && (!name->name || out_key->plan);
}

/* For calls that need a plan's name. */
static gboolean
fold_named(PlanKey *out_key, const CatalogPlanName *name, GError **error)
{
    if (!name->name)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Resource name cannot be empty.");
    return plan_key_fold(out_key, name, error);
}

gboolean
plan_fail_missing(GError **error, const PlanKey *key)
{
    if (!key->plan)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "There is no active resource plan in %s", key->cluster_namespace);
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "There is no resource plan named: %s in %s", key->plan,
                     key->cluster_namespace);
}

static CatalogResourcePlan *
find_named(const GPtrArray *plans, const char *name)
{
    for (guint i = 0; i < plans->len; i++) {
        CatalogResourcePlan *plan = plans->pdata[i];

        if (g_str_equal(plan->name, name))
            return plan;
    }
    return NULL;
}

static CatalogResourcePlan *
find_active(const GPtrArray *plans)
{
    for (guint i = 0; i < plans->len; i++) {
        CatalogResourcePlan *plan = plans->pdata[i];

        if (plan->status == CATALOG_PLAN_ACTIVE)
            return plan;
    }
    return NULL;
}

static void
take(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* ---- create ---- */

typedef struct {
    const PlanKey *key; /* of what is copied, when something is */
    const char *new_name;
    gint32 query_parallelism;
    gboolean is_copy;
} PlanCreate;

static CatalogResourcePlan *
make_plan(const PlanCreate *create)
{
    CatalogResourcePlan *plan = catalog_resource_plan_new();
    CatalogPool *pool = g_new0(CatalogPool, 1);

    plan->query_parallelism = create->query_parallelism;
    pool->path = g_strdup(DEFAULT_POOL);
    pool->alloc_fraction = 1.0;
    pool->query_parallelism = DEFAULT_POOL_PARALLELISM;
    g_ptr_array_add(plan->pools, pool);
    plan->default_pool_path = g_strdup(DEFAULT_POOL);
    return plan;
}

static gboolean
create_rule(StoreResourcePlanChange *change, gpointer data, GError **error)
{
    const PlanCreate *create = data;

    if (find_named(change->plans, create->new_name))
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "Resource plan already exists: %s",
                         create->new_name);
    if (create->is_copy && !change->plan)
        return plan_fail_missing(error, create->key);
    if (change->plans->len >= CATALOG_PLANS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "There are %d resource plans in %s",
                         CATALOG_PLANS_MAX, create->key->cluster_namespace);
    change->created =
        create->is_copy ? catalog_resource_plan_copy(change->plan) : make_plan(create);
    change->created->id = 0;
    change->created->status = CATALOG_PLAN_DISABLED;
    take(&change->created->name, g_strdup(create->new_name));
    take(&change->created->cluster_namespace, g_strdup(create->key->cluster_namespace));
    return TRUE;
}

gboolean
catalog_resource_plan_create(Catalog *catalog,
                             const CatalogPlanName *name,
                             gint32 query_parallelism,
                             const char *copy_from,
                             GError **error)
{
    g_auto(PlanKey) key = {NULL};
    g_auto(PlanKey) source = {NULL};
    CatalogPlanName source_name = {name->cluster_namespace, copy_from};

    if (!fold_named(&key, name, error) || !plan_key_fold(&source, &source_name, error))
        return FALSE;
    if (!copy_from && query_parallelism < 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "Query parallelism should be positive.");
    PlanCreate create = {&source, key.plan, query_parallelism, copy_from != NULL};
    return store_resource_plan_change(catalog->store, key.cluster_namespace, source.plan,
                                      create_rule, &create, error);
}

/* ---- read ---- */

CatalogResourcePlan *
catalog_resource_plan_find(Catalog *catalog, const CatalogPlanName *name, GError **error)
{
    g_auto(PlanKey) key = {NULL};
    CatalogResourcePlan *plan = NULL;

    if (!fold_named(&key, name, error) ||
        !store_resource_plan_find(catalog->store, key.cluster_namespace, key.plan, &plan, error))
        return NULL;
    if (!plan)
        plan_fail_missing(error, &key);
    return plan;
}

gboolean
catalog_resource_plan_active(Catalog *catalog,
                             const char *cluster_namespace,
                             CatalogResourcePlan **out_plan,
                             GError **error)
{
    g_auto(PlanKey) key = {NULL};
    CatalogPlanName name = {cluster_namespace, NULL};

    return plan_key_fold(&key, &name, error) &&
           store_resource_plan_find(catalog->store, key.cluster_namespace, NULL, out_plan, error);
}

GPtrArray *
catalog_resource_plan_list(Catalog *catalog, const char *cluster_namespace, GError **error)
{
    g_auto(PlanKey) key = {NULL};
    CatalogPlanName name = {cluster_namespace, NULL};

    return plan_key_fold(&key, &name, error)
               ? store_resource_plan_list(catalog->store, key.cluster_namespace, error)
               : NULL;
}

/* ---- validate ---- */

gsize
plan_path_parent_length(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot ? (gsize)(dot - path) : 0;
}

CatalogPool *
plan_pool_find(const CatalogResourcePlan *plan, const char *path)
{
    for (guint i = 0; i < plan->pools->len; i++) {
        CatalogPool *pool = plan->pools->pdata[i];

        if (g_str_equal(pool->path, path))
            return pool;
    }
    return NULL;
}

CatalogPool *
plan_pool_get(const CatalogResourcePlan *plan, const char *path, GError **error)
{
    CatalogPool *pool = plan_pool_find(plan, path);

    return pool ? pool
                : skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Cannot find pool: %s",
                                 path);
}

/* Fractions of the pools below each path, by path; "" is the root. */
static GHashTable *
sum_fractions(const CatalogResourcePlan *plan)
{
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < plan->pools->len; i++) {
        const CatalogPool *pool = plan->pools->pdata[i];
        char *parent = g_strndup(pool->path, plan_path_parent_length(pool->path));
        const double *before = g_hash_table_lookup(sums, parent);
        double sum = (before ? *before : 0) + pool->alloc_fraction;

        g_hash_table_insert(sums, parent, g_memdup2(&sum, sizeof sum));
    }
    return sums;
}

static void
check_fractions(const CatalogResourcePlan *plan, GPtrArray *errors)
{
    g_autoptr(GHashTable) sums = sum_fractions(plan);
    g_autoptr(GList) parents = g_list_sort(g_hash_table_get_keys(sums), (GCompareFunc)strcmp);

    if (plan->pools->len == 0)
        g_ptr_array_add(errors, g_strdup("Root has no children"));
    for (const GList *at = parents; at; at = at->next) {
        const char *parent = at->data;
        double sum = *(const double *)g_hash_table_lookup(sums, parent);

        if (*parent == '\0') {
            if (fabs(1.0 - sum) > FRACTION_TOLERANCE)
                g_ptr_array_add(errors,
                                g_strdup_printf("Sum of root children pools' alloc fraction "
                                                "should be 1.0 got: %g for pool: ",
                                                sum));
            continue;
        }
        if (!plan_pool_find(plan, parent))
            g_ptr_array_add(errors,
                            g_strdup_printf("Pool does not exists but has children: %s", parent));
        if (sum - 1.0 > FRACTION_TOLERANCE)
            g_ptr_array_add(errors, g_strdup_printf("Sum of children pools' alloc fraction should "
                                                    "be less than 1 got: %g for pool: %s",
                                                    sum, parent));
    }
}

static void
check_plan(const CatalogResourcePlan *plan, GPtrArray *errors, GPtrArray *warnings)
{
    gint64 total = 0;

    for (guint i = 0; i < plan->pools->len; i++) {
        const CatalogPool *pool = plan->pools->pdata[i];

        if (pool->query_parallelism < 1)
            g_ptr_array_add(errors,
                            g_strdup_printf("Invalid query parallelism for pool: %s", pool->path));
        else
            total += pool->query_parallelism;
    }
    if (plan->query_parallelism != 0 && plan->query_parallelism < total)
        g_ptr_array_add(errors, g_strdup_printf("Sum of all pools' query parallelism: "
                                                "%" G_GINT64_FORMAT
                                                " exceeds resource plan query parallelism: %d",
                                                total, plan->query_parallelism));
    else if (plan->query_parallelism != 0 && plan->query_parallelism != total)
        g_ptr_array_add(warnings,
                        g_strdup_printf("Sum of all pools' query parallelism: %" G_GINT64_FORMAT
                                        " is less than resource plan query parallelism: %d",
                                        total, plan->query_parallelism));
    check_fractions(plan, errors);
}

gboolean
catalog_resource_plan_validate(Catalog *catalog,
                               const CatalogPlanName *name,
                               GPtrArray **out_errors,
                               GPtrArray **out_warnings,
                               GError **error)
{
    g_autoptr(CatalogResourcePlan) plan = catalog_resource_plan_find(catalog, name, error);

    if (!plan)
        return FALSE;
    *out_errors = catalog_strings_new();
    *out_warnings = catalog_strings_new();
    check_plan(plan, *out_errors, *out_warnings);
    return TRUE;
}

/* ---- alter ---- */

typedef struct {
    const PlanKey *key;
    const CatalogPlanChange *wanted;
    char *new_name;                 /* folded; NULL: the same */
    char *default_pool_path;        /* folded; NULL: none */
    CatalogResourcePlan *activated; /* output */
} PlanAlter;

static void
alter_clear(PlanAlter *alter)
{
    g_clear_pointer(&alter->new_name, g_free);
    g_clear_pointer(&alter->default_pool_path, g_free);
    g_clear_pointer(&alter->activated, catalog_resource_plan_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlanAlter, alter_clear)

static gboolean
alter_values(StoreResourcePlanChange *change, const PlanAlter *alter, GError **error)
{
    const CatalogPlanChange *wanted = alter->wanted;
    CatalogResourcePlan *plan = change->plan;
    gboolean is_renamed = alter->new_name && !g_str_equal(alter->new_name, plan->name);

    if (!is_renamed && !wanted->sets_query_parallelism && !wanted->sets_default_pool)
        return TRUE;
    if (wanted->new_status)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot change values during status switch.");
    if (plan->status != CATALOG_PLAN_DISABLED)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Resource plan must be disabled to edit it.");
    if (is_renamed && find_named(change->plans, alter->new_name))
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                         "Resource plan name should be unique: %s", alter->new_name);
    if (wanted->has_query_parallelism && wanted->query_parallelism <= 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "queryParallelism should be positive.");
    if (alter->default_pool_path && !plan_pool_get(plan, alter->default_pool_path, error))
        return FALSE;
    if (is_renamed)
        take(&plan->name, g_strdup(alter->new_name));
    if (wanted->sets_query_parallelism)
        plan->query_parallelism = wanted->has_query_parallelism ? wanted->query_parallelism : 0;
    if (wanted->sets_default_pool)
        take(&plan->default_pool_path, g_strdup(alter->default_pool_path));
    return TRUE;
}

static gboolean
check_valid(const CatalogResourcePlan *plan, GError **error)
{
    g_autoptr(GPtrArray) errors = catalog_strings_new();
    g_autoptr(GPtrArray) warnings = catalog_strings_new();
    g_autofree char *joined = NULL;

    check_plan(plan, errors, warnings);
    if (errors->len == 0)
        return TRUE;
    g_ptr_array_add(errors, NULL);
    joined = g_strjoinv(", ", (char **)errors->pdata);
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "ResourcePlan: %s is invalid: [%s]",
                     plan->name, joined);
}

static gboolean
switch_status(StoreResourcePlanChange *change, PlanAlter *alter, GError **error)
{
    CatalogResourcePlan *plan = change->plan;
    CatalogPlanStatus wanted = alter->wanted->new_status;

    if (wanted == plan->status || wanted == 0)
        return TRUE;
    if (plan->status == CATALOG_PLAN_ACTIVE && !alter->wanted->may_deactivate)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Resource plan %s is active; activate another plan first, or disable "
                         "workload management.",
                         plan->name);
    if (plan->status == CATALOG_PLAN_DISABLED) {
        if (wanted == CATALOG_PLAN_ACTIVE && !alter->wanted->may_activate_disabled)
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Resource plan %s is disabled and should be enabled before activation "
                             "(or in the same command)",
                             plan->name);
        if (!check_valid(plan, error))
            return FALSE;
    }
    if (wanted == CATALOG_PLAN_ACTIVE) {
        CatalogResourcePlan *before = find_active(change->plans);

        if (before)
            before->status = CATALOG_PLAN_ENABLED;
    }
    plan->status = wanted;
    return TRUE;
}

/* A name that nobody has, for the plan that was replaced. */
static char *
old_name(const GPtrArray *plans, const char *name)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%d_%H%M%S");
    char *made = g_strdup_printf("%s_old_%s", name, stamp);

    for (guint i = 1; find_named(plans, made); i++)
        take(&made, g_strdup_printf("%s_old_%s_%u", name, stamp, i));
    return made;
}

static gboolean
replace(StoreResourcePlanChange *change, PlanAlter *alter, GError **error)
{
    CatalogResourcePlan *plan = change->plan;
    CatalogResourcePlan *replaced =
        alter->new_name ? find_named(change->plans, alter->new_name) : find_active(change->plans);

    if (!replaced) {
        PlanKey missing = {alter->key->cluster_namespace, alter->new_name};
        return plan_fail_missing(error, &missing);
    }
    if (replaced == plan)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "A plan cannot replace itself");
    /* The new plan comes to where a plan must be sound. */
    if (replaced->status != CATALOG_PLAN_DISABLED && !check_valid(plan, error))
        return FALSE;
    take(&plan->name, g_strdup(replaced->name));
    plan->status = replaced->status;
    take(&replaced->name, old_name(change->plans, plan->name));
    replaced->status = CATALOG_PLAN_DISABLED;
    return TRUE;
}

static gboolean
alter_rule(StoreResourcePlanChange *change, gpointer data, GError **error)
{
    PlanAlter *alter = data;
    CatalogPlanStatus before;

    g_clear_pointer(&alter->activated, catalog_resource_plan_free);
    if (!change->plan)
        return plan_fail_missing(error, alter->key);
    before = change->plan->status;
    if (alter->wanted->is_replace
            ? !replace(change, alter, error)
            : !alter_values(change, alter, error) || !switch_status(change, alter, error))
        return FALSE;
    change->plans_changed = TRUE;
    if (change->plan->status == CATALOG_PLAN_ACTIVE && before != CATALOG_PLAN_ACTIVE)
        alter->activated = catalog_resource_plan_copy(change->plan);
    return TRUE;
}

static gboolean
check_replace(const PlanKey *key, const CatalogPlanChange *wanted, GError **error)
{
    if (!wanted->is_replace)
        return TRUE;
    if (!key->plan)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot replace without specifying the source plan");
    if (wanted->has_query_parallelism || wanted->default_pool_path)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot change values during replace.");
    if ((wanted->new_name != NULL) == (wanted->new_status == CATALOG_PLAN_ACTIVE))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Must specify a name, or the active plan");
    return TRUE;
}

gboolean
catalog_resource_plan_alter(Catalog *catalog,
                            const CatalogPlanName *name,
                            const CatalogPlanChange *wanted,
                            CatalogResourcePlan **out_active,
                            GError **error)
{
    g_auto(PlanKey) key = {NULL};
    g_auto(PlanAlter) alter = {.key = &key, .wanted = wanted};
    g_autofree char *new_namespace = NULL;

    if (!plan_key_fold(&key, name, error) || !check_replace(&key, wanted, error) ||
        (wanted->new_name && !(alter.new_name = plan_name_fold(wanted->new_name, error))) ||
        (wanted->default_pool_path &&
         !(alter.default_pool_path = plan_name_fold(wanted->default_pool_path, error))) ||
        (wanted->new_namespace && !(new_namespace = plan_name_fold(wanted->new_namespace, error))))
        return FALSE;
    if (new_namespace && !g_str_equal(new_namespace, key.cluster_namespace))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot change ns; from %s to %s", key.cluster_namespace, new_namespace);
    if (!store_resource_plan_change(catalog->store, key.cluster_namespace, key.plan, alter_rule,
                                    &alter, error))
        return FALSE;
    *out_active = g_steal_pointer(&alter.activated);
    return TRUE;
}

/* ---- drop ---- */

static gboolean
drop_rule(StoreResourcePlanChange *change, gpointer data, GError **error)
{
    if (!change->plan)
        return plan_fail_missing(error, data);
    if (change->plan->status == CATALOG_PLAN_ACTIVE)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot drop an active resource plan");
    change->is_dropped = TRUE;
    return TRUE;
}

gboolean
catalog_resource_plan_drop(Catalog *catalog, const CatalogPlanName *name, GError **error)
{
    g_auto(PlanKey) key = {NULL};

    return fold_named(&key, name, error) &&
           store_resource_plan_change(catalog->store, key.cluster_namespace, key.plan, drop_rule,
                                      &key, error);
}
