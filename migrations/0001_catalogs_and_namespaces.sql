-- Catalogs (an HMS catalog and an Iceberg REST warehouse are the same thing) and namespaces (a top-level one is an
-- HMS database). Names compare by bytes everywhere, so every name column is COLLATE "C" whatever the database's
-- own collation is. Locks: new objects only.

CREATE TABLE skep.server (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    database_uuid uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO skep.server DEFAULT VALUES;

CREATE TABLE skep.catalogs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text COLLATE "C" NOT NULL,
    description text,
    location    text,
    created_s   bigint NOT NULL,
    CONSTRAINT catalogs_name_key UNIQUE (name)
);

-- name: levels joined by U+001F. parent_id: NULL for a top-level namespace. A child keeps its parent alive
-- (no cascade), so that a drop that races with a create of a child fails cleanly.
CREATE TABLE skep.namespaces (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    catalog_id       bigint NOT NULL CONSTRAINT namespaces_catalog_fkey REFERENCES skep.catalogs (id),
    parent_id        bigint CONSTRAINT namespaces_parent_fkey REFERENCES skep.namespaces (id),
    name             text COLLATE "C" NOT NULL,
    description      text,
    location         text NOT NULL,
    managed_location text,
    owner_name       text,
    owner_type       smallint NOT NULL DEFAULT 0,
    created_s        bigint NOT NULL,
    properties       jsonb NOT NULL DEFAULT '{}',
    version          bigint NOT NULL DEFAULT 1,
    CONSTRAINT namespaces_name_key UNIQUE (catalog_id, name)
);
CREATE INDEX namespaces_parent_idx ON skep.namespaces (catalog_id, parent_id, name);
