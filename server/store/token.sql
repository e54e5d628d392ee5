-- Master keys and delegation tokens: texts of clients, kept as they are.

-- name: token_key_add
-- Its number is the client's handle.
-- $1 text content
INSERT INTO skep.token_keys (content) VALUES ($1) RETURNING id;

-- name: token_key_replace
-- No row changed: there is no such key.
-- retry: safe
-- $1 integer id  $2 text content
UPDATE skep.token_keys SET content = $2 WHERE id = $1;

-- name: token_key_remove
-- No row changed: there was none.
-- $1 integer id
DELETE FROM skep.token_keys WHERE id = $1;

-- name: token_keys
-- The oldest first, as they were made.
-- $1 bigint limit
SELECT content FROM skep.token_keys ORDER BY id LIMIT $1;

-- name: token_add
-- No row changed: there is one of this identifier.
-- $1 text identifier  $2 text content
INSERT INTO skep.tokens (identifier, content) VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT tokens_pkey DO NOTHING;

-- name: token_find
-- By the primary key.
-- $1 text identifier
SELECT content FROM skep.tokens WHERE identifier = $1;

-- name: token_remove
-- No row changed: there was none.
-- $1 text identifier
DELETE FROM skep.tokens WHERE identifier = $1;

-- name: token_identifiers
-- All, for the client that cleans up.
-- $1 bigint limit
SELECT identifier FROM skep.tokens ORDER BY identifier LIMIT $1;
