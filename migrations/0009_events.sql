-- What EventBridge is told. The rules for the text are those of 0001.

-- The events of a world in the order in which they happened, each in the text in which targets get it. Written with what
-- they tell of; only the newest are kept. resource is the ARN of what an event is about.
CREATE TABLE bus_events (
    account     KEYTEXT NOT NULL,
    region      KEYTEXT NOT NULL,
    number      BIGINT  NOT NULL CHECK (number > 0),
    id          KEYTEXT NOT NULL,
    at_ms       BIGINT  NOT NULL,
    detail_type KEYTEXT NOT NULL,
    resource    KEYTEXT NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (account, region, number)
);
CREATE INDEX bus_events_by_resource ON bus_events (account, region, resource, number);
