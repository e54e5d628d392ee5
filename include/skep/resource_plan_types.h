/* SPDX-License-Identifier: Apache-2.0 */
/* The records of workload management, with the conventions of catalog_types.h: a plan with its
 * pools, triggers and mappings. Paths of pools are names joined by dots. */
#pragma once

#include <glib.h>

/* Hive's numbers. */
typedef enum {
    CATALOG_PLAN_ACTIVE = 1,
    CATALOG_PLAN_ENABLED = 2,
    CATALOG_PLAN_DISABLED = 3
} CatalogPlanStatus;

typedef struct {
    char *path;
    double alloc_fraction;
    gint32 query_parallelism;
    char *scheduling_policy; /* NULL: fair */
} CatalogPool;

typedef struct {
    char *name;
    char *trigger_expression;
    char *action_expression;
    gboolean is_in_unmanaged;
} CatalogTrigger;

typedef struct {
    char *entity_type; /* USER, GROUP, APPLICATION */
    char *entity_name;
    char *pool_path; /* NULL: not managed */
    gboolean has_ordering;
    gint32 ordering;
} CatalogPoolMapping;

typedef struct {
    char *pool_path;
    char *trigger_name;
} CatalogPoolTrigger;

typedef struct {
    gint64 id;               /* 0: not stored yet */
    char *cluster_namespace; /* of the clusters that it is for */
    char *name;
    CatalogPlanStatus status;
    gint32 query_parallelism; /* 0: not said */
    char *default_pool_path;  /* NULL: none */
    GPtrArray *pools;         /* CatalogPool* */
    GPtrArray *triggers;      /* CatalogTrigger* */
    GPtrArray *mappings;      /* CatalogPoolMapping* */
    GPtrArray *pool_triggers; /* CatalogPoolTrigger* */
} CatalogResourcePlan;

void catalog_pool_free(CatalogPool *pool);
void catalog_trigger_free(CatalogTrigger *trigger);
void catalog_pool_mapping_free(CatalogPoolMapping *mapping);
CatalogPoolTrigger *catalog_pool_trigger_new(const char *pool_path, const char *trigger_name);
void catalog_pool_trigger_free(CatalogPoolTrigger *pair);
CatalogResourcePlan *catalog_resource_plan_new(void); /* disabled */
CatalogResourcePlan *catalog_resource_plan_copy(const CatalogResourcePlan *plan);
void catalog_resource_plan_free(CatalogResourcePlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPool, catalog_pool_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTrigger, catalog_trigger_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPoolMapping, catalog_pool_mapping_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogResourcePlan, catalog_resource_plan_free)
