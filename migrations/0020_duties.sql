-- Background work that any server may do, one at a time: who does it now, and how it went. Locks: new objects only.

-- A duty is free when its lease has ended. holder: who has it or had it last. success_ms: of the last success, at first when
-- the row was made. failures: since then. Rows are made by the servers that know the duty.
CREATE TABLE skep.duties (
    name          text COLLATE "C" PRIMARY KEY,
    holder        text,
    lease_ends_ms bigint NOT NULL DEFAULT 0,
    due_ms        bigint NOT NULL DEFAULT 0,
    started_ms    bigint NOT NULL DEFAULT 0,
    success_ms    bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    failures      integer NOT NULL DEFAULT 0,
    last_error    text
) WITH (fillfactor = 50);
