-- The whole schema of Skep, as all migrations together make it. Written by `make schema`, checked by
-- `make check`; to change it, add a migration.

CREATE SCHEMA skep;

CREATE FUNCTION skep.acid_tables_follow_drop() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM skep.acid_tables a
    USING gone g, skep.namespaces n, skep.catalogs c
    WHERE n.id = g.namespace_id AND c.id = n.catalog_id
      AND a.catalog_name = c.name AND a.namespace_name = n.name AND a.table_name = g.name;
    RETURN NULL;
END
$$;

CREATE FUNCTION skep.acid_tables_follow_namespace() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM skep.acid_tables a
    USING gone g, skep.catalogs c
    WHERE c.id = g.catalog_id AND a.catalog_name = c.name AND a.namespace_name = g.name;
    RETURN NULL;
END
$$;

CREATE FUNCTION skep.acid_tables_follow_rename() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION skep.privileges_follow_add() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION skep.privileges_follow_drop() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM skep.privileges WHERE partition_name <> '') THEN
        EXECUTE 'DELETE FROM skep.privileges p USING gone g '
                'WHERE p.table_id = g.table_id AND p.partition_name = g.name AND p.partition_name <> ''''';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION skep.privileges_follow_rename() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE skep.privileges SET partition_name = NEW.name
    WHERE table_id = OLD.table_id AND partition_name = OLD.name AND partition_name <> '';
    RETURN NULL;
END
$$;

CREATE TABLE skep.acid_tables (
    id bigint NOT NULL,
    next_write_id bigint DEFAULT 1 NOT NULL,
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C"
)
WITH (fillfactor='70');

ALTER TABLE skep.acid_tables ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.acid_tables_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.catalogs (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    description text,
    location text,
    created_s bigint NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL
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

CREATE TABLE skep.compaction_metrics (
    acid_table_id bigint NOT NULL,
    type smallint NOT NULL,
    value integer NOT NULL,
    version integer NOT NULL,
    threshold integer NOT NULL,
    partition_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE skep.compactions (
    id bigint NOT NULL,
    acid_table_id bigint NOT NULL,
    state "char" NOT NULL,
    type smallint NOT NULL,
    bucket_count integer DEFAULT '-1'::integer NOT NULL,
    enqueued_ms bigint NOT NULL,
    started_ms bigint,
    ended_ms bigint,
    committed_ms bigint,
    cleaning_ms bigint,
    retry_ms bigint DEFAULT 0 NOT NULL,
    highest_write_id bigint,
    transaction_id bigint,
    next_id bigint,
    partition_name text COLLATE pg_catalog."C",
    pool_name text NOT NULL COLLATE pg_catalog."C",
    properties text,
    run_as text,
    worker_id text,
    worker_version text,
    initiator_id text,
    initiator_version text,
    job_id text,
    meta_info text,
    error_message text,
    order_by text
);

ALTER TABLE skep.compactions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.compactions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE skep.data_connectors (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    connector_type text NOT NULL,
    url text NOT NULL,
    description text,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    owner_name text,
    owner_type smallint DEFAULT 0 NOT NULL,
    created_s bigint NOT NULL
);

ALTER TABLE skep.data_connectors ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.data_connectors_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.dropped_tables (
    id bigint NOT NULL,
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    uuid uuid NOT NULL,
    kind smallint NOT NULL,
    location text,
    metadata_location text,
    dropped_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    content jsonb NOT NULL
);

CREATE TABLE skep.duties (
    name text NOT NULL COLLATE pg_catalog."C",
    holder text,
    lease_ends_ms bigint DEFAULT 0 NOT NULL,
    due_ms bigint DEFAULT 0 NOT NULL,
    started_ms bigint DEFAULT 0 NOT NULL,
    success_ms bigint DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    last_error text
)
WITH (fillfactor='50');

CREATE TABLE skep.event_counter (
    only_row boolean DEFAULT true NOT NULL,
    last_number bigint DEFAULT 0 NOT NULL,
    CONSTRAINT event_counter_only_row_check CHECK (only_row)
);

CREATE TABLE skep.events (
    id bigint NOT NULL,
    occurred_ms bigint NOT NULL,
    event_type text NOT NULL COLLATE pg_catalog."C",
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text COLLATE pg_catalog."C",
    table_name text COLLATE pg_catalog."C",
    table_id bigint,
    details jsonb,
    number bigint
)
WITH (toast_tuple_target='4080');

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

CREATE TABLE skep.idempotency_keys (
    key uuid NOT NULL,
    digest bytea NOT NULL,
    status smallint NOT NULL,
    body text,
    metadata_location text,
    expires_ms bigint NOT NULL
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

CREATE TABLE skep.packages (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    owner_name text,
    header text NOT NULL,
    body text NOT NULL
);

ALTER TABLE skep.packages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.packages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.partition_marks (
    table_id bigint NOT NULL,
    marked_ms bigint NOT NULL,
    event_type integer NOT NULL,
    partition_name text NOT NULL COLLATE pg_catalog."C"
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
    authorizer text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    partition_name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE skep.privileges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.privileges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.procedures (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    owner_name text,
    source text NOT NULL
);

ALTER TABLE skep.procedures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.procedures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.rebuild_locks (
    transaction_id bigint NOT NULL,
    expires_ms bigint NOT NULL,
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE skep.refs (
    table_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    is_tag boolean NOT NULL,
    snapshot_id bigint NOT NULL
);

CREATE TABLE skep.replayed_transactions (
    policy text NOT NULL COLLATE pg_catalog."C",
    source_id bigint NOT NULL,
    target_id bigint NOT NULL
);

CREATE TABLE skep.replication_metrics (
    scheduled_execution_id bigint NOT NULL,
    policy text NOT NULL COLLATE pg_catalog."C",
    dump_execution_id bigint NOT NULL,
    metadata text,
    progress text,
    message_format text,
    started_s bigint NOT NULL
);

CREATE TABLE skep.resource_mappings (
    plan_id bigint NOT NULL,
    entity_type text NOT NULL COLLATE pg_catalog."C",
    entity_name text NOT NULL COLLATE pg_catalog."C",
    pool_path text COLLATE pg_catalog."C",
    ordering integer
);

CREATE TABLE skep.resource_plans (
    id bigint NOT NULL,
    cluster_namespace text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    status smallint NOT NULL,
    query_parallelism integer,
    default_pool_path text COLLATE pg_catalog."C"
);

ALTER TABLE skep.resource_plans ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.resource_plans_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.resource_pool_triggers (
    plan_id bigint NOT NULL,
    pool_path text NOT NULL COLLATE pg_catalog."C",
    trigger_name text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE skep.resource_pools (
    plan_id bigint NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    alloc_fraction double precision NOT NULL,
    query_parallelism integer NOT NULL,
    scheduling_policy text
);

CREATE TABLE skep.resource_triggers (
    plan_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    trigger_expression text,
    action_expression text,
    is_in_unmanaged boolean NOT NULL
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

CREATE TABLE skep.runtime_statistics (
    id bigint NOT NULL,
    created_s bigint NOT NULL,
    kept_s bigint NOT NULL,
    weight integer NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE skep.runtime_statistics ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.runtime_statistics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.scan_plans (
    id uuid NOT NULL,
    table_id bigint NOT NULL,
    metadata_location text NOT NULL,
    request text NOT NULL,
    expires_ms bigint NOT NULL
);

CREATE TABLE skep.scheduled_executions (
    id bigint NOT NULL,
    query_id bigint NOT NULL,
    state smallint NOT NULL,
    started_s bigint NOT NULL,
    updated_s bigint,
    ended_s bigint,
    executor_query_id text,
    error_message text
);

ALTER TABLE skep.scheduled_executions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.scheduled_executions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.scheduled_queries (
    id bigint NOT NULL,
    cluster_namespace text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    is_enabled boolean NOT NULL,
    schedule text NOT NULL,
    user_name text,
    query text,
    next_execution_s bigint,
    active_execution_id bigint
);

ALTER TABLE skep.scheduled_queries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.scheduled_queries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.schema_columns (
    version_id bigint NOT NULL,
    place integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    type text COLLATE pg_catalog."C",
    comment text COLLATE pg_catalog."C"
);

CREATE TABLE skep.schema_versions (
    id bigint NOT NULL,
    schema_id bigint NOT NULL,
    version integer NOT NULL,
    created_at bigint NOT NULL,
    state smallint DEFAULT 0 NOT NULL,
    description text,
    schema_text text,
    fingerprint text,
    name text,
    has_serde boolean DEFAULT false NOT NULL,
    serde_name text,
    serde_library text,
    serde_parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    serde_description text,
    serde_serializer text,
    serde_deserializer text,
    serde_type smallint DEFAULT 0 NOT NULL
);

ALTER TABLE skep.schema_versions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.schema_versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.schemas (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    schema_type smallint DEFAULT 0 NOT NULL,
    compatibility smallint DEFAULT 0 NOT NULL,
    validation smallint DEFAULT 0 NOT NULL,
    can_evolve boolean NOT NULL,
    schema_group text,
    description text
);

ALTER TABLE skep.schemas ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.schemas_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.serdes (
    name text NOT NULL COLLATE pg_catalog."C",
    library text,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    description text,
    serializer text,
    deserializer text,
    serde_type smallint DEFAULT 0 NOT NULL
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

CREATE TABLE skep.sweeps (
    table_id bigint NOT NULL,
    swept_ms bigint NOT NULL
);

CREATE TABLE skep.table_reports (
    id bigint NOT NULL,
    table_id bigint NOT NULL,
    received_ms bigint NOT NULL,
    report_type text NOT NULL,
    snapshot_id bigint,
    operation text,
    report jsonb NOT NULL
);

ALTER TABLE skep.table_reports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.table_reports_id_seq
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
    version bigint DEFAULT 1 NOT NULL,
    creation_metadata jsonb
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

CREATE TABLE skep.tasks (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    state text DEFAULT 'waiting'::text NOT NULL COLLATE pg_catalog."C",
    catalog_name text NOT NULL COLLATE pg_catalog."C",
    namespace_name text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C",
    table_uuid uuid NOT NULL,
    location text,
    metadata_location text,
    created_ms bigint DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint NOT NULL,
    due_ms bigint DEFAULT 0 NOT NULL,
    finished_ms bigint,
    attempts integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    files_found bigint DEFAULT 0 NOT NULL,
    files_deleted bigint DEFAULT 0 NOT NULL,
    files_left bigint DEFAULT 0 NOT NULL,
    error text,
    holder text,
    lease_ends_ms bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE skep.tasks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.tasks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.token_keys (
    id integer NOT NULL,
    content text NOT NULL
);

ALTER TABLE skep.token_keys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.token_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.tokens (
    identifier text NOT NULL COLLATE pg_catalog."C",
    content text NOT NULL
);

CREATE TABLE skep.transaction_files (
    id bigint NOT NULL,
    transaction_id bigint NOT NULL,
    acid_table_id bigint NOT NULL,
    write_id bigint NOT NULL,
    partition_name text COLLATE pg_catalog."C",
    files text NOT NULL
);

ALTER TABLE skep.transaction_files ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.transaction_files_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.transaction_floor (
    only_row boolean DEFAULT true NOT NULL,
    id bigint NOT NULL,
    CONSTRAINT transaction_floor_only_row_check CHECK (only_row)
);

CREATE SEQUENCE skep.transaction_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE skep.transaction_reads (
    transaction_id bigint NOT NULL,
    acid_table_id bigint NOT NULL,
    write_id bigint NOT NULL
);

CREATE TABLE skep.transaction_writes (
    transaction_id bigint NOT NULL,
    acid_table_id bigint NOT NULL,
    write_id bigint,
    operation "char" NOT NULL,
    is_pending boolean DEFAULT false NOT NULL,
    partition_name text COLLATE pg_catalog."C"
);

CREATE TABLE skep.transactions (
    id bigint NOT NULL,
    state smallint DEFAULT 3 NOT NULL,
    type smallint DEFAULT 0 NOT NULL,
    opened_in pg_snapshot DEFAULT pg_current_snapshot() NOT NULL,
    committed_by xid8,
    commit_id bigint,
    opened_ms bigint NOT NULL,
    heartbeat_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    ended_ms bigint,
    user_name text,
    host_name text,
    agent_info text
)
WITH (fillfactor='80');

CREATE TABLE skep.types (
    name text NOT NULL COLLATE pg_catalog."C",
    type1 text,
    type2 text,
    fields json
);

CREATE TABLE skep.udfs (
    id bigint NOT NULL,
    namespace_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    uuid uuid NOT NULL,
    metadata text NOT NULL
);

ALTER TABLE skep.udfs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME skep.udfs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE skep.warehouses (
    catalog_id bigint NOT NULL,
    allowed_prefixes text[] DEFAULT '{}'::text[] NOT NULL,
    storage jsonb,
    key_id text,
    sealed_secrets bytea,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT warehouses_secrets_check CHECK (((key_id IS NULL) = (sealed_secrets IS NULL)))
);

CREATE TABLE skep.write_ids (
    acid_table_id bigint NOT NULL,
    write_id bigint NOT NULL,
    transaction_id bigint NOT NULL
);

ALTER TABLE ONLY skep.acid_tables
    ADD CONSTRAINT acid_tables_name_key UNIQUE (catalog_name, namespace_name, table_name);

ALTER TABLE ONLY skep.acid_tables
    ADD CONSTRAINT acid_tables_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.catalogs
    ADD CONSTRAINT catalogs_name_key UNIQUE (name);

ALTER TABLE ONLY skep.catalogs
    ADD CONSTRAINT catalogs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.column_statistics
    ADD CONSTRAINT column_statistics_pkey PRIMARY KEY (table_id, partition_name, engine, column_name);

ALTER TABLE ONLY skep.commits
    ADD CONSTRAINT commits_pkey PRIMARY KEY (table_id, version);

ALTER TABLE ONLY skep.compaction_metrics
    ADD CONSTRAINT compaction_metrics_pkey PRIMARY KEY (acid_table_id, partition_name, type);

ALTER TABLE ONLY skep.compactions
    ADD CONSTRAINT compactions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_column_key UNIQUE (table_id, kind, name, column_name);

ALTER TABLE ONLY skep.constraints
    ADD CONSTRAINT constraints_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.data_connectors
    ADD CONSTRAINT data_connectors_name_key UNIQUE (name);

ALTER TABLE ONLY skep.data_connectors
    ADD CONSTRAINT data_connectors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.dropped_tables
    ADD CONSTRAINT dropped_tables_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.duties
    ADD CONSTRAINT duties_pkey PRIMARY KEY (name);

ALTER TABLE ONLY skep.event_counter
    ADD CONSTRAINT event_counter_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY skep.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.functions
    ADD CONSTRAINT functions_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.functions
    ADD CONSTRAINT functions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key);

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

ALTER TABLE ONLY skep.packages
    ADD CONSTRAINT packages_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.packages
    ADD CONSTRAINT packages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.partition_marks
    ADD CONSTRAINT partition_marks_pkey PRIMARY KEY (table_id, partition_name, event_type);

ALTER TABLE ONLY skep.partitions
    ADD CONSTRAINT partitions_pkey PRIMARY KEY (table_id, name);

ALTER TABLE ONLY skep.privileges
    ADD CONSTRAINT privileges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.procedures
    ADD CONSTRAINT procedures_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.procedures
    ADD CONSTRAINT procedures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.rebuild_locks
    ADD CONSTRAINT rebuild_locks_pkey PRIMARY KEY (catalog_name, namespace_name, table_name);

ALTER TABLE ONLY skep.refs
    ADD CONSTRAINT refs_pkey PRIMARY KEY (table_id, name);

ALTER TABLE ONLY skep.replayed_transactions
    ADD CONSTRAINT replayed_transactions_pkey PRIMARY KEY (policy, source_id);

ALTER TABLE ONLY skep.replication_metrics
    ADD CONSTRAINT replication_metrics_pkey PRIMARY KEY (scheduled_execution_id);

ALTER TABLE ONLY skep.resource_mappings
    ADD CONSTRAINT resource_mappings_pkey PRIMARY KEY (plan_id, entity_type, entity_name);

ALTER TABLE ONLY skep.resource_plans
    ADD CONSTRAINT resource_plans_active_key EXCLUDE USING btree (cluster_namespace WITH =) WHERE ((status = 1)) DEFERRABLE;

ALTER TABLE ONLY skep.resource_plans
    ADD CONSTRAINT resource_plans_name_key UNIQUE (cluster_namespace, name) DEFERRABLE;

ALTER TABLE ONLY skep.resource_plans
    ADD CONSTRAINT resource_plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.resource_pool_triggers
    ADD CONSTRAINT resource_pool_triggers_pkey PRIMARY KEY (plan_id, pool_path, trigger_name);

ALTER TABLE ONLY skep.resource_pools
    ADD CONSTRAINT resource_pools_pkey PRIMARY KEY (plan_id, path);

ALTER TABLE ONLY skep.resource_triggers
    ADD CONSTRAINT resource_triggers_pkey PRIMARY KEY (plan_id, name);

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_pkey PRIMARY KEY (role_id, principal_type, principal_name);

ALTER TABLE ONLY skep.roles
    ADD CONSTRAINT roles_name_key UNIQUE (name);

ALTER TABLE ONLY skep.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.runtime_statistics
    ADD CONSTRAINT runtime_statistics_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.scan_plans
    ADD CONSTRAINT scan_plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.scheduled_executions
    ADD CONSTRAINT scheduled_executions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.scheduled_queries
    ADD CONSTRAINT scheduled_queries_name_key UNIQUE (cluster_namespace, name);

ALTER TABLE ONLY skep.scheduled_queries
    ADD CONSTRAINT scheduled_queries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.schema_columns
    ADD CONSTRAINT schema_columns_pkey PRIMARY KEY (version_id, place);

ALTER TABLE ONLY skep.schema_versions
    ADD CONSTRAINT schema_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.schema_versions
    ADD CONSTRAINT schema_versions_version_key UNIQUE (schema_id, version);

ALTER TABLE ONLY skep.schemas
    ADD CONSTRAINT schemas_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.schemas
    ADD CONSTRAINT schemas_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.serdes
    ADD CONSTRAINT serdes_pkey PRIMARY KEY (name);

ALTER TABLE ONLY skep.server
    ADD CONSTRAINT server_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY skep.storage_descriptors
    ADD CONSTRAINT storage_descriptors_digest_key UNIQUE (digest);

ALTER TABLE ONLY skep.storage_descriptors
    ADD CONSTRAINT storage_descriptors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.sweeps
    ADD CONSTRAINT sweeps_pkey PRIMARY KEY (table_id);

ALTER TABLE ONLY skep.table_reports
    ADD CONSTRAINT table_reports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.token_keys
    ADD CONSTRAINT token_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (identifier);

ALTER TABLE ONLY skep.transaction_files
    ADD CONSTRAINT transaction_files_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.transaction_floor
    ADD CONSTRAINT transaction_floor_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY skep.transaction_reads
    ADD CONSTRAINT transaction_reads_pkey PRIMARY KEY (transaction_id, acid_table_id);

ALTER TABLE ONLY skep.transactions
    ADD CONSTRAINT transactions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.types
    ADD CONSTRAINT types_pkey PRIMARY KEY (name);

ALTER TABLE ONLY skep.udfs
    ADD CONSTRAINT udfs_name_key UNIQUE (namespace_id, name);

ALTER TABLE ONLY skep.udfs
    ADD CONSTRAINT udfs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY skep.warehouses
    ADD CONSTRAINT warehouses_pkey PRIMARY KEY (catalog_id);

ALTER TABLE ONLY skep.write_ids
    ADD CONSTRAINT write_ids_pkey PRIMARY KEY (acid_table_id, write_id);

CREATE UNIQUE INDEX compactions_active_key ON skep.compactions USING btree (acid_table_id, COALESCE(partition_name, ''::text)) WHERE (state = ANY (ARRAY['i'::"char", 'w'::"char"]));

CREATE INDEX compactions_queue_idx ON skep.compactions USING btree (pool_name, id) WHERE (state = 'i'::"char");

CREATE INDEX compactions_table_idx ON skep.compactions USING btree (acid_table_id, partition_name, id);

CREATE INDEX compactions_transaction_idx ON skep.compactions USING btree (transaction_id) WHERE (transaction_id IS NOT NULL);

CREATE INDEX constraints_parent_idx ON skep.constraints USING btree (parent_table_id) WHERE (parent_table_id IS NOT NULL);

CREATE INDEX dropped_tables_expires_idx ON skep.dropped_tables USING btree (expires_ms);

CREATE INDEX dropped_tables_name_idx ON skep.dropped_tables USING btree (catalog_name, namespace_name, name, dropped_ms);

CREATE INDEX dropped_tables_place_idx ON skep.dropped_tables USING hash (rtrim(regexp_replace(regexp_replace(location, '^file:/*'::text, '/'::text), '^s3[an]://'::text, 's3://'::text), '/'::text));

CREATE INDEX dropped_tables_uuid_idx ON skep.dropped_tables USING btree (uuid);

CREATE UNIQUE INDEX events_number_key ON skep.events USING btree (number) WHERE (number IS NOT NULL);

CREATE INDEX events_waiting_idx ON skep.events USING btree (id) WHERE (number IS NULL);

CREATE INDEX idempotency_keys_expires_idx ON skep.idempotency_keys USING btree (expires_ms);

CREATE INDEX lock_components_object_idx ON skep.lock_components USING btree (catalog_name, namespace_name, table_name);

CREATE INDEX locks_expires_idx ON skep.locks USING btree (expires_ms);

CREATE INDEX locks_transaction_idx ON skep.locks USING btree (transaction_id) WHERE (transaction_id <> 0);

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

CREATE INDEX partitions_second_number_idx ON skep.partitions USING btree (table_id, (
CASE
    WHEN ((key_values[2] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[2] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[2], '-'::text) <= '9223372036854775807'::text) OR (key_values[2] = '-9223372036854775808'::text)))) THEN (key_values[2])::bigint
    ELSE NULL::bigint
END)) WHERE (
CASE
    WHEN ((key_values[2] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[2] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[2], '-'::text) <= '9223372036854775807'::text) OR (key_values[2] = '-9223372036854775808'::text)))) THEN (key_values[2])::bigint
    ELSE NULL::bigint
END IS NOT NULL);

CREATE INDEX partitions_second_value_idx ON skep.partitions USING btree (table_id, (key_values[2])) WHERE (key_values[2] IS NOT NULL);

CREATE INDEX partitions_third_number_idx ON skep.partitions USING btree (table_id, (
CASE
    WHEN ((key_values[3] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[3] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[3], '-'::text) <= '9223372036854775807'::text) OR (key_values[3] = '-9223372036854775808'::text)))) THEN (key_values[3])::bigint
    ELSE NULL::bigint
END)) WHERE (
CASE
    WHEN ((key_values[3] ~ '^-?[0-9]{1,18}$'::text) OR ((key_values[3] ~ '^-?[0-9]{19}$'::text) AND ((ltrim(key_values[3], '-'::text) <= '9223372036854775807'::text) OR (key_values[3] = '-9223372036854775808'::text)))) THEN (key_values[3])::bigint
    ELSE NULL::bigint
END IS NOT NULL);

CREATE INDEX partitions_third_value_idx ON skep.partitions USING btree (table_id, (key_values[3])) WHERE (key_values[3] IS NOT NULL);

CREATE UNIQUE INDEX privileges_grant_key ON skep.privileges USING btree (principal_type, principal_name, object_type, COALESCE(table_id, (0)::bigint), COALESCE(namespace_id, (0)::bigint), column_name, lower(privilege), lower(grantor_name), authorizer, partition_name);

CREATE INDEX privileges_namespace_idx ON skep.privileges USING btree (namespace_id) WHERE (namespace_id IS NOT NULL);

CREATE INDEX privileges_partition_idx ON skep.privileges USING btree (table_id, partition_name) WHERE (partition_name <> ''::text);

CREATE INDEX privileges_role_idx ON skep.privileges USING btree (role_id) WHERE (role_id IS NOT NULL);

CREATE INDEX privileges_table_idx ON skep.privileges USING btree (table_id) WHERE (table_id IS NOT NULL);

CREATE INDEX replayed_transactions_target_idx ON skep.replayed_transactions USING btree (target_id);

CREATE INDEX replication_metrics_policy_idx ON skep.replication_metrics USING btree (policy, dump_execution_id);

CREATE INDEX replication_metrics_started_idx ON skep.replication_metrics USING btree (started_s);

CREATE INDEX role_members_member_idx ON skep.role_members USING btree (member_role_id) WHERE (member_role_id IS NOT NULL);

CREATE INDEX role_members_principal_idx ON skep.role_members USING btree (principal_type, principal_name);

CREATE INDEX runtime_statistics_created_idx ON skep.runtime_statistics USING btree (created_s, id);

CREATE INDEX runtime_statistics_kept_idx ON skep.runtime_statistics USING btree (kept_s);

CREATE INDEX scan_plans_expires_idx ON skep.scan_plans USING btree (expires_ms);

CREATE INDEX scan_plans_table_idx ON skep.scan_plans USING btree (table_id);

CREATE INDEX scheduled_executions_query_idx ON skep.scheduled_executions USING btree (query_id, id);

CREATE INDEX scheduled_executions_started_idx ON skep.scheduled_executions USING btree (started_s);

CREATE INDEX scheduled_queries_due_idx ON skep.scheduled_queries USING btree (cluster_namespace, next_execution_s) WHERE (is_enabled AND (active_execution_id IS NULL));

CREATE INDEX schema_columns_comment_idx ON skep.schema_columns USING hash (comment);

CREATE INDEX schema_columns_name_idx ON skep.schema_columns USING btree (name);

CREATE INDEX table_reports_received_idx ON skep.table_reports USING btree (received_ms);

CREATE INDEX table_reports_table_idx ON skep.table_reports USING btree (table_id, id);

CREATE INDEX tables_place_idx ON skep.tables USING hash (rtrim(regexp_replace(regexp_replace(location, '^file:/*'::text, '/'::text), '^s3[an]://'::text, 's3://'::text), '/'::text));

CREATE INDEX tables_place_start_idx ON skep.tables USING btree ("left"(rtrim(regexp_replace(regexp_replace(location, '^file:/*'::text, '/'::text), '^s3[an]://'::text, 's3://'::text), '/'::text), 512) COLLATE "C");

CREATE INDEX tables_sources_idx ON skep.tables USING gin (creation_metadata jsonb_path_ops) WHERE (creation_metadata IS NOT NULL);

CREATE INDEX tasks_due_idx ON skep.tasks USING btree (due_ms) WHERE (state = 'waiting'::text);

CREATE INDEX tasks_finished_idx ON skep.tasks USING btree (finished_ms) WHERE (state = ANY (ARRAY['done'::text, 'cancelled'::text]));

CREATE INDEX transaction_files_transaction_idx ON skep.transaction_files USING btree (transaction_id);

CREATE INDEX transaction_writes_table_idx ON skep.transaction_writes USING btree (acid_table_id, partition_name);

CREATE INDEX transaction_writes_transaction_idx ON skep.transaction_writes USING btree (transaction_id);

CREATE INDEX transactions_expires_idx ON skep.transactions USING btree (expires_ms) WHERE (state = 3);

CREATE INDEX transactions_open_idx ON skep.transactions USING btree (id) WHERE (state <> 1);

CREATE INDEX write_ids_transaction_idx ON skep.write_ids USING btree (transaction_id, acid_table_id);

CREATE TRIGGER namespaces_drop_acid AFTER DELETE ON skep.namespaces REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.acid_tables_follow_namespace();

CREATE TRIGGER partitions_add_privileges AFTER INSERT ON skep.partitions REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION skep.privileges_follow_add();

CREATE TRIGGER partitions_drop_privileges AFTER DELETE ON skep.partitions REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.privileges_follow_drop();

CREATE TRIGGER partitions_drop_statistics AFTER DELETE ON skep.partitions REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.column_statistics_follow_drop();

CREATE TRIGGER partitions_rename_privileges AFTER UPDATE OF name ON skep.partitions FOR EACH ROW WHEN ((old.name <> new.name)) EXECUTE FUNCTION skep.privileges_follow_rename();

CREATE TRIGGER partitions_rename_statistics AFTER UPDATE OF name ON skep.partitions FOR EACH ROW WHEN ((old.name <> new.name)) EXECUTE FUNCTION skep.column_statistics_follow_rename();

CREATE TRIGGER tables_drop_acid AFTER DELETE ON skep.tables REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION skep.acid_tables_follow_drop();

CREATE TRIGGER tables_rename_acid AFTER UPDATE OF name, namespace_id ON skep.tables FOR EACH ROW WHEN (((old.name <> new.name) OR (old.namespace_id <> new.namespace_id))) EXECUTE FUNCTION skep.acid_tables_follow_rename();

ALTER TABLE ONLY skep.column_statistics
    ADD CONSTRAINT column_statistics_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.commits
    ADD CONSTRAINT commits_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.compaction_metrics
    ADD CONSTRAINT compaction_metrics_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.compactions
    ADD CONSTRAINT compactions_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;

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

ALTER TABLE ONLY skep.packages
    ADD CONSTRAINT packages_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.partition_marks
    ADD CONSTRAINT partition_marks_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

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

ALTER TABLE ONLY skep.procedures
    ADD CONSTRAINT procedures_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.refs
    ADD CONSTRAINT refs_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_mappings
    ADD CONSTRAINT resource_mappings_plan_fkey FOREIGN KEY (plan_id) REFERENCES skep.resource_plans(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_mappings
    ADD CONSTRAINT resource_mappings_pool_fkey FOREIGN KEY (plan_id, pool_path) REFERENCES skep.resource_pools(plan_id, path) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_plans
    ADD CONSTRAINT resource_plans_default_pool_fkey FOREIGN KEY (id, default_pool_path) REFERENCES skep.resource_pools(plan_id, path) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY skep.resource_pool_triggers
    ADD CONSTRAINT resource_pool_triggers_pool_fkey FOREIGN KEY (plan_id, pool_path) REFERENCES skep.resource_pools(plan_id, path) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_pool_triggers
    ADD CONSTRAINT resource_pool_triggers_trigger_fkey FOREIGN KEY (plan_id, trigger_name) REFERENCES skep.resource_triggers(plan_id, name) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_pools
    ADD CONSTRAINT resource_pools_plan_fkey FOREIGN KEY (plan_id) REFERENCES skep.resource_plans(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.resource_triggers
    ADD CONSTRAINT resource_triggers_plan_fkey FOREIGN KEY (plan_id) REFERENCES skep.resource_plans(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_member_fkey FOREIGN KEY (member_role_id) REFERENCES skep.roles(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.role_members
    ADD CONSTRAINT role_members_role_fkey FOREIGN KEY (role_id) REFERENCES skep.roles(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.scan_plans
    ADD CONSTRAINT scan_plans_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.scheduled_executions
    ADD CONSTRAINT scheduled_executions_query_fkey FOREIGN KEY (query_id) REFERENCES skep.scheduled_queries(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.schema_columns
    ADD CONSTRAINT schema_columns_version_fkey FOREIGN KEY (version_id) REFERENCES skep.schema_versions(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.schema_versions
    ADD CONSTRAINT schema_versions_schema_fkey FOREIGN KEY (schema_id) REFERENCES skep.schemas(id);

ALTER TABLE ONLY skep.schemas
    ADD CONSTRAINT schemas_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.sweeps
    ADD CONSTRAINT sweeps_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.table_reports
    ADD CONSTRAINT table_reports_table_fkey FOREIGN KEY (table_id) REFERENCES skep.tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.tables
    ADD CONSTRAINT tables_storage_fkey FOREIGN KEY (storage_id) REFERENCES skep.storage_descriptors(id);

ALTER TABLE ONLY skep.transaction_files
    ADD CONSTRAINT transaction_files_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.transaction_reads
    ADD CONSTRAINT transaction_reads_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.transaction_writes
    ADD CONSTRAINT transaction_writes_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.udfs
    ADD CONSTRAINT udfs_namespace_fkey FOREIGN KEY (namespace_id) REFERENCES skep.namespaces(id);

ALTER TABLE ONLY skep.warehouses
    ADD CONSTRAINT warehouses_catalog_fkey FOREIGN KEY (catalog_id) REFERENCES skep.catalogs(id) ON DELETE CASCADE;

ALTER TABLE ONLY skep.write_ids
    ADD CONSTRAINT write_ids_table_fkey FOREIGN KEY (acid_table_id) REFERENCES skep.acid_tables(id) ON DELETE CASCADE;
