"""The step of a pipeline that brings a new endpoint config into service."""

CANARY = {"Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 300}
GUARDRAILS = {
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": CANARY},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "shop-errors"}]},
}


def deploy(sagemaker, endpoint, config, pause):
    """Update `endpoint` to `config`, and come back when that is in service. `pause` waits between two looks."""
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=GUARDRAILS)
    while sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"] != "InService":
        pause()
