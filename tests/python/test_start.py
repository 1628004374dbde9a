"""Starting and ending the server: what it says, where it serves, and how it refuses."""

import json
import os
import select
import socket
import subprocess
import tempfile
import time

import pytest

from callers import invoke
from journeys import total
from server import Server, binary, clean_environment


def refuses(*arguments, **environment):
    """Run the server until it gives up; its one sentence."""
    with tempfile.TemporaryDirectory() as room:
        done = subprocess.run([binary(), "serve", *arguments], capture_output=True, text=True, timeout=60, cwd=room,
                              stdin=subprocess.DEVNULL, env=clean_environment(environment))
    assert done.returncode == 1, done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(said) == 1, done.stderr
    return said[0]


def test_a_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert address in refuses("--listen", address)


def test_an_unreachable_database_is_one_sentence_that_hides_its_password():
    said = refuses("--listen", "127.0.0.1:0", "--database-url", "postgres://user:geheim@127.0.0.1:1/nowhere")
    assert "geheim" not in said


def test_a_database_that_cannot_be_written_is_one_sentence(tmp_path):
    path = tmp_path / "not-a-database"
    path.write_bytes(b"this is no database, and nobody may make it one" * 100)
    before = path.read_bytes()
    refuses("--listen", "127.0.0.1:0", "--database-url", f"sqlite:{path}")
    refuses("--listen", "127.0.0.1:0", "--database-url", f"sqlite:{tmp_path}/missing/folder/file.db")
    assert path.read_bytes() == before


@pytest.mark.parametrize("setting", [
    {"SAGEBRUSH_CLOCK": "sometimes"}, {"SAGEBRUSH_LISTEN": "nowhere"}, {"SAGEBRUSH_MISSING_ALARM": "perhaps"}])
def test_a_setting_that_makes_no_sense_is_one_sentence(setting):
    assert refuses(**setting)


def test_without_a_database_the_start_up_line_says_that_nothing_is_kept(own_server):
    said = own_server().log()
    assert "nothing will be kept" in said
    assert "AWS_ENDPOINT_URL=" in said and "endpoint_url=" in said


def test_a_file_keeps_everything_over_a_restart(worlds, tmp_path):
    database = f"sqlite:{tmp_path / 'kept.db'}"
    first = Server(database=database)
    try:
        world = worlds(on=first)
        world.model()
        world.config("blue", 2)
        world.endpoint("web", "blue")
        world.update(config="blue")
        reached = world.advance(30)["now"]
    finally:
        first.stop()
    second = Server(database=database)
    try:
        again = worlds(on=second, account=world.account)
        assert again.clock()["now"] == reached
        assert again.status() == "Updating"
        again.advance("idle")
        assert again.status() == "InService"
        assert [d["status"] for d in again.deployments()] == ["succeeded", "succeeded"]
    finally:
        second.stop()


def test_the_ready_file_names_the_address_and_the_process(own_server):
    server = own_server()
    assert server.pid == server.process.pid
    assert server.url.startswith("http://127.0.0.1:")


def test_the_server_ends_with_its_parent(tmp_path):
    """A shell starts the server and is ended outright; the server must not stay behind."""
    ready = tmp_path / "ready.json"
    script = f'"$0" serve --listen 127.0.0.1:0 --ready-file "{ready}" --exit-with-parent & wait'
    shell = subprocess.Popen(["bash", "-c", script, binary()], env=clean_environment(), cwd=tmp_path, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (ready.exists() and ready.read_text().endswith("\n")):
        assert shell.poll() is None
    pid = json.loads(ready.read_text())["pid"]
    watched = os.pidfd_open(pid)
    shell.kill()
    shell.wait()
    assert select.select([watched], [], [], 20)[0], "the server still runs"
    os.close(watched)


@pytest.mark.parametrize("end, lost", [("terminate", 0), ("kill", 20)])
def test_an_end_keeps_the_requests_that_were_counted_and_a_crash_loses_a_second_of_them(worlds, tmp_path, end, lost):
    """Thirty requests, a second in which they are written, twenty more, and the end."""
    database = f"sqlite:{tmp_path / 'kept.db'}"
    first = Server(database=database)
    world = worlds(on=first)
    world.begin_a_minute()
    world.model()
    world.config("blue")
    world.endpoint()
    runtime = world.client("sagemaker-runtime")
    for _ in range(30):
        invoke(runtime)
    written = time.monotonic() + 1
    while time.monotonic() < written:
        world.clock()
    for _ in range(20):
        invoke(runtime)
    getattr(first.process, end)()
    first.process.wait(10)
    first.stop()
    second = Server(database=database)
    try:
        world = worlds(on=second, account=world.account)
        world.advance(180)
        assert 50 - lost <= total(world, "Invocations") <= 50
    finally:
        second.stop()
