"""What is outside of the server under test: a web server that remembers what it was sent, and moto."""

import contextlib
import http.server
import json
import threading
import urllib.parse

import boto3
import botocore.config
import pytest
from moto.server import ThreadedMotoServer


class Hook:
    """A web server: `requests` are what came, in order; `answer(request)` says with which status and body."""

    def __init__(self, answer=lambda request: 200):
        self.requests, self.answer = [], answer
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                length = int(self.headers.get("Content-Length") or 0)
                address = urllib.parse.urlsplit(self.path)
                request = {
                    "method": self.command, "path": address.path, "query": dict(urllib.parse.parse_qsl(address.query)),
                    "headers": {name.lower(): value for name, value in self.headers.items()}, "body": self.rfile.read(length)}
                hook.requests.append(request)
                answer = hook.answer(request)
                status, body, headers = answer if isinstance(answer, tuple) else (answer, b"", {})
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_HEAD = do_PATCH = do_DELETE = take

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self):
        return f"http://{self.address}"

    def bodies(self):
        return [json.loads(request["body"]) for request in self.requests]

    def stop(self):
        """Takes no connections any more; once is enough."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hooks():
    """Makes web servers: hooks(lambda request: 500)."""
    with contextlib.ExitStack() as stack:

        def make(*answer):
            hook = Hook(*answer)
            stack.callback(hook.stop)
            return hook

        yield make


class Moto:
    """A moto server, and boto3 clients of it."""

    def __init__(self):
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"

    def client(self, service, world, url=None, **config):
        """A client of moto, or of whoever hands on to it."""
        config = botocore.config.Config(**config)
        return boto3.client(service, endpoint_url=url or self.url, config=config, region_name=world.region, aws_access_key_id=world.account,
                            aws_secret_access_key="secret")

    def queue(self, world, name, **attributes):
        """A queue of a world's account: its ARN, and how to take all that is in it."""
        sqs = self.client("sqs", world)
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

        def take():
            taken = []
            while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages"):
                for message in found:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                taken += found
            return taken

        return arn, take

    def stop(self):
        self._server.stop()


@pytest.fixture(scope="session")
def moto():
    running = Moto()
    yield running
    running.stop()
