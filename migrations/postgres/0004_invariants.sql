-- What no transaction may do, whoever writes it; the same rules as in ../sqlite. What an earlier version
-- does keeps them, so that it can run beside this one.

CREATE FUNCTION sagebrush_refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION sagebrush_follow() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ordinal <> 1 + COALESCE((SELECT MAX(ordinal) FROM deployment_events WHERE deployment_id = NEW.deployment_id), 0) THEN
        RAISE EXCEPTION 'the events of a deployment have no gap' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER worlds_never_go_back BEFORE UPDATE OF reached_ms ON worlds
FOR EACH ROW WHEN (NEW.reached_ms < OLD.reached_ms)
EXECUTE FUNCTION sagebrush_refuse('the time that a world has reached never goes back');

CREATE TRIGGER endpoints_change_one_by_one BEFORE UPDATE OF version ON endpoints
FOR EACH ROW WHEN (NEW.version NOT IN (OLD.version, OLD.version + 1))
EXECUTE FUNCTION sagebrush_refuse('the versions of an endpoint have no gap');

CREATE TRIGGER deployments_change_one_by_one BEFORE UPDATE OF version ON deployments
FOR EACH ROW WHEN (NEW.version NOT IN (OLD.version, OLD.version + 1))
EXECUTE FUNCTION sagebrush_refuse('the versions of a deployment have no gap');

CREATE TRIGGER deployments_end_once BEFORE UPDATE ON deployments
FOR EACH ROW WHEN (OLD.ended_ms IS NOT NULL)
EXECUTE FUNCTION sagebrush_refuse('a deployment that has ended never changes');

CREATE TRIGGER deployment_events_follow_one_another BEFORE INSERT ON deployment_events
FOR EACH ROW EXECUTE FUNCTION sagebrush_follow();

CREATE TRIGGER deployment_events_stay BEFORE UPDATE ON deployment_events
FOR EACH ROW EXECUTE FUNCTION sagebrush_refuse('what has happened never changes');

CREATE TRIGGER deployment_steps_stay BEFORE UPDATE ON deployment_steps
FOR EACH ROW EXECUTE FUNCTION sagebrush_refuse('what has happened never changes');
