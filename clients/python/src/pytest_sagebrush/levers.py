"""What can be done to a world beside what AWS's clients do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .clock import Clock
from .control import Control
from .fault import Fault

__tracebackhide__ = True

_CONTENT_TYPES = {
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".json": "application/json",
}


class Levers:
    """The control API's commands about one world. Members that are not named here are the API's own."""

    clock: Clock
    _control: Control
    _shared: bool

    def fault(self, kind: str, **members: object) -> Fault:
        """Put a fault in: `fault("error_rate", rate=0.2, scope={"model": "shop-v2"}, start={"step": 2})`."""
        return Fault.of(self._control.ask("POST", "faults", body={"kind": kind, **members}), self._control)

    def faults(self) -> list[Fault]:
        """All that were put in and not removed, the oldest first."""
        return [Fault.of(each, self._control) for each in self._control.ask("GET", "faults")["faults"]]

    def traffic(
        self,
        endpoint: str,
        requests_per_second: float,
        daily: Mapping[str, float] | None = None,
        bursts: Mapping[str, float] | None = None,
    ) -> None:
        """Let requests come that need no client, from now on and instead of those that came; 0 ends them."""
        demand = {"requests_per_second": requests_per_second, "daily": daily, "bursts": bursts}
        self._control.ask("PUT", "endpoints", endpoint, "traffic", body=demand)

    def behaviour(self, model: str, **members: object) -> dict[str, Any]:
        """Let a model behave so from now on, `behaviour("v2", error_rate=0.5)`; without members, as it says itself."""
        method, body = ("PUT", members) if members else ("DELETE", None)
        told: dict[str, Any] = self._control.ask(method, "models", model, "behaviour", body=body)["effective"]
        return told

    def capacity(self, instance_type: str, pool: int | None = None, quota: int | None = None) -> dict[str, Any]:
        """Limit the instances of a type, by the room there is and by what AWS allows; without either, no longer."""
        limits = {name: limit for name, limit in (("pool", pool), ("quota", quota)) if limit is not None}
        told: dict[str, Any] = self._control.ask("PUT", "capacity", instance_type, body=limits)
        return told

    def scenario(self, told: str | Path | Mapping[str, object]) -> None:
        """Make this world what a scenario tells: a file, a dict, or a text (TOML; with a brace at its start, JSON)."""
        text, content_type = _scenario(told)
        self._control.ask_text("POST", "scenario", text=text, content_type=content_type)
        if self._shared and self.clock.mode == "real":
            self._hold_clock()

    def plan(self, **question: object) -> dict[str, Any]:
        """What an update would do, without making it: `plan(instances=10, config={…}, bad_error_rate=0.2)`."""
        told: dict[str, Any] = self._control.ask("POST", "plan", body=question)
        return told

    def reset(self) -> None:
        """Forget everything of this world; its time is the present again, at a full minute."""
        self._control.ask("POST", "reset")
        self._begin()

    def snapshot(self) -> str:
        """This world written down, to the millisecond."""
        return self._control.ask_text("GET", "snapshot")

    def restore(self, snapshot: str) -> None:
        """Make this world what a snapshot says, also one of another world."""
        self._control.ask_text("PUT", "snapshot", text=snapshot, content_type="application/jsonl")

    def _hold_clock(self) -> None:
        """A server of ours begins every world as its settings say; who knows how another does."""
        if self._shared:
            self.clock.set("manual")

    def _begin(self) -> None:
        self._hold_clock()
        self.clock.begin_a_minute()


def _scenario(told: str | Path | Mapping[str, object]) -> tuple[str, str]:
    """A scenario as text, and its Content-Type. A string of one line is a path, as no scenario has only one."""
    if isinstance(told, Mapping):
        return json.dumps(told), _CONTENT_TYPES[".json"]
    if isinstance(told, str) and told.lstrip().startswith("{"):
        return told, _CONTENT_TYPES[".json"]
    if isinstance(told, str) and "\n" in told:
        return told, _CONTENT_TYPES[".toml"]
    path = Path(told)
    if path.suffix not in _CONTENT_TYPES:
        raise ValueError(f"A scenario is a file that ends in {', '.join(_CONTENT_TYPES)}, not {path}.")
    return path.read_text(encoding="utf-8"), _CONTENT_TYPES[path.suffix]
