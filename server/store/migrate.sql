-- Which migrations a database has had. All run inside the transactions of migrate.c.

-- name: migration_lift_time_limit
-- A migration takes as long as it takes; for this transaction alone.
SELECT pg_catalog.set_config('statement_timeout', '0', true);

-- name: migration_lock
-- Two servers that start at once queue here; gone with the transaction, so that a pooler may stand in between.
-- $1 bigint key
SELECT pg_catalog.pg_advisory_xact_lock($1);

-- name: migration_schema_exists
-- CREATE ... IF NOT EXISTS would ask for the right to create even when there is nothing to create. Read from the catalogs'
-- tables, because to_regclass and its like may answer from a cache that is older than the lock just waited for.
SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'skep'),
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'skep' AND c.relname = 'migrations');

-- name: migration_make_schema
-- The first step in an empty database.
CREATE SCHEMA skep;

-- name: migration_make_table
-- The second: where the others are recorded. checksum: sha256 of the file's text, in hexadecimal.
CREATE TABLE skep.migrations (
    number     integer PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    checksum   text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: migration_list
-- What has been applied, in order.
SELECT number, name, checksum FROM skep.migrations ORDER BY number;

-- name: migration_record
-- In the transaction of the migration itself.
-- $1 integer number  $2 text name  $3 text checksum
INSERT INTO skep.migrations (number, name, checksum) VALUES ($1, $2, $3);
