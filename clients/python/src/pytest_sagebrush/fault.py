"""A fault that was put into a world."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from .control import Control
from .errors import ControlError
from .events import instant

__tracebackhide__ = True


@dataclass(frozen=True)
class Fault:
    """It lasts until its end or until it is removed; as a context manager, at most as long as its block."""

    id: str
    kind: str
    status: Literal["waiting", "active", "over"]
    began_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    outcome: str | None
    """What came of one that does its work at one instant."""
    members: Mapping[str, Any]
    """All that the control API tells of it."""
    _control: Control = field(repr=False, compare=False)

    @classmethod
    def of(cls, told: Mapping[str, Any], control: Control) -> "Fault":
        """From the control API's JSON."""
        began, ends = (instant(told[name]) if told[name] else None for name in ("began_at", "ends_at"))
        return cls(told["id"], told["kind"], told["status"], began, ends, told["outcome"], told, control)

    def remove(self) -> bool:
        """Take it away; False if it was gone already."""
        try:
            self._control.ask("DELETE", "faults", self.id)
        except ControlError as error:
            if error.status == 404:
                return False
            raise
        return True

    def __enter__(self) -> "Fault":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
