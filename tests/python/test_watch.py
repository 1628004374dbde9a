"""`sagebrush watch`: on a terminal, in a pipe, and for a script."""

import json

import pytest

from commands import Piped, Terminal, sagebrush
from guardrails import canary, linear
from server import Server
from world import World


@pytest.fixture
def canary_in_its_bake(fleet_of):
    world = fleet_of(3)
    world.alarm()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    return world


def test_a_terminal_shows_the_deployment_as_it_goes_until_its_end(canary_in_its_bake):
    world = canary_in_its_bake
    terminal = Terminal(world, "watch", "web")
    terminal.until("Unchecked: Initial alarm creation")
    shown = terminal.shown().splitlines()
    assert shown[:3] == ["$ what stood there before", "web  Updating  on blue", "update 2  blue → green  CANARY  running"]
    assert "  wanted  █████████████▒▒▒▒▒▒▒  67 : 33" in shown
    assert "  blue   blue   AllTraffic  3 of 3" in shown
    assert "  INSUFFICIENT_DATA  errors  Unchecked: Initial alarm creation" in shown
    world.set_alarm("ALARM")
    terminal.until("ALARM  errors  the test says so")
    world.advance("idle")
    assert terminal.end() == 2
    shown = terminal.shown().splitlines()
    assert shown[:3] == ["$ what stood there before", "web  InService  on blue", "update 2  blue → green  CANARY  rolled back"]
    assert any("✗" in line and "blue is in service again." in line for line in shown)
    assert len([line for line in shown if line.startswith("web  ")]) == 1, "it is drawn in its place"
    assert not terminal.screen.cursor.hidden and not terminal.screen.history.top
    assert b"\x1b[31m" in terminal.bytes and b"\x1b[2J" not in terminal.bytes and b"\x1b[3J" not in terminal.bytes


def test_colours_are_left_out_where_they_are_not_wanted(canary_in_its_bake):
    world = canary_in_its_bake
    terminal = Terminal(world, "watch", "web", NO_COLOR="1")
    terminal.until("● ")
    world.advance("idle")
    assert terminal.end() == 0
    assert b"\x1b[3" not in terminal.bytes and b"\x1b[1m" not in terminal.bytes


def test_a_terminal_that_cannot_go_back_gets_lines(canary_in_its_bake):
    world = canary_in_its_bake
    terminal = Terminal(world, "watch", "web", TERM="dumb")
    terminal.until("Baking for 300 seconds.")
    world.advance("idle")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.bytes


def test_a_small_terminal_is_never_overrun(fleet_of):
    world = fleet_of(10)
    world.update(linear(1, wait=60))
    terminal = Terminal(world, "watch", "web", columns=60, lines=20)
    terminal.until("more to come")
    world.advance(400)
    terminal.until("earlier")
    assert "● " in terminal.shown()
    world.advance("idle")
    assert terminal.end() == 0
    assert terminal.shown().splitlines()[0].startswith(("$ what", "web  InService"))
    assert len([line for line in terminal.shown().splitlines() if line.startswith("web  ")]) == 1


@pytest.mark.parametrize("words, code", [([], 1), (["--keep"], 0)])
def test_ctrl_c_ends_it_and_gives_the_cursor_back(canary_in_its_bake, words, code):
    terminal = Terminal(canary_in_its_bake, "watch", "web", *words)
    terminal.until("● ")
    assert terminal.screen.cursor.hidden
    terminal.interrupt()
    assert terminal.end() == code
    assert not terminal.screen.cursor.hidden


def test_with_keep_it_goes_on_with_the_next_deployment(canary_in_its_bake):
    world = canary_in_its_bake
    terminal = Terminal(world, "watch", "web", "--keep")
    terminal.until("● ")
    world.advance("idle")
    terminal.until("succeeded")
    world.update(config="blue")
    terminal.until("update 3  green → blue  ALL_AT_ONCE  running")
    terminal.interrupt()
    assert terminal.end() == 0


def test_a_pipe_gets_a_line_for_each_change(canary_in_its_bake):
    world = canary_in_its_bake
    watching = Piped(world, "watch", "web")
    watching.until("Baking for 300 seconds.\n")
    world.set_alarm("ALARM")
    watching.until("rolling_back")
    world.advance("idle")
    assert watching.end() == 2
    began = world.deployment()["started_at"]
    lines = [line.split("  ", 1) for line in watching.text.splitlines()]
    told = [" ".join(line.split()) for _, line in lines]
    assert lines[0][0] == began
    assert told[0] == "deployment update 2 blue → green CANARY"
    assert "activating_traffic 67 : 33 Activating traffic: 33.33 % on green." in told
    assert "alarm errors INSUFFICIENT_DATA → ALARM: the test says so" in told
    assert told[-2:] == ["rolled_back 100 : 0 blue is in service again.", "endpoint web Updating → InService"]
    assert len(told) == len(set(told)) and "\x1b" not in watching.text


def test_a_script_gets_an_object_for_each_change(canary_in_its_bake):
    world = canary_in_its_bake
    watching = Piped(world, "watch", "web", "--json")
    watching.until('"phase":"baking"')
    world.advance("idle")
    assert watching.end() == 0
    changes = [json.loads(line) for line in watching.text.splitlines()]
    began, ended = changes[0], world.deployment()
    assert (began["change"], began["id"], began["sequence"]) == ("deployment", ended["id"], 2)
    events = [{k: v for k, v in c.items() if k not in ("change", "deployment")} for c in changes if c["change"] == "event"]
    assert events == ended["events"]
    statuses = [(c["from"], c["to"]) for c in changes if c["change"] == "endpoint"]
    assert statuses == [(None, "Updating"), ("Updating", "InService")]


def test_what_has_ended_is_shown_and_judged_at_once(fleet_of):
    world = fleet_of(1)
    done = sagebrush(world, "watch", "web")
    assert done.returncode == 0
    assert "create 1  blue  ALL_AT_ONCE" in done.stdout.splitlines()[0]


def test_an_end_that_does_not_come_in_time_is_3(canary_in_its_bake):
    assert sagebrush(canary_in_its_bake, "watch", "web", "--timeout", "0").returncode == 3


def test_it_ends_when_nobody_reads_any_more(fleet_of):
    world = fleet_of(1)
    world.update()
    watching = Piped(world, "watch", "web", "--keep")
    watching.until("Updating\n")
    watching.stop_reading()
    world.advance("idle")
    assert watching.end() == 1


def test_a_server_that_comes_back_is_watched_on_and_one_that_does_not_is_named(worlds, tmp_path):
    database = f"sqlite:{tmp_path / 'kept.db'}"
    world = worlds(on=Server(database=database))
    world.model()
    world.config("blue", 1)
    world.endpoint("web", "blue")
    world.update(config="blue")
    host, port = world.server.address
    watching = Piped(world, "watch", "web")
    watching.until("launching")
    world.server.stop()
    again = Server(database=database, listen=f"{host}:{port}")
    World(again, account=world.account).advance("idle")
    watching.until("endpoint            web  Updating → InService")
    assert watching.end() == 0
    keeping = Piped(world, "watch", "web", "--keep")
    keeping.until("InService")
    again.stop()
    assert keeping.end() == 1
    assert keeping.errors.startswith(f"sagebrush: cannot ask {world.server.url}: ")


def test_an_endpoint_that_was_never_there_is_told_with_its_world(world):
    done = sagebrush(world, "watch", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"sagebrush: there is no deployment of endpoint \"nowhere\" in {world.account}/{world.region} "
                           f"at {world.server.url}\n")


def test_with_keep_it_waits_for_an_endpoint_that_does_not_exist_yet(fleet_of):
    world = fleet_of(1)
    watching = Piped(world, "watch", "later", "--keep")
    world.sagemaker.create_endpoint(EndpointName="later", EndpointConfigName="blue")
    watching.until("deployment          create 1  blue")
    watching.stop_reading()
    world.advance("idle")
    assert watching.end() == 1
    told = watching.errors.splitlines()
    assert len(told) <= 1 and all(line.startswith('sagebrush: there is no deployment of endpoint "later"') for line in told)


def test_that_it_waits_is_said_once(world):
    done = sagebrush(world, "watch", "later", "--keep", "--timeout", 1)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (f"sagebrush: there is no deployment of endpoint \"later\" in {world.account}/{world.region} "
                           f"at {world.server.url} yet; waiting for the first one\n")
