-- The event log: only its retention is here, since events are appended by the statements that make the changes.

-- name: event_expire
-- Oldest first and bounded, so that it never holds many rows; rows that another server is removing are passed over.
-- retry: safe
-- $1 bigint before_ms  $2 bigint max
DELETE FROM skep.events
WHERE id IN (
    SELECT id FROM skep.events WHERE occurred_ms < $1 ORDER BY occurred_ms LIMIT $2 FOR UPDATE SKIP LOCKED);
