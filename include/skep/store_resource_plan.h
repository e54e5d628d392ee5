/* SPDX-License-Identifier: Apache-2.0 */
/* Resource plans in PostgreSQL. Names are folded already. Only server/catalog/ calls this; any
 * thread may. */
#pragma once

#include "skep/resource_plan_types.h"
#include "skep/store.h"

/* CatalogResourcePlan* by name, without pools, triggers and mappings. */
GPtrArray *store_resource_plan_list(Store *store, const char *cluster_namespace, GError **error);
/* A plan with all that it has; name NULL: the active one. *out_plan NULL: there is none. */
gboolean store_resource_plan_find(Store *store,
                                  const char *cluster_namespace,
                                  const char *name,
                                  CatalogResourcePlan **out_plan,
                                  GError **error);

/* What a rule sees and changes. Plans it changed it sets the flag of. */
typedef struct {
    GPtrArray *plans;             /* all of the namespace, as store_resource_plan_list has them */
    CatalogResourcePlan *plan;    /* the one of `plans` that is meant, whole; NULL: there is none */
    CatalogResourcePlan *created; /* set by the rule: a new plan; owned by the change */
    gboolean plans_changed;       /* names, status, parallelism or default pool of any plan */
    gboolean content_changed;     /* pools, triggers or mappings of `plan` */
    gboolean is_dropped;          /* `plan` goes */
} StoreResourcePlanChange;
typedef gboolean (*StoreResourcePlanRule)(StoreResourcePlanChange *change,
                                          gpointer data,
                                          GError **error);
/* Reads, lets the rule change, and writes, while nobody else changes a plan of this namespace. The
 * rule may run several times. name NULL: the active plan. ALREADY_EXISTS. */
gboolean store_resource_plan_change(Store *store,
                                    const char *cluster_namespace,
                                    const char *name,
                                    StoreResourcePlanRule rule,
                                    gpointer data,
                                    GError **error);
