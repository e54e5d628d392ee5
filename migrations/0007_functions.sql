-- Functions that clients register with a database. Locks: new objects only.

-- Engines load a function from its resources themselves: resource_types and resource_uris are pairs, in order.
-- function_type, owner_type and resource_types hold Hive's numbers, 0 for absent. No cascade: a namespace with functions
-- is not empty.
CREATE TABLE skep.functions (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace_id   bigint NOT NULL CONSTRAINT functions_namespace_fkey REFERENCES skep.namespaces (id),
    name           text COLLATE "C" NOT NULL,
    class_name     text NOT NULL,
    owner_name     text,
    owner_type     smallint NOT NULL DEFAULT 0,
    created_s      bigint NOT NULL,
    function_type  smallint NOT NULL DEFAULT 0,
    resource_types integer[] NOT NULL DEFAULT '{}',
    resource_uris  text[] NOT NULL DEFAULT '{}',
    CONSTRAINT functions_name_key UNIQUE (namespace_id, name)
);
