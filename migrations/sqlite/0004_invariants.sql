-- What no transaction may do, whoever writes it; the same rules as in ../postgres. What an earlier version
-- does keeps them, so that it can run beside this one.

CREATE TRIGGER worlds_never_go_back BEFORE UPDATE OF reached_ms ON worlds
WHEN NEW.reached_ms < OLD.reached_ms
BEGIN SELECT RAISE(ABORT, 'the time that a world has reached never goes back'); END;

CREATE TRIGGER endpoints_change_one_by_one BEFORE UPDATE OF version ON endpoints
WHEN NEW.version NOT IN (OLD.version, OLD.version + 1)
BEGIN SELECT RAISE(ABORT, 'the versions of an endpoint have no gap'); END;

CREATE TRIGGER deployments_change_one_by_one BEFORE UPDATE OF version ON deployments
WHEN NEW.version NOT IN (OLD.version, OLD.version + 1)
BEGIN SELECT RAISE(ABORT, 'the versions of a deployment have no gap'); END;

CREATE TRIGGER deployments_end_once BEFORE UPDATE ON deployments
WHEN OLD.ended_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a deployment that has ended never changes'); END;

CREATE TRIGGER deployment_events_follow_one_another BEFORE INSERT ON deployment_events
WHEN NEW.ordinal <> 1 + COALESCE((SELECT MAX(ordinal) FROM deployment_events WHERE deployment_id = NEW.deployment_id), 0)
BEGIN SELECT RAISE(ABORT, 'the events of a deployment have no gap'); END;

CREATE TRIGGER deployment_events_stay BEFORE UPDATE ON deployment_events
BEGIN SELECT RAISE(ABORT, 'what has happened never changes'); END;

CREATE TRIGGER deployment_steps_stay BEFORE UPDATE ON deployment_steps
BEGIN SELECT RAISE(ABORT, 'what has happened never changes'); END;
