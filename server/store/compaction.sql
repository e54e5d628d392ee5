-- The queue of compactions, waiting to history, and its metrics. Workers take the oldest that nobody has in hand; a unique
-- index keeps two for one table or partition from waiting or working at a time. state: i initiated, w working, r ready for
-- cleaning; over: s succeeded, f failed, a did not initiate, c aborted, e refused.

-- name: compaction_request
-- No row: one is under way already, or waits to be cleaned up to the same write id.
-- $1 bigint acid_table_id  $2 text partition_name  $3 smallint type  $4 text properties  $5 text run_as  $6 text initiator_id
-- $7 text initiator_version  $8 text pool_name  $9 integer bucket_count  $10 text order_by  $11 bigint highest_write_id
INSERT INTO skep.compactions (acid_table_id, partition_name, state, type, properties, run_as, initiator_id,
                              initiator_version, pool_name, bucket_count, order_by, enqueued_ms)
SELECT $1, $2, 'i', $3, $4, $5, $6, $7, $8, $9, $10, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
WHERE NOT EXISTS (SELECT FROM skep.compactions c
                  WHERE c.acid_table_id = $1 AND c.partition_name IS NOT DISTINCT FROM $2
                    AND c.state = 'r' AND c.highest_write_id = $11)
ON CONFLICT (acid_table_id, coalesce(partition_name, '')) WHERE state IN ('i', 'w') DO NOTHING
RETURNING id;

-- name: compaction_standing
-- Why a request was refused.
-- $1 bigint acid_table_id  $2 text partition_name
SELECT id, state::text AS state FROM skep.compactions
WHERE acid_table_id = $1 AND partition_name IS NOT DISTINCT FROM $2 AND state IN ('i', 'w', 'r')
ORDER BY id
LIMIT 1;

-- name: compaction_clean_request
-- Asks for a clean-up alone, of what is obsolete already.
-- $1 bigint acid_table_id  $2 text partition_name  $3 smallint type  $4 text properties  $5 text run_as  $6 text pool_name
-- $7 bigint highest_write_id  $8 bigint transaction_id
INSERT INTO skep.compactions (acid_table_id, partition_name, state, type, properties, run_as, pool_name, highest_write_id,
                              transaction_id, enqueued_ms)
SELECT $1, $2, 'r', $3, $4, $5, $6, $7, $8, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
RETURNING id;

-- name: compaction_take
-- The oldest that waits in the pool, for one worker alone. A pool without name has those that ask for none.
-- $1 text pool_name  $2 text worker_id  $3 text worker_version
WITH next_one AS MATERIALIZED (
    SELECT id FROM skep.compactions
    WHERE state = 'i' AND pool_name = $1
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE skep.compactions c
    SET state = 'w', worker_id = $2, worker_version = $3,
        started_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM next_one
    WHERE c.id = next_one.id
    RETURNING c.*
)
SELECT c.id, a.namespace_name, a.table_name, c.partition_name, c.type, c.state::text AS state, c.properties, c.run_as,
       c.worker_id, c.worker_version, c.initiator_id, c.initiator_version, c.pool_name, c.job_id, c.meta_info, c.error_message,
       c.order_by, c.bucket_count, c.enqueued_ms, c.started_ms, c.ended_ms, c.committed_ms, c.cleaning_ms, c.retry_ms,
       c.highest_write_id, c.transaction_id, c.next_id
FROM taken c JOIN skep.acid_tables a ON a.id = c.acid_table_id;

-- name: compaction_list
-- Those under way and those that are over, the newest of each first.
-- $1 bigint id  $2 text pool_name  $3 text namespace_name  $4 text table_name  $5 text partition_name  $6 smallint type
-- $7 text state  $8 bigint max
SELECT c.id, a.namespace_name, a.table_name, c.partition_name, c.type, c.state::text AS state, c.properties, c.run_as,
       c.worker_id, c.worker_version, c.initiator_id, c.initiator_version, c.pool_name, c.job_id, c.meta_info, c.error_message,
       c.order_by, c.bucket_count, c.enqueued_ms, c.started_ms, c.ended_ms, c.committed_ms, c.cleaning_ms, c.retry_ms,
       c.highest_write_id, c.transaction_id, c.next_id
FROM skep.compactions c
JOIN skep.acid_tables a ON a.id = c.acid_table_id
WHERE ($1 IS NULL OR c.id = $1)
  AND ($2 IS NULL OR c.pool_name = $2)
  AND ($3 IS NULL OR a.namespace_name = $3)
  AND ($4 IS NULL OR a.table_name = $4)
  AND ($5 IS NULL OR c.partition_name = $5)
  AND ($6 IS NULL OR c.type = $6)
  AND ($7 IS NULL OR c.state = $7::"char")
ORDER BY c.ended_ms DESC NULLS FIRST, c.started_ms DESC, c.id DESC
LIMIT $8;

-- name: compaction_latest
-- The last compaction of each partition (or of the table) whose result readers may see.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text[] partitions  $5 bigint after_id
SELECT DISTINCT ON (c.partition_name)
       c.id, a.namespace_name, a.table_name, c.partition_name, c.type, c.state::text AS state, c.properties, c.run_as,
       c.worker_id, c.worker_version, c.initiator_id, c.initiator_version, c.pool_name, c.job_id, c.meta_info, c.error_message,
       c.order_by, c.bucket_count, c.enqueued_ms, c.started_ms, c.ended_ms, c.committed_ms, c.cleaning_ms, c.retry_ms,
       c.highest_write_id, c.transaction_id, c.next_id
FROM skep.acid_tables a
JOIN skep.compactions c ON c.acid_table_id = a.id
WHERE a.catalog_name = $1 AND a.namespace_name = $2 AND a.table_name = $3
  AND c.state IN ('s', 'r')
  AND ($4 IS NULL OR c.partition_name = ANY ($4))
  AND ($5 IS NULL OR c.id > $5)
ORDER BY c.partition_name, c.id DESC;

-- name: compaction_mark_compacted
-- Its worker is done; readers of the old files go on.
-- retry: safe
-- $1 bigint id  $2 text error_message
UPDATE skep.compactions SET state = 'r', worker_id = NULL, error_message = coalesce($2, error_message)
WHERE id = $1 AND state IN ('i', 'w', 'r');

-- name: compaction_end
-- Over, as $2 says.
-- $1 bigint id  $2 text state  $3 text error_message
UPDATE skep.compactions
SET state = $2::"char", error_message = coalesce($3, error_message),
    ended_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
WHERE id = $1 AND state IN ('i', 'w', 'r');

-- name: compaction_end_unscheduled
-- One that failed or was refused before it was in the queue.
-- $1 bigint acid_table_id  $2 text partition_name  $3 smallint type  $4 text state  $5 text error_message  $6 text run_as
-- $7 text pool_name
INSERT INTO skep.compactions (acid_table_id, partition_name, type, state, error_message, run_as, pool_name, enqueued_ms,
                              ended_ms)
SELECT $1, $2, $3, $4::"char", $5, $6, $7, now_ms, now_ms
FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms) AS clock;

-- name: compaction_forget_aborted
-- What aborted transactions wrote, where the compaction has cleaned it away.
-- $1 bigint id
DELETE FROM skep.transaction_writes w
USING skep.compactions c, skep.transactions t
WHERE c.id = $1 AND w.acid_table_id = c.acid_table_id AND t.id = w.transaction_id AND t.state = 2
  AND (w.partition_name IS NOT DISTINCT FROM c.partition_name OR w.operation = 'c')
  AND (coalesce(c.highest_write_id, 0) = 0 OR coalesce(w.write_id, 0) <= c.highest_write_id);

-- name: compaction_update
-- What the worker found out, and its transaction.
-- $1 bigint id  $2 bigint highest_write_id  $3 text run_as  $4 bigint transaction_id
WITH found AS (
    UPDATE skep.compactions SET highest_write_id = $2, run_as = $3, transaction_id = $4 WHERE id = $1
    RETURNING acid_table_id, partition_name
)
INSERT INTO skep.transaction_writes (transaction_id, acid_table_id, write_id, operation, partition_name)
SELECT $4, found.acid_table_id, $2, 'c', found.partition_name FROM found;

-- name: compaction_set_job
-- Where it runs.
-- retry: safe
-- $1 bigint id  $2 text job_id
UPDATE skep.compactions SET job_id = $2 WHERE id = $1;

-- name: compaction_abort
-- Those that wait still.
-- $1 bigint[] ids
WITH asked AS (
    SELECT c.id, c.state FROM skep.compactions c WHERE c.id = ANY ($1)
), ended AS (
    UPDATE skep.compactions
    SET state = 'c', error_message = 'Compaction Aborted by Abort Comapction request.',
        ended_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    WHERE id = ANY ($1) AND state = 'i'
    RETURNING id
)
SELECT asked.id, asked.state::text AS state, ended.id IS NOT NULL AS is_aborted
FROM asked LEFT JOIN ended ON ended.id = asked.id
ORDER BY asked.id;

-- name: compaction_columns
-- Columns with statistics of the table or of a partition.
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text partition_name
SELECT DISTINCT s.column_name
FROM skep.catalogs c
JOIN skep.namespaces n ON n.catalog_id = c.id
JOIN skep.tables t ON t.namespace_id = n.id
JOIN skep.column_statistics s ON s.table_id = t.id
WHERE c.name = $1 AND n.name = $2 AND t.name = $3 AND s.partition_name = $4
ORDER BY 1;

-- name: compaction_metrics_put
-- A measure of a table or partition; one below its threshold is none.
-- $1 bigint acid_table_id  $2 text partition_name  $3 smallint type  $4 integer value  $5 integer version
-- $6 integer threshold
WITH kept AS (
    INSERT INTO skep.compaction_metrics (acid_table_id, partition_name, type, value, version, threshold)
    SELECT $1, $2, $3, $4, $5, $6 WHERE $4 >= $6
    ON CONFLICT (acid_table_id, partition_name, type)
        DO UPDATE SET value = excluded.value, version = excluded.version, threshold = excluded.threshold
    RETURNING type
), dropped AS (
    DELETE FROM skep.compaction_metrics
    WHERE acid_table_id = $1 AND partition_name = $2 AND type = $3 AND $4 < $6
)
SELECT count(*) AS count FROM kept;

-- name: compaction_metrics_drop
-- Measured no more.
-- retry: safe
-- $1 text catalog_name  $2 text namespace_name  $3 text table_name  $4 text partition_name  $5 smallint type
DELETE FROM skep.compaction_metrics m
USING skep.acid_tables a
WHERE a.catalog_name = $1 AND a.namespace_name = $2 AND a.table_name = $3 AND m.acid_table_id = a.id
  AND m.partition_name = $4 AND m.type = $5;

-- name: compaction_purge
-- History: the last few of each outcome stay for each table and partition. Bounded; others' rows are passed over.
-- retry: safe
-- $1 bigint keep  $2 bigint max
DELETE FROM skep.compactions
WHERE id IN (SELECT id FROM skep.compactions
             WHERE id IN (SELECT id
                          FROM (SELECT id, row_number() OVER (PARTITION BY acid_table_id, partition_name, state
                                                              ORDER BY id DESC) AS place
                                FROM skep.compactions
                                WHERE state IN ('s', 'f', 'a', 'c', 'e')) AS ranked
                          WHERE place > $1
                          LIMIT $2)
             FOR UPDATE SKIP LOCKED);

-- name: compaction_revoke
-- Work of those who are gone waits again: its transaction was aborted, or it was taken a day ago.
-- $1 bigint timeout_ms  $2 bigint max
UPDATE skep.compactions
SET state = 'i', worker_id = NULL, worker_version = NULL, started_ms = NULL, transaction_id = NULL
WHERE id IN (SELECT c.id
             FROM skep.compactions c
             WHERE c.state = 'w'
               AND (c.started_ms < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1
                    OR EXISTS (SELECT FROM skep.transactions t WHERE t.id = c.transaction_id AND t.state = 2))
             ORDER BY c.id
             LIMIT $2
             FOR UPDATE SKIP LOCKED);
