"""examples/pipeline, which docs/how-to/pipeline.md quotes: a deployer that trusts InService, its failing tests, its mend."""

import os
import pathlib
import subprocess
import sys

from pages import REPOSITORY
from server import binary, clean_environment

GOLDEN = pathlib.Path(__file__).parent / "golden" / "pipeline_trusts_in_service.txt"


def run(deployer):
    """Run the example's tests with this deployer, as whoever has installed pytest-sagebrush would."""
    environment = clean_environment({
        "SAGEBRUSH_BIN": binary(), "DEPLOYER": deployer, "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(REPOSITORY / "clients" / "python" / "src"), "PATH": os.environ["PATH"]})
    command = [sys.executable, "-m", "pytest", "-p", "pytest_sagebrush.plugin", "-p", "no:cacheprovider", "-p", "no:schemathesis",
               "--rootdir", "examples/pipeline", "-q", "examples/pipeline"]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120)


def test_the_deployer_that_trusts_in_service_is_found_out():
    done = run("deployer")
    assert done.returncode == 1 and "2 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert GOLDEN.read_text() in done.stdout


def test_the_mended_deployer_passes():
    done = run("deployer_fixed")
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout + done.stderr
