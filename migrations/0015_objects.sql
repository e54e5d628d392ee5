-- Named types, master keys and delegation tokens, marks that clients put on partitions, and privileges on single
-- partitions. Locks: a short one on skep.privileges for its column and index, and on skep.partitions for its triggers.

-- fields: the columns of a struct type as a list of {"name", "type", "comment"}; NULL: not said.
CREATE TABLE skep.types (
    name   text COLLATE "C" NOT NULL CONSTRAINT types_pkey PRIMARY KEY,
    type1  text,
    type2  text,
    fields json
);

-- Clients keep what they sign delegation tokens with; this server never reads either.
CREATE TABLE skep.token_keys (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content text NOT NULL
);
CREATE TABLE skep.tokens (
    identifier text COLLATE "C" NOT NULL CONSTRAINT tokens_pkey PRIMARY KEY,
    content    text NOT NULL
);

-- partition_name need not be the name of a partition that is there: clients mark what they are about to load.
CREATE TABLE skep.partition_marks (
    table_id       bigint NOT NULL CONSTRAINT partition_marks_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    marked_ms      bigint NOT NULL,
    event_type     integer NOT NULL,
    partition_name text COLLATE "C" NOT NULL,
    CONSTRAINT partition_marks_pkey PRIMARY KEY (table_id, partition_name, event_type)
);

-- '' for all grants but those on a partition (object type 4) or on a column of one partition (5).
ALTER TABLE skep.privileges ADD COLUMN partition_name text COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX skep.privileges_grant_key;
CREATE UNIQUE INDEX privileges_grant_key ON skep.privileges (
    principal_type, principal_name, object_type, coalesce(table_id, 0), coalesce(namespace_id, 0), column_name,
    lower(privilege), lower(grantor_name), authorizer, partition_name);
CREATE INDEX privileges_partition_idx ON skep.privileges (table_id, partition_name) WHERE partition_name <> '';

-- Grants on a partition go and are renamed with it, by triggers as its statistics do. The question first is a look at an
-- index that is empty nearly everywhere.
CREATE FUNCTION skep.privileges_follow_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM skep.privileges WHERE partition_name <> '') THEN
        EXECUTE 'DELETE FROM skep.privileges p USING gone g '
                'WHERE p.table_id = g.table_id AND p.partition_name = g.name AND p.partition_name <> ''''';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER partitions_drop_privileges AFTER DELETE ON skep.partitions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.privileges_follow_drop();

CREATE FUNCTION skep.privileges_follow_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skep.privileges SET partition_name = NEW.name
    WHERE table_id = OLD.table_id AND partition_name = OLD.name AND partition_name <> '';
    RETURN NULL;
END
$$;
CREATE TRIGGER partitions_rename_privileges AFTER UPDATE OF name ON skep.partitions
    FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION skep.privileges_follow_rename();

-- A table with the parameter PARTITION_LEVEL_PRIVILEGE hands its grants, and those on its columns, to each new partition.
CREATE FUNCTION skep.privileges_follow_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM skep.tables t WHERE t.id IN (SELECT m.table_id FROM made m)
               AND upper(t.parameters ->> 'PARTITION_LEVEL_PRIVILEGE') = 'TRUE') THEN
        INSERT INTO skep.privileges (object_type, table_id, partition_name, column_name, principal_type, principal_name,
                                     role_id, privilege, grant_option, granted_s, grantor_name, grantor_type, authorizer)
        SELECT CASE p.object_type WHEN 3 THEN 4 ELSE 5 END, p.table_id, m.name, p.column_name, p.principal_type,
               p.principal_name, p.role_id, p.privilege, p.grant_option, extract(epoch FROM now())::bigint,
               p.grantor_name, p.grantor_type, p.authorizer
        FROM made m
        JOIN skep.tables t ON t.id = m.table_id AND upper(t.parameters ->> 'PARTITION_LEVEL_PRIVILEGE') = 'TRUE'
        JOIN skep.privileges p ON p.table_id = m.table_id AND p.partition_name = '' AND p.object_type IN (3, 5)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER partitions_add_privileges AFTER INSERT ON skep.partitions
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION skep.privileges_follow_add();
