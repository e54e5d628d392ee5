-- Declared constraints of tables.

-- name: constraint_lock_table
-- Changes of one table's constraints go one after the other, so that it never has two primary keys. No row: no such table.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name
SELECT t.id
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND t.name = $3
FOR NO KEY UPDATE OF t;

-- name: constraint_has_primary_key
-- Asked after the lock, which may have waited for another writer.
-- $1 bigint table_id
SELECT true AS has_primary_key FROM skep.constraints WHERE table_id = $1 AND kind = 0 LIMIT 1;

-- name: constraint_has_name
-- Asked after the lock, too.
-- $1 bigint table_id  $2 text name
SELECT true AS has_name FROM skep.constraints WHERE table_id = $1 AND name = $2 LIMIT 1;

-- name: constraint_parent_keys
-- What a foreign key may point to in a table: its primary key and its unique ones, the columns of each in order. One row
-- without columns: it has none. No row: no such table.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name
SELECT k.name, array_agg(k.column_name ORDER BY k.column_name) FILTER (WHERE k.id IS NOT NULL) AS columns
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
LEFT JOIN skep.constraints k ON k.table_id = t.id AND k.kind IN (0, 2)
WHERE c.name = $1 AND n.name = $2 AND t.name = $3
GROUP BY k.name;

-- name: constraint_add
-- One column of a constraint. No row: a foreign key whose parent table is not there.
-- $1 bigint table_id  $2 smallint kind  $3 text name  $4 integer key_seq  $5 text column_name  $6 text expression
-- $7 boolean is_enabled  $8 boolean is_validated  $9 boolean is_relied_on  $10 text catalog_name
-- $11 text parent_namespace  $12 text parent_table  $13 text parent_column  $14 text parent_key_name
-- $15 integer update_rule  $16 integer delete_rule
WITH parent AS (
    SELECT t.id
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.tables t ON t.namespace_id = n.id
    WHERE c.name = $10 AND n.name = $11 AND t.name = $12
)
INSERT INTO skep.constraints (table_id, parent_table_id, kind, name, key_seq, column_name, parent_column_name,
                              parent_key_name, expression, update_rule, delete_rule, is_enabled, is_validated,
                              is_relied_on)
SELECT $1, (SELECT id FROM parent), $2, $3, $4, $5, $13, $14, $6, $15, $16, $7, $8, $9
WHERE $2 <> 1 OR EXISTS (SELECT FROM parent)
RETURNING id;

-- name: constraint_log
-- The event of constraints of one kind that a table was given.
-- $1 bigint table_id  $2 bigint[] ids  $3 text event_type
INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $3, c.name, n.name, t.name, t.id,
       jsonb_build_object('constraints', (
           SELECT jsonb_agg(to_jsonb(k) || jsonb_build_object('parent_namespace', pn.name, 'parent_table', pt.name) ORDER BY k.id)
           FROM skep.constraints k
           LEFT JOIN skep.tables pt ON pt.id = k.parent_table_id
           LEFT JOIN skep.namespaces pn ON pn.id = pt.namespace_id
           WHERE k.id = ANY ($2)))
FROM skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
WHERE t.id = $1;

-- name: constraint_drop
-- A constraint with all its columns, and its event.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text name
WITH dropped AS (
    DELETE FROM skep.constraints k
    USING skep.catalogs c, skep.namespaces n, skep.tables t
    WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND t.namespace_id = n.id AND t.name = $3
      AND k.table_id = t.id AND k.name = $4
    RETURNING k.table_id
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT DISTINCT (extract(epoch FROM statement_timestamp()) * 1000)::bigint, 'DROP_CONSTRAINT', $1, $2, $3, table_id,
           jsonb_build_object('constraint_name', $4)
    FROM dropped
)
SELECT table_id FROM dropped;

-- name: constraint_list
-- Constraints of a table, or foreign keys that point to one.
-- $1 text catalog_name  $2 smallint kind  $3 text namespace_name  $4 text table_name  $5 text parent_namespace
-- $6 text parent_table
SELECT k.kind, c.name AS catalog, n.name AS namespace_name, t.name AS table_name, k.column_name, k.name, k.key_seq,
       k.expression, k.is_enabled, k.is_validated, k.is_relied_on, pn.name AS parent_namespace, pt.name AS parent_table,
       k.parent_column_name, k.parent_key_name, k.update_rule, k.delete_rule
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
JOIN skep.constraints k ON k.table_id = t.id
LEFT JOIN skep.tables pt ON pt.id = k.parent_table_id
LEFT JOIN skep.namespaces pn ON pn.id = pt.namespace_id
WHERE c.name = $1
  AND ($2 IS NULL OR k.kind = $2)
  AND ($3 IS NULL OR n.name = $3)
  AND ($4 IS NULL OR t.name = $4)
  AND ($5 IS NULL OR pn.name = $5)
  AND ($6 IS NULL OR pt.name = $6)
ORDER BY k.kind, k.name, k.key_seq, k.id;
