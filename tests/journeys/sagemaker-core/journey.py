"""sagemaker-core, unmodified, in its lines 1 and 2: create, two guarded updates of which one is rolled back, invoke, delete."""

try:
    from sagemaker.core import shapes
    from sagemaker.core.resources import Endpoint, EndpointConfig, Model
except ImportError:  # its line 1
    from sagemaker_core.main import shapes
    from sagemaker_core.main.resources import Endpoint, EndpointConfig, Model

from watched import IMAGE, REQUESTS, ROLE, alarm_on_errors, behaviour


def config(name, error_rate=0):
    container = shapes.ContainerDefinition(image=IMAGE, environment=behaviour(name, error_rate))
    Model.create(model_name=name, primary_container=container, execution_role_arn=ROLE)
    variant = shapes.ProductionVariant(
        variant_name="AllTraffic", model_name=name, initial_instance_count=4, instance_type="ml.m5.large")
    return EndpointConfig.create(endpoint_config_name=name, production_variants=[variant])


endpoint = Endpoint.create(
    endpoint_name="house", endpoint_config_name=config("old"),
    tags=[shapes.Tag(key=REQUESTS["Key"], value=REQUESTS["Value"])])
endpoint.wait_for_status("InService", poll=1)
assert endpoint.invoke(body="{}").body.read() == b"old"
alarm_on_errors("house")

CANARY = shapes.DeploymentConfig(
    blue_green_update_policy=shapes.BlueGreenUpdatePolicy(
        traffic_routing_configuration=shapes.TrafficRoutingConfig(
            type="CANARY", canary_size=shapes.CapacitySize(type="INSTANCE_COUNT", value=1), wait_interval_in_seconds=600),
        termination_wait_in_seconds=60),
    auto_rollback_configuration=shapes.AutoRollbackConfig(alarms=[shapes.Alarm(alarm_name="errors")]))


def guarded_update(name, error_rate=0):
    """update() sends the config whose name the object has."""
    endpoint.endpoint_config_name = config(name, error_rate).endpoint_config_name
    endpoint.update(deployment_config=CANARY)
    assert endpoint.endpoint_config_name != name  # it has read the endpoint again, which is on its old config
    endpoint.wait_for_status("InService", poll=1)


# A third of the new model's requests fail. The wait raises nothing: InService is what it was told to wait for.
guarded_update("bad", error_rate=0.33)
assert (endpoint.endpoint_status, endpoint.endpoint_config_name) == ("InService", "old")
assert "rolled back because the following alarm(s) went into ALARM state: errors" in endpoint.failure_reason
assert endpoint.invoke(body="{}").body.read() == b"old"

# The same update with a good model. The object keeps the reason of the rollback before; one made afresh has none.
guarded_update("good")
assert (endpoint.endpoint_status, endpoint.endpoint_config_name) == ("InService", "good")
assert "rolled back" in endpoint.failure_reason
assert not isinstance(Endpoint.get(endpoint_name="house").failure_reason, str)
assert endpoint.invoke(body="{}").body.read() == b"good"

endpoint.delete()
endpoint.wait_for_delete(poll=1)
for resource in (*EndpointConfig.get_all(), *Model.get_all()):
    resource.delete()
assert not [*Endpoint.get_all(), *EndpointConfig.get_all(), *Model.get_all()]
