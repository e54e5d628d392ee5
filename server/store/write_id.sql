-- Write ids of transactions on tables. A table is one row, made when it is first written; who takes ids of it holds that row,
-- so that ids follow one another for each table and nobody else waits.

-- name: write_id_table_hold
-- The table's row, made where there is none, held until the end of the database's transaction.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name
INSERT INTO skep.acid_tables AS a (catalog_name, namespace_name, table_name)
VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT acid_tables_name_key DO UPDATE SET next_write_id = a.next_write_id
RETURNING a.id, a.next_write_id;

-- name: write_id_tables_make
-- Rows of several tables, made where there are none, in the order asked. In the order of names, so that nobody waits in a
-- ring.
-- $1 text catalog_name  $2 text[] namespaces  $3 text[] tables
INSERT INTO skep.acid_tables (catalog_name, namespace_name, table_name)
SELECT DISTINCT $1, r.namespace_name, r.table_name
FROM unnest($2, $3) AS r (namespace_name, table_name)
ORDER BY 2, 3
ON CONFLICT DO NOTHING;

-- name: write_id_tables_find
-- Rows of several tables.
-- $1 text catalog_name  $2 text[] namespaces  $3 text[] tables
SELECT a.id
FROM unnest($2, $3) WITH ORDINALITY AS r (namespace_name, table_name, ordinal)
JOIN skep.acid_tables a ON a.catalog_name = $1 AND a.namespace_name = r.namespace_name AND a.table_name = r.table_name
ORDER BY r.ordinal;

-- name: write_id_find
-- What transactions hold on a table.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 bigint[] transaction_ids
SELECT w.transaction_id, w.write_id
FROM skep.acid_tables a
JOIN skep.write_ids w ON w.acid_table_id = a.id
WHERE a.catalog_name = $1 AND a.namespace_name = $2 AND a.table_name = $3 AND w.transaction_id = ANY ($4)
ORDER BY w.transaction_id;

-- name: write_id_give_back
-- Ids taken before a lock was waited for.
-- $1 bigint acid_table_id  $2 bigint[] transaction_ids
DELETE FROM skep.write_ids WHERE acid_table_id = $1 AND transaction_id = ANY ($2);

-- name: write_id_start_over
-- Ids as another warehouse gave them: what was known of this table is out of date.
-- $1 bigint acid_table_id  $2 bigint next_write_id
WITH forgotten AS (
    DELETE FROM skep.write_ids WHERE acid_table_id = $1
)
UPDATE skep.acid_tables SET next_write_id = $2 WHERE id = $1;

-- name: write_id_allocate
-- Those that have none yet, in the order of transactions; the table's row is held.
-- $1 bigint acid_table_id  $2 bigint[] transaction_ids
WITH existing AS MATERIALIZED (
    SELECT transaction_id, write_id FROM skep.write_ids WHERE acid_table_id = $1 AND transaction_id = ANY ($2)
), missing AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT DISTINCT id FROM unnest($2) AS r (id)) AS r
    WHERE id NOT IN (SELECT transaction_id FROM existing)
), counted AS (
    SELECT count(*) AS count FROM missing
), bumped AS (
    UPDATE skep.acid_tables a SET next_write_id = a.next_write_id + counted.count
    FROM counted
    WHERE a.id = $1
    RETURNING a.next_write_id - counted.count AS first, a.catalog_name, a.namespace_name, a.table_name
), made AS (
    INSERT INTO skep.write_ids (acid_table_id, write_id, transaction_id)
    SELECT $1, bumped.first + missing.place - 1, missing.id FROM missing, bumped
    RETURNING transaction_id, write_id
), noted AS (
    UPDATE skep.transaction_writes w SET write_id = made.write_id
    FROM made
    WHERE w.transaction_id = made.transaction_id AND w.acid_table_id = $1
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALLOC_WRITE_ID_EVENT', b.catalog_name, b.namespace_name,
           b.table_name,
           (SELECT jsonb_build_object('transaction_ids', jsonb_agg(transaction_id ORDER BY transaction_id),
                                      'write_ids', jsonb_agg(write_id ORDER BY transaction_id)) FROM made)
    FROM bumped b
    WHERE EXISTS (SELECT FROM made)
)
SELECT transaction_id, write_id FROM existing
UNION ALL
SELECT transaction_id, write_id FROM made
ORDER BY transaction_id;

-- name: write_id_valid
-- What a snapshot of transactions sees of each table. Ids of transactions above the mark, or open or aborted in the
-- snapshot, are not valid. The table's own mark is the greatest id that a transaction below the mark took, or where they are
-- all forgotten the last one given.
-- $1 text[] catalogs  $2 text[] namespaces  $3 text[] tables  $4 bigint water_id  $5 bigint[] open  $6 bigint[] aborted
WITH outside AS MATERIALIZED (
    SELECT id, false AS is_aborted FROM unnest($5) AS o (id)
    UNION ALL
    SELECT id, true FROM unnest($6) AS o (id)
), asked AS MATERIALIZED (
    SELECT r.ordinal, a.id, a.next_write_id,
           coalesce((SELECT max(w.write_id) FROM skep.write_ids w
                     WHERE w.acid_table_id = a.id AND w.transaction_id <= $4), a.next_write_id - 1, 0) AS water
    FROM unnest($1, $2, $3) WITH ORDINALITY AS r (catalog_name, namespace_name, table_name, ordinal)
    LEFT JOIN skep.acid_tables a
        ON a.catalog_name = r.catalog_name AND a.namespace_name = r.namespace_name AND a.table_name = r.table_name
), seen AS (
    SELECT asked.ordinal, w.write_id, coalesce(o.is_aborted, false) AS is_aborted,
           w.transaction_id <= $4 AND o.id IS NULL AS is_valid
    FROM asked
    JOIN skep.write_ids w ON w.acid_table_id = asked.id AND w.write_id <= asked.water
    LEFT JOIN outside o ON o.id = w.transaction_id
)
SELECT asked.ordinal, asked.water, coalesce(bool_or(s.is_valid), false) AS has_valid,
       coalesce(array_agg(s.write_id ORDER BY s.write_id) FILTER (WHERE NOT s.is_valid), '{}') AS invalid,
       coalesce(array_agg(s.is_aborted::integer::bigint ORDER BY s.write_id) FILTER (WHERE NOT s.is_valid), '{}') AS aborted
FROM asked LEFT JOIN seen s ON s.ordinal = asked.ordinal
GROUP BY asked.ordinal, asked.water
ORDER BY asked.ordinal;

-- name: write_id_transaction
-- Who took a write id.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 bigint write_id
SELECT w.transaction_id
FROM skep.acid_tables a
JOIN skep.write_ids w ON w.acid_table_id = a.id
WHERE a.catalog_name = $1 AND a.namespace_name = $2 AND a.table_name = $3 AND w.write_id = $4;

-- name: write_id_max
-- The last id given.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name
SELECT next_write_id - 1 AS id FROM skep.acid_tables
WHERE catalog_name = $1 AND namespace_name = $2 AND table_name = $3;

-- name: write_id_seed
-- The next id of a table that has none yet; the row of another stays as it is.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 bigint next_write_id
INSERT INTO skep.acid_tables AS known (catalog_name, namespace_name, table_name, next_write_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT acid_tables_name_key DO UPDATE SET next_write_id = excluded.next_write_id
    WHERE known.next_write_id = 1
RETURNING id;

-- name: write_id_put
-- Given ids for given transactions.
-- $1 bigint acid_table_id  $2 bigint[] write_ids  $3 bigint[] transaction_ids
INSERT INTO skep.write_ids (acid_table_id, write_id, transaction_id)
SELECT $1, r.write_id, r.transaction_id FROM unnest($2, $3) AS r (write_id, transaction_id);

-- name: write_id_reads_add
-- Least write ids that a transaction reads; tables that nobody wrote need no note.
-- retry: safe
-- $1 bigint transaction_id  $2 text[] catalogs  $3 text[] namespaces  $4 text[] tables  $5 bigint[] write_ids
INSERT INTO skep.transaction_reads AS known (transaction_id, acid_table_id, write_id)
SELECT $1, a.id, min(r.write_id)
FROM unnest($2, $3, $4, $5) AS r (catalog_name, namespace_name, table_name, write_id)
JOIN skep.acid_tables a
    ON a.catalog_name = r.catalog_name AND a.namespace_name = r.namespace_name AND a.table_name = r.table_name
GROUP BY a.id
ORDER BY a.id
ON CONFLICT (transaction_id, acid_table_id) DO UPDATE SET write_id = least(known.write_id, excluded.write_id);

-- name: write_id_forget
-- Ids of transactions that are forgotten, from the first one of each table on: an id above one that still counts stays, since
-- the marks of snapshots are found with it.
-- $1 bigint max
WITH standing AS MATERIALIZED (
    SELECT w.acid_table_id, min(w.write_id) AS write_id
    FROM skep.write_ids w
    JOIN skep.transactions t ON t.id = w.transaction_id
    GROUP BY w.acid_table_id
), gone AS (
    SELECT w.acid_table_id, w.write_id
    FROM skep.write_ids w
    LEFT JOIN standing s ON s.acid_table_id = w.acid_table_id
    WHERE w.transaction_id <= (SELECT id FROM skep.transaction_floor)
      AND (s.write_id IS NULL OR w.write_id < s.write_id)
    LIMIT $1
)
DELETE FROM skep.write_ids w USING gone g
WHERE w.acid_table_id = g.acid_table_id AND w.write_id = g.write_id;
