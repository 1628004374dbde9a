-- One text for PostgreSQL and SQLite: BIGINT milliseconds, TEXT ids and JSON.
--
-- KEYTEXT is text that is compared byte by byte: in PostgreSQL a domain over TEXT COLLATE "C" that the store
-- makes before it migrates, in SQLite a name that means TEXT. Names sort alike in both that way.

-- A world's clock, how far it has come, and when it wants to be looked at next.
CREATE TABLE worlds (
    account         KEYTEXT NOT NULL,
    region          KEYTEXT NOT NULL,
    mode            TEXT    NOT NULL CHECK (mode IN ('real', 'scaled', 'manual')),
    rate_milli      BIGINT  NOT NULL,
    anchor_base_ms  BIGINT  NOT NULL,
    anchor_world_ms BIGINT  NOT NULL,
    reached_ms      BIGINT  NOT NULL,
    next_due_ms     BIGINT,
    wake_real_ms    BIGINT,
    version         BIGINT  NOT NULL,
    PRIMARY KEY (account, region)
);
CREATE INDEX worlds_by_wake ON worlds (wake_real_ms) WHERE wake_real_ms IS NOT NULL;

-- Models and endpoint configs: immutable, described from the body that was validated.
CREATE TABLE definitions (
    kind       KEYTEXT NOT NULL CHECK (kind IN ('model', 'endpoint-config')),
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    name_key   KEYTEXT NOT NULL,
    name       TEXT    NOT NULL,
    id         KEYTEXT NOT NULL,
    created_ms BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    tags       TEXT    NOT NULL,
    PRIMARY KEY (account, region, kind, name_key)
);
CREATE INDEX definitions_by_creation ON definitions (account, region, kind, created_ms, id);

-- The state is the truth; status, config_name, wake_ms and the traffic are derived from it in the same write.
CREATE TABLE endpoints (
    account       KEYTEXT NOT NULL,
    region        KEYTEXT NOT NULL,
    name_key      KEYTEXT NOT NULL,
    name          TEXT    NOT NULL,
    id            KEYTEXT NOT NULL UNIQUE,
    version       BIGINT  NOT NULL,
    created_ms    BIGINT  NOT NULL,
    modified_ms   BIGINT  NOT NULL,
    status        KEYTEXT NOT NULL,
    config_name   TEXT    NOT NULL,
    wake_ms       BIGINT,
    wake_rank     BIGINT  NOT NULL,
    traffic_blue  BIGINT  NOT NULL CHECK (traffic_blue BETWEEN 0 AND 10000),
    traffic_green BIGINT  NOT NULL CHECK (traffic_green BETWEEN 0 AND 10000),
    state         TEXT    NOT NULL,
    tags          TEXT    NOT NULL,
    PRIMARY KEY (account, region, name_key),
    CHECK (traffic_blue + traffic_green = 10000)
);
CREATE INDEX endpoints_by_creation ON endpoints (account, region, created_ms, id);
CREATE INDEX endpoints_by_wake ON endpoints (account, region, wake_ms, wake_rank, name_key) WHERE wake_ms IS NOT NULL;

-- Which endpoint watches which alarm: derived from the endpoint's state in the same write.
CREATE TABLE watches (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    alarm_name  KEYTEXT NOT NULL,
    endpoint_id KEYTEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    PRIMARY KEY (account, region, alarm_name, endpoint_id)
);
CREATE INDEX watches_by_endpoint ON watches (endpoint_id);

-- History: it outlives the endpoint, so there is no reference to it.
CREATE TABLE deployments (
    id             KEYTEXT NOT NULL PRIMARY KEY,
    account        KEYTEXT NOT NULL,
    region         KEYTEXT NOT NULL,
    endpoint_key   KEYTEXT NOT NULL,
    endpoint       TEXT    NOT NULL,
    endpoint_id    KEYTEXT NOT NULL,
    sequence       BIGINT  NOT NULL,
    version        BIGINT  NOT NULL,
    kind           TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    strategy       TEXT    NOT NULL,
    from_config    TEXT,
    to_config      TEXT    NOT NULL,
    started_ms     BIGINT  NOT NULL,
    ended_ms       BIGINT,
    failure_reason TEXT,
    UNIQUE (endpoint_id, sequence),
    CHECK ((status = 'running') = (ended_ms IS NULL))
);
CREATE UNIQUE INDEX deployments_one_live ON deployments (endpoint_id) WHERE ended_ms IS NULL;
CREATE INDEX deployments_by_start ON deployments (account, region, endpoint_key, started_ms, id);

CREATE TABLE deployment_events (
    deployment_id KEYTEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    ordinal       BIGINT  NOT NULL,
    at_ms         BIGINT  NOT NULL,
    body          TEXT    NOT NULL,
    PRIMARY KEY (deployment_id, ordinal)
);

CREATE TABLE alarms (
    account         KEYTEXT NOT NULL,
    region          KEYTEXT NOT NULL,
    name            KEYTEXT NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('metric', 'composite')),
    body            TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('OK', 'ALARM', 'INSUFFICIENT_DATA')),
    reason          TEXT    NOT NULL,
    reason_data     TEXT,
    configured_ms   BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    transitioned_ms BIGINT  NOT NULL,
    tags            TEXT    NOT NULL,
    PRIMARY KEY (account, region, name)
);

-- Every item has its place in the world's order; to_state says what the item made of the alarm, if it did.
CREATE TABLE alarm_history (
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    seq        BIGINT  NOT NULL,
    at_ms      BIGINT  NOT NULL,
    alarm_name KEYTEXT NOT NULL,
    alarm_kind TEXT    NOT NULL CHECK (alarm_kind IN ('metric', 'composite')),
    item_type  TEXT    NOT NULL,
    summary    TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    to_state   TEXT CHECK (to_state IN ('OK', 'ALARM', 'INSUFFICIENT_DATA', 'DELETED')),
    PRIMARY KEY (account, region, seq)
);
CREATE INDEX alarm_history_by_alarm ON alarm_history (account, region, alarm_name, seq);

-- How many instances of a model were ever launched; survives the model.
CREATE TABLE model_launches (
    account  KEYTEXT NOT NULL,
    region   KEYTEXT NOT NULL,
    model_id KEYTEXT NOT NULL,
    launched BIGINT  NOT NULL,
    PRIMARY KEY (account, region, model_id)
);
