"""The commands over HTTP beside `wait` and `watch`: the clock, reset, doctor, and what clap makes of all of them."""

import json
import shutil
import subprocess

import pytest

from commands import refused, said, sagebrush
from guardrails import canary
from server import VERSION, Server


@pytest.fixture
def deserted(worlds):
    """A world whose server has ended."""
    gone = Server()
    gone.stop()
    return worlds(on=gone)


# The clock.

def test_the_clock_is_read_in_the_world_of_the_environment_or_of_the_flags(world, worlds):
    other = worlds(region="eu-west-1")
    assert said(world, "clock").startswith(f"{world.account}/us-east-1 is at {world.clock()['now']}, manual")
    other.advance(3600)
    told = json.loads(said(world, "clock", "--json", "--account", other.account, "--region", "eu-west-1"))
    assert (told["now"], told["mode"]) == (other.clock()["now"], "manual")


def test_an_advance_tells_what_happened_on_the_way(fleet_of):
    world = fleet_of(3)
    world.update(canary(1))
    lines = said(world, "clock", "advance", "--next").splitlines()
    assert lines[0].endswith("web  Updating (launching) → Updating (activating traffic)  Activating traffic: 33.33 % on green.")
    assert lines[-1].startswith(f"{world.account}/us-east-1 is at {world.clock()['now']}, manual, ")
    before = world.now()
    answer = json.loads(said(world, "clock", "advance", "1.5", "--json"))
    assert (world.now() - before).total_seconds() == 1.5 and answer["transitions"] == []
    assert "Updating (terminating) → InService  green is in service." in said(world, "clock", "advance", "--idle")


def test_the_clock_is_set(world):
    assert said(world, "clock", "set", "60x").startswith(f"{world.account}/us-east-1 is at ")
    assert (world.clock()["mode"], world.clock()["rate"]) == ("scaled", 60)
    assert json.loads(said(world, "clock", "set", "manual", "--json"))["mode"] == "manual"
    assert ", real" in said(world, "clock", "set", "real")


@pytest.mark.parametrize("words, part", [
    (["advance", "-1"], "refuses: Time only moves forward: "),
    (["advance", "soon"], "it takes a number of seconds, such as 600"),
    (["advance", "nan"], "it takes a number of seconds, such as 600"),
    (["advance"], "required"),
    (["advance", "5", "--idle"], "cannot be used with"),
    (["set", "fast"], "it takes real, manual, or a rate such as 60x"),
    (["--region", "US"], 'region is "US", but a region has at most 32 small letters'),
    (["--account", "12"], 'account is "12", but an account has 12 digits.'),
    (["--url", "https://x"], '--url is "https://x", but it takes http://HOST:PORT'),
])
def test_what_a_clock_does_not_take_is_said(world, words, part):
    assert part in refused(world, "clock", *words)


# Reset.

def test_a_reset_forgets_one_world_and_with_all_every_one(worlds, own_server):
    server = own_server()
    here, there = worlds(on=server), worlds(on=server)
    for world in (here, there):
        world.model()
    assert said(here, "reset").startswith(f"everything is forgotten; {here.account}/us-east-1 is at ")
    assert [len(world.sagemaker.list_models()["Models"]) for world in (here, there)] == [0, 1]
    assert said(here, "reset", "--all") == f"every world of {server.url} is empty\n"
    assert there.sagemaker.list_models()["Models"] == []
    assert json.loads(said(here, "reset", "--json"))["mode"] == "manual"
    assert "cannot be used with" in refused(here, "reset", "--all", "--region", "us-east-1")


# Deployments.

def test_a_pause_is_marked_and_a_name_for_an_id_gets_a_hint(fleet_of):
    world = fleet_of(3)
    world.update(canary(1))
    world.advance(100)
    world.steer("pause")
    assert said(world, "deployments", "web").splitlines()[1].startswith("2  running (paused)  CANARY")
    status, _, answer = world.raw(method="GET", path=f"/_sagebrush/deployments/web?account={world.account}")
    assert status == 404
    assert "/_sagebrush/deployments?endpoint=NAME lists those of an endpoint with their ids" in json.loads(answer)["error"]


# The doctor.

def examined(world, *words, **more):
    """Exit code, and the checks as (verdict, subject, sentence)."""
    done = sagebrush(world, "doctor", "--json", *words, **more)
    checks = json.loads(done.stdout)["checks"]
    return done.returncode, [(check["verdict"], check["subject"], check["sentence"]) for check in checks]


def test_a_setup_in_which_nothing_is_wrong(world):
    environment = {"AWS_ENDPOINT_URL": world.server.url, "AWS_SECRET_ACCESS_KEY": "secret"}
    code, checks = examined(world, **environment)
    assert code == 0
    # The suite also runs beside PostgreSQL, which keeps what is stored.
    kept = "note" if world.control("GET", "health")["store"] == "memory" else "ok"
    assert [check[:2] for check in checks] == [
        ("ok", "server"), (kept, "store"), ("ok", "control"), ("note", "clock"), ("ok", "world"), ("ok", "endpoint"),
        ("ok", "region"), ("ok", "credentials")]
    done = sagebrush(world, "doctor", **environment)
    assert done.returncode == 0 and "\x1b" not in done.stdout
    assert done.stdout.splitlines()[0] == f"ok     server       sagebrush {VERSION} serves on {world.server.url}"


def test_what_keeps_clients_from_the_server_is_wrong(world):
    code, checks = examined(
        world, AWS_ENDPOINT_URL=world.server.url, AWS_ENDPOINT_URL_CLOUDWATCH="http://localhost:4566", AWS_REGION="eu-west-1",
        HTTP_PROXY="http://proxy:3128")
    wrong = {(subject, sentence) for verdict, subject, sentence in checks if verdict == "wrong"}
    assert code == 1
    assert {subject for subject, _ in wrong} == {"endpoint", "region", "credentials", "proxy"}
    assert ("endpoint", "AWS_ENDPOINT_URL_CLOUDWATCH sends CloudWatch to http://localhost:4566, not to the server that is asked; "
            f"export AWS_ENDPOINT_URL_CLOUDWATCH={world.server.url}") in wrong


def test_without_a_server_the_environment_is_examined_all_the_same(deserted):
    code, checks = examined(deserted, AWS_ENDPOINT_URL=deserted.server.url, AWS_SECRET_ACCESS_KEY="secret")
    assert code == 1
    assert checks[0][:2] == ("wrong", "server") and checks[0][2].endswith("start it with: sagebrush serve")
    assert [verdict for verdict, _, _ in checks[1:]] == ["ok"] * 4


def test_the_token_of_the_control_api_is_examined(own_server, worlds):
    world = worlds(on=own_server(control_token="s3cret"))
    told = [examined(world, SAGEBRUSH_CONTROL_TOKEN=token)[1][2] for token in (None, "other", "s3cret")]
    assert [check[0] for check in told] == ["wrong", "wrong", "ok"]
    assert "wants a token" in told[0][2] and "wants another token" in told[1][2]


def test_where_everything_is_kept_is_said(own_server, worlds, tmp_path):
    kept = worlds(on=own_server(database=f"sqlite:{tmp_path / 'kept.db'}"))
    assert examined(kept)[1][1] == ("ok", "store", "in a file of SQLite")
    assert kept.control("GET", "health")["store"] == "file"


# Health.

def test_health_asks_the_server_of_the_environment(world):
    assert said(world, "health") == f"{world.server.url} serves: sagebrush {VERSION}\n"
    assert json.loads(said(world, "health", "--json"))["status"] == "ok"


# What clap makes.

@pytest.mark.parametrize("shell, check", [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])])
def test_completions_name_every_command_and_are_read_by_their_shell(world, tmp_path, shell, check):
    script = said(world, "completions", shell)
    for name in ("watch", "wait", "deployments", "clock", "reset", "doctor", "completions", "man", "serve"):
        assert name in script
    if tool := shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([tool, *check, str(tmp_path / "script")], check=True, timeout=60)


def test_a_manual_page_is_printed_for_the_whole_and_for_a_command(world):
    assert said(world, "man").splitlines()[2].startswith(".TH sagebrush 1")
    page = said(world, "man", "clock", "advance")
    assert ".TH sagebrush-clock-advance 1" in page and "SECONDS" in page
    assert refused(world, "man", "dance").startswith('sagebrush: there is no command "dance" of sagebrush; there are serve, ')


@pytest.mark.parametrize("command", [
    ["clock"], ["clock", "advance", "--next"], ["reset"], ["deployments", "web"], ["wait", "web"], ["watch", "web"]])
def test_without_a_server_each_command_names_where_it_looked(deserted, command):
    sentence = refused(deserted, *command)
    assert sentence.startswith(f"sagebrush: cannot ask {deserted.server.url}: ") and sentence.endswith("; is a server there, or at another --url?\n")
