"""Does the alarm that we ship catch a model that is bad, and leave a good one alone?"""

import json
import pathlib

import pytest

ALARM = json.loads((pathlib.Path(__file__).parent / "alarm.json").read_text())
CANARY = {"Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600}


@pytest.fixture
def shop(sagebrush):
    """An endpoint under traffic, a config to update to, and our alarm, as PutMetricAlarm takes it."""
    sagebrush.scenario({
        "models": {"good": {"latency_ms": 40}, "next": {"latency_ms": 40}},
        "endpoints": {"shop": {"model": "good", "instances": 4}},
        "endpoint_configs": {"next": {"model": "next", "instances": 4}},
        "traffic": {"shop": 50}})
    sagebrush.client("cloudwatch").put_metric_alarm(**ALARM)
    return sagebrush


def update(shop):
    """A canary of one instance that our alarm guards, to its end."""
    shop.client("sagemaker").update_endpoint(EndpointName="shop", EndpointConfigName="next", DeploymentConfig={
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": CANARY},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": ALARM["AlarmName"]}]}})
    shop.clock.settle()


def test_a_model_that_is_as_fast_as_the_old_one_passes(shop):
    update(shop)
    shop.assert_updated("shop", "next")


@pytest.mark.parametrize("latency_ms", [200, {"p50": 60, "p99": 900}])
def test_a_slow_model_goes_back_before_it_has_all_of_the_traffic(shop, latency_ms):
    shop.behaviour("next", latency_ms=latency_ms)
    update(shop)
    shop.assert_rolled_back("shop", because="alarm", alarm=ALARM["AlarmName"])


def test_the_alarm_can_see_something(shop):
    update(shop)
    assert not [event for event in shop.deployment("shop").events if event.phase == "warning"]
