-- Dropping tables, with what is left to be done, and taking them back. What belongs together becomes true together.

-- name: table_drop
-- One table while it still has the name that the caller used; partitions, refs and commits go with it. With keep_ms all of it
-- that a client can see is kept for so long. With task_kind a task for each location is written.
-- $1 bigint id  $2 text catalog_name  $3 text namespace_name  $4 text name
-- $5 bigint keep_ms  $6 bigint commits_max  $7 text task_kind  $8 text[] task_locations
-- long: yes
WITH moment AS (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), dropped AS (
    DELETE FROM skep.tables t
    WHERE t.id = $1 AND t.name = $4
      AND t.namespace_id = (SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id
                            WHERE c.name = $2 AND n.name = $3)
    RETURNING t.*
), kept AS (
    INSERT INTO skep.dropped_tables (id, catalog_name, namespace_name, name, uuid, kind, location, metadata_location,
                                     dropped_ms, expires_ms, content)
    SELECT d.id, $2, $3, $4, d.uuid, d.kind, d.location, d.metadata_location, moment.now_ms, moment.now_ms + $5,
           jsonb_build_object(
               'table', to_jsonb(d),
               'refs', (SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM skep.refs r WHERE r.table_id = d.id),
               'commits', (SELECT coalesce(jsonb_agg(to_jsonb(newest)), '[]')
                           FROM (SELECT c.* FROM skep.commits c WHERE c.table_id = d.id
                                 ORDER BY c.version DESC LIMIT $6) AS newest),
               'privileges', (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM skep.privileges p
                              WHERE p.table_id = d.id),
               'statistics', (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM skep.column_statistics s
                              WHERE s.table_id = d.id),
               'constraints', (SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM skep.constraints l
                               WHERE l.table_id = d.id OR l.parent_table_id = d.id))
    FROM dropped d, moment
    WHERE $5 > 0
), superseded AS (
    -- A purge is the last word on an identity: a copy that was dropped before and kept would keep the files as well.
    DELETE FROM skep.dropped_tables k
    USING dropped d
    WHERE $7 = 'purge_table' AND k.uuid = d.uuid
), left_to_do AS (
    INSERT INTO skep.tasks (kind, catalog_name, namespace_name, table_name, table_uuid, location, metadata_location)
    SELECT $7, $2, $3, $4, d.uuid, place.location, d.metadata_location
    FROM dropped d, unnest($8) AS place (location)
    WHERE $7 IS NOT NULL
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT moment.now_ms, 'DROP_TABLE', $2, $3, $4, d.id, jsonb_build_object('table', to_jsonb(d))
    FROM dropped d, moment
)
SELECT id FROM dropped;

-- name: table_unregister
-- One table as it was read, and no longer when something was committed to it since.
-- $1 bigint id  $2 bigint version  $3 text catalog_name  $4 text namespace_name
WITH dropped AS (
    DELETE FROM skep.tables t WHERE t.id = $1 AND t.version = $2 RETURNING t.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_TABLE', $3, $4, dropped.name, dropped.id,
           jsonb_build_object('table', to_jsonb(dropped))
    FROM dropped
)
SELECT id FROM dropped;

-- name: table_drop_kept_list
-- What can be taken back in a namespace, the newest first.
-- $1 text catalog_name  $2 text namespace_name
SELECT id, namespace_name, name, uuid, kind, location, metadata_location, dropped_ms, expires_ms
FROM skep.dropped_tables
WHERE catalog_name = $1 AND namespace_name = $2
  AND expires_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint
ORDER BY dropped_ms DESC, id DESC;

-- name: table_drop_restore
-- Takes one back, under a name that is free: the same row with another version, and all that hangs on it. Grants to roles that
-- are gone are gone; foreign keys come back when both their tables are there, with the second of them if both were dropped.
-- A row without namespace_id: no such namespace; without id: nothing of this id is kept.
-- $1 bigint id  $2 text catalog_name  $3 text namespace_name  $4 text name
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $2 AND n.name = $3
), kept AS (
    DELETE FROM skep.dropped_tables d
    USING home
    WHERE d.id = $1 AND d.catalog_name = $2 AND d.expires_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    RETURNING d.content,
              d.content -> 'table' || jsonb_build_object('namespace_id', home.id, 'name', $4, 'version',
                                                         (d.content #>> '{table,version}')::bigint + 1) AS image
), changed AS (
    INSERT INTO skep.tables OVERRIDING SYSTEM VALUE
    SELECT made.* FROM kept, jsonb_populate_record(NULL::skep.tables, kept.image) AS made
    RETURNING *
), committed AS (
    INSERT INTO skep.commits
    SELECT made.* FROM kept, changed, jsonb_populate_recordset(NULL::skep.commits, kept.content -> 'commits') AS made
), named AS (
    INSERT INTO skep.refs
    SELECT made.* FROM kept, changed, jsonb_populate_recordset(NULL::skep.refs, kept.content -> 'refs') AS made
), granted AS (
    INSERT INTO skep.privileges OVERRIDING SYSTEM VALUE
    SELECT made.* FROM kept, changed, jsonb_populate_recordset(NULL::skep.privileges, kept.content -> 'privileges') AS made
    WHERE made.role_id IS NULL OR EXISTS (SELECT FROM skep.roles r WHERE r.id = made.role_id)
), measured AS (
    INSERT INTO skep.column_statistics
    SELECT made.* FROM kept, changed, jsonb_populate_recordset(NULL::skep.column_statistics, kept.content -> 'statistics') AS made
), bound AS (
    INSERT INTO skep.constraints OVERRIDING SYSTEM VALUE
    SELECT made.* FROM kept, changed, jsonb_populate_recordset(NULL::skep.constraints, kept.content -> 'constraints') AS made
    WHERE NOT EXISTS (SELECT FROM unnest(ARRAY[made.table_id, made.parent_table_id]) AS side (id)
                      WHERE side.id <> changed.id AND NOT EXISTS (SELECT FROM skep.tables t WHERE t.id = side.id))
    ON CONFLICT DO NOTHING
), unbound AS (
    -- By the other table, which is there or kept: the kept one takes the foreign key along.
    SELECT other.id, jsonb_agg(link.value) AS links
    FROM kept, changed, jsonb_array_elements(kept.content -> 'constraints') AS link,
         unnest(ARRAY[(link.value ->> 'table_id')::bigint, (link.value ->> 'parent_table_id')::bigint]) AS other (id)
    WHERE other.id <> changed.id
    GROUP BY other.id
), handed_on AS (
    UPDATE skep.dropped_tables d
    SET content = jsonb_set(d.content, '{constraints}', coalesce(d.content -> 'constraints', '[]') || unbound.links)
    FROM unbound
    WHERE d.id = unbound.id
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_TABLE', $2, $3, $4, changed.id,
           jsonb_build_object('table', to_jsonb(changed))
    FROM changed
)
SELECT home.id AS namespace_id, changed.id
FROM (VALUES (true)) AS one
LEFT JOIN home ON true
LEFT JOIN changed ON true;

-- name: table_drop_kept_expire
-- Some of those whose time is over; their files stay.
-- retry: safe
-- $1 bigint max
DELETE FROM skep.dropped_tables
WHERE id IN (SELECT id FROM skep.dropped_tables
             WHERE expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
             ORDER BY expires_ms LIMIT $1 FOR UPDATE SKIP LOCKED);

-- name: table_drop_find_place
-- Where the Iceberg table of a name lay that was dropped last, after a time, and may be taken back.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 bigint since_ms
SELECT location
FROM skep.dropped_tables
WHERE catalog_name = $1 AND namespace_name = $2 AND name = $3 AND dropped_ms >= $4 AND kind = 2 AND location IS NOT NULL
ORDER BY dropped_ms DESC
LIMIT 1;

-- name: table_places_held
-- Which of some places are those of tables, or of tables that may be taken back. Places come without trailing slashes, files as
-- /path and objects as s3://bucket/key. It may look at all tables: a purge asks now and then.
-- $1 text[] places
-- long: yes
SELECT DISTINCT others.path
FROM (SELECT rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') AS path
      FROM (SELECT location FROM skep.tables WHERE location IS NOT NULL
            UNION ALL
            SELECT location FROM skep.dropped_tables WHERE location IS NOT NULL) AS spot) AS others
WHERE others.path = ANY ($1);

-- name: table_place_is_taken
-- Is a place, as warehouse_location_canonical() has it, that of a table, of one that may be taken back, or of one whose files
-- are still to be deleted? Exactly that place; the indexes of 0025 find it.
-- $1 text place
SELECT EXISTS (SELECT FROM skep.tables
               WHERE rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = $1)
    OR EXISTS (SELECT FROM skep.dropped_tables
               WHERE rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = $1)
    OR EXISTS (SELECT FROM skep.tasks
               WHERE state = 'waiting'
                 AND rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/') = $1) AS taken;

-- name: table_identity_is_held
-- Is a table's identity or its metadata file that of a table, or of one that may be taken back? Registered twice, it is.
-- $1 uuid uuid  $2 text metadata_location
-- long: yes
SELECT EXISTS (SELECT FROM skep.tables WHERE uuid = $1 OR metadata_location = $2)
    OR EXISTS (SELECT FROM skep.dropped_tables WHERE uuid = $1 OR metadata_location = $2) AS held;

-- name: table_place_is_shared
-- Does any other table, or one that may be taken back, lie at, below or above a place? It may look at all tables: it is asked
-- rarely. Spellings of one place are made equal first.
-- $1 bigint id  $2 text location
WITH place AS (
    SELECT regexp_replace(regexp_replace($2, '^file:/*', '/'), '^s3[an]://', 's3://') AS path
), others AS (
    SELECT regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://') AS path
    FROM (SELECT id, location FROM skep.tables
          UNION ALL
          SELECT id, location FROM skep.dropped_tables) AS spot
    WHERE id <> $1 AND location IS NOT NULL
)
SELECT EXISTS (
    SELECT
    FROM others, place
    WHERE others.path = place.path OR starts_with(others.path, place.path || '/')
       OR starts_with(place.path, others.path || '/')) AS shared;
