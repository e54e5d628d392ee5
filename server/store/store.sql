-- The server behind the store, asked about itself.

-- name: server_check
-- Can the store be written, and how far is its schema? The number is what decides readiness; the rest of what may be
-- wrong shows as an error.
SELECT pg_catalog.pg_is_in_recovery() OR pg_catalog.current_setting('transaction_read_only')::boolean,
       coalesce(max(number), 0)::bigint
FROM skep.migrations;

-- name: server_durability
-- For the log line at start: what a commit that is acknowledged has survived.
SELECT pg_catalog.current_setting('synchronous_commit'), pg_catalog.current_setting('fsync'),
       pg_catalog.current_setting('synchronous_standby_names');
