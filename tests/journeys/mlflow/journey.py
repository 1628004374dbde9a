"""mlflow's sagemaker target, unmodified: create, two updates of which one is rolled back, a guarded one, predict, delete."""

import json
import os
import urllib.request

import boto3
import mlflow.deployments
import mlflow.pyfunc
import mlflow.sagemaker
from mlflow.exceptions import MlflowException
from moto.server import ThreadedMotoServer

from watched import IMAGE, REQUESTS, ROLE, alarm_on_errors

# mlflow puts its models into S3, which sagebrush is not: moto stands beside it.
s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
s3.start()
os.environ["AWS_ENDPOINT_URL_S3"] = "http://{}:{}".format(*s3.get_host_and_port())
boto3.client("s3").create_bucket(Bucket="models")

sagemaker = boto3.client("sagemaker")
client = mlflow.deployments.get_deploy_client("sagemaker:/us-east-1")


class Classifier(mlflow.pyfunc.PythonModel):
    """Any model: it is packed and uploaded, and sagebrush answers in its place."""

    def predict(self, context, model_input):
        return model_input


def settings(name, **more):
    """What create_deployment and update_deployment take; the model answers its name in the form that mlflow reads."""
    return {"image_url": IMAGE, "execution_role_arn": ROLE, "bucket": "models", "instance_type": "ml.m5.large",
            "instance_count": 4, "env": {"SAGEBRUSH_RESPONSE": json.dumps({"predictions": [name]})}} | more


def answer():
    return client.predict("house", [[1, 2, 3]])["predictions"]


mlflow.pyfunc.save_model("classifier", python_model=Classifier(), pip_requirements=["mlflow"])
client.create_deployment("house", "classifier", config=settings("old", tags={REQUESTS["Key"]: REQUESTS["Value"]}))
assert answer() == ["old"]
# A variant without a `variant_name` has its model's, another one with each update: no alarm can watch it.
created = sagemaker.describe_endpoint(EndpointName="house")
assert created["ProductionVariants"][0]["VariantName"].startswith("house-model-")

# An update whose instances never pass their ping. mlflow compares the config's name, and takes no rollback for a success.
try:
    client.update_deployment("house", "classifier", config=settings(
        "bad", variant_name="AllTraffic", env={"SAGEBRUSH_HEALTH": "failing"}))
except MlflowException as fault:
    assert "The deployment operation failed with the following error message" in str(fault)
    assert "did not pass the ping health check" in str(fault), fault
else:
    raise AssertionError("mlflow took a rollback for a success")
assert sagemaker.describe_endpoint(EndpointName="house")["EndpointConfigName"] == created["EndpointConfigName"]
assert answer() == ["old"]
# The model and the config of that update are left behind.
assert len(sagemaker.list_models()["Models"]) == len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 2

client.update_deployment("house", "classifier", config=settings("good", variant_name="AllTraffic"))
assert answer() == ["good"]

# update_deployment has no DeploymentConfig: no canary, no alarm. A guarded update goes by boto3, with a model of mlflow's.
alarm_on_errors("house")
mlflow.sagemaker.push_model_to_sagemaker(
    "guarded", "classifier", execution_role_arn=ROLE, bucket="models", image_url=IMAGE, region_name="us-east-1")
# It takes no `env`, so that the model is told to fail a third of its requests by sagebrush's own API.
urllib.request.urlopen(urllib.request.Request(
    os.environ["AWS_ENDPOINT_URL"] + "/_sagebrush/models/guarded/behaviour", method="PUT",
    headers={"Content-Type": "application/json"}, data=b'{"error_rate": 0.33}')).close()
sagemaker.create_endpoint_config(EndpointConfigName="guarded", ProductionVariants=[
    {"VariantName": "AllTraffic", "ModelName": "guarded", "InstanceType": "ml.m5.large", "InitialInstanceCount": 4}])
sagemaker.update_endpoint(EndpointName="house", EndpointConfigName="guarded", DeploymentConfig={
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
        "Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600}},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}})
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="house", WaiterConfig={"Delay": 1})
shown = client.get_deployment("house")
assert shown["EndpointStatus"] == "InService" and shown["EndpointConfigName"] != "guarded"
assert "went into ALARM state: errors" in shown["FailureReason"]
assert answer() == ["good"]

client.delete_deployment("house")
assert client.list_deployments() == []
s3.stop()
