"""What scripts/kill-loop holds against the servers: each kind of loss is seen, and nothing else is taken for one."""

import types

import pytest

from battery.ask import OK, REFUSED, UNKNOWN, Operation
from battery.strategies import Line, timeline
from battery.verdict import Verdict, existence, guarded, went_well
from world import instant

START = "2026-01-01T00:00:00.000Z"


def event(second, phase, step=1, green=0):
    return {"time": f"2026-01-01T00:00:{second:02}.000Z", "phase": phase, "step": step, "traffic": {"blue": 100 - green, "green": green}}


def deployment(*events, status="succeeded"):
    return {"id": "1", "endpoint": "web", "to_config": "green", "status": status, "started_at": START, "events": list(events)}


WENT = [event(0, "launching"), event(10, "baking", green=100), event(20, "succeeded", None, 100)]
PLANNED = timeline(deployment(*WENT))
BACK = [event(12, "rolling_back", None), event(12, "rolling_back", None), event(22, "rolled_back", None)]


def faults_of(whole):
    verdict = Verdict()
    went_well(whole, PLANNED, verdict)
    assert verdict.checked
    return verdict.faults


def test_a_deployment_that_went_as_planned_or_back_on_its_way_has_no_fault():
    assert PLANNED[1] == Line(10.0, "baking", 1, 100)
    assert faults_of(deployment(*WENT)) == []
    assert faults_of(deployment(event(3, "warning"), *WENT)) == []
    assert faults_of(deployment(*WENT[:2], *BACK, status="rolled_back")) == []


@pytest.mark.parametrize("whole, fault", [
    (deployment(*WENT[:2], status="running"), "is still running"),
    (deployment(*WENT, event(20, "succeeded", None, 100)), "ended 2 times"),
    (deployment(*WENT, event(21, "baking")), "ended 1 times"),
    (deployment(WENT[0], event(11, "baking", green=100), WENT[2]), "did not go as planned"),
    (deployment(*WENT[:2], WENT[1], WENT[2]), "did not go as planned"),
    (deployment(WENT[0], WENT[2]), "did not go as planned"),
    (deployment(event(5, "launching"), event(1, "baking"), WENT[2]), "time went back"),
    (deployment(event(1, "launching"), *BACK, status="rolled_back"), "did not go as planned"),
    (deployment(*WENT[:2], event(12, "rolling_back", None, 40), BACK[2], status="rolled_back"), "rolled back to"),
], ids=["stuck", "two ends", "after the end", "late", "twice", "left out", "backwards", "late and back", "half back"])
def test_each_way_not_to_go_as_planned_is_a_fault(whole, fault):
    assert any(fault in sentence for sentence in faults_of(whole)), faults_of(whole)


def asked(*outcomes, kind="CreateEndpoint", endpoint="web"):
    return [Operation(kind, endpoint, "" if kind == "DeleteEndpoint" else "blue", 0.0, outcome) for outcome in outcomes]


@pytest.mark.parametrize("effects, outcomes, fault", [
    (1, [OK], None), (1, [UNKNOWN, OK], None), (2, [UNKNOWN, OK], None), (0, [UNKNOWN], None), (0, [REFUSED], None),
    (0, [OK], "lost"), (2, [OK], "doubled"), (1, [REFUSED], "doubled"), (3, [UNKNOWN, OK], "doubled")])
def test_what_is_there_lies_between_what_was_acknowledged_and_what_may_have_been_done(effects, outcomes, fault):
    verdict = Verdict()
    verdict.bounds(effects, asked(*outcomes), "it")
    assert [sentence.split(":")[0] for sentence in verdict.faults] == ([fault] if fault else [])


@pytest.mark.parametrize("shown, made, ended, lost", [
    (["web"], [OK], [], False), ([], [OK], [], True), ([], [UNKNOWN], [], False), (["web"], [UNKNOWN], [], False),
    ([], [OK], [OK], False), (["web"], [OK], [OK], True), (["web"], [OK, UNKNOWN], [OK], False),
    (["web"], [OK], [UNKNOWN], False), ([], [OK], [UNKNOWN], False), (["web"], [OK], [REFUSED], False), ([], [OK], [REFUSED], True)])
def test_an_endpoint_is_lost_only_where_nobody_can_have_ended_it(shown, made, ended, lost):
    verdict = Verdict()
    world = types.SimpleNamespace(shown=set(shown))
    existence(world, verdict, asked(*made) + asked(*ended, kind="DeleteEndpoint"))
    assert bool(verdict.faults) == lost, verdict.faults


@pytest.mark.parametrize("changes, whole, fault", [
    ([(5, "ALARM"), (8, "OK")], deployment(*WENT), None),
    ([(10, "ALARM")], deployment(*WENT), None),
    ([(15, "ALARM"), (16, "OK")], deployment(*WENT), "went off in its bake"),
    ([(12, "ALARM")], deployment(*WENT[:2], BACK[0] | {"cause": "alarm"}, *BACK[1:], status="rolled_back"), None),
    ([(12, "ALARM"), (12, "OK")], deployment(*WENT[:2], BACK[0] | {"cause": "alarm"}, *BACK[1:], status="rolled_back"), None),
    ([(5, "OK")], deployment(*WENT[:2], BACK[0] | {"cause": "alarm"}, *BACK[1:], status="rolled_back"), "was in ['OK']"),
], ids=["before", "as it begins", "ignored", "the cause", "the cause for no time", "no cause"])
def test_an_alarm_in_a_bake_rolls_back_and_nothing_else_does(changes, whole, fault):
    verdict = Verdict()
    guarded(whole, [(instant(f"2026-01-01T00:00:{second:02}.000Z"), state) for second, state in changes], verdict)
    assert bool(verdict.faults) == bool(fault) and all(fault in sentence for sentence in verdict.faults), verdict.faults
