-- Constraints that clients declare on tables. They are kept and answered, not enforced. Locks: new objects only.

-- One row for each column of a constraint. kind: 0 primary key, 1 foreign key, 2 unique, 3 not null, 4 default, 5 check.
-- A foreign key goes with either of its tables. expression: of a default or a check.
CREATE TABLE skep.constraints (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_id           bigint NOT NULL CONSTRAINT constraints_table_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    parent_table_id    bigint CONSTRAINT constraints_parent_fkey REFERENCES skep.tables (id) ON DELETE CASCADE,
    kind               smallint NOT NULL,
    name               text COLLATE "C" NOT NULL,
    key_seq            integer NOT NULL DEFAULT 0,
    column_name        text COLLATE "C" NOT NULL,
    parent_column_name text COLLATE "C",
    parent_key_name    text COLLATE "C",
    expression         text,
    update_rule        integer NOT NULL DEFAULT 0,
    delete_rule        integer NOT NULL DEFAULT 0,
    is_enabled         boolean NOT NULL,
    is_validated       boolean NOT NULL,
    is_relied_on       boolean NOT NULL,
    CONSTRAINT constraints_column_key UNIQUE (table_id, kind, name, column_name)
);
CREATE INDEX constraints_parent_idx ON skep.constraints (parent_table_id) WHERE parent_table_id IS NOT NULL;
