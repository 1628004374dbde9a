"""Suites of somebody who tests how a shop deploys, as text."""

SHOP = '''
SHOP = """
[models.v1]
[models.v2]
error_rate = 1
[endpoints.shop]
model = "v1"
[endpoint_configs.v2]
model = "v2"
[alarms.errors]
endpoint = "shop"
MetricName = "Invocation5XXErrors"
Statistic = "Average"
Threshold = 0.1
[traffic]
shop = 50
"""
CANARY = {
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 300}},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def deploy(client):
    client.update_endpoint(EndpointName="shop", EndpointConfigName="v2", DeploymentConfig=CANARY)

'''
ROLLBACK = SHOP + '''
def test_rollback(sagebrush):
    sagebrush.scenario(SHOP)
    deploy(sagebrush.client("sagemaker"))
    sagebrush.clock.settle()
    sagebrush.assert_rolled_back("shop", because="alarm", alarm="errors")
'''
