-- HPL/SQL procedures and packages.

-- name: procedure_put
-- Makes or replaces. No row: no such namespace.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text owner_name  $5 text source
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
)
INSERT INTO skep.procedures (namespace_id, name, owner_name, source)
SELECT home.id, $3, $4, $5 FROM home
ON CONFLICT (namespace_id, name) DO UPDATE
SET owner_name = excluded.owner_name, source = excluded.source
RETURNING id;

-- name: procedure_find
-- By its unique key.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT c.name AS catalog, n.name AS namespace_name, p.name, p.owner_name, p.source
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.procedures p ON p.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND p.name = $3;

-- name: procedure_names
-- Of one namespace, or of all.
-- $1 text catalog_name  $2 text namespace_name
SELECT p.name
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.procedures p ON p.namespace_id = n.id
WHERE c.name = $1 AND ($2 IS NULL OR n.name = $2)
ORDER BY p.name, n.name;

-- name: procedure_drop
-- Nothing happens when it is not there.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text name
DELETE FROM skep.procedures p
USING skep.catalogs c, skep.namespaces n
WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND p.namespace_id = n.id AND p.name = $3;

-- name: package_put
-- Makes or replaces. No row: no such namespace.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 text owner_name  $5 text header  $6 text body
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
)
INSERT INTO skep.packages (namespace_id, name, owner_name, header, body)
SELECT home.id, $3, $4, $5, $6 FROM home
ON CONFLICT (namespace_id, name) DO UPDATE
SET owner_name = excluded.owner_name, header = excluded.header, body = excluded.body
RETURNING id;

-- name: package_find
-- By its unique key.
-- $1 text catalog_name  $2 text namespace_name  $3 text name
SELECT c.name AS catalog, n.name AS namespace_name, p.name, p.owner_name, p.header, p.body
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.packages p ON p.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND p.name = $3;

-- name: package_names
-- Of one namespace, or of all.
-- $1 text catalog_name  $2 text namespace_name
SELECT p.name
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.packages p ON p.namespace_id = n.id
WHERE c.name = $1 AND ($2 IS NULL OR n.name = $2)
ORDER BY p.name, n.name;

-- name: package_drop
-- Nothing happens when it is not there.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text name
DELETE FROM skep.packages p
USING skep.catalogs c, skep.namespaces n
WHERE c.name = $1 AND n.catalog_id = c.id AND n.name = $2 AND p.namespace_id = n.id AND p.name = $3;
