-- Is a standby as far as its primary is now?

-- name: replica_primary_position
-- Of the primary: which cluster it is, the timeline that it writes, and where the log ends that acknowledged commits are in.
-- Without synchronous_commit they may be acknowledged before they are flushed.
SELECT (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() AS s) AS cluster,
       substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) AS timeline,
       (CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN pg_catalog.pg_current_wal_insert_lsn()
        ELSE pg_catalog.pg_current_wal_flush_lsn() END)::text AS position;

-- name: replica_has_replayed
-- Of the standby: is it one of this cluster, on this timeline, and has it replayed the log up to this place? After a failover
-- the timeline is the old one until the first restart point: then it has not.
-- $1 text cluster  $2 text timeline  $3 text position
SELECT coalesce(pg_catalog.pg_is_in_recovery()
                AND (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() AS s) = $1
                AND (SELECT upper(lpad(to_hex(c.timeline_id), 8, '0')) FROM pg_catalog.pg_control_checkpoint() AS c) = $2
                AND pg_catalog.pg_last_wal_replay_lsn() >= $3::pg_catalog.pg_lsn, false) AS is_as_far;
