-- Column statistics of tables (partition_name '') and partitions. A write locks its table's or partitions' rows first: so
-- two writers of one partition take turns, and none adds to a partition that is being dropped.

-- name: statistics_lock_table
-- The parameter that names the columns with accurate statistics, and a lock on the row that holds it.
-- $1 bigint table_id
SELECT '' AS partition_name, parameters ->> 'COLUMN_STATS_ACCURATE' AS accurate
FROM skep.tables
WHERE id = $1
FOR NO KEY UPDATE;

-- name: statistics_lock_partitions
-- The same for partitions, in name order, so that writers that overlap wait in line; the table first, as its drop does.
-- $1 bigint table_id  $2 text[] names
WITH home AS MATERIALIZED (
    SELECT id FROM skep.tables WHERE id = $1 FOR KEY SHARE
)
SELECT name AS partition_name, parameters ->> 'COLUMN_STATS_ACCURATE' AS accurate
FROM skep.partitions
WHERE table_id = (SELECT id FROM home) AND name = ANY ($2)
ORDER BY name
FOR NO KEY UPDATE;

-- name: statistics_scan
-- By the primary key; the columns are a filter on what it leaves.
-- replica: yes
-- $1 bigint table_id  $2 text[] partition_names  $3 text engine  $4 text[] columns
SELECT partition_name, column_name, column_type, declared_type, kind, analyzed_s, data
FROM skep.column_statistics
WHERE table_id = $1 AND partition_name = ANY ($2) AND engine = $3 AND ($4 IS NULL OR column_name = ANY ($4))
ORDER BY partition_name, column_name;

-- name: statistics_put
-- Rows of any number of partitions, in place of those that are there, with an event for each partition.
-- $1 bigint table_id  $2 text engine  $3 text[] partition_names  $4 text[] columns  $5 text[] types
-- $6 text[] declared_types  $7 bigint[] kinds  $8 bigint[] analyzed_s  $9 text[] data  $10 text event_type
WITH put AS (
    INSERT INTO skep.column_statistics
        (table_id, analyzed_s, kind, partition_name, engine, column_name, column_type, declared_type, data)
    SELECT $1, r.analyzed_s, r.kind, r.partition_name, $2, r.column_name, r.column_type, r.declared_type, r.data::json
    FROM unnest($3, $4, $5, $6, $7, $8, $9)
        AS r (partition_name, column_name, column_type, declared_type, kind, analyzed_s, data)
    ON CONFLICT (table_id, partition_name, engine, column_name) DO UPDATE
    SET analyzed_s = excluded.analyzed_s, kind = excluded.kind, column_type = excluded.column_type,
        declared_type = excluded.declared_type, data = excluded.data
    RETURNING *
), batch AS (
    SELECT partition_name, jsonb_agg(to_jsonb(put) - 'table_id' ORDER BY column_name) AS images
    FROM put
    GROUP BY partition_name
)
INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $10, c.name, n.name, t.name, t.id,
       jsonb_build_object('engine', $2, 'table', to_jsonb(t), 'partition', to_jsonb(p) - 'table_id',
                          'statistics', batch.images)
FROM batch
CROSS JOIN skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
LEFT JOIN skep.partitions p ON p.table_id = $1 AND p.name = batch.partition_name
WHERE t.id = $1
ORDER BY batch.partition_name;

-- name: statistics_mark_table
-- The parameter of the table; NULL takes it away. The version grows as with any change of the row.
-- $1 bigint table_id  $2 text accurate
UPDATE skep.tables
SET parameters = (parameters - 'COLUMN_STATS_ACCURATE')
                 || CASE WHEN $2 IS NULL THEN '{}' ELSE jsonb_build_object('COLUMN_STATS_ACCURATE', $2) END,
    version = version + 1
WHERE id = $1;

-- name: statistics_mark_partitions
-- The same for partitions; parameters without members are NULL there.
-- $1 bigint table_id  $2 text[] names  $3 text[] accurate
UPDATE skep.partitions p
SET parameters = nullif((coalesce(p.parameters, '{}') - 'COLUMN_STATS_ACCURATE')
                        || CASE WHEN r.accurate IS NULL THEN '{}'
                                ELSE jsonb_build_object('COLUMN_STATS_ACCURATE', r.accurate) END, '{}')
FROM unnest($2, $3) AS r (name, accurate)
WHERE p.table_id = $1 AND p.name = r.name;

-- name: statistics_delete
-- With an event for each.
-- $1 bigint table_id  $2 text[] partition_names  $3 text engine  $4 text[] columns  $5 text event_type
WITH gone AS (
    DELETE FROM skep.column_statistics
    WHERE table_id = $1 AND partition_name = ANY ($2) AND engine = $3 AND ($4 IS NULL OR column_name = ANY ($4))
    RETURNING partition_name, column_name
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $5, c.name, n.name, t.name, t.id,
           jsonb_build_object('engine', $3, 'column', gone.column_name, 'table', to_jsonb(t),
                              'partition', to_jsonb(p) - 'table_id')
    FROM gone
    CROSS JOIN skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
    LEFT JOIN skep.partitions p ON p.table_id = $1 AND p.name = gone.partition_name
    WHERE t.id = $1
    ORDER BY gone.partition_name, gone.column_name
)
SELECT count(*) AS deleted FROM gone;

-- name: statistics_forget_columns
-- Of every engine and partition: after the columns have changed.
-- $1 bigint table_id  $2 text[] columns
DELETE FROM skep.column_statistics WHERE table_id = $1 AND column_name = ANY ($2);
