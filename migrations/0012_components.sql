-- Inference components. The rules for the text are those of 0001.

-- A component stands among the endpoints, under the name inference-component/NAME: it has copies where they have instances.
-- host is the name of the endpoint that hosts it, host_key the same in lower case, host_variant the variant; of an endpoint
-- all are null.
ALTER TABLE endpoints ADD COLUMN host_key KEYTEXT;
ALTER TABLE endpoints ADD COLUMN host TEXT;
ALTER TABLE endpoints ADD COLUMN host_variant KEYTEXT;
CREATE INDEX endpoints_by_host ON endpoints (account, region, host_key) WHERE host_key IS NOT NULL;

-- How many components a world has.
ALTER TABLE worlds ADD COLUMN components BIGINT NOT NULL DEFAULT 0;
