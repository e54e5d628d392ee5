-- What clients report of their scans and commits. Locks: new objects only.
CREATE TABLE skep.table_reports (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_id    bigint NOT NULL CONSTRAINT table_reports_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    received_ms bigint NOT NULL,
    report_type text NOT NULL,
    snapshot_id bigint,
    operation   text,
    report      jsonb NOT NULL
);
CREATE INDEX table_reports_table_idx ON skep.table_reports (table_id, id);
CREATE INDEX table_reports_received_idx ON skep.table_reports (received_ms);
