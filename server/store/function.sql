-- Functions. Each change carries its event.

-- name: function_create
-- One row with its event. No row in the answer: no such namespace. The foreign key keeps a namespace alive that is being
-- dropped at this moment.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text class_name  $5 text owner_name
-- $6 smallint owner_type  $7 bigint created_s  $8 smallint function_type  $9 integer[] resource_types
-- $10 text[] resource_uris
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
), made AS (
    INSERT INTO skep.functions (namespace_id, name, class_name, owner_name, owner_type, created_s, function_type,
                                resource_types, resource_uris)
    SELECT home.id, $3, $4, $5, $6, $7, $8, $9, $10
    FROM home
    RETURNING *
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_FUNCTION', $1, $2,
           jsonb_build_object('function', to_jsonb(made))
    FROM made
)
SELECT id FROM made;

-- name: function_list
-- Functions of one namespace, or of every top-level one, in byte order; a name that is given asks for one alone.
-- replica: yes
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text name_regex
SELECT f.id, c.name AS catalog, n.name AS namespace_name, f.name, f.class_name, f.owner_name, f.owner_type, f.created_s,
       f.function_type, f.resource_types, f.resource_uris
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.functions f ON f.namespace_id = n.id
WHERE c.name = $1
  AND ($2 IS NULL OR n.name = $2)
  AND ($3 IS NULL OR f.name = $3)
  AND ($4 IS NULL OR f.name ~ $4)
ORDER BY n.name, f.name;

-- name: function_replace
-- Everything but identity and time of creation; name and namespace may be new. A row without id: it is gone. No row: no
-- such new namespace. Readers of events know no changed functions: the old one goes and the new one comes.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text class_name  $5 text owner_name
-- $6 smallint owner_type  $7 smallint function_type  $8 integer[] resource_types  $9 text[] resource_uris
-- $10 text old_namespace_name  $11 text old_name
WITH home AS (
    SELECT c.id AS catalog_id, n.id
    FROM skep.catalogs c
    JOIN skep.namespaces n ON n.catalog_id = c.id
    WHERE c.name = $1 AND n.name = $2
), changed AS (
    UPDATE skep.functions f
    SET namespace_id = home.id, name = $3, class_name = $4, owner_name = $5, owner_type = $6, function_type = $7,
        resource_types = $8, resource_uris = $9
    FROM home, skep.namespaces o
    WHERE o.catalog_id = home.catalog_id AND o.name = $10 AND f.namespace_id = o.id AND f.name = $11
    RETURNING f.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, e.type, $1, e.namespace_name, jsonb_build_object('function', e.image)
    FROM changed
    JOIN skep.functions old ON old.id = changed.id
    CROSS JOIN LATERAL (VALUES (1, 'DROP_FUNCTION', $10, to_jsonb(old)), (2, 'CREATE_FUNCTION', $2, to_jsonb(changed)))
        AS e (place, type, namespace_name, image)
    ORDER BY e.place
)
SELECT changed.id FROM home LEFT JOIN changed ON true;

-- name: function_drop
-- One, with its event. No row: it was gone.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
WITH dropped AS (
    DELETE FROM skep.functions f
    USING skep.catalogs c, skep.namespaces n
    WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND f.namespace_id = n.id AND f.name = $3
    RETURNING f.*
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'DROP_FUNCTION', $1, $2,
           jsonb_build_object('function', to_jsonb(dropped))
    FROM dropped
)
SELECT id FROM dropped;
