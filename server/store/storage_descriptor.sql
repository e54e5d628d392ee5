-- Storage descriptors by content. Rows are inserted and read, never changed.

-- name: storage_intern
-- Finds the row of this content or makes it. The plain read first, because nearly always the row is there and an upsert
-- would write; the insert answers nothing when another session has just made the same row: the caller asks again.
-- retry: safe
-- $1 bytea digest  $2 text body
WITH found AS (
    SELECT id FROM skep.storage_descriptors WHERE digest = $1
), made AS (
    INSERT INTO skep.storage_descriptors (digest, body)
    SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT ON CONSTRAINT storage_descriptors_digest_key DO NOTHING
    RETURNING id
)
SELECT id FROM found UNION ALL SELECT id FROM made;

-- name: storage_find
-- The contents of some ids, for the cache.
-- $1 bigint[] ids
SELECT id, digest, body FROM skep.storage_descriptors WHERE id = ANY ($1);
