-- Namespaces. Catalogs are in catalog.sql.

-- name: namespace_create
-- One row with its event. No row in the answer: no such catalog. A row without id: no such parent. The foreign key keeps
-- a parent alive that is being dropped at this moment.
-- $1 text catalog_name  $2 text parent_name  $3 text name  $4 text description  $5 text location
-- $6 text managed_location  $7 text owner_name  $8 smallint owner_type  $9 bigint created_s  $10 jsonb properties
WITH home AS (
    SELECT c.id AS catalog_id, p.id AS parent_id
    FROM skep.catalogs c
    LEFT JOIN skep.namespaces p ON p.catalog_id = c.id AND p.name = $2
    WHERE c.name = $1
), made AS (
    INSERT INTO skep.namespaces (catalog_id, parent_id, name, description, location, managed_location, owner_name,
                                 owner_type, created_s, properties)
    SELECT catalog_id, parent_id, $3, $4, $5, $6, $7, $8, $9, $10
    FROM home
    WHERE $2 IS NULL OR parent_id IS NOT NULL
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_DATABASE', $1, $3,
           jsonb_build_object('namespace', to_jsonb(made))
    FROM made
)
SELECT made.id FROM home LEFT JOIN made ON true;

-- name: namespace_find
-- One namespace by its name, by the unique key.
-- $1 text catalog_name  $2 text name
SELECT n.id, c.name AS catalog, n.name, n.description, n.location, n.managed_location, n.owner_name, n.owner_type,
       n.created_s, n.properties, n.version
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
WHERE c.name = $1 AND n.name = $2;

-- name: namespace_list
-- One level, in byte order, from after a name on; the index on (catalog_id, parent_id, name) gives the order.
-- replica: yes
-- $1 text catalog_name  $2 text parent_name  $3 text name_regex  $4 text after  $5 bigint limit
SELECT n.name
FROM skep.namespaces n
WHERE n.catalog_id = (SELECT id FROM skep.catalogs WHERE name = $1)
  AND (($2 IS NULL AND n.parent_id IS NULL)
       OR n.parent_id = (SELECT p.id FROM skep.catalogs c JOIN skep.namespaces p ON p.catalog_id = c.id
                         WHERE c.name = $1 AND p.name = $2))
  AND ($3 IS NULL OR n.name ~ $3)
  AND ($4 IS NULL OR n.name > $4)
ORDER BY n.name
LIMIT $5;

-- name: namespace_replace
-- Everything but the name, where nobody changed it since it was read.
-- $1 bigint id  $2 bigint version  $3 text description  $4 text location  $5 text managed_location
-- $6 text owner_name  $7 smallint owner_type  $8 jsonb properties  $9 text catalog_name
WITH changed AS (
    UPDATE skep.namespaces
    SET description = $3, location = $4, managed_location = $5, owner_name = $6, owner_type = $7, properties = $8,
        version = version + 1
    WHERE id = $1 AND version = $2
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_DATABASE', $9, changed.name,
           jsonb_build_object('namespace_before', to_jsonb(old), 'namespace', to_jsonb(changed))
    FROM changed
    JOIN skep.namespaces old ON old.id = $1 AND old.version = $2
)
SELECT version FROM changed;

-- name: namespace_drop
-- An empty one; the foreign keys of tables and child namespaces refuse the others.
-- $1 bigint id  $2 text catalog_name
WITH dropped AS (
    DELETE FROM skep.namespaces WHERE id = $1 RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_DATABASE', $2, dropped.name,
           jsonb_build_object('namespace', to_jsonb(dropped))
    FROM dropped
)
SELECT name, location FROM dropped;

-- name: namespace_tree_lock
-- A namespace and all below it, the deepest first, held so that nothing is put into them meanwhile.
-- $1 bigint id
WITH RECURSIVE tree AS (
    SELECT id, name, location FROM skep.namespaces WHERE id = $1
    UNION ALL
    SELECT n.id, n.name, n.location
    FROM skep.namespaces n
    JOIN tree ON n.parent_id = tree.id
)
SELECT n.id, n.name, n.location
FROM skep.namespaces n
WHERE n.id IN (SELECT id FROM tree)
ORDER BY length(n.name) DESC, n.name DESC
FOR UPDATE OF n;

-- name: namespace_readers_elsewhere
-- Which materialized views outside some namespaces read tables that are in them, a few: their drop would leave these without a source.
-- $1 bigint[] namespace_ids  $2 bigint max
SELECT n.name AS namespace_name, t.name
FROM skep.tables t
JOIN skep.namespaces n ON n.id = t.namespace_id
WHERE t.creation_metadata IS NOT NULL AND t.namespace_id <> ALL ($1)
  AND EXISTS (SELECT
              FROM jsonb_array_elements(t.creation_metadata -> 'sources') AS s (source)
              JOIN skep.tables r ON r.id = (s.source ->> 'id')::bigint
              WHERE r.namespace_id = ANY ($1))
ORDER BY n.name, t.name
LIMIT $2;

-- name: namespace_drop_tables
-- All tables of some namespaces, each with its event. With delete_data those go along that are managed or say so; with
-- task_objects a task deletes what these have in an object store, and with keep_ms an Iceberg table or view whose files stay is
-- kept for so long, as one that is dropped alone (table_drop.sql). Tells where their data is: a row for each table, and one for each
-- partition of those that go along which is not below its table.
-- $1 bigint[] namespace_ids  $2 text catalog_name  $3 boolean delete_data  $4 boolean task_objects
-- $5 bigint keep_ms  $6 bigint commits_max
-- long: yes
WITH moment AS (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), dropped AS (
    DELETE FROM skep.tables t
    USING skep.namespaces n
    WHERE t.namespace_id = ANY ($1) AND n.id = t.namespace_id
    RETURNING t.id, n.name AS namespace_name, t.name, t.kind, t.hms_type, t.location, t.uuid, t.metadata_location,
              to_jsonb(t) AS image, t.kind IN (2, 3) AS is_iceberg,
              $3 AND t.kind <> 3 AND t.location IS NOT NULL
              AND (coalesce(t.hms_type, '') <> 'EXTERNAL_TABLE'
                   OR lower(coalesce(t.parameters ->> 'external.table.purge', '')) = 'true') AS goes,
              lower(coalesce(t.parameters ->> 'external.table.purge', '')) = 'true' AS purge,
              'true' IN (lower(t.parameters ->> 'auto.purge'), lower(t.parameters ->> 'skip.trash')) AS auto_purge
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT moment.now_ms, 'DROP_TABLE', $2, d.namespace_name, d.name, d.id, jsonb_build_object('table', d.image)
    FROM dropped d, moment
), kept AS (
    INSERT INTO skep.dropped_tables (id, catalog_name, namespace_name, name, uuid, kind, location, metadata_location,
                                     dropped_ms, expires_ms, content)
    SELECT d.id, $2, d.namespace_name, d.name, d.uuid, d.kind, d.location, d.metadata_location,
           moment.now_ms, moment.now_ms + $5,
           jsonb_build_object(
               'table', d.image,
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
    WHERE $5 > 0 AND d.is_iceberg AND NOT d.goes
), places AS (
    SELECT d.id, d.location FROM dropped d WHERE d.goes
    UNION
    SELECT d.id, p.location FROM dropped d JOIN skep.partitions p ON p.table_id = d.id
    WHERE d.goes AND p.location IS NOT NULL
), left_to_do AS (
    INSERT INTO skep.tasks (kind, catalog_name, namespace_name, table_name, table_uuid, location, metadata_location)
    SELECT 'delete_directory', $2, d.namespace_name, d.name, d.uuid, places.location, d.metadata_location
    FROM places JOIN dropped d ON d.id = places.id
    WHERE $4 AND places.location ~* '^s3[an]?://'
)
SELECT d.kind, d.hms_type, spot.location, d.purge, coalesce(d.auto_purge, false) AS auto_purge,
       $4 AND d.goes AND spot.location ~* '^s3[an]?://' AS by_task
FROM dropped d
JOIN (SELECT id, location, 0 AS rank FROM dropped
      UNION ALL
      SELECT id, location, 1 FROM places) AS spot ON spot.id = d.id
WHERE spot.rank = 0 OR spot.location <> d.location
ORDER BY d.namespace_name, d.name, spot.rank;

-- name: namespace_place_is_used
-- Does any table (also one that may be taken back), namespace or catalog lie at a place, or below or above it? Asked before the directory of a dropped namespace
-- goes with all that is in it, which is rare: it may look at everything. Spellings of one place are made equal first. The
-- roots of catalogs and of `default` namespaces hold everything, and count only when the place is theirs.
-- $1 text location
WITH place AS (
    SELECT regexp_replace(regexp_replace($1, '^file:/*', '/'), '^s3[an]://', 's3://') AS path
), others AS (
    SELECT regexp_replace(regexp_replace(spot.location, '^file:/*', '/'), '^s3[an]://', 's3://') AS path, spot.is_root
    FROM (SELECT location, false AS is_root FROM skep.tables WHERE location IS NOT NULL
          UNION ALL
          SELECT location, false FROM skep.dropped_tables WHERE location IS NOT NULL
          UNION ALL
          SELECT location, name = 'default' FROM skep.namespaces
          UNION ALL
          SELECT managed_location, false FROM skep.namespaces WHERE managed_location IS NOT NULL
          UNION ALL
          SELECT location, true FROM skep.catalogs WHERE location IS NOT NULL) AS spot
)
SELECT EXISTS (
    SELECT
    FROM others, place
    WHERE others.path = place.path OR starts_with(others.path, place.path || '/')
       OR (NOT others.is_root AND starts_with(place.path, others.path || '/'))) AS used;

-- name: namespace_drop_functions
-- All functions of some namespaces, each with its event.
-- $1 bigint[] namespace_ids  $2 text catalog_name
WITH dropped AS (
    DELETE FROM skep.functions f
    USING skep.namespaces n
    WHERE f.namespace_id = ANY ($1) AND n.id = f.namespace_id
    RETURNING n.name AS namespace_name, to_jsonb(f) AS image
)
INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_FUNCTION', $2, d.namespace_name,
       jsonb_build_object('function', d.image)
FROM dropped d;

-- name: namespace_drop_registered
-- Schemas with their versions, procedures, packages and Iceberg's functions of some namespaces; each schema with its event.
-- $1 bigint[] namespace_ids  $2 text catalog_name
WITH versions AS (
    DELETE FROM skep.schema_versions v USING skep.schemas s WHERE v.schema_id = s.id AND s.namespace_id = ANY ($1)
), schemas AS (
    DELETE FROM skep.schemas s USING skep.namespaces n
    WHERE s.namespace_id = ANY ($1) AND n.id = s.namespace_id
    RETURNING n.name AS namespace_name, to_jsonb(s) AS image
), procedures AS (
    DELETE FROM skep.procedures WHERE namespace_id = ANY ($1)
), packages AS (
    DELETE FROM skep.packages WHERE namespace_id = ANY ($1)
), udfs AS (
    DELETE FROM skep.udfs WHERE namespace_id = ANY ($1)
)
INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_ISCHEMA', $2, schemas.namespace_name,
       jsonb_build_object('schema', schemas.image)
FROM schemas;

-- name: namespace_drop_many
-- Some namespaces at once, each with its event.
-- $1 bigint[] ids  $2 text catalog_name
WITH dropped AS (
    DELETE FROM skep.namespaces WHERE id = ANY ($1) RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_DATABASE', $2, d.name,
           jsonb_build_object('namespace', to_jsonb(d))
    FROM dropped d
    ORDER BY length(d.name) DESC
)
SELECT count(*) AS dropped FROM dropped;
