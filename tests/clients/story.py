"""A story: CloudWatch calls written once as data, for every client to tell.

A step is {"operation", "parameters"} with what is known of its outcome: "fails" (the error's code in awsQuery),
"says" (its message), "counts" (how long lists of the answer are), "shows" (members of the answer, and of
its members), "encoding" (how the body must have been sent). Or it is {"advance": seconds} of the world's clock.
In texts `{account}` is the world's account, `{at:N}` the instant N seconds after the story began, `{before:Member}`
a member of the answer before. {"times": n, "of": x} is a list of n copies of x in which `{i}` counts. NaN and the
infinities, for which JSON has no numbers, are the texts "NaN", "Infinity" and "-Infinity".
"""

import dataclasses
import datetime
import json
import pathlib
import re

STORIES = pathlib.Path(__file__).resolve().parent / "stories"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclasses.dataclass
class Teller:
    """Puts into the parameters what a story leaves open."""

    account: str
    began: datetime.datetime
    before: dict = dataclasses.field(default_factory=dict)

    def fill(self, value):
        match value:
            case {"times": times, "of": one}:
                return [self.fill(counted(one, i)) for i in range(times)]
            case dict():
                return {name: self.fill(member) for name, member in value.items()}
            case list():
                return [self.fill(item) for item in value]
            case str():
                text = value.replace("{account}", self.account)
                text = re.sub(r"\{at:(-?\d+)\}", lambda found: self._instant(int(found[1])), text)
                return re.sub(r"\{before:(\w+)\}", lambda found: self.before[found[1]], text)
        return value

    def _instant(self, seconds):
        return (self.began + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted(value, i):
    """A copy in which `{i}` is i: a number where the text is nothing else."""
    match value:
        case dict():
            return {name: counted(member, i) for name, member in value.items()}
        case list():
            return [counted(item, i) for item in value]
        case "{i}":
            return i
        case str():
            return value.replace("{i}", str(i))
    return value


def load(name):
    return json.loads((STORIES / f"{name}.json").read_text())


def names():
    return sorted(path.stem for path in STORIES.glob("*.json"))


def instant_ms(text):
    """An instant as answers show it; None for other texts."""
    if not (isinstance(text, str) and INSTANT.fullmatch(text)):
        return None
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def shown_faults(wanted, found, path):
    """Where an answer is not what a story says of it; what it says nothing of may be anything."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, member in wanted.items():
            yield from shown_faults(member, found.get(name), f"{path}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for at, (one, other) in enumerate(zip(wanted, found)):
            yield from shown_faults(one, other, f"{path}[{at}]")
    elif found not in (wanted, instant_ms(wanted)) or found is None:
        yield f"{path} is {found!r}, not {wanted!r}"


def outcome_faults(step, answer, alike):
    """What is wrong with an answer by what the story knows of it; `alike` is the answer in the words of all clients."""
    error, fails = alike.get("error"), step.get("fails")
    if error and not fails:
        yield f"failed: {error}"
    if fails and not error:
        yield f"did not fail with {fails}"
    if fails and error and fails != error["code"]:
        yield f"failed with {error['code']}, not {fails}: {error['message']}"
    if "says" in step and error and error["message"] != step["says"]:
        yield f"said {error['message']!r}, not {step['says']!r}"
    yield from shown_faults(step.get("shows", {}), answer.get("result", {}), "the answer")
    for member, length in step.get("counts", {}).items():
        found = answer.get("result", {}).get(member)
        if found is None or len(found) != length:
            yield f"{member} has not {length} items: {found}"
    if answer["sent"].get("content-encoding") != step.get("encoding"):
        yield f"was sent with Content-Encoding {answer['sent'].get('content-encoding')}, not {step.get('encoding')}"
