"""The assertions about the newest update: what each lets pass, and the sentence with which each fails."""

import pytest
from house import complaint, update

from pytest_sagebrush import NoDeployment, World


@pytest.fixture
def updated(house: World) -> World:
    update(house, "newer")
    house.clock.settle()
    return house


def test_an_update_that_succeeded(updated: World) -> None:
    updated.assert_updated("house")
    updated.assert_updated("HOUSE", config="Newer")
    with pytest.raises(AssertionError) as error:
        updated.assert_updated("house", config="new")
    assert complaint(error) == "The endpoint house was updated to newer, not to new."
    with pytest.raises(AssertionError) as error:
        updated.assert_rolled_back("house")
    assert complaint(error) == "The endpoint house was not rolled back: its update to newer succeeded."


def test_an_update_that_was_rolled_back(rolled_back: World) -> None:
    rolled_back.assert_rolled_back("house")
    rolled_back.assert_rolled_back("house", because="alarm", alarm="errors")
    with pytest.raises(AssertionError) as error:
        rolled_back.assert_updated("house")
    assert complaint(error) == (
        "The endpoint house was not updated: its update to new was rolled back (alarm errors)."
    )


def test_a_rollback_for_another_cause_or_by_another_alarm(rolled_back: World) -> None:
    with pytest.raises(AssertionError) as error:
        rolled_back.assert_rolled_back("house", because="timeout")
    assert complaint(error) == "The endpoint house was rolled back because of alarm errors, not of timeout."
    with pytest.raises(AssertionError) as error:
        rolled_back.assert_rolled_back("house", alarm="latency")
    assert complaint(error) == "The endpoint house was rolled back because of alarm errors, not of the alarm latency."


def test_a_cause_that_does_not_exist_is_refused(rolled_back: World) -> None:
    with pytest.raises(ValueError) as error:
        rolled_back.assert_rolled_back("house", because="alarms")  # type: ignore[arg-type]
    assert str(error.value) == (
        "A rollback has no cause 'alarms'; those that it can have are alarm, missing_alarm, timeout, health, capacity, "
        "operator, internal_fault."
    )


def test_no_verdict_before_the_end(house: World) -> None:
    update(house)
    house.clock.advance(100)
    waits = house.deployment("house").next_at
    expected = (
        f"The deployment of house to new is still under way (baking) and waits for {waits:%H:%M:%S}: let it end with "
        "clock.settle() first."
    )
    with pytest.raises(AssertionError) as error:
        house.assert_rolled_back("house")
    assert complaint(error) == expected
    with pytest.raises(AssertionError) as error:
        house.assert_updated("house")
    assert complaint(error) == expected


def test_no_verdict_while_it_is_paused(house: World) -> None:
    update(house)
    house.clock.advance(100)
    paused = house.deployment("house").pause().deployment
    house.clock.settle()
    with pytest.raises(AssertionError) as error:
        house.assert_updated("house")
    assert complaint(error) == (
        f"The deployment of house to new is still under way (baking), paused since {paused.paused_since:%H:%M:%S}: let "
        "it go on with deployment.resume() first."
    )


def test_a_creation_is_no_update(house: World) -> None:
    with pytest.raises(AssertionError) as error:
        house.assert_updated("house")
    assert complaint(error) == "The endpoint house was created on old and never updated."
    with pytest.raises(AssertionError) as error:
        house.assert_rolled_back("house")
    assert complaint(error) == "The endpoint house was created on old and never updated."


def test_a_creation_that_failed_is_none_either(house: World) -> None:
    house.behaviour("new", health="failing")
    house.client("sagemaker").create_endpoint(EndpointName="house-2", EndpointConfigName="new")
    house.clock.settle()
    with pytest.raises(AssertionError, match=r"house-2 was never updated: its creation on new failed\."):
        house.assert_updated("house-2")
    house.assert_never_served("house-2", "new")


def test_a_rollback_that_fails_is_none(house: World) -> None:
    house.fault("rollback_cannot_provision")
    rolling = {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 100}
    house.client("sagemaker").update_endpoint(
        EndpointName="house",
        EndpointConfigName="new",
        DeploymentConfig={
            "RollingUpdatePolicy": rolling,
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
    )
    house.clock.advance(300)
    house.fault("alarm", alarm="errors")
    house.clock.settle()
    with pytest.raises(AssertionError) as error:
        house.assert_rolled_back("house")
    assert complaint(error) == "The endpoint house was not rolled back: the rollback of its update to new failed."


def test_an_endpoint_that_is_not_there(house: World) -> None:
    for verdict in (house.assert_updated, house.assert_rolled_back):
        with pytest.raises(AssertionError) as error:
            verdict("hose")
        assert str(error.value) == (
            "There is no deployment of an endpoint hose in this world; there are those of house."
        )
    with pytest.raises(NoDeployment):
        house.assert_never_served("hose", "new")


def test_an_empty_world(sagebrush: World) -> None:
    with pytest.raises(NoDeployment) as error:
        sagebrush.deployment("house")
    assert str(error.value) == "There is no deployment of an endpoint house in this world; there are none at all."
