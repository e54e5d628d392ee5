-- Tasks: work that outlives its request. They are written by the statements that cause them (table_drop.sql).

-- name: task_take
-- The one that has been due for the longest and that nobody has.
-- $1 text holder  $2 bigint lease_ms
WITH next AS (
    SELECT t.id, moment.now_ms
    FROM skep.tasks t, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms) AS moment
    WHERE t.state = 'waiting' AND t.due_ms <= moment.now_ms AND t.lease_ends_ms <= moment.now_ms
    ORDER BY t.due_ms, t.id
    LIMIT 1
    FOR UPDATE OF t SKIP LOCKED
)
UPDATE skep.tasks t
SET holder = $1, lease_ends_ms = next.now_ms + $2, attempts = attempts + 1
FROM next
WHERE t.id = next.id
RETURNING t.id, t.kind, t.state, t.catalog_name, t.namespace_name, t.table_name, t.table_uuid, t.location,
          t.metadata_location, t.created_ms, t.finished_ms, t.attempts, t.failures, t.files_found, t.files_deleted,
          t.files_left, t.error, t.holder, t.due_ms;

-- name: task_progress
-- What was done meanwhile, and the lease goes on. No row: the task was cancelled, or another server has it.
-- $1 bigint id  $2 text holder  $3 bigint found  $4 bigint deleted  $5 bigint left_alone  $6 bigint lease_ms
UPDATE skep.tasks
SET files_found = files_found + $3, files_deleted = files_deleted + $4, files_left = files_left + $5,
    lease_ends_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $6
WHERE id = $1 AND holder = $2 AND state = 'waiting'
RETURNING id;

-- name: task_finish
-- The holder is through, or gives the task back until pause_ms have passed.
-- retry: safe
-- $1 bigint id  $2 text holder  $3 text state  $4 bigint pause_ms  $5 text error  $6 integer failures
UPDATE skep.tasks
SET state = $3, error = $5, failures = $6, lease_ends_ms = 0,
    due_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $4,
    finished_ms = CASE WHEN $3 = 'waiting' THEN NULL ELSE (extract(epoch FROM clock_timestamp()) * 1000)::bigint END
WHERE id = $1 AND holder = $2 AND state = 'waiting';

-- name: task_list
-- The newest first. A waiting task that a server is at is running.
-- $1 text state  $2 bigint limit
SELECT *
FROM (SELECT id, kind,
             CASE WHEN state = 'waiting' AND lease_ends_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint
                  THEN 'running' ELSE state END AS state,
             catalog_name, namespace_name, table_name, table_uuid, location, metadata_location, created_ms, finished_ms,
             attempts, failures, files_found, files_deleted, files_left, error, holder, due_ms
      FROM skep.tasks) AS shown
WHERE $1 IS NULL OR state = $1
ORDER BY id DESC
LIMIT $2;

-- name: task_retry
-- At once, and with all its tries.
-- retry: safe
-- $1 bigint id
UPDATE skep.tasks
SET state = 'waiting', due_ms = 0, failures = 0, finished_ms = NULL
WHERE id = $1 AND state <> 'done'
RETURNING id;

-- name: task_cancel
-- What is done already stays done; a server that is at it stops.
-- retry: safe
-- $1 bigint id
UPDATE skep.tasks
SET state = 'cancelled', lease_ends_ms = 0, finished_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
WHERE id = $1 AND state IN ('waiting', 'failed', 'cancelled')
RETURNING id;

-- name: task_state
-- Why a task could not be changed.
-- $1 bigint id
SELECT state FROM skep.tasks WHERE id = $1;

-- name: task_counts
-- For the metrics: how many of each kind are in which state, and for how long the oldest of them has been there.
SELECT kind, state, count(*) AS tasks,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint - min(created_ms) AS oldest_ms
FROM skep.tasks
GROUP BY kind, state;

-- name: task_expire
-- Some of those that are over for a while. What was given up stays until somebody decides.
-- retry: safe
-- $1 bigint before_ms  $2 bigint max
DELETE FROM skep.tasks
WHERE id IN (SELECT id FROM skep.tasks
             WHERE state IN ('done', 'cancelled') AND finished_ms < $1
             ORDER BY finished_ms LIMIT $2 FOR UPDATE SKIP LOCKED);
