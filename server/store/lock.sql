-- Locks: leases in a queue by id. A lock's rivals are the components of locks with smaller ids that overlap one of its own
-- and cannot be held beside it; rivals only ever go, because lock_enter makes requests that touch one object take their
-- numbers one after another. So "no live rival left" may be decided on any snapshot, and stays true.
-- Leases are judged by PostgreSQL's clock alone. Pairs of types that cannot be held together: held * 16 + asked.
-- A lock of a transaction lives as long as the transaction is open and its lease has not ended; its own lease has no end. One
-- transaction's locks never stand in one another's way.

-- name: lock_enter
-- Line up with those who touch the same objects, until the end of the transaction. Keys in one order everywhere, so that
-- nobody waits in a ring; a namespace is shared by those who lock its tables.
-- $1 text[] objects  $2 bigint[] exclusive
SELECT CASE WHEN k.exclusive = 1 THEN pg_advisory_xact_lock(k.key) ELSE pg_advisory_xact_lock_shared(k.key) END
FROM (SELECT hashtextextended(o.object, 7364) AS key, max(o.exclusive) AS exclusive
      FROM unnest($1, $2) AS o (object, exclusive)
      GROUP BY 1 ORDER BY 1) AS k;

-- name: lock_insert
-- The request at the end of the queue, waiting.
-- $1 bigint transaction_id  $2 text user_name  $3 text host_name  $4 text agent_info  $5 bigint lease_ms
-- $6 text catalog_name  $7 bigint[] types  $8 bigint[] levels  $9 text[] namespaces  $10 text[] tables
-- $11 text[] partitions  $12 bigint[] operations  $13 bigint[] transactional  $14 bigint[] dynamic
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), made AS (
    INSERT INTO skep.locks (state, transaction_id, user_name, host_name, agent_info, heartbeat_ms, expires_ms)
    SELECT 2, $1, $2, $3, $4, now_ms, CASE WHEN $1 = 0 THEN now_ms + $5 ELSE 9223372036854775807 END FROM clock
    RETURNING id
), components AS (
    INSERT INTO skep.lock_components (lock_id, ordinal, lock_type, lock_level, catalog_name, namespace_name, table_name,
                                      partition_name, operation_type, is_transactional, is_dynamic)
    SELECT made.id, r.ordinal, r.lock_type, r.lock_level, $6, r.namespace_name, r.table_name, r.partition_name,
           r.operation_type, r.is_transactional = 1, r.is_dynamic = 1
    FROM made, unnest($7, $8, $9, $10, $11, $12, $13, $14) WITH ORDINALITY
             AS r (lock_type, lock_level, namespace_name, table_name, partition_name, operation_type,
                   is_transactional, is_dynamic, ordinal)
)
SELECT id FROM made;

-- name: lock_find
-- Where a lock stands; what a client that waits asks again and again. Stops at the first live rival.
-- $1 bigint lock_id  $2 bigint[] conflicts
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
SELECT l.state, clock.now_ms - coalesce(t.heartbeat_ms, l.heartbeat_ms) AS since_heartbeat_ms,
       l.state = 2 AND EXISTS (
           SELECT
           FROM skep.lock_components m
           CROSS JOIN LATERAL (
               SELECT e.* FROM skep.lock_components e
               WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
                 AND e.table_name = m.table_name
               UNION ALL
               SELECT e.* FROM skep.lock_components e
               WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name AND e.table_name IS NULL
               UNION ALL
               SELECT e.* FROM skep.lock_components e
               WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
                 AND m.table_name IS NULL AND e.table_name IS NOT NULL
           ) AS e
           JOIN skep.locks rival ON rival.id = e.lock_id
           WHERE m.lock_id = l.id AND e.lock_id < l.id AND e.lock_type * 16 + m.lock_type = ANY ($2)
             AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
             AND rival.expires_ms > clock.now_ms
             AND (rival.transaction_id = 0
                  OR rival.transaction_id <> l.transaction_id
                     AND EXISTS (SELECT FROM skep.transactions h
                                 WHERE h.id = rival.transaction_id AND h.state = 3 AND h.expires_ms > clock.now_ms))
       ) AS is_blocked, l.transaction_id
FROM clock
JOIN skep.locks l ON l.id = $1
LEFT JOIN skep.transactions t ON t.id = l.transaction_id AND l.transaction_id <> 0
WHERE l.expires_ms > clock.now_ms AND (l.transaction_id = 0 OR t.state = 3 AND t.expires_ms > clock.now_ms);

-- name: lock_grant
-- Acquires the lock unless a rival lives, and renews its lease. Rivals whose lease has ended are removed first, their rows
-- locked in the order of ids: one that was renewed at this very moment is seen to live, and one that was removed cannot be
-- renewed any more. So with transactions, which are aborted.
-- retry: safe
-- $1 bigint lock_id  $2 bigint[] conflicts  $3 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), rivals AS MATERIALIZED (
    SELECT DISTINCT e.lock_id, rival.transaction_id
    FROM skep.lock_components m
    JOIN skep.locks mine ON mine.id = m.lock_id
    CROSS JOIN LATERAL (
        SELECT e.* FROM skep.lock_components e
        WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
          AND e.table_name = m.table_name
        UNION ALL
        SELECT e.* FROM skep.lock_components e
        WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name AND e.table_name IS NULL
        UNION ALL
        SELECT e.* FROM skep.lock_components e
        WHERE e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
          AND m.table_name IS NULL AND e.table_name IS NOT NULL
    ) AS e
    JOIN skep.locks rival ON rival.id = e.lock_id
    WHERE m.lock_id = $1 AND e.lock_id < $1 AND (rival.transaction_id = 0 OR rival.transaction_id <> mine.transaction_id)
      AND e.lock_type * 16 + m.lock_type = ANY ($2)
      AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
), ended AS MATERIALIZED (
    SELECT l.id FROM skep.locks l, clock
    WHERE l.id IN (SELECT lock_id FROM rivals) AND l.expires_ms <= clock.now_ms
    ORDER BY l.id
    FOR UPDATE OF l
), lapsed AS MATERIALIZED (
    SELECT t.id, t.state FROM skep.transactions t, clock
    WHERE t.id IN (SELECT transaction_id FROM rivals WHERE transaction_id <> 0)
      AND (t.state <> 3 OR t.expires_ms <= clock.now_ms)
    ORDER BY t.id
    FOR NO KEY UPDATE OF t
), aborted AS (
    UPDATE skep.transactions t SET state = 2, ended_ms = clock.now_ms
    FROM clock
    WHERE t.id IN (SELECT id FROM lapsed WHERE state = 3)
    RETURNING t.id, t.type
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT clock.now_ms, 'ABORT_TXN', 'hive',
           jsonb_build_object('transaction_id', aborted.id,
                              'namespaces', coalesce((SELECT jsonb_agg(DISTINCT a.namespace_name)
                              FROM skep.transaction_writes w JOIN skep.acid_tables a ON a.id = w.acid_table_id
                              WHERE w.transaction_id = aborted.id), '[]'))
    FROM aborted, clock
    WHERE aborted.type <> 2
), removed AS (
    DELETE FROM skep.locks
    WHERE id IN (SELECT id FROM ended) OR transaction_id IN (SELECT id FROM lapsed)
    RETURNING id
), standing AS MATERIALIZED (
    SELECT EXISTS (SELECT lock_id FROM rivals EXCEPT SELECT id FROM removed) AS is_blocked
)
UPDATE skep.locks l
SET state = CASE WHEN l.state = 2 AND standing.is_blocked THEN 2 ELSE 1 END,
    acquired_ms = CASE WHEN l.state = 2 AND NOT standing.is_blocked THEN clock.now_ms ELSE l.acquired_ms END,
    heartbeat_ms = clock.now_ms,
    expires_ms = CASE WHEN l.transaction_id = 0 THEN clock.now_ms + $3 ELSE l.expires_ms END
FROM clock, standing
WHERE l.id = $1 AND l.expires_ms > clock.now_ms
RETURNING l.state;

-- name: lock_heartbeat
-- A new lease, unless the old one has ended.
-- retry: safe
-- $1 bigint lock_id  $2 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
UPDATE skep.locks l
SET heartbeat_ms = clock.now_ms,
    expires_ms = CASE WHEN l.transaction_id = 0 THEN clock.now_ms + $2 ELSE l.expires_ms END
FROM clock
WHERE l.id = $1 AND l.expires_ms > clock.now_ms;

-- name: lock_release
-- Its components go with it. That of a transaction stays until that ends, unless it waits still. Answers with those that
-- stay.
-- retry: safe
-- $1 bigint lock_id
WITH removed AS (
    DELETE FROM skep.locks WHERE id = $1 AND (transaction_id = 0 OR state = 2)
)
SELECT l.transaction_id FROM skep.locks l JOIN skep.transactions t ON t.id = l.transaction_id AND t.state = 3
WHERE l.id = $1 AND l.transaction_id <> 0 AND l.state <> 2;

-- name: lock_give_up
-- A request that must not wait, taken back.
-- retry: safe
-- $1 bigint lock_id
DELETE FROM skep.locks WHERE id = $1;

-- name: lock_blocker
-- The first that stands in the way of a request, and the type of the component that has to wait for it.
-- $1 bigint lock_id  $2 bigint[] conflicts
SELECT m.lock_type AS asked_type, e.lock_id, e.ordinal, rival.transaction_id, e.namespace_name, e.table_name, e.partition_name,
       rival.state, e.lock_type
FROM skep.lock_components m
JOIN skep.locks mine ON mine.id = m.lock_id
JOIN skep.lock_components e ON e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
    AND (e.table_name IS NULL OR m.table_name IS NULL OR e.table_name = m.table_name)
    AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
JOIN skep.locks rival ON rival.id = e.lock_id
WHERE m.lock_id = $1 AND e.lock_id < $1 AND e.lock_type * 16 + m.lock_type = ANY ($2)
  AND (rival.transaction_id = 0 OR rival.transaction_id <> mine.transaction_id)
ORDER BY e.lock_id, e.ordinal
LIMIT 1;

-- name: lock_list
-- Components of live locks, and for those that wait the first rival in the queue.
-- $1 text namespace_name  $2 text table_name  $3 text partition_name  $4 bigint[] conflicts
-- $5 bigint transaction_id
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
SELECT l.id, m.ordinal, m.lock_type, m.lock_level, m.namespace_name, m.table_name, m.partition_name, m.operation_type,
       m.is_transactional, m.is_dynamic, l.state, l.transaction_id, l.acquired_ms,
       coalesce(own.heartbeat_ms, l.heartbeat_ms) AS heartbeat_ms,
       blocking.lock_id AS blocked_by_lock_id, blocking.ordinal AS blocked_by_ordinal,
       l.user_name, l.host_name, l.agent_info
FROM clock
JOIN skep.locks l ON l.expires_ms > clock.now_ms
JOIN skep.lock_components m ON m.lock_id = l.id
LEFT JOIN skep.transactions own ON own.id = l.transaction_id AND l.transaction_id <> 0
LEFT JOIN LATERAL (
    SELECT e.lock_id, e.ordinal
    FROM skep.lock_components e
    JOIN skep.locks rival ON rival.id = e.lock_id
    WHERE l.state = 2 AND e.lock_id < l.id AND rival.expires_ms > clock.now_ms
      AND (rival.transaction_id = 0
           OR rival.transaction_id <> l.transaction_id
              AND EXISTS (SELECT FROM skep.transactions h
                          WHERE h.id = rival.transaction_id AND h.state = 3 AND h.expires_ms > clock.now_ms))
      AND e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
      AND (e.table_name IS NULL OR m.table_name IS NULL OR e.table_name = m.table_name)
      AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
      AND e.lock_type * 16 + m.lock_type = ANY ($4)
    ORDER BY e.lock_id, e.ordinal
    LIMIT 1
) AS blocking ON true
WHERE (l.transaction_id = 0 OR own.state = 3 AND own.expires_ms > clock.now_ms)
  AND ($5 IS NULL OR l.transaction_id = $5)
  AND ($1 IS NULL OR m.namespace_name = $1)
  AND ($2 IS NULL OR m.table_name = $2)
  AND ($3 IS NULL OR m.partition_name = $3)
ORDER BY l.id, m.ordinal;

-- name: lock_expire
-- Rows that count as gone already. A row that somebody renews or removes at this moment is left to them.
-- retry: safe
-- $1 bigint limit
DELETE FROM skep.locks
WHERE id IN (SELECT id FROM skep.locks
             WHERE expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
             ORDER BY expires_ms
             LIMIT $1
             FOR UPDATE SKIP LOCKED);
