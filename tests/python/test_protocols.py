"""CloudWatch asked in each of its protocols by boto3 itself: the same answers, none of which breaks the service model."""

import boto3
import botocore.config
import pytest

PROTOCOLS = ("json", "query", "smithy-rpc-v2-cbor")


def speaking(world, protocol, parameter_validation=True):
    """A CloudWatch client that knows of one protocol only. The session is its own: a loaded model is shared within one."""
    session = boto3.Session()
    model = session._session.get_component("data_loader").load_service_model("cloudwatch", "service-2")
    model["metadata"]["protocols"] = [protocol]
    client = session.client(
        "cloudwatch", endpoint_url=world.server.url, region_name=world.region, aws_access_key_id=world.account,
        aws_secret_access_key="secret",
        config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 1}, parameter_validation=parameter_validation))
    assert client.meta.service_model.resolved_protocol == protocol
    world.checker.attach(client)
    return client


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_an_alarm_made_by_one_protocol_is_described_alike_by_all(world):
    clients = {protocol: speaking(world, protocol) for protocol in PROTOCOLS}
    for protocol, client in clients.items():
        client.put_metric_alarm(
            AlarmName=protocol, MetricName="ModelLatency", Namespace="AWS/SageMaker", ExtendedStatistic="p99", Period=60,
            EvaluationPeriods=3, DatapointsToAlarm=2, Threshold=41.5, ComparisonOperator="GreaterThanThreshold", ActionsEnabled=False,
            AlarmDescription="a <b> & é", Dimensions=[{"Name": "EndpointName", "Value": "e"}], Tags=[{"Key": "k", "Value": "v"}])
        client.set_alarm_state(AlarmName=protocol, StateValue="ALARM", StateReason="slow")
    described = [without_metadata(client.describe_alarms()) for client in clients.values()]
    assert described[0] == described[1] == described[2]
    alarms = {alarm["AlarmName"]: alarm for alarm in described[0]["MetricAlarms"]}
    assert sorted(alarms) == sorted(PROTOCOLS)
    for alarm in alarms.values():
        assert (alarm["Threshold"], alarm["StateValue"], alarm["ActionsEnabled"]) == (41.5, "ALARM", False)
        assert alarm["StateUpdatedTimestamp"] == alarms["json"]["StateUpdatedTimestamp"]
    assert described[0]["CompositeAlarms"] == []
    history = [without_metadata(client.describe_alarm_history(AlarmName="json")) for client in clients.values()]
    assert history[0] == history[1] == history[2]
    assert len(history[0]["AlarmHistoryItems"]) > 1
    for protocol, client in clients.items():
        assert without_metadata(client.delete_alarms(AlarmNames=[protocol])) == {}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_refusals_have_the_same_codes_and_sentences(world, refused, protocol):
    client = speaking(world, protocol, parameter_validation=False)
    with refused(code="ResourceNotFound", status=404):
        client.set_alarm_state(AlarmName="nobody", StateValue="OK", StateReason="")
    with refused(
            "1 validation error detected: Value 'RED' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value "
            "set: [INSUFFICIENT_DATA, ALARM, OK]", code="ValidationError"):
        client.set_alarm_state(AlarmName="nobody", StateValue="RED", StateReason="")
    with refused("sagebrush does not implement CloudWatch.PutDashboard", code="NotImplemented", status=501):
        client.put_dashboard(DashboardName="d", DashboardBody="{}")
