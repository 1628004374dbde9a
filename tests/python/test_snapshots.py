"""Prepared states: a world is exported once, and every test run begins with it."""

import json
import subprocess

import pytest

from callers import invoke
from guardrails import alarm_reason, canary, timeline
from journeys import ALARMS, caught, prepare, total
from server import VERSION, Server, binary, clean_environment


def sagebrush(*words, url=None, stdin=None, fails=False, **environment):
    """Run a command of sagebrush; what it says on standard output, or its one sentence if it shall fail."""
    settings = environment | ({"SAGEBRUSH_URL": url} if url else {})
    done = subprocess.run([binary(), *map(str, words)], input=stdin, capture_output=True, text=True, timeout=120,
                          env=clean_environment(settings))
    assert done.returncode == (1 if fails else 0), done.stderr
    if not fails:
        return done.stdout
    assert not done.stdout and len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.removeprefix("sagebrush: ").rstrip("\n")


def of(world):
    """The environment of a client of this world."""
    return {"url": world.server.url, "AWS_ACCESS_KEY_ID": world.account, "AWS_DEFAULT_REGION": world.region}


def under_way(world, config, watched=ALARMS):
    """An update to `config` in the middle of its canary's bake, under load, before any alarm has had a say."""
    prepare(world)
    world.endpoint("web", "one")
    rule = f'ALARM("{alarm_arn(world, "errors")}")'
    world.cloudwatch.put_composite_alarm(AlarmName="top", AlarmRule=rule)
    world.begin_a_minute()
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 10})
    world.update(canary(1, wait=600, alarms=watched), config=config)
    world.advance(100)
    assert world.describe()["PendingDeploymentSummary"]


def alarm_arn(world, name):
    return f"arn:aws:cloudwatch:{world.region}:{world.account}:alarm:{name}"


def test_three_workers_begin_in_the_middle_of_one_canary_and_are_all_rolled_back(worlds, tmp_path):
    """What guards the update is a composite alarm whose rule names another one by its ARN."""
    prepared, file = worlds(), tmp_path / "prepared.jsonl"
    under_way(prepared, "two", watched=["top"])
    assert sagebrush("export", file, **of(prepared)).endswith(f" rows are in {file}\n")
    text = file.read_text()
    workers = [worlds(), worlds(), worlds(region="eu-central-1")]
    for worker in workers:
        said = sagebrush("import", file, "--account", worker.account, "--region", worker.region, url=worker.server.url)
        assert said == f"{worker.account}/{worker.region} goes on from {prepared.clock()['now']} on its manual clock\n"
    assert sagebrush("export", "-", **of(prepared)) == text, "the prepared world has stayed as it was"

    everybody, stories = [*workers, prepared], []
    for worker in everybody:
        worker.advance("idle")
        deployment, shown = worker.deployment(), worker.describe()
        assert (deployment["status"], shown["EndpointConfigName"], shown["FailureReason"]) == ("rolled_back", "one", alarm_reason("top"))
        assert shown["EndpointArn"] == worker.arn("endpoint", "web")
        top = worker.cloudwatch.describe_alarms(AlarmNames=["top"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
        assert (top["AlarmArn"], top["AlarmRule"]) == (alarm_arn(worker, "top"), f'ALARM("{alarm_arn(worker, "errors")}")')
        assert top["StateValue"] == "ALARM" and top["StateReason"].startswith(alarm_arn(worker, "errors"))
        history = worker.cloudwatch.describe_alarm_history(AlarmName="top", AlarmTypes=["CompositeAlarm"])["AlarmHistoryItems"]
        told = " ".join(item["HistoryData"] + item["HistorySummary"] for item in history)
        assert worker.account in told and not any(other.account in told for other in everybody if other is not worker)
        worker.advance(120)
        counts = [total(worker, metric) for metric in ("Invocations", "Invocation5XXErrors", "ModelLatency")]
        stories.append((deployment["started_at"], timeline(deployment), counts))
    assert all(story == stories[0] for story in stories)
    assert len({worker.deployments()[0]["id"] for worker in everybody}) == 4


def test_a_good_canary_goes_on_to_its_end_in_every_world(worlds, tmp_path):
    prepared, file = worlds(), tmp_path / "prepared.jsonl"
    under_way(prepared, "three")
    sagebrush("export", file, **of(prepared))
    workers = [worlds(), worlds()]
    for worker in workers:
        sagebrush("import", file, **of(worker))
        worker.advance("idle")
        shown = worker.describe()
        assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "three")
        assert worker.deployments()[0]["status"] == "succeeded"
        assert worker.sagemaker.describe_model(ModelName="three")["ModelArn"] == worker.arn("model", "three")
        worker.update(config="one")
        worker.advance("idle")
        assert worker.describe()["EndpointConfigName"] == "one"
        assert [d["sequence"] for d in worker.deployments()] == [3, 2, 1]
    assert prepared.describe()["PendingDeploymentSummary"]


def test_every_test_of_a_suite_can_begin_with_the_same_state(worlds, tmp_path):
    world, file = worlds(), tmp_path / "prepared.jsonl"
    under_way(world, "two")
    sagebrush("export", file, **of(world))
    stories = []
    for _ in range(3):
        sagebrush("import", file, **of(world))
        assert sagebrush("export", "-", **of(world)) == file.read_text()
        world.advance("idle")
        stories.append((caught(world), world.deployment(), world.describe()["LastModifiedTime"]))
    assert all(story == stories[0] for story in stories), "also the ids stay what they were"


def test_another_server_with_another_database_takes_the_same_file(worlds, own_server, tmp_path):
    world, file = worlds(), tmp_path / "prepared.jsonl"
    under_way(world, "two")
    sagebrush("export", file, **of(world))
    database = f"sqlite:{tmp_path / 'kept.db'}"
    there = worlds(on=own_server(database=database, clock="real"), account=world.account)
    sagebrush("import", file, url=there.server.url)
    assert there.clock()["mode"] == "manual" and there.now() == world.now()
    assert sagebrush("export", "-", **of(there)) == file.read_text()
    assert there.advance("idle")["transitions"] == world.advance("idle")["transitions"] != []
    assert (caught(there), timeline(there.deployment())) == (caught(world), timeline(world.deployment()))


def test_what_was_taken_over_is_sound_wherever_it_went(worlds, own_server, tmp_path):
    world, file, database = worlds(), tmp_path / "prepared.jsonl", f"sqlite:{tmp_path / 'kept.db'}"
    under_way(world, "two")
    sagebrush("export", file, **of(world))
    server = own_server(database=database)
    taken = [worlds(on=server, account=world.account), worlds(on=server, account=world.account, region="eu-west-1"), worlds(on=server)]
    for one in taken:
        sagebrush("import", file, **of(one))
        one.advance("idle")
        assert one.deployment()["status"] == "rolled_back"
    server.process.terminate()
    assert server.process.wait(10) == 0
    audited = sagebrush("audit", "--database-url", database)
    assert audited.startswith("3 world(s), 6 deployment(s) made again") and audited.endswith(": 0 fault(s)\n"), audited


def test_real_requests_that_were_counted_are_in_the_export_and_those_before_an_import_are_forgotten(worlds, tmp_path):
    world, other, file = worlds(), worlds(), tmp_path / "prepared.jsonl"
    world.begin_a_minute()
    world.model()
    world.config("blue")
    world.endpoint()
    runtime = world.client("sagemaker-runtime")
    for _ in range(3):
        invoke(runtime)
    sagebrush("export", file, **of(world))
    sagebrush("import", file, **of(other))
    for _ in range(2):
        invoke(runtime)
    sagebrush("import", file, **of(world))
    for _ in range(4):
        invoke(runtime)
    for wanted, one in ((7, world), (3, other)):
        one.advance(180)
        assert total(one, "Invocations") == wanted


def test_time_that_runs_goes_on_from_where_it_was(worlds, tmp_path):
    world, file = worlds(), tmp_path / "prepared.jsonl"
    world.model()
    world.config("blue")
    world.advance(86_400)
    world.set_clock("scaled", rate=0.001)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    before = world.now()
    sagebrush("export", file, **of(world))
    world.advance(3_600)
    sagebrush("import", file, **of(world))
    after = world.clock()
    assert after["mode"] == "scaled" and 0 <= (world.now() - before).total_seconds() < 60
    assert world.status() == "Creating"
    world.advance("idle")
    assert world.status() == "InService"


def test_all_regions_and_all_worlds(worlds, own_server, tmp_path):
    server, file = own_server(), tmp_path / "all.jsonl"
    here, there = worlds(on=server, account="111122223333"), worlds(on=server, account="111122223333", region="eu-west-1")
    other = worlds(on=server, account="222222222222")
    for world in (here, there, other):
        world.model(f"model-of-{world.account}-{world.region}")
    def models(world):
        return [model["ModelName"] for model in world.sagemaker.list_models()["Models"]]

    sagebrush("export", file, "--all-regions", **of(here))
    accounts = [json.loads(line).get("account") for line in file.read_text().splitlines()]
    assert [account for account in accounts if account] == ["111122223333"] * 2
    sagebrush("export", file, "--all", **of(other))
    for world in (here, there, other):
        world.control("POST", "reset")
    said = sagebrush("import", file, **of(other))
    assert [line.split()[0] for line in said.splitlines()] == ["111122223333/eu-west-1", "111122223333/us-east-1", "222222222222/us-east-1"]
    for world in (here, there, other):
        assert models(world) == [f"model-of-{world.account}-{world.region}"]
    refused = sagebrush("import", file, "--account", "333333333333", url=server.url, fails=True)
    assert refused == (f"cannot import {file} into {server.url}: The snapshot holds 3 worlds, which go where they came from: "
                       "an account or a region can be given for one alone.")


def test_a_pipe_is_a_file_too(worlds):
    world, other = worlds(), worlds(region="ap-south-1")
    world.model()
    text = sagebrush("export", "-", **of(world))
    sagebrush("import", "-", stdin=text, **of(other))
    assert other.sagemaker.describe_model(ModelName="model")["ModelArn"] == other.arn("model", "model")


def test_without_anything_said_a_world_goes_where_it_came_from(worlds):
    world = worlds(region="sa-east-1")
    world.model()
    text = sagebrush("export", "-", "--account", world.account, "--region", world.region, url=world.server.url)
    world.control("POST", "reset")
    said = sagebrush("import", "-", stdin=text, url=world.server.url)
    assert said.startswith(f"{world.account}/sa-east-1 goes on from ")
    assert world.sagemaker.describe_model(ModelName="model")


@pytest.mark.parametrize("spoil, sentence", [
    (lambda lines: [], "The snapshot is cut off after line 0: its last line, which counts the rows, is missing."),
    (lambda lines: lines[:-1], "The snapshot is cut off after line 3: its last line, which counts the rows, is missing."),
    (lambda lines: [lines[0], lines[1], lines[3]], "Line 3 of the snapshot: it counts 2 rows, but there are 1 before it."),
    (lambda lines: ["hello"], "Line 1 of the snapshot: it is no JSON object (sign 1)."),
    (lambda lines: [lines[0].replace(":1,", ":7,", 1), *lines[1:]], f"Line 1 of the snapshot: its format is 7, and sagebrush {VERSION} reads 1."),
    (lambda lines: [*lines[:2], lines[2].replace("definitions", "opinions"), lines[3]], 'Line 3 of the snapshot: there is no table "opinions".'),
    (lambda lines: [*lines[:2], lines[2].replace('"kind":"model"', '"kind":"poem"'), lines[3]], "Line 3 of the snapshot: the database refuses the row of definitions: "),
])
def test_a_bad_file_is_one_sentence_with_its_line_and_changes_nothing(worlds, tmp_path, spoil, sentence):
    world, file = worlds(), tmp_path / "bad.jsonl"
    world.model()
    before = sagebrush("export", "-", **of(world))
    file.write_text("".join(line + "\n" for line in spoil(before.splitlines())))
    said = sagebrush("import", file, **of(world), fails=True)
    assert said.startswith(f"cannot import {file} into {world.server.url}: {sentence}")
    assert sagebrush("export", "-", **of(world)) == before


def test_a_large_bad_file_is_still_one_sentence(worlds, tmp_path):
    world, file = worlds(), tmp_path / "bad.jsonl"
    with open(file, "w") as out:
        out.write("hello\n")
        out.writelines("x" * 1_000_000 for _ in range(40))
    said = sagebrush("import", file, **of(world), fails=True)
    assert said.endswith("Line 1 of the snapshot: it is no JSON object (sign 1).")


def test_no_two_faults_of_a_world_ever_have_one_number(fleet_of, worlds, tmp_path):
    world, other, file = fleet_of(1), worlds(), tmp_path / "prepared.jsonl"
    stale = {"kind": "stale_reads", "seconds": 5}
    added = lambda world: world.control("POST", "faults", stale)["id"]  # noqa: E731
    assert [added(world) for _ in range(3)] == ["fault-1", "fault-2", "fault-3"]
    world.control("DELETE", "faults/fault-3")
    sagebrush("export", file, **of(world))
    assert added(world) == "fault-4"
    sagebrush("import", file, **of(world))
    assert [fault["id"] for fault in world.control("GET", "faults")["faults"]] == ["fault-1", "fault-2"]
    assert added(world) == "fault-5", "what was given after the snapshot is not given again"
    sagebrush("import", file, **of(other))
    assert added(other) == "fault-4", "nor what was taken away before"


def test_a_fault_leaves_the_file_that_was_there(worlds, own_server, tmp_path):
    world, file = worlds(), tmp_path / "kept.jsonl"
    sagebrush("export", file, **of(world))
    before = file.read_text()
    assert "account is \"12\", but an account has 12 digits." in sagebrush("export", file, "--account", "12", url=world.server.url, fails=True)
    gone = Server()
    gone.stop()
    said = sagebrush("export", file, "--url", gone.url, fails=True)
    assert said.startswith(f"cannot export from {gone.url}: ") and said.endswith("; is a server there, or at another --url?")
    assert file.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept.jsonl"]
    said = sagebrush("export", tmp_path / "no" / "such", **of(world), fails=True)
    assert said.startswith(f"cannot write {tmp_path / 'no' / 'such'}: ")
    assert sagebrush("import", tmp_path / "none", **of(world), fails=True).startswith(f"cannot read {tmp_path / 'none'}: ")
    assert sagebrush("export", "-", "--url", "https://x", fails=True) == '--url is "https://x", but it takes http://HOST:PORT'
    assert sagebrush("import", file, url="nowhere", fails=True) == 'SAGEBRUSH_URL is "nowhere", but it takes http://HOST:PORT'
