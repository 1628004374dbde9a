"""Requests whose outcome is known: done, refused, or nobody knows."""

import dataclasses
import http.client
import json
import time
import urllib.parse

import boto3
import botocore.config
from botocore.exceptions import BotoCoreError, ClientError

REGION = "us-east-1"
OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"

# Longer than a replica is stopped for: what it does late is answered late.
READ_TIMEOUT_SECS = 20


@dataclasses.dataclass
class Operation:
    """One request that writes, as its client saw it; `certain` says that it must be seen if it was done."""

    kind: str
    endpoint: str
    value: str
    begun: float
    outcome: str = UNKNOWN
    said: str = ""
    ended: float = 0.0
    certain: bool = True


def client(service, url, account):
    """A boto3 client that asks once."""
    return boto3.client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id=account, aws_secret_access_key="secret",
        config=botocore.config.Config(
            retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=5, read_timeout=READ_TIMEOUT_SECS))


def outcome(call):
    """What became of a call: (outcome, what was said, the answer). Only a refusal in the protocol's words is one."""
    try:
        return OK, "", call()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = error.response["Error"].get("Code", "")
        refused = status in (400, 404) and not code.isdigit()
        return (REFUSED if refused else UNKNOWN), f"{status} {code}: {error.response['Error'].get('Message', '')}", None
    except BotoCoreError as error:
        return UNKNOWN, type(error).__name__, None


def control(url, account, method, path, body=None, **query):
    """One call of the control API; its status and its answer."""
    query = urllib.parse.urlencode({"account": account, "region": REGION, **query})
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=READ_TIMEOUT_SECS)
    try:
        connection.request(method, f"/_sagebrush/{path}?{query}", None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def insist(url, account, method, path, body=None, deadline_secs=60, **query):
    """The same, until it is answered with 200."""
    deadline = time.monotonic() + deadline_secs
    while True:
        try:
            status, answer = control(url, account, method, path, body, **query)
            if status == 200:
                return answer
            said = f"{status} {answer}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            said = repr(error)
        if time.monotonic() > deadline:
            raise RuntimeError(f"{method} {path} of {account}: {said}")
        time.sleep(0.05)
