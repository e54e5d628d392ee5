-- Roles and who holds them.

-- name: role_create
-- Left alone where it is there.
-- retry: safe
-- $1 text name  $2 text owner_name  $3 bigint created_s
INSERT INTO skep.roles (name, owner_name, created_s) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT roles_name_key DO NOTHING;

-- name: role_drop
-- Who held it and what was granted to it go with it.
-- retry: safe
-- $1 text name
DELETE FROM skep.roles WHERE name = $1;

-- name: role_list
-- All roles.
SELECT name, owner_name, created_s FROM skep.roles ORDER BY name;

-- name: role_graph_lock
-- Grants of roles go one after the other, so that two of them never close a circle together.
-- $1 text public_name
SELECT id FROM skep.roles WHERE name = $1 FOR UPDATE;

-- name: role_grant
-- Gives a role to a principal, or the grant option to one that holds it without. Roles above the granted one are those
-- that it holds itself: to give it to one of them would close a circle. Answers what was found and what was done.
-- $1 text role_name  $2 text principal_name  $3 smallint principal_type  $4 boolean grant_option  $5 bigint granted_s
-- $6 text grantor_name  $7 smallint grantor_type
WITH RECURSIVE granted AS (
    SELECT id FROM skep.roles WHERE name = $1
), member AS (
    SELECT id FROM skep.roles WHERE $3 = 2 AND name = $2
), above AS (
    SELECT id FROM granted
    UNION
    SELECT m.role_id FROM above JOIN skep.role_members m ON m.member_role_id = above.id
), circle AS (
    SELECT EXISTS (SELECT FROM above JOIN member ON member.id = above.id) AS closes
), made AS (
    INSERT INTO skep.role_members AS held (role_id, principal_type, principal_name, member_role_id, grant_option,
                                           granted_s, grantor_name, grantor_type)
    SELECT granted.id, $3, $2, member.id, $4, $5, $6, $7
    FROM granted
    CROSS JOIN circle
    LEFT JOIN member ON true
    WHERE NOT circle.closes AND ($3 <> 2 OR member.id IS NOT NULL)
    ON CONFLICT ON CONSTRAINT role_members_pkey DO UPDATE
        SET grant_option = true, grantor_name = excluded.grantor_name, grantor_type = excluded.grantor_type
        WHERE excluded.grant_option AND NOT held.grant_option
    RETURNING role_id
)
SELECT EXISTS (SELECT FROM granted) AS has_role, $3 <> 2 OR EXISTS (SELECT FROM member) AS has_member, circle.closes,
       EXISTS (SELECT FROM made) AS is_made
FROM circle;

-- name: role_revoke
-- Takes a role, or its grant option alone, from a principal. No row: it does not hold the role.
-- $1 text role_name  $2 text principal_name  $3 smallint principal_type  $4 boolean option_only
WITH held AS (
    SELECT m.role_id, m.grant_option
    FROM skep.roles r
    JOIN skep.role_members m ON m.role_id = r.id
    WHERE r.name = $1 AND m.principal_type = $3 AND m.principal_name = $2
    FOR UPDATE OF m
), lessened AS (
    UPDATE skep.role_members m SET grant_option = false
    FROM held
    WHERE $4 AND m.role_id = held.role_id AND m.principal_type = $3 AND m.principal_name = $2
), taken AS (
    DELETE FROM skep.role_members m
    USING held
    WHERE NOT $4 AND m.role_id = held.role_id AND m.principal_type = $3 AND m.principal_name = $2
)
SELECT grant_option FROM held;

-- name: role_grants
-- Who holds a role, or which roles a principal holds by a grant of its own.
-- $1 text role_name  $2 text principal_name  $3 smallint principal_type
SELECT r.name, m.principal_name, m.principal_type, m.grant_option, m.granted_s, m.grantor_name, m.grantor_type,
       r.owner_name, r.created_s
FROM skep.roles r
JOIN skep.role_members m ON m.role_id = r.id
WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR (m.principal_name = $2 AND m.principal_type = $3))
ORDER BY r.name, m.principal_type, m.principal_name;
