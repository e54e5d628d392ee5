-- Reading tables of every kind. What changes them is in table_commit.sql.

-- name: table_find
-- One table by its name: the hottest read of the Thrift door, hence by unique keys alone.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT t.id, t.uuid, c.name AS catalog, n.name AS namespace_name, t.name, t.kind, t.hms_type, t.owner_name, t.owner_type,
       t.created_s, t.last_access_s, t.retention_s, t.parameters, t.storage_id, t.location, t.partition_keys,
       t.view_original_text, t.view_expanded_text, t.rewrite_enabled, t.write_id, t.metadata_location,
       t.previous_metadata_location, t.current_snapshot_id, t.version, t.creation_metadata
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND t.name = $3;

-- name: table_find_pointer
-- The pointer of one table: the hottest read of the REST door; wide columns stay where they are.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT t.id, t.uuid, t.kind, t.location, t.metadata_location, t.current_snapshot_id, t.version
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND t.name = $3;

-- name: table_find_many
-- Those of some names that exist.
-- $1 text catalog_name  $2 text namespace_name  $3 text[] names
SELECT t.id, t.uuid, c.name AS catalog, n.name AS namespace_name, t.name, t.kind, t.hms_type, t.owner_name, t.owner_type,
       t.created_s, t.last_access_s, t.retention_s, t.parameters, t.storage_id, t.location, t.partition_keys,
       t.view_original_text, t.view_expanded_text, t.rewrite_enabled, t.write_id, t.metadata_location,
       t.previous_metadata_location, t.current_snapshot_id, t.version, t.creation_metadata
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND t.name = ANY ($3)
ORDER BY t.name;

-- name: table_find_by_id
-- Those of some tables that still exist: what materialized views read, wherever it went.
-- $1 bigint[] ids
SELECT t.id, t.uuid, c.name AS catalog, n.name AS namespace_name, t.name, t.kind, t.hms_type, t.owner_name, t.owner_type,
       t.created_s, t.last_access_s, t.retention_s, t.parameters, t.storage_id, t.location, t.partition_keys,
       t.view_original_text, t.view_expanded_text, t.rewrite_enabled, t.write_id, t.metadata_location,
       t.previous_metadata_location, t.current_snapshot_id, t.version, t.creation_metadata
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE t.id = ANY ($1)
ORDER BY t.id;

-- name: table_list
-- Names of one namespace in byte order, from after a name on: the unique key gives the order, so that a page costs its
-- own rows.
-- replica: yes
-- $1 text catalog_name  $2 text namespace_name  $3 text name_regex  $4 text hms_type  $5 smallint kind
-- $6 text after  $7 bigint limit
SELECT t.name
FROM skep.tables t
WHERE t.namespace_id = (SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id
                        WHERE c.name = $1 AND n.name = $2)
  AND t.name > coalesce($6, '')
  AND ($3 IS NULL OR t.name ~ $3)
  AND ($4 IS NULL OR t.hms_type = $4)
  AND ($5 IS NULL OR t.kind = $5)
ORDER BY t.name
LIMIT $7;

-- name: table_list_meta
-- What a listing over namespaces shows of each table. Nested namespaces are not seen.
-- replica: yes
-- $1 text catalog_name  $2 text namespace_regex  $3 text table_regex  $4 text[] hms_types
SELECT n.name AS namespace_name, t.name, t.hms_type, t.owner_name, t.owner_type, t.parameters ->> 'comment' AS comment
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.parent_id IS NULL
  AND ($2 IS NULL OR n.name ~ $2)
  AND ($3 IS NULL OR t.name ~ $3)
  AND ($4 IS NULL OR t.hms_type = ANY ($4))
ORDER BY n.name, t.name;

-- name: table_scan
-- Tables of a namespace with what a filter may ask of them: those that can match, as far as what the filter wants in any case
-- begins with a text. Keys of parameters have no case; keys and texts belong together.
-- replica: yes
-- $1 text catalog_name  $2 text namespace_name  $3 text name_prefix  $4 text owner_prefix  $5 text type_prefix
-- $6 text[] keys  $7 text[] value_prefixes
SELECT t.name, t.hms_type, t.owner_name, t.last_access_s, t.parameters, t.metadata_location,
       t.previous_metadata_location
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2
  AND ($3 IS NULL OR starts_with(t.name, $3))
  AND ($4 IS NULL OR starts_with(t.owner_name, $4))
  AND ($5 IS NULL OR starts_with(t.hms_type, $5))
  AND NOT EXISTS (
      SELECT
      FROM unnest($6, $7) AS w (key, prefix)
      WHERE NOT EXISTS (SELECT FROM jsonb_each_text(t.parameters) AS p (key, value)
                        WHERE lower(p.key COLLATE "C") = w.key AND starts_with(p.value, w.prefix)))
ORDER BY t.name;

-- name: table_history
-- The commits of one table, the newest first.
-- replica: yes
-- $1 bigint table_id  $2 bigint max
SELECT version, committed_ms, metadata_location, snapshot_id, parent_snapshot_id, sequence_number, timestamp_ms,
       operation, summary
FROM skep.commits
WHERE table_id = $1
ORDER BY version DESC
LIMIT $2;

-- name: table_find_by_places
-- The tables of a catalog that have one of some places, as warehouse_location_canonical() spells them: the two with the longest.
-- The index of 0025 finds them.
-- $1 text catalog_name  $2 text[] places
SELECT n.name AS namespace_name, t.name, t.kind,
       length(rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/')) AS place_length
FROM skep.tables t
JOIN skep.namespaces n ON n.id = t.namespace_id
JOIN skep.catalogs c ON c.id = n.catalog_id
WHERE rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = ANY ($2)
  AND c.name = $1
ORDER BY place_length DESC
LIMIT 2;

-- name: table_places_overlap
-- Does another table of the same warehouse lie where it must not? $5 are places that an Iceberg table may not have, since access
-- to it would open what lies below; with $6, nothing may have one of the places of $4 or lie below it. A catalog without a
-- warehouse of its own shares the server's with its like. Places are as warehouse_location_canonical() spells them; the indexes
-- of 0025 and 0026 find them.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text[] places  $5 text[] above  $6 boolean opens
WITH mine AS (
    SELECT c.id, w.catalog_id IS NOT NULL AS is_own
    FROM skep.catalogs c LEFT JOIN skep.warehouses w ON w.catalog_id = c.id
    WHERE c.name = $1
), others AS (
    SELECT t.namespace_id, t.name
    FROM skep.tables t
    WHERE rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = ANY ($5)
      AND t.kind = 2
    UNION ALL
    SELECT t.namespace_id, t.name
    FROM skep.tables t
    WHERE $6 AND rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = ANY ($4)
    UNION ALL
    SELECT t.namespace_id, t.name
    FROM unnest($4) AS place
    JOIN skep.tables t
      ON left(rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/'), 512)
         >= left(place || '/', 512) COLLATE "C"
     AND left(rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/'), 512)
         < (left(place, 512) || '0') COLLATE "C"
    WHERE $6 AND starts_with(rtrim(regexp_replace(regexp_replace(t.location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/'),
                             place || '/')
)
SELECT EXISTS (
    SELECT
    FROM others
    JOIN skep.namespaces n ON n.id = others.namespace_id
    JOIN mine ON true
    LEFT JOIN skep.warehouses w ON w.catalog_id = n.catalog_id
    WHERE CASE WHEN mine.is_own THEN n.catalog_id = mine.id ELSE w.catalog_id IS NULL END
      AND NOT (n.catalog_id = mine.id AND n.name = $2 AND others.name = $3)) AS overlap;
