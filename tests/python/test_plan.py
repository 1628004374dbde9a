"""`sagebrush plan` and `POST /_sagebrush/plan`: what an update would do, asked in both ways."""

import json
import subprocess
from xml.etree import ElementTree

import pytest

from server import binary, clean_environment
from world import ControlError

ALARM = "errors: Invocation5XXErrors Sum > 5 for 1 x 60s"
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY", "WaitIntervalInSeconds": 300, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
        }
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def plan(*words):
    words = [binary(), "plan", *words]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, env=clean_environment({}))


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(CANARY))
    return str(path)


def test_the_command_and_the_server_agree(world, canary):
    flags = ["--instances", "4", "--config", canary, "--traffic", "10", "--alarm", ALARM, "--json"]
    question = {"instances": 4, "config": CANARY, "traffic": 10, "alarms": [ALARM]}
    more = [
        ([], {}),
        (["--bad-error-rate", "0.5"], {"bad_error_rate": 0.5}),
        (["--bad-latency-ms", "80/400", "--fail-at", "step 2"], {"bad_latency_ms": "80/400", "fail_at": "step 2"}),
        (["--bad-error-rate", "0.2", "--runs", "4", "--seed", "9"], {"bad_error_rate": 0.2, "runs": 4, "seed": 9}),
        (["--bad-error-rate", "0.2", "--sweep", "canary-size=25,50", "bake=60,5m"],
         {"bad_error_rate": 0.2, "sweep": {"canary_size": ["25", "50"], "bake": ["60", "5m"]}}),
        (["--explain", "--runs", "2"], {"explain": True, "runs": 2}),
    ]
    for words, members in more:
        said = plan(*flags, *words)
        assert (said.returncode, said.stderr) == (0, ""), words
        answer = world.control("POST", "plan", {**question, **members})
        assert json.loads(said.stdout) == answer, words


def test_what_aws_would_refuse_is_an_answer_and_exit_code_1(world, tmp_path):
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps({"DeploymentConfig": {"RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 75}, "WaitIntervalInSeconds": 60}}}))
    said = plan("--instances", "4", "--config", str(path))
    sentence = "MaximumBatchSize must be between 5 % and 50 % of the variant's total instance count, but it is 75 %."
    assert (said.returncode, said.stderr) == (1, "")
    assert said.stdout == f"AWS would refuse it: UpdateEndpoint: ValidationException: {sentence}\n"
    answer = world.control("POST", "plan", {"instances": 4, "config": json.loads(path.read_text())})
    assert answer["rejected"] == {"operation": "UpdateEndpoint", "code": "ValidationException", "message": sentence}


@pytest.mark.parametrize("words, sentence", [
    (["--instances", "many"], '--instances is "many", but it must be a whole number from 0 to 2147483647'),
    (["--traffic", "-5"], "--traffic is -5, but it must be a number of requests a second from 0 to 10000"),
    (["--config", "/nowhere.json"], "cannot read /nowhere.json: No such file or directory (os error 2)"),
    (["--sweep", "bake"], '--sweep has "bake", but each must be like canary-size=5,10,25'),
    (["--bad-error-rate", "0.1", "--fail-at", "9h"], "--fail-at is 9h, but the update is over after 1m 15s"),
    (["--sweep", "instances=1,2", "--svg", "/tmp/never.svg"], "--svg draws one deployment config: leave --sweep away"),
])
def test_what_is_wrong_is_one_sentence(words, sentence):
    words = words if "--instances" in words else ["--instances", "4", *words]
    said = plan(*words)
    assert (said.returncode, said.stdout, said.stderr) == (1, "", f"sagebrush: {sentence}\n")


def test_a_wrong_body_is_400_with_one_sentence(world):
    for body, sentence in [
        ({}, "instances is needed: a whole number from 0 to 2147483647."),
        ({"instances": 1, "runs": 0}, "runs is 0, but it must be a whole number from 1 to 1000000."),
        ({"instances": 1, "bad_error_rate": 0.1, "runs": 5000},
         "the question comes to 5001 runs, but one question may ask for 1001: ask for fewer runs, or fewer values of the "
         "sweep."),
    ]:
        with pytest.raises(ControlError) as refused:
            world.control("POST", "plan", body)
        assert (refused.value.status, refused.value.body) == (400, {"error": sentence})


def test_a_picture_is_well_formed_and_has_no_script(tmp_path, canary):
    path = tmp_path / "plan.svg"
    alarm = ALARM.replace("errors:", 'errors<&">:', 1)
    said = plan("--instances", "4", "--config", canary, "--traffic", "10", "--bad-error-rate", "0.5", "--alarm", alarm,
                "--svg", str(path))
    assert said.returncode == 0
    root = ElementTree.parse(path).getroot()
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "polygon", "path", "line", "text"}
    assert any("ends after" in (element.text or "") for element in root.iter())


def test_alarms_come_from_files_too(tmp_path, canary):
    alarm = {
        "AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Sum",
        "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "main"}],
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    }
    path = tmp_path / "alarm.json"
    path.write_text(json.dumps([alarm]))
    said = plan("--instances", "4", "--config", canary, "--traffic", "10", "--bad-error-rate", "0.5", "--alarm", str(path))
    assert "The alarm errors trips at " in said.stdout, said.stdout + said.stderr
