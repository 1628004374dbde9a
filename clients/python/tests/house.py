"""The world that most tests begin with: an endpoint in service, a model that errs, and the alarm that sees it."""

from typing import Any

import pytest

from pytest_sagebrush import World

HOUSE: dict[str, Any] = {
    "models": {"old": {}, "new": {"error_rate": 1}, "newer": {}},
    "endpoints": {"house": {"config": "old"}},
    "endpoint_configs": {name: {"model": name, "instances": 4} for name in ("old", "new", "newer")},
    "alarms": {
        "errors": {"endpoint": "house", "MetricName": "Invocation5XXErrors", "Statistic": "Average", "Threshold": 0.1}
    },
}


def canary(**more: object) -> dict[str, Any]:
    """A quarter of the traffic for five minutes, then all of it, guarded by the alarm."""
    routing = {
        "Type": "CANARY",
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
        "WaitIntervalInSeconds": 300,
    }
    return {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **more},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    }


def update(world: World, config: str = "new") -> None:
    """Begin to update it."""
    world.client("sagemaker").update_endpoint(
        EndpointName="house", EndpointConfigName=config, DeploymentConfig=canary()
    )


def complaint(error: pytest.ExceptionInfo[AssertionError]) -> str:
    """The sentence of a verdict, without the picture below it."""
    sentence, picture = str(error.value).split("\n\n", 1)
    assert picture.startswith("house "), picture
    return sentence
