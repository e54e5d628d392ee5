-- What a drop leaves to be done, and what it leaves to be taken back. Both are written by the statement that drops.
-- Locks: new objects only.

-- Work that outlives its request. kind: purge_table (the files that an Iceberg table's metadata names), delete_directory.
-- state: waiting, done, failed (given up, until somebody has it tried again), cancelled. A waiting task is free when its lease
-- has ended. Counts are of files; after a crash some may have been counted twice. failures: since the last retry by hand.
CREATE TABLE skep.tasks (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind              text COLLATE "C" NOT NULL,
    state             text COLLATE "C" NOT NULL DEFAULT 'waiting',
    catalog_name      text COLLATE "C" NOT NULL,
    namespace_name    text COLLATE "C" NOT NULL,
    table_name        text COLLATE "C" NOT NULL,
    table_uuid        uuid NOT NULL,
    location          text,
    metadata_location text,
    created_ms        bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    due_ms            bigint NOT NULL DEFAULT 0,
    finished_ms       bigint,
    attempts          integer NOT NULL DEFAULT 0,
    failures          integer NOT NULL DEFAULT 0,
    files_found       bigint NOT NULL DEFAULT 0,
    files_deleted     bigint NOT NULL DEFAULT 0,
    files_left        bigint NOT NULL DEFAULT 0,
    error             text,
    holder            text,
    lease_ends_ms     bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE INDEX tasks_due_idx ON skep.tasks (due_ms) WHERE state = 'waiting';
CREATE INDEX tasks_finished_idx ON skep.tasks (finished_ms) WHERE state IN ('done', 'cancelled');

-- Tables and views whose files were kept, for as long as they may be taken back. content: {"table", "refs", "commits",
-- "privileges"}, rows as PostgreSQL had them. Names, not ids: the namespace may be dropped and made again. A later migration that
-- adds a column without NULL to one of these four tables must add it to content as well.
CREATE TABLE skep.dropped_tables (
    id                bigint PRIMARY KEY,
    catalog_name      text COLLATE "C" NOT NULL,
    namespace_name    text COLLATE "C" NOT NULL,
    name              text COLLATE "C" NOT NULL,
    uuid              uuid NOT NULL,
    kind              smallint NOT NULL,
    location          text,
    metadata_location text,
    dropped_ms        bigint NOT NULL,
    expires_ms        bigint NOT NULL,
    content           jsonb NOT NULL
);
CREATE INDEX dropped_tables_name_idx ON skep.dropped_tables (catalog_name, namespace_name, name, dropped_ms);
CREATE INDEX dropped_tables_expires_idx ON skep.dropped_tables (expires_ms);
CREATE INDEX dropped_tables_uuid_idx ON skep.dropped_tables (uuid);
