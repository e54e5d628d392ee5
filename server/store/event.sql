-- The event log. Events are appended by the statements that make the changes; here they are numbered, read and removed.
-- Numbers are given after the commit: whoever reads takes the lock of the counter's row, and then, in a statement of its own
-- and hence with a newer snapshot than the lock, numbers all committed events that have no number, in the order of their ids.
-- So numbers have no gaps, become visible in their order, and no writer waits. An id is drawn after its change has locked its
-- row, so that of two changes of one thing the first has the lower id.

-- name: event_last
-- The last number, and whether committed events wait for one.
SELECT last_number, EXISTS (SELECT FROM skep.events WHERE number IS NULL) AS is_waiting FROM skep.event_counter;

-- name: event_take_turn
-- The turn to number. No row: somebody else is at it.
SELECT last_number FROM skep.event_counter FOR UPDATE SKIP LOCKED;

-- name: event_number
-- Within the turn: the next numbers for the first of those that wait.
-- $1 bigint limit
WITH waiting AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM skep.events WHERE number IS NULL ORDER BY id LIMIT $1) AS first
), total AS MATERIALIZED (
    SELECT count(*) AS numbered FROM waiting
), counted AS (
    UPDATE skep.event_counter SET last_number = last_number + total.numbered FROM total WHERE total.numbered > 0
    RETURNING last_number - total.numbered AS base
), done AS (
    UPDATE skep.events e SET number = counted.base + waiting.place FROM waiting, counted WHERE e.id = waiting.id
)
SELECT numbered FROM total;

-- name: event_scan
-- Numbered events after a number, in order. Names fit that a thing had before its change or has after it.
-- $1 bigint after  $2 text catalog_name  $3 text namespace_name  $4 text[] table_names  $5 text[] types_skipped
-- $6 text[] types  $7 bigint limit
SELECT number, occurred_ms, event_type, catalog_name, namespace_name, table_name, details
FROM skep.events
WHERE number > $1
  AND ($2 IS NULL OR catalog_name = $2)
  AND ($3 IS NULL OR namespace_name = $3 OR details ->> 'new_namespace' = $3)
  AND ($4 IS NULL OR table_name = ANY ($4) OR (event_type = 'ALTER_TABLE' AND details #>> '{table,name}' = ANY ($4)))
  AND ($5 IS NULL OR NOT (event_type = ANY ($5)))
  AND ($6 IS NULL OR event_type = ANY ($6))
ORDER BY number
LIMIT $7;

-- name: event_count
-- How many event_scan would find up to a number; those of no namespace (of transactions) count for each.
-- $1 bigint after  $2 bigint last  $3 text catalog_name  $4 text namespace_name  $5 text[] table_names  $6 bigint limit
SELECT count(*) AS count
FROM (SELECT
      FROM skep.events
      WHERE number > $1
        AND ($2 IS NULL OR number <= $2)
        AND ($3 IS NULL OR catalog_name = $3)
        AND ($4 IS NULL OR namespace_name = $4 OR namespace_name IS NULL OR details ->> 'new_namespace' = $4)
        AND ($5 IS NULL OR table_name = ANY ($5)
             OR (event_type = 'ALTER_TABLE' AND details #>> '{table,name}' = ANY ($5)))
      LIMIT $6) AS found;

-- name: event_add
-- Events that a client tells of: of a table, or of partitions of it. The answer: ids in the order of the facts. No rows: no such
-- table, or one without the partition.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text event_type  $5 text[] partition_names
-- $6 text[] facts
WITH wanted AS (
    SELECT w.place, t.id AS table_id, w.facts::jsonb AS facts, to_jsonb(t) AS table_image,
           to_jsonb(p) - 'table_id' AS partition_image, w.partition_name <> '' AND p.name IS NULL AS is_missing
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.tables t ON t.namespace_id = n.id
    CROSS JOIN unnest($5, $6) WITH ORDINALITY AS w (partition_name, facts, place)
    LEFT JOIN skep.partitions p ON p.table_id = t.id AND p.name = w.partition_name
    WHERE c.name = $1 AND n.name = $2 AND t.name = $3
)
INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $4, $1, $2, $3, table_id,
       facts || jsonb_build_object('table', table_image, 'partition', partition_image)
FROM wanted
WHERE NOT EXISTS (SELECT FROM wanted WHERE is_missing)
ORDER BY place
RETURNING id;

-- name: event_numbers
-- Of some ids; 0 for one without.
-- $1 bigint[] ids
SELECT coalesce(e.number, 0) AS number FROM skep.events e WHERE e.id = ANY ($1) ORDER BY e.id;

-- name: event_expire
-- The first of those with numbers, up to one that is to stay: what remains has no gap in it. A row that another server is
-- removing is left to that one.
-- $1 bigint before_ms  $2 bigint max
DELETE FROM skep.events
WHERE id IN (
    SELECT e.id
    FROM (SELECT o.id, o.number, bool_and(o.occurred_ms < $1) OVER (ORDER BY o.number) AS is_old
          FROM (SELECT id, number, occurred_ms FROM skep.events WHERE number IS NOT NULL ORDER BY number LIMIT $2) AS o) AS first
    JOIN skep.events e ON e.id = first.id
    WHERE first.is_old
    ORDER BY e.number
    FOR UPDATE OF e SKIP LOCKED);

-- name: event_state
-- For the metrics: the last number, and since when the oldest event waits for one (NULL: none does).
SELECT last_number, (SELECT min(occurred_ms) FROM skep.events WHERE number IS NULL) AS waiting_since_ms FROM skep.event_counter;
