-- Which table has a place: asked with every Hive table that is made without one, by the tasks that delete, and for requests
-- that are to be signed. Only this expression finds them: one spelling for a place, as warehouse_location_canonical() has it.
-- Hash indexes, because a place may be longer than a B-tree's row. An unchanged location keeps updates off them.
-- Locks: writers of tables, for about 2 s for each million rows.
CREATE INDEX tables_place_idx ON skep.tables USING hash (
    (rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/')));
CREATE INDEX dropped_tables_place_idx ON skep.dropped_tables USING hash (
    (rtrim(regexp_replace(regexp_replace(location, '^file:/*', '/'), '^s3[an]://', 's3://'), '/')));
