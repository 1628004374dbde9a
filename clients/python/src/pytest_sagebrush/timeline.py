"""A deployment as a picture in text: what the failure of a test shows."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from .events import Event, Traffic, Tripped

if TYPE_CHECKING:
    from .deployment import Deployment

BAR_CELLS = 20
HEADING = ("TIME", "PHASE", "STEP", "BLUE ░" + "█ GREEN".rjust(BAR_CELLS - 6), "", "TRIGGERED BY")


def draw(deployment: Deployment) -> str:
    """A title and a line for each event: when, phase, step, the traffic from there on, and what made it happen."""
    rows = [HEADING] + [_row(event, deployment.started_at) for event in deployment.events]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([f"{_title(deployment)}:", "", *lines])


def span(time: datetime.timedelta) -> str:
    """A length of time in words that are short: 3m 29s, 1h, 0.5s."""
    seconds = round(time.total_seconds(), 3)
    hours, minutes, rest = int(seconds // 3600), int(seconds % 3600 // 60), round(seconds % 60, 3)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    return " ".join(f"{number:g}{unit}" for number, unit in parts if number) or "0s"


def _title(deployment: Deployment) -> str:
    ended = "under way" if deployment.status == "running" else deployment.status.replace("_", " ")
    if deployment.from_config is None:
        return f"{deployment.endpoint} created on {deployment.to_config}, {ended}"
    change = f"from {deployment.from_config} (blue) to {deployment.to_config} (green)"
    return f"{deployment.endpoint} {change}, {deployment.strategy}, {ended}"


def _row(event: Event, start: datetime.datetime) -> tuple[str, ...]:
    step = "-" if event.step is None else str(event.step)
    share = f"{event.traffic.green:.4g} %"
    return span(event.time - start), event.phase, step, _bar(event.traffic), share, _maker(event)


def _bar(traffic: Traffic) -> str:
    """Both fleets side by side; one that has any traffic can be seen."""
    green = round(traffic.green / 100 * BAR_CELLS)
    green = max(green, int(traffic.green > 0)) if traffic.blue >= 50 else min(green, BAR_CELLS - int(traffic.blue > 0))
    return "░" * (BAR_CELLS - green) + "█" * green


def _maker(event: Event) -> str:
    """Who or what, and of an alarm what it had seen. A warning is nothing without its sentence."""
    if event.phase == "warning":
        return f"{event.triggered_by}: {event.message}"
    alarms = ", ".join(_seen(name, event.tripped) for name in event.alarms)
    return f"{event.triggered_by}: {alarms}" if alarms else event.triggered_by


def _seen(alarm: str, tripped: tuple[Tripped, ...]) -> str:
    """An alarm, with the value that it judged if it judged one."""
    for each in tripped:
        if each.alarm == alarm and each.value is not None and each.threshold is not None:
            return f"{alarm} saw {each.value:g}, its threshold is {each.threshold:g}"
    return alarm
