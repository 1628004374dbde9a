"""Pages of documentation as tests read them: their blocks in order, the files that these quote, the commands in them.

A block that stands under `<!-- from PATH -->` quotes that file, word for word; `quote_faults` compares. The ```sh blocks of a
page are commands: `play` runs them in one shell, one after another, and compares what each prints with the ```text block
that follows it, where one does; there `…` stands for whatever the rest of its line or a part of it may be, and
SAGEBRUSH_GOLDEN=write writes what was printed into the page. A block that a test cannot run, because it installs something or never ends, says so
under `<!-- not run: REASON -->`, in the page itself.
"""

import dataclasses
import os
import pathlib
import re
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# The pages whose commands are run; by test_docs.py, that of the tutorial by scripts/newcomer.
PLAYED = {
    "README.md", "docs/cli.md", "docs/server.md", "docs/tutorial.md", "docs/what-if.md", "docs/how-to/aws-cli.md",
    "docs/how-to/autoscaling.md", "docs/how-to/bake.md", "docs/how-to/events.md", "docs/how-to/inference-components.md",
    "docs/how-to/moto.md",
}
DEADLINE_SECS = 300
BLOCK = re.compile(r"(?:^<!-- (?P<mark>from|not run:) (?P<word>[^\n]+?) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
                   re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block: where it begins, and the file that it quotes or the reason why it is not run."""

    line: int
    language: str
    text: str
    quotes: str | None
    not_run: str | None
    span: tuple[int, int]


def blocks(page):
    """The blocks of a page, in order."""
    text = (REPOSITORY / page).read_text()
    for found in BLOCK.finditer(text):
        word = {found["mark"]: found["word"]}
        line = text.count("\n", 0, found.start("language")) + 1
        yield Block(line, found["language"], found["text"], word.get("from"), word.get("not run:"), found.span("text"))


def quote_faults(page):
    """Blocks that do not stand in the file that they quote, at any indentation of whole lines."""
    for block in blocks(page):
        if block.quotes is not None:
            path = REPOSITORY / block.quotes
            if not path.is_file():
                yield f"{page}:{block.line}: there is no {block.quotes}"
            elif f"\n{block.text}" not in f"\n{path.read_text()}":
                yield f"{page}:{block.line}: {block.quotes} has no such lines"


def commands(page):
    """The blocks to run, each with what it shall print; None where the page does not say."""
    found = []
    for block in blocks(page):
        if block.language == "sh" and block.not_run is None and block.quotes is None:
            found.append([block, None])
        elif block.language == "text" and block.not_run is None and block.quotes is None:
            assert found and found[-1][1] is None, f"{page}:{block.line}: this is printed by no block before it"
            found[-1][1] = block
    return found


def play(page, environment, room):
    """Run the commands of a page in `room`. They end at the first that fails; what a block prints must be what is shown."""
    told = commands(page)
    assert told, f"{page} has no commands"
    # What a page leaves running ends with it, so that a fault is told at once.
    script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + "".join(f"{block.text}\nprintf '\\0'\n" for block, _ in told)
    done = subprocess.run(["bash", "-c", script], cwd=room, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=DEADLINE_SECS)
    *printed, rest = done.stdout.split("\0")
    assert done.returncode == 0, f"{page}:{told[len(printed)][0].line}: ended with {done.returncode}: {rest}{done.stderr}"
    compared = [(block, shown, got) for (block, shown), got in zip(told, printed, strict=True) if shown is not None]
    if os.environ.get("SAGEBRUSH_GOLDEN") == "write":
        rewrite(page, [(shown, got) for _, shown, got in compared])
        return
    for block, shown, got in compared:
        assert matches(got, shown.text), f"{page}:{block.line}: printed\n{got}and the page shows\n{shown.text}"


def matches(printed, shown):
    """Whether this was printed, where `…` is anything within a line."""
    return re.fullmatch("[^\n]*".join(map(re.escape, shown.split("…"))), printed) is not None


def rewrite(page, results):
    """Write into a page what its commands have printed, but for what matches already."""
    path = REPOSITORY / page
    text = path.read_text()
    for shown, got in reversed(results):
        if not matches(got, shown.text):
            text = text[: shown.span[0]] + got + text[shown.span[1] :]
    path.write_text(text)
