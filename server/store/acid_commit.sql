-- What transactions wrote, and their commits. The first to commit a change of a table or partition wins over those who were
-- open at that time: two overlap unless the commit of one is visible in the snapshot in which the other was opened, which is
-- exact, and asks nothing of openers. A commit that changed rows lines up with those that changed the same; no others wait.

-- name: acid_transaction_enter_writes
-- Commits that changed the same table or partition go one after the other, in one order everywhere; one that changed a whole
-- table excludes all who changed in it.
-- $1 bigint id
SELECT CASE WHEN k.exclusive THEN pg_advisory_xact_lock(k.key) ELSE pg_advisory_xact_lock_shared(k.key) END
FROM (SELECT hashtextextended(o.object, 7365) AS key, bool_or(o.exclusive) AS exclusive
      FROM (SELECT w.acid_table_id::text AS object, w.partition_name IS NULL AS exclusive
            FROM skep.transaction_writes w
            WHERE w.transaction_id = $1 AND w.operation IN ('u', 'd') AND NOT w.is_pending
            UNION ALL
            SELECT w.acid_table_id || '/' || w.partition_name, true
            FROM skep.transaction_writes w
            WHERE w.transaction_id = $1 AND w.operation IN ('u', 'd') AND w.partition_name IS NOT NULL) AS o
      GROUP BY 1 ORDER BY 1) AS k;

-- name: acid_transaction_conflict
-- Somebody who changed the same and committed after this one was opened: its commit is not in the snapshot of the opening.
-- $1 bigint id
SELECT theirs.transaction_id, them.commit_id, a.namespace_name, a.table_name, theirs.partition_name,
       mine.operation::text AS operation, theirs.operation::text AS their_operation,
       (SELECT last_value FROM skep.transaction_ids) AS now_id
FROM skep.transactions me
JOIN skep.transaction_writes mine ON mine.transaction_id = me.id
JOIN skep.acid_tables a ON a.id = mine.acid_table_id
JOIN skep.transaction_writes theirs ON theirs.acid_table_id = mine.acid_table_id AND theirs.transaction_id <> me.id
    AND (theirs.partition_name IS NULL OR mine.partition_name IS NULL OR theirs.partition_name = mine.partition_name)
JOIN skep.transactions them ON them.id = theirs.transaction_id
WHERE me.id = $1
  AND mine.operation IN ('u', 'd') AND theirs.operation IN ('u', 'd')
  AND NOT mine.is_pending AND NOT theirs.is_pending
  AND them.state = 1 AND NOT pg_visible_in_snapshot(them.committed_by, me.opened_in)
ORDER BY theirs.transaction_id
LIMIT 1;

-- name: acid_transaction_latest_conflict
-- The latest of those who would be in this one's way, whatever it has named so far.
-- $1 bigint id
SELECT coalesce(max(theirs.transaction_id), 0) AS id
FROM skep.transactions me
JOIN skep.transaction_writes mine ON mine.transaction_id = me.id
JOIN skep.transaction_writes theirs ON theirs.acid_table_id = mine.acid_table_id AND theirs.transaction_id <> me.id
    AND (theirs.partition_name IS NULL OR mine.partition_name IS NULL OR theirs.partition_name = mine.partition_name)
JOIN skep.transactions them ON them.id = theirs.transaction_id
WHERE me.id = $1
  AND mine.operation IN ('u', 'd') AND theirs.operation IN ('u', 'd')
  AND them.state = 1 AND NOT pg_visible_in_snapshot(them.committed_by, me.opened_in);

-- name: acid_transaction_commit
-- Ends one that is held and open, with all that hangs on it. What it wrote stays for those who are open still.
-- $1 bigint id
WITH clock AS MATERIALIZED (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
), done AS (
    UPDATE skep.transactions
    SET state = 1, ended_ms = clock.now_ms, committed_by = pg_current_xact_id(),
        commit_id = (SELECT last_value FROM skep.transaction_ids)
    FROM clock
    WHERE id = $1 AND state = 3
    RETURNING id, type, commit_id
), unlocked AS (
    DELETE FROM skep.locks WHERE transaction_id = $1
), pending AS (
    DELETE FROM skep.transaction_writes WHERE transaction_id = $1 AND is_pending
), reads AS (
    DELETE FROM skep.transaction_reads WHERE transaction_id = $1
), rebuilds AS (
    DELETE FROM skep.rebuild_locks WHERE transaction_id = $1
), compacted AS (
    UPDATE skep.compactions c
    SET next_id = done.commit_id, committed_ms = clock.now_ms
    FROM done, clock
    WHERE c.transaction_id = done.id AND done.type IN (3, 5, 6)
), event AS (
    INSERT INTO skep.events (occurred_ms, event_type, catalog_name, details)
    SELECT clock.now_ms, 'COMMIT_TXN', 'hive',
           jsonb_build_object('transaction_id', done.id,
                              'writes', coalesce((SELECT jsonb_agg(jsonb_build_object(
                                  'write_id', f.write_id, 'namespace', a.namespace_name, 'table', a.table_name,
                                  'partition', coalesce(f.partition_name, '')) ORDER BY f.id)
                              FROM skep.transaction_files f JOIN skep.acid_tables a ON a.id = f.acid_table_id
                              WHERE f.transaction_id = $1), '[]'))
    FROM done, clock
    WHERE done.type <> 2
)
SELECT type FROM done;

-- name: acid_transaction_set_parameter
-- A parameter that the table has, set together with the commit.
-- $1 bigint table_id  $2 text key  $3 text value
UPDATE skep.tables
SET parameters = jsonb_set(parameters, ARRAY[$2], to_jsonb($3)), version = version + 1
WHERE id = $1 AND parameters ? $2;

-- name: acid_transaction_set_replicated
-- How far a database, and a table and its partitions where they are named, repeat another warehouse.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text[] partitions  $5 text last_id
WITH place AS MATERIALIZED (
    SELECT n.id FROM skep.catalogs c JOIN skep.namespaces n ON n.catalog_id = c.id WHERE c.name = $1 AND n.name = $2
), database AS (
    UPDATE skep.namespaces n
    SET properties = n.properties || jsonb_build_object('repl.last.id', $5), version = n.version + 1
    FROM place WHERE n.id = place.id
), changed AS (
    UPDATE skep.tables t
    SET parameters = t.parameters || jsonb_build_object('repl.last.id', $5), version = t.version + 1
    FROM place WHERE t.namespace_id = place.id AND t.name = $3
    RETURNING t.id
), named AS (
    UPDATE skep.partitions p
    SET parameters = coalesce(p.parameters, '{}') || jsonb_build_object('repl.last.id', $5)
    FROM changed WHERE p.table_id = changed.id AND p.name = ANY ($4)
)
SELECT (SELECT id FROM place) AS namespace_id, (SELECT id FROM changed) AS table_id;

-- name: acid_transaction_writes_add
-- What a lock says it will write. $5: 1 for partitions that are not named yet.
-- $1 bigint id  $2 bigint[] tables  $3 text[] partitions  $4 text[] operations  $5 bigint[] pending
INSERT INTO skep.transaction_writes (transaction_id, acid_table_id, write_id, operation, is_pending, partition_name)
SELECT DISTINCT $1, r.acid_table_id, w.write_id, r.operation::"char", r.pending = 1, r.partition_name
FROM unnest($2, $3, $4, $5) AS r (acid_table_id, partition_name, operation, pending)
LEFT JOIN skep.write_ids w ON w.acid_table_id = r.acid_table_id AND w.transaction_id = $1;

-- name: acid_transaction_writes_name
-- The partitions that were written take the place of what was only announced.
-- $1 bigint id  $2 bigint acid_table_id  $3 bigint write_id  $4 text[] partitions  $5 text operation
WITH announced AS (
    DELETE FROM skep.transaction_writes WHERE transaction_id = $1 AND acid_table_id = $2 AND partition_name IS NULL
)
INSERT INTO skep.transaction_writes (transaction_id, acid_table_id, write_id, operation, partition_name)
SELECT DISTINCT $1, $2, $3, $5::"char", p.name
FROM unnest($4) AS p (name)
WHERE NOT EXISTS (SELECT FROM skep.transaction_writes w
                  WHERE w.transaction_id = $1 AND w.acid_table_id = $2 AND w.partition_name = p.name
                    AND w.operation = $5::"char");

-- name: acid_transaction_files_add
-- Kept for the commit's event and for those who ask.
-- $1 bigint id  $2 bigint acid_table_id  $3 bigint write_id  $4 text partition_name  $5 text files
INSERT INTO skep.transaction_files (transaction_id, acid_table_id, write_id, partition_name, files)
VALUES ($1, $2, $3, $4, $5);

-- name: acid_transaction_files_list
-- In the order in which they were told.
-- $1 bigint id  $2 text namespace_name  $3 text table_name
SELECT f.write_id, a.namespace_name, a.table_name, f.files, f.partition_name
FROM skep.transaction_files f
JOIN skep.acid_tables a ON a.id = f.acid_table_id
WHERE f.transaction_id = $1
  AND ($2 IS NULL OR a.namespace_name = $2)
  AND ($3 IS NULL OR a.table_name = $3)
ORDER BY f.id;
