-- One log of all changes, appended in the statement that makes the change. No counter is locked while writing: rows are
-- numbered after they are committed (by transaction id below the snapshot's horizon). Locks: new objects only.
CREATE TABLE skep.events (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    occurred_ms    bigint NOT NULL,
    event_type     text COLLATE "C" NOT NULL, -- CREATE_DATABASE, ALTER_TABLE, ADD_PARTITION, ... (HMS words)
    catalog_name   text COLLATE "C" NOT NULL,
    namespace_name text COLLATE "C",
    table_name     text COLLATE "C",
    table_id       bigint,
    details        jsonb
);
CREATE INDEX events_occurred_idx ON skep.events (occurred_ms);
