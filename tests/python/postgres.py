"""A PostgreSQL of a test's own, which can be killed, started again and frozen. It is made as scripts/with-postgres makes one."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import signal
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "with-postgres"


def script():
    """scripts/with-postgres as a module; its name has no ending."""
    loader = importlib.machinery.SourceFileLoader("with_postgres", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class Postgres:
    """A database server that serves on one port, however often it is started."""

    def __init__(self):
        self._script, self._room = script(), pathlib.Path(tempfile.mkdtemp(prefix="sagebrush-postgres-"))
        self._user = self._script.database_user()
        self._binaries = self._script.installed_binaries() or self._script.wheel_binaries(self._room)
        self._script.make(self._binaries, self._room, self._user)
        self._process, self.url = self._script.start(self._binaries, self._room, self._user)

    def start(self):
        """Start it again where it was."""
        port = int(self.url.rsplit(":", 1)[1].split("/")[0])
        self._process, _ = self._script.start(self._binaries, self._room, self._user, port)

    def crash(self):
        """End it at once and without any order, as `pg_ctl stop -m immediate` does."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def kill(self):
        """Kill every process of it."""
        self._signal(signal.SIGKILL)
        self._process.wait(30)

    def freeze(self):
        """Stop every process of it where it is: connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def remove(self):
        """End it for good."""
        self.thaw()
        self._script.stop(self._process)
        shutil.rmtree(self._room, ignore_errors=True)

    def _signal(self, number):
        """To the first process before the others, so that it starts no new ones."""
        if self._process.poll() is None:
            for pid in (self._process.pid, *self._children()):
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
            if f"PPid:\t{self._process.pid}" in lines:
                yield int(status.parent.name)
