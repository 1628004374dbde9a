"""One `sagebrush serve`: ended, killed, stopped for a while, and started again where it was."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from topology.processes import ended_with_us, environment, free_port, stop

ROOT = pathlib.Path(__file__).resolve().parents[2]

# One that ends before it serves is started again after this time, and twice as long each time up to the longest.
PAUSE_SECS, LONGEST_PAUSE_SECS = 0.1, 2.0


def binary():
    """The server: SAGEBRUSH_BIN, or the debug build of this checkout."""
    path = pathlib.Path(os.environ.get("SAGEBRUSH_BIN") or ROOT / "target" / "debug" / "sagebrush")
    if not path.is_file():
        sys.exit(f"there is no server at {path}: cargo build makes it, SAGEBRUSH_BIN names another")
    return str(path.resolve())


class Replica:
    """A server at an address that it keeps. `settings` are variables, as docker-compose.yml gives them."""

    def __init__(self, name, room, settings, program=None):
        self.name, self.room, self.settings, self.program = name, room, settings, program or binary()
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.ready_file, self.log = room / f"{name}.ready", room / f"{name}.log"
        self.process, self.starts, self.failed_starts, self.begun_at = None, 0, 0, 0.0

    def start(self):
        command = [self.program, "serve", "--listen", self.address, "--ready-file", self.ready_file, "--exit-with-parent"]
        self.starts += 1
        self.begun_at = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=self.room,
                env=environment(self.settings, without=["SAGEBRUSH_DATABASE_URL", "SAGEBRUSH_LISTEN", "SAGEBRUSH_CLOCK"]),
                preexec_fn=ended_with_us())

    @property
    def pid(self):
        return self.process.pid

    def serves(self):
        """Whether the process that runs now has said so; what a killed one has left says nothing."""
        try:
            return self.process.poll() is None and json.loads(self.ready_file.read_text())["pid"] == self.pid
        except (OSError, ValueError):
            return False

    def tend(self):
        """Start it again if it has ended, at once if it had served; true if it was started."""
        if self.process.poll() is None:
            self.failed_starts = 0 if self.failed_starts and self.serves() else self.failed_starts
            return False
        # A killed one has left its ready file, and one that never served has none.
        served = self.ready_file.exists() or self.process.returncode in (0, -signal.SIGKILL, -signal.SIGTERM)
        if not served:
            pause = min(PAUSE_SECS * 2 ** self.failed_starts, LONGEST_PAUSE_SECS)
            if time.monotonic() < self.begun_at + pause:
                return False
        self.failed_starts = 0 if served else self.failed_starts + 1
        self.start()
        return True

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self):
        """End it outright; it is gone when this returns."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.signal(signal.SIGCONT)
        stop(self.process)

    def last_words(self):
        return "".join(self.log.read_text(errors="replace").splitlines(keepends=True)[-15:]) if self.log.exists() else ""
