-- Housekeeping of transactions: any server, at any time, in bounded steps, and nobody leads. What somebody has in hand is
-- passed over.

-- name: acid_transaction_overdue
-- Open ones whose lease has ended, for housekeeping; those that somebody has in hand are passed over.
-- $1 bigint max
SELECT id FROM skep.transactions
WHERE state = 3 AND expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
ORDER BY expires_ms
LIMIT $1
FOR NO KEY UPDATE SKIP LOCKED;

-- name: acid_transaction_fill_gaps
-- Numbers that nobody made a row of, below one that was opened a minute ago, were lost with a connection.
-- retry: safe
-- $1 bigint grace_ms  $2 bigint max
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), floor AS (
    SELECT id FROM skep.transaction_floor
), known AS (
    SELECT t.id, lag(t.id, 1, floor.id) OVER (ORDER BY t.id) AS before
    FROM floor JOIN skep.transactions t ON t.id > floor.id
    WHERE t.opened_ms < (SELECT now_ms FROM clock) - $1
), gaps AS (
    SELECT g.id
    FROM known, LATERAL generate_series(known.before + 1, known.id - 1) AS g (id)
    WHERE known.id - known.before > 1
      AND NOT EXISTS (SELECT FROM skep.transactions t WHERE t.id = g.id)
    LIMIT $2
)
INSERT INTO skep.transactions (id, state, opened_ms, heartbeat_ms, expires_ms, ended_ms)
SELECT gaps.id, 2, now_ms, now_ms, now_ms, now_ms FROM gaps, clock
ON CONFLICT DO NOTHING;

-- name: acid_transaction_settle
-- Forgets what nobody can ask for any more: committed ones that every open one has seen, aborted ones whose writes are cleaned
-- away. Only as far as all ids are accounted for, which is where the floor goes. One server at a time; others pass. The
-- grace covers openers whose rows are not seen yet, and those who read without a transaction.
-- $1 bigint grace_ms  $2 bigint max
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), floor AS MATERIALIZED (
    SELECT id FROM skep.transaction_floor FOR UPDATE SKIP LOCKED
), horizon AS MATERIALIZED (
    SELECT least(pg_snapshot_xmin(pg_current_snapshot()),
                 (SELECT min(pg_snapshot_xmin(opened_in)::text::bigint)::text::xid8
                  FROM skep.transactions WHERE state = 3)) AS xmin
), next_ids AS (
    SELECT t.id, t.id - row_number() OVER (ORDER BY t.id) AS start
    FROM floor JOIN skep.transactions t ON t.id > floor.id
    ORDER BY t.id
    LIMIT $2
), accounted AS MATERIALIZED (
    SELECT coalesce(max(n.id) FILTER (WHERE n.start = floor.id), floor.id) AS id
    FROM floor LEFT JOIN next_ids n ON true
    GROUP BY floor.id
), raised AS (
    UPDATE skep.transaction_floor f SET id = accounted.id FROM accounted WHERE f.id < accounted.id
), gone AS MATERIALIZED (
    SELECT t.id, t.state
    FROM accounted, horizon, clock, skep.transactions t
    WHERE t.id <= accounted.id AND t.ended_ms < clock.now_ms - $1
      AND (t.state = 1 AND t.committed_by < horizon.xmin
           OR t.state = 2 AND NOT EXISTS (SELECT FROM skep.transaction_writes w WHERE w.transaction_id = t.id))
    ORDER BY t.id
    LIMIT $2
), removed AS (
    DELETE FROM skep.transactions WHERE id IN (SELECT id FROM gone) RETURNING id
), writes AS (
    DELETE FROM skep.transaction_writes WHERE transaction_id IN (SELECT id FROM gone)
), reads AS (
    DELETE FROM skep.transaction_reads WHERE transaction_id IN (SELECT id FROM gone)
), files AS (
    DELETE FROM skep.transaction_files WHERE transaction_id IN (SELECT id FROM gone)
)
SELECT count(*) AS removed FROM removed;

-- name: acid_transaction_ages
-- For how long the oldest lock and transaction whose lease has ended have been waiting to be removed.
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
SELECT greatest(0, now_ms - (SELECT min(expires_ms) FROM skep.locks)) AS lock_ms,
       greatest(0, now_ms - (SELECT min(expires_ms) FROM skep.transactions WHERE state = 3)) AS transaction_ms
FROM clock;
