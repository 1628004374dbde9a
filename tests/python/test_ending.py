"""SIGTERM: what has begun is finished, what was acknowledged is kept, and it takes less than five seconds."""

import socket
import threading
import time

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

from postgres import Postgres
from server import Server

ENDS_WITHIN_SECS = 5


@pytest.fixture(params=["memory", "file", "postgres"])
def database(request, tmp_path):
    """Where a server keeps everything."""
    if request.param == "postgres":
        running = Postgres()
        yield running.url
        running.remove()
    else:
        yield f"sqlite:{tmp_path / 'kept.db'}" if request.param == "file" else None


class InFlight:
    """An invocation of `web` that the server has begun to read, and that has not been answered."""

    def __init__(self, world, body=b'{"is": "echoed"}'):
        self.body, self.begun = body, time.monotonic()
        self.socket = socket.create_connection(world.server.address, timeout=60)
        head = ("POST /endpoints/web/invocations HTTP/1.1", "Host: localhost", f"Authorization: {world.authorization('sagemaker')}",
                "Content-Type: application/json", f"Content-Length: {len(body)}", "Expect: 100-continue")
        self.socket.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        # Who reads the body says so first.
        assert self.socket.recv(100).startswith(b"HTTP/1.1 100")
        self.socket.sendall(body)

    def answer(self):
        """Status, body, and how long it took."""
        said = b""
        while part := self.socket.recv(4096):
            said += part
        self.socket.close()
        head, _, body = said.partition(b"\r\n\r\n")
        return head.split(b"\r\n")[0], body, time.monotonic() - self.begun


def end(server):
    """Ask a server to end; how long it takes."""
    begun = time.monotonic()
    server.process.terminate()
    assert server.process.wait(30) == 0
    return time.monotonic() - begun


@pytest.mark.parametrize("latency_ms, shortest_secs", [(1000, 0.9), (60_000, 0)])
def test_a_request_to_a_slow_model_is_answered_before_the_end(worlds, database, latency_ms, shortest_secs):
    server = Server(database=database, clock="real", launch_seconds=0)
    try:
        world = worlds(on=server)
        world.model(SAGEBRUSH_LATENCY_MS=latency_ms - 1)
        world.config("blue")
        world.endpoint()
        requests = [InFlight(world) for _ in range(3)]
        took = end(server)
        for request in requests:
            status, body, waited = request.answer()
            assert (status, body) == (b"HTTP/1.1 200 OK", request.body)
            assert waited >= shortest_secs, "a latency that there is time for is kept"
        assert took < ENDS_WITHIN_SECS
    finally:
        server.stop()


def test_a_database_that_says_nothing_does_not_keep_the_server_from_its_end(worlds):
    postgres = Postgres()
    server = Server(database=postgres.url, clock="60x")
    try:
        world = worlds(on=server)
        world.model()
        postgres.freeze()
        asked = socket.create_connection(server.address, timeout=60)
        asked.sendall(b"GET /_sagebrush/health HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n")
        assert end(server) < ENDS_WITHIN_SECS
        asked.close()
    finally:
        server.stop()
        postgres.remove()


def test_what_was_acknowledged_before_the_end_is_there_after_it(worlds, database, tmp_path):
    database = database or f"sqlite:{tmp_path / 'kept.db'}"
    server, acknowledged = Server(database=database, clock="real"), []
    world = worlds(on=server)
    begun = threading.Barrier(5)

    def write(writer):
        client = world.client("sagemaker")
        for number in range(100_000):
            name = f"model-{writer}-{number}"
            try:
                client.create_model(ModelName=name, PrimaryContainer={"Image": "image"}, ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
            except (ClientError, HTTPClientError, EndpointConnectionError):
                return
            acknowledged.append(name)
            if number == 10:
                begun.wait(60)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    begun.wait(60)
    assert end(server) < ENDS_WITHIN_SECS
    for writer in writers:
        writer.join()
    assert "panicked" not in server.log()
    server.stop()
    again = Server(database=database, clock="real")
    try:
        pages = worlds(on=again, account=world.account).sagemaker.get_paginator("list_models").paginate(PaginationConfig={"PageSize": 100})
        there = {model["ModelName"] for page in pages for model in page["Models"]}
        assert set(acknowledged) <= there
        assert len(there) <= len(acknowledged) + len(writers), "at most one of each writer was done and not acknowledged"
    finally:
        again.stop()
