"""HAProxy before the replicas, with the one configuration of this repository."""

import os
import pathlib
import shutil
import subprocess
import sys

from topology.processes import ended_with_us, environment, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "deploy" / "haproxy.cfg"
TOOLS = ROOT / "target" / "tools" / "haproxy"
MOST_REPLICAS = 5


def haproxy():
    """The program: the installed one, or Debian's package, installed by root and unpacked by everybody else."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin") or unpacked()
    if found:
        return found
    if shutil.which("apt-get") is None:
        sys.exit("haproxy is missing, and there is no apt-get to install it: install HAProxy 2.4 or newer")
    try:
        install() if os.geteuid() == 0 else unpack()
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"haproxy is missing and could not be installed (apt-get install haproxy): {error}")
    return shutil.which("haproxy", path="/usr/sbin:/usr/bin") or unpacked()


def quietly(*command, **more):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)


def install():
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "haproxy"]
    try:
        quietly(*command, stderr=subprocess.DEVNULL, env=environment)
    except subprocess.CalledProcessError:
        quietly("apt-get", "update", "-qq")
        quietly(*command, env=environment)


def unpack():
    """The package and the libraries that no minimal system has, beside the build; nothing is installed."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    quietly("apt-get", "download", "-qq", "haproxy", "liblua5.3-0", "libopentracing1", "libopentracing-c-wrapper0", cwd=TOOLS)
    for package in TOOLS.glob("*.deb"):
        quietly("dpkg", "-x", package, TOOLS)
        package.unlink()


def unpacked():
    program = TOOLS / "usr" / "sbin" / "haproxy"
    return str(program) if program.exists() else None


class Balancer:
    """A balancer before `addresses`; each variable of its configuration is named in docker-compose.yml too."""

    def __init__(self, room, addresses):
        assert 1 <= len(addresses) <= MOST_REPLICAS, f"deploy/haproxy.cfg has room for {MOST_REPLICAS} replicas"
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        variables = {f"REPLICA{number}": address for number, address in enumerate(addresses, 1)}
        libraries = os.pathsep.join(str(folder) for folder in (TOOLS / "usr" / "lib").glob("*-linux-gnu"))
        variables |= {"BALANCER_LISTEN": self.address} | ({"LD_LIBRARY_PATH": libraries} if libraries else {})
        with open(room / "balancer.log", "ab") as log:
            self.process = subprocess.Popen(
                [haproxy(), "-db", "-f", CONFIG], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=environment(variables, without=["REPLICA", "BALANCER"]), start_new_session=True, preexec_fn=ended_with_us())
