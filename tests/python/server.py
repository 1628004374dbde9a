"""One running sagebrush, started for the tests and ended with them."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

START_DEADLINE_SECS = 30
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
VERSION = re.search(r'^version = "(.+)"$', (REPOSITORY / "Cargo.toml").read_text(), re.MULTILINE)[1]


def binary():
    """The server under test: SAGEBRUSH_BIN, or the debug build of this checkout."""
    built = REPOSITORY / "target" / "debug" / "sagebrush"
    path = pathlib.Path(os.environ.get("SAGEBRUSH_BIN", built))
    assert path.is_file(), f"no server at {path}: run scripts/test python, or cargo build"
    return str(path)


def clean_environment(settings=None):
    """The environment of a server: nothing of ours but what the test says, no credentials of anybody."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("SAGEBRUSH_", "AWS_"))}
    return ours | (settings or {})


class Server:
    """`sagebrush serve` on a free port with a manual clock; `switches` are settings by their lower-case names,
    `environment` is what else its environment has, `process` what subprocess.Popen shall do otherwise."""

    def __init__(self, database=None, clock="manual", arguments=(), listen="127.0.0.1:0", process=None, environment=None,
                 **switches):
        self._room = tempfile.TemporaryDirectory(prefix="sagebrush-test-")
        room = pathlib.Path(self._room.name)
        ready, self._log = room / "ready.json", room / "server.log"
        command = [binary(), "serve", "--listen", listen, "--clock", clock, "--ready-file", str(ready), "--exit-with-parent"]
        command += ["--database-url", database] if database else []
        settings = {f"SAGEBRUSH_{name.upper()}": str(value) for name, value in switches.items()}
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                [*command, *arguments], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                env=clean_environment(settings | (environment or {})), cwd=room, **(process or {}))
        answer = self._wait_until_ready(ready)
        self.url, self.pid = answer["url"].rstrip("/"), answer["pid"]

    def _wait_until_ready(self, ready):
        deadline = time.monotonic() + START_DEADLINE_SECS
        while time.monotonic() < deadline and not self._ends_within(0.005):
            text = ready.read_text() if ready.exists() else ""
            if text.endswith("\n"):
                return json.loads(text)
        self.stop()
        raise AssertionError(f"the server did not become ready:\n{self._last_log}")

    def _ends_within(self, seconds):
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def address(self):
        """Host and port."""
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host, int(port)

    def log(self):
        """What the server has printed until now."""
        return self._log.read_text(errors="replace")

    def stop(self):
        """End the server by its own process and forget its files; the log stays readable in `_last_log`."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdin.close()
        self._last_log = self.log()
        self._room.cleanup()
