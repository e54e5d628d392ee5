-- Scheduled queries and their runs (executions).

-- name: scheduled_query_find
-- By its unique key.
-- $1 text cluster_namespace  $2 text name
SELECT id, cluster_namespace, name, is_enabled, schedule, user_name, query, next_execution_s
FROM skep.scheduled_queries
WHERE cluster_namespace = $1 AND name = $2;

-- name: scheduled_query_create
-- The unique key refuses a second one of the name.
-- $1 text cluster_namespace  $2 text name  $3 boolean is_enabled  $4 text schedule  $5 text user_name  $6 text query
-- $7 bigint next_execution_s
INSERT INTO skep.scheduled_queries (cluster_namespace, name, is_enabled, schedule, user_name, query, next_execution_s)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: scheduled_query_alter
-- A run that is under way stays so.
-- $1 text cluster_namespace  $2 text name  $3 boolean is_enabled  $4 text schedule  $5 text user_name  $6 text query
-- $7 bigint next_execution_s
UPDATE skep.scheduled_queries
SET is_enabled = $3, schedule = $4, user_name = $5, query = $6, next_execution_s = $7
WHERE cluster_namespace = $1 AND name = $2;

-- name: scheduled_query_drop
-- With its runs.
-- $1 text cluster_namespace  $2 text name
DELETE FROM skep.scheduled_queries WHERE cluster_namespace = $1 AND name = $2;

-- name: scheduled_query_end_silent
-- Runs that nothing was heard of, with the queries set free, and runs that are too old to be kept.
-- retry: safe
-- $1 bigint now_s  $2 bigint silent_s  $3 bigint expired_s
WITH silent AS (
    SELECT id FROM skep.scheduled_executions WHERE state IN (0, 1) AND updated_s < $2 AND started_s >= $3
    ORDER BY id FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE skep.scheduled_executions e
    SET state = 4, ended_s = $1, updated_s = NULL, error_message = 'Nothing was heard of the run for too long'
    FROM silent
    WHERE e.id = silent.id
    RETURNING e.id, e.query_id
), freed AS (
    UPDATE skep.scheduled_queries q SET active_execution_id = NULL
    FROM ended
    WHERE q.id = ended.query_id AND q.active_execution_id = ended.id
), expired AS (
    DELETE FROM skep.scheduled_executions e
    USING skep.scheduled_queries q
    WHERE e.started_s < $3 AND q.id = e.query_id AND q.active_execution_id IS DISTINCT FROM e.id
)
SELECT id FROM ended;

-- name: scheduled_query_due
-- The one that is due longest.
-- $1 text cluster_namespace  $2 bigint now_s
SELECT id, cluster_namespace, name, is_enabled, schedule, user_name, query, next_execution_s
FROM skep.scheduled_queries
WHERE cluster_namespace = $1 AND is_enabled AND active_execution_id IS NULL AND next_execution_s <= $2
ORDER BY next_execution_s, id
LIMIT 1;

-- name: scheduled_query_begin
-- A run, if nobody began one since the query was found due.
-- $1 bigint query_id  $2 bigint due_s  $3 bigint next_execution_s  $4 bigint now_s
WITH due AS (
    SELECT id FROM skep.scheduled_queries
    WHERE id = $1 AND next_execution_s = $2 AND is_enabled AND active_execution_id IS NULL
    FOR UPDATE
), begun AS (
    INSERT INTO skep.scheduled_executions (query_id, state, started_s, updated_s)
    SELECT id, 0, $4, $4 FROM due
    RETURNING id, query_id
), moved AS (
    UPDATE skep.scheduled_queries q SET next_execution_s = $3, active_execution_id = begun.id
    FROM begun
    WHERE q.id = begun.query_id
)
SELECT id FROM begun;

-- name: scheduled_query_progress
-- From inited to any other state, from executing to executing and every end; an end is final and sets the query free.
-- $1 bigint execution_id  $2 smallint state  $3 text executor_query_id  $4 text error_message  $5 bigint now_s
WITH target AS (
    SELECT id, state FROM skep.scheduled_executions WHERE id = $1 FOR UPDATE
), changed AS (
    UPDATE skep.scheduled_executions e
    SET state = $2, executor_query_id = coalesce($3, e.executor_query_id),
        error_message = coalesce($4, e.error_message),
        updated_s = CASE WHEN $2 < 2 THEN $5 END, ended_s = CASE WHEN $2 >= 2 THEN $5 END
    FROM target
    WHERE e.id = target.id AND ((target.state = 0 AND $2 <> 0) OR (target.state = 1 AND $2 <> 0))
    RETURNING e.id, e.query_id
), freed AS (
    UPDATE skep.scheduled_queries q SET active_execution_id = NULL
    FROM changed
    WHERE $2 >= 2 AND q.id = changed.query_id AND q.active_execution_id = changed.id
)
SELECT target.state, EXISTS (SELECT FROM changed) AS has_changed FROM target;

-- name: scheduled_query_disable_failing
-- The run that says so comes into the history, too.
-- $1 bigint execution_id  $2 bigint failures  $3 bigint now_s
WITH query AS (
    SELECT query_id AS id FROM skep.scheduled_executions WHERE id = $1
), last AS (
    SELECT e.state
    FROM skep.scheduled_executions e
    JOIN query ON query.id = e.query_id
    ORDER BY e.id DESC
    LIMIT $2
), disabled AS (
    UPDATE skep.scheduled_queries q SET is_enabled = false
    FROM query
    WHERE q.id = query.id AND q.is_enabled AND (SELECT count(*) = $2 AND bool_and(state IN (2, 4)) FROM last)
    RETURNING q.id
)
INSERT INTO skep.scheduled_executions (query_id, state, started_s, ended_s, error_message)
SELECT id, 5, $3, $3, 'Disabled after ' || $2 || ' failures in a row' FROM disabled;
