"""clients/js, which docs/how-to/javascript.md shows, run as its users run it: by node's own test runner."""

import os
import shutil
import subprocess

import install
from node import node
from server import binary, clean_environment

DEADLINE_SECS = 120


def test_the_recipe_proves_a_rollback(tmp_path):
    # Modules are sought from where a file lies, so the recipe goes to what is installed for it.
    for source in install.RECIPE.glob("*.mjs"):
        shutil.copy(source, install.RECIPE_ROOM)
    command, _ = node()
    environment = clean_environment({
        "SAGEBRUSH_BIN": binary(), "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TMPDIR": str(tmp_path)})
    done = subprocess.run([*command, "--test", "--test-reporter=tap"], cwd=install.RECIPE_ROOM, env=environment, text=True,
                          capture_output=True, timeout=DEADLINE_SECS)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert {"# pass 2", "# fail 0", "# skipped 0"} <= set(done.stdout.splitlines()), done.stdout
    assert not [*tmp_path.iterdir()], "stop() has not come to its end"
