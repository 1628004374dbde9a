"""What is refused: lines 20 to 30 of the contract (docs/fidelity.md), and the message catalogue of the hosting operations."""

import pytest

from guardrails import Story, all_at_once, canary, doomed_rollback, fleet, launching, linear, rolling, size, timeline, warnings
from world import IMAGE, ROLE, variant

BOTH_POLICIES = "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified in DeploymentConfig."


def in_progress(world, name="web"):
    return f'Cannot update in-progress endpoint "{world.arn("endpoint", name)}".'


def test_line_20_both_update_policies_are_refused_at_create_and_at_update(fleet_of, refused):
    world = fleet_of()
    both = all_at_once() | rolling(1)
    with refused(BOTH_POLICIES):
        world.update(both)
    with refused(BOTH_POLICIES):
        world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue", DeploymentConfig=both)


@pytest.mark.parametrize("kind, missing", [("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")])
def test_line_21_a_type_without_its_size_is_refused_and_the_message_names_it(fleet_of, refused, kind, missing):
    world = fleet_of()
    without = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": 60}}}
    with refused(contains=missing):
        world.update(without)
    with refused(contains=missing):
        world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue", DeploymentConfig=without)


def test_line_21_members_that_the_type_does_not_use_are_ignored_and_echoed(fleet_of):
    world = fleet_of()
    policy = all_at_once(wait=60, CanarySize=3, LinearStepSize="90%")
    world.update(policy)
    assert world.describe()["LastDeploymentConfig"] == policy
    world.advance("idle")
    assert world.deployments()[0]["strategy"] == "ALL_AT_ONCE"


@pytest.mark.parametrize("policy, member", [
    (canary("51%"), "CanarySize"), (linear("9%"), "LinearStepSize"), (linear("51%"), "LinearStepSize"),
    (rolling("4%"), "MaximumBatchSize"), (rolling("51%"), "MaximumBatchSize")])
def test_line_22_a_percentage_out_of_range_is_refused_even_at_create(fleet_of, refused, policy, member):
    world = fleet_of()
    with refused(contains=member):
        world.update(policy)
    with refused(contains=member):
        world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue", DeploymentConfig=policy)


@pytest.mark.parametrize("instances, policy, member", [
    (3, canary(2), "CanarySize"), (20, linear(1), "LinearStepSize"), (3, linear(2), "LinearStepSize"),
    (30, rolling(1), "MaximumBatchSize"), (3, rolling(2), "MaximumBatchSize"), (3, canary(2_000_000_000), "CanarySize")])
def test_line_22_a_count_is_judged_by_its_share_where_the_fleet_is_known(fleet_of, refused, instances, policy, member):
    world = fleet_of(instances)
    with refused(contains=member):
        world.update(policy)
    assert world.status() == "InService"
    world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue", DeploymentConfig=policy)


@pytest.mark.parametrize("instances, policy", [
    (2, linear(1)), (2, rolling("5%")), (2, rolling(1)), (2, canary(1)), (1, canary(1)), (1, linear(1)), (1, rolling(1)),
    (10, linear(1)), (10, canary(5)), (20, rolling(1))])
def test_line_22_what_aws_accepts_on_a_small_fleet_is_accepted(fleet_of, instances, policy):
    world = fleet_of(instances)
    world.update(policy)
    world.advance("idle")
    assert world.deployments()[0]["status"] == "succeeded"


def test_line_22_a_step_of_the_whole_fleet_is_noted_in_the_history(fleet_of):
    world = fleet_of(1)
    world.update(canary(1))
    assert ["the first step is the whole fleet" in told for told in warnings(world.deployment())].count(True) == 1


def test_line_23_rolling_takes_one_variant_only(world, refused):
    world.model()
    for name in ("blue", "green"):
        world.config(name, variants=[variant("a", 2), variant("b", 2)])
    world.endpoint("web", "blue")
    with refused(contains="RollingUpdatePolicy"):
        world.update(rolling(1))


@pytest.mark.parametrize("policy", [all_at_once(), canary(1), rolling(1)], ids=["all_at_once", "canary", "rolling"])
def test_line_23_guardrails_need_the_same_variant_names(world, refused, policy):
    world.model()
    world.config("blue", variants=[variant("old", 2)])
    world.config("green", variants=[variant("new", 2)])
    world.endpoint("web", "blue")
    with refused(contains="variant name"):
        world.update(policy)


def test_line_23_a_plain_update_may_add_remove_and_rename_variants(world):
    world.model()
    world.config("blue", variants=[variant("old", 2), variant("stays", 1)])
    world.config("green", variants=[variant("stays", 1), variant("new", 2), variant("more", 1)])
    world.endpoint("web", "blue")
    world.update()
    world.advance("idle")
    assert [v["VariantName"] for v in world.describe()["ProductionVariants"]] == ["stays", "new", "more"]


@pytest.mark.parametrize("where", ["green", "blue"])
@pytest.mark.parametrize("feature", ["inf1", "model_package"])
def test_line_24_excluded_features_fall_back_to_all_at_once_without_a_bake(world, feature, where):
    world.model()
    package = {"ModelPackageName": f"arn:aws:sagemaker:us-east-1:{world.account}:model-package/bought/1"}
    world.sagemaker.create_model(ModelName="packaged", Containers=[package], ExecutionRoleArn=ROLE)
    member = {"InstanceType": "ml.inf1.xlarge"} if feature == "inf1" else {"ModelName": "packaged"}
    for config in ["blue", "green"]:
        world.config(config, variants=[variant("AllTraffic", 3, **member if config == where else {})])
    world.endpoint("web", "blue")
    policy = canary(1, wait=600, termination=600)
    world.update(policy)
    assert world.describe()["LastDeploymentConfig"] == policy
    world.advance("idle")
    history = world.deployment()
    assert (history["strategy"], history["status"]) == ("ALL_AT_ONCE", "succeeded")
    assert timeline(history)[-1] == (75, "succeeded")
    assert "warning" in [e["phase"] for e in history["events"]]


def change_weights(world):
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 0.5}])


CALLS = {
    "UpdateEndpoint": lambda world: world.update(),
    "UpdateEndpointWeightsAndCapacities": change_weights,
    "DeleteEndpoint": lambda world: world.sagemaker.delete_endpoint(EndpointName="web"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("state", ["Creating", "Updating", "Scaling", "Deleting"])
def test_line_25_nothing_changes_an_endpoint_in_transition(world, refused, call, state):
    world.model()
    world.config("blue")
    world.config("green")
    if state == "Creating":
        world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    else:
        world.endpoint("web", "blue")
    if state == "Updating":
        world.update()
    elif state == "Scaling":
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 5}])
    elif state == "Deleting":
        world.sagemaker.delete_endpoint(EndpointName="web")
    with refused(in_progress(world)):
        CALLS[call](world)


@pytest.mark.parametrize("call", ["UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"])
def test_line_25_a_failed_endpoint_can_only_be_deleted(world, refused, call):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("blue", model="sick")
    world.config("green", model="sick")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance("idle")
    arn = world.arn("endpoint", "web")
    with refused(f'Cannot update failed endpoint "{arn}". DeleteEndpoint is the only operation allowed.'):
        CALLS[call](world)
    world.sagemaker.delete_endpoint(EndpointName="web")
    world.advance("idle")
    with refused(f'Could not find endpoint "{arn}".'):
        world.describe()


def test_line_25_after_a_failed_rollback_updating_and_deleting_are_allowed_scaling_is_not(world, refused):
    doomed_rollback(world, rollback_batch=None)
    world.advance("idle")
    assert world.status() == "UpdateRollbackFailed"
    with refused():
        change_weights(world)
    world.sagemaker.delete_endpoint(EndpointName="web")
    assert world.status() == "Deleting"


def test_line_26_names_are_unique_and_found_ignoring_case(fleet_of, refused):
    world = fleet_of()
    shown = world.describe("WEB")
    assert (shown["EndpointName"], shown["EndpointArn"]) == ("web", world.arn("endpoint", "web"))
    assert world.sagemaker.describe_model(ModelName="MODEL")["ModelName"] == "model"
    assert world.sagemaker.describe_endpoint_config(EndpointConfigName="BLUE")["EndpointConfigName"] == "blue"
    with refused(f'Cannot create already existing endpoint "{world.arn("endpoint", "web")}".'):
        world.sagemaker.create_endpoint(EndpointName="Web", EndpointConfigName="blue")
    with refused(f'Cannot create already existing model "{world.arn("model", "model")}".'):
        world.model("Model")
    with refused(f'Cannot create already existing endpoint configuration "{world.arn("endpoint-config", "blue")}".'):
        world.config("Blue")


def test_line_26_the_name_of_an_endpoint_is_free_once_it_is_gone(fleet_of, refused):
    world = fleet_of()
    world.sagemaker.delete_endpoint(EndpointName="web")
    assert [e["EndpointStatus"] for e in world.sagemaker.list_endpoints()["Endpoints"]] == ["Deleting"]
    with refused(f'Cannot create already existing endpoint "{world.arn("endpoint", "web")}".'):
        world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance(10)
    assert world.sagemaker.list_endpoints()["Endpoints"] == []
    world.endpoint("web", "blue")


def test_line_27_an_update_to_the_config_in_service_is_a_full_deployment(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=100), config="blue")
    story = Story(world, new="blue")
    story.sees(0, fleet(3, 3), fleet(0, 3, launching(3)))
    world.advance("idle")
    assert (world.deployments()[0]["status"], timeline(world.deployment())[-1][0]) == ("succeeded", 60 + 2 * 105 + 10)


def test_line_28_the_config_in_the_request_wins_over_the_retained_one(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=100))
    world.advance("idle")
    world.update(linear(1, wait=100), config="blue", RetainDeploymentConfig=True)
    assert world.deployments()[0]["strategy"] == "LINEAR"


def test_line_28_retaining_uses_the_last_config_again(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=100))
    world.advance("idle")
    world.update(config="blue", RetainDeploymentConfig=True)
    assert world.deployments()[0]["strategy"] == "CANARY"


def test_line_28_retaining_without_an_earlier_one_is_a_plain_update(fleet_of):
    world = fleet_of()
    world.update(RetainDeploymentConfig=True)
    world.advance("idle")
    assert (world.deployments()[0]["strategy"], timeline(world.deployment())[-1][0]) == ("ALL_AT_ONCE", 75)


def test_line_29_the_last_deployment_config_is_shown_at_once_and_kept(world):
    world.model()
    world.config("blue")
    world.config("green")
    first, second = canary(1, wait=100), canary(1, wait=200, alarms=["errors"])
    world.alarm()
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue", DeploymentConfig=first)
    assert world.describe()["LastDeploymentConfig"] == first
    world.advance("idle")
    world.update(second)
    assert world.describe()["LastDeploymentConfig"] == second
    world.advance(70)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert world.describe()["LastDeploymentConfig"] == second, "a rollback keeps it"
    world.update()
    world.advance("idle")
    assert world.describe()["LastDeploymentConfig"] == second, "an update without one keeps it"


def test_line_29_a_config_given_at_create_is_used_only_when_it_is_retained(world):
    world.model()
    world.config("blue")
    world.config("green")
    world.endpoint("web", "blue", DeploymentConfig=canary(1, wait=100))
    assert timeline(world.deployment()) == [(0, "launching"), (60, "succeeded")]
    world.update(RetainDeploymentConfig=True)
    assert world.deployments()[0]["strategy"] == "CANARY"


def test_line_30_deleting_what_a_deployment_uses_disturbs_neither_it_nor_its_rollback(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(rolling(1, wait=100, alarms=["errors"]))
    for name in ("blue", "green"):
        world.sagemaker.delete_endpoint_config(EndpointConfigName=name)
    world.sagemaker.delete_model(ModelName="model")
    world.advance(415)
    world.set_alarm("ALARM")
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "blue")
    assert [v["CurrentInstanceCount"] for v in shown["ProductionVariants"]] == [4]


def test_line_30_the_next_update_is_refused_for_the_old_config_that_is_gone(fleet_of, refused):
    world = fleet_of()
    world.sagemaker.delete_endpoint_config(EndpointConfigName="blue")
    with refused(f'Could not find endpoint configuration "{world.arn("endpoint-config", "blue")}".'):
        world.update()


def test_line_30_the_next_update_is_refused_for_the_new_config_or_a_model_that_is_gone(fleet_of, refused):
    world = fleet_of()
    with refused(f'Could not find endpoint configuration "{world.arn("endpoint-config", "nowhere")}".'):
        world.update(config="nowhere")
    world.sagemaker.delete_model(ModelName="model")
    with refused(f'Could not find model "{world.arn("model", "model")}".'):
        world.update()


# The message catalogue: what is not there, and what is there already.

NOT_FOUND = {
    "describe_endpoint": ("EndpointName", "endpoint", "endpoint"),
    "delete_endpoint": ("EndpointName", "endpoint", "endpoint"),
    "describe_endpoint_config": ("EndpointConfigName", "endpoint configuration", "endpoint-config"),
    "delete_endpoint_config": ("EndpointConfigName", "endpoint configuration", "endpoint-config"),
    "describe_model": ("ModelName", "model", "model"),
    "delete_model": ("ModelName", "model", "model"),
}


@pytest.mark.parametrize("operation", NOT_FOUND)
def test_what_does_not_exist_is_named_by_its_arn_in_lower_case(world, refused, operation):
    member, words, kind = NOT_FOUND[operation]
    with refused(f'Could not find {words} "{world.arn(kind, "nowhere")}".'):
        getattr(world.sagemaker, operation)(**{member: "Nowhere"})


def test_changes_of_an_unknown_endpoint_are_refused(world, refused):
    world.model()
    world.config("green")
    for call in ("UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"):
        with refused(f'Could not find endpoint "{world.arn("endpoint", "web")}".'):
            CALLS[call](world)


def test_a_config_of_an_unknown_model_and_an_endpoint_of_an_unknown_config_are_refused(world, refused):
    with refused(f'Could not find model "{world.arn("model", "model")}".'):
        world.config("blue")
    with refused(f'Could not find endpoint configuration "{world.arn("endpoint-config", "blue")}".'):
        world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")


def test_a_variant_needs_something_to_run_on(world, refused):
    world.model()
    with refused(contains="AllTraffic"):
        world.config("blue", variants=[{"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1}])


UNBUILT_CONFIGS = {
    "serverless": dict(variants=[{"VariantName": "a", "ModelName": "model", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}]),
    "instance pools": dict(variants=[{"VariantName": "a", "ModelName": "model", "InitialInstanceCount": 1,
                                      "InstancePools": [{"InstanceType": "ml.m5.large", "Priority": 1}]}]),
    "shadow": dict(ShadowProductionVariants=[variant("shadow", 1)]),
}


@pytest.mark.parametrize("feature", UNBUILT_CONFIGS)
def test_a_config_of_a_feature_that_is_not_built_is_kept_and_its_endpoint_answers_501(fleet_of, refused, feature):
    world = fleet_of()
    world.config("special", **UNBUILT_CONFIGS[feature])
    shown = world.sagemaker.describe_endpoint_config(EndpointConfigName="special")
    for member, value in UNBUILT_CONFIGS[feature].items():
        assert shown["ProductionVariants" if member == "variants" else member] == value
    with refused(code="NotImplemented", status=501, contains="sagebrush does not implement"):
        world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="special")
    with refused(code="NotImplemented", status=501, contains="sagebrush does not implement"):
        world.update(config="special")
    assert world.status() == "InService"


def test_an_async_config_cannot_be_dropped_by_an_update(world, refused):
    world.model()
    world.config("blue", AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://bucket/out"}})
    world.config("green")
    world.endpoint("web", "blue")
    assert world.describe()["AsyncInferenceConfig"] == {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
    with refused(contains="The AsyncInferenceConfig parameter cannot be removed from this endpoint web."):
        world.update()


@pytest.mark.parametrize("environment", [
    {"SAGEBRUSH_HEALTH": "sometimes"}, {"SAGEBRUSH_HEALTH": "failing-after:"}, {"SAGEBRUSH_HEALTH": "failing-after:-1"},
    {"SAGEBRUSH_STARTUP_SECONDS": "soon"}, {"SAGEBRUSH_STARTUP_SECONDS": "-1"}, {"SAGEBRUSH_STARTUP_SECONDS": ""},
    {"SAGEBRUSH_COLOUR": "blue"}])
def test_an_unknown_sagebrush_name_or_value_is_refused_at_create_model(world, refused, environment):
    with refused(contains=next(iter(environment))):
        world.model(**environment)
    with refused(f'Could not find model "{world.arn("model", "model")}".'):
        world.sagemaker.describe_model(ModelName="model")


def test_environments_of_users_pass_untouched(world):
    environment = {"SAGEMAKER_PROGRAM": "serve.py", "sagebrush": "word", "EMPTY": ""}
    world.sagemaker.create_model(ModelName="model", PrimaryContainer={"Image": IMAGE, "Environment": environment}, ExecutionRoleArn=ROLE)
    assert world.sagemaker.describe_model(ModelName="model")["PrimaryContainer"]["Environment"] == environment


@pytest.mark.parametrize("policy, path", [
    ({"TrafficRoutingConfiguration": {"Type": "SOMETIMES", "WaitIntervalInSeconds": 0}}, "type"),
    ({"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 999999}}, "waitIntervalInSeconds"),
    ({"TrafficRoutingConfiguration": {"Type": "CANARY", "WaitIntervalInSeconds": 0, "CanarySize": size(1) | {"Type": "CAPACITY_PERCENTAGE"}}},
     "canarySize.type")])
def test_what_boto3_lets_pass_is_refused_by_its_shape(fleet_of, refused, policy, path):
    world = fleet_of()
    where = f"deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.{path}"
    with refused(contains=["1 validation error detected: Value ", f" at '{where}' failed to satisfy constraint: Member must "]):
        world.update({"BlueGreenUpdatePolicy": policy})
