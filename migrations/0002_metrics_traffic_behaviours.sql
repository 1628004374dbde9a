-- Metrics with the alarms that read them, traffic that needs no client, behaviours set at run time, and how
-- many instances there were when. The rules for the text are those of 0001.

-- One series for each metric and unit. metric_key is the metric without its unit: what alarms and readers
-- name. last_ms is the instant of its newest datapoint.
CREATE TABLE metric_series (
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    id         KEYTEXT NOT NULL,
    metric_key KEYTEXT NOT NULL,
    namespace  KEYTEXT NOT NULL,
    name       KEYTEXT NOT NULL,
    dimensions TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    last_ms    BIGINT  NOT NULL,
    PRIMARY KEY (account, region, id)
);
CREATE INDEX metric_series_by_metric ON metric_series (account, region, metric_key);

-- A datapoint covers span_ms from at_ms on. The body is "count sum min max"; without bins it has no percentiles.
CREATE TABLE metric_points (
    account   KEYTEXT NOT NULL,
    region    KEYTEXT NOT NULL,
    series_id KEYTEXT NOT NULL,
    at_ms     BIGINT  NOT NULL,
    span_ms   BIGINT  NOT NULL CHECK (span_ms > 0),
    body      TEXT    NOT NULL,
    bins      TEXT,
    PRIMARY KEY (account, region, series_id, at_ms, span_ms)
);

-- When time alone evaluates an alarm next; without it the alarm sleeps until its metrics move.
ALTER TABLE alarms ADD COLUMN wake_ms BIGINT;
CREATE INDEX alarms_by_wake ON alarms (account, region, wake_ms) WHERE wake_ms IS NOT NULL;

-- Which alarm reads which metrics.
CREATE TABLE alarm_metrics (
    account    KEYTEXT NOT NULL,
    region     KEYTEXT NOT NULL,
    metric_key KEYTEXT NOT NULL,
    alarm_name KEYTEXT NOT NULL,
    PRIMARY KEY (account, region, metric_key, alarm_name),
    FOREIGN KEY (account, region, alarm_name) REFERENCES alarms (account, region, name) ON DELETE CASCADE
);
CREATE INDEX alarm_metrics_by_alarm ON alarm_metrics (account, region, alarm_name);

-- Requests that are computed and not sent: asked for since since_ms, accounted for up to done_ms.
CREATE TABLE traffic (
    endpoint_id KEYTEXT NOT NULL PRIMARY KEY REFERENCES endpoints (id) ON DELETE CASCADE,
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    demand      TEXT    NOT NULL,
    since_ms    BIGINT  NOT NULL,
    done_ms     BIGINT  NOT NULL,
    load        TEXT    NOT NULL,
    wake_ms     BIGINT
);
CREATE INDEX traffic_by_wake ON traffic (account, region, wake_ms) WHERE wake_ms IS NOT NULL;

-- How a model behaves, set at run time; survives the model, for a copy of it may still be deployed.
CREATE TABLE behaviours (
    account  KEYTEXT NOT NULL,
    region   KEYTEXT NOT NULL,
    model_id KEYTEXT NOT NULL,
    body     TEXT    NOT NULL,
    PRIMARY KEY (account, region, model_id)
);

-- How many instances there were from when until when; outlives the endpoint.
CREATE TABLE instance_spans (
    account       KEYTEXT NOT NULL,
    region        KEYTEXT NOT NULL,
    endpoint_id   KEYTEXT NOT NULL,
    endpoint_key  KEYTEXT NOT NULL,
    variant       KEYTEXT NOT NULL,
    config        KEYTEXT NOT NULL,
    instance_type KEYTEXT NOT NULL,
    instances     BIGINT  NOT NULL CHECK (instances > 0),
    report_ms     BIGINT  NOT NULL CHECK (report_ms > 0),
    from_ms       BIGINT  NOT NULL,
    until_ms      BIGINT CHECK (until_ms > from_ms),
    PRIMARY KEY (endpoint_id, variant, config, instance_type, from_ms)
);
CREATE UNIQUE INDEX instance_spans_open ON instance_spans (endpoint_id, variant, config, instance_type) WHERE until_ms IS NULL;
CREATE INDEX instance_spans_by_endpoint ON instance_spans (account, region, endpoint_key, from_ms);
