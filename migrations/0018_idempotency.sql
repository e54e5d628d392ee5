-- Answers of changes that carried an idempotency key, written with the change itself. Locks: new objects only.
CREATE TABLE skep.idempotency_keys (
    key               uuid PRIMARY KEY,
    digest            bytea NOT NULL,
    status            smallint NOT NULL,
    body              text,
    metadata_location text,
    expires_ms        bigint NOT NULL
);
CREATE INDEX idempotency_keys_expires_idx ON skep.idempotency_keys (expires_ms);
