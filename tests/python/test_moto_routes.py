"""moto's own routes, as moto documents them: transitions that end by looking, and answers that a test sets.

https://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html
https://docs.getmoto.org/en/latest/docs/services/sagemaker-runtime.html
"""

import json

import pytest

from guardrails import canary
from server import Server

MODEL = "sagemaker::endpoint"
RESULTS = [
    {"Body": "first body", "ContentType": "text/xml", "InvokedProductionVariant": "prod", "CustomAttributes": "my_attr"},
    {"Body": "second body", "ContentType": "text/plain"},
]


class Moto:
    """What users of moto do by its own routes."""

    def __init__(self, world):
        self.world = world

    def set(self, **transition):
        status, answer = self.world.moto("POST", "state-manager/set-transition", {"model_name": MODEL, "transition": transition})
        assert (status, answer) == (201, b"")

    def unset(self):
        assert self.world.moto("POST", "state-manager/unset-transition", {"model_name": MODEL}) == (201, b"")

    def get(self):
        status, answer = self.world.moto("GET", f"state-manager/get-transition?model_name={MODEL}")
        assert status == 200
        return json.loads(answer)

    def results(self, results, **world):
        return self.world.moto("POST", "static/sagemaker/endpoint-results", {"results": results, **world})


@pytest.fixture
def world(worlds, own_server):
    """A world of a server of its own: transitions are for all worlds."""
    world = worlds(on=own_server())
    world.model()
    world.config("blue", 1)
    world.config("green", 1)
    return world


@pytest.fixture
def moto(world):
    return Moto(world)


def create(world):
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")


def invoke(world, body, endpoint="web", **members):
    answer = world.client("sagemaker-runtime").invoke_endpoint(EndpointName=endpoint, Body=body, **members)
    return answer["Body"].read().decode(), answer


def test_a_transition_that_was_set_is_told_until_it_is_unset(moto):
    by_clock = moto.get()
    assert by_clock == {"progression": "time", "seconds": 60}
    for transition in ({"progression": "immediate"}, {"progression": "manual", "times": 3}, {"progression": "time", "seconds": 5}):
        moto.set(**transition)
        assert moto.get() == transition
    moto.unset()
    moto.unset()
    assert moto.get() == by_clock


def test_immediate_transitions_are_over_with_the_command(world, moto):
    moto.set(progression="immediate")
    create(world)
    assert [e["EndpointStatus"] for e in world.sagemaker.list_endpoints()["Endpoints"]] == ["InService"]
    assert invoke(world, "hello")[0] == "hello"
    world.update(canary("50%"), config="green")
    assert (world.status(), world.describe()["EndpointConfigName"]) == ("InService", "green")
    world.sagemaker.delete_endpoint(EndpointName="web")
    assert world.sagemaker.list_endpoints()["Endpoints"] == []


def test_what_was_under_way_when_transitions_became_immediate_is_over_when_it_is_described(world, moto):
    create(world)
    assert world.status() == "Creating"
    moto.set(progression="immediate")
    assert world.status() == "InService"


def test_an_immediate_update_is_guarded_all_the_same(world, moto):
    moto.set(progression="immediate")
    create(world)
    world.alarm()
    world.set_alarm("ALARM")
    world.update(canary("50%", alarms=["errors"]), config="green")
    assert (world.status(), world.describe()["EndpointConfigName"]) == ("InService", "blue")


def test_a_manual_transition_ends_with_the_look_that_was_asked_for(world, moto):
    moto.set(progression="manual", times=3)
    create(world)
    assert [world.status() for _ in range(3)] == ["Creating", "Creating", "InService"]
    world.update(config="green")
    assert [world.status() for _ in range(4)] == ["Updating", "Updating", "InService", "InService"]


def test_looks_at_one_endpoint_are_not_those_at_another(world, moto):
    moto.set(progression="manual", times=2)
    create(world)
    world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue")
    looks = [(name, world.status(name)) for name in ("web", "other", "web")]
    assert looks == [("web", "Creating"), ("other", "Creating"), ("web", "InService")]
    # Time has passed for both; this is of an endpoint that takes longer.
    world.model("slow", SAGEBRUSH_STARTUP_SECONDS="200")
    world.config("slow", 1, model="slow")
    world.sagemaker.create_endpoint(EndpointName="third", EndpointConfigName="slow")
    world.sagemaker.create_endpoint(EndpointName="fourth", EndpointConfigName="blue")
    looks = [(name, world.status(name)) for name in ("fourth", "fourth", "third", "third")]
    assert looks == [("fourth", "Creating"), ("fourth", "InService"), ("third", "Creating"), ("third", "InService")]


def test_a_transition_by_time_ends_with_the_first_look_after_it(world, moto):
    moto.set(progression="time", seconds=10)
    create(world)
    world.advance(9)
    assert world.status() == "Creating"
    world.advance(1)
    assert world.status() == "InService"


def test_a_transition_outlives_a_reset_and_the_server(worlds, tmp_path):
    database, kept = f"sqlite:{tmp_path / 'kept.db'}", {"progression": "manual", "times": 3}
    first = Server(database=database)
    try:
        moto = Moto(worlds(on=first))
        moto.set(**kept)
        assert moto.world.moto("POST", "reset")[0] == 200
        assert moto.get() == kept
    finally:
        first.stop()
    second = Server(database=database)
    try:
        assert Moto(worlds(on=second)).get() == kept
    finally:
        second.stop()


@pytest.mark.parametrize("transition", [
    {"progression": "never"}, {"progression": "manual"}, {"progression": "manual", "times": 0}, {"progression": "manual", "times": 1.5},
    {"progression": "time", "seconds": -1}, {"progression": "immediate", "times": 1}, {}, "immediate", None])
def test_a_wrong_transition_is_refused_with_all_that_it_may_be(moto, transition):
    status, answer = moto.world.moto("POST", "state-manager/set-transition", {"model_name": MODEL, "transition": transition})
    assert status == 400 and b'\\"progression\\": \\"manual\\", \\"times\\": N' in answer
    assert moto.get() == {"progression": "time", "seconds": 60}


def test_a_model_that_is_not_here_is_refused_with_the_one_that_is(moto):
    asked = [
        moto.world.moto("POST", "state-manager/set-transition", {"model_name": "dax::cluster", "transition": {"progression": "immediate"}}),
        moto.world.moto("POST", "state-manager/unset-transition", {"model_name": "dax::cluster"}),
        moto.world.moto("GET", "state-manager/get-transition?model_name=dax::cluster"),
        moto.world.moto("GET", "state-manager/get-transition"),
    ]
    for status, answer in asked:
        assert status == 400 and MODEL in answer.decode()


def test_results_are_given_out_in_order_and_again_to_the_same_request(world, moto):
    create(world)
    world.advance("idle")
    assert moto.results(RESULTS, account_id=world.account, region=world.region) == (201, b"")
    body, first = invoke(world, "qwer")
    assert (body, first["ContentType"], first["InvokedProductionVariant"], first["CustomAttributes"]) == (
        "first body", "text/xml", "prod", "my_attr")
    body, second = invoke(world, "asdf")
    assert (body, second["ContentType"], second["InvokedProductionVariant"]) == ("second body", "text/plain", "AllTraffic")
    assert [invoke(world, "qwer")[0] for _ in range(3)] == ["first body"] * 3
    assert invoke(world, "qwer", ContentType="text/csv")[0] == "first body"
    assert invoke(world, "none is left")[0] == "none is left"
    assert invoke(world, "qwer", CustomAttributes="another request")[0] == "qwer"
    moto.results([{"Body": "third body"}], account_id=world.account)
    assert invoke(world, "none is left")[0] == "third body"


def test_the_example_of_motos_documentation_needs_no_endpoint(worlds, own_server):
    world = worlds(on=own_server(), account="123456789012")
    assert Moto(world).results(RESULTS)[0] == 201
    body, answer = invoke(world, "qwer", endpoint="asdf")
    assert (body, answer["InvokedProductionVariant"]) == ("first body", "prod")
    body, answer = invoke(world, "other", endpoint="asdf")
    assert body == "second body" and "InvokedProductionVariant" not in answer


def test_an_endpoint_that_does_not_serve_yet_is_given_no_result(world, moto, refused):
    create(world)
    moto.results(RESULTS, account_id=world.account)
    with refused(contains="not found", code="ValidationError"):
        invoke(world, "qwer")
    world.advance("idle")
    assert invoke(world, "qwer")[0] == "first body"


def test_results_may_be_as_large_as_answers_are(world, moto):
    create(world)
    world.advance("idle")
    body = "x" * 6_000_000
    assert moto.results([{"Body": body}], account_id=world.account)[0] == 201
    assert invoke(world, "qwer")[0] == body


def test_results_are_of_their_world_and_gone_with_it(world, worlds, moto, refused):
    other = worlds(on=world.server)
    moto.results(RESULTS, account_id=world.account)
    with refused(contains="not found", code="ValidationError"):
        invoke(other, "qwer", endpoint="asdf")
    assert invoke(world, "qwer", endpoint="asdf")[0] == "first body"
    world.control("POST", "reset")
    with refused(contains="not found", code="ValidationError"):
        invoke(world, "qwer", endpoint="asdf")


def test_requests_with_set_results_are_counted_and_fail_as_the_model_does(world, moto, refused):
    world.model("bad", SAGEBRUSH_ERROR_RATE="1")
    world.config("bad", 1, model="bad")
    world.endpoint("web", "bad")
    moto.results(RESULTS, account_id=world.account)
    with refused(code="ModelError", status=424):
        invoke(world, "qwer")
    world.control("PUT", "models/bad/behaviour", {"error_rate": 0})
    assert invoke(world, "qwer")[0] == "first body"


@pytest.mark.parametrize("results", [
    "first", [{"ContentType": "text/plain"}], [{"Body": 1}], [{"Body": "b", "Other": "x"}], [{"Body": "b", "ContentType": "\n"}], ["b"]])
def test_wrong_results_are_refused_and_none_of_them_is_set(world, moto, refused, results):
    status, answer = moto.results(results, account_id=world.account)
    assert status == 400 and b"a list of objects" in answer
    with refused(contains="not found", code="ValidationError"):
        invoke(world, "qwer", endpoint="asdf")


def test_results_of_no_account_are_refused(moto):
    status, answer = moto.results(RESULTS, account_id="12")
    assert status == 400 and b"12 digits" in answer
