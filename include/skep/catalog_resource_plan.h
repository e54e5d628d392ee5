/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of workload management, beside skep/catalog.h and with its conventions. HiveServer2
 * asks for the active plan and manages by it; the catalog keeps plans sound. Names are folded here.
 * Implemented in server/catalog/resource_plan*.c; caller: the Thrift door.
 *
 * Only a disabled plan may be edited: INVALID_OPERATION otherwise. A missing plan is
 * NO_SUCH_OBJECT. */
#pragma once

#include "skep/catalog.h"
#include "skep/resource_plan_types.h"

#define CATALOG_PLANS_MAX      1000  /* in a cluster namespace */
#define CATALOG_PLAN_PARTS_MAX 10000 /* pools, triggers or mappings of a plan */

typedef struct {
    const char *cluster_namespace; /* NULL: "default" */
    const char *name;              /* NULL: the active one, where that is allowed */
} CatalogPlanName;

/* query_parallelism as it arrived; 0: not said. copy_from NULL: a plan with one pool, "default".
 * ALREADY_EXISTS, INVALID_OBJECT, NO_SUCH_OBJECT (copy_from). */
gboolean catalog_resource_plan_create(Catalog *catalog,
                                      const CatalogPlanName *name,
                                      gint32 query_parallelism,
                                      const char *copy_from,
                                      GError **error);
CatalogResourcePlan *
catalog_resource_plan_find(Catalog *catalog, const CatalogPlanName *name, GError **error);
/* *out_plan NULL: none is active. */
gboolean catalog_resource_plan_active(Catalog *catalog,
                                      const char *cluster_namespace,
                                      CatalogResourcePlan **out_plan,
                                      GError **error);
/* CatalogResourcePlan* by name, without pools, triggers and mappings. */
GPtrArray *
catalog_resource_plan_list(Catalog *catalog, const char *cluster_namespace, GError **error);

/* What to change; what is not set stays. */
typedef struct {
    const char *new_name;         /* NULL: the same */
    const char *new_namespace;    /* refused unless it is the plan's own */
    CatalogPlanStatus new_status; /* 0: the same */
    gboolean sets_query_parallelism;
    gint32 query_parallelism; /* 0: none */
    gboolean has_query_parallelism;
    gboolean sets_default_pool;
    const char *default_pool_path; /* NULL: none */
    gboolean may_activate_disabled;
    gboolean may_deactivate;
    gboolean is_replace; /* the plan takes the place of new_name, or of the active one */
} CatalogPlanChange;
/* out_active: the whole plan when this made it the active one, else NULL. ALREADY_EXISTS,
 * INVALID_OPERATION, NO_SUCH_OBJECT. */
gboolean catalog_resource_plan_alter(Catalog *catalog,
                                     const CatalogPlanName *name,
                                     const CatalogPlanChange *wanted,
                                     CatalogResourcePlan **out_active,
                                     GError **error);
/* What keeps the plan from being enabled, and what is odd about it; char*, may be empty. */
gboolean catalog_resource_plan_validate(Catalog *catalog,
                                        const CatalogPlanName *name,
                                        GPtrArray **out_errors,
                                        GPtrArray **out_warnings,
                                        GError **error);
/* INVALID_OPERATION: it is active. */
gboolean catalog_resource_plan_drop(Catalog *catalog, const CatalogPlanName *name, GError **error);

/* ALREADY_EXISTS, NO_SUCH_OBJECT (the parent), INVALID_OBJECT. */
gboolean catalog_resource_pool_create(Catalog *catalog,
                                      const CatalogPlanName *name,
                                      const CatalogPool *wanted,
                                      GError **error);
typedef struct {
    const char *new_path; /* NULL: the same; pools below move along */
    gboolean has_alloc_fraction;
    double alloc_fraction;
    gboolean has_query_parallelism;
    gint32 query_parallelism;
    gboolean sets_scheduling_policy;
    const char *scheduling_policy; /* NULL: none */
} CatalogPoolChange;
gboolean catalog_resource_pool_alter(Catalog *catalog,
                                     const CatalogPlanName *name,
                                     const char *path,
                                     const CatalogPoolChange *wanted,
                                     GError **error);
/* INVALID_OPERATION: the default pool, one with pools below it, or one that is mapped to. */
gboolean catalog_resource_pool_drop(Catalog *catalog,
                                    const CatalogPlanName *name,
                                    const char *path,
                                    GError **error);

gboolean catalog_resource_trigger_create(Catalog *catalog,
                                         const CatalogPlanName *name,
                                         const CatalogTrigger *wanted,
                                         GError **error);
/* Expressions that are NULL stay; set_in_unmanaged: is_in_unmanaged counts. */
gboolean catalog_resource_trigger_alter(Catalog *catalog,
                                        const CatalogPlanName *name,
                                        const CatalogTrigger *wanted,
                                        gboolean set_in_unmanaged,
                                        GError **error);
gboolean catalog_resource_trigger_drop(Catalog *catalog,
                                       const CatalogPlanName *name,
                                       const char *trigger_name,
                                       GError **error);
/* Ties a trigger to a pool, or unties it; it is no error when that is so already. */
gboolean catalog_resource_trigger_tie(Catalog *catalog,
                                      const CatalogPlanName *name,
                                      const char *trigger_name,
                                      const char *pool_path,
                                      gboolean is_tied,
                                      GError **error);

/* is_update: of a mapping that is there. ALREADY_EXISTS, NO_SUCH_OBJECT (the pool, or the mapping),
 * INVALID_ARGUMENT (the type). */
gboolean catalog_resource_mapping_put(Catalog *catalog,
                                      const CatalogPlanName *name,
                                      const CatalogPoolMapping *wanted,
                                      gboolean is_update,
                                      GError **error);
gboolean catalog_resource_mapping_drop(Catalog *catalog,
                                       const CatalogPlanName *name,
                                       const char *entity_type,
                                       const char *entity_name,
                                       GError **error);
