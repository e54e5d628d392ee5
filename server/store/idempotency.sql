-- Answers that are kept under the key that their request carried.

-- name: idempotency_keep
-- A row when the key is free, or its time is over. Waits for another transaction that is writing the same key.
-- Alone it may be sent again: when the first one landed there is no row, and what is kept is looked at, as for anyone's.
-- retry: safe
-- $1 uuid key  $2 bytea digest  $3 smallint status  $4 text body  $5 text metadata_location  $6 bigint lifetime_ms
INSERT INTO skep.idempotency_keys AS kept (key, digest, status, body, metadata_location, expires_ms)
VALUES ($1, $2, $3, $4, $5, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $6)
ON CONFLICT (key) DO UPDATE
SET digest = excluded.digest, status = excluded.status, body = excluded.body,
    metadata_location = excluded.metadata_location, expires_ms = excluded.expires_ms
WHERE kept.expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
RETURNING 1::smallint AS kept;

-- name: idempotency_find
-- What is kept under a key, while its time lasts.
-- $1 uuid key
SELECT digest, status, body, metadata_location FROM skep.idempotency_keys
WHERE key = $1 AND expires_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint;

-- name: idempotency_expire
-- Some of those whose time is over; other servers take others.
-- retry: safe
-- $1 bigint max
DELETE FROM skep.idempotency_keys
WHERE key IN (SELECT key FROM skep.idempotency_keys
              WHERE expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
              ORDER BY expires_ms LIMIT $1 FOR UPDATE SKIP LOCKED);
