-- Privileges. An object is given by its names; its grants hang on its id.

-- name: privilege_grant
-- One grant. Answers which of what it needs was found, and whether it is new. A partition is locked against its drop,
-- which takes its grants along.
-- $1 text catalog_name  $2 smallint object_type  $3 text namespace_name  $4 text table_name  $5 text column_name
-- $6 text principal_name  $7 smallint principal_type  $8 text privilege  $9 boolean grant_option  $10 bigint granted_s
-- $11 text grantor_name  $12 smallint grantor_type  $13 text authorizer  $14 text partition_name
WITH target AS (
    SELECT n.id AS namespace_id, t.id AS table_id, r.id AS role_id
    FROM (VALUES (true)) AS one
    LEFT JOIN skep.catalogs c ON c.name = $1
    LEFT JOIN skep.namespaces n ON n.catalog_id = c.id AND n.name = $3
    LEFT JOIN skep.tables t ON t.namespace_id = n.id AND t.name = $4
    LEFT JOIN skep.roles r ON $7 = 2 AND r.name = $6
), part AS (
    SELECT p.name FROM skep.partitions p
    WHERE $14 IS NOT NULL AND p.table_id = (SELECT table_id FROM target) AND p.name = $14
    FOR KEY SHARE
), made AS (
    INSERT INTO skep.privileges (object_type, namespace_id, table_id, partition_name, column_name, principal_type, principal_name,
                                 role_id, privilege, grant_option, granted_s, grantor_name, grantor_type, authorizer)
    SELECT $2, CASE WHEN $2 = 2 THEN namespace_id END, CASE WHEN $2 > 2 THEN table_id END, coalesce($14, ''),
           coalesce($5, ''), $7, $6, role_id, $8, $9, $10, coalesce($11, ''), $12, coalesce($13, '')
    FROM target
    WHERE ($2 <> 2 OR namespace_id IS NOT NULL) AND ($2 <= 2 OR table_id IS NOT NULL)
      AND ($7 <> 2 OR role_id IS NOT NULL) AND ($14 IS NULL OR EXISTS (SELECT FROM part))
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT $2 <> 2 OR target.namespace_id IS NOT NULL AS has_namespace, $2 <= 2 OR target.table_id IS NOT NULL AS has_table,
       $7 <> 2 OR target.role_id IS NOT NULL AS has_role,
       $14 IS NULL OR EXISTS (SELECT FROM part) AS has_partition, made.id IS NOT NULL AS is_made
FROM target
LEFT JOIN made ON true;

-- name: privilege_revoke
-- Takes one grant of a privilege, or its grant option alone; of several, the one of the grantor who takes it first. No
-- row: there is none.
-- $1 text catalog_name  $2 smallint object_type  $3 text namespace_name  $4 text table_name  $5 text column_name
-- $6 text principal_name  $7 smallint principal_type  $8 text privilege  $9 boolean option_only  $10 text grantor_name
-- $11 text partition_name
WITH held AS (
    SELECT p.id, p.grant_option
    FROM skep.privileges p
    LEFT JOIN skep.tables t ON t.id = p.table_id
    LEFT JOIN skep.namespaces n ON n.id = coalesce(t.namespace_id, p.namespace_id)
    LEFT JOIN skep.catalogs c ON c.id = n.catalog_id
    WHERE p.principal_type = $7 AND p.principal_name = $6 AND p.object_type = $2 AND lower(p.privilege) = lower($8)
      AND ($2 = 1 OR (c.name = $1 AND n.name = $3))
      AND ($2 <= 2 OR t.name = $4)
      AND ($2 <> 5 OR p.column_name = $5)
      AND p.partition_name = coalesce($11, '')
    ORDER BY $9 AND NOT p.grant_option, lower(p.grantor_name) = lower(coalesce($10, '')) DESC, p.id
    LIMIT 1
    FOR UPDATE OF p
), lessened AS (
    UPDATE skep.privileges p SET grant_option = false FROM held WHERE $9 AND p.id = held.id
), taken AS (
    DELETE FROM skep.privileges p USING held WHERE NOT $9 AND p.id = held.id
)
SELECT grant_option FROM held;

-- name: privilege_clear
-- All grants on one database, one table or all columns of one table that an authorizer manages.
-- $1 text catalog_name  $2 smallint object_type  $3 text namespace_name  $4 text table_name  $5 text authorizer
DELETE FROM skep.privileges
WHERE object_type = $2 AND authorizer = coalesce($5, '') AND partition_name = ''
  AND (namespace_id = (SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id
                       WHERE c.name = $1 AND n.name = $3)
       OR table_id = (SELECT t.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id
                      JOIN skep.tables t ON t.namespace_id = n.id
                      WHERE c.name = $1 AND n.name = $3 AND t.name = $4));

-- name: privilege_list
-- Grants by object, by principal, or both.
-- $1 text catalog_name  $2 smallint object_type  $3 text namespace_name  $4 text table_name  $5 text column_name
-- $6 text principal_name  $7 smallint principal_type  $8 text partition_name
SELECT p.object_type, c.name AS catalog, n.name AS namespace_name, t.name AS table_name, p.column_name, p.principal_name,
       p.principal_type, p.privilege, p.grant_option, p.granted_s, p.grantor_name, p.grantor_type, p.authorizer,
       p.partition_name
FROM skep.privileges p
LEFT JOIN skep.tables t ON t.id = p.table_id
LEFT JOIN skep.namespaces n ON n.id = coalesce(t.namespace_id, p.namespace_id)
LEFT JOIN skep.catalogs c ON c.id = n.catalog_id
WHERE ($2 IS NULL OR p.object_type = $2)
  AND (c.name IS NULL OR c.name = $1)
  AND ($3 IS NULL OR n.name = $3)
  AND ($4 IS NULL OR t.name = $4)
  AND ($5 IS NULL OR p.column_name = $5)
  AND ($6 IS NULL OR (p.principal_name = $6 AND p.principal_type = $7))
  AND ($8 IS NULL OR p.partition_name = $8)
ORDER BY p.id;

-- name: privilege_list_of_table
-- Grants on one table, its columns or its partitions: what engines ask most, hence by the index on the table. Columns
-- without a partition are the table's.
-- $1 text catalog_name  $2 smallint object_type  $3 text namespace_name  $4 text table_name  $5 text column_name
-- $6 text principal_name  $7 smallint principal_type  $8 text partition_name
SELECT p.object_type, c.name AS catalog, n.name AS namespace_name, t.name AS table_name, p.column_name, p.principal_name,
       p.principal_type, p.privilege, p.grant_option, p.granted_s, p.grantor_name, p.grantor_type, p.authorizer,
       p.partition_name
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
JOIN skep.privileges p ON p.table_id = t.id
WHERE c.name = $1 AND n.name = $3 AND t.name = $4 AND p.object_type = $2
  AND ($5 IS NULL OR p.column_name = $5)
  AND ($6 IS NULL OR (p.principal_name = $6 AND p.principal_type = $7))
  AND (p.partition_name = $8 OR ($8 IS NULL AND ($2 <> 5 OR p.partition_name = '')))
ORDER BY p.id;

-- name: privilege_roles
-- All roles that a user holds, itself or through its groups or other roles; public is held by everybody.
-- $1 text user_name  $2 text[] group_names  $3 text public_name
WITH RECURSIVE held AS (
    SELECT r.id
    FROM skep.roles r
    WHERE r.name = $3
       OR EXISTS (SELECT FROM skep.role_members m
                  WHERE m.role_id = r.id
                    AND ((m.principal_type = 1 AND m.principal_name = $1)
                         OR (m.principal_type = 3 AND m.principal_name = ANY ($2))))
    UNION
    SELECT m.role_id FROM held JOIN skep.role_members m ON m.member_role_id = held.id
)
SELECT r.name FROM held JOIN skep.roles r ON r.id = held.id ORDER BY r.name;
