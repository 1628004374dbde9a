"""A story: CloudWatch calls written once as data, for every client to tell.

A step is {"operation", "parameters"} with what is known of its outcome: "fails" (the error's code in awsQuery, or
"{any}"), "counts" (how long lists of the answer are), "encoding" (how the body must have been sent). Or it is
{"advance": seconds} of the world's clock. In texts `{account}` is the world's account, `{at:N}` the instant N
seconds after the story began, `{before:Member}` a member of the answer before. {"times": n, "of": x} is a list of
n copies of x in which `{i}` counts.
"""

import dataclasses
import datetime
import json
import pathlib
import re

STORIES = pathlib.Path(__file__).resolve().parent / "stories"
ANY = "{any}"


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


def outcome_faults(step, answer, alike):
    """What is wrong with an answer by what the story knows of it; `alike` is the answer in the words of all clients."""
    error, fails = alike.get("error"), step.get("fails")
    if error and not fails:
        yield f"failed: {error}"
    if fails and not error:
        yield f"did not fail with {fails}"
    if fails and error and fails not in (ANY, error["code"]):
        yield f"failed with {error['code']}, not {fails}: {error['message']}"
    for member, length in step.get("counts", {}).items():
        found = answer.get("result", {}).get(member)
        if found is None or len(found) != length:
            yield f"{member} has not {length} items: {found}"
    if answer["sent"].get("content-encoding") != step.get("encoding"):
        yield f"was sent with Content-Encoding {answer['sent'].get('content-encoding')}, not {step.get('encoding')}"
