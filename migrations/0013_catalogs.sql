-- What a client says of a catalog beside its place, and of a materialized view beside its query. Locks: short exclusive ones on
-- both tables; no row is rewritten.

ALTER TABLE skep.catalogs ADD COLUMN parameters jsonb NOT NULL DEFAULT '{}';

-- Of materialized views alone: {"sources":[{"id":..,"namespace":..,"table":..,"inserted":..,"updated":..,"deleted":..}],
-- "valid_transactions":..,"materialized_ms":..}. NULL for everything else.
ALTER TABLE skep.tables ADD COLUMN creation_metadata jsonb;
-- The views that read a table; of everything else no entry.
CREATE INDEX tables_sources_idx ON skep.tables USING gin (creation_metadata jsonb_path_ops) WHERE creation_metadata IS NOT NULL;
