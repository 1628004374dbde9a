"""What boto3 builds on top of the operations: its waiters, unchanged, and its paginators over every list."""

import pytest
from botocore.exceptions import WaiterError

from guardrails import alarm_reason, canary, ping_reason
from world import variant


def wait(world, name, endpoint="web", step=30):
    """Run a stock waiter; instead of sleeping, each of its looks moves the world's clock on."""
    client = world.client("sagemaker")
    looks = []

    def pass_time(**_):
        if looks:
            world.advance(step)
        looks.append(1)

    client.meta.events.register("before-call.sagemaker.DescribeEndpoint", pass_time)
    client.get_waiter(name).wait(EndpointName=endpoint, WaiterConfig={"Delay": 0, "MaxAttempts": 120})
    return len(looks)


def test_endpoint_in_service_waits_for_a_creation(world):
    world.model()
    world.config("blue")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    assert wait(world, "endpoint_in_service") == 3


def test_endpoint_in_service_waits_through_a_whole_guarded_update(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=300))
    assert wait(world, "endpoint_in_service") == 1 + 690 // 30
    assert world.describe()["EndpointConfigName"] == "green"


def test_endpoint_in_service_reports_success_after_a_rollback_as_it_does_on_aws(fleet_of):
    world = fleet_of()
    world.alarm()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(70)
    world.set_alarm("ALARM")
    assert wait(world, "endpoint_in_service") >= 2
    shown = world.describe()
    assert (shown["EndpointConfigName"], shown["FailureReason"]) == ("blue", alarm_reason("errors"))


def test_endpoint_in_service_fails_on_a_failed_creation(world):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("blue", model="sick")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    with pytest.raises(WaiterError) as caught:
        wait(world, "endpoint_in_service")
    assert caught.value.last_response["FailureReason"] == ping_reason()


def test_endpoint_in_service_fails_on_an_endpoint_that_is_not_there(world):
    with pytest.raises(WaiterError) as caught:
        wait(world, "endpoint_in_service")
    assert caught.value.last_response["Error"]["Code"] == "ValidationException"


def test_endpoint_deleted_waits_until_the_name_is_gone(fleet_of):
    world = fleet_of()
    world.sagemaker.delete_endpoint(EndpointName="web")
    assert wait(world, "endpoint_deleted", step=4) == 4


# Paginators: every list of the hosting operations and of the alarms.

def fill_models(world):
    for i in range(25):
        world.model(f"m{i:02}")


def fill_configs(world):
    world.model()
    for i in range(25):
        world.config(f"m{i:02}", 1)


def fill_endpoints(world):
    world.model()
    world.config("blue", 1)
    for i in range(25):
        world.sagemaker.create_endpoint(EndpointName=f"m{i:02}", EndpointConfigName="blue")


LISTS = {
    "list_models": (fill_models, "Models", "ModelName"),
    "list_endpoint_configs": (fill_configs, "EndpointConfigs", "EndpointConfigName"),
    "list_endpoints": (fill_endpoints, "Endpoints", "EndpointName"),
}


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize("size", [1, 7, 10, 25, 100])
def test_a_paginator_sees_every_entry_once_and_in_order(world, operation, size):
    fill, member, name = LISTS[operation]
    fill(world)
    pages = list(world.sagemaker.get_paginator(operation).paginate(
        SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": size}))
    assert [e[name] for page in pages for e in page[member]] == [f"m{i:02}" for i in range(25)]
    assert {len(page[member]) for page in pages[:-1]} <= {size}
    assert "NextToken" not in pages[-1]


@pytest.mark.parametrize("operation", LISTS)
def test_a_page_has_ten_entries_unless_asked_otherwise_the_newest_first(world, operation):
    fill, member, name = LISTS[operation]
    fill(world)
    page = getattr(world.sagemaker, operation)()
    assert [e[name] for e in page[member]] == [f"m{i:02}" for i in reversed(range(15, 25))]
    assert page["NextToken"]


@pytest.mark.parametrize("operation", LISTS)
def test_filters_hold_on_every_page(world, operation):
    fill, member, name = LISTS[operation]
    fill(world)
    pages = world.sagemaker.get_paginator(operation).paginate(NameContains="m1", PaginationConfig={"PageSize": 3})
    assert sorted(e[name] for page in pages for e in page[member]) == [f"m1{i}" for i in range(10)]


def test_tags_are_paged_by_at_least_fifty(world):
    world.model()
    arn = world.arn("model", "model")
    for start in (0, 25):
        world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": f"k{i:02}", "Value": "v"} for i in range(start, start + 25)])
    pages = list(world.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn, PaginationConfig={"PageSize": 50}))
    assert sorted(t["Key"] for page in pages for t in page["Tags"]) == [f"k{i:02}" for i in range(50)]


def test_alarms_and_their_history_are_paged(world):
    for i in range(12):
        world.alarm(f"a{i:02}")
        world.set_alarm("OK", f"a{i:02}", settle=False)
    pages = list(world.cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 5}))
    assert [a["AlarmName"] for page in pages for a in page["MetricAlarms"]] == [f"a{i:02}" for i in range(12)]
    pages = list(world.cloudwatch.get_paginator("describe_alarm_history").paginate(
        HistoryItemType="StateUpdate", PaginationConfig={"PageSize": 5}))
    assert sorted(h["AlarmName"] for page in pages for h in page["AlarmHistoryItems"]) == [f"a{i:02}" for i in range(12)]


@pytest.mark.parametrize("token", ["garbage", "Z2FyYmFnZQ==", "x" * 8192])
@pytest.mark.parametrize("operation", LISTS)
def test_a_token_that_is_not_ours_is_refused(world, refused, operation, token):
    with refused():
        getattr(world.sagemaker, operation)(NextToken=token)


def test_a_token_of_another_list_is_refused(world, refused):
    fill_models(world)
    token = world.sagemaker.list_models()["NextToken"]
    with refused():
        world.sagemaker.list_endpoints(NextToken=token)


def test_times_filter_with_after_including_and_before_excluding(world):
    for name in ("first", "second", "third"):
        world.model(name)
        world.advance(3600)
    moments = {m["ModelName"]: m["CreationTime"].replace(microsecond=0) for m in world.sagemaker.list_models()["Models"]}

    def names(**query):
        return sorted(m["ModelName"] for m in world.sagemaker.list_models(**query)["Models"])

    assert names(CreationTimeAfter=moments["second"]) == ["second", "third"]
    assert names(CreationTimeBefore=moments["second"]) == ["first"]
    assert names(CreationTimeAfter=moments["second"], CreationTimeBefore=moments["third"]) == ["second"]


def test_endpoints_filter_and_sort_by_status_and_by_change(world):
    world.model()
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("blue", 1)
    world.config("bad", variants=[variant("AllTraffic", 1, "sick")])
    for name, config in (("alpha", "blue"), ("bravo", "bad"), ("charlie", "blue")):
        world.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    world.advance("idle")
    world.advance(3600)
    world.update(canary(1), config="blue", name="charlie")

    def names(**query):
        return [e["EndpointName"] for e in world.sagemaker.list_endpoints(**query)["Endpoints"]]

    assert names(StatusEquals="InService") == ["alpha"]
    assert names(StatusEquals="Failed") == ["bravo"]
    assert names(StatusEquals="Updating") == ["charlie"]
    assert names(SortBy="Status", SortOrder="Ascending") == ["bravo", "alpha", "charlie"]
    changed = world.describe("charlie")["LastModifiedTime"].replace(microsecond=0)
    assert names(LastModifiedTimeAfter=changed, StatusEquals="Updating") == ["charlie"]
    assert "alpha" in names(LastModifiedTimeBefore=changed)
