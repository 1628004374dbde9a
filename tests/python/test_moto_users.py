"""What users of moto rely on, named by moto's own hosting tests; where moto and AWS differ, AWS's behaviour is expected.

Differences on purpose: endpoints take their time to be in service and to be deleted; ARNs are in lower case; lists begin
with the newest; SortBy knows `Name`, not `name`; shape errors carry the whole path; a model needs an IAM role's ARN.
"""

import datetime

import pytest

from world import IMAGE, ROLE, variant

TAGS = [{"Key": "newkey1", "Value": "newval1"}, {"Key": "newkey2", "Value": "newval2"}]
KINDS = ["model", "endpoint-config", "endpoint"]


@pytest.fixture
def hosted(world):
    """One model, config and endpoint, and another of each."""
    for suffix in ("", "2"):
        world.model(f"MyModel{suffix}")
        world.config(f"MyEndpointConfig{suffix}", 1, model=f"MyModel{suffix}")
        world.endpoint(f"MyEndpoint{suffix}", f"MyEndpointConfig{suffix}")
        world.advance(60)
    return world


NAMES = {"model": "MyModel", "endpoint-config": "MyEndpointConfig", "endpoint": "MyEndpoint"}


def test_a_config_round_trips_its_variants(world):
    variants = [variant("MyProductionVariant", 1, "MyModel", InstanceType="ml.t2.medium")]
    world.model("MyModel")
    arn = world.config("MyEndpointConfig", variants=variants) and world.arn("endpoint-config", "MyEndpointConfig")
    shown = world.sagemaker.describe_endpoint_config(EndpointConfigName="MyEndpointConfig")
    assert (shown["EndpointConfigName"], shown["EndpointConfigArn"]) == ("MyEndpointConfig", arn)
    assert shown["ProductionVariants"][0] | variants[0] == shown["ProductionVariants"][0]


def test_a_serverless_config_round_trips(world):
    world.model("MyModel")
    variants = [{"VariantName": "v", "ModelName": "MyModel", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 10}}]
    world.config("MyEndpointConfig", variants=variants)
    shown = world.sagemaker.describe_endpoint_config(EndpointConfigName="MyEndpointConfig")["ProductionVariants"][0]
    assert shown["ServerlessConfig"] == {"MemorySizeInMB": 1024, "MaxConcurrency": 10}


def test_a_config_of_an_unknown_model_is_refused(world, refused):
    with refused(contains="Could not find model"):
        world.config("MyEndpointConfig", model="MyModel")


def test_a_deleted_config_is_gone_and_cannot_be_deleted_again(hosted, refused):
    hosted.sagemaker.delete_endpoint_config(EndpointConfigName="MyEndpointConfig")
    for call in (hosted.sagemaker.describe_endpoint_config, hosted.sagemaker.delete_endpoint_config):
        with refused(contains="Could not find endpoint configuration"):
            call(EndpointConfigName="MyEndpointConfig")


def test_an_invalid_instance_type_is_refused_with_the_whole_set(world, refused):
    world.model("MyModel")
    with refused(contains=["Value 'InvalidInstanceType' at 'productionVariants.1.member.instanceType' failed to satisfy constraint: "
                           "Member must satisfy enum value set: [", "ml.t2.medium"]):
        world.config("c", variants=[variant("v", 1, "MyModel", InstanceType="InvalidInstanceType")])


def test_an_invalid_memory_size_is_refused(world, refused):
    world.model("MyModel")
    with refused(contains=["Value '8192' at 'productionVariants.1.member.serverlessConfig.memorySizeInMB'",
                           "Member must have value less than or equal to 6144"]):
        world.config("c", variants=[{"VariantName": "v", "ModelName": "MyModel",
                                     "ServerlessConfig": {"MemorySizeInMB": 8192, "MaxConcurrency": 10}}])


def test_an_endpoint_tells_who_it_is(hosted):
    shown = hosted.describe("MyEndpoint")
    assert (shown["EndpointName"], shown["EndpointConfigName"], shown["EndpointStatus"]) == ("MyEndpoint", "MyEndpointConfig", "InService")
    assert shown["EndpointArn"] == hosted.arn("endpoint", "MyEndpoint")
    assert isinstance(shown["CreationTime"], datetime.datetime) and isinstance(shown["LastModifiedTime"], datetime.datetime)
    assert shown["ProductionVariants"][0]["VariantName"] == "AllTraffic"


def test_a_deleted_endpoint_is_gone(hosted, refused):
    hosted.sagemaker.delete_endpoint(EndpointName="MyEndpoint")
    hosted.advance("idle")
    for call in (hosted.sagemaker.describe_endpoint, hosted.sagemaker.delete_endpoint):
        with refused(contains="Could not find endpoint"):
            call(EndpointName="MyEndpoint")


def test_weights_and_counts_change_together(world):
    world.model("MyModel")
    world.config("c", variants=[variant("v1", 1, "MyModel"), variant("v2", 1, "MyModel")])
    world.endpoint("MyEndpoint", "c")
    wanted = [{"VariantName": v, "DesiredWeight": 1.5, "DesiredInstanceCount": 123} for v in ("v1", "v2")]
    answer = world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="MyEndpoint", DesiredWeightsAndCapacities=wanted)
    assert answer["EndpointArn"] == world.arn("endpoint", "MyEndpoint")
    world.advance("idle")
    for shown in world.describe("MyEndpoint")["ProductionVariants"]:
        assert (shown["DesiredInstanceCount"], shown["CurrentInstanceCount"]) == (123, 123)
        assert (shown["DesiredWeight"], shown["CurrentWeight"]) == (1.5, 1.5)


@pytest.mark.parametrize("kind", KINDS)
def test_tags_are_added_listed_and_deleted(hosted, kind):
    arn = hosted.arn(kind, NAMES[kind])
    assert hosted.sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
    assert hosted.sagemaker.add_tags(ResourceArn=arn, Tags=TAGS)["Tags"] == TAGS
    assert hosted.sagemaker.list_tags(ResourceArn=arn)["Tags"] == TAGS
    hosted.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["newkey1", "never-there"])
    assert hosted.sagemaker.list_tags(ResourceArn=arn)["Tags"] == TAGS[1:]


def test_adding_a_tag_again_overwrites_it(hosted):
    arn = hosted.arn("endpoint", "MyEndpoint")
    hosted.sagemaker.add_tags(ResourceArn=arn, Tags=TAGS)
    hosted.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "newkey1", "Value": "other"}])
    assert {t["Key"]: t["Value"] for t in hosted.sagemaker.list_tags(ResourceArn=arn)["Tags"]} == {"newkey1": "other", "newkey2": "newval2"}


def test_tags_given_at_creation_are_listed_and_go_with_the_resource(world):
    world.sagemaker.create_model(ModelName="MyModel", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE, Tags=TAGS)
    world.config("c", 1, model="MyModel", Tags=TAGS)
    world.endpoint("MyEndpoint", "c", Tags=TAGS)
    for kind, name in (("model", "MyModel"), ("endpoint-config", "c"), ("endpoint", "MyEndpoint")):
        assert world.sagemaker.list_tags(ResourceArn=world.arn(kind, name))["Tags"] == TAGS
    world.sagemaker.delete_model(ModelName="MyModel")
    world.model("MyModel")
    assert world.sagemaker.list_tags(ResourceArn=world.arn("model", "MyModel"))["Tags"] == []


def test_more_than_fifty_tags_are_refused(hosted, refused):
    arn = hosted.arn("endpoint", "MyEndpoint")
    hosted.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": f"k{i}", "Value": ""} for i in range(50)])
    with refused():
        hosted.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "one-more", "Value": ""}])
    assert len(hosted.sagemaker.list_tags(ResourceArn=arn)["Tags"]) == 50


LISTS = {
    "model": ("list_models", "Models", "Model"),
    "endpoint-config": ("list_endpoint_configs", "EndpointConfigs", "EndpointConfig"),
    "endpoint": ("list_endpoints", "Endpoints", "Endpoint"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_summarises_everything_the_newest_first(hosted, kind):
    operation, member, noun = LISTS[kind]
    entries = getattr(hosted.sagemaker, operation)()[member]
    assert [e[f"{noun}Name"] for e in entries] == [f"{NAMES[kind]}2", NAMES[kind]]
    assert entries[1][f"{noun}Arn"] == hosted.arn(kind, NAMES[kind])
    assert all(isinstance(e["CreationTime"], datetime.datetime) for e in entries)
    if kind == "endpoint":
        assert [e["EndpointStatus"] for e in entries] == ["InService", "InService"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_filters_by_name_and_time_and_sorts_by_name(hosted, kind):
    operation, member, noun = LISTS[kind]
    hosted.model("Other")
    hosted.config("OtherConfig", 1, model="Other")
    hosted.endpoint("OtherOne", "OtherConfig")
    entries = getattr(hosted.sagemaker, operation)(
        SortBy="Name", SortOrder="Ascending", NameContains="My", CreationTimeAfter=datetime.datetime(2021, 1, 1))[member]
    assert [e[f"{noun}Name"] for e in entries] == [NAMES[kind], f"{NAMES[kind]}2"]
    assert getattr(hosted.sagemaker, operation)(CreationTimeBefore=datetime.datetime(2021, 1, 1))[member] == []
    assert getattr(hosted.sagemaker, operation)(NameContains="nowhere")[member] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_sort_key_in_lower_case_is_refused_as_aws_refuses_it(hosted, refused, kind):
    with refused(contains="Value 'name' at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set: ["):
        getattr(hosted.sagemaker, LISTS[kind][0])(SortBy="name")


def test_an_empty_list_is_an_empty_list(world):
    for operation, member, _ in LISTS.values():
        answer = getattr(world.sagemaker, operation)()
        assert answer[member] == [] and "NextToken" not in answer


def test_a_model_round_trips(world):
    container = {"Image": IMAGE, "ModelDataUrl": "s3://MyBucket/model.tar.gz", "Environment": {"A": "b"}}
    network = {"SecurityGroupIds": ["sg-123"], "Subnets": ["subnet-123"]}
    arn = world.sagemaker.create_model(ModelName="blah", PrimaryContainer=container, ExecutionRoleArn=ROLE, VpcConfig=network)["ModelArn"]
    shown = world.sagemaker.describe_model(ModelName="blah")
    assert (shown["ModelName"], shown["ModelArn"], shown["ExecutionRoleArn"]) == ("blah", arn, ROLE)
    assert shown["PrimaryContainer"] | container == shown["PrimaryContainer"]
    assert shown["VpcConfig"] == network
    assert isinstance(shown["CreationTime"], datetime.datetime)


def test_a_deleted_model_is_gone(world, refused):
    world.model("blah")
    world.sagemaker.delete_model(ModelName="blah")
    assert world.sagemaker.list_models()["Models"] == []
    for call in (world.sagemaker.describe_model, world.sagemaker.delete_model):
        with refused(contains="Could not find model"):
            call(ModelName="blah")


def test_moto_reset_empties_every_world(worlds, own_server):
    server = own_server()
    one, other = worlds(on=server), worlds(on=server, region="eu-west-1")
    for world in (one, other):
        world.model()
        world.advance(86400)
    status, body = one.moto("POST", "reset")
    assert (status, body.replace(b" ", b"")) == (200, b'{"status":"ok"}')
    for world in (one, other):
        assert world.sagemaker.list_models()["Models"] == []
        assert abs(world.clock()["offset_seconds"]) < 5
