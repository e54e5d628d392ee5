-- Partitions of Hive tables: one narrow row each (at most 300 bytes with its index entries for ordinary keys), the
-- storage descriptor shared, the location NULL when it is the derived one (table location + '/' + name).
-- Locks: new objects only.
CREATE TABLE skep.partitions (
    table_id      bigint NOT NULL CONSTRAINT partitions_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    storage_id    bigint NOT NULL CONSTRAINT partitions_storage_fkey REFERENCES skep.storage_descriptors (id),
    write_id      bigint,
    created_s     integer NOT NULL,
    last_access_s integer NOT NULL DEFAULT 0,
    name          text COLLATE "C" NOT NULL,   -- escaped, key=value/key=value: the order of every listing
    key_values    text[] COLLATE "C" NOT NULL, -- unescaped, in the order of the keys
    location      text,
    parameters    jsonb,
    PRIMARY KEY (table_id, name)
);
-- Equality and ranges on the first key, the common filter; later keys are read from the rows that it leaves.
CREATE INDEX partitions_first_value_idx ON skep.partitions (table_id, (key_values[1]));
