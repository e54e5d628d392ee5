-- The whole schema of Skep, as all migrations together make it. Written by `make schema`, checked by
-- `make check`; to change it, add a migration.

CREATE SCHEMA skep;

CREATE FUNCTION skep.column_statistics_follow_drop() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Planned anew each time: one partition and a million want different plans.
    EXECUTE 'DELETE FROM skep.column_statistics s USING gone g '
            'WHERE s.table_id = g.table_id AND s.partition_name = g.name';
    RETURN NULL;
END
$$;

CREATE FUNCTION skep.column_statistics_follow_rename() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE skep.column_statistics SET partition_name = NEW.name
    WHERE table_id = OLD.table_id AND partition_name = OLD.name;
    RETURN NULL;
END
$$;

CREATE TABLE skep.catalogs (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    description text,
    location text,
    created_s bigint NOT NULL
);

ALTER TABLE skep.catalogs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.catalogs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.column_statistics (
    table_id bigint NOT NULL,
    analyzed_s bigint NOT NULL,
    kind smallint NOT NULL,
    partition_name text NOT NULL COLLATE pg_catalog."C",
    engine text NOT NULL COLLATE pg_catalog."C",
    column_name text NOT NULL COLLATE pg_catalog."C",
    column_type text NOT NULL COLLATE pg_catalog."C",
    declared_type text NOT NULL COLLATE pg_catalog."C",
    data json NOT NULL
);

CREATE TABLE skep.commits (
    table_id bigint NOT NULL,
    version bigint NOT NULL,
    metadata_location text NOT NULL COLLATE pg_catalog."C",
    snapshot_id bigint,
    parent_snapshot_id bigint,
    sequence_number bigint DEFAULT 0 NOT NULL,
    timestamp_ms bigint DEFAULT 0 NOT NULL,
    operation text,
    summary text,
    committed_ms bigint NOT NULL
);

CREATE TABLE skep.constraints (
    id bigint NOT NULL,
    table_id bigint NOT NULL,
    parent_table_id bigint,
    kind smallint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    key_seq integer DEFAULT 0 NOT NULL,
    column_name text NOT NULL COLLATE pg_catalog."C",
    parent_column_name text COLLATE pg_catalog."C",
    parent_key_name text COLLATE pg_catalog."C",
    expression text,
    update_rule integer DEFAULT 0 NOT NULL,
    delete_rule integer DEFAULT 0 NOT NULL,
    is_enabled boolean NOT NULL,
    is_validated boolean NOT NULL,
    is_relied_on boolean NOT NULL
);

ALTER TABLE skep.constraints ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.constraints_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.events (
    id bigint NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    occurred_ms bigint NOT NULL,
    event_type text NOT NULL COLLATE pg_catalog."C",
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text COLLATE pg_catalog."C",
    table_name text COLLATE pg_catalog."C",
    table_id bigint,
    details jsonb
);

ALTER TABLE skep.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.functions (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    class_name text NOT NULL,
    owner_name text,
    owner_type smallint DEFAULT 0 NOT NULL,
    created_s bigint NOT NULL,
    function_type smallint DEFAULT 0 NOT NULL,
    resource_types integer[] DEFAULT '{}'::integer[] NOT NULL,
    resource_uris text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE skep.functions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.functions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.lock_components (
    lock_id bigint NOT NULL,
    ordinal integer NOT NULL,
    lock_type smallint NOT NULL,
    lock_level smallint NOT NULL,
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text NOT NULL COLLATE pg_catalog."C",
    table_name text COLLATE pg_catalog."C",
    partition_name text COLLATE pg_catalog."C",
    operation_type smallint DEFAULT 0 NOT NULL,
    is_transactional boolean DEFAULT false NOT NULL,
    is_dynamic boolean DEFAULT false NOT NULL
);

CREATE TABLE skep.locks (
    id bigint NOT NULL,
    state smallint NOT NULL,
    transaction_id bigint DEFAULT 0 NOT NULL,
    user_name text,
    host_name text,
    agent_info text,
    acquired_ms bigint DEFAULT 0 NOT NULL,
    heartbeat_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
);

ALTER TABLE skep.locks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.locks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.migrations (
    number integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    checksum text NOT NULL COLLATE pg_catalog."C",
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE skep.namespaces (
    id bigint NOT NULL,
    catalog_id bigint NOT NULL,
    parent_id bigint,
    name text NOT NULL COLLATE pg_catalog."C",
    description text,
    location text NOT NULL,
    managed_location text,
    owner_name text,
    owner_type smallint DEFAULT 0 NOT NULL,
    created_s bigint NOT NULL,
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);

ALTER TABLE skep.namespaces ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.namespaces_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.partitions (
    table_id bigint NOT NULL,
    storage_id bigint NOT NULL,
    write_id bigint,
    created_s integer NOT NULL,
    last_access_s integer DEFAULT 0 NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    key_values text[] NOT NULL COLLATE pg_catalog."C",
    location text,
    parameters jsonb
);

CREATE TABLE skep.privileges (
    id bigint NOT NULL,
    object_type smallint NOT NULL,
    namespace_id bigint,
    table_id bigint,
    column_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    principal_type smallint NOT NULL,
    principal_name text NOT NULL COLLATE pg_catalog."C",
    role_id bigint,
    privilege text NOT NULL COLLATE pg_catalog."C",
    grant_option boolean NOT NULL,
    granted_s bigint NOT NULL,
    grantor_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    grantor_type smallint DEFAULT 0 NOT NULL,
    authorizer text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE skep.privileges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.privileges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.refs (
    table_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    is_tag boolean NOT NULL,
    snapshot_id bigint NOT NULL
);

CREATE TABLE skep.role_members (
    role_id bigint NOT NULL,
    principal_type smallint NOT NULL,
    principal_name text NOT NULL COLLATE pg_catalog."C",
    member_role_id bigint,
    grant_option boolean NOT NULL,
    granted_s bigint NOT NULL,
    grantor_name text,
    grantor_type smallint DEFAULT 0 NOT NULL
);

CREATE TABLE skep.roles (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    owner_name text,
    created_s bigint NOT NULL
);

ALTER TABLE skep.roles ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.roles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.server (
    only_row boolean DEFAULT true NOT NULL,
    database_uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT server_only_row_check CHECK (only_row)
);

CREATE TABLE skep.storage_descriptors (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    body text NOT NULL
);

ALTER TABLE skep.storage_descriptors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.storage_descriptors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.tables (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    kind smallint NOT NULL,
    hms_type text NOT NULL COLLATE pg_catalog."C",
    owner_name text,
    owner_type smallint DEFAULT 1 NOT NULL,
    created_s bigint NOT NULL,
    last_access_s bigint DEFAULT 0 NOT NULL,
    retention_s integer DEFAULT 0 NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    storage_id bigint,
    location text,
    partition_keys jsonb DEFAULT '[]'::jsonb NOT NULL,
    view_original_text text,
    view_expanded_text text,
    rewrite_enabled boolean DEFAULT false NOT NULL,
    write_id bigint DEFAULT 0 NOT NULL,
    metadata_location text,
    previous_metadata_location text,
    current_snapshot_id bigint,
    version bigint DEFAULT 1 NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE skep.tables ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.tables_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY skep.catalogs
    ADD CONSTRAINT catalogs_name_key UNIQUE (name);

ALTER TABLE ONLY skep.catalogs
    ADD CONSTRAINT catalogs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.column_statistics
    ADD CONSTRAINT column_statistics_pkey PRIMARY KEY (table_id, partition_name, engine, column_name);

ALTER TABLE ONLY skep.commits
    ADD CONSTRAINT commits_pkey PRIMARY KEY (table_id, version);

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_column_key UNIQUE (table_id, kind, name, column_name);

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.functions
    ADD CONSTRAINT functions_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.functions
    ADD CONSTRAINT functions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.lock_components
    ADD CONSTRAINT lock_components_pkey PRIMARY KEY (lock_id, ordinal);

ALTER TABLE ONLY skep.locks
    ADD CONSTRAINT locks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (number);

ALTER TABLE ONLY skep.namespaces
    ADD CONSTRAINT namespaces_name_key UNIQUE (catalog_id, name);

ALTER TABLE ONLY skep.namespaces
    ADD CONSTRAINT namespaces_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.partitions
    ADD CONSTRAINT partitions_pkey PRIMARY KEY (table_id, name);

ALTER TABLE ONLY skep.privileges
    ADD CONSTRAINT privileges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.refs
    ADD CONSTRAINT refs_pkey PRIMARY KEY (table_id, name);

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_pkey PRIMARY KEY (role_id, principal_type, principal_name);

ALTER TABLE ONLY skep.roles
    ADD CONSTRAINT roles_name_key UNIQUE (name);

ALTER TABLE ONLY skep.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.server
    ADD CONSTRAINT server_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY skep.storage_descriptors
    ADD CONSTRAINT storage_descriptors_digest_key UNIQUE (digest);

ALTER TABLE ONLY skep.storage_descriptors
    ADD CONSTRAINT storage_descriptors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_pkey PRIMARY KEY (id);

CREATE INDEX constraints_parent_idx ON skep.constraints USING btree (parent_table_id) WHERE (parent_table_id IS NOT NULL);

CREATE INDEX events_occurred_idx ON skep.events USING btree (occurred_ms);

CREATE INDEX lock_components_object_idx ON skep.lock_components USING btree (catalog_name, namespace_name, table_name);

CREATE INDEX locks_expires_idx ON skep.locks USING btree (expires_ms);

CREATE INDEX namespaces_parent_idx ON skep.namespaces USING btree (catalog_id, parent_id, name);

CREATE INDEX partitions_first_number_idx ON skep.partitions USING btree (table_id, (
CASE
    WHEN ((key_values[1] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[1] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[1], '-'::text) <= '9223372036854775807'::text) OR (key_values[1] = '-9223372036854775808'::text)))) THEN (key_values[1])::bigint
    ELSE NULL::bigint
END)) WHERE (
CASE
    WHEN ((key_values[1] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[1] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[1], '-'::text) <= '9223372036854775807'::text) OR (key_values[1] = '-9223372036854775808'::text)))) THEN (key_values[1])::bigint
    ELSE NULL::bigint
END IS NOT NULL);

CREATE INDEX partitions_first_value_idx ON skep.partitions USING btree (table_id, (key_values[1]));

CREATE UNIQUE INDEX privileges_grant_key ON skep.privileges USING btree (principal_type, principal_name, object_type, COALESCE(table_id, (0)::bigint), COALESCE(namespace_id, (0)::bigint), column_name, lower(privilege), lower(grantor_name), authorizer);

CREATE INDEX privileges_namespace_idx ON skep.privileges USING btree (namespace_id) WHERE (namespace_id IS NOT NULL);

CREATE INDEX privileges_role_idx ON skep.privileges USING btree (role_id) WHERE (role_id IS NOT NULL);

CREATE INDEX privileges_table_idx ON skep.privileges USING btree (table_id) WHERE (table_id IS NOT NULL);

CREATE INDEX role_members_member_idx ON skep.role_members USING btree (member_role_id) WHERE (member_role_id IS NOT NULL);

CREATE INDEX role_members_principal_idx ON skep.role_members USING btree (principal_type, principal_name);

CREATE TRIGGER partitions_drop_statistics AFTER DELETE ON skep.partitions REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.column_statistics_follow_drop();

CREATE TRIGGER partitions_rename_statistics AFTER UPDATE OF name ON skep.partitions FOR EACH ROW WHEN ((old.name <> new.name)) EXECUTE FUNCTION skep.column_statistics_follow_rename();

ALTER TABLE ONLY skep.column_statistics
    ADD CONSTRAINT column_statistics_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.commits
    ADD CONSTRAINT commits_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_parent_fkey FOREIGN KEY (parent_table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.functions
    ADD CONSTRAINT functions_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.lock_components
    ADD CONSTRAINT lock_components_lock_fkey FOREIGN KEY (lock_id) REFERENCES skep.locks(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.namespaces
    ADD CONSTRAINT namespaces_catalog_fkey FOREIGN KEY (catalog_id) REFERENCES skep.catalogs(id);

ALTER TABLE ONLY skep.namespaces
    ADD CONSTRAINT namespaces_parent_fkey FOREIGN KEY (parent_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.partitions
    ADD CONSTRAINT partitions_storage_fkey FOREIGN KEY (storage_id) REFERENCES skep.storage_descriptors(id);

ALTER TABLE ONLY skep.partitions
    ADD CONSTRAINT partitions_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.privileges
    ADD CONSTRAINT privileges_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.privileges
    ADD CONSTRAINT privileges_role_fkey FOREIGN KEY (role_id) REFERENCES skep.roles(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.privileges
    ADD CONSTRAINT privileges_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.refs
    ADD CONSTRAINT refs_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_member_fkey FOREIGN KEY (member_role_id) REFERENCES skep.roles(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_role_fkey FOREIGN KEY (role_id) REFERENCES skep.roles(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_storage_fkey FOREIGN KEY (storage_id) REFERENCES skep.storage_descriptors(id);
