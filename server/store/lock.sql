-- Locks: leases in a queue by id. A lock's rivals are the components of locks with smaller ids that overlap one of its own
-- and cannot be held beside it; rivals only ever go, because lock_enter makes requests that touch one object take their
-- numbers one after another. So "no live rival left" may be decided on any snapshot, and stays true.
-- Leases are judged by PostgreSQL's clock alone. Pairs of types that cannot be held together: held * 16 + asked.

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
    SELECT 2, $1, $2, $3, $4, now_ms, now_ms + $5 FROM clock
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
SELECT l.state, clock.now_ms - l.heartbeat_ms AS since_heartbeat_ms,
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
       ) AS is_blocked
FROM skep.locks l, clock
WHERE l.id = $1 AND l.expires_ms > clock.now_ms;

-- name: lock_grant
-- Acquires the lock unless a rival lives, and renews its lease. Rivals whose lease has ended are removed first, their rows
-- locked in the order of ids: one that was renewed at this very moment is seen to live, and one that was removed cannot be
-- renewed any more.
-- retry: safe
-- $1 bigint lock_id  $2 bigint[] conflicts  $3 bigint lease_ms
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), rivals AS MATERIALIZED (
    SELECT DISTINCT e.lock_id
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
    WHERE m.lock_id = $1 AND e.lock_id < $1 AND e.lock_type * 16 + m.lock_type = ANY ($2)
      AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
), ended AS MATERIALIZED (
    SELECT l.id FROM skep.locks l, clock
    WHERE l.id IN (SELECT lock_id FROM rivals) AND l.expires_ms <= clock.now_ms
    ORDER BY l.id
    FOR UPDATE OF l
), removed AS (
    DELETE FROM skep.locks WHERE id IN (SELECT id FROM ended) RETURNING id
), standing AS MATERIALIZED (
    SELECT EXISTS (SELECT lock_id FROM rivals EXCEPT SELECT id FROM removed) AS is_blocked
)
UPDATE skep.locks l
SET state = CASE WHEN l.state = 2 AND standing.is_blocked THEN 2 ELSE 1 END,
    acquired_ms = CASE WHEN l.state = 2 AND NOT standing.is_blocked THEN clock.now_ms ELSE l.acquired_ms END,
    heartbeat_ms = clock.now_ms,
    expires_ms = clock.now_ms + $3
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
SET heartbeat_ms = clock.now_ms, expires_ms = clock.now_ms + $2
FROM clock
WHERE l.id = $1 AND l.expires_ms > clock.now_ms;

-- name: lock_release
-- Its components go with it.
-- retry: safe
-- $1 bigint lock_id
DELETE FROM skep.locks WHERE id = $1;

-- name: lock_list
-- Components of live locks, and for those that wait the first rival in the queue.
-- $1 text namespace_name  $2 text table_name  $3 text partition_name  $4 bigint[] conflicts
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
)
SELECT l.id, m.ordinal, m.lock_type, m.lock_level, m.namespace_name, m.table_name, m.partition_name, m.operation_type,
       m.is_transactional, m.is_dynamic, l.state, l.transaction_id, l.acquired_ms, l.heartbeat_ms,
       blocking.lock_id AS blocked_by_lock_id, blocking.ordinal AS blocked_by_ordinal,
       l.user_name, l.host_name, l.agent_info
FROM clock
JOIN skep.locks l ON l.expires_ms > clock.now_ms
JOIN skep.lock_components m ON m.lock_id = l.id
LEFT JOIN LATERAL (
    SELECT e.lock_id, e.ordinal
    FROM skep.lock_components e
    JOIN skep.locks rival ON rival.id = e.lock_id
    WHERE l.state = 2 AND e.lock_id < l.id AND rival.expires_ms > clock.now_ms
      AND e.catalog_name = m.catalog_name AND e.namespace_name = m.namespace_name
      AND (e.table_name IS NULL OR m.table_name IS NULL OR e.table_name = m.table_name)
      AND (e.partition_name IS NULL OR m.partition_name IS NULL OR e.partition_name = m.partition_name)
      AND e.lock_type * 16 + m.lock_type = ANY ($4)
    ORDER BY e.lock_id, e.ordinal
    LIMIT 1
) AS blocking ON true
WHERE ($1 IS NULL OR m.namespace_name = $1)
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
