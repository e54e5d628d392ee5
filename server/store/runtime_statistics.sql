-- Statistics of past queries.

-- name: runtime_statistics_add
-- Old ones go when new ones come, some at a time.
-- $1 bigint created_s  $2 bigint now_s  $3 integer weight  $4 bytea payload  $5 bigint expired_s
WITH expired AS (
    DELETE FROM skep.runtime_statistics
    WHERE id IN (SELECT id FROM skep.runtime_statistics WHERE kept_s < $5 ORDER BY kept_s LIMIT 100
                 FOR UPDATE SKIP LOCKED)
)
INSERT INTO skep.runtime_statistics (created_s, kept_s, weight, payload) VALUES ($1, $2, $3, $4);

-- name: runtime_statistics_list
-- Newest first, until the weights reach the bound; the first one in any case.
-- $1 bigint max_weight  $2 bigint created_before_s
SELECT r.created_s, r.weight, r.payload
FROM (
    SELECT id, created_s, weight, payload,
           sum(weight::bigint) OVER (ORDER BY created_s DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
               AS before
    FROM skep.runtime_statistics
    WHERE $2 IS NULL OR created_s < $2
) r
WHERE $1 IS NULL OR r.before IS NULL OR r.before < $1
ORDER BY r.created_s DESC, r.id DESC;
