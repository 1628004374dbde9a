"""The deployments that the clients ask for, and how each goes when nothing fails."""

import collections
import datetime

from battery.ask import insist

INSTANCES = 4
Line = collections.namedtuple("Line", "offset phase step green")


def count(value):
    return {"Type": "INSTANCE_COUNT", "Value": value}


def blue_green(kind, wait, termination, **sizes):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **{name: count(value) for name, value in sizes.items()}}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}}


STRATEGIES = {
    "canary": blue_green("CANARY", 120, 60, CanarySize=1),
    "linear": blue_green("LINEAR", 60, 0, LinearStepSize=2),
    "all at once": blue_green("ALL_AT_ONCE", 90, 30),
    "rolling": {"RollingUpdatePolicy": {"MaximumBatchSize": count(2), "WaitIntervalInSeconds": 60}},
}


def guarded(strategy, alarm):
    return STRATEGIES[strategy] | {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}}


def instant(text):
    return datetime.datetime.fromisoformat(text)


def timeline(deployment):
    """Every event of a deployment but the warnings: when after its start, what, and green's share."""
    start = instant(deployment["started_at"])
    return [Line((instant(e["time"]) - start).total_seconds(), e["phase"], e["step"], e["traffic"]["green"])
            for e in deployment["events"] if e["phase"] != "warning"]


def references(world):
    """How a creation and each kind of update go on a manual clock, before anything is disturbed."""
    world.set_clock({"mode": "manual"})
    world.prepare()
    seen = {}
    world.create("reference")
    for strategy in [None, *STRATEGIES]:
        if strategy:
            world.update("reference", strategy)
        insist(world.url, world.account, "POST", "clock/advance", {"to": "idle"})
        seen[strategy or "create"] = timeline(world.newest("reference"))
        assert seen[strategy or "create"][-1].phase == "succeeded", seen
    return seen
