-- Resource plans. A change rewrites what a plan has: plans are small and rarely changed.

-- name: resource_plan_lock
-- Changes of the plans of a cluster namespace go one after the other, also when it has no plan yet.
-- $1 text cluster_namespace
SELECT pg_advisory_xact_lock(hashtextextended('skep.resource_plans ' || $1, 0)) IS NULL AS locked;

-- name: resource_plan_list
-- All plans of a cluster namespace, or one by its name.
-- $1 text cluster_namespace  $2 text name
SELECT id, cluster_namespace, name, status, query_parallelism, default_pool_path
FROM skep.resource_plans
WHERE cluster_namespace = $1 AND ($2 IS NULL OR name = $2)
ORDER BY name;

-- name: resource_plan_active
-- The active one, of which there is one at most.
-- $1 text cluster_namespace
SELECT id, cluster_namespace, name, status, query_parallelism, default_pool_path
FROM skep.resource_plans
WHERE cluster_namespace = $1 AND status = 1;

-- name: resource_pool_list
-- What a plan has, in the order of names.
-- $1 bigint plan_id
SELECT path, alloc_fraction, query_parallelism, scheduling_policy
FROM skep.resource_pools WHERE plan_id = $1 ORDER BY path;

-- name: resource_trigger_list
-- In the order of names.
-- $1 bigint plan_id
SELECT name, trigger_expression, action_expression, is_in_unmanaged
FROM skep.resource_triggers WHERE plan_id = $1 ORDER BY name;

-- name: resource_mapping_list
-- In the order in which they count.
-- $1 bigint plan_id
SELECT entity_type, entity_name, pool_path, ordering
FROM skep.resource_mappings WHERE plan_id = $1 ORDER BY ordering NULLS LAST, entity_type, entity_name;

-- name: resource_pool_trigger_list
-- In the order of pools.
-- $1 bigint plan_id
SELECT pool_path, trigger_name FROM skep.resource_pool_triggers WHERE plan_id = $1 ORDER BY pool_path, trigger_name;

-- name: resource_plan_insert
-- What it has follows in the same transaction; the default pool is checked at its end.
-- $1 text cluster_namespace  $2 text name  $3 smallint status  $4 integer query_parallelism  $5 text default_pool_path
INSERT INTO skep.resource_plans (cluster_namespace, name, status, query_parallelism, default_pool_path)
VALUES ($1, $2, $3, $4, $5)
RETURNING id;

-- name: resource_plan_update
-- All plans of a namespace in one statement: names and the active status may change places.
-- $1 bigint[] ids  $2 text[] names  $3 bigint[] statuses  $4 bigint[] query_parallelisms  $5 text[] default_pool_paths
UPDATE skep.resource_plans p
SET name = u.name, status = u.status, query_parallelism = nullif(u.parallelism, 0), default_pool_path = u.pool
FROM unnest($1, $2, $3, $4, $5) AS u (id, name, status, parallelism, pool)
WHERE p.id = u.id;

-- name: resource_plan_delete
-- With all that it has.
-- $1 bigint id
DELETE FROM skep.resource_plans WHERE id = $1;

-- name: resource_plan_clear_pools
-- Before what a plan has is written anew; what hangs on a pool goes with it.
-- $1 bigint plan_id
DELETE FROM skep.resource_pools WHERE plan_id = $1;

-- name: resource_plan_clear_triggers
-- As for pools.
-- $1 bigint plan_id
DELETE FROM skep.resource_triggers WHERE plan_id = $1;

-- name: resource_plan_clear_mappings
-- Those to no pool are still there.
-- $1 bigint plan_id
DELETE FROM skep.resource_mappings WHERE plan_id = $1;

-- name: resource_pool_insert
-- alloc_fractions are numbers as text.
-- $1 bigint plan_id  $2 text[] paths  $3 text[] alloc_fractions  $4 bigint[] query_parallelisms
-- $5 text[] scheduling_policies
INSERT INTO skep.resource_pools (plan_id, path, alloc_fraction, query_parallelism, scheduling_policy)
SELECT $1, u.path, u.fraction::double precision, u.parallelism, u.policy
FROM unnest($2, $3, $4, $5) AS u (path, fraction, parallelism, policy);

-- name: resource_trigger_insert
-- All of a plan at once.
-- $1 bigint plan_id  $2 text[] names  $3 text[] trigger_expressions  $4 text[] action_expressions
-- $5 bigint[] are_in_unmanaged
INSERT INTO skep.resource_triggers (plan_id, name, trigger_expression, action_expression, is_in_unmanaged)
SELECT $1, u.name, u.condition, u.action, u.unmanaged <> 0
FROM unnest($2, $3, $4, $5) AS u (name, condition, action, unmanaged);

-- name: resource_mapping_insert
-- orderings are numbers as text, or absent.
-- $1 bigint plan_id  $2 text[] entity_types  $3 text[] entity_names  $4 text[] pool_paths  $5 text[] orderings
INSERT INTO skep.resource_mappings (plan_id, entity_type, entity_name, pool_path, ordering)
SELECT $1, u.type, u.name, u.pool, u.ordering::integer
FROM unnest($2, $3, $4, $5) AS u (type, name, pool, ordering);

-- name: resource_pool_trigger_insert
-- Pools and triggers are there already.
-- $1 bigint plan_id  $2 text[] pool_paths  $3 text[] trigger_names
INSERT INTO skep.resource_pool_triggers (plan_id, pool_path, trigger_name)
SELECT $1, u.pool, u.trigger FROM unnest($2, $3) AS u (pool, trigger);
