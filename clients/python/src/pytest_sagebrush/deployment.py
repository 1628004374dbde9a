"""A deployment as it stood when it was asked for, and the hand that steers it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .control import Control
from .events import Cause, Event, Stage, Traffic, instant
from .timeline import draw

__tracebackhide__ = True

Status = Literal["running", "succeeded", "rolled_back", "rollback_failed", "failed"]

# Events that tell of something beside the course of a deployment.
_ASIDE = frozenset({"warning", "instances_died", "paused", "resumed", "advanced", "promoted"})


@dataclass(frozen=True)
class Deployment:
    """The creation of an endpoint, or an update of it. It does not change: ask the world again for a newer one."""

    id: str
    endpoint: str
    kind: Literal["create", "update"]
    strategy: str
    """`ALL_AT_ONCE`, `CANARY`, `LINEAR` or `ROLLING`."""
    status: Status
    from_config: str | None
    """The old one; None for a creation."""
    to_config: str
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    next_at: datetime.datetime | None
    """When time alone does something next; None after the end, and while a pause holds it."""
    paused_since: datetime.datetime | None
    failure_reason: str | None
    """As DescribeEndpoint has it."""
    why: str
    """Why it stands where it stands, in plain words."""
    guards: tuple[str, ...]
    """The alarms that its guardrail names; none after its end."""
    traffic: Traffic
    """As it is now."""
    events: tuple[Event, ...]
    planned: tuple[Stage, ...]
    _control: Control = field(repr=False, compare=False)

    @classmethod
    def of(cls, told: Mapping[str, Any], control: Control) -> "Deployment":
        """From the control API's JSON."""
        plain = ("id", "endpoint", "kind", "strategy", "status", "from_config", "to_config", "failure_reason", "why")
        times = ("started_at", "ended_at", "next_at", "paused_since")
        members: dict[str, Any] = {name: told[name] for name in plain}
        members |= {name: instant(told[name]) if told[name] else None for name in times}
        return cls(
            **members,
            guards=tuple(told["alarms"] or ()),
            traffic=Traffic(**told["traffic"]["actual"]),
            events=tuple(Event.of(each) for each in told["events"]),
            planned=tuple(Stage.of(each) for each in told["planned"]),
            _control=control,
        )

    @property
    def phase(self) -> str:
        """Where it is in its course: `launching`, `activating_traffic`, `baking`, …, or how it ended."""
        return next(event.phase for event in reversed(self.events) if event.phase not in _ASIDE)

    @property
    def cause(self) -> Cause | None:
        """Why it was rolled back; None if it was not."""
        began = self._rollback()
        return began.cause if began else None

    @property
    def alarms(self) -> tuple[str, ...]:
        """The alarms that rolled it back."""
        began = self._rollback()
        return began.alarms if began else ()

    @property
    def alarm(self) -> str | None:
        """The alarm that rolled it back, the first of them; None if none did."""
        return next(iter(self.alarms), None)

    @property
    def served(self) -> bool:
        """Whether the new config ever had traffic. One that an endpoint is created on has it once it is in service."""
        if self.kind == "create":
            return self.status == "succeeded"
        return any(event.traffic.green > 0 for event in self.events)

    def _rollback(self) -> Event | None:
        return next((event for event in self.events if event.cause), None)

    def timeline(self) -> str:
        """A picture of its events, for people."""
        return draw(self)

    def pause(self) -> "Steered":
        """Stop the countdown of its bake; not the alarms, nor the timeout."""
        return self._steer("pause")

    def resume(self) -> "Steered":
        """Let it go on."""
        return self._steer("resume")

    def advance(self) -> "Steered":
        """End the present bake, at the next move of the clock."""
        return self._steer("advance")

    def promote(self) -> "Steered":
        """End all bakes to come, and the wait before the old fleet goes."""
        return self._steer("promote")

    def abort(self) -> "Steered":
        """Roll it back as an alarm would."""
        return self._steer("abort")

    def _steer(self, verb: str) -> "Steered":
        told = self._control.ask("POST", "deployments", self.id, verb)
        return Steered(told["changed"], told["message"], Deployment.of(told["deployment"], self._control))


@dataclass(frozen=True)
class Steered:
    """What came of steering: whether anything changed, what or why not, and the deployment afterwards."""

    changed: bool
    message: str
    deployment: Deployment
