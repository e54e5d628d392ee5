-- User-defined functions in Iceberg's form.

-- name: udf_put
-- A new one, or (with $6) the same one's next metadata. No row: no such namespace, or the name is taken.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 uuid uuid  $5 text metadata  $6 boolean replace
INSERT INTO skep.udfs AS u (namespace_id, name, uuid, metadata)
SELECT n.id, $3, $4, $5
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
WHERE c.name = $1 AND n.name = $2
ON CONFLICT (namespace_id, name) DO UPDATE SET metadata = excluded.metadata WHERE $6 AND u.uuid = excluded.uuid
RETURNING u.id;

-- name: udf_find
-- One's metadata.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT u.uuid, u.metadata
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.udfs u ON u.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND u.name = $3;

-- name: udf_list
-- Names of a namespace, in byte order, from after one on.
-- $1 text catalog_name  $2 text namespace_name  $3 text after  $4 bigint limit
SELECT u.name
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.udfs u ON u.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND ($3 IS NULL OR u.name > $3)
ORDER BY u.name
LIMIT $4;

-- name: udf_drop
-- Says whether it was there.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
DELETE FROM skep.udfs u
USING skep.catalogs c, skep.namespaces n
WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND u.namespace_id = n.id AND u.name = $3;
