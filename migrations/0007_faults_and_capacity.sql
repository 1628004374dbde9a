-- Faults that operators have put into a world, and the limits of its instances. The rules for the text are those of 0001.

-- Their place in the order of their making is their name. wake_ms is when time alone makes one do its work.
CREATE TABLE injections (
    account KEYTEXT NOT NULL,
    region  KEYTEXT NOT NULL,
    number  BIGINT  NOT NULL CHECK (number > 0),
    body    TEXT    NOT NULL,
    wake_ms BIGINT,
    PRIMARY KEY (account, region, number)
);
CREATE INDEX injections_by_wake ON injections (account, region, wake_ms) WHERE wake_ms IS NOT NULL;

-- How many numbers a world has given to faults, and whether it keeps the past of its endpoints for them.
ALTER TABLE worlds ADD COLUMN injections BIGINT NOT NULL DEFAULT 0;
ALTER TABLE worlds ADD COLUMN keeps_past BIGINT NOT NULL DEFAULT 0;

-- The states that endpoints had until until_ms, while somebody is to be shown them; outlives the endpoint.
CREATE TABLE endpoint_past (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    endpoint_id KEYTEXT NOT NULL,
    version     BIGINT  NOT NULL,
    name_key    KEYTEXT NOT NULL,
    until_ms    BIGINT  NOT NULL,
    state       TEXT    NOT NULL,
    PRIMARY KEY (endpoint_id, version)
);
CREATE INDEX endpoint_past_by_name ON endpoint_past (account, region, name_key, until_ms);

-- How many instances of a type a world has room for (pool), and how many its account may have (quota); without either no
-- limit. A world's row says for how many types there are any.
CREATE TABLE instance_limits (
    account       KEYTEXT NOT NULL,
    region        KEYTEXT NOT NULL,
    instance_type KEYTEXT NOT NULL,
    pool          BIGINT CHECK (pool >= 0),
    quota         BIGINT CHECK (quota >= 0),
    PRIMARY KEY (account, region, instance_type)
);
ALTER TABLE worlds ADD COLUMN instance_limits BIGINT NOT NULL DEFAULT 0;
