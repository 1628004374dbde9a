"""Clients that create, update and delete endpoints, trip alarms and invoke, and log what they were answered."""

import collections
import random
import threading
import time

from battery.ask import OK, UNKNOWN, Operation, client, insist, outcome
from battery.strategies import INSTANCES, STRATEGIES

ROLE = "arn:aws:iam::123456789012:role/SageMaker"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/classifier:1"
SLOTS = 2

# A request that nobody knows the outcome of may still be done when a stopped replica goes on.
LATE_SECS = 30

# The clocks run so fast that the longest deployment takes about this.
RATE = 300
LONGEST_DEPLOYMENT_SECS = 1.2


class World:
    """A client of one account, without faults: for what is prepared and for what is read at rest."""

    def __init__(self, url, account):
        self.url, self.account = url, account
        self.sagemaker, self.cloudwatch = client("sagemaker", url, account), client("cloudwatch", url, account)
        self.runtime = client("sagemaker-runtime", url, account)

    def set_clock(self, clock):
        insist(self.url, self.account, "PUT", "clock", clock)

    def newest(self, endpoint):
        newest = insist(self.url, self.account, "GET", "deployments", endpoint=endpoint)["deployments"][0]
        return insist(self.url, self.account, "GET", f"deployments/{newest['id']}")

    def prepare(self):
        self.sagemaker.create_model(ModelName="model", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE)
        self.put_alarm("reference")

    def put_alarm(self, name):
        """An alarm that no datapoint ever reaches: it stays where it is put."""
        self.cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="Shop", MetricName="Returns", Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore")

    def put_config(self, name):
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{
            "VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": INSTANCES, "InstanceType": "ml.m5.large"}])

    def create(self, endpoint):
        self.put_config(f"{endpoint}-0")
        self.sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=f"{endpoint}-0")

    def update(self, endpoint, strategy):
        config = f"{endpoint}-{strategy.replace(' ', '')}"
        self.put_config(config)
        self.sagemaker.update_endpoint(
            EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=STRATEGIES[strategy](alarms=["reference"]))


class Slot:
    """One endpoint after the other, each of its own name, all guarded by one alarm."""

    def __init__(self, name):
        self.name, self.generation, self.updates, self.deleted = name, 0, 0, False
        self.alarm, self.alarm_unknown_at = f"{name}-alarm", float("-inf")

    @property
    def endpoint(self):
        return f"{self.name}-{self.generation}"


class Client(threading.Thread):
    """Asks until it is told to stop; `log` has every request that writes, `invoked` how often each endpoint was."""

    def __init__(self, name, url, account, seed, stopped):
        super().__init__(name=name, daemon=True)
        self.world, self.chance, self.stopped = World(url, account), random.Random(seed), stopped
        self.slots = [Slot(f"{name}-{number}") for number in range(SLOTS)]
        self.log, self.invoked, self.reads, self.broken = [], collections.Counter(), collections.Counter(), None

    def run(self):
        try:
            for slot in self.slots:
                self.until_certain("PutMetricAlarm", "", slot.alarm, lambda: self.world.put_alarm(slot.alarm))
            while not self.stopped.is_set():
                self.turn(self.chance.choice(self.slots))
                self.stopped.wait(self.chance.uniform(0, 0.03))
        except Exception as error:  # told at the end, as a fault of the run
            self.broken = error
            raise

    def ask(self, kind, endpoint, value, call, certain=True):
        """One request that writes, with its line in the log; whether it was done."""
        operation = Operation(kind, endpoint, value, time.monotonic(), certain=certain)
        self.log.append(operation)
        operation.outcome, operation.said, _ = outcome(call)
        operation.ended = time.monotonic()
        return operation

    def until_certain(self, kind, endpoint, value, call):
        """Ask again until it is done, or refused because it was done before."""
        while not self.stopped.is_set():
            if self.ask(kind, endpoint, value, call).outcome != UNKNOWN:
                return True
            self.stopped.wait(0.05)
        return False

    def read(self, call):
        answered, said, answer = outcome(call)
        self.reads[answered] += 1
        return answered, answer

    def turn(self, slot):
        answered, shown = self.read(lambda: self.world.sagemaker.describe_endpoint(EndpointName=slot.endpoint))
        if answered == UNKNOWN:
            return
        status = shown["EndpointStatus"] if shown else None
        if status is None:
            self.create(slot)
        elif status == "InService" and self.chance.random() < 0.04:
            self.delete(slot)
        elif status in ("InService", "Failed") and self.chance.random() < 0.8:
            self.update(slot)
        else:
            self.invoke(slot)

    def create(self, slot):
        """Under a name that was never deleted."""
        if slot.deleted:
            slot.generation, slot.updates, slot.deleted = slot.generation + 1, 0, False
        endpoint, config = slot.endpoint, f"{slot.endpoint}-0"
        if self.until_certain("CreateEndpointConfig", "", config, lambda: self.world.put_config(config)):
            self.ask("CreateEndpoint", endpoint, config,
                     lambda: self.world.sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=config))

    def update(self, slot):
        """To a config of its own, so that its deployment can be told from every other."""
        if self.chance.random() < 0.9:
            self.set_alarm(slot, "OK")
        slot.updates += 1
        config, strategy = f"{slot.endpoint}-{slot.updates}", self.chance.choice(list(STRATEGIES))
        if self.until_certain("CreateEndpointConfig", "", config, lambda: self.world.put_config(config)):
            self.ask(f"UpdateEndpoint {strategy}", slot.endpoint, config, lambda: self.world.sagemaker.update_endpoint(
                EndpointName=slot.endpoint, EndpointConfigName=config, DeploymentConfig=STRATEGIES[strategy](alarms=[slot.alarm])))
            if self.chance.random() < 0.3:
                self.stopped.wait(self.chance.uniform(0, LONGEST_DEPLOYMENT_SECS))
                self.set_alarm(slot, "ALARM")

    def delete(self, slot):
        slot.deleted = True
        self.ask("DeleteEndpoint", slot.endpoint, "", lambda: self.world.sagemaker.delete_endpoint(EndpointName=slot.endpoint))

    def set_alarm(self, slot, state):
        """With a reason of its own. It must be in the history if it changes the state, and nothing late can have changed it."""
        answered, shown = self.read(lambda: self.world.cloudwatch.describe_alarms(AlarmNames=[slot.alarm]))
        if answered != OK or not shown["MetricAlarms"] or shown["MetricAlarms"][0]["StateValue"] == state:
            return
        late = slot.alarm_unknown_at > time.monotonic() - LATE_SECS
        reason = f"{slot.alarm} {len(self.log)}"
        asked = self.ask(f"SetAlarmState {state}", slot.alarm, reason, lambda: self.world.cloudwatch.set_alarm_state(
            AlarmName=slot.alarm, StateValue=state, StateReason=reason), certain=not late)
        if asked.outcome == UNKNOWN:
            slot.alarm_unknown_at = asked.ended

    def invoke(self, slot):
        for _ in range(self.chance.randrange(1, 4)):
            self.invoked[slot.endpoint] += 1
            self.read(lambda: self.world.runtime.invoke_endpoint(EndpointName=slot.endpoint, Body=b"1")["Body"].read())
