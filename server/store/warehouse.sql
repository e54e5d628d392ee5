-- Warehouses of catalogs: where their files are. Secrets come and go sealed.

-- name: warehouse_find
-- The warehouse of one catalog; version is NULL when it has none of its own.
-- $1 text catalog_name
SELECT c.id, c.name, c.description, c.location, w.version, w.allowed_prefixes, w.storage, w.key_id, w.sealed_secrets
FROM skep.catalogs c LEFT JOIN skep.warehouses w ON w.catalog_id = c.id
WHERE c.name = $1;

-- name: warehouse_list
-- Those of all catalogs; there are few.
SELECT c.id, c.name, c.description, c.location, w.version, w.allowed_prefixes, w.storage, w.key_id, w.sealed_secrets
FROM skep.catalogs c LEFT JOIN skep.warehouses w ON w.catalog_id = c.id
ORDER BY c.name;

-- name: warehouses_lock
-- Held to the end of a transaction by whoever makes or changes one that must not overlap another: two servers at the same
-- moment do it one after the other, and the second sees the first. Readers do not wait.
SELECT pg_advisory_xact_lock(hashtextextended('skep.warehouses', 0)) IS NULL AS locked;

-- name: warehouse_create
-- A catalog with its default namespace and its warehouse, and the events of the former two: nothing of how the store is
-- reached is in an event.
-- $1 text name  $2 text description  $3 text location  $4 bigint created_s
-- $5 text namespace_name  $6 text namespace_description  $7 text namespace_location  $8 text owner_name
-- $9 smallint owner_type  $10 text[] allowed_prefixes  $11 jsonb storage  $12 text key_id  $13 bytea sealed_secrets
WITH made AS (
    INSERT INTO skep.catalogs (name, description, location, created_s)
    SELECT $1, $2, $3, $4
    RETURNING *
), place AS (
    INSERT INTO skep.warehouses (catalog_id, allowed_prefixes, storage, key_id, sealed_secrets)
    SELECT made.id, $10, $11, $12, $13 FROM made
), first AS (
    INSERT INTO skep.namespaces (catalog_id, name, description, location, owner_name, owner_type, created_s)
    SELECT made.id, $5, $6, $7, $8, $9, $4 FROM made
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_CATALOG', $1, NULL,
           jsonb_build_object('catalog', to_jsonb(made))
    FROM made
    UNION ALL
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_DATABASE', $1, $5,
           jsonb_build_object('namespace', to_jsonb(first))
    FROM first
)
SELECT id FROM made;

-- name: warehouse_replace
-- Description, place and warehouse of a catalog whose warehouse nobody has changed since it was read.
-- $1 bigint catalog_id  $2 bigint version  $3 text description  $4 text location
-- $5 text[] allowed_prefixes  $6 jsonb storage  $7 text key_id  $8 bytea sealed_secrets
WITH changed AS (
    UPDATE skep.warehouses w
    SET allowed_prefixes = $5, storage = $6, key_id = $7, sealed_secrets = $8, version = w.version + 1
    WHERE w.catalog_id = $1 AND w.version = $2
    RETURNING w.catalog_id
), before AS (
    SELECT c.* FROM skep.catalogs c JOIN changed ON changed.catalog_id = c.id
), after AS (
    UPDATE skep.catalogs c SET description = $3, location = $4
    FROM changed WHERE c.id = changed.catalog_id
    RETURNING c.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_CATALOG', after.name,
           jsonb_build_object('catalog_before', to_jsonb(before), 'catalog', to_jsonb(after))
    FROM before, after
)
SELECT id FROM after;
