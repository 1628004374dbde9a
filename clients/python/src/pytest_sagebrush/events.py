"""What happened in a deployment, and what is planned: facts, as the control API tells them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Cause = Literal["alarm", "missing_alarm", "timeout", "health", "capacity", "operator", "internal_fault"]
CAUSES: tuple[str, ...] = get_args(Cause)


def instant(text: str) -> datetime.datetime:
    """A time of the control API, to the millisecond. Python 3.10 does not know its Z."""
    return datetime.datetime.fromisoformat(text.removesuffix("Z") + "+00:00")


@dataclass(frozen=True)
class Traffic:
    """Percent of the requests on the old fleet and on the new one; together 100."""

    blue: float
    green: float


@dataclass(frozen=True)
class Tripped:
    """An alarm that went off, and what it had seen."""

    alarm: str
    value: float | None
    """None where it judged none: its state was set by hand, data was missing, or it is composite."""
    threshold: float | None
    reason: str
    """Its StateReason."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Tripped":
        """From the control API's JSON."""
        return cls(told["alarm"], told["value"], told["threshold"], told["reason"])


@dataclass(frozen=True)
class Stage:
    """What is to come, unless an alarm trips or somebody intervenes."""

    time: datetime.datetime
    phase: str
    step: int | None
    traffic: Traffic
    message: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Stage":
        """From the control API's JSON."""
        return cls(instant(told["time"]), told["phase"], told["step"], Traffic(**told["traffic"]), told["message"])


@dataclass(frozen=True)
class Event:
    """What happened, and who or what made it happen."""

    time: datetime.datetime
    phase: str
    step: int | None
    """From 1; None outside the steps."""
    traffic: Traffic
    """From here on."""
    message: str
    triggered_by: str
    """`client`, `clock`, `operator`, or the cause of a rollback."""
    cause: Cause | None
    """Why a rollback began here."""
    alarms: tuple[str, ...]
    """Those that made it begin."""
    tripped: tuple[Tripped, ...]
    """What those had seen, as far as their history still says so."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Event":
        """From the control API's JSON."""
        return cls(
            time=instant(told["time"]),
            phase=told["phase"],
            step=told["step"],
            traffic=Traffic(**told["traffic"]),
            message=told["message"],
            triggered_by=told["triggered_by"],
            cause=told["cause"],
            alarms=tuple(told["alarms"]),
            tripped=tuple(Tripped.of(each) for each in told["tripped"]),
        )
