"""The SageMaker Python SDK v2, unmodified: deploy, two guarded updates of which one is rolled back, predict, delete."""

import sagemaker
from sagemaker.model import Model
from sagemaker.predictor import Predictor

from watched import IMAGE, REQUESTS, ROLE, alarm_on_errors, behaviour

session = sagemaker.Session()


def model(name, error_rate=0):
    return Model(name=name, image_uri=IMAGE, role=ROLE, env=behaviour(name, error_rate), predictor_cls=Predictor,
                 sagemaker_session=session)


# The SDK's own waits sleep for 30 s of your time before they look; with wait=False and a poll of one second, nobody waits.
predictor = model("old").deploy(
    initial_instance_count=4, instance_type="ml.m5.large", endpoint_name="house", tags=[REQUESTS], wait=False)
session.wait_for_endpoint("house", poll=1)
assert predictor.predict(b"{}") == b"old"
alarm_on_errors("house")

CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600},
        "TerminationWaitInSeconds": 60},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def guarded_update(name, error_rate=0):
    """Neither Predictor.update_endpoint nor Session.update_endpoint has a DeploymentConfig; the client has."""
    model(name, error_rate).create(instance_type="ml.m5.large")
    session.create_endpoint_config_from_existing(
        "house", name, new_production_variants=[sagemaker.production_variant(name, "ml.m5.large", 4)])
    session.sagemaker_client.update_endpoint(EndpointName="house", EndpointConfigName=name, DeploymentConfig=CANARY)
    return session.wait_for_endpoint("house", poll=1)


# A third of the new model's requests fail. The wait raises nothing and says InService.
ended = guarded_update("bad", error_rate=0.33)
assert (ended["EndpointStatus"], ended["EndpointConfigName"]) == ("InService", "house")  # the config that deploy() made
assert "rolled back because the following alarm(s) went into ALARM state: errors" in ended["FailureReason"]
assert predictor.predict(b"{}") == b"old"

# The same update with a good model.
ended = guarded_update("good")
assert (ended["EndpointStatus"], ended["EndpointConfigName"]) == ("InService", "good")
assert "FailureReason" not in ended
assert predictor.predict(b"{}") == b"good"

# The SDK's own update has no guard: no canary and no alarm, whatever the update before had.
model("unguarded", error_rate=1).create(instance_type="ml.m5.large")
predictor.update_endpoint(model_name="unguarded", initial_instance_count=4, instance_type="ml.m5.large", wait=False)
ended = session.wait_for_endpoint("house", poll=1)
assert ended["EndpointStatus"] == "InService" and ended["EndpointConfigName"].startswith("good-")
try:
    answer = predictor.predict(b"{}")
except session.sagemaker_runtime_client.exceptions.ModelError:
    pass  # as every request now
else:
    raise AssertionError(f"the unguarded model answered {answer}")

# A predictor deletes the config that it knows: the last that it made itself, else the first that it read.
predictor.delete_endpoint()
left = [config["EndpointConfigName"] for config in session.sagemaker_client.list_endpoint_configs()["EndpointConfigs"]]
assert sorted(left) == ["bad", "good", "house"]
for name in left:
    session.delete_endpoint_config(name)
for name in ("old", "bad", "good", "unguarded"):
    session.delete_model(name)
