-- Warehouses: where the files of a catalog are and how its object store is reached. A catalog without a row here uses the
-- warehouse of the server's settings. A table of its own, so that the row of a catalog can be copied into events whole.
-- Locks: a new object only.

-- storage: the profile without its secrets; NULL for a directory. sealed_secrets: the secrets, under a key that is not in
-- this database; key_id names the key. version: grows with every change, over the life of the row.
CREATE TABLE skep.warehouses (
    catalog_id       bigint PRIMARY KEY CONSTRAINT warehouses_catalog_fkey REFERENCES skep.catalogs (id) ON DELETE CASCADE,
    allowed_prefixes text[] NOT NULL DEFAULT '{}',
    storage          jsonb,
    key_id           text,
    sealed_secrets   bytea,
    version          bigint NOT NULL DEFAULT 1,
    CONSTRAINT warehouses_secrets_check CHECK ((key_id IS NULL) = (sealed_secrets IS NULL))
);
