-- Scans that were planned and whose parts are still to be fetched, from any server. Locks: new objects only.
CREATE TABLE skep.scan_plans (
    id                uuid PRIMARY KEY,
    table_id          bigint NOT NULL CONSTRAINT scan_plans_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    metadata_location text NOT NULL,
    request           text NOT NULL,
    expires_ms        bigint NOT NULL
);
CREATE INDEX scan_plans_expires_idx ON skep.scan_plans (expires_ms);
CREATE INDEX scan_plans_table_idx ON skep.scan_plans (table_id);
