-- How often in a row the step of an endpoint has failed inside the server; 0 again as soon as one succeeds.
-- The rules for the text are those of 0001.
ALTER TABLE endpoints ADD COLUMN faults BIGINT NOT NULL DEFAULT 0;
