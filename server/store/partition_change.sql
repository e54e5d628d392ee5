-- Changes of partitions. Each statement appends its events, with at most 1000 partitions in one. The parameter
-- transient_lastDdlTime is not stored where it is the create time.

-- name: partition_add
-- Adds those that are not there. The caller sends the rows in name order, so that two batches that overlap wait for one
-- another and never in a ring; and it decides whether fewer rows than it sent are an error.
-- $1 bigint table_id  $2 text[] names  $3 text[] key_values  $4 bigint[] storage_ids  $5 text[] locations
-- $6 text[] parameters  $7 bigint[] created_s  $8 bigint[] last_access_s  $9 bigint[] write_ids
WITH added AS (
    INSERT INTO skep.partitions
        (table_id, storage_id, write_id, created_s, last_access_s, name, key_values, location, parameters)
    SELECT $1, r.storage_id, nullif(r.write_id, -1), r.created_s, r.last_access_s, r.name, r.key_values::text[],
           r.location,
           nullif(CASE WHEN r.parameters::jsonb ->> 'transient_lastDdlTime' = r.created_s::text
                       THEN r.parameters::jsonb - 'transient_lastDdlTime' ELSE r.parameters::jsonb END, '{}')
    FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)
        AS r (name, key_values, storage_id, location, parameters, created_s, last_access_s, write_id)
    ON CONFLICT ON CONSTRAINT partitions_pkey DO NOTHING
    RETURNING *
), batch AS (
    SELECT p.batch, jsonb_agg(p.image ORDER BY p.name) AS images
    FROM (SELECT name, to_jsonb(added) - 'table_id' AS image, (row_number() OVER (ORDER BY name) - 1) / 1000 AS batch
          FROM added) AS p
    GROUP BY p.batch
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ADD_PARTITION', c.name, n.name, t.name, t.id,
           jsonb_build_object('table', to_jsonb(t), 'partitions', batch.images)
    FROM batch
    CROSS JOIN skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
    WHERE t.id = $1
    ORDER BY batch.batch
)
SELECT name FROM added;

-- name: partition_alter
-- Replaces all of the named rows or none. Rows are locked in name order first, so that overlapping batches wait in line.
-- A create time of 0 leaves the one that is there.
-- $1 bigint table_id  $2 text[] names  $3 bigint[] storage_ids  $4 text[] locations  $5 text[] parameters
-- $6 bigint[] last_access_s  $7 bigint[] write_ids  $8 bigint[] created_s  $9 boolean truncates
WITH target AS (
    SELECT * FROM skep.partitions WHERE table_id = $1 AND name = ANY ($2) ORDER BY name FOR UPDATE
), missing AS (
    SELECT (SELECT count(DISTINCT name) FROM unnest($2) AS r (name)) - (SELECT count(*) FROM target) AS missing
), changed AS (
    UPDATE skep.partitions p
    SET storage_id = r.storage_id, location = r.location, created_s = coalesce(nullif(r.created_s, 0), p.created_s),
        parameters = nullif(CASE WHEN r.parameters::jsonb ->> 'transient_lastDdlTime'
                                      = coalesce(nullif(r.created_s, 0), p.created_s)::text
                                 THEN r.parameters::jsonb - 'transient_lastDdlTime' ELSE r.parameters::jsonb END, '{}'),
        last_access_s = r.last_access_s, write_id = nullif(r.write_id, -1)
    FROM unnest($2, $3, $4, $5, $6, $7, $8)
             AS r (name, storage_id, location, parameters, last_access_s, write_id, created_s),
         missing
    WHERE p.table_id = $1 AND p.name = r.name AND missing.missing = 0
    RETURNING p.*
), home AS MATERIALIZED (
    SELECT c.name AS catalog_name, n.name AS namespace_name, t.name, t.id, to_jsonb(t) AS image
    FROM skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
    WHERE t.id = $1
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_PARTITION', h.catalog_name, h.namespace_name,
           h.name, h.id, jsonb_build_object('table', h.image, 'partition_before', to_jsonb(target) - 'table_id',
                                            'partition', to_jsonb(changed) - 'table_id', 'truncated', nullif($9, false))
    FROM home h, changed JOIN target ON target.name = changed.name
    ORDER BY changed.name
)
SELECT missing FROM missing;

-- name: partition_rename
-- New name and values, and everything else that can be altered. A name that is taken fails by the primary key.
-- $1 bigint table_id  $2 text old_name  $3 text new_name  $4 text[] key_values  $5 bigint storage_id  $6 text location
-- $7 jsonb parameters  $8 bigint last_access_s  $9 bigint write_id  $10 bigint created_s (0: as it is)
WITH target AS (
    SELECT * FROM skep.partitions WHERE table_id = $1 AND name = $2 FOR UPDATE
), changed AS (
    UPDATE skep.partitions p
    SET name = $3, key_values = $4, storage_id = $5, location = $6, last_access_s = $8, write_id = $9,
        created_s = coalesce(nullif($10, 0), p.created_s),
        parameters = nullif(CASE WHEN $7 ->> 'transient_lastDdlTime' = coalesce(nullif($10, 0), p.created_s)::text
                                 THEN $7 - 'transient_lastDdlTime' ELSE $7 END, '{}')
    FROM target
    WHERE p.table_id = $1 AND p.name = target.name
    RETURNING p.*
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_PARTITION', c.name, n.name, t.name, t.id,
           jsonb_build_object('table', to_jsonb(t), 'partition_before', to_jsonb(target) - 'table_id',
                              'partition', to_jsonb(changed) - 'table_id')
    FROM changed, target, skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
    WHERE t.id = $1
)
SELECT name FROM changed;

-- name: partition_drop
-- Drops all of the named rows, or none when any is missing and that matters. One row of the answer at least, with a NULL
-- name when nothing was dropped.
-- $1 bigint table_id  $2 text[] names  $3 boolean if_exists
WITH target AS (
    SELECT name FROM skep.partitions WHERE table_id = $1 AND name = ANY ($2) ORDER BY name FOR UPDATE
), missing AS (
    SELECT (SELECT count(DISTINCT name) FROM unnest($2) AS r (name)) - (SELECT count(*) FROM target) AS missing
), dropped AS (
    DELETE FROM skep.partitions p
    USING missing
    WHERE p.table_id = $1 AND p.name = ANY ($2) AND (missing.missing = 0 OR $3)
    RETURNING p.*
), batch AS (
    SELECT p.batch, jsonb_agg(p.image ORDER BY p.name) AS images
    FROM (SELECT name, to_jsonb(dropped) - 'table_id' AS image, (row_number() OVER (ORDER BY name) - 1) / 1000 AS batch
          FROM dropped) AS p
    GROUP BY p.batch
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_PARTITION', c.name, n.name, t.name, t.id,
           jsonb_build_object('table', to_jsonb(t), 'partitions', batch.images)
    FROM batch
    CROSS JOIN skep.tables t JOIN skep.namespaces n ON n.id = t.namespace_id JOIN skep.catalogs c ON c.id = n.catalog_id
    WHERE t.id = $1
    ORDER BY batch.batch
)
SELECT missing.missing, dropped.name,
       CASE WHEN dropped.parameters ->> 'is_archived' = 'true'
            THEN coalesce(dropped.parameters ->> 'original_location', dropped.location) ELSE dropped.location END
FROM missing LEFT JOIN dropped ON true;
