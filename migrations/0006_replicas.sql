-- Several servers on one PostgreSQL, and what keeps their counts apart and whole. The rules for the text are
-- those of 0001.

-- Which of the worlds of this name it is: one that was reset begins another life.
ALTER TABLE worlds ADD COLUMN life BIGINT NOT NULL DEFAULT 0;

-- The last flush of counted requests in a world by each server's meter, written with the counts themselves: who
-- did not hear how a flush ended finds here whether it was made.
CREATE TABLE flushes (
    account KEYTEXT NOT NULL,
    region  KEYTEXT NOT NULL,
    meter   KEYTEXT NOT NULL,
    number  BIGINT  NOT NULL,
    at_ms   BIGINT  NOT NULL,
    PRIMARY KEY (account, region, meter)
);

-- Who serves from this database, as last seen by the database's clock. The ordinal is the smallest that was free.
CREATE TABLE replicas (
    id      KEYTEXT NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    ordinal BIGINT  NOT NULL UNIQUE,
    seen_ms BIGINT  NOT NULL
);

-- A row for each replica that a barrier still waits for; it removes the row when it has done what is asked.
-- Without account and region it is about all worlds.
CREATE TABLE barriers (
    id         KEYTEXT NOT NULL,
    replica_id KEYTEXT NOT NULL REFERENCES replicas (id) ON DELETE CASCADE,
    account    KEYTEXT,
    region     KEYTEXT,
    PRIMARY KEY (id, replica_id)
);
CREATE INDEX barriers_by_replica ON barriers (replica_id);
