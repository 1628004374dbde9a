"""The deployments that the clients ask for, and how each goes when nothing fails."""

import collections
import functools

from battery.ask import insist
from guardrails import all_at_once, canary, linear, rolling
from world import instant

INSTANCES = 4
Line = collections.namedtuple("Line", "offset phase step green")

# Each takes the alarms that guard it.
STRATEGIES = {
    "canary": functools.partial(canary, 1, wait=120, termination=60),
    "linear": functools.partial(linear, 2, wait=60),
    "all at once": functools.partial(all_at_once, wait=90, termination=30),
    "rolling": functools.partial(rolling, 2, wait=60),
}


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
