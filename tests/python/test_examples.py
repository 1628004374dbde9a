"""The README's example, run as it stands."""

import os
import pathlib
import subprocess
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def test_the_example_proves_a_rollback(world):
    environment = {**os.environ, "AWS_ENDPOINT_URL": world.server.url, "AWS_DEFAULT_REGION": world.region,
                   "AWS_ACCESS_KEY_ID": world.account, "AWS_SECRET_ACCESS_KEY": "secret"}
    run = subprocess.run([sys.executable, EXAMPLES / "prove_a_rollback.py"], env=environment, capture_output=True,
                         text=True, timeout=60, check=True)
    status, config, reason = run.stdout.splitlines()
    assert (status, config) == ("InService", "old")
    assert reason == "The deployment was rolled back because the following alarm(s) went into ALARM state: latency."
