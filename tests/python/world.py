"""A world for one test: its own account on a running server, real clients, and the hand on its clock."""

import datetime
import functools
import http.client
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import urllib.parse

import boto3
import botocore.config

from model_check import ModelChecker
from server import clean_environment

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/SageMaker"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/classifier:1"
INSTANCE_TYPE = "ml.m5.large"


def instant(text):
    """A time of the control API."""
    return datetime.datetime.fromisoformat(text.removesuffix("Z") + "+00:00")  # Python 3.10 does not know Z


class ControlError(AssertionError):
    """The control API refused."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class World:
    """One account in one region of `server`. Every client's answers are checked against the service model."""

    def __init__(self, server, account=None, region=REGION):
        self.server, self.region = server, region
        self.account = account or str(100_000_000_000 + secrets.randbelow(900_000_000_000))
        self.checker = ModelChecker()

    # Clients.

    def client(self, service, **config):
        """A boto3 client that asks once and whose answers are checked."""
        client = boto3.client(
            service, endpoint_url=self.server.url, region_name=self.region, aws_access_key_id=self.account,
            aws_secret_access_key="secret",
            config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 1}, **config))
        self.checker.attach(client)
        return client

    @functools.cached_property
    def sagemaker(self):
        return self.client("sagemaker")

    @functools.cached_property
    def cloudwatch(self):
        return self.client("cloudwatch")

    @functools.cached_property
    def sts(self):
        return self.client("sts")

    @functools.cached_property
    def unchecked(self):
        """A client that sends what boto3 would refuse to send."""
        return self.client("sagemaker", parameter_validation=False)

    def aws(self, *words, fails=False):
        """Run the real AWS CLI; its JSON answer, or its standard error where the command shall fail."""
        tool = shutil.which("aws", path=f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        environment = clean_environment({
            "AWS_ACCESS_KEY_ID": self.account, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": self.region,
            "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
        done = subprocess.run([tool, "--endpoint-url", self.server.url, "--output", "json", *words],
                              capture_output=True, text=True, env=environment, timeout=120)
        assert (done.returncode != 0) == fails, f"aws {' '.join(words)} ended with {done.returncode}: {done.stderr}"
        if fails:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def raw(self, body=b"", target=None, method="POST", path="/", headers=None):
        """One request as bytes; (status, headers with lower-case names, body)."""
        sent = {"Content-Type": "application/x-amz-json-1.1", "Authorization": self.authorization("sagemaker")}
        sent |= {"X-Amz-Target": target} if target else {}
        sent = {k: v for k, v in (sent | (headers or {})).items() if v is not None}
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        try:
            connection.request(method, path, body if isinstance(body, bytes) else json.dumps(body).encode(), sent)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def authorization(self, scope):
        """An Authorization header whose credential names this world."""
        return (f"AWS4-HMAC-SHA256 Credential={self.account}/20261005/{self.region}/{scope}/aws4_request, "
                "SignedHeaders=host;x-amz-date, Signature=00")

    def moto(self, method, path, body=None):
        """(status, body) of one of moto's own routes, which need no credentials."""
        payload = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": None}
        status, _, answer = self.raw(payload, method=method, path=f"/moto-api/{path}", headers=headers)
        return status, answer

    # Our own control API.

    def control(self, method, path, body=None, **query):
        """One call of the control API about this world."""
        query = urllib.parse.urlencode({"account": self.account, "region": self.region} | query)
        payload = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.raw(payload, method=method, path=f"/_sagebrush/{path}?{query}",
                                     headers={"Content-Type": "application/json", "Authorization": None})
        if status >= 300:
            raise ControlError(status, json.loads(answer))
        return json.loads(answer) if answer else None

    def clock(self):
        return self.control("GET", "clock")

    def set_clock(self, mode, **more):
        return self.control("PUT", "clock", {"mode": mode, **more})

    def now(self):
        return instant(self.clock()["now"])

    def advance(self, to):
        """Move the clock by seconds, or to "next" or "idle"; the answer has what happened."""
        return self.control("POST", "clock/advance", {"to": to} if isinstance(to, str) else {"seconds": to})

    def begin_a_minute(self):
        """Go to the beginning of a minute, far enough from real time that times sent are the world's own."""
        self.advance(2 * 86_400)
        self.advance(60 - self.now().timestamp() % 60)

    def deployments(self, endpoint="web"):
        """The endpoint's deployments, the newest first."""
        return self.control("GET", "deployments", endpoint=endpoint)["deployments"]

    def deployment(self, endpoint="web"):
        """The newest deployment with its events."""
        return self.control("GET", f"deployments/{self.deployments(endpoint)[0]['id']}")

    def steer(self, verb, endpoint="web", **body):
        """What came of a verb on the newest deployment."""
        return self.control("POST", f"deployments/{self.deployments(endpoint)[0]['id']}/{verb}", body or None)

    # The things that most tests need.

    def model(self, name="model", image=IMAGE, **environment):
        """A model of one container; keyword arguments are its environment."""
        container = {"Image": image} | ({"Environment": {k: str(v) for k, v in environment.items()}} if environment else {})
        self.sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        return name

    def config(self, name, instances=3, model="model", variants=None, **members):
        """An endpoint config of one variant AllTraffic, or of `variants`."""
        variants = variants or [variant("AllTraffic", instances, model)]
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants, **members)
        return name

    def endpoint(self, name="web", config="blue", **members):
        """An endpoint in service."""
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config, **members)
        self.advance("idle")
        assert self.status(name) == "InService"
        return name

    def describe(self, name="web"):
        return self.sagemaker.describe_endpoint(EndpointName=name)

    def status(self, name="web"):
        return self.describe(name)["EndpointStatus"]

    def update(self, deployment=None, config="green", name="web", **members):
        """UpdateEndpoint to `config` under a DeploymentConfig."""
        members |= {"DeploymentConfig": deployment} if deployment else {}
        return self.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config, **members)

    def alarm(self, name="errors"):
        """A metric alarm; it begins in INSUFFICIENT_DATA and, without datapoints, stays where it is put."""
        self.cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors", Statistic="Average", Period=60,
            EvaluationPeriods=1, Threshold=0.1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
            Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}])
        return name

    def set_alarm(self, state, name="errors", settle=True):
        """Put an alarm into a state and let everything happen that this makes due."""
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test says so")
        if settle:
            self.advance(0)

    def arn(self, kind, name):
        """The ARN of a SageMaker resource of this world."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"


def variant(name, instances=1, model="model", **members):
    """A production variant of an endpoint config."""
    return {"VariantName": name, "ModelName": model, "InitialInstanceCount": instances, "InstanceType": INSTANCE_TYPE} | members
