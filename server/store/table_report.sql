-- What clients report of their scans and commits.

-- name: table_report_insert
-- One more of an Iceberg table; no row when there is no such table.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 smallint kind  $5 text report_type  $6 bigint snapshot_id
-- $7 text operation  $8 jsonb report
INSERT INTO skep.table_reports (table_id, received_ms, report_type, snapshot_id, operation, report)
SELECT t.id, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $5, $6, $7, $8
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
WHERE c.name = $1 AND n.name = $2 AND t.name = $3 AND t.kind = $4
RETURNING id, table_id;

-- name: table_report_trim
-- Leaves the newest of a table.
-- retry: safe
-- $1 bigint table_id  $2 bigint max
DELETE FROM skep.table_reports
WHERE table_id = $1
  AND id <= (SELECT id FROM skep.table_reports WHERE table_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1);

-- name: table_report_list
-- Newest first.
-- $1 bigint table_id  $2 bigint before_id  $3 bigint max
SELECT id, received_ms, report_type, snapshot_id, operation, report::text
FROM skep.table_reports
WHERE table_id = $1 AND ($2 IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3;

-- name: table_report_expire
-- Some of those that are old; other servers take others.
-- retry: safe
-- $1 bigint before_ms  $2 bigint max
DELETE FROM skep.table_reports
WHERE id IN (SELECT id FROM skep.table_reports WHERE received_ms < $1 ORDER BY received_ms LIMIT $2
             FOR UPDATE SKIP LOCKED);
