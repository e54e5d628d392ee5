-- What the clean-up of metadata files asks and remembers.

-- name: sweep_due
-- Iceberg tables and views that nobody has looked through since a time, the longest ago first. It reads all tables, but
-- not their wide columns, and some times an hour for all servers together.
-- $1 bigint before_ms  $2 bigint max
-- long: yes
SELECT t.id, c.name, n.name, t.name
FROM skep.tables t
JOIN skep.namespaces n ON n.id = t.namespace_id
JOIN skep.catalogs c ON c.id = n.catalog_id
LEFT JOIN skep.sweeps s ON s.table_id = t.id
WHERE t.kind IN (2, 3) AND t.metadata_location IS NOT NULL AND coalesce(s.swept_ms, 0) < $1
ORDER BY coalesce(s.swept_ms, 0), t.id
LIMIT $2;

-- name: sweep_done
-- A table that was dropped meanwhile leaves nothing.
-- retry: safe
-- $1 bigint table_id  $2 bigint swept_ms
INSERT INTO skep.sweeps (table_id, swept_ms)
SELECT id, $2 FROM skep.tables WHERE id = $1
ON CONFLICT (table_id) DO UPDATE SET swept_ms = excluded.swept_ms;

-- name: sweep_claimed
-- Of some names of metadata files those that a commit of any table of one identity has made its own. Names, since one
-- place can be spelled in several ways and a name is unique by its uuid.
-- $1 uuid uuid  $2 text[] names
-- long: yes
SELECT DISTINCT claimed.name
FROM (
    SELECT regexp_replace(c.metadata_location, '^.*/', '') AS name
    FROM skep.tables t
    JOIN skep.commits c ON c.table_id = t.id
    WHERE t.uuid = $1
    UNION ALL
    SELECT regexp_replace(p.location, '^.*/', '')
    FROM skep.tables t
    CROSS JOIN LATERAL (VALUES (t.metadata_location), (t.previous_metadata_location)) AS p (location)
    WHERE t.uuid = $1 AND p.location IS NOT NULL
) AS claimed
WHERE claimed.name = ANY ($2);

-- name: sweep_committed_snapshots
-- Of some snapshots, as text, those that a commit of any table of one identity has added.
-- $1 uuid uuid  $2 text[] snapshots
-- long: yes
SELECT DISTINCT c.snapshot_id::text
FROM skep.tables t
JOIN skep.commits c ON c.table_id = t.id
WHERE t.uuid = $1 AND c.snapshot_id = ANY ($2::bigint[]);

-- name: sweep_first_commit
-- Since when this catalog has known a table.
-- $1 bigint table_id
SELECT committed_ms FROM skep.commits WHERE table_id = $1 ORDER BY version LIMIT 1;
