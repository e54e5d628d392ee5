-- What a client says of a catalog beside its place, and of a materialized view beside its query. Locks: short exclusive ones on
-- both tables; no row is rewritten.

ALTER TABLE skep.catalogs ADD COLUMN parameters jsonb NOT NULL DEFAULT '{}';

-- Of materialized views alone: {"catalog":..,"namespace":..,"table":..,"tables_used":["db.t",..],"source_tables":[..],
-- "valid_transactions":..,"materialized_ms":..,"snapshot":..}. NULL for everything else.
ALTER TABLE skep.tables ADD COLUMN creation_metadata jsonb;
