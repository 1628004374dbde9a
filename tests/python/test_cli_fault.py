"""`sagebrush fault`: every kind of fault is put in, listed and taken away from the command line."""

import json

import pytest

from commands import refused, said, sagebrush

KINDS = {
    "error_rate": ["--rate", 0.5, "--error-status", 503, "--endpoint", "web"],
    "latency": ["--latency-ms", "80/400", "--variant", "AllTraffic"],
    "unhealthy_instances": ["--instance-type", "ml.m5.large", "--at-step", 2],
    "instances_die": ["--instances", 1, "--after", 60],
    "stale_reads": ["--seconds", 30, "--for", 600],
    "failure_reason_vanishes": ["--seconds", 0],
    "rollback_cannot_provision": ["--model", "model"],
    "api_throttling": ["--rate", 1, "--operation", "ListModels", "--operation", "ListEndpoints"],
    "api_latency": ["--latency-ms", 5],
    "alarm": ["--alarm", "errors", "--alarm-state", "OK"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_put_in_and_taken_away(fleet_of, kind):
    world = fleet_of(2)
    line = said(world, "fault", "add", kind, *KINDS[kind])
    assert line.startswith("fault-1  ") and f"  {kind}" in line and line.count("\n") == 1
    [fault] = world.control("GET", "faults")["faults"]
    assert fault["kind"] == kind
    assert json.loads(said(world, "fault", "--json"))["faults"] == [fault]
    assert said(world, "fault") == line
    assert said(world, "fault", "remove", "fault-1") == "1 fault(s) taken away\n"
    assert said(world, "fault") == f"there is no fault in {world.account}/us-east-1\n"


def test_what_the_flags_say_is_what_the_server_gets(fleet_of):
    world = fleet_of(2)
    told = json.loads(said(world, "fault", "add", "error_rate", "--rate", "0.2", "--error-status", "503", "--endpoint", "web",
                           "--model", "model", "--variant", "AllTraffic", "--instance-type", "ml.m5.large", "--at",
                           "2100-01-01T00:00:00Z", "--until", "2100-01-02T00:00:00Z", "--json"))
    assert (told["rate"], told["error_status"], told["status"]) == (0.2, 503, "waiting")
    assert told["scope"] == {"endpoint": "web", "model": "model", "variant": "AllTraffic", "instance_type": "ml.m5.large"}
    assert (told["began_at"], told["ends_at"]) == ("2100-01-01T00:00:00.000Z", "2100-01-02T00:00:00.000Z")
    assert said(world, "fault", "remove", "--all") == "1 fault(s) taken away\n"


def test_what_is_wrong_is_told_in_a_sentence(fleet_of):
    world = fleet_of(2)
    assert 'refuses: KIND must be one of error_rate,' in refused(world, "fault", "add", "eror")
    assert 'refuses: The command needs --rate: a number above 0' in refused(world, "fault", "add", "error_rate")
    assert ('The command does not take --alarm; there are KIND, --latency-ms, --endpoint, --model, --variant, --instance-type, '
            '--at-step, --at, --after and --until or --for.') in refused(
                world, "fault", "add", "latency", "--latency-ms", "5", "--alarm", "x")
    assert "of kind alarm is about no instances, so its scope cannot have --model: it can have --endpoint." in refused(
        world, "fault", "add", "alarm", "--alarm", "x", "--model", "model")
    assert 'There is no model "nobody"' in refused(world, "fault", "add", "error_rate", "--rate", "1", "--model", "nobody")
    assert "it takes a time such as" in refused(world, "fault", "add", "error_rate", "--rate", "1", "--at", "noon")
    assert "it takes a number of seconds" in refused(world, "fault", "add", "error_rate", "--rate", "1", "--for", "-1")
    assert 'There is no fault "fault-7"' in refused(world, "fault", "remove", "fault-7")
    assert "it takes milliseconds" in refused(world, "fault", "add", "latency", "--latency-ms", "fast")
    for words in (["remove"], ["add"], ["add", "alarm", "--at-step", "1", "--after", "5"], ["remove", "fault-1", "--all"]):
        assert sagebrush(world, "fault", *words).returncode == 1


def test_a_name_of_nobody_is_taken_with_a_note_since_it_may_come_yet(fleet_of):
    world = fleet_of(2)
    add = ("fault", "add", "error_rate", "--rate", "0.5")
    assert "note:" not in said(world, *add, "--endpoint", "WEB", "--variant", "AllTraffic")
    note = f'There is no endpoint "nohouse" in {world.account}/{world.region} yet: until there is, the fault does nothing.'
    assert said(world, *add, "--endpoint", "nohouse").splitlines()[1:] == [f"note: {note}"]
    assert json.loads(said(world, *add, "--endpoint", "nohouse", "--json"))["note"] == note
    assert "note: No such endpoint has a variant \"Main\" yet" in said(world, *add, "--variant", "Main")
    assert "note" not in world.control("GET", "faults/fault-2"), "by now it may have come"
