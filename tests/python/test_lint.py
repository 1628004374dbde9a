"""The traps that users fall into: each is named in the deployment's history, and in the server's log."""

import pytest

from guardrails import canary, rolling, size, warnings


@pytest.fixture
def updated(fleet_of, worlds, own_server):
    """update(policy, **alarm): the warnings of an update of `web` that an alarm `errors` guards, and the server's log."""

    def make(policy, then=0, **members):
        world = fleet_of(on=worlds(on=own_server()))
        if members:
            put(world, **members)
        world.update(policy)
        world.advance(then)
        return warnings(world.deployment()), world

    return make


def put(world, **members):
    dimensions = members.pop("by", {"EndpointName": "web", "VariantName": "AllTraffic"})
    alarm = {"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Sum", "Period": 60,
             "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"} | members
    dimensions = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    world.cloudwatch.put_metric_alarm(AlarmName="errors", Dimensions=dimensions, **alarm)


def logged(world, sentence):
    """How many lines of the log warn of this, with the endpoint and the deployment."""
    lines = [line for line in world.server.log().splitlines() if sentence in line]
    deployment = world.deployments()[0]["id"]
    assert all(" WARN " in line and "web" in line and deployment in line for line in lines), lines
    return len(lines)


GUARDED = canary(1, wait=60, alarms=["errors"])


def test_the_documentations_alarm_on_an_average_above_one_can_never_fire(updated):
    told, world = updated(GUARDED, then="idle", Statistic="Average", MetricName="Invocation4XXErrors")
    assert told[0] == (
        "The alarm errors can never fire: Average of Invocation4XXErrors lies between 0 and 1, because every sample is "
        "0 or 1, so it is never greater than 1. Sum, or a threshold below 1, would be right.")
    assert logged(world, told[0]) == 1


@pytest.mark.parametrize("members, sentence", [
    ({"by": {"EndpointName": "WEB", "VariantName": "AllTraffic"}},
     "The alarm errors watches the endpoint WEB, but web is updated (case counts)."),
    ({"by": {"EndpointName": "web", "VariantName": "main"}},
     "The alarm errors watches the variant main, but web has AllTraffic."),
    ({"by": {"EndpointName": "web", "VariantName": "AllTraffic", "EndpointConfigName": "red"}},
     "The alarm errors watches the endpoint config red, but this update is about blue and green.")])
def test_an_alarm_on_what_the_endpoint_does_not_publish_is_named(updated, members, sentence):
    told, world = updated(GUARDED, **members)
    assert told == [sentence]
    assert logged(world, sentence) == 1


def test_an_alarm_on_the_new_config_alone_is_as_it_should_be(updated):
    by = {"EndpointName": "web", "VariantName": "AllTraffic", "EndpointConfigName": "green"}
    assert updated(GUARDED, by=by)[0] == []


def test_an_alarm_without_data_during_a_whole_bake_is_noted_once(updated):
    told, world = updated(GUARDED, then="idle", Namespace="Shop")
    assert len(told) == 1 and told[0].startswith("The alarm errors was in INSUFFICIENT_DATA during the whole bake: "), told
    assert logged(world, told[0]) == 1
    assert world.describe()["EndpointConfigName"] == "green"


@pytest.mark.parametrize("policy", [canary(1), rolling(1)], ids=["canary", "rolling"])
def test_an_update_that_no_alarm_watches_says_so(updated, policy):
    told, world = updated(policy)
    assert len(told) == 1 and told[0].startswith("Nothing watches this deployment: "), told
    assert logged(world, told[0]) == 1


def test_the_enum_typo_of_awss_own_page_is_refused_and_the_log_says_what_is_right(fleet_of, worlds, own_server, refused):
    world = fleet_of(on=worlds(on=own_server()))
    hint = "AWS's page on rolling deployments writes CAPACITY_PERCENTAGE; the value is CAPACITY_PERCENT."
    policy = rolling(1)
    policy["RollingUpdatePolicy"]["MaximumBatchSize"] = size("50%") | {"Type": "CAPACITY_PERCENTAGE"}
    with refused(contains=["'CAPACITY_PERCENTAGE'", "Member must satisfy enum value set: [CAPACITY_PERCENT, INSTANCE_COUNT]"]):
        world.update(policy)
    lines = [line for line in world.server.log().splitlines() if hint in line]
    assert len(lines) == 1 and " WARN " in lines[0] and "UpdateEndpoint" in lines[0], lines
