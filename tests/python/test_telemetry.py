"""What a server tells those who watch over it: figures for Prometheus, and spans for a collector, also at its end."""

import contextlib
import http.server
import re
import socket
import threading
import time
import urllib.request

# A server is told five seconds before it is killed, by the usual supervisors ten.
LONGEST_END_SECS = 5


def figures(url):
    """The page as {series: value}."""
    with urllib.request.urlopen(f"{url}/_sagebrush/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4"
        lines = answer.read().decode().splitlines()
    return {series: float(value) for series, value in (re.fullmatch(r"(.+) (\S+)", line).groups() for line in lines if not line.startswith("#"))}


@contextlib.contextmanager
def collector():
    """An OTLP collector; yields its address and the list of what it was sent."""
    taken = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append((self.path, self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


def ended(server):
    """Ends a server as a supervisor does; the seconds that it took."""
    began = time.monotonic()
    server.process.terminate()
    assert server.process.wait(2 * LONGEST_END_SECS) == 0, server.log()
    return time.monotonic() - began


def test_requests_are_counted_by_operation_and_code(own_server, worlds):
    world = worlds(on=own_server())
    world.model()
    world.sagemaker.list_models()
    world.sagemaker.list_models()
    told = figures(world.server.url)
    assert told['sagebrush_requests_total{code="200",operation="ListModels",service="SageMaker"}'] == 2
    assert told['sagebrush_request_duration_seconds_count{operation="ListModels",service="SageMaker"}'] == 2
    assert told['sagebrush_live_deployments{phase="baking"}'] == 0
    assert told['sagebrush_store_duration_seconds_count{kind="write"}'] > 0


def test_the_last_spans_are_sent_before_the_server_ends(own_server, worlds):
    with collector() as (address, taken):
        world = worlds(on=own_server(otel_endpoint=address))
        world.sagemaker.list_models()
        assert ended(world.server) < LONGEST_END_SECS
    (path, kind, body), *_ = taken
    assert (path, kind) == ("/v1/traces", "application/x-protobuf")
    assert b"SageMaker.ListModels" in body and b"sagebrush" in body


def test_a_collector_that_says_nothing_disturbs_neither_requests_nor_the_end(own_server, worlds):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world = worlds(on=own_server(otel_endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}"))
        for _ in range(50):
            world.sagemaker.list_models()
        assert ended(world.server) < LONGEST_END_SECS
