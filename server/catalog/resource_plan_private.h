/* SPDX-License-Identifier: Apache-2.0 */
/* What resource_plan.c and resource_plan_content.c share: names, and the one way to edit. */
#pragma once

#include "catalog_private.h"
#include "skep/catalog_resource_plan.h"
#include "skep/store_resource_plan.h"

/* Both folded; `plan` NULL where the active one is meant. */
typedef struct {
    char *cluster_namespace;
    char *plan;
} PlanKey;

void plan_key_clear(PlanKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlanKey, plan_key_clear)
gboolean plan_key_fold(PlanKey *out_key, const CatalogPlanName *name, GError **error);
/* For names of plans, triggers and entities, and paths of pools. INVALID_OBJECT when it is missing.
 * Transfer full. */
char *plan_name_fold(const char *name, GError **error);
gboolean plan_fail_missing(GError **error, const PlanKey *key);

/* NULL: there is none. Borrowed. */
CatalogPool *plan_pool_find(const CatalogResourcePlan *plan, const char *path);
/* The same, NO_SUCH_OBJECT when there is none. */
CatalogPool *plan_pool_get(const CatalogResourcePlan *plan, const char *path, GError **error);
/* Length of the path of the pool above; 0: there is none above. */
gsize plan_path_parent_length(const char *path);
