-- Marks that clients put on partitions.

-- name: partition_mark_put
-- A mark, or a new time for it; those that are too old go on the way.
-- retry: safe
-- $1 bigint table_id  $2 text partition_name  $3 integer event_type  $4 bigint now_ms  $5 bigint oldest_ms
WITH old AS (
    DELETE FROM skep.partition_marks
    WHERE marked_ms < $5 AND (table_id, partition_name, event_type) <> ($1, $2, $3)
)
INSERT INTO skep.partition_marks (table_id, marked_ms, event_type, partition_name) VALUES ($1, $4, $3, $2)
ON CONFLICT ON CONSTRAINT partition_marks_pkey DO UPDATE SET marked_ms = excluded.marked_ms;

-- name: partition_mark_find
-- By the primary key.
-- $1 bigint table_id  $2 text partition_name  $3 integer event_type  $4 bigint oldest_ms
SELECT EXISTS (SELECT FROM skep.partition_marks
               WHERE table_id = $1 AND partition_name = $2 AND event_type = $3 AND marked_ms >= $4) AS is_marked;
