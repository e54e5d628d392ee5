-- The schema registry. Each change of a schema or a version carries its event.

-- name: schema_create
-- No row: no such namespace.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 smallint schema_type  $5 smallint compatibility
-- $6 smallint validation  $7 boolean can_evolve  $8 text schema_group  $9 text description
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
), made AS (
    INSERT INTO skep.schemas (namespace_id, name, schema_type, compatibility, validation, can_evolve, schema_group,
                              description)
    SELECT home.id, $3, $4, $5, $6, $7, $8, $9 FROM home
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_ISCHEMA', $1, $2,
           jsonb_build_object('schema', to_jsonb(made))
    FROM made
)
SELECT id FROM made;

-- name: schema_find
-- By its unique key.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT c.name AS catalog, n.name AS namespace_name, s.name, s.schema_type, s.compatibility, s.validation, s.can_evolve,
       s.schema_group, s.description
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.schemas s ON s.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND s.name = $3;

-- name: schema_alter
-- No row: it is not there.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 smallint compatibility  $5 smallint validation
-- $6 boolean can_evolve  $7 text schema_group  $8 text description
WITH target AS (
    SELECT s.*
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.schemas s ON s.namespace_id = n.id
    WHERE c.name = $1 AND n.name = $2 AND s.name = $3
    FOR UPDATE OF s
), changed AS (
    UPDATE skep.schemas s
    SET compatibility = $4, validation = $5, can_evolve = $6, schema_group = $7, description = $8
    FROM target
    WHERE s.id = target.id
    RETURNING s.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_ISCHEMA', $1, $2,
           jsonb_build_object('schema_before', to_jsonb(target), 'schema', to_jsonb(changed))
    FROM target, changed
)
SELECT id FROM changed;

-- name: schema_drop
-- The foreign key of its versions refuses one that has some.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
WITH dropped AS (
    DELETE FROM skep.schemas s
    USING skep.catalogs c, skep.namespaces n
    WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND s.namespace_id = n.id AND s.name = $3
    RETURNING s.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_ISCHEMA', $1, $2,
           jsonb_build_object('schema', to_jsonb(dropped))
    FROM dropped
)
SELECT id FROM dropped;

-- name: schema_version_add
-- A version, its columns, and its serialiser where that is new. No row: no such schema.
-- $1 text catalog_name  $2 text namespace_name  $3 text schema_name  $4 integer version  $5 bigint created_at
-- $6 smallint state  $7 text description  $8 text schema_text  $9 text fingerprint  $10 text name
-- $11 boolean has_serde  $12 text serde_name  $13 text serde_library  $14 jsonb serde_parameters
-- $15 text serde_description  $16 text serde_serializer  $17 text serde_deserializer  $18 smallint serde_type
-- $19 text[] column_names  $20 text[] column_types  $21 text[] column_comments
WITH home AS (
    SELECT s.id
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.schemas s ON s.namespace_id = n.id
    WHERE c.name = $1 AND n.name = $2 AND s.name = $3
), made AS (
    INSERT INTO skep.schema_versions (schema_id, version, created_at, state, description, schema_text, fingerprint, name,
                                      has_serde, serde_name, serde_library, serde_parameters, serde_description,
                                      serde_serializer, serde_deserializer, serde_type)
    SELECT home.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 FROM home
    RETURNING *
), columns AS (
    INSERT INTO skep.schema_columns (version_id, place, name, type, comment)
    SELECT made.id, u.place, u.name, u.type, u.comment
    FROM made, unnest($19, $20, $21) WITH ORDINALITY AS u (name, type, comment, place)
), registered AS (
    INSERT INTO skep.serdes (name, library, parameters, description, serializer, deserializer, serde_type)
    SELECT $12, $13, $14, $15, $16, $17, $18 FROM made WHERE $11 AND $12 IS NOT NULL
    ON CONFLICT (name) DO NOTHING
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ADD_SCHEMA_VERSION', $1, $2,
           jsonb_build_object('schema_name', $3, 'version', to_jsonb(made))
    FROM made
)
SELECT id FROM made;

-- name: schema_version_list
-- One version, the highest (version NULL and latest), or all.
-- $1 text catalog_name  $2 text namespace_name  $3 text schema_name  $4 integer version  $5 bigint limit
SELECT v.id, c.name AS catalog, n.name AS namespace_name, s.name AS schema_name, v.version, v.created_at, v.state,
       v.description, v.schema_text, v.fingerprint, v.name, v.has_serde, v.serde_name, v.serde_library,
       v.serde_parameters, v.serde_description, v.serde_serializer, v.serde_deserializer, v.serde_type
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.schemas s ON s.namespace_id = n.id
JOIN skep.schema_versions v ON v.schema_id = s.id
WHERE c.name = $1 AND n.name = $2 AND s.name = $3 AND ($4 IS NULL OR v.version = $4)
ORDER BY v.version DESC
LIMIT $5;

-- name: schema_column_list
-- Columns of some versions.
-- $1 bigint[] version_ids
SELECT version_id, name, type, comment FROM skep.schema_columns WHERE version_id = ANY ($1) ORDER BY version_id, place;

-- name: schema_version_search
-- Versions of every catalog that have such a column.
-- $1 text column_name  $2 text comment  $3 text type
SELECT c.name AS catalog, n.name AS namespace_name, s.name AS schema_name, v.version
FROM skep.schema_versions v
JOIN skep.schemas s ON s.id = v.schema_id
JOIN skep.namespaces n ON n.id = s.namespace_id
JOIN skep.catalogs c ON c.id = n.catalog_id
WHERE v.id IN (
    SELECT k.version_id
    FROM skep.schema_columns k
    WHERE ($1 IS NULL OR k.name = $1) AND ($2 IS NULL OR k.comment = $2) AND ($3 IS NULL OR k.type = $3))
ORDER BY c.name, n.name, s.name, v.version;

-- name: schema_version_set_state
-- No row: no such version.
-- $1 text catalog_name  $2 text namespace_name  $3 text schema_name  $4 integer version  $5 smallint state
WITH target AS (
    SELECT v.*
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.schemas s ON s.namespace_id = n.id
    JOIN skep.schema_versions v ON v.schema_id = s.id
    WHERE c.name = $1 AND n.name = $2 AND s.name = $3 AND v.version = $4
    FOR UPDATE OF v
), changed AS (
    UPDATE skep.schema_versions v SET state = $5 FROM target WHERE v.id = target.id RETURNING v.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_SCHEMA_VERSION', $1, $2,
           jsonb_build_object('schema_name', $3, 'version_before', to_jsonb(target), 'version', to_jsonb(changed))
    FROM target, changed
)
SELECT id FROM changed;

-- name: schema_version_set_serde
-- A copy of the serialiser, which never changes. Tells which of the two is missing.
-- $1 text catalog_name  $2 text namespace_name  $3 text schema_name  $4 integer version  $5 text serde_name
WITH target AS (
    SELECT v.*
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    JOIN skep.schemas s ON s.namespace_id = n.id
    JOIN skep.schema_versions v ON v.schema_id = s.id
    WHERE c.name = $1 AND n.name = $2 AND s.name = $3 AND v.version = $4
    FOR UPDATE OF v
), changed AS (
    UPDATE skep.schema_versions v
    SET has_serde = true, serde_name = d.name, serde_library = d.library, serde_parameters = d.parameters,
        serde_description = d.description, serde_serializer = d.serializer, serde_deserializer = d.deserializer,
        serde_type = d.serde_type
    FROM target, skep.serdes d
    WHERE v.id = target.id AND d.name = $5
    RETURNING v.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_SCHEMA_VERSION', $1, $2,
           jsonb_build_object('schema_name', $3, 'version_before', to_jsonb(target), 'version', to_jsonb(changed))
    FROM target, changed
)
SELECT EXISTS (SELECT FROM target) AS has_version, EXISTS (SELECT FROM changed) AS has_changed;

-- name: schema_version_drop
-- With its columns. No row: no such version.
-- $1 text catalog_name  $2 text namespace_name  $3 text schema_name  $4 integer version
WITH dropped AS (
    DELETE FROM skep.schema_versions v
    USING skep.catalogs c, skep.namespaces n, skep.schemas s
    WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND s.namespace_id = n.id AND s.name = $3
      AND v.schema_id = s.id AND v.version = $4
    RETURNING v.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_SCHEMA_VERSION', $1, $2,
           jsonb_build_object('schema_name', $3, 'version', to_jsonb(dropped))
    FROM dropped
)
SELECT id FROM dropped;

-- name: serde_add
-- The primary key refuses a second one of the name.
-- $1 text name  $2 text library  $3 jsonb parameters  $4 text description  $5 text serializer  $6 text deserializer
-- $7 smallint serde_type
INSERT INTO skep.serdes (name, library, parameters, description, serializer, deserializer, serde_type)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: serde_find
-- By its primary key.
-- $1 text name
SELECT name, library, parameters, description, serializer, deserializer, serde_type FROM skep.serdes WHERE name = $1;
