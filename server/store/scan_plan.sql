-- Scan plans that are kept for a while.

-- name: scan_plan_insert
-- A new one; sent twice, it is the same one.
-- retry: safe
-- $1 uuid id  $2 bigint table_id  $3 text metadata_location  $4 text request  $5 bigint lifetime_ms
INSERT INTO skep.scan_plans (id, table_id, metadata_location, request, expires_ms)
VALUES ($1, $2, $3, $4, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $5)
ON CONFLICT (id) DO NOTHING;

-- name: scan_plan_find
-- One of a table, while it is kept.
-- $1 uuid id  $2 bigint table_id
SELECT metadata_location, request FROM skep.scan_plans
WHERE id = $1 AND table_id = $2 AND expires_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint;

-- name: scan_plan_delete
-- One of a table; says whether it was there.
-- $1 uuid id  $2 bigint table_id
DELETE FROM skep.scan_plans
WHERE id = $1 AND table_id = $2 AND expires_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint;

-- name: scan_plan_expire
-- Some of those whose time is over; other servers take others.
-- retry: safe
-- $1 bigint max
DELETE FROM skep.scan_plans
WHERE id IN (SELECT id FROM skep.scan_plans
             WHERE expires_ms <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
             ORDER BY expires_ms LIMIT $1 FOR UPDATE SKIP LOCKED);
