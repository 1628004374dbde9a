-- Application Auto Scaling. The rules for the text are those of 0001.

-- Variants that are scaled, by their ResourceId. endpoint_key is the name of the endpoint in lower case, id what the ARN
-- names. wake_ms is when its policies are looked at next: some alarm is in a state that has one of them as its action.
CREATE TABLE scalable_targets (
    account      KEYTEXT NOT NULL,
    region       KEYTEXT NOT NULL,
    resource_id  KEYTEXT NOT NULL,
    endpoint_key KEYTEXT NOT NULL,
    id           KEYTEXT NOT NULL,
    created_ms   BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    tags         TEXT    NOT NULL,
    wake_ms      BIGINT,
    PRIMARY KEY (account, region, resource_id)
);
CREATE INDEX scalable_targets_by_endpoint ON scalable_targets (account, region, endpoint_key);
CREATE INDEX scalable_targets_by_id ON scalable_targets (account, region, id);
CREATE INDEX scalable_targets_by_wake ON scalable_targets (account, region, wake_ms) WHERE wake_ms IS NOT NULL;

-- The policies of a target, and its scheduled actions; wake_ms is when a scheduled action is due next.
CREATE TABLE scaling_rules (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    kind        KEYTEXT NOT NULL CHECK (kind IN ('policy', 'scheduled-action')),
    resource_id KEYTEXT NOT NULL,
    name        KEYTEXT NOT NULL,
    id          KEYTEXT NOT NULL,
    created_ms  BIGINT  NOT NULL,
    body        TEXT    NOT NULL,
    wake_ms     BIGINT,
    PRIMARY KEY (account, region, kind, resource_id, name)
);
CREATE INDEX scaling_rules_by_wake ON scaling_rules (account, region, wake_ms) WHERE wake_ms IS NOT NULL;

-- What was done for a variant, in the order in which it began; outlives the target. has_ended is 0 while it is under way,
-- has_scaled 0 where nothing was done.
CREATE TABLE scaling_activities (
    account      KEYTEXT NOT NULL,
    region       KEYTEXT NOT NULL,
    number       BIGINT  NOT NULL CHECK (number > 0),
    resource_id  KEYTEXT NOT NULL,
    endpoint_key KEYTEXT NOT NULL,
    at_ms        BIGINT  NOT NULL,
    has_ended    BIGINT  NOT NULL,
    has_scaled   BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (account, region, number)
);
CREATE INDEX scaling_activities_by_resource ON scaling_activities (account, region, resource_id, number);
CREATE INDEX scaling_activities_by_time ON scaling_activities (account, region, at_ms);
CREATE INDEX scaling_activities_under_way ON scaling_activities (account, region, endpoint_key) WHERE has_ended = 0;

-- How many scalable targets a world has.
ALTER TABLE worlds ADD COLUMN scalable_targets BIGINT NOT NULL DEFAULT 0;
