"""At rest: what the servers say now, held against what their clients were answered, and each deployment against its plan."""

import collections
import json
import time

from battery.ask import OK, REFUSED, UNKNOWN, insist
from battery.strategies import timeline
from world import instant

IN_TRANSITION = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
ENDS = {"succeeded", "failed", "rolled_back", "rollback_failed", "deleted"}


class Verdict:
    """Counts what was checked, and keeps a sentence for each fault."""

    def __init__(self):
        self.checked, self.faults, self.counts = 0, [], collections.Counter()

    def check(self, true, sentence):
        self.checked += 1
        if not true:
            self.faults.append(sentence)

    def bounds(self, effects, operations, what):
        """As many effects as were acknowledged, and no more than may have been done."""
        done = sum(o.outcome == OK for o in operations)
        perhaps = done + sum(o.outcome == UNKNOWN for o in operations)
        self.check(effects >= done, f"lost: {what} was acknowledged {done} times and is there {effects} times")
        self.check(effects <= perhaps, f"doubled: {what} is there {effects} times, but was asked for {perhaps} times")


def grouped(operations, kind):
    """The operations of a kind, by (endpoint, value)."""
    groups = collections.defaultdict(list)
    for operation in operations:
        if operation.kind.split(" ")[0] == kind:
            groups[operation.endpoint, operation.value].append(operation)
    return groups


def at_rest(worlds, verdict, deadline_secs):
    """Nothing stays in transition: L1."""
    deadline = time.monotonic() + deadline_secs
    for world in worlds:
        while True:
            pages = world.sagemaker.get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 100})
            shown = {e["EndpointName"]: e["EndpointStatus"] for page in pages for e in page["Endpoints"]}
            stuck = {name: status for name, status in shown.items() if status in IN_TRANSITION}
            if not stuck or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        verdict.check(not stuck, f"stuck in {world.account}: {stuck}")
        world.shown = shown


def configs(world, verdict, operations):
    pages = world.sagemaker.get_paginator("list_endpoint_configs").paginate(PaginationConfig={"PageSize": 100})
    there = collections.Counter(c["EndpointConfigName"] for page in pages for c in page["EndpointConfigs"])
    for (_, name), asked in grouped(operations, "CreateEndpointConfig").items():
        if any(o.outcome == OK for o in asked):
            verdict.check(there[name] == 1, f"lost: the endpoint config {name}")


def existence(world, verdict, operations):
    """An endpoint is there if it was made and nobody may have deleted it, and gone if its end was acknowledged."""
    deletions = grouped(operations, "DeleteEndpoint")
    for (name, _), asked in grouped(operations, "CreateEndpoint").items():
        made = any(o.outcome == OK for o in asked)
        ends = [o for o in deletions.get((name, ""), []) if o.outcome != REFUSED]
        if made and not ends:
            verdict.check(name in world.shown, f"lost: the endpoint {name}")
        if any(o.outcome == OK for o in ends) and not any(o.outcome == UNKNOWN for o in asked):
            verdict.check(name not in world.shown, f"lost: the end of the endpoint {name}")


def deployments(world, verdict, operations, references):
    """Every creation and update has its deployment, once, and each went as its plan says."""
    creations, updates = grouped(operations, "CreateEndpoint"), grouped(operations, "UpdateEndpoint")
    strategy_of = {value: asked[0].kind.partition(" ")[2] for (_, value), asked in updates.items()}
    watched = {}
    for endpoint in sorted({endpoint for endpoint, _ in [*creations, *updates]}):
        alarm = f"{endpoint.rsplit('-', 1)[0]}-alarm"
        if alarm not in watched:
            watched[alarm] = [(at, state) for at, state, _ in history(world, alarm)]
        listed = insist(world.url, world.account, "GET", "deployments", endpoint=endpoint)["deployments"]
        verdict.check(len(listed) < 1000, f"{endpoint} has more deployments than one answer holds")
        made = collections.Counter(d["to_config"] for d in listed if d["kind"] == "create")
        updated = collections.Counter(d["to_config"] for d in listed if d["kind"] != "create")
        for config, asked in by_endpoint(creations, endpoint):
            verdict.bounds(made[config], asked, f"the creation of {endpoint}")
        for config, asked in by_endpoint(updates, endpoint):
            verdict.bounds(updated[config], asked, f"the update of {endpoint} to {config}")
        order = [d["sequence"] for d in listed]
        if len(made) == 1 and made.total() == 1:
            verdict.check(order == list(range(len(order), 0, -1)), f"{endpoint}: its deployments are numbered {order}")
        for one in listed:
            whole = insist(world.url, world.account, "GET", f"deployments/{one['id']}")
            strategy = strategy_of.get(one["to_config"], "create")
            verdict.counts[strategy] += whole["status"] == "succeeded"
            went_well(whole, references[strategy], verdict)
            guarded(whole, watched[alarm], verdict)


def by_endpoint(groups, endpoint):
    return [(value, asked) for (name, value), asked in groups.items() if name == endpoint]


def went_well(deployment, reference, verdict):
    """It ended once and at its end, no time goes back, and what happened is its plan's beginning, each thing at its time."""
    name = f"{deployment['endpoint']} to {deployment['to_config']} ({deployment['id']})"
    lines = timeline(deployment)
    status = deployment["status"]
    verdict.counts[status] += 1
    ends = [line.phase for line in lines if line.phase in ENDS]
    verdict.check(status != "running", f"stuck: {name} is still running")
    verdict.check(len(ends) == 1 and lines[-1].phase == ends[0], f"{name} ended {len(ends)} times: {[line.phase for line in lines]}")
    offsets = [line.offset for line in lines]
    verdict.check(offsets == sorted(offsets), f"{name}: time went back, {offsets}")
    if status == "succeeded":
        verdict.check(lines == reference, f"{name} did not go as planned: {lines}, but planned is {reference}")
        return
    planned = [line for line in lines[:next((at for at, line in enumerate(lines) if line.phase in {"rolling_back", *ENDS}), 0)]]
    verdict.check(planned == reference[:len(planned)], f"{name} did not go as planned: {lines}, but planned is {reference}")
    if status == "rolled_back":
        backs = [line for line in lines if line.phase == "rolling_back"]
        verdict.check(all(line.green == 0 for line in backs[-1:]), f"{name} rolled back to {backs[-1:]}")


def guarded(deployment, transitions, verdict):
    """An alarm that went off in a bake rolled it back, and one that is the cause was in ALARM then. `transitions` are the times
    and states of its alarm, in order."""
    name = f"{deployment['endpoint']} to {deployment['to_config']} ({deployment['id']})"
    events = [event for event in deployment["events"] if event["phase"] != "warning"]
    for event, following in zip(events, events[1:]):
        begin, end = instant(event["time"]), instant(following["time"])
        if event["phase"] == "baking" and event["step"] is not None:
            inside = [at for at, state in transitions if state == "ALARM" and begin < at < end]
            verdict.check(not inside, f"{name}: an alarm went off in its bake at {inside}, and it went on until {end}")
    for event in events:
        if event.get("cause") == "alarm":
            before = [state for at, state in transitions if at <= instant(event["time"])]
            verdict.check("ALARM" in before[-2:], f"{name} was rolled back by an alarm that was in {before[-2:]}")


def history(world, alarm):
    """The changes of an alarm's state, the oldest first: time, state, reason."""
    pages = world.cloudwatch.get_paginator("describe_alarm_history").paginate(
        AlarmName=alarm, HistoryItemType="StateUpdate", ScanBy="TimestampAscending", PaginationConfig={"PageSize": 100})
    items = [(item["Timestamp"], json.loads(item["HistoryData"])["newState"]) for page in pages for item in page["AlarmHistoryItems"]]
    return [(at, state["stateValue"], state["stateReason"]) for at, state in items]


def alarms(world, verdict, operations):
    """What was set is in the history, once."""
    by_alarm = collections.defaultdict(list)
    for (alarm, reason), asked in grouped(operations, "SetAlarmState").items():
        by_alarm[alarm].append((reason, asked))
    for alarm, sets in by_alarm.items():
        reasons = collections.Counter(reason for _, _, reason in history(world, alarm))
        for reason, asked in sets:
            verdict.check(reasons[reason] <= 1, f"doubled: {reason!r} is in the history {reasons[reason]} times")
            if asked[0].outcome == OK and asked[0].certain:
                verdict.check(reasons[reason] == 1, f"lost: {asked[0].kind} with the reason {reason!r}")
            if asked[0].outcome == REFUSED:
                verdict.check(reasons[reason] == 0, f"done although refused: {reason!r}")


def invocations(world, verdict, invoked):
    """No request is counted twice. A killed server loses what it counted in its last second, so fewer are no fault."""
    now = instant(insist(world.url, world.account, "GET", "clock")["now"])
    for endpoint, asked in invoked.items():
        answer = world.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker", MetricName="Invocations", Period=86_400, Statistics=["Sum"],
            StartTime=now.replace(year=now.year - 1), EndTime=now.replace(year=now.year + 1),
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "AllTraffic"}])
        counted = sum(point["Sum"] for point in answer["Datapoints"])
        verdict.counts["invocations counted"] += int(counted)
        verdict.check(counted <= asked, f"doubled: {counted:.0f} invocations of {endpoint} were counted, {asked} were asked for")
