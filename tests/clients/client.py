"""The four clients as running programs: a call in, what the SDK made of the answer out."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import threading

import install
from node import node
from server import clean_environment

HERE = pathlib.Path(__file__).resolve().parent
DEADLINE_SECS = 60


@dataclasses.dataclass(frozen=True)
class Kind:
    """A client: its name, the protocol it is here for, and its program."""

    name: str
    protocol: str
    command: tuple
    environment: dict = dataclasses.field(default_factory=dict)


def kinds():
    """All four. Names are said in results, so they name the SDK."""
    python = str(HERE / "python" / "client.py")
    command, _ = node()
    return [
        Kind("boto3", "JSON 1.0", (sys.executable, python)),
        Kind("boto3 1.34", "awsQuery", (str(install.BOTO3_1_34), python)),
        Kind("JS SDK v3", "JSON 1.0", (*command, str(HERE / "js" / "client.cjs")), {"NODE_PATH": str(install.NODE_PATH)}),
        Kind("Rust SDK", "rpc-v2-cbor", (str(install.RUST_CLIENT),)),
    ]


def protocol(sent):
    """The protocol of a request by its headers."""
    if "smithy-protocol" in sent:
        return sent["smithy-protocol"]
    kind = sent.get("content-type", "").split(";")[0]
    return {"application/x-amz-json-1.0": "JSON 1.0", "application/x-www-form-urlencoded": "awsQuery"}.get(kind, kind)


class Client:
    """One program, started for one account of a server."""

    def __init__(self, kind, url, account, region):
        self.kind = kind
        # Credentials, profiles and proxies of the machine are not the test's.
        environment = clean_environment(kind.environment | {
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1"})
        self._process = subprocess.Popen(
            [*kind.command, url, account, region], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8", env=environment)

    def ask(self, operation, parameters):
        """Send one call; what became of it."""
        deadline = threading.Timer(DEADLINE_SECS, self._process.kill)
        deadline.start()
        try:
            self._process.stdin.write(json.dumps({"operation": operation, "parameters": parameters}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            deadline.cancel()
        if not line:
            raise AssertionError(f"{self.kind.name} ended at {operation}, or took {DEADLINE_SECS} s:\n{self._process.stderr.read()}")
        return json.loads(line)

    def close(self):
        """End it by its own process."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
