-- Data connectors. Each change carries its event, in the default catalog: connectors have none.

-- name: data_connector_create
-- The unique key refuses a second one of the name.
-- $1 text name  $2 text connector_type  $3 text url  $4 text description  $5 jsonb parameters  $6 text owner_name
-- $7 smallint owner_type  $8 bigint created_s
WITH made AS (
    INSERT INTO skep.data_connectors (name, connector_type, url, description, parameters, owner_name, owner_type,
                                      created_s)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_DATACONNECTOR', 'hive',
           jsonb_build_object('data_connector', to_jsonb(made))
    FROM made
)
SELECT id FROM made;

-- name: data_connector_list
-- One by its name, or all.
-- $1 text name
SELECT name, connector_type, url, description, parameters, owner_name, owner_type, created_s
FROM skep.data_connectors
WHERE $1 IS NULL OR name = $1
ORDER BY name;

-- name: data_connector_alter
-- What is NULL stays. No row: it is not there.
-- $1 text name  $2 text connector_type  $3 text url  $4 text description  $5 jsonb parameters  $6 text owner_name
-- $7 smallint owner_type
WITH target AS (
    SELECT * FROM skep.data_connectors WHERE name = $1 FOR UPDATE
), changed AS (
    UPDATE skep.data_connectors d
    SET connector_type = coalesce($2, d.connector_type), url = coalesce($3, d.url),
        description = coalesce($4, d.description), parameters = coalesce($5, d.parameters),
        owner_name = coalesce($6, d.owner_name), owner_type = coalesce($7, d.owner_type)
    FROM target
    WHERE d.id = target.id
    RETURNING d.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_DATACONNECTOR', 'hive',
           jsonb_build_object('data_connector_before', to_jsonb(target), 'data_connector', to_jsonb(changed))
    FROM target, changed
)
SELECT id FROM changed;

-- name: data_connector_drop
-- No row: it was gone.
-- $1 text name
WITH dropped AS (
    DELETE FROM skep.data_connectors WHERE name = $1 RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_DATACONNECTOR', 'hive',
           jsonb_build_object('data_connector', to_jsonb(dropped))
    FROM dropped
)
SELECT id FROM dropped;
