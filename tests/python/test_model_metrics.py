"""What a model is told to do, seen in the metrics that its requests make."""

import datetime

import pytest

from callers import invoke
from world import variant


def series(world, metric, statistic="Sum", period=60, namespace="AWS/SageMaker", **more):
    """{seconds since the world's last whole hour: value} of a metric of `web`."""
    dimensions = {"EndpointName": "web", "VariantName": "AllTraffic"} | more
    hour = world.now().replace(minute=0, second=0, microsecond=0)
    answer = world.cloudwatch.get_metric_data(StartTime=hour, EndTime=hour + datetime.timedelta(hours=1), MetricDataQueries=[{
        "Id": "m", "MetricStat": {"Period": period, "Stat": statistic, "Metric": {
            "Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]}}}])
    result = answer["MetricDataResults"][0]
    return {(at - hour).total_seconds(): value for at, value in zip(result["Timestamps"], result["Values"])}


@pytest.fixture
def at_the_hour(world):
    """`web` of one instance, up since exactly the beginning of an hour; keyword arguments are the model's environment."""

    def make(config=None, **environment):
        world.begin_a_minute()
        world.model(**environment)
        world.config("blue", variants=[variant("AllTraffic", 1)], **(config or {}))
        world.advance(3600 - 60 - world.now().timestamp() % 3600)
        world.endpoint("web", "blue")
        assert world.now().timestamp() % 3600 == 0
        return world

    return make


def loaded(world, seconds, **demand):
    world.control("PUT", "endpoints/web/traffic", demand)
    world.advance(seconds)
    world.control("DELETE", "endpoints/web/traffic")
    world.advance(120)


def test_a_young_instance_warms_up(at_the_hour):
    world = at_the_hour(SAGEBRUSH_LATENCY_MS=10, SAGEBRUSH_WARMUP="180:4")
    loaded(world, 240, requests_per_second=10)
    latency = series(world, "ModelLatency", "Average")
    assert list(latency) == [180, 120, 60, 0]
    assert latency[180] == 10_000
    for minute, factor in ((0, 3.5), (60, 2.5), (120, 1.5)):
        assert abs(latency[minute] - factor * 10_000) < 50, "four times its length at first, and evenly less"
    assert series(world, "ModelLatency", "Maximum")[0] <= 40_000


def test_an_instance_fails_from_its_age_on(at_the_hour):
    world = at_the_hour(SAGEBRUSH_FAIL_AFTER=90, SAGEBRUSH_ERROR_STATUS=418)
    loaded(world, 180, requests_per_second=10)
    assert series(world, "Invocation4XXErrors") == {0: 0, 60: 300, 120: 600}
    assert series(world, "InvocationModelErrors") == series(world, "Invocation4XXErrors")
    assert sum(series(world, "Invocation5XXErrors").values()) == 0


def test_more_requests_than_an_instance_works_on_wait_in_line(at_the_hour):
    """Two at once for 200 ms are ten a second; at twenty a second the line grows by a second each second."""
    world = at_the_hour(SAGEBRUSH_LATENCY_MS=200, SAGEBRUSH_CONCURRENCY=2)
    loaded(world, 60, requests_per_second=10)
    assert series(world, "ModelLatency", "Maximum") == {0: 200_000}
    loaded(world, 30, requests_per_second=20)
    longest = series(world, "ModelLatency", "Maximum")[180]
    assert 29_000_000 < longest < 31_000_000, "half a minute of work is in line at the end"


def test_latencies_have_the_percentiles_that_were_asked_for(at_the_hour):
    world = at_the_hour(SAGEBRUSH_LATENCY_MS="20/100")
    loaded(world, 60, requests_per_second=500)
    p50, p99 = (series(world, "ModelLatency", statistic)[0] for statistic in ("p50", "p99"))
    assert abs(p50 / 20_000 - 1) < 0.05 and abs(p99 / 100_000 - 1) < 0.1, (p50, p99)


def test_a_request_belongs_to_the_minute_of_its_arrival(at_the_hour):
    world = at_the_hour()
    runtime = world.client("sagemaker-runtime")
    for requests in (3, 0, 5):
        for _ in range(requests):
            invoke(runtime)
        world.advance(60)
    world.advance(120)
    assert series(world, "Invocations") == {0: 3, 120: 5}
    assert series(world, "Invocations", EndpointConfigName="blue") == {0: 3, 120: 5}
    assert series(world, "InvocationsPerInstance") == {0: 3, 120: 5}
    assert series(world, "ModelLatency", "Average") == {0: 3_000, 120: 3_000}
    assert series(world, "Invocation5XXErrors", "Average") == {0: 0, 120: 0}, "zero for each request without an error"
    assert series(world, "Invocations", InstanceType="ml.m5.large") == {}, "only instance pools publish it"


@pytest.mark.parametrize("enhanced, invocations", [(True, 10), (False, 60)])
def test_metrics_are_as_fine_as_metrics_config_asks(at_the_hour, enhanced, invocations):
    world = at_the_hour(config={"MetricsConfig": {"EnableEnhancedMetrics": enhanced, "MetricPublishFrequencyInSeconds": 10}})
    loaded(world, 60, requests_per_second=1)
    fine = {at: 10 for at in range(0, 60, 10)} if enhanced else {}
    assert series(world, "Invocations", period=10) == fine
    assert series(world, "Invocations") == {0: 60}
    cpu = series(world, "CPUUtilization", "Average", period=10, namespace="/aws/sagemaker/Endpoints")
    assert [at for at in sorted(cpu) if at < 60] == [0, 10, 20, 30, 40, 50], "instances report as often in any case"
    assert all(abs(cpu[at] - 2.3) < 1e-9 for at in range(0, 60, 10)), "3 ms of each second, above 2 % idle"


def test_bursts_and_a_daily_curve_are_counted_exactly(at_the_hour):
    world = at_the_hour()
    loaded(world, 120, requests_per_second=2, bursts={"requests_per_second": 10, "every_seconds": 60, "for_seconds": 15})
    assert series(world, "Invocations") == {0: 270, 60: 270}
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 1, "daily": {"peak_requests_per_second": 3, "peak_hour": 14}})
    world.advance(86_400)
    world.control("DELETE", "endpoints/web/traffic")
    world.advance(120)
    now = world.now()
    sums = world.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="Invocations", StartTime=now - datetime.timedelta(days=2), EndTime=now, Period=86_400,
        Statistics=["Sum"], Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}])
    assert sum(point["Sum"] for point in sums["Datapoints"]) == 540 + 2 * 86_400, "a day's mean is the middle of its rates"
