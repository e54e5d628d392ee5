-- What is known of materialized views beside their tables' rows: the tables that they read. That column is written here and by
-- table_create alone; every other change of a view's row leaves it as it is.

-- name: materialized_view_set_sources
-- A view was rebuilt. No row: there is no such materialized view.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 jsonb creation_metadata
-- retry: safe
UPDATE skep.tables t
SET creation_metadata = $4
FROM skep.namespaces n
JOIN skep.catalogs c ON c.id = n.catalog_id
WHERE c.name = $1 AND n.name = $2 AND t.namespace_id = n.id AND t.name = $3 AND t.hms_type = 'MATERIALIZED_VIEW'
RETURNING t.id;

-- name: materialized_view_readers
-- Which views read a table: namespace.name, a few of them.
-- $1 bigint table_id  $2 bigint max
SELECT n.name AS namespace_name, t.name
FROM skep.tables t
JOIN skep.namespaces n ON n.id = t.namespace_id
WHERE t.creation_metadata IS NOT NULL AND t.id <> $1
  AND t.creation_metadata @> jsonb_build_object('sources', jsonb_build_array(jsonb_build_object('id', $1)))
ORDER BY n.name, t.name
LIMIT $2;

-- name: materialized_view_count
-- Rows that a transaction has changed in a table, added up in every view that reads it. Rows are locked in the order of their
-- ids, so that two transactions wait in line.
-- $1 bigint table_id  $2 bigint inserted  $3 bigint updated  $4 bigint deleted
WITH readers AS MATERIALIZED (
    SELECT t.id
    FROM skep.tables t
    WHERE t.creation_metadata IS NOT NULL
      AND t.creation_metadata @> jsonb_build_object('sources', jsonb_build_array(jsonb_build_object('id', $1)))
    ORDER BY t.id
    FOR NO KEY UPDATE
)
UPDATE skep.tables t
SET creation_metadata = jsonb_set(t.creation_metadata, '{sources}', (
        SELECT jsonb_agg(CASE WHEN (s.source ->> 'id')::bigint = $1
                              THEN s.source || jsonb_build_object('inserted', (s.source ->> 'inserted')::bigint + $2,
                                                                  'updated', (s.source ->> 'updated')::bigint + $3,
                                                                  'deleted', (s.source ->> 'deleted')::bigint + $4)
                              ELSE s.source END ORDER BY s.place)
        FROM jsonb_array_elements(t.creation_metadata -> 'sources') WITH ORDINALITY AS s (source, place)))
FROM readers
WHERE t.id = readers.id;

-- name: materialized_view_changes
-- What became of some tables since the snapshots of write ids that a view shows, as far as a snapshot of transactions sees it.
-- Committed updates and deletes are known by their rows; of ids whose transactions are settled and forgotten nothing but the
-- number is left, and those count as changed: a full rebuild is right in any case. Compactions: any that is or was at work.
-- Of each table: the mark, and the ids below it that the view does not show.
-- $1 text catalog_name  $2 text[] namespaces  $3 text[] tables  $4 bigint[] water_ids
-- $5 bigint[] hidden_ordinals  $6 bigint[] hidden_ids  $7 bigint transaction_water  $8 bigint[] unseen_transactions
WITH asked AS MATERIALIZED (
    SELECT r.ordinal, a.id, r.water, a.next_write_id
    FROM unnest($2, $3, $4) WITH ORDINALITY AS r (namespace_name, table_name, water, ordinal)
    JOIN skep.acid_tables a
        ON a.catalog_name = $1 AND a.namespace_name = r.namespace_name AND a.table_name = r.table_name
), hidden AS MATERIALIZED (
    SELECT h.ordinal, h.id FROM unnest($5, $6) AS h (ordinal, id)
), written AS (
    SELECT EXISTS (
        SELECT
        FROM asked
        JOIN skep.transaction_writes w ON w.acid_table_id = asked.id
        JOIN skep.transactions t ON t.id = w.transaction_id
        WHERE w.operation IN ('u', 'd') AND t.state = 1
          AND (w.write_id > asked.water
               OR EXISTS (SELECT FROM hidden h WHERE h.ordinal = asked.ordinal AND h.id = w.write_id))
          AND t.id <= $7 AND NOT (t.id = ANY ($8))) AS found
), settled AS (
    SELECT EXISTS (
        SELECT
        FROM asked
        WHERE EXISTS (SELECT FROM generate_series(asked.water + 1, least(asked.next_write_id - 1, asked.water + 10000)) AS g (id)
                      WHERE NOT EXISTS (SELECT FROM skep.write_ids i
                                        JOIN skep.transactions t ON t.id = i.transaction_id
                                        WHERE i.acid_table_id = asked.id AND i.write_id = g.id))
           OR EXISTS (SELECT FROM hidden h
                      WHERE h.ordinal = asked.ordinal
                        AND NOT EXISTS (SELECT FROM skep.write_ids i
                                        JOIN skep.transactions t ON t.id = i.transaction_id
                                        WHERE i.acid_table_id = asked.id AND i.write_id = h.id))) AS found
), compacted AS (
    SELECT EXISTS (
        SELECT
        FROM asked
        JOIN skep.compactions k ON k.acid_table_id = asked.id
        WHERE k.state IN ('i', 'w', 'r', 's')
          AND (k.highest_write_id IS NULL OR k.highest_write_id > asked.water
               OR EXISTS (SELECT FROM hidden h WHERE h.ordinal = asked.ordinal AND h.id <= k.highest_write_id))) AS found
)
SELECT written.found OR settled.found AS is_changed, compacted.found AS is_compacted
FROM written, settled, compacted;
