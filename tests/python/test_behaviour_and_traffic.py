"""How a model behaves, by its Environment and at run time, and traffic that needs no client, by PUT and by tag."""

import pytest

from guardrails import all_at_once
from journeys import total
from world import ControlError, instant

TAG = "sagebrush:requests-per-second"
SILENT = {
    "error_rate": 0, "error_status": 500, "latency_ms": 3, "startup_seconds": 60, "health": "passing", "response": "echo",
    "warmup": None, "fail_after_seconds": None, "concurrency": None}


def behaviour(world, method="GET", body=None, model="model"):
    return world.control(method, f"models/{model}/behaviour", body)


def traffic(world, method="GET", body=None, endpoint="web"):
    return world.control(method, f"endpoints/{endpoint}/traffic", body)


def rate(world):
    """What is asked for a second, if anything is."""
    demand = traffic(world)["demand"]
    return demand and demand["requests_per_second"]


def says(world, method, path, body, status=400):
    """The sentence with which the control API refuses."""
    with pytest.raises(ControlError) as refused:
        world.control(method, path, body)
    assert refused.value.status == status
    return refused.value.body["error"]


def test_the_environment_says_how_a_model_behaves(world):
    world.model("silent")
    assert behaviour(world, model="silent") == {"model": "silent", "override": None, "effective": SILENT}
    world.model(
        SAGEBRUSH_ERROR_RATE=0.5, SAGEBRUSH_ERROR_STATUS=503, SAGEBRUSH_LATENCY_MS="5/40", SAGEBRUSH_STARTUP_SECONDS=7.5,
        SAGEBRUSH_HEALTH="failing-after:3", SAGEBRUSH_RESPONSE="[1]", SAGEBRUSH_WARMUP="180:4", SAGEBRUSH_FAIL_AFTER=900,
        SAGEBRUSH_CONCURRENCY=4)
    assert behaviour(world)["effective"] == {
        "error_rate": 0.5, "error_status": 503, "latency_ms": {"p50": 5, "p99": 40}, "startup_seconds": 7.5,
        "health": "failing-after:3", "response": {"body": "[1]", "content_type": "application/json"},
        "warmup": {"seconds": 180, "factor": 4}, "fail_after_seconds": 900, "concurrency": 4}


def test_what_is_put_comes_on_top_until_it_is_deleted(world):
    world.model("Model", SAGEBRUSH_LATENCY_MS=9)
    before = behaviour(world)
    change = {"error_rate": 1, "response": {"body": "no", "content_type": "text/csv"}}
    after = behaviour(world, "PUT", change)
    assert after == {"model": "Model", "override": change, "effective": SILENT | {"latency_ms": 9} | change}
    assert behaviour(world, model="MODEL") == after
    assert behaviour(world, "PUT", {"latency_ms": 1, "error_rate": None})["override"] == {"latency_ms": 1}
    assert behaviour(world, "DELETE") == before
    assert behaviour(world) == before


def test_a_model_that_is_deleted_has_no_behaviour_and_one_of_its_name_begins_anew(world):
    world.model()
    behaviour(world, "PUT", {"error_rate": 1})
    world.sagemaker.delete_model(ModelName="model")
    for method in ("GET", "PUT", "DELETE"):
        sentence = says(world, method, "models/model/behaviour", {}, status=404)
        assert sentence == f'There is no model "model" in {world.account}/us-east-1.'
    world.model()
    assert behaviour(world)["override"] is None


def test_behaviours_belong_to_their_world(worlds):
    one, other = worlds(), worlds()
    one.model()
    other.model()
    behaviour(one, "PUT", {"error_rate": 1})
    assert behaviour(other)["override"] is None


def test_a_change_decides_how_the_next_instances_come_up(fleet_of):
    world = fleet_of(2)
    behaviour(world, "PUT", {"startup_seconds": 20})
    world.update(all_at_once(wait=0))
    first = world.advance("next")["transitions"][0]
    assert (instant(first["time"]) - instant(world.deployment()["started_at"])).total_seconds() == 20
    world.advance("idle")
    behaviour(world, "PUT", {"health": "failing"})
    world.update(all_at_once(wait=0), config="blue")
    world.advance("idle")
    assert world.deployments()[0]["status"] == "rolled_back"


@pytest.mark.parametrize("change, sentence", [
    ({"eror_rate": 1}, 'The body has the unknown member "eror_rate"; there are error_rate, error_status, latency_ms, '
                       "startup_seconds, health, response, warmup, fail_after_seconds and concurrency."),
    ({"error_rate": 2}, 'The member "error_rate" must be a number from 0 to 1, not 2.'),
    ({"health": "ill"}, 'The member "health" must be "passing", "failing" or "failing-after:N" with a whole number N, not "ill".'),
])
def test_a_change_that_is_not_understood_changes_nothing(world, change, sentence):
    world.model()
    assert says(world, "PUT", "models/model/behaviour", change) == sentence
    assert behaviour(world)["override"] is None


def test_traffic_is_put_counted_as_time_passes_and_ended(fleet_of):
    world = fleet_of()
    none = {"endpoint": "web", "demand": None, "since": None, "done_until": None}
    assert traffic(world) == none
    demand = {"requests_per_second": 50, "daily": {"peak_requests_per_second": 200, "peak_hour": 14},
              "bursts": {"requests_per_second": 500, "every_seconds": 600, "for_seconds": 30}}
    begun = world.now()
    put = traffic(world, "PUT", demand, endpoint="WEB")
    assert put["demand"] == demand
    assert instant(put["since"]) == instant(put["done_until"]) == begun
    world.advance(150)
    later = traffic(world)
    assert instant(later["since"]) == begun
    assert 0 <= (world.now() - instant(later["done_until"])).total_seconds() < 60
    assert traffic(world, "DELETE") == none
    assert traffic(world, "DELETE") == none


def test_a_tag_sets_traffic_and_the_last_to_ask_decides(world):
    world.model()
    world.config("blue")
    world.endpoint(Tags=[{"Key": TAG, "Value": "2.5"}])
    arn = world.describe()["EndpointArn"]
    assert rate(world) == 2.5
    world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": TAG, "Value": "20"}])
    assert rate(world) == 20
    traffic(world, "PUT", {"requests_per_second": 30})
    assert rate(world) == 30
    world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": TAG, "Value": "20"}])
    assert rate(world) == 20
    world.sagemaker.delete_tags(ResourceArn=arn, TagKeys=[TAG])
    assert rate(world) is None


def test_a_tag_that_is_no_rate_is_refused(fleet_of, refused):
    world = fleet_of()
    arn = world.describe()["EndpointArn"]
    for value in ("fast", "-1", "10001", ""):
        with refused(f'The tag {TAG} is "{value}", but it must be a number from 0 to 10000.'):
            world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": TAG, "Value": value}])
    assert rate(world) is None
    assert world.sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


def test_a_demand_that_makes_no_sense_is_refused(fleet_of):
    world = fleet_of()
    path = "endpoints/web/traffic"
    assert says(world, "PUT", path, {}) == 'The body needs the member "requests_per_second": a number from 0 to 10000.'
    assert says(world, "PUT", path, {"requests_per_second": 10_001}) == (
        "requests_per_second is 10001, but it must be a number from 0 to 10000.")
    assert says(world, "GET", "endpoints/none/traffic", None, status=404) == (
        f'There is no endpoint "none" in {world.account}/us-east-1.')


def test_traffic_is_measured_like_requests_and_a_model_that_is_changed_fails_from_then_on(fleet_of):
    world = fleet_of()
    traffic(world, "PUT", {"requests_per_second": 10})
    world.advance(90)
    behaviour(world, "PUT", {"error_rate": 1, "error_status": 503})
    world.advance(30)
    behaviour(world, "DELETE")
    world.advance(60)
    traffic(world, "DELETE")
    world.advance(180)  # Until all of it can be seen.
    assert total(world, "Invocations") == total(world, "Invocations", "blue") == 180 * 10
    assert total(world, "Invocation5XXErrors") == 30 * 10
    assert total(world, "Invocation4XXErrors") == 0
