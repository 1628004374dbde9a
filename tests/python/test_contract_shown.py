"""What is shown: lines 31 to 41 of the contract (docs/fidelity.md); line 37 is test_events.py."""

import datetime

import pytest

from guardrails import Story, activating, alarm_reason, all_at_once, baking, canary, fleet, launching, leaving, linear, ping_reason, rolling
from world import IMAGE, variant


def test_line_31_a_pending_variant_counts_instances_with_traffic_and_has_no_weight_before_its_first(world):
    world.model()
    for name in ("blue", "green"):
        world.config(name, variants=[variant("AllTraffic", 3, InitialVariantWeight=2.5)])
    world.endpoint("web", "blue")
    world.update(canary(1))

    def pending():
        shown = world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]
        return [shown[m] for m in ("CurrentInstanceCount", "DesiredInstanceCount", "CurrentWeight", "DesiredWeight")]

    assert pending() == [0, 3, 0.0, 2.5]
    world.advance(60)
    assert pending() == [1, 3, 2.5, 2.5]


def test_line_31_a_pending_variant_names_its_instance_type(fleet_of):
    world = fleet_of()
    world.update()
    assert world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]["InstanceType"] == "ml.m5.large"


def test_line_32_the_top_level_variant_tells_of_the_old_config_and_its_instances(fleet_of):
    world = fleet_of(4)
    world.update(linear(1, wait=100))
    for second in (0, 60, 60, 105, 105):
        world.advance(second)
        shown = world.describe()
        assert shown["EndpointConfigName"] == "blue"
        top = shown["ProductionVariants"][0]
        assert (top["CurrentInstanceCount"], top["CurrentWeight"], top["DesiredWeight"]) == (4, 1.0, 1.0)
        assert "VariantStatus" not in top


def test_line_32_the_top_level_variant_falls_in_a_rolling_update(fleet_of):
    world = fleet_of(4)
    world.update(rolling(1, wait=0))
    counts = []
    for _ in range(4):
        counts.append(world.describe()["ProductionVariants"][0]["CurrentInstanceCount"])
        world.advance(75)
    assert counts == [4, 3, 2, 1]


def test_line_33_a_creation_shows_only_what_is_pending(world):
    world.model()
    world.config("blue", 3)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    shown = world.describe()
    assert "ProductionVariants" not in shown
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("Creating", "blue")
    pending = shown["PendingDeploymentSummary"]
    assert (pending["EndpointConfigName"], pending["StartTime"]) == ("blue", shown["CreationTime"])
    variant_status = pending["ProductionVariants"][0]["VariantStatus"]
    assert [(s["Status"], s["StatusMessage"]) for s in variant_status] == [launching(3)]
    world.advance("idle")
    shown = world.describe()
    assert "PendingDeploymentSummary" not in shown
    assert "VariantStatus" not in shown["ProductionVariants"][0]


def test_line_33_a_failed_creation_shows_neither(world):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("blue", model="sick")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance("idle")
    shown = world.describe()
    assert shown["EndpointStatus"] == "Failed"
    assert shown["FailureReason"] == ping_reason()
    assert not {"ProductionVariants", "PendingDeploymentSummary"} & shown.keys()
    history = world.deployment()
    assert (history["kind"], history["status"], history["failure_reason"]) == ("create", "failed", ping_reason())


def test_line_34_while_the_old_fleet_goes_its_config_is_still_the_endpoints(fleet_of):
    world = fleet_of(3)
    world.update(all_at_once(wait=0))
    story = Story(world)
    story.sees(65, leaving(3), fleet(3, 3))
    assert "VariantStatus" not in world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]


def test_line_35_the_messages_are_the_published_ones(fleet_of):
    world = fleet_of(3)
    world.update(canary(1, wait=600, termination=30))
    story = Story(world)
    stages = []
    for second in (0, 60, 65, 665, 670, 1270):
        story.go(second)
        stages += story.picture()["pending"][1][0].stages
    assert stages == [launching(3), activating("canary", 1), baking(600, "canary", 1), activating("full", 3),
                      baking(600, "full", 3), baking(30, "full", 3)]
    assert stages[2][1] == ("Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity "
                            "of 1 instance(s).")


def test_line_35_a_stage_says_since_when(fleet_of):
    world = fleet_of()
    world.update(canary(1))
    began = world.now()
    world.advance(100)
    status = world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]
    assert abs((status["StartTime"] - began).total_seconds() - 65) < 0.002


def scale(world, **wanted):
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", **wanted}])


def test_line_36_scaling_out_serves_when_the_instances_are_up(fleet_of):
    world = fleet_of(3)
    scale(world, DesiredInstanceCount=5, DesiredWeight=0.5)
    story = Story(world)
    stage = ("Updating", "Scaling out desired instance count to 5.")
    shown = world.describe()
    top = shown["ProductionVariants"][0]
    assert shown["EndpointStatus"] == "Updating" and "PendingDeploymentSummary" not in shown
    assert (top["DesiredInstanceCount"], top["CurrentWeight"], top["DesiredWeight"]) == (5, 0.5, 0.5)
    assert story.picture()["top"][0].stages == [stage]
    world.advance(59)
    assert world.status() == "Updating"
    world.advance(1)
    assert (world.status(), world.describe()["ProductionVariants"][0]["CurrentInstanceCount"]) == ("InService", 5)


def test_line_36_scaling_in_takes_the_time_of_terminating(fleet_of):
    world = fleet_of(3)
    scale(world, DesiredInstanceCount=1)
    world.advance(0)
    assert Story(world).picture()["top"][0].stages == [("Updating", "Scaling in desired instance count to 1.")]
    world.advance(9)
    assert world.status() == "Updating"
    world.advance(1)
    top = world.describe()["ProductionVariants"][0]
    assert (world.status(), top["CurrentInstanceCount"], top["DesiredInstanceCount"]) == ("InService", 1, 1)


def test_line_36_unknown_and_repeated_variants_are_refused(fleet_of, refused):
    world = fleet_of()
    before = world.describe()
    with refused('The variant name(s) "Silly" is/are not present within endpoint configuration "blue".'):
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "Silly", "DesiredWeight": 1.5}])
    with refused('The variant name "AllTraffic" was non-unique within the request.'):
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 1.5}] * 2)
    after = world.describe()
    assert before | {"ResponseMetadata": None} == after | {"ResponseMetadata": None}


def test_line_36_a_launch_that_fails_goes_back_to_the_old_values(world):
    world.model("worn", SAGEBRUSH_HEALTH="failing-after:2")
    world.config("blue", 2, model="worn")
    world.endpoint("web", "blue", DeploymentConfig=canary(1))
    scale(world, DesiredInstanceCount=3, DesiredWeight=0.5)
    world.advance(240)
    assert world.status() == "RollingBack"
    stage = world.describe()["ProductionVariants"][0]["VariantStatus"][0]
    assert (stage["Status"], stage["StatusMessage"]) == ("Updating", "Scaling in desired instance count to 2.")
    world.advance("idle")
    shown = world.describe()
    top = shown["ProductionVariants"][0]
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("InService", ping_reason())
    assert (top["CurrentInstanceCount"], top["DesiredInstanceCount"], top["DesiredWeight"]) == (2, 2, 1.0)
    assert shown["LastDeploymentConfig"] == canary(1)


def names(world, **query):
    return [m["ModelName"] for m in world.sagemaker.list_models(**query)["Models"]]


def test_line_38_ties_follow_the_order_of_creation(world):
    for name in ("b", "c", "a"):
        world.model(name)
    assert names(world, SortOrder="Ascending") == ["b", "c", "a"]
    assert names(world) == ["a", "c", "b"]
    assert names(world, SortBy="Name", SortOrder="Ascending") == ["a", "b", "c"]


def test_line_38_inserts_between_two_pages_neither_repeat_nor_lose_entries(world):
    for name in ("m2", "m4", "m6", "m8"):
        world.model(name)
    first = world.sagemaker.list_models(SortBy="Name", SortOrder="Ascending", MaxResults=2)
    world.model("m1")
    world.model("m5")
    world.sagemaker.delete_model(ModelName="m4")
    rest = names(world, SortBy="Name", SortOrder="Ascending", NextToken=first["NextToken"])
    assert [m["ModelName"] for m in first["Models"]] + rest == ["m2", "m4", "m5", "m6", "m8"]


def test_line_38_last_modified_changes_with_each_stage(fleet_of):
    world = fleet_of(3)
    created = world.describe()["LastModifiedTime"]
    world.advance(100)
    world.update(canary(1, wait=100))
    seen = []
    for _ in range(4):
        shown = world.describe()
        assert shown["LastModifiedTime"] == world.sagemaker.list_endpoints()["Endpoints"][0]["LastModifiedTime"]
        seen.append(round((shown["LastModifiedTime"] - created).total_seconds()))
        world.advance("next")
    assert seen == [100, 160, 165, 265]


def test_line_39_required_members_without_a_value_are_filled(world):
    world.model()
    capture = {"InitialSamplingPercentage": 20, "DestinationS3Uri": "s3://b/capture", "CaptureOptions": [{"CaptureMode": "Input"}]}
    for name, enabled in (("on", True), ("off", False)):
        world.config(name, DataCaptureConfig=capture | {"EnableCapture": enabled})
        world.endpoint(f"web-{name}", name)
        assert world.describe(f"web-{name}")["DataCaptureConfig"] == {
            "EnableCapture": enabled, "CaptureStatus": "Started" if enabled else "Stopped", "CurrentSamplingPercentage": 20,
            "DestinationS3Uri": "s3://b/capture", "KmsKeyId": ""}


def test_line_39_the_resolved_image_is_the_repository_at_a_digest_of_the_text(fleet_of):
    world = fleet_of()
    image = world.describe()["ProductionVariants"][0]["DeployedImages"][0]
    assert image["SpecifiedImage"] == IMAGE
    repository, digest = image["ResolvedImage"].split("@sha256:")
    assert repository == IMAGE.rsplit(":", 1)[0]
    assert len(digest) == 64 and int(digest, 16) >= 0
    assert isinstance(image["ResolutionTime"], datetime.datetime)


def test_line_39_caller_identity_is_the_root_of_the_account(world):
    answer = world.sts.get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == (world.account, f"arn:aws:iam::{world.account}:root")


@pytest.mark.parametrize("region, partition", [("eu-central-1", "aws"), ("cn-northwest-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_line_39_the_partition_follows_from_the_region(worlds, region, partition):
    world = worlds(region=region)
    arn = world.sagemaker.create_model(ModelName="M", PrimaryContainer={"Image": IMAGE})["ModelArn"]
    assert arn == f"arn:{partition}:sagemaker:{region}:{world.account}:model/m"


TAGGED = {"endpoint": "endpoint", "endpoint-config": "endpoint configuration", "model": "model"}


@pytest.mark.parametrize("kind", TAGGED)
def test_line_40_tags_of_an_unknown_resource_are_refused_in_its_own_words(world, refused, kind):
    arn = world.arn(kind, "nowhere")
    with refused(f'Could not find {TAGGED[kind]} "{arn}".'):
        world.sagemaker.list_tags(ResourceArn=arn)
    with refused(f'Could not find {TAGGED[kind]} "{arn}".'):
        world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "k", "Value": "v"}])


def test_line_41_twelve_digits_are_the_account(worlds):
    one, other = worlds(), worlds()
    one.model("mine")
    assert names(other) == []
    assert one.arn("model", "mine") == one.sagemaker.describe_model(ModelName="mine")["ModelArn"]


def test_line_41_any_other_key_belongs_to_the_default_account(worlds, own_server):
    server = own_server()
    words, default = worlds(on=server, account="AKIAIOSFODNN7EXAMPLE"), worlds(on=server, account="123456789012")
    words.model("shared")
    assert names(default) == ["shared"]
    assert words.sts.get_caller_identity()["Account"] == "123456789012"


def test_line_41_regions_are_worlds_of_their_own(worlds):
    here = worlds()
    there = worlds(account=here.account, region="eu-west-1")
    here.model("mine")
    assert names(there) == []
    here.advance(5000)
    assert (here.now() - there.now()).total_seconds() > 4000


def test_line_18_the_reason_in_the_history_is_the_one_that_is_shown(fleet_of):
    world = fleet_of()
    world.alarm()
    world.update(canary(1, alarms=["errors"]))
    world.advance(70)
    world.set_alarm("ALARM")
    world.advance("idle")
    history = world.deployment()
    assert history["failure_reason"] == world.describe()["FailureReason"] == alarm_reason("errors")
    assert (history["kind"], history["from_config"], history["to_config"], history["sequence"]) == ("update", "blue", "green", 2)
    assert history["ended_at"] > history["started_at"]
