-- Metrics of replication policies.

-- name: replication_metric_expire
-- Old ones go when new ones come, some at a time.
-- $1 bigint expired_s
DELETE FROM skep.replication_metrics
WHERE scheduled_execution_id IN (
    SELECT scheduled_execution_id FROM skep.replication_metrics WHERE started_s < $1 ORDER BY started_s LIMIT 100
    FOR UPDATE SKIP LOCKED);

-- name: replication_metric_put
-- Of a run that is there, the progress alone changes.
-- retry: safe
-- $1 bigint scheduled_execution_id  $2 text policy  $3 bigint dump_execution_id  $4 text metadata  $5 text progress
-- $6 text message_format  $7 bigint started_s
INSERT INTO skep.replication_metrics AS m (scheduled_execution_id, policy, dump_execution_id, metadata, progress,
                                           message_format, started_s)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (scheduled_execution_id) DO UPDATE
SET progress = excluded.progress, message_format = coalesce(excluded.message_format, m.message_format);

-- name: replication_metric_list
-- NULL: any.
-- $1 bigint scheduled_execution_id  $2 text policy  $3 bigint dump_execution_id  $4 bigint max
SELECT scheduled_execution_id, policy, dump_execution_id, metadata, progress, message_format
FROM skep.replication_metrics
WHERE ($1 IS NULL OR scheduled_execution_id = $1)
  AND ($2 IS NULL OR policy = $2)
  AND ($3 IS NULL OR dump_execution_id = $3)
ORDER BY scheduled_execution_id DESC
LIMIT $4;
