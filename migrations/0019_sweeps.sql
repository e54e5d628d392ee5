-- When the metadata directory of an Iceberg table or view was last looked through for files that no commit claims.
-- Locks: new objects only.
CREATE TABLE skep.sweeps (
    table_id bigint PRIMARY KEY CONSTRAINT sweeps_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    swept_ms bigint NOT NULL
);
