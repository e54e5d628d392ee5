-- Statistics of columns, as engines measured them: of a table (partition_name is '') or of one partition.
-- Rows go with their table by the foreign key, and go and are renamed with their partition by triggers: a foreign key to
-- skep.partitions would cost 12 seconds for each million of partitions dropped, also where there are no statistics; the
-- trigger sees all partitions of a statement at once. Whoever adds rows locks the partition first.
-- Locks: new objects, and a short one on skep.partitions for its triggers.
CREATE TABLE skep.column_statistics (
    table_id       bigint NOT NULL CONSTRAINT column_statistics_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    analyzed_s     bigint NOT NULL,
    kind           smallint NOT NULL,            -- member of the API's union: 1 boolean, 2 long, 3 double, ...
    partition_name text COLLATE "C" NOT NULL,
    engine         text COLLATE "C" NOT NULL,
    column_name    text COLLATE "C" NOT NULL,
    column_type    text COLLATE "C" NOT NULL,    -- as the client called it
    declared_type  text COLLATE "C" NOT NULL,    -- the table's own word when they were stored
    data           json NOT NULL,
    PRIMARY KEY (table_id, partition_name, engine, column_name)
);

CREATE FUNCTION skep.column_statistics_follow_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Planned anew each time: one partition and a million want different plans.
    EXECUTE 'DELETE FROM skep.column_statistics s USING gone g '
            'WHERE s.table_id = g.table_id AND s.partition_name = g.name';
    RETURN NULL;
END
$$;
CREATE TRIGGER partitions_drop_statistics AFTER DELETE ON skep.partitions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.column_statistics_follow_drop();

CREATE FUNCTION skep.column_statistics_follow_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skep.column_statistics SET partition_name = NEW.name
    WHERE table_id = OLD.table_id AND partition_name = OLD.name;
    RETURN NULL;
END
$$;
CREATE TRIGGER partitions_rename_statistics AFTER UPDATE OF name ON skep.partitions
    FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION skep.column_statistics_follow_rename();
