"""A world in one file: models, endpoints in service, alarms, traffic and faults."""

import json
import os
import subprocess

import pytest

from guardrails import canary
from server import binary, clean_environment
from world import ControlError, instant

SHOP = """
clock = "manual"

[models.shop-v1]
[models.shop-v2]
error_rate = 0.5

[endpoints.shop]
model = "shop-v1"
instances = 3
tags = { team = "shop" }

[endpoint_configs.shop-v2]
model = "shop-v2"
instances = 3

[alarms.shop-errors]
endpoint = "shop"
MetricName = "Invocation5XXErrors"
Statistic = "Average"
Threshold = 0.05

[capacity."ml.m5.large"]
pool = 9

[traffic]
shop = 20

[[faults]]
kind = "stale_reads"
seconds = 5
"""


def play(world, text, content_type="application/toml"):
    path = f"/_sagebrush/scenario?account={world.account}&region={world.region}"
    status, _, body = world.raw(text.encode(), path=path, headers={"Content-Type": content_type, "Authorization": None})
    answer = json.loads(body)
    if status >= 300:
        raise ControlError(status, answer)
    return answer


def refusal(world, text, content_type="application/toml"):
    with pytest.raises(ControlError) as refused:
        play(world, text, content_type)
    assert refused.value.status == 400, refused.value.body
    return refused.value.body["error"]


def test_a_test_begins_with_the_world_that_a_file_tells_of(world):
    built = play(world, SHOP)
    assert (built["account"], built["region"], built["clock"]["mode"]) == (world.account, world.region, "manual")
    described = world.describe("shop")
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "shop")
    assert world.sagemaker.list_tags(ResourceArn=described["EndpointArn"])["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert [fault["kind"] for fault in world.control("GET", "faults")["faults"]] == ["stale_reads"]
    assert world.control("GET", "capacity")["instance_types"][0]["pool"] == 9
    assert world.control("GET", "models/shop-v2/behaviour")["override"] == {"error_rate": 0.5}
    world.control("DELETE", "faults")
    world.advance(120)
    world.update(canary(1, wait=300, alarms=["shop-errors"]), config="shop-v2", name="shop")
    world.advance("idle")
    assert world.deployment("shop")["status"] == "rolled_back", "its traffic, its alarm, its bad model"


def test_a_scenario_replaces_the_world_and_is_the_same_each_time(world):
    world.model("old")
    play(world, SHOP)
    first = world.control("GET", "deployments")["deployments"]
    assert [model["ModelName"] for model in world.sagemaker.list_models()["Models"]] == ["shop-v2", "shop-v1"]
    play(world, SHOP)
    again = world.control("GET", "deployments")["deployments"]
    assert [one["endpoint"] for one in again] == [one["endpoint"] for one in first] == ["shop"]
    assert world.sagemaker.list_endpoints()["Endpoints"][0]["EndpointStatus"] == "InService"


def test_yaml_and_json_tell_the_same(world):
    yaml = "clock: manual\nmodels:\n  m: {error_rate: 1}\nendpoints:\n  web: {model: m, instances: 2}\n"
    play(world, yaml, "application/yaml; charset=utf-8")
    assert world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    play(world, json.dumps({"clock": "manual", "models": {"m": {}}, "endpoints": {"web": {"model": "m"}}}), "application/json")
    assert world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 1


@pytest.mark.parametrize("edit, says", [
    (("error_rate = 0.5", "eror_rate = 0.5"),
     'line 6, models.shop-v2.eror_rate: The body has the unknown member "eror_rate"; there are error_rate,'),
    (("error_rate = 0.5", "error_rate = 5"),
     'line 6, models.shop-v2.error_rate: The member "error_rate" must be a number from 0 to 1, not 5.'),
    (('model = "shop-v1"', 'model = "nobody"'), 'line 8, endpoints.shop: Could not find model "arn:aws:sagemaker:'),
    (("Threshold = 0.05", "Treshold = 0.05"), "line 21, alarms.shop-errors.Treshold: It is not known; there are "),
    (('Statistic = "Average"', 'Statistic = "Mean"'), "line 20, alarms.shop-errors.Statistic: 1 validation error detected: Value 'Mean' at 'statistic'"),
    (("Threshold = 0.05", 'Threshold = "low"'),
     "line 21, alarms.shop-errors.Threshold: STRING_VALUE can not be converted to a Double"),
    (("error_rate = 0.5", "environment = { STAGE = 5 }"),
     "line 6, models.shop-v2.environment.STAGE: NUMBER_VALUE can not be converted to a String"),
    (('[endpoint_configs.shop-v2]\nmodel = "shop-v2"\ninstances = 3', """[endpoint_configs.two]
variants = [
  { name = "a", model = "shop-v1" },
  { name = "b", model = "shop-v1", instances = true },
]"""), "line 16, endpoint_configs.two.variants[1].instances: TRUE_VALUE can not be converted to an Integer"),
    (("instances = 3\ntags", "instances = -3\ntags"),
     "line 10, endpoints.shop.instances: 1 validation error detected: Value '-3' at 'productionVariants.1.member.initial"),
    (("shop = 20", "shop = -1"), "line 27, traffic.shop: "),
    (('kind = "stale_reads"', 'kind = "stale"'), 'line 30, faults[0].kind: The member "kind" must be one of'),
    (('clock = "manual"', 'clock = "fast"'), 'line 2, clock: It must be "real", "manual" or a rate'),
    (("[traffic]", "[trafic]"), "line 26, trafic: It is not known; there are clock, models,"),
    (("pool = 9", "pool = "), "line 24: It is no TOML: "),
])
def test_what_is_wrong_is_told_with_line_and_key_and_nothing_is_half_done(world, edit, says):
    world.model("kept")
    assert refusal(world, SHOP.replace(*edit)).startswith(says)
    assert [model["ModelName"] for model in world.sagemaker.list_models()["Models"]] == ["kept"]
    assert world.sagemaker.list_endpoints()["Endpoints"] == []


def test_what_it_is_written_in_has_to_be_said(world):
    assert refusal(world, SHOP, "text/plain") == (
        'The Content-Type of a scenario must be application/toml, application/yaml or application/json, not "text/plain".')


def serve(*flags):
    done = subprocess.run(
        [binary(), "serve", "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True, timeout=60,
        env=clean_environment())
    return done.returncode, done.stderr


def test_a_server_begins_with_a_scenario(tmp_path, own_server, worlds):
    file = tmp_path / "shop.toml"
    file.write_text(SHOP)
    server = own_server(arguments=["--scenario", str(file)], environment={"AWS_ACCESS_KEY_ID": "222222222222", "AWS_REGION": "eu-west-1"})
    world = worlds(on=server, account="222222222222", region="eu-west-1")
    assert world.status("shop") == "InService"
    assert worlds(on=server, account="333333333333").sagemaker.list_endpoints()["Endpoints"] == []


def test_a_server_does_not_start_with_a_scenario_that_is_wrong(tmp_path):
    file = tmp_path / "shop.toml"
    file.write_text(SHOP.replace("instances = 3", "instance = 3", 1))
    code, said = serve("--scenario", str(file))
    assert (code, said.count("\n")) == (1, 1)
    assert f"{file}, line 10, endpoints.shop.instance: It is not known" in said
    file.write_text(SHOP.replace("20", "-1"))
    code, said = serve("--scenario", str(file))
    assert code == 1 and f"{file}, line 27, traffic.shop: " in said
    code, said = serve("--scenario", str(tmp_path / "none.toml"))
    assert code == 1 and "cannot read the scenario" in said
    code, said = serve("--scenario", os.devnull)
    assert code == 1 and "a scenario is a .toml, .yaml, .yml or .json file" in said


def test_a_world_that_is_in_use_is_not_replaced_by_a_start(tmp_path, own_server, worlds):
    file, database = tmp_path / "shop.toml", f"sqlite:{tmp_path}/kept.db"
    file.write_text(SHOP)
    server = own_server(database=database, arguments=["--scenario", str(file)])
    assert worlds(on=server, account="123456789012").status("shop") == "InService"
    at = worlds(on=server, account="123456789012").now()
    server.process.terminate()
    server.process.wait(10)
    again = own_server(database=database, arguments=["--scenario", str(file)])
    world = worlds(on=again, account="123456789012")
    assert len(world.deployments("shop")) == 1 and world.now() == at
    assert f"something is in the world 123456789012/us-east-1 already, so {file} is left alone" in again.log()


def test_an_endpoint_that_does_not_come_into_service_is_refused_at_its_place(world):
    said = refusal(world, SHOP.replace("[models.shop-v1]", '[models.shop-v1]\nhealth = "failing"'))
    assert said.startswith("line 9, endpoints.shop: It does not come into service: The primary container for production variant")


def test_a_scenario_goes_the_same_way_whenever_it_begins(worlds):
    told = {
        "models": {"good": {}, "bad": {"error_rate": 0.2, "latency_ms": {"p50": 20, "p99": 300}}},
        "endpoints": {"shop": {"model": "good", "instances": 4}},
        "endpoint_configs": {"next": {"model": "bad", "instances": 4}},
        "alarms": {"errors": {"endpoint": "shop", "MetricName": "Invocation5XXErrors", "Statistic": "Sum", "Threshold": 5}},
        "traffic": {"shop": 20}}

    def course(seconds):
        world = worlds()
        world.advance(seconds)
        world.control("POST", "scenario", told)
        begun = world.now()
        assert (begun.second, begun.microsecond) == (0, 0)
        world.update(canary(1, wait=120, alarms=["errors"]), config="next", name="shop")
        world.advance("idle")
        return [(instant(event["time"]) - begun, event["phase"], event.get("alarm")) for event in world.deployment("shop")["events"]]

    assert course(0) == course(17.3) == course(44.4)
