-- HMS locks are leases: a lock whose expires_ms has passed counts as gone for everybody at once, whether or not it has been
-- removed yet. state: 1 acquired, 2 waiting (Hive's LockState). Locks: new objects only.
CREATE TABLE skep.locks (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state          smallint NOT NULL,
    transaction_id bigint NOT NULL DEFAULT 0,
    user_name      text,
    host_name      text,
    agent_info     text,
    acquired_ms    bigint NOT NULL DEFAULT 0,
    heartbeat_ms   bigint NOT NULL,
    expires_ms     bigint NOT NULL
);
CREATE INDEX locks_expires_idx ON skep.locks (expires_ms);

CREATE TABLE skep.lock_components (
    lock_id          bigint NOT NULL CONSTRAINT lock_components_lock_fkey REFERENCES skep.locks (id) ON DELETE CASCADE,
    ordinal          integer NOT NULL,
    lock_type        smallint NOT NULL,
    lock_level       smallint NOT NULL,
    catalog_name     text COLLATE "C" NOT NULL,
    namespace_name   text COLLATE "C" NOT NULL,
    table_name       text COLLATE "C",
    partition_name   text COLLATE "C",
    operation_type   smallint NOT NULL DEFAULT 0,
    is_transactional boolean NOT NULL DEFAULT false,
    is_dynamic       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (lock_id, ordinal)
);
CREATE INDEX lock_components_object_idx ON skep.lock_components (catalog_name, namespace_name, table_name);
