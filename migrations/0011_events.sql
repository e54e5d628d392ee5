-- Events become numbered and served. A number is given after the event was committed: see "Events" in docs/decisions.md.
-- number: without gaps, in the order of readers; NULL until somebody asks. Rows of older versions are numbered as well,
-- in the order of their ids. Locks: skep.events for as long as two indexes take to build.
ALTER TABLE skep.events ADD COLUMN number bigint, DROP COLUMN transaction;
DROP INDEX skep.events_occurred_idx; -- they expire in the order of their numbers
-- To compress a row of up to half a page would cost its writer more than all the rest of the event.
ALTER TABLE skep.events SET (toast_tuple_target = 4080);
CREATE UNIQUE INDEX events_number_key ON skep.events (number) WHERE number IS NOT NULL;
CREATE INDEX events_waiting_idx ON skep.events (id) WHERE number IS NULL;

-- The last number given, which outlives the events. Its lock is the turn to number.
CREATE TABLE skep.event_counter (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_number bigint NOT NULL DEFAULT 0
);
INSERT INTO skep.event_counter DEFAULT VALUES;
