-- Background work and who does it. Nothing here waits for another server: what somebody has is passed over.

-- name: duty_take
-- The one of these that has been due for the longest and that nobody has. Those without a row get one, for the next time.
-- $1 text[] names  $2 text holder  $3 bigint lease_ms
WITH moment AS (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), made AS (
    INSERT INTO skep.duties (name)
    SELECT u.name FROM unnest($1) AS u (name)
    WHERE NOT EXISTS (SELECT FROM skep.duties d WHERE d.name = u.name)
    ON CONFLICT (name) DO NOTHING
), due AS (
    SELECT d.name, moment.now_ms
    FROM skep.duties d, moment
    WHERE d.name = ANY ($1) AND d.lease_ends_ms <= moment.now_ms AND d.due_ms <= moment.now_ms
    ORDER BY d.due_ms
    LIMIT 1
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE skep.duties d
SET holder = $2, lease_ends_ms = due.now_ms + $3, started_ms = due.now_ms
FROM due
WHERE d.name = due.name
RETURNING d.name;

-- name: duty_renew
-- The holder goes on. No row: another server has it by now.
-- retry: safe
-- $1 text name  $2 text holder  $3 bigint lease_ms
UPDATE skep.duties
SET lease_ends_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $3
WHERE name = $1 AND holder = $2
RETURNING name;

-- name: duty_finish
-- The holder is through: the duty is due again after a while. An error says that it went wrong.
-- $1 text name  $2 text holder  $3 bigint pause_ms  $4 text error
UPDATE skep.duties
SET lease_ends_ms = 0,
    due_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $3,
    success_ms = CASE WHEN $4 IS NULL THEN (extract(epoch FROM clock_timestamp()) * 1000)::bigint ELSE success_ms END,
    failures = CASE WHEN $4 IS NULL THEN 0 ELSE failures + 1 END,
    last_error = $4
WHERE name = $1 AND holder = $2 AND lease_ends_ms > 0;

-- name: duty_list
-- All that any server knows, and for how long each has not been done: not at all while somebody is at it and nothing failed.
SELECT name, holder, lease_ends_ms > moment.now_ms AS is_held, started_ms, success_ms, failures, last_error,
       CASE WHEN lease_ends_ms > moment.now_ms AND failures = 0 THEN 0
            ELSE greatest(moment.now_ms - success_ms, 0) END AS age_ms
FROM skep.duties,
     (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms) AS moment
ORDER BY name;
