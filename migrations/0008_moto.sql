-- What users of moto set by its own routes. The rules for the text are those of 0001.

-- How moto's models come through their transitions; no part of a world, as it is none in moto.
CREATE TABLE progressions (
    model_name KEYTEXT NOT NULL PRIMARY KEY,
    body       TEXT    NOT NULL
);

-- How often an endpoint was looked at in the transition that began at since_ms.
CREATE TABLE endpoint_looks (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    endpoint_id KEYTEXT NOT NULL,
    since_ms    BIGINT  NOT NULL,
    looks       BIGINT  NOT NULL CHECK (looks > 0),
    PRIMARY KEY (account, region, endpoint_id)
);

-- What requests to endpoints are answered, in the order in which it was set. Each is given to the first request that comes
-- without one, and from then on to those that are the same: of this endpoint, with this fingerprint.
CREATE TABLE endpoint_results (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    number      BIGINT  NOT NULL CHECK (number > 0),
    body        TEXT    NOT NULL,
    endpoint    KEYTEXT,
    fingerprint KEYTEXT,
    PRIMARY KEY (account, region, number)
);
CREATE INDEX endpoint_results_by_request ON endpoint_results (account, region, endpoint, fingerprint);

-- How many of them were set in a world.
ALTER TABLE worlds ADD COLUMN results BIGINT NOT NULL DEFAULT 0;
