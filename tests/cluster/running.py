"""`scripts/cluster` as its users have it: a process of its own, and the JSON by which it tells who is where."""

import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time
import urllib.parse

from server import binary, clean_environment

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEADLINE_SECS = 60


def until(what, condition, deadline_secs=DEADLINE_SECS):
    """The first answer of `condition` that is something; fails with its name if it does not come in time."""
    deadline = time.monotonic() + deadline_secs
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {deadline_secs} s: {what}"
        select.select([], [], [], 0.01)
    return answer


class Running:
    """The script with these arguments, once everything serves."""

    def __init__(self, *arguments, **settings):
        self._room = tempfile.TemporaryDirectory(prefix="sagebrush-test-")
        room = pathlib.Path(self._room.name)
        self.ready = room / "cluster.json"
        environment = clean_environment({"SAGEBRUSH_BIN": binary(), **settings})
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "scripts" / "cluster", "--ready-file", self.ready, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment)
        self.printed = json.loads(self.process.stdout.readline() or "null")
        assert self.printed, f"the cluster did not start, exit code {self.process.wait(10)}"
        self.url = self.printed["url"]

    @property
    def state(self):
        return json.loads(self.ready.read_text())

    @property
    def address(self):
        """Host and port of the balancer."""
        place = urllib.parse.urlsplit(self.url)
        return place.hostname, place.port

    def replicas(self):
        return [Replica(one["name"], one["url"], one["pid"]) for one in self.state["replicas"]]

    def pids(self):
        state = self.state
        return [state["balancer"]["pid"], *(one["pid"] for one in state["replicas"])] + (
            [state["postgres"]["pid"]] if state["postgres"] else [])

    def signal(self, name, number):
        """Send a replica a signal; its pid."""
        pid = next(one.pid for one in self.replicas() if one.name == name)
        os.kill(pid, number)
        return pid

    def has_again(self, before):
        """Whether a replica runs as another process than before, and says itself that it is well."""
        now = next(one for one in self.replicas() if one.name == before.name)
        asked = subprocess.run([binary(), "health", "--url", now.url], capture_output=True, text=True)
        return now.pid != before.pid and asked.returncode == 0

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()
        self._room.cleanup()


class Replica:
    """One of the servers behind the balancer; a world can be looked at through it."""

    def __init__(self, name, url, pid):
        self.name, self.url, self.pid = name, url, pid

    @property
    def address(self):
        place = urllib.parse.urlsplit(self.url)
        return place.hostname, place.port


def watched(pids):
    """File descriptors that become readable when those processes have ended."""
    return {pid: os.pidfd_open(pid) for pid in pids}


def ended(watches, seconds=20):
    """Those of `watched` that do not end in time."""
    deadline = time.monotonic() + seconds
    left = dict(watches)
    while left and time.monotonic() < deadline:
        gone = select.select(list(left.values()), [], [], max(deadline - time.monotonic(), 0))[0]
        left = {pid: watch for pid, watch in left.items() if watch not in gone}
    for watch in watches.values():
        os.close(watch)
    return left
