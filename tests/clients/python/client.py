"""boto3 as one of the clients whose results are compared: JSON 1.0 today, awsQuery until 1.34.

Reads a call a line, {"operation": …, "parameters": …}, sends it by boto3 and prints what boto3 made of the
answer, a line each. The same program serves both versions; the Python that runs it decides.
"""

import datetime
import json
import sys

import boto3
import botocore.config
from botocore.exceptions import ClientError

HEADERS = ("content-type", "content-encoding", "smithy-protocol")


def text(value):
    """A header's value: botocore gives some as bytes."""
    return value.decode() if isinstance(value, bytes) else value


def revived(value):
    """Parameters with numbers that JSON cannot write."""
    if isinstance(value, dict):
        return {name: revived(member) for name, member in value.items()}
    if isinstance(value, list):
        return [revived(item) for item in value]
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def milliseconds(instant):
    """The one thing in an answer that JSON cannot write."""
    assert isinstance(instant, datetime.datetime), f"{instant!r} in an answer"
    return round(instant.timestamp() * 1000)


def told(error):
    """The server's error as boto3 shows it."""
    return {"code": error["Error"]["Code"], "message": error["Error"].get("Message"),
            "status": error["ResponseMetadata"]["HTTPStatusCode"]}


def main(url, account, region):
    # The server is to refuse what is wrong, as it has to for the other SDKs.
    config = botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 1}, parameter_validation=False)
    client = boto3.client(
        "cloudwatch", endpoint_url=url, region_name=region, aws_access_key_id=account, aws_secret_access_key="secret", config=config)
    methods = {client.meta.method_to_api_mapping[name]: name for name in client.meta.method_to_api_mapping}
    sent = {}

    def remember(request, **_):
        headers = {name.lower(): text(value) for name, value in request.headers.items()}
        sent.update({name: headers[name] for name in HEADERS if name in headers})

    client.meta.events.register("before-send.cloudwatch", remember)
    for line in sys.stdin:
        call = json.loads(line)
        sent.clear()
        try:
            result = getattr(client, methods[call["operation"]])(**revived(call["parameters"]))
            del result["ResponseMetadata"]
            answer = {"result": result}
        except ClientError as error:
            answer = {"error": told(error.response)}
        print(json.dumps(answer | {"sent": sent}, default=milliseconds), flush=True)


main(*sys.argv[1:])
