"""Deployment configs in one line each, and the story of a deployment as DescribeEndpoint shows it."""

import collections

from world import instant

# AWS's words where instances find no capacity.
NO_CAPACITY = ("Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please "
               "retry using a different ML instance type or after some time.")


def size(value):
    """A CapacitySize: 2 is two instances, "20%" is a percentage."""
    if isinstance(value, str):
        return {"Type": "CAPACITY_PERCENT", "Value": int(value.removesuffix("%"))}
    return {"Type": "INSTANCE_COUNT", "Value": value}


def rollback_on(alarms):
    return {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]}} if alarms else {}


def blue_green(kind, wait=300, termination=0, timeout=None, alarms=(), **sizes):
    """A BlueGreenUpdatePolicy; `sizes` are CanarySize and LinearStepSize."""
    routing = {"Type": kind, "WaitIntervalInSeconds": wait} | {name: size(value) for name, value in sizes.items()}
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}
    policy |= {"MaximumExecutionTimeoutInSeconds": timeout} if timeout else {}
    return {"BlueGreenUpdatePolicy": policy, **rollback_on(alarms)}


def all_at_once(**settings):
    return blue_green("ALL_AT_ONCE", **settings)


def canary(first, **settings):
    return blue_green("CANARY", CanarySize=first, **settings)


def linear(step, **settings):
    return blue_green("LINEAR", LinearStepSize=step, **settings)


def rolling(batch, wait=300, timeout=None, rollback_batch=None, alarms=()):
    policy = {"MaximumBatchSize": size(batch), "WaitIntervalInSeconds": wait}
    policy |= {"MaximumExecutionTimeoutInSeconds": timeout} if timeout else {}
    policy |= {"RollbackMaximumBatchSize": size(rollback_batch)} if rollback_batch else {}
    return {"RollingUpdatePolicy": policy, **rollback_on(alarms)}


# What VariantStatus says: (Status, StatusMessage).

def launching(count):
    return "Creating", f"Launching {count} instance(s)."


def activating(capacity, count):
    return "ActivatingTraffic", f"Activating traffic on {capacity} capacity of {count} instance(s)."


def baking(seconds, capacity, count):
    return "Baking", (f"Baking for {seconds} seconds (TerminationWaitInSeconds) with traffic enabled "
                      f"on {capacity} capacity of {count} instance(s).")


def terminating(count):
    return "Deleting", f"Terminating {count} instance(s)."


Fleet = collections.namedtuple("Fleet", "current desired weights stages name")


def fleet(current, desired, stage=None, weight=None, name="AllTraffic"):
    """A variant in DescribeEndpoint: instances now and wanted, weights now and wanted, its stage."""
    if weight is None:
        weight = 0.0 if current == 0 else 1.0
    return Fleet(current, desired, (weight, 1.0), [stage] if stage else [], name)


def leaving(gone, existing=None, desired=None):
    """The top-level variant while old instances go: they count until they are gone."""
    return fleet(existing or gone, desired or gone, terminating(gone))


def seen(variant):
    stages = [(s["Status"], s["StatusMessage"]) for s in variant.get("VariantStatus", [])]
    weights = (variant["CurrentWeight"], variant["DesiredWeight"])
    return Fleet(variant["CurrentInstanceCount"], variant["DesiredInstanceCount"], weights, stages, variant["VariantName"])


def listed(fleets):
    return [fleets] if isinstance(fleets, Fleet) else fleets


class Story:
    """A deployment told second by second from now on: what is expected holds until the next expectation."""

    def __init__(self, world, endpoint="web", old="blue", new="green"):
        self.world, self.endpoint, self.old, self.new = world, endpoint, old, new
        self.at, self.expected = 0, None

    def picture(self):
        shown = self.world.describe(self.endpoint)
        pending = shown.get("PendingDeploymentSummary")
        return {
            "status": shown["EndpointStatus"], "config": shown["EndpointConfigName"],
            "top": [seen(v) for v in shown.get("ProductionVariants", [])],
            "pending": pending and (pending["EndpointConfigName"], [seen(v) for v in pending["ProductionVariants"]])}

    def go(self, at):
        """Advance to second `at` of the story."""
        self.world.advance(at - self.at)
        self.at = at

    def sees(self, at, blue, green=None, status="Updating", config=None):
        """At second `at` this is shown for the first time: one second earlier it is still the picture before."""
        if at > self.at:
            self.go(at - 1)
            if self.expected is not None:
                assert self.picture() == self.expected, f"one second before {at} s"
        self.go(at)
        self.expected = {
            "status": status, "config": config or self.old, "top": listed(blue),
            "pending": green and (self.new, listed(green))}
        assert self.picture() == self.expected, f"at {at} s"

    def succeeds(self, at, instances):
        """At second `at`, not before, the new config is in service and nothing tells of a failure."""
        self.sees(at, fleet(instances, instances), status="InService", config=self.new)
        assert "FailureReason" not in self.world.describe(self.endpoint)
        assert self.world.deployments(self.endpoint)[0]["status"] == "succeeded"

    def is_rolled_back(self, at, instances, reason):
        """At second `at`, not before, the old config is in service again and FailureReason says why."""
        self.sees(at, fleet(instances, instances), status="InService", config=self.old)
        assert self.world.describe(self.endpoint)["FailureReason"] == reason
        assert self.world.deployments(self.endpoint)[0]["status"] == "rolled_back"


def timeline(deployment):
    """(seconds since its start, phase) of every event of a deployment, warnings left out."""
    start = instant(deployment["started_at"])
    events = [e for e in deployment["events"] if e["phase"] != "warning"]
    return [((instant(e["time"]) - start).total_seconds(), e["phase"]) for e in events]


def warnings(deployment):
    """The sentences that the history of a deployment warns with."""
    return [e["message"] for e in deployment["events"] if e["phase"] == "warning"]


def traffic(deployment):
    """(phase, green's share in whole percent) of every event that tells of traffic."""
    return [(e["phase"], round(e["traffic"]["green"])) for e in deployment["events"] if e.get("traffic")]


def alarm_reason(*names):
    return f"The deployment was rolled back because the following alarm(s) went into ALARM state: {', '.join(names)}."


def timeout_reason(seconds):
    return f"The deployment was rolled back because it did not finish within MaximumExecutionTimeoutInSeconds ({seconds})."


def ping_reason(variant="AllTraffic"):
    return (f"The primary container for production variant {variant} did not pass the ping health check. "
            "Please check CloudWatch logs for this endpoint.")


def doomed_rollback(world, rollback_batch):
    """An alarm in the third batch of a rolling update whose rollback cannot launch the old model any more: its first
    four instances are used up."""
    world.model("worn", SAGEBRUSH_HEALTH="failing-after:4")
    world.model()
    world.config("blue", 4, model="worn")
    world.config("green", 4)
    world.endpoint("web", "blue")
    world.alarm()
    world.update(rolling(1, wait=100, rollback_batch=rollback_batch, alarms=["errors"]))
    world.advance(65 + 2 * 175)
    world.set_alarm("ALARM")
