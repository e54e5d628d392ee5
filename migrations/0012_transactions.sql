-- Transactions of Hive's ACID tables, the write ids they hold, and the queue of compactions.
--
-- Ids come from a sequence, so that nobody who opens a transaction waits for another (only a batch of several, whose ids have
-- to follow one another, stands alone for a moment). An id is therefore seen when its row is committed, which may be later
-- than a greater one. The rule for those who read: at or below the floor, an id without a row is committed; above it, an id
-- without a row counts as open. Housekeeping moves the floor up over ids that are all accounted for, and writes an aborted
-- row into a gap that somebody left who failed after taking a number; the primary key decides between it and one who was
-- merely slow.
-- Locks: new objects, and short ones on skep.locks, skep.tables and skep.namespaces for an index and triggers.
CREATE SEQUENCE skep.transaction_ids;
CREATE TABLE skep.transaction_floor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id       bigint NOT NULL
);
INSERT INTO skep.transaction_floor (id) VALUES (0);

-- state: Hive's TxnState (1 committed, 2 aborted, 3 open), type: its TxnType. opened_in and committed_by tell whether two
-- transactions overlap: one does not see what the other wrote unless the commit is visible in the snapshot in which it was
-- opened. commit_id: the greatest id given out when it was committed, for messages. A lease that has ended takes
-- every right from the holder at once; the row says open until it is marked, because what readers were told cannot change
-- with a clock.
CREATE TABLE skep.transactions (
    id           bigint PRIMARY KEY,
    state        smallint NOT NULL DEFAULT 3,
    type         smallint NOT NULL DEFAULT 0,
    opened_in    pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
    committed_by xid8,
    commit_id    bigint,
    opened_ms    bigint NOT NULL,
    heartbeat_ms bigint NOT NULL,
    expires_ms   bigint NOT NULL,
    ended_ms     bigint,
    user_name    text,
    host_name    text,
    agent_info   text
) WITH (fillfactor = 80);
CREATE INDEX transactions_expires_idx ON skep.transactions (expires_ms) WHERE state = 3;
CREATE INDEX transactions_open_idx ON skep.transactions (id) WHERE state <> 1;

-- Locks of a transaction end with it: they carry a lease without end, and whether they live is asked of its row.
CREATE INDEX locks_transaction_idx ON skep.locks (transaction_id) WHERE transaction_id <> 0;

-- A table that transactions write, by name, because it may be written before it is created. Everything about it hangs on the
-- row's id, so that a rename changes one row.
CREATE TABLE skep.acid_tables (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    next_write_id  bigint NOT NULL DEFAULT 1,
    catalog_name   text COLLATE "C" NOT NULL,
    namespace_name text COLLATE "C" NOT NULL,
    table_name     text COLLATE "C" NOT NULL,
    CONSTRAINT acid_tables_name_key UNIQUE (catalog_name, namespace_name, table_name)
) WITH (fillfactor = 70);

CREATE TABLE skep.write_ids (
    acid_table_id  bigint NOT NULL CONSTRAINT write_ids_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    write_id       bigint NOT NULL,
    transaction_id bigint NOT NULL,
    PRIMARY KEY (acid_table_id, write_id)
);
CREATE INDEX write_ids_transaction_idx ON skep.write_ids (transaction_id, acid_table_id);

-- What a transaction wrote. operation: s select, i insert, u update, d delete, c compaction. is_pending: a write to
-- partitions that are not named yet; those that are written replace it.
CREATE TABLE skep.transaction_writes (
    transaction_id bigint NOT NULL,
    acid_table_id  bigint NOT NULL
        CONSTRAINT transaction_writes_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    write_id       bigint,
    operation      "char" NOT NULL,
    is_pending     boolean NOT NULL DEFAULT false,
    partition_name text COLLATE "C"
);
CREATE INDEX transaction_writes_transaction_idx ON skep.transaction_writes (transaction_id);
CREATE INDEX transaction_writes_table_idx ON skep.transaction_writes (acid_table_id, partition_name);

-- Files that a transaction wrote, for the events of its commit.
CREATE TABLE skep.transaction_files (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id bigint NOT NULL,
    acid_table_id  bigint NOT NULL
        CONSTRAINT transaction_files_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    write_id       bigint NOT NULL,
    partition_name text COLLATE "C",
    files          text NOT NULL
);
CREATE INDEX transaction_files_transaction_idx ON skep.transaction_files (transaction_id);

-- Least write ids that open transactions still read.
CREATE TABLE skep.transaction_reads (
    transaction_id bigint NOT NULL,
    acid_table_id  bigint NOT NULL
        CONSTRAINT transaction_reads_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    write_id       bigint NOT NULL,
    PRIMARY KEY (transaction_id, acid_table_id)
);

-- Transactions of another warehouse and those that repeat them here.
CREATE TABLE skep.replayed_transactions (
    policy    text COLLATE "C" NOT NULL,
    source_id bigint NOT NULL,
    target_id bigint NOT NULL,
    PRIMARY KEY (policy, source_id)
);
CREATE INDEX replayed_transactions_target_idx ON skep.replayed_transactions (target_id);

-- Rebuilds of materialized views: one transaction at a time for each.
CREATE TABLE skep.rebuild_locks (
    transaction_id bigint NOT NULL,
    expires_ms     bigint NOT NULL,
    catalog_name   text COLLATE "C" NOT NULL,
    namespace_name text COLLATE "C" NOT NULL,
    table_name     text COLLATE "C" NOT NULL,
    PRIMARY KEY (catalog_name, namespace_name, table_name)
);

-- Waiting and running compactions and those that are over. state: i initiated, w working, r ready for cleaning; then s
-- succeeded, f failed, a did not initiate, c aborted, e refused.
CREATE TABLE skep.compactions (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    acid_table_id     bigint NOT NULL
        CONSTRAINT compactions_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    state             "char" NOT NULL,
    type              smallint NOT NULL,
    bucket_count      integer NOT NULL DEFAULT -1,
    enqueued_ms       bigint NOT NULL,
    started_ms        bigint,
    ended_ms          bigint,
    committed_ms      bigint,
    cleaning_ms       bigint,
    retry_ms          bigint NOT NULL DEFAULT 0,
    highest_write_id  bigint,
    transaction_id    bigint,
    next_id           bigint,
    partition_name    text COLLATE "C",
    pool_name         text COLLATE "C" NOT NULL,
    properties        text,
    run_as            text,
    worker_id         text,
    worker_version    text,
    initiator_id      text,
    initiator_version text,
    job_id            text,
    meta_info         text,
    error_message     text,
    order_by          text
);
-- One that waits or works at a time for each table or partition.
CREATE UNIQUE INDEX compactions_active_key ON skep.compactions (acid_table_id, coalesce(partition_name, ''))
    WHERE state IN ('i', 'w');
CREATE INDEX compactions_queue_idx ON skep.compactions (pool_name, id) WHERE state = 'i';
CREATE INDEX compactions_table_idx ON skep.compactions (acid_table_id, partition_name, id);
CREATE INDEX compactions_transaction_idx ON skep.compactions (transaction_id) WHERE transaction_id IS NOT NULL;

CREATE TABLE skep.compaction_metrics (
    acid_table_id  bigint NOT NULL
        CONSTRAINT compaction_metrics_table_fkey REFERENCES skep.acid_tables (id) ON DELETE CASCADE,
    type           smallint NOT NULL,
    value          integer NOT NULL,
    version        integer NOT NULL,
    threshold      integer NOT NULL,
    partition_name text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (acid_table_id, partition_name, type)
);

-- Write ids and the rest follow a table that is renamed, and go with one that is dropped.
CREATE FUNCTION skep.acid_tables_follow_rename() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
    after  record;
BEGIN
    SELECT c.name AS catalog_name, n.name AS namespace_name INTO before
    FROM skep.namespaces n JOIN skep.catalogs c ON c.id = n.catalog_id WHERE n.id = OLD.namespace_id;
    SELECT c.name AS catalog_name, n.name AS namespace_name INTO after
    FROM skep.namespaces n JOIN skep.catalogs c ON c.id = n.catalog_id WHERE n.id = NEW.namespace_id;
    -- A name that somebody wrote to without a table of that name.
    DELETE FROM skep.acid_tables
    WHERE catalog_name = after.catalog_name AND namespace_name = after.namespace_name AND table_name = NEW.name;
    UPDATE skep.acid_tables
    SET catalog_name = after.catalog_name, namespace_name = after.namespace_name, table_name = NEW.name
    WHERE catalog_name = before.catalog_name AND namespace_name = before.namespace_name AND table_name = OLD.name;
    RETURN NULL;
END
$$;
CREATE TRIGGER tables_rename_acid AFTER UPDATE OF name, namespace_id ON skep.tables
    FOR EACH ROW WHEN (OLD.name <> NEW.name OR OLD.namespace_id <> NEW.namespace_id)
    EXECUTE FUNCTION skep.acid_tables_follow_rename();

CREATE FUNCTION skep.acid_tables_follow_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM skep.acid_tables a
    USING gone g, skep.namespaces n, skep.catalogs c
    WHERE n.id = g.namespace_id AND c.id = n.catalog_id
      AND a.catalog_name = c.name AND a.namespace_name = n.name AND a.table_name = g.name;
    RETURN NULL;
END
$$;
CREATE TRIGGER tables_drop_acid AFTER DELETE ON skep.tables
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.acid_tables_follow_drop();

CREATE FUNCTION skep.acid_tables_follow_namespace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM skep.acid_tables a
    USING gone g, skep.catalogs c
    WHERE c.id = g.catalog_id AND a.catalog_name = c.name AND a.namespace_name = g.name;
    RETURN NULL;
END
$$;
CREATE TRIGGER namespaces_drop_acid AFTER DELETE ON skep.namespaces
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.acid_tables_follow_namespace();
