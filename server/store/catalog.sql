-- Catalogs: an HMS catalog and a warehouse of the REST door are one thing.

-- name: catalog_seed
-- The default catalog with its default namespace, made by whichever server starts first. Each part is left alone where it
-- is there. A catalog that another session is making at this moment is not seen here: the next start finds it.
-- retry: safe
-- $1 text catalog_name  $2 text catalog_description  $3 text catalog_location  $4 bigint created_s
-- $5 text name  $6 text description  $7 text location  $8 text owner_name  $9 smallint owner_type
WITH made AS (
    INSERT INTO skep.catalogs (name, description, location, created_s)
    SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM skep.catalogs WHERE name = $1)
    ON CONFLICT ON CONSTRAINT catalogs_name_key DO NOTHING
    RETURNING id
), home AS (
    SELECT id FROM made UNION ALL SELECT id FROM skep.catalogs WHERE name = $1
)
INSERT INTO skep.namespaces (catalog_id, name, description, location, owner_name, owner_type, created_s)
SELECT home.id, $5, $6, $7, $8, $9, $4
FROM home
WHERE NOT EXISTS (SELECT FROM skep.namespaces n WHERE n.catalog_id = home.id AND n.name = $5)
ON CONFLICT ON CONSTRAINT namespaces_name_key DO NOTHING;

-- name: catalog_list
-- All catalogs; there are few.
SELECT id, name, description, location, created_s, parameters FROM skep.catalogs ORDER BY name;

-- name: catalog_find
-- One catalog by its name.
-- $1 text name
SELECT id, name, description, location, created_s, parameters FROM skep.catalogs WHERE name = $1;

-- name: database_uuid
-- The identity of this database.
SELECT database_uuid FROM skep.server;

-- name: catalog_create
-- A catalog with its default namespace, and the events of both.
-- $1 text name  $2 text description  $3 text location  $4 bigint created_s  $5 jsonb parameters
-- $6 text namespace_name  $7 text namespace_description  $8 text namespace_location  $9 text owner_name
-- $10 smallint owner_type
WITH made AS (
    INSERT INTO skep.catalogs (name, description, location, created_s, parameters)
    SELECT $1, $2, $3, $4, $5
    RETURNING *
), first AS (
    INSERT INTO skep.namespaces (catalog_id, name, description, location, owner_name, owner_type, created_s)
    SELECT made.id, $6, $7, $8, $9, $10, $4 FROM made
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_CATALOG', $1, NULL,
           jsonb_build_object('catalog', to_jsonb(made))
    FROM made
    UNION ALL
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_DATABASE', $1, $6,
           jsonb_build_object('namespace', to_jsonb(first))
    FROM first
)
SELECT id FROM made;

-- name: catalog_replace
-- Everything but the name and the creation.
-- $1 text name  $2 text description  $3 text location  $4 jsonb parameters
WITH before AS (
    SELECT * FROM skep.catalogs WHERE name = $1 FOR UPDATE
), changed AS (
    UPDATE skep.catalogs c
    SET description = $2, location = $3, parameters = $4
    FROM before
    WHERE c.id = before.id
    RETURNING c.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_CATALOG', $1,
           jsonb_build_object('catalog_before', to_jsonb(before), 'catalog', to_jsonb(changed))
    FROM before, changed
)
SELECT id FROM changed;

-- name: catalog_drop
-- A catalog in which there is nothing but an empty default namespace; the foreign keys refuse the others.
-- $1 text name  $2 text default_namespace_name
WITH home AS (
    SELECT id, name, location FROM skep.catalogs WHERE name = $1 FOR UPDATE
), emptied AS (
    DELETE FROM skep.namespaces n USING home
    WHERE n.catalog_id = home.id AND n.name = $2
    RETURNING n.*
), dropped AS (
    DELETE FROM skep.catalogs c USING home WHERE c.id = home.id RETURNING c.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_DATABASE', $1, emptied.name,
           jsonb_build_object('namespace', to_jsonb(emptied))
    FROM emptied
    UNION ALL
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_CATALOG', $1, NULL,
           jsonb_build_object('catalog', to_jsonb(dropped))
    FROM dropped
)
SELECT dropped.location, emptied.location AS namespace_location FROM dropped LEFT JOIN emptied ON true;
