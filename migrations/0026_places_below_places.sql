-- Which tables have places below a place: asked when clients are given keys or signatures for all that is there, and when such a
-- table is made or moved. The start of the place, since a place may be longer than a B-tree's row; read in the order of its bytes.
-- An unchanged location keeps updates off it.
-- Locks: writers of tables, for about 3 s for each million rows.
CREATE INDEX tables_place_start_idx ON skep.tables (
    left(rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/'), 512) COLLATE "C");
