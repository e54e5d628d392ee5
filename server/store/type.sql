-- Named types.

-- name: type_create
-- No row: there is one of this name.
-- $1 text name  $2 text type1  $3 text type2  $4 json fields
INSERT INTO skep.types (name, type1, type2, fields) VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT types_pkey DO NOTHING
RETURNING true AS is_created;

-- name: type_list
-- One by its name, or those whose names match.
-- $1 text name  $2 text name_regex  $3 bigint limit
SELECT name, type1, type2, fields
FROM skep.types
WHERE ($1 IS NULL OR name = $1) AND ($2 IS NULL OR name ~ $2)
ORDER BY name
LIMIT $3;

-- name: type_drop
-- Nothing refers to a type.
-- retry: safe
-- $1 text name
DELETE FROM skep.types WHERE name = $1;
