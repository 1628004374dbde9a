"""Faults that are put in on purpose: each kind, to whom, from when until when."""

import time

import boto3
import botocore.config
import botocore.exceptions
import pytest

from guardrails import NO_CAPACITY, canary, rolling
from world import ControlError, instant, variant


def fault(world, kind, **members):
    return world.control("POST", "faults", {"kind": kind, **members})


def listed(world):
    return world.control("GET", "faults")["faults"]


def refusal(world, status=400, **members):
    with pytest.raises(ControlError) as refused:
        world.control("POST", "faults", members)
    assert refused.value.status == status
    return refused.value.body["error"]


@pytest.fixture
def two_models(world):
    """Four instances of blue in service; green runs a model of its own."""
    for name in ("blue", "green"):
        world.model(f"{name}-model")
        world.config(name, 4, f"{name}-model")
    world.begin_a_minute()
    world.endpoint()
    return world


def failures(world, count=20, endpoint="web"):
    """What the runtime answers to so many requests: how many failed."""
    runtime, failed = world.client("sagemaker-runtime"), 0
    for _ in range(count):
        try:
            runtime.invoke_endpoint(EndpointName=endpoint, Body=b"x")
        except botocore.exceptions.ClientError as error:
            failed += 1
            assert error.response["Error"]["Code"] == "ModelError"
    return failed


def reporting(world, since):
    """How many instances of the variant reported in each whole minute since then."""
    counts = world.cloudwatch.get_metric_statistics(
        Namespace="/aws/sagemaker/Endpoints", MetricName="MemoryUtilization", StartTime=since, EndTime=world.now(), Period=60,
        Statistics=["SampleCount"], Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}])
    return [point["SampleCount"] for point in sorted(counts["Datapoints"], key=lambda point: point["Timestamp"])]


def test_a_fault_is_listed_with_all_that_it_is_until_it_is_taken_away(two_models):
    world = two_models
    added = fault(world, "error_rate", rate=0.5, scope={"endpoint": "WEB", "model": "green-model"}, end={"after_seconds": 60})
    assert added["id"] == "fault-1"
    assert (added["kind"], added["rate"], added["error_status"], added["status"]) == ("error_rate", 0.5, 500, "active")
    assert added["scope"] == {"endpoint": "WEB", "model": "green-model", "variant": None, "instance_type": None}
    assert (instant(added["ends_at"]) - instant(added["began_at"])).total_seconds() == 60
    assert listed(world) == [added]
    assert world.control("GET", "faults/fault-1") == added
    world.advance(60)
    assert [one["status"] for one in listed(world)] == ["over"]
    assert fault(world, "unhealthy_instances")["id"] == "fault-2"
    assert world.control("DELETE", "faults/fault-2") == {"withdrawn": 1}
    assert fault(world, "unhealthy_instances")["id"] == "fault-3", "a number is never given twice"
    assert world.control("DELETE", "faults") == {"withdrawn": 2}
    assert listed(world) == []
    for method in ("GET", "DELETE"):
        with pytest.raises(ControlError) as missing:
            world.control(method, "faults/fault-1")
        assert (missing.value.status, missing.value.body["error"].split(";")[0]) == (
            404, f'There is no fault "fault-1" in {world.account}/us-east-1')


def test_what_cannot_be_meant_is_refused_in_a_sentence(two_models):
    world = two_models
    assert refusal(world).startswith('The body needs the member "kind": one of error_rate, latency,')
    assert refusal(world, kind="eror").startswith('The member "kind" must be one of')
    assert refusal(world, kind="error_rate") == 'The body needs the member "rate": a number above 0, up to 1.'
    assert refusal(world, kind="error_rate", rate=0).startswith('The member "rate" must be a number above 0')
    assert refusal(world, kind="alarm", alarm="x", rate=1) == (
        'The body has the unknown member "rate"; there are kind, alarm, alarm_state, scope, start and end.')
    assert refusal(world, kind="stale_reads", seconds=30, scope={"model": "green-model"}) == (
        'A fault of kind stale_reads is about no instances, so its scope cannot have "model": it can have "endpoint".')
    assert refusal(world, kind="instances_die", end={"after_seconds": 5}) == (
        'A fault of kind instances_die does its work at one instant, so it cannot have an "end".')
    assert "There is no model \"nobody\"" in refusal(world, status=404, kind="unhealthy_instances", scope={"model": "nobody"})
    assert refusal(world, kind="unhealthy_instances", scope={"modle": "x"}).startswith('The member "scope" must be an object')
    assert "whole number from 1" in refusal(world, kind="unhealthy_instances", start={"step": 0})
    assert "operations of SageMaker that are built: AddTags" in refusal(
        world, kind="api_throttling", rate=1, operations=["DescribeEndpiont"])
    assert "it is 20" in refusal(world, kind="unhealthy_instances", start={"at": "2001-01-01T00:00:00Z"})
    assert "has to begin before" in refusal(world, kind="unhealthy_instances", end={"at": "2001-01-01T00:00:00Z"})
    assert listed(world) == []


def test_errors_from_step_two_on_are_found_by_the_alarm_and_roll_the_update_back(two_models):
    world = two_models
    world.alarm()
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 20})
    fault(world, "error_rate", rate=1, scope={"model": "green-model"}, start={"step": 2})
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(300)
    assert [one["status"] for one in listed(world)] == ["waiting"], "the canary is well"
    world.advance("idle")
    [begun] = listed(world)
    deployment = world.deployment()
    moved = [event["time"] for event in deployment["events"] if event["phase"] == "activating_traffic"]
    assert begun["began_at"] == moved[1]
    assert begun["scope"]["endpoint"] == "web", "from then on it is about that endpoint"
    assert deployment["status"] == "rolled_back"
    [cause] = [event for event in deployment["events"] if event["cause"] == "alarm"]
    assert cause["step"] is None and instant(cause["time"]) > instant(moved[1])


def test_the_seed_decides_which_requests_fail(two_models):
    world = two_models
    fault(world, "error_rate", rate=0.5, error_status=503)
    failed = failures(world, 40)
    assert 8 <= failed <= 32
    world.control("DELETE", "faults")
    assert failures(world, 5) == 0
    fault(world, "error_rate", rate=1, scope={"variant": "another"})
    fault(world, "error_rate", rate=1, scope={"instance_type": "ml.c5.large"})
    fault(world, "error_rate", rate=1, start={"after_seconds": 60})
    assert failures(world, 5) == 0
    world.advance(60)
    assert failures(world, 5) == 5


def test_a_latency_is_seen_in_the_metrics_while_it_lasts(two_models):
    world = two_models
    fault(world, "latency", latency_ms=250, start={"after_seconds": 60}, end={"after_seconds": 60})
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 5})
    start = world.now()
    world.advance(300)
    points = world.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="ModelLatency", StartTime=start, EndTime=world.now(), Period=60,
        Statistics=["Average"], Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}])
    averages = [round(point["Average"] / 1000) for point in sorted(points["Datapoints"], key=lambda point: point["Timestamp"])]
    assert averages[:3] == [3, 250, 3], "a minute before, the minute, and after it"


def test_instances_that_never_get_healthy_fail_the_update(two_models):
    world = two_models
    fault(world, "unhealthy_instances", scope={"model": "green-model"})
    world.update(canary(1))
    world.advance("idle")
    described = world.describe()
    assert described["EndpointConfigName"] == "blue"
    assert "did not pass the ping health check" in described["FailureReason"]


def test_instances_that_die_are_replaced_after_their_startup(two_models):
    world = two_models
    struck = fault(world, "instances_die", instances=3)
    assert (struck["status"], struck["outcome"]) == ("over", "Instances died: 3 of web.")
    assert world.status() == "InService"
    assert failures(world, 4) == 0, "one is left"
    fault(world, "instances_die")
    with pytest.raises(botocore.exceptions.ClientError) as nobody:
        world.client("sagemaker-runtime").invoke_endpoint(EndpointName="web", Body=b"x")
    assert nobody.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    start = world.now()
    world.advance(180)
    assert failures(world, 4) == 0
    assert reporting(world, start) == [4.0], "nobody reports while all are dead; four do once they are up"


def test_a_rollback_to_a_fleet_that_has_died_fails(two_models):
    world = two_models
    world.alarm()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(100)
    fault(world, "instances_die", scope={"model": "blue-model"})
    [died] = [event for event in world.deployment()["events"] if event["phase"] == "instances_died"]
    assert (died["message"], died["triggered_by"]) == ("4 instance(s) died; 4 other(s) are launched instead.", "operator")
    world.set_alarm("ALARM")
    assert world.status() == "UpdateRollbackFailed"
    assert "no instance of the old fleet is healthy" in world.describe()["FailureReason"]


def test_a_rolling_rollback_that_cannot_provision_fails_and_both_serve(two_models):
    world = two_models
    world.alarm()
    fault(world, "rollback_cannot_provision")
    world.update(rolling(1, wait=60, alarms=["errors"]))
    world.advance(300)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert world.status() == "UpdateRollbackFailed"
    assert failures(world, 5) == 0


def test_a_stale_read_takes_the_old_in_service_for_success(two_models):
    world = two_models
    fault(world, "stale_reads", seconds=30, scope={"endpoint": "web"})
    world.advance(40)
    world.update(canary(1, wait=60))
    assert (world.status(), world.describe()["EndpointConfigName"]) == ("InService", "blue"), "as of 30 s ago"
    summaries = world.sagemaker.list_endpoints()["Endpoints"]
    assert [summary["EndpointStatus"] for summary in summaries] == ["InService"]
    assert world.sagemaker.list_endpoints(StatusEquals="Updating")["Endpoints"] == []
    with pytest.raises(botocore.exceptions.ClientError) as in_progress:
        world.update(canary(1))
    assert "Cannot update in-progress endpoint" in str(in_progress.value), "what is read is stale, what is done is not"
    world.advance(29)
    assert world.status() == "InService"
    world.advance(1)
    assert world.status() == "Updating"
    assert [s["EndpointStatus"] for s in world.sagemaker.list_endpoints(StatusEquals="Updating")["Endpoints"]] == ["Updating"]
    world.advance("idle")
    assert world.status() == "Updating"
    world.advance(30)
    assert (world.status(), world.describe()["EndpointConfigName"]) == ("InService", "green")
    world.sagemaker.delete_endpoint(EndpointName="web")
    world.advance("idle")
    assert world.status() == "InService", "it is gone, and still shown"
    world.advance(30)
    assert world.sagemaker.list_endpoints()["Endpoints"] == []


def test_stale_lists_page_as_fresh_ones_do(two_models):
    world = two_models
    for number in range(5):
        world.endpoint(f"web-{number}")
    fresh = [world.sagemaker.list_endpoints(MaxResults=2, SortBy=key, SortOrder=order)["Endpoints"] for key in
             ("Name", "CreationTime", "Status") for order in ("Ascending", "Descending")]
    fault(world, "stale_reads", seconds=600)
    stale = [world.sagemaker.list_endpoints(MaxResults=2, SortBy=key, SortOrder=order)["Endpoints"] for key in
             ("Name", "CreationTime", "Status") for order in ("Ascending", "Descending")]
    assert all(len(page) <= 2 for page in stale)
    world.advance(700)
    after = [world.sagemaker.list_endpoints(MaxResults=2, SortBy=key, SortOrder=order)["Endpoints"] for key in
             ("Name", "CreationTime", "Status") for order in ("Ascending", "Descending")]
    assert after == fresh
    pages = world.sagemaker.get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 2}, NameContains="WEB-")
    names = [summary["EndpointName"] for page in pages for summary in page["Endpoints"]]
    assert names == [f"web-{number}" for number in (4, 3, 2, 1, 0)]


def test_a_failure_reason_vanishes(two_models):
    world = two_models
    world.alarm()
    fault(world, "failure_reason_vanishes", seconds=60)
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert "FailureReason" in world.describe()
    world.advance(59)
    assert "FailureReason" in world.describe()
    world.advance(1)
    assert "FailureReason" not in world.describe()
    assert world.deployment()["failure_reason"], "the history keeps it"
    world.control("DELETE", "faults")
    assert "FailureReason" in world.describe()


def test_a_throttled_api_is_retried_by_botocore_and_the_seed_decides_when(two_models, worlds):
    world = two_models
    fault(world, "api_throttling", rate=1, operations=["DescribeEndpoint"])
    with pytest.raises(botocore.exceptions.ClientError) as throttled:
        world.describe()
    error = throttled.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("ThrottlingException", "Rate exceeded")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    world.sagemaker.list_endpoints()
    world.control("DELETE", "faults")
    fault(world, "api_throttling", rate=0.5, scope={"endpoint": "web"})
    patient = boto3.client(
        "sagemaker", endpoint_url=world.server.url, region_name=world.region, aws_access_key_id=world.account,
        aws_secret_access_key="secret", config=botocore.config.Config(retries={"mode": "standard", "max_attempts": 10}))
    retried = [patient.describe_endpoint(EndpointName="web")["ResponseMetadata"]["RetryAttempts"] for _ in range(8)]
    assert any(retried) and not all(retried)


def test_the_api_is_late(two_models):
    world = two_models
    fault(world, "api_latency", latency_ms=300, operations=["DescribeEndpoint"])
    began = time.monotonic()
    world.describe()
    assert time.monotonic() - began >= 0.28
    began = time.monotonic()
    world.control("DELETE", "faults")
    world.describe()
    assert time.monotonic() - began < 10


def test_an_alarm_that_is_forced_as_instances_die_is_seen_at_that_instant(two_models):
    world = two_models
    world.alarm()
    fault(world, "alarm", alarm="errors", alarm_state="ALARM", start={"step": 1})
    fault(world, "instances_die", scope={"endpoint": "web"}, instances=1, start={"step": 1})
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance("idle")
    at = {event["phase"]: event["time"] for event in reversed(world.deployment()["events"])}
    assert at["activating_traffic"] == at["instances_died"] == at["rolling_back"]


@pytest.mark.parametrize("step", [1, 2])
def test_an_alarm_is_forced_at_a_step(two_models, step):
    world = two_models
    world.alarm()
    fault(world, "alarm", alarm="errors", scope={"endpoint": "web"}, start={"step": step})
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance("idle")
    deployment = world.deployment()
    moved = [event["time"] for event in deployment["events"] if event["phase"] == "activating_traffic"]
    assert len(moved) == step
    [cause] = [event for event in deployment["events"] if event["cause"] == "alarm"]
    assert cause["time"] == moved[-1], "at the instant of its step"
    assert cause["triggered_by"] == "alarm" and cause["tripped"][0]["reason"] == "It was forced by fault-1."
    assert listed(world)[0]["outcome"] == 'The alarm "errors" went to ALARM.'


def test_an_alarm_that_is_not_there_and_one_that_is_in_its_state_are_told(two_models):
    world = two_models
    assert fault(world, "alarm", alarm="errors")["outcome"] == 'There was no alarm "errors".'
    world.alarm()
    assert fault(world, "alarm", alarm="errors", alarm_state="INSUFFICIENT_DATA")["outcome"] == (
        'The alarm "errors" was in INSUFFICIENT_DATA already.')
    later = fault(world, "alarm", alarm="errors", start={"after_seconds": 90})
    assert (later["status"], later["outcome"]) == ("waiting", None)
    world.advance(89)
    assert listed(world)[-1]["status"] == "waiting"
    world.advance(1)
    assert listed(world)[-1]["outcome"] == 'The alarm "errors" went to ALARM.'
    changed = world.cloudwatch.describe_alarms(AlarmNames=["errors"])["MetricAlarms"][0]["StateUpdatedTimestamp"]
    assert changed == instant(later["began_at"]), "at its own instant"


def test_faults_travel_with_a_world_and_end_with_it(two_models, worlds):
    world = two_models
    fault(world, "error_rate", rate=1, scope={"model": "blue-model"})
    world.control("POST", "reset")
    assert listed(world) == []
    assert fault(world, "unhealthy_instances")["id"] == "fault-1", "it begins anew"


def test_a_fault_of_one_endpoint_leaves_the_other_alone(two_models):
    world = two_models
    world.endpoint("other")
    fault(world, "error_rate", rate=1, scope={"endpoint": "web"})
    fault(world, "instances_die", scope={"endpoint": "web", "variant": "AllTraffic"}, instances=1)
    assert (failures(world, 5, "web"), failures(world, 5, "other")) == (5, 0)


def test_two_variants_of_an_endpoint_are_told_apart(world):
    world.model()
    world.config("blue", variants=[variant("one", 1), variant("two", 1)])
    world.endpoint()
    fault(world, "error_rate", rate=1, scope={"variant": "two"})
    runtime = world.client("sagemaker-runtime")
    runtime.invoke_endpoint(EndpointName="web", TargetVariant="one", Body=b"x")
    with pytest.raises(botocore.exceptions.ClientError):
        runtime.invoke_endpoint(EndpointName="web", TargetVariant="two", Body=b"x")


def test_whatever_happens_before_the_others_are_up_they_report_from_then_on(two_models):
    world = two_models
    world.update(canary(1, wait=3600))
    world.advance(120)
    fault(world, "instances_die", scope={"model": "blue-model"}, instances=3)
    world.advance(10)
    world.steer("pause")
    since = world.now()
    world.advance(300)
    assert reporting(world, since)[-1] == 8, "four of the old fleet again, four of the new one"


def test_who_was_given_room_reports_too(two_models):
    world = two_models
    world.control("PUT", "capacity/ml.m5.large", {"pool": 3})
    fault(world, "instances_die", instances=2)
    world.advance(60)
    world.control("PUT", "capacity/ml.m5.large", {"pool": 4})
    since = world.now()
    world.advance(300)
    assert reporting(world, since)[-1] == 4


def test_who_dies_while_a_rolling_batch_is_terminated_is_replaced(two_models):
    world = two_models
    world.update(rolling(1, wait=60))
    world.advance(60 + 5 + 60 + 3)
    assert world.deployment()["events"][-1]["phase"] == "terminating"
    fault(world, "instances_die")
    assert "5 instance(s) died; 5 other(s) are launched instead." in [e["message"] for e in world.deployment()["events"]]
    world.advance("idle")
    assert world.deployment()["status"] == "succeeded"
    assert failures(world, 4) == 0


def test_the_changes_that_a_fault_makes_at_a_step_are_told_by_the_advance(two_models):
    world = two_models
    fault(world, "instances_die", instances=1, scope={"model": "blue-model"}, start={"step": 1})
    world.update(canary(1))
    told = [change["message"] for change in world.advance("next")["transitions"]]
    assert told == ["Activating traffic: 25.00 % on green.", "1 instance(s) died; 1 other(s) are launched instead."]


def test_a_failure_reason_that_has_vanished_does_not_come_back_with_the_next_change(two_models):
    world = two_models
    fault(world, "failure_reason_vanishes", seconds=10)
    world.update(canary(1))
    world.advance(100)
    world.steer("abort")
    world.advance("idle")
    world.advance(20)
    fault(world, "instances_die", instances=1)
    assert "FailureReason" not in world.describe()


def test_a_rolling_rollback_that_cannot_provision_says_so_in_awss_words(two_models):
    world = two_models
    fault(world, "rollback_cannot_provision")
    world.update(rolling(1, wait=60))
    world.advance(300)
    world.steer("abort")
    world.advance("idle")
    assert world.describe()["FailureReason"].endswith(
        f"The rollback failed: {NO_CAPACITY}")
