"""Puts the four clients where the tests find them: target/clients. What is there already is left alone.

boto3 1.34 gets a virtual environment of its own, the JS SDK a node_modules by the lock file, the recipe of clients/js
another one, and the Rust client is built. node.py says which Node. The three are made side by side. What cannot be made
ends the script with a sentence: no client is left out.
"""

import concurrent.futures
import os
import pathlib
import shutil
import sys

from node import REPOSITORY, TARGET, made, node_modules, run

HERE = pathlib.Path(__file__).resolve().parent
ROOM = TARGET / "clients"
BOTO3_1_34 = ROOM / "boto3-1.34" / "bin" / "python"
JS_ROOM = ROOM / "js"
NODE_PATH = JS_ROOM / "node_modules"
RECIPE = REPOSITORY / "clients" / "js"
RECIPE_ROOM = ROOM / "js-recipe"
RUST_CLIENT = ROOM / "rust" / "debug" / "sagebrush-rust-client"


def boto3_1_34():
    requirements = HERE / "python" / "requirements.txt"
    stamp = ROOM / "boto3-1.34" / "requirements"
    if made(stamp, [requirements]):
        return
    run("boto3 1.34", sys.executable, "-m", "venv", "--clear", ROOM / "boto3-1.34")
    run("boto3 1.34", BOTO3_1_34, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
    shutil.copyfile(requirements, stamp)


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
