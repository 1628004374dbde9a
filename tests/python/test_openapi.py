"""The control API keeps to its document: schemathesis makes requests of openapi/sagebrush.yaml, right ones and wrong ones,
and holds every answer against it. Exceptions are in openapi/schemathesis.toml, each with its reason."""

import os
import pathlib
import subprocess
import sys

from guardrails import canary

HERE = pathlib.Path(__file__).resolve().parent / "openapi"
DOCUMENT = HERE.parents[2] / "openapi" / "sagebrush.yaml"

# An operation whose requests find nothing fails the run: then this would be the same test as the other.
FOUND = """
[warnings]
fail-on = ["missing_test_data"]
"""

PARAMETERS = """
[parameters]
account = "{account}"
region = "{region}"
"path.name" = "web"
"path.instance_type" = "ml.m5.large"
"path.id" = "{id}"
"""

# Far more than it takes; a run that hangs shall end.
LONGEST_SECS = 240


def keeps_to_its_document(server, tmp_path, *arguments, settings=""):
    """Runs schemathesis against the server; what it finds is the failure."""
    config = tmp_path / "schemathesis.toml"
    config.write_text((HERE / "schemathesis.toml").read_text() + settings)
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", config, "run", DOCUMENT, "--url", server.url]
    environment = os.environ | {"PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "hooks"}
    done = subprocess.run([*map(str, command), *arguments], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LONGEST_SECS)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_operation_keeps_to_the_document(own_server, tmp_path):
    told = keeps_to_its_document(own_server(), tmp_path, "--phases", "examples,coverage,fuzzing", "--warnings", "off")
    assert "No issues found" in told, told


def test_operations_on_what_is_there_keep_to_the_document(own_server, worlds, tmp_path):
    """Names that are made up are found nowhere, so here every request is about a model, an endpoint and a deployment that exist.
    What would empty the world is left to the other test."""
    server = own_server()
    world = worlds(on=server, account="123456789012")
    world.model("web", SAGEBRUSH_LATENCY_MS="5/40")
    for config in ("blue", "green"):
        world.config(config, 4, model="web")
    world.endpoint()
    world.update(canary(1, wait=3600, termination=3600))
    world.advance(100)
    settings = FOUND + PARAMETERS.format(account=world.account, region=world.region, id=world.deployments()[0]["id"])
    told = keeps_to_its_document(
        server, tmp_path, "--phases", "coverage,fuzzing", "--exclude-path-regex", "reset|snapshot|scenario|faults/", settings=settings)
    assert "No issues found" in told, told
    assert len(world.deployments()) == 2, "the world is still there"
