-- Partitions: one narrow row each. Reads go by the primary key (table_id, name), which is also the order of every
-- listing, or by partitions_first_value_idx. Changes are in partition_change.sql.

-- name: partition_find
-- One partition by its name.
-- $1 bigint table_id  $2 text name
SELECT name, key_values, storage_id, location, parameters, created_s, last_access_s, write_id
FROM skep.partitions
WHERE table_id = $1 AND name = $2;

-- name: partition_scan
-- Partitions in name order. The condition between the marks stands for "all"; partition.c puts that of a predicate in its
-- place, whose values are $3.
-- replica: yes
-- $1 bigint table_id  $2 bigint limit  $3 text[] values
SELECT name, key_values, storage_id, location, parameters, created_s, last_access_s, write_id
FROM skep.partitions
WHERE table_id = $1 AND /*[*/ $3 IS NOT NULL /*]*/
ORDER BY name
LIMIT $2;

-- name: partition_scan_names
-- The same, names alone: the primary key's index holds them.
-- replica: yes
-- $1 bigint table_id  $2 bigint limit  $3 text[] values
SELECT name
FROM skep.partitions
WHERE table_id = $1 AND /*[*/ $3 IS NOT NULL /*]*/
ORDER BY name
LIMIT $2;

-- name: partition_count
-- How many there are, at most so many.
-- $1 bigint table_id  $2 bigint limit  $3 text[] values
SELECT count(*)
FROM (SELECT FROM skep.partitions WHERE table_id = $1 AND /*[*/ $3 IS NOT NULL /*]*/ LIMIT $2) AS found;
