-- What rules there are, where they send what EventBridge is told, and what is on its way. The rules for the text are those
-- of 0001.

-- Event buses beside the default one, connections and API destinations, by kind.
CREATE TABLE bus_definitions (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    kind        KEYTEXT NOT NULL CHECK (kind IN ('event-bus', 'connection', 'api-destination')),
    name        KEYTEXT NOT NULL,
    id          KEYTEXT NOT NULL,
    body        TEXT    NOT NULL,
    tags        TEXT    NOT NULL,
    created_ms  BIGINT  NOT NULL,
    modified_ms BIGINT  NOT NULL,
    PRIMARY KEY (account, region, kind, name)
);

-- pattern is the one by which it wants events.
CREATE TABLE rules (
    account KEYTEXT NOT NULL,
    region  KEYTEXT NOT NULL,
    bus     KEYTEXT NOT NULL,
    name    KEYTEXT NOT NULL,
    pattern TEXT    NOT NULL,
    enabled BIGINT  NOT NULL CHECK (enabled IN (0, 1)),
    body    TEXT    NOT NULL,
    tags    TEXT    NOT NULL,
    PRIMARY KEY (account, region, bus, name)
);

CREATE TABLE targets (
    account KEYTEXT NOT NULL,
    region  KEYTEXT NOT NULL,
    bus     KEYTEXT NOT NULL,
    rule    KEYTEXT NOT NULL,
    id      KEYTEXT NOT NULL,
    arn     KEYTEXT NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (account, region, bus, rule, id)
);
CREATE INDEX targets_by_arn ON targets (account, region, bus, arn);

-- The outbox: written with the event, gone when it is delivered or given up. What is in one lane goes in the order of the
-- numbers, one after the other. due_ms and began_ms are of the world's clock; who carries a row says so in claim, and loses it
-- where claimed_base_ms is too long ago. dead_letter is set where the target was given up and its queue for that is to be told.
CREATE TABLE deliveries (
    account         KEYTEXT NOT NULL,
    region          KEYTEXT NOT NULL,
    number          BIGINT  NOT NULL CHECK (number > 0),
    lane            KEYTEXT NOT NULL,
    rule_arn        KEYTEXT NOT NULL,
    target          TEXT    NOT NULL,
    event           TEXT    NOT NULL,
    began_ms        BIGINT  NOT NULL,
    due_ms          BIGINT  NOT NULL,
    attempts        BIGINT  NOT NULL CHECK (attempts >= 0),
    failure         TEXT,
    dead_letter     TEXT,
    claim           KEYTEXT,
    claimed_base_ms BIGINT,
    PRIMARY KEY (account, region, number)
);
CREATE INDEX deliveries_by_lane ON deliveries (account, region, lane, number);
CREATE INDEX deliveries_by_due ON deliveries (account, region, due_ms);

-- How many rules a world has that want events.
ALTER TABLE worlds ADD COLUMN rules BIGINT NOT NULL DEFAULT 0;

-- CloudWatch Logs: groups, and what is in them, in the order of its coming.
CREATE TABLE log_groups (
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    name       KEYTEXT NOT NULL,
    body       TEXT    NOT NULL,
    tags       TEXT    NOT NULL,
    created_ms BIGINT  NOT NULL,
    PRIMARY KEY (account, region, name)
);

CREATE TABLE log_streams (
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    log_group  KEYTEXT NOT NULL,
    name       KEYTEXT NOT NULL,
    created_ms BIGINT  NOT NULL,
    PRIMARY KEY (account, region, log_group, name)
);

CREATE TABLE log_events (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    log_group   KEYTEXT NOT NULL,
    number      BIGINT  NOT NULL CHECK (number > 0),
    stream      KEYTEXT NOT NULL,
    at_ms       BIGINT  NOT NULL,
    ingested_ms BIGINT  NOT NULL,
    message     TEXT    NOT NULL,
    PRIMARY KEY (account, region, log_group, number)
);
CREATE INDEX log_events_by_stream ON log_events (account, region, log_group, stream, number);
