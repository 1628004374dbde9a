"""The SDK v2 where DescribeEndpoint says RollingBack during a rollback: its wait takes that for the end, and raises."""

import sagemaker
from sagemaker.exceptions import UnexpectedStatusException
from sagemaker.model import Model

from watched import IMAGE, REQUESTS, ROLE, alarm_on_errors, behaviour

session = sagemaker.Session()
for name, error_rate in (("old", 0), ("bad", 0.33)):
    Model(name=name, image_uri=IMAGE, role=ROLE, env=behaviour(name, error_rate), sagemaker_session=session).create()
    session.create_endpoint_config(name=name, model_name=name, initial_instance_count=4, instance_type="ml.m5.large")
session.create_endpoint("house", "old", tags=[REQUESTS], wait=False)
session.wait_for_endpoint("house", poll=1)
alarm_on_errors("house")

session.sagemaker_client.update_endpoint(EndpointName="house", EndpointConfigName="bad", DeploymentConfig={
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
        "Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600}},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}})
try:
    session.wait_for_endpoint("house", poll=1)
except UnexpectedStatusException as fault:
    assert fault.actual_status == "RollingBack", fault
    assert "Reason: None" in str(fault), fault  # which is told at the end of the rollback
else:
    raise AssertionError("the wait took RollingBack for a success")
