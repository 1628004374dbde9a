"""A PostgreSQL of a test's own, which can be killed, started again and frozen."""

import os
import pathlib
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from topology import postgres  # noqa: E402


class Postgres(postgres.Postgres):
    """A database server that serves on one port, however often it is started."""

    def __init__(self):
        super().__init__(pathlib.Path(tempfile.mkdtemp(prefix="sagebrush-postgres-")))

    def kill(self):
        """Kill every process of it."""
        self._signal(signal.SIGKILL)
        self.process.wait(30)

    def freeze(self):
        """Stop every process of it where it is: connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def remove(self):
        """End it for good."""
        self.thaw()
        self.stop()
        shutil.rmtree(self.room, ignore_errors=True)

    def _signal(self, number):
        """To the first process before the others, so that it starts no new ones."""
        if self.process.poll() is None:
            for pid in (self.process.pid, *self._children()):
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass

    def _children(self):
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                lines = status.read_text().splitlines()
            except OSError:
                continue
            if f"PPid:\t{self.process.pid}" in lines:
                yield int(status.parent.name)
