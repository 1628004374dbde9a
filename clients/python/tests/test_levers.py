"""Everything that can be done to a world by the control API."""

import json
from pathlib import Path

import pytest
from house import HOUSE, update

from pytest_sagebrush import ControlError, World
from pytest_sagebrush.server import Server

TOML = """\
[models.old]
[endpoints.house]
model = "old"
"""
YAML = "models: { old: {} }\nendpoints: { house: { model: old } }\n"


def endpoints(world: World) -> list[str]:
    return [each["EndpointName"] for each in world.client("sagemaker").list_endpoints()["Endpoints"]]


def test_a_fault_lasts_as_long_as_its_block(house: World) -> None:
    with house.fault("error_rate", rate=0.5, scope={"model": "old"}) as fault:
        assert (fault.kind, fault.status, fault.outcome) == ("error_rate", "active", None)
        assert fault.members["rate"] == 0.5
        assert [each.id for each in house.faults()] == [fault.id]
    assert house.faults() == []
    assert not fault.remove()


def test_a_fault_by_the_time_of_the_world(house: World) -> None:
    fault = house.fault("stale_reads", seconds=5, start={"at": house.clock.now}, end={"after_seconds": 60})
    assert fault.ends_at is not None and fault.began_at is not None
    assert (fault.ends_at - fault.began_at).total_seconds() == 60
    house.clock.advance(61)
    assert house.faults()[0].status == "over"
    assert fault.remove()


def test_a_fault_that_waits_for_a_step(house: World) -> None:
    fault = house.fault("alarm", alarm="errors", start={"step": 1})
    assert (fault.status, fault.began_at) == ("waiting", None)
    update(house, "newer")
    house.clock.settle()
    house.assert_rolled_back("house", alarm="errors")
    assert house.faults()[0].outcome


def test_a_fault_that_makes_no_sense(house: World) -> None:
    with pytest.raises(ControlError) as error:
        house.fault("error_rate", rate=2)
    assert error.value.status == 400
    assert str(error.value).startswith('The member "rate"')
    with pytest.raises(TypeError):
        house.fault("error_rate", rate=object())


def test_a_fault_whose_removal_is_refused(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = house.fault("stale_reads", seconds=5)
    monkeypatch.setattr(house._control, "region", "NOWHERE")
    with pytest.raises(ControlError):
        fault.remove()


def test_traffic(house: World) -> None:
    house.clock.advance(86_400)  # away from the present: times near it are taken for somebody's real ones
    began = house.clock.now
    burst = {"requests_per_second": 10, "every_seconds": 600, "for_seconds": 30}
    house.traffic("house", 5, daily={"peak_requests_per_second": 20, "peak_hour": 14}, bursts=burst)
    house.traffic("house", 50)
    house.clock.advance(240)
    dimensions = [{"Name": "EndpointName", "Value": "house"}, {"Name": "VariantName", "Value": "AllTraffic"}]
    points = house.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=dimensions,
        StartTime=began,
        EndTime=house.clock.now,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert max(point["Sum"] for point in points) > 1000


def test_behaviour(house: World) -> None:
    assert house.behaviour("old", error_rate=0.5)["error_rate"] == 0.5
    assert house.behaviour("old")["error_rate"] in (None, 0)


def test_capacity(house: World) -> None:
    assert house.capacity("ml.m5.large", pool=4, quota=9)["pool"] == 4
    update(house)
    house.clock.settle()
    house.assert_rolled_back("house", because="capacity")
    unlimited = house.capacity("ml.m5.large")
    assert (unlimited["pool"], unlimited["quota"]) == (None, None)


def test_a_scenario_as_dict_text_or_file(sagebrush: World, tmp_path: Path) -> None:
    for told in (HOUSE, json.dumps(HOUSE), TOML):
        sagebrush.scenario(told)
        assert endpoints(sagebrush) == ["house"]
        sagebrush.reset()
        assert endpoints(sagebrush) == []
    for name, text in (("a.toml", TOML), ("a.yaml", YAML), ("a.yml", YAML), ("a.json", json.dumps(HOUSE))):
        file = tmp_path / name
        file.write_text(text)
        for place in (file, str(file)):
            sagebrush.scenario(place)
            assert endpoints(sagebrush) == ["house"]
            sagebrush.reset()


def test_a_scenario_that_cannot_be_read(sagebrush: World, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in \.toml, \.yaml, \.yml, \.json, not .*house\.ini"):
        sagebrush.scenario(tmp_path / "house.ini")
    with pytest.raises(FileNotFoundError):
        sagebrush.scenario("house.toml")
    with pytest.raises(ControlError, match=r"line 2, models\.old\.error_rate: "):
        sagebrush.scenario("[models.old]\nerror_rate = 5\n")


def test_a_plan(sagebrush: World) -> None:
    plan = sagebrush.plan(instances=10)
    assert plan["schedule"]["status"] == "succeeded"


def test_a_snapshot_is_restored_here_and_in_another_world(house: World, sagebrush_server: Server) -> None:
    update(house)
    house.clock.advance(100)
    baking, snapshot = house.clock.now, house.snapshot()
    house.clock.settle()
    house.restore(snapshot)
    assert (house.clock.now, house.deployment("house").phase) == (baking, "baking")
    with World(sagebrush_server) as other:
        other.restore(snapshot)
        assert (other.clock.now, other.deployment("house").phase) == (baking, "baking")
