-- What Hive keeps beside tables: registered schemas, workload plans, data connectors, statistics of past queries, scheduled
-- queries, replication metrics, stored procedures and packages. Locks: new objects only.

-- Schemas of a registry. schema_type, compatibility, validation and state hold Hive's numbers, 0 for absent. No cascade: a
-- schema with versions and a namespace with schemas are not empty.
CREATE TABLE skep.schemas (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id  bigint NOT NULL CONSTRAINT schemas_namespace_fkey REFERENCES skep.namespaces (id),
    name          text COLLATE "C" NOT NULL,
    schema_type   smallint NOT NULL DEFAULT 0,
    compatibility smallint NOT NULL DEFAULT 0,
    validation    smallint NOT NULL DEFAULT 0,
    can_evolve    boolean NOT NULL,
    schema_group  text,
    description   text,
    CONSTRAINT schemas_name_key UNIQUE (namespace_id, name)
);

-- Serialisers by name. They never change, so a version that one is mapped to keeps a copy.
CREATE TABLE skep.serdes (
    name         text COLLATE "C" NOT NULL CONSTRAINT serdes_pkey PRIMARY KEY,
    library      text,
    parameters   jsonb NOT NULL DEFAULT '{}',
    description  text,
    serializer   text,
    deserializer text,
    serde_type   smallint NOT NULL DEFAULT 0
);

-- version: numbered by clients. created_at: in the unit of clients. has_serde: the serde_ columns mean something.
CREATE TABLE skep.schema_versions (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_id          bigint NOT NULL CONSTRAINT schema_versions_schema_fkey REFERENCES skep.schemas (id),
    version            integer NOT NULL,
    created_at         bigint NOT NULL,
    state              smallint NOT NULL DEFAULT 0,
    description        text,
    schema_text        text,
    fingerprint        text,
    name               text,
    has_serde          boolean NOT NULL DEFAULT false,
    serde_name         text,
    serde_library      text,
    serde_parameters   jsonb NOT NULL DEFAULT '{}',
    serde_description  text,
    serde_serializer   text,
    serde_deserializer text,
    serde_type         smallint NOT NULL DEFAULT 0,
    CONSTRAINT schema_versions_version_key UNIQUE (schema_id, version)
);

-- Columns of a version, by place. name is lower-case, and what versions are searched by.
CREATE TABLE skep.schema_columns (
    version_id bigint NOT NULL CONSTRAINT schema_columns_version_fkey
               REFERENCES skep.schema_versions (id) ON DELETE CASCADE,
    place      integer NOT NULL,
    name       text COLLATE "C" NOT NULL,
    type       text COLLATE "C",
    comment    text COLLATE "C",
    CONSTRAINT schema_columns_pkey PRIMARY KEY (version_id, place)
);
CREATE INDEX schema_columns_name_idx ON skep.schema_columns (name);
CREATE INDEX schema_columns_comment_idx ON skep.schema_columns USING hash (comment);

-- Resource plans of workload management. status: 1 active, 2 enabled, 3 disabled; one at most is active in a cluster
-- namespace. Names change places when a plan replaces another, hence the deferrable constraints.
CREATE TABLE skep.resource_plans (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster_namespace text COLLATE "C" NOT NULL,
    name              text COLLATE "C" NOT NULL,
    status            smallint NOT NULL,
    query_parallelism integer,
    default_pool_path text COLLATE "C",
    CONSTRAINT resource_plans_name_key UNIQUE (cluster_namespace, name) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT resource_plans_active_key EXCLUDE USING btree (cluster_namespace WITH =) WHERE (status = 1)
               DEFERRABLE INITIALLY IMMEDIATE
);
CREATE TABLE skep.resource_pools (
    plan_id           bigint NOT NULL CONSTRAINT resource_pools_plan_fkey
                      REFERENCES skep.resource_plans (id) ON DELETE CASCADE,
    path              text COLLATE "C" NOT NULL,
    alloc_fraction    double precision NOT NULL,
    query_parallelism integer NOT NULL,
    scheduling_policy text,
    CONSTRAINT resource_pools_pkey PRIMARY KEY (plan_id, path)
);
ALTER TABLE skep.resource_plans ADD CONSTRAINT resource_plans_default_pool_fkey
    FOREIGN KEY (id, default_pool_path) REFERENCES skep.resource_pools (plan_id, path) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE skep.resource_triggers (
    plan_id            bigint NOT NULL CONSTRAINT resource_triggers_plan_fkey
                       REFERENCES skep.resource_plans (id) ON DELETE CASCADE,
    name               text COLLATE "C" NOT NULL,
    trigger_expression text,
    action_expression  text,
    is_in_unmanaged    boolean NOT NULL,
    CONSTRAINT resource_triggers_pkey PRIMARY KEY (plan_id, name)
);
CREATE TABLE skep.resource_pool_triggers (
    plan_id      bigint NOT NULL,
    pool_path    text COLLATE "C" NOT NULL,
    trigger_name text COLLATE "C" NOT NULL,
    CONSTRAINT resource_pool_triggers_pkey PRIMARY KEY (plan_id, pool_path, trigger_name),
    CONSTRAINT resource_pool_triggers_pool_fkey FOREIGN KEY (plan_id, pool_path)
               REFERENCES skep.resource_pools (plan_id, path) ON DELETE CASCADE,
    CONSTRAINT resource_pool_triggers_trigger_fkey FOREIGN KEY (plan_id, trigger_name)
               REFERENCES skep.resource_triggers (plan_id, name) ON DELETE CASCADE
);
-- pool_path NULL: queries of the entity are not managed.
CREATE TABLE skep.resource_mappings (
    plan_id     bigint NOT NULL CONSTRAINT resource_mappings_plan_fkey
                REFERENCES skep.resource_plans (id) ON DELETE CASCADE,
    entity_type text COLLATE "C" NOT NULL,
    entity_name text COLLATE "C" NOT NULL,
    pool_path   text COLLATE "C",
    ordering    integer,
    CONSTRAINT resource_mappings_pkey PRIMARY KEY (plan_id, entity_type, entity_name),
    CONSTRAINT resource_mappings_pool_fkey FOREIGN KEY (plan_id, pool_path)
               REFERENCES skep.resource_pools (plan_id, path) ON DELETE CASCADE
);

-- Remote sources. A database that one serves names it.
CREATE TABLE skep.data_connectors (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text COLLATE "C" NOT NULL,
    connector_type text NOT NULL,
    url            text NOT NULL,
    description    text,
    parameters     jsonb NOT NULL DEFAULT '{}',
    owner_name     text,
    owner_type     smallint NOT NULL DEFAULT 0,
    created_s      bigint NOT NULL,
    CONSTRAINT data_connectors_name_key UNIQUE (name)
);

-- What engines learned from past queries. payload and created_s are theirs; kept_s is when it came, and what expires.
CREATE TABLE skep.runtime_statistics (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_s bigint NOT NULL,
    kept_s    bigint NOT NULL,
    weight    integer NOT NULL,
    payload   bytea NOT NULL
);
CREATE INDEX runtime_statistics_created_idx ON skep.runtime_statistics (created_s, id);
CREATE INDEX runtime_statistics_kept_idx ON skep.runtime_statistics (kept_s);

-- Queries that clusters run on a schedule. next_execution_s: NULL when the schedule has no further time. A query is not
-- handed out while it has an execution under way.
CREATE TABLE skep.scheduled_queries (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster_namespace   text COLLATE "C" NOT NULL,
    name                text COLLATE "C" NOT NULL,
    is_enabled          boolean NOT NULL,
    schedule            text NOT NULL,
    user_name           text,
    query               text,
    next_execution_s    bigint,
    active_execution_id bigint,
    CONSTRAINT scheduled_queries_name_key UNIQUE (cluster_namespace, name)
);
CREATE INDEX scheduled_queries_due_idx ON skep.scheduled_queries (cluster_namespace, next_execution_s)
    WHERE is_enabled AND active_execution_id IS NULL;

-- state holds Hive's numbers: 0 inited, 1 executing, 2 failed, 3 finished, 4 timed out, 5 disabled after failures.
CREATE TABLE skep.scheduled_executions (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    query_id          bigint NOT NULL CONSTRAINT scheduled_executions_query_fkey
                      REFERENCES skep.scheduled_queries (id) ON DELETE CASCADE,
    state             smallint NOT NULL,
    started_s         bigint NOT NULL,
    updated_s         bigint,
    ended_s           bigint,
    executor_query_id text,
    error_message     text
);
CREATE INDEX scheduled_executions_query_idx ON skep.scheduled_executions (query_id, id);
CREATE INDEX scheduled_executions_started_idx ON skep.scheduled_executions (started_s);

-- One row for each run of a replication policy.
CREATE TABLE skep.replication_metrics (
    scheduled_execution_id bigint NOT NULL CONSTRAINT replication_metrics_pkey PRIMARY KEY,
    policy                 text COLLATE "C" NOT NULL,
    dump_execution_id      bigint NOT NULL,
    metadata               text,
    progress               text,
    message_format         text,
    started_s              bigint NOT NULL
);
CREATE INDEX replication_metrics_policy_idx ON skep.replication_metrics (policy, dump_execution_id);
CREATE INDEX replication_metrics_started_idx ON skep.replication_metrics (started_s);

-- Procedures and packages of HPL/SQL. No cascade: a namespace that has some is not empty.
CREATE TABLE skep.procedures (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id bigint NOT NULL CONSTRAINT procedures_namespace_fkey REFERENCES skep.namespaces (id),
    name         text COLLATE "C" NOT NULL,
    owner_name   text,
    source       text NOT NULL,
    CONSTRAINT procedures_name_key UNIQUE (namespace_id, name)
);
CREATE TABLE skep.packages (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id bigint NOT NULL CONSTRAINT packages_namespace_fkey REFERENCES skep.namespaces (id),
    name         text COLLATE "C" NOT NULL,
    owner_name   text,
    header       text NOT NULL,
    body         text NOT NULL,
    CONSTRAINT packages_name_key UNIQUE (namespace_id, name)
);
