-- User-defined functions in Iceberg's form, as their metadata documents. Locks: new objects only.
-- No cascade: a namespace with functions is not empty.
CREATE TABLE skep.udfs (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id bigint NOT NULL CONSTRAINT udfs_namespace_fkey REFERENCES skep.namespaces (id),
    name         text COLLATE "C" NOT NULL,
    uuid         uuid NOT NULL,
    metadata     text NOT NULL,
    CONSTRAINT udfs_name_key UNIQUE (namespace_id, name)
);
