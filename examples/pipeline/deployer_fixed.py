"""The step of a pipeline that brings a new endpoint config into service, and knows when it has not."""

from deployer import GUARDRAILS


class NotDeployed(Exception):
    """The config is not in service."""


def deploy(sagemaker, endpoint, config, pause):
    """Update `endpoint` to `config`, and come back when that is in service. `pause` waits between two looks."""
    before = sagemaker.describe_endpoint(EndpointName=endpoint)["LastModifiedTime"]
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=GUARDRAILS)
    while True:
        seen = sagemaker.describe_endpoint(EndpointName=endpoint)
        # An answer that has not moved since before the update is an old one, and says nothing about it.
        if seen["LastModifiedTime"] != before and seen["EndpointStatus"] not in ("Updating", "RollingBack"):
            break
        pause()
    # A rollback ends InService too: what tells it apart is the config.
    if seen["EndpointStatus"] != "InService" or seen["EndpointConfigName"] != config:
        raise NotDeployed(f"{endpoint} is {seen['EndpointStatus']} on {seen['EndpointConfigName']}: {seen.get('FailureReason')}")
