"""The clock of a world. It stands still until a test moves it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .control import Control
from .events import instant

__tracebackhide__ = True


@dataclass(frozen=True)
class Transition:
    """A change of an endpoint that happened on the way."""

    time: datetime.datetime
    endpoint: str
    status: str | None
    """EndpointStatus after it; None when the endpoint is gone."""
    phase: str | None
    """The phase of the deployment on its way, after it."""
    step: int | None
    message: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Transition":
        """From the control API's JSON."""
        after = told["to"] or {}
        status, phase, step = after.get("status"), after.get("phase"), after.get("step")
        return cls(instant(told["time"]), told["endpoint"], status, phase, step, told["message"])


class Clock:
    """What is due on the way happens, in order, before a call that moves it comes back."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime.datetime:
        """The world's time."""
        return instant(self._read()["now"])

    @property
    def mode(self) -> str:
        """`manual`, `real` or `scaled`."""
        return str(self._read()["mode"])

    def begin_a_minute(self) -> None:
        """Move it to a full minute if it stands: where the periods of alarms begin is no matter of luck then."""
        read = self._read()
        if read["mode"] == "manual":
            self.advance(-instant(read["now"]).timestamp() % 60)

    def advance(self, seconds: float | datetime.timedelta) -> list[Transition]:
        """Move it on by so much."""
        if isinstance(seconds, datetime.timedelta):
            seconds = seconds.total_seconds()
        return self._move({"seconds": seconds})

    def next(self) -> list[Transition]:
        """Move it to the next change of an endpoint."""
        return self._move({"to": "next"})

    def settle(self) -> list[Transition]:
        """Move it until no endpoint is in transition, but for deployments that are paused in a bake."""
        return self._move({"to": "idle"})

    def set(self, mode: Literal["manual", "real"] | float) -> None:
        """Let time pass by hand, as it does outside, or so many times as fast. The time reached is kept."""
        body = {"mode": mode} if isinstance(mode, str) else {"mode": "scaled", "rate": mode}
        self._control.ask("PUT", "clock", body=body)

    def _read(self) -> Mapping[str, Any]:
        read: Mapping[str, Any] = self._control.ask("GET", "clock")
        return read

    def _move(self, how: Mapping[str, object]) -> list[Transition]:
        return [Transition.of(each) for each in self._control.ask("POST", "clock", "advance", body=how)["transitions"]]
