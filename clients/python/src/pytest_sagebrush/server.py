"""The server: one that is started here and ends with us, or one that runs already."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from .binary import find_binary
from .errors import SagebrushError, StartFailed

__tracebackhide__ = True

START_DEADLINE_SECS = 30
LOOK_EVERY_SECS = 0.002

# A free port of the loopback, time that nobody but the test moves, and no word to a collector that the environment names.
# Settings may say otherwise.
DEFAULTS: dict[str, object] = {"listen": "127.0.0.1:0", "clock": "manual", "otel_endpoint": "off"}


class RunningServer:
    """A server that somebody else started, and others may use: worlds hold their clocks, and are empty at their end."""

    shared = True

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url, self.token = url.rstrip("/"), token

    @classmethod
    def of_environment(cls) -> "RunningServer | None":
        """The one that SAGEBRUSH_URL names, with SAGEBRUSH_CONTROL_TOKEN; None if nothing is named."""
        url = os.environ.get("SAGEBRUSH_URL")
        return cls(url, os.environ.get("SAGEBRUSH_CONTROL_TOKEN")) if url else None


class Server:
    """`sagebrush serve` in memory, from `with` to its end, or from `start` to `stop`.

    `settings` are those of the README by their names, such as `{"launch_seconds": 10}`; nothing else of SAGEBRUSH_* and
    AWS_* in the environment reaches it, so a suite runs alike everywhere. It ends with this process, however that ends.
    """

    shared = False

    def __init__(self, settings: Mapping[str, object] | None = None, *, binary: str | Path | None = None) -> None:
        self.settings = DEFAULTS | dict(settings or {})
        self.token = str(self.settings["control_token"]) if "control_token" in self.settings else None
        self._url = ""
        self._binary = binary
        self._room: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it serves."""
        if not self._url:
            raise SagebrushError("The server does not run: `with Server() as server:` starts one.")
        return self._url

    def start(self) -> "Server":
        """Start it, and come back when it serves. What hinders it is told with its log."""
        binary = self._binary or find_binary()
        self._room = tempfile.TemporaryDirectory(prefix="sagebrush-")
        room = Path(self._room.name)
        # In a file a name that is none is refused, in the environment it would be nobody's.
        (room / "settings.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in self.settings.items()))
        command = [binary, "serve", "--config", "settings.toml", "--ready-file", "ready.json", "--exit-with-parent"]
        try:
            with open(room / "server.log", "wb") as log:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=room,
                    env=_environment(),
                    start_new_session=True,  # Ctrl-C is for the test in the debugger
                )
            self._url = _wait_until_ready(self._process, room / "ready.json")
        except (StartFailed, OSError) as why:
            log_text = self.log()
            self.stop()
            raise StartFailed(f"{binary} did not start: {why}\n{log_text}".rstrip()) from None
        return self

    def log(self) -> str:
        """What it has printed until now."""
        return (Path(self._room.name) / "server.log").read_text(errors="replace") if self._room else ""

    def stop(self) -> None:
        """End it, and forget its files."""
        self._url = ""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._room is not None:
            self._room.cleanup()
            self._room = None

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    """That of a server: ours without what would change it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SAGEBRUSH_", "AWS_", "OTEL_"))}


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Path) -> str:
    """The URL at which it serves."""
    deadline = time.monotonic() + START_DEADLINE_SECS
    while time.monotonic() < deadline:
        text = ready.read_text() if ready.exists() else ""
        if text.endswith("\n"):
            return str(json.loads(text)["url"]).rstrip("/")
        try:
            raise StartFailed(f"it ended with exit code {process.wait(LOOK_EVERY_SECS)}.")
        except subprocess.TimeoutExpired:
            continue
    raise StartFailed(f"it was not ready within {START_DEADLINE_SECS} s.")
