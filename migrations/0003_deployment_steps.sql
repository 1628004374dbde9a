-- What made each transition of a deployment, for whoever makes them again: the auditor. The version counts
-- them without a gap, as the deployment's own does. The rules for the text are those of 0001.
CREATE TABLE deployment_steps (
    deployment_id KEYTEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    version       BIGINT  NOT NULL CHECK (version > 0),
    at_ms         BIGINT  NOT NULL,
    body          TEXT    NOT NULL,
    PRIMARY KEY (deployment_id, version)
);
