"""What speaks against a deployment, in one sentence; None where nothing does."""

from collections.abc import Sequence

from .deployment import Deployment
from .events import CAUSES

__tracebackhide__ = True


def against_updated(newest: Deployment, config: str | None) -> str | None:
    """Whether the newest update is over, and its config in service."""
    return (
        _not_over(newest)
        or _no_update(newest)
        or _ended_otherwise(newest, "succeeded", "updated")
        or _other_config(newest, config)
    )


def against_rolled_back(newest: Deployment, because: str | None, alarm: str | None) -> str | None:
    """Whether the newest update is over and was rolled back, for that cause and by that alarm."""
    if because is not None and because not in CAUSES:
        raise ValueError(f"A rollback has no cause {because!r}; those that it can have are {', '.join(CAUSES)}.")
    return (
        _not_over(newest)
        or _no_update(newest)
        or _ended_otherwise(newest, "rolled_back", "rolled back")
        or _other_cause(newest, because)
        or _other_alarm(newest, alarm)
    )


def is_about(history: Sequence[Deployment], config: str) -> bool:
    """Whether a deployment began with `config` or was to end with it."""
    return any(_same(name, config) for each in history for name in (each.from_config, each.to_config))


def never_served(history: Sequence[Deployment], config: str) -> tuple[Deployment, str | None]:
    """Whether no deployment ever gave `config` traffic, with the one that shows it, or else the newest."""
    about_it = [each for each in history if _same(each.to_config, config)]
    for each in about_it:
        if each.served:
            share = max(event.traffic.green for event in each.events)
            had = "was created on it" if each.kind == "create" else f"gave it up to {share:.4g} % of the traffic"
            return each, f"The config {config} has served: a deployment of {each.endpoint} {had}."
    for each in about_it:
        if each.status == "running":
            return each, _not_over(each)
    return history[0], None


def _same(name: str | None, other: str) -> bool:
    """AWS tells names apart without regard to case."""
    return name is not None and name.casefold() == other.casefold()


def _not_over(newest: Deployment) -> str | None:
    if newest.status != "running":
        return None
    subject = f"The deployment of {newest.endpoint} to {newest.to_config} is still under way ({newest.phase})"
    if newest.paused_since is not None:
        return f"{subject}, paused since {newest.paused_since:%H:%M:%S}: let it go on with deployment.resume() first."
    waits = f" and waits for {newest.next_at:%H:%M:%S}" if newest.next_at else ""
    return f"{subject}{waits}: let it end with clock.settle() first."


def _no_update(newest: Deployment) -> str | None:
    if newest.kind == "update":
        return None
    if newest.status == "failed":
        return f"The endpoint {newest.endpoint} was never updated: its creation on {newest.to_config} failed."
    return f"The endpoint {newest.endpoint} was created on {newest.to_config} and never updated."


def _ended_otherwise(newest: Deployment, status: str, wanted: str) -> str | None:
    if newest.status == status:
        return None
    subject = f"The endpoint {newest.endpoint} was not {wanted}"
    ends = {
        "succeeded": f"its update to {newest.to_config} succeeded",
        "rolled_back": f"its update to {newest.to_config} was rolled back ({_reason(newest)})",
        "rollback_failed": f"the rollback of its update to {newest.to_config} failed",
        "failed": f"its update to {newest.to_config} failed",
    }
    return f"{subject}: {ends[newest.status]}."


def _other_config(newest: Deployment, config: str | None) -> str | None:
    if config is None or _same(newest.to_config, config):
        return None
    return f"The endpoint {newest.endpoint} was updated to {newest.to_config}, not to {config}."


def _other_cause(newest: Deployment, because: str | None) -> str | None:
    if because in (None, newest.cause):
        return None
    return f"The endpoint {newest.endpoint} was rolled back because of {_reason(newest)}, not of {because}."


def _other_alarm(newest: Deployment, alarm: str | None) -> str | None:
    if alarm is None or alarm in newest.alarms:
        return None
    return f"The endpoint {newest.endpoint} was rolled back because of {_reason(newest)}, not of the alarm {alarm}."


def _reason(newest: Deployment) -> str:
    return f"{newest.cause} {', '.join(newest.alarms)}".rstrip()
