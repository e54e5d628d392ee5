-- Transactions of ACID tables: opened, kept, ended, told. Ids come from a sequence and an id without a row above the floor
-- counts as open (migration 0012 has the whole rule), so that a snapshot is right whatever other openers are about to
-- commit, and nobody waits for them. Rows are locked in the order of ids. state: 1 committed, 2 aborted, 3 open.

-- name: acid_transaction_open
-- Several ids follow one another: whoever wants them stands alone while they are taken; one id needs no such thing.
-- $1 bigint count  $2 smallint type  $3 text user_name  $4 text host_name  $5 text agent_info  $6 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), line AS MATERIALIZED (
    SELECT CASE WHEN $1 = 1 THEN pg_advisory_xact_lock_shared(7364, 12)::text
                ELSE pg_advisory_xact_lock(7364, 12)::text END AS waited
), made AS (
    INSERT INTO skep.transactions (id, type, opened_ms, heartbeat_ms, expires_ms, user_name, host_name, agent_info)
    SELECT nextval('skep.transaction_ids'), $2, clock.now_ms, clock.now_ms, clock.now_ms + $6, $3, $4, $5
    FROM line, clock, generate_series(1, $1)
    WHERE line.waited = ''
    RETURNING id
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT clock.now_ms, 'OPEN_TXN', 'hive',
           jsonb_build_object('transaction_ids', (SELECT jsonb_agg(id ORDER BY id) FROM made))
    FROM clock
    WHERE $2 <> 2
)
SELECT id FROM made ORDER BY id;

-- name: acid_transaction_snapshot
-- One statement, hence one moment: the high-water mark, and all at or below it that are not committed. Without any, one row
-- without an id.
WITH floor AS MATERIALIZED (
    SELECT id FROM skep.transaction_floor
), water AS MATERIALIZED (
    SELECT greatest(floor.id, (SELECT max(id) FROM skep.transactions)) AS id FROM floor
), unsettled AS (
    SELECT id, state, type, opened_ms, heartbeat_ms, user_name, host_name, agent_info
    FROM skep.transactions
    WHERE state <> 1
    UNION ALL
    SELECT g.id, 3, 0, NULL, NULL, NULL, NULL, NULL
    FROM floor, water, generate_series(floor.id + 1, water.id) AS g (id)
    WHERE NOT EXISTS (SELECT FROM skep.transactions t WHERE t.id = g.id)
)
SELECT water.id AS water_id, u.id, u.state, u.type, u.opened_ms, u.heartbeat_ms, u.user_name, u.host_name, u.agent_info
FROM water LEFT JOIN unsettled u ON true
ORDER BY u.id;

-- name: acid_transaction_hold
-- The holder's own view, kept until the end of the database's transaction. No row: ask for the floor afterwards.
-- $1 bigint[] ids
SELECT t.id, t.state, t.type,
       t.state = 3 AND t.expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS is_overdue
FROM skep.transactions t
WHERE t.id = ANY ($1)
ORDER BY t.id
FOR NO KEY UPDATE;

-- name: acid_transaction_share
-- The same for those who only need it to stay as it is.
-- $1 bigint[] ids
SELECT t.id, t.state, t.type,
       t.state = 3 AND t.expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS is_overdue
FROM skep.transactions t
WHERE t.id = ANY ($1)
ORDER BY t.id
FOR SHARE;

-- name: acid_transaction_floor
-- At or below it, what has no row is committed.
SELECT id FROM skep.transaction_floor;

-- name: acid_transaction_heartbeat
-- A new lease for those whose old one has not ended.
-- retry: safe
-- $1 bigint first  $2 bigint last  $3 bigint lease_ms  $4 bigint replayed_lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), held AS MATERIALIZED (
    SELECT t.id FROM skep.transactions t, clock
    WHERE t.id BETWEEN $1 AND $2 AND t.state = 3 AND t.expires_ms > clock.now_ms
    ORDER BY t.id
    FOR NO KEY UPDATE OF t
)
UPDATE skep.transactions t
SET heartbeat_ms = clock.now_ms, expires_ms = clock.now_ms + CASE WHEN t.type = 1 THEN $4 ELSE $3 END
FROM clock
WHERE t.id IN (SELECT id FROM held)
RETURNING t.id;

-- name: acid_transaction_states
-- As the rows say, nobody held.
-- $1 bigint first  $2 bigint last
SELECT t.id, t.state, t.type,
       t.state = 3 AND t.expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS is_overdue
FROM skep.transactions t
WHERE t.id BETWEEN $1 AND $2
ORDER BY t.id;

-- name: acid_transaction_abort
-- Ends those of the ids that are open. What they wrote stays until a compaction has cleaned it away.
-- $1 bigint[] ids
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), held AS MATERIALIZED (
    SELECT id FROM skep.transactions WHERE id = ANY ($1) AND state = 3 ORDER BY id FOR NO KEY UPDATE
), done AS (
    UPDATE skep.transactions t
    SET state = 2, ended_ms = clock.now_ms
    FROM clock
    WHERE t.id IN (SELECT id FROM held)
    RETURNING t.id, t.type
), unlocked AS (
    DELETE FROM skep.locks WHERE transaction_id IN (SELECT id FROM done)
), reads AS (
    DELETE FROM skep.transaction_reads WHERE transaction_id IN (SELECT id FROM done)
), files AS (
    DELETE FROM skep.transaction_files WHERE transaction_id IN (SELECT id FROM done)
), rebuilds AS (
    DELETE FROM skep.rebuild_locks WHERE transaction_id IN (SELECT id FROM done)
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT clock.now_ms, 'ABORT_TXN', 'hive',
           jsonb_build_object('transaction_id', done.id,
                              'namespaces', coalesce((SELECT jsonb_agg(DISTINCT a.namespace_name)
                              FROM skep.transaction_writes w JOIN skep.acid_tables a ON a.id = w.acid_table_id
                              WHERE w.transaction_id = done.id), '[]'))
    FROM done, clock
    WHERE done.type <> 2
)
SELECT id FROM done ORDER BY id;

-- name: acid_transaction_seed
-- Ids from here on. All before it count as committed. Stands alone as the opening of several does. No row: too late.
-- $1 bigint id
WITH line AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(7364, 12)::text AS waited
), taken AS MATERIALIZED (
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS id FROM skep.transaction_ids
), raised AS (
    UPDATE skep.transaction_floor f
    SET id = $1 - 1
    FROM line, taken
    WHERE line.waited = '' AND taken.id < $1
    RETURNING setval('skep.transaction_ids', $1, false) AS next_id
)
SELECT (SELECT next_id FROM raised) AS next_id, (SELECT id FROM taken) AS water_id;

-- name: acid_transaction_replayed_find
-- All of the policy, or those that are named.
-- $1 text policy  $2 bigint[] source_ids
SELECT source_id, target_id FROM skep.replayed_transactions
WHERE policy = $1 AND ($2 IS NULL OR source_id = ANY ($2))
ORDER BY source_id;

-- name: acid_transaction_replayed_enter
-- Repetitions of one policy go one after the other.
-- $1 text policy
SELECT pg_advisory_xact_lock(hashtextextended($1, 7366));

-- name: acid_transaction_replayed_add
-- Who repeats whom.
-- $1 text policy  $2 bigint[] source_ids  $3 bigint[] target_ids
INSERT INTO skep.replayed_transactions (policy, source_id, target_id)
SELECT $1, r.source_id, r.target_id FROM unnest($2, $3) AS r (source_id, target_id);

-- name: acid_transaction_replayed_remove
-- They are over.
-- retry: safe
-- $1 text policy  $2 bigint[] source_ids
DELETE FROM skep.replayed_transactions WHERE policy = $1 AND source_id = ANY ($2);

-- name: acid_transaction_rebuild_lock
-- The lock on the rebuild of a materialized view; taken from one whose lease has ended or who has it already.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 bigint id  $5 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
INSERT INTO skep.rebuild_locks AS r (catalog_name, namespace_name, table_name, transaction_id, expires_ms)
SELECT $1, $2, $3, $4, now_ms + $5 FROM clock
ON CONFLICT (catalog_name, namespace_name, table_name)
    DO UPDATE SET transaction_id = excluded.transaction_id, expires_ms = excluded.expires_ms
    WHERE r.transaction_id = excluded.transaction_id
       OR r.expires_ms <= (SELECT now_ms FROM clock);

-- name: acid_transaction_rebuild_heartbeat
-- Only for who still has it.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 bigint id  $5 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
UPDATE skep.rebuild_locks r
SET expires_ms = clock.now_ms + $5
FROM clock
WHERE r.catalog_name = $1 AND r.namespace_name = $2 AND r.table_name = $3 AND r.transaction_id = $4
  AND r.expires_ms > clock.now_ms;
