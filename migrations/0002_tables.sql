-- Tables and views of every kind in one name space, their storage descriptors, and the pointer that commits move.
-- Locks: new objects only.

-- Content-addressed: digest is sha256 of body, body the canonical JSON of a storage descriptor without location.
-- Rows are never changed, and shared by tables and partitions.
CREATE TABLE skep.storage_descriptors (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL,
    body   text NOT NULL,
    CONSTRAINT storage_descriptors_digest_key UNIQUE (digest)
);

-- kind: CatalogTableKind (0 hive table, 1 hive view, 2 iceberg table, 3 iceberg view).
-- parameters holds all HMS parameters but metadata_location and previous_metadata_location, which are columns.
-- A swap is: UPDATE ... SET metadata_location = new WHERE id = $1 AND metadata_location = expected.
CREATE TABLE skep.tables (
    id                         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id               bigint NOT NULL CONSTRAINT tables_namespace_fkey REFERENCES skep.namespaces (id),
    name                       text COLLATE "C" NOT NULL,
    uuid                       uuid NOT NULL DEFAULT gen_random_uuid(),
    kind                       smallint NOT NULL,
    hms_type                   text COLLATE "C" NOT NULL,
    owner_name                 text,
    owner_type                 smallint NOT NULL DEFAULT 1,
    created_s                  bigint NOT NULL,
    last_access_s              bigint NOT NULL DEFAULT 0,
    retention_s                integer NOT NULL DEFAULT 0,
    parameters                 jsonb NOT NULL DEFAULT '{}',
    storage_id                 bigint CONSTRAINT tables_storage_fkey REFERENCES skep.storage_descriptors (id),
    location                   text,
    partition_keys             jsonb NOT NULL DEFAULT '[]', -- [{"name":..,"type":..,"comment":..}]
    view_original_text         text,
    view_expanded_text         text,
    rewrite_enabled            boolean NOT NULL DEFAULT false,
    write_id                   bigint NOT NULL DEFAULT 0,
    metadata_location          text,
    previous_metadata_location text,
    current_snapshot_id        bigint,
    version                    bigint NOT NULL DEFAULT 1,
    CONSTRAINT tables_name_key UNIQUE (namespace_id, name)
) WITH (fillfactor = 70);

-- Branches and tags. They serve the admin command, history and events; loadTable never reads them.
CREATE TABLE skep.refs (
    table_id    bigint NOT NULL CONSTRAINT refs_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    name        text COLLATE "C" NOT NULL,
    is_tag      boolean NOT NULL,
    snapshot_id bigint NOT NULL,
    PRIMARY KEY (table_id, name)
);

-- One row for each commit, written in the same statement as the swap that makes it true. metadata_location is the
-- commit's unique mark: after a lost connection the server looks for it here.
CREATE TABLE skep.commits (
    table_id           bigint NOT NULL CONSTRAINT commits_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    version            bigint NOT NULL,
    metadata_location  text COLLATE "C" NOT NULL,
    snapshot_id        bigint,
    parent_snapshot_id bigint,
    sequence_number    bigint NOT NULL DEFAULT 0,
    timestamp_ms       bigint NOT NULL DEFAULT 0,
    operation          text,
    summary            text,
    committed_ms       bigint NOT NULL,
    PRIMARY KEY (table_id, version)
);
