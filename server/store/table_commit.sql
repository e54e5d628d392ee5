-- Everything that changes a table. Each statement carries the commit row, the refs and the event of its change, so that
-- they become true together.

-- name: table_create
-- A new table. A row without id: no such namespace. The constraint on (namespace_id, name) keeps tables and views of one
-- namespace apart.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 uuid uuid  $5 smallint kind  $6 text hms_type
-- $7 text owner_name  $8 smallint owner_type  $9 bigint created_s  $10 bigint last_access_s  $11 integer retention_s
-- $12 jsonb parameters  $13 bigint storage_id  $14 text location  $15 jsonb partition_keys
-- $16 text view_original_text  $17 text view_expanded_text  $18 boolean rewrite_enabled  $19 bigint write_id
-- $20 text metadata_location  $21 text previous_metadata_location  $22 bigint current_snapshot_id
-- $23 boolean has_commit  $24 bigint commit_snapshot_id  $25 bigint commit_parent_id  $26 bigint commit_sequence_number
-- $27 bigint commit_timestamp_ms  $28 text commit_operation  $29 text commit_summary
-- $30 text[] ref_names  $31 bigint[] ref_is_tag  $32 bigint[] ref_snapshot_ids  $33 jsonb creation_metadata
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
), changed AS (
    INSERT INTO skep.tables (namespace_id, name, uuid, kind, hms_type, owner_name, owner_type, created_s, last_access_s,
                             retention_s, parameters, storage_id, location, partition_keys, view_original_text,
                             view_expanded_text, rewrite_enabled, write_id, metadata_location,
                             previous_metadata_location, current_snapshot_id, creation_metadata)
    SELECT home.id, $3, coalesce($4, gen_random_uuid()), $5, $6, $7, $8, $9, $10, $11,
           $12 - '{metadata_location,previous_metadata_location}'::text[], $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
           $33
    FROM home
    RETURNING *
), committed AS (
    INSERT INTO skep.commits (table_id, version, metadata_location, snapshot_id, parent_snapshot_id, sequence_number,
                              timestamp_ms, operation, summary, committed_ms)
    SELECT changed.id, changed.version, $20, $24, $25, $26, $27, $28, $29,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM changed
    WHERE $23
), named AS (
    INSERT INTO skep.refs (table_id, name, is_tag, snapshot_id)
    SELECT changed.id, u.name, u.is_tag <> 0, u.snapshot_id
    FROM changed, unnest($30, $31, $32) AS u (name, is_tag, snapshot_id)
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'CREATE_TABLE', $1, $2, $3, changed.id,
           jsonb_build_object('table', to_jsonb(changed))
    FROM changed
)
SELECT home.id AS namespace_id, changed.id, changed.version
FROM (VALUES (true)) AS one
LEFT JOIN home ON true
LEFT JOIN changed ON true;

-- name: table_replace
-- The swap: the row becomes what its maker worked out from version $34, if it still has that version and that name.
-- Versions only grow, so a pointer that moved in between is never written over, and the same swap sent twice takes effect
-- once. A row without version: it had moved on. A row without namespace_id: no such target namespace.
-- $1 text catalog_name  $2 text namespace_name  $3 text name  $4 uuid uuid  $5 smallint kind  $6 text hms_type
-- $7 text owner_name  $8 smallint owner_type  $9 bigint created_s  $10 bigint last_access_s  $11 integer retention_s
-- $12 jsonb parameters  $13 bigint storage_id  $14 text location  $15 jsonb partition_keys
-- $16 text view_original_text  $17 text view_expanded_text  $18 boolean rewrite_enabled  $19 bigint write_id
-- $20 text metadata_location  $21 text previous_metadata_location  $22 bigint current_snapshot_id
-- $23 boolean has_commit  $24 bigint commit_snapshot_id  $25 bigint commit_parent_id  $26 bigint commit_sequence_number
-- $27 bigint commit_timestamp_ms  $28 text commit_operation  $29 text commit_summary
-- $30 text[] ref_names  $31 bigint[] ref_is_tag  $32 bigint[] ref_snapshot_ids
-- $33 bigint id  $34 bigint version  $35 text old_namespace_name  $36 text old_name  $37 boolean truncates
WITH home AS (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
), changed AS (
    UPDATE skep.tables t
    SET namespace_id = home.id, name = $3, uuid = coalesce($4, t.uuid), kind = $5, hms_type = $6, owner_name = $7,
        owner_type = $8, created_s = $9, last_access_s = $10, retention_s = $11,
        parameters = $12 - '{metadata_location,previous_metadata_location}'::text[], storage_id = $13, location = $14,
        partition_keys = $15, view_original_text = $16, view_expanded_text = $17, rewrite_enabled = $18, write_id = $19,
        metadata_location = $20, previous_metadata_location = $21, current_snapshot_id = $22, version = t.version + 1
    FROM home
    WHERE t.id = $33 AND t.version = $34 AND t.name = $36
      AND t.namespace_id = (SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id
                            WHERE c.name = $1 AND n.name = $35)
    RETURNING t.*
), committed AS (
    INSERT INTO skep.commits (table_id, version, metadata_location, snapshot_id, parent_snapshot_id, sequence_number,
                              timestamp_ms, operation, summary, committed_ms)
    SELECT changed.id, changed.version, $20, $24, $25, $26, $27, $28, $29,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM changed
    WHERE $23
), forgotten AS (
    DELETE FROM skep.refs r
    USING changed
    WHERE r.table_id = changed.id AND $30 IS NOT NULL AND NOT (r.name = ANY ($30))
), named AS (
    INSERT INTO skep.refs (table_id, name, is_tag, snapshot_id)
    SELECT changed.id, u.name, u.is_tag <> 0, u.snapshot_id
    FROM changed, unnest($30, $31, $32) AS u (name, is_tag, snapshot_id)
    ON CONFLICT (table_id, name) DO UPDATE
    SET is_tag = excluded.is_tag, snapshot_id = excluded.snapshot_id
    WHERE refs.is_tag <> excluded.is_tag OR refs.snapshot_id <> excluded.snapshot_id
), logged AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name, table_id, details)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'ALTER_TABLE', $1, $35, $36, changed.id,
           jsonb_build_object('table_before', to_jsonb(old), 'table', to_jsonb(changed), 'new_namespace', nullif($2, $35),
                              'truncated', nullif($37, false))
    FROM changed
    JOIN skep.tables old ON old.id = $33 AND old.version = $34
)
SELECT home.id AS namespace_id, changed.id, changed.version
FROM (VALUES (true)) AS one
LEFT JOIN home ON true
LEFT JOIN changed ON true;

-- name: table_commit_landed
-- Did the commit with this mark become true? Asked after a connection was lost; the newest rows are the likely ones.
-- $1 bigint table_id  $2 text metadata_location
SELECT EXISTS (SELECT FROM skep.commits WHERE table_id = $1 AND metadata_location = $2) AS landed;

-- name: table_partition_locations
-- Where partitions are that are not below their table.
-- $1 bigint table_id
-- long: yes
SELECT DISTINCT location FROM skep.partitions WHERE table_id = $1 AND location IS NOT NULL;

-- name: table_partition_storages
-- The few storage descriptors that a table's partitions share.
-- $1 bigint table_id
-- long: yes
SELECT DISTINCT storage_id FROM skep.partitions WHERE table_id = $1;

-- name: table_partitions_set_storage
-- Columns cascade: each shared descriptor is exchanged for the one with the new columns.
-- $1 bigint table_id  $2 bigint[] old_ids  $3 bigint[] new_ids
-- long: yes
UPDATE skep.partitions p
SET storage_id = u.new_id
FROM unnest($2, $3) AS u (old_id, new_id)
WHERE p.table_id = $1 AND p.storage_id = u.old_id AND u.old_id <> u.new_id;

-- name: table_partitions_keep_place
-- A table that is given another location leaves its partitions where they are: derived locations are written down.
-- $1 bigint table_id  $2 text old_location
-- long: yes
UPDATE skep.partitions SET location = $2 || '/' || name WHERE table_id = $1 AND location IS NULL;

-- name: table_partitions_move
-- A directory that moves takes along the partitions below it whose location is written down.
-- $1 bigint table_id  $2 text old_location  $3 text new_location
-- long: yes
UPDATE skep.partitions
SET location = $3 || substr(location, length($2) + 1)
WHERE table_id = $1 AND starts_with(location, $2 || '/');
