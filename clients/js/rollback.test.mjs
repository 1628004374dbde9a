// A bad model is rolled back by its own requests, and neither EndpointStatus nor the SDK's waiter says so.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand, SageMakerClient,
  UpdateEndpointCommand, waitUntilEndpointInService,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";

import { start } from "./sagebrush.mjs";

const CANARY = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: "CANARY", CanarySize: { Type: "INSTANCE_COUNT", Value: 1 }, WaitIntervalInSeconds: 600,
    },
    TerminationWaitInSeconds: 60,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: "errors" }] },
};

let server, world, sagemaker;

before(async () => (server = await start()));
after(() => server?.stop());

/** A config of four instances whose model answers its own name, and fails that part of its requests. */
async function config(name, errorRate) {
  const Environment = { SAGEBRUSH_RESPONSE: name, SAGEBRUSH_ERROR_RATE: String(errorRate) };
  await sagemaker.send(new CreateModelCommand({ ModelName: name, PrimaryContainer: { Image: `models/${name}:1`, Environment } }));
  await sagemaker.send(new CreateEndpointConfigCommand({
    EndpointConfigName: name,
    ProductionVariants: [
      { VariantName: "AllTraffic", ModelName: name, InstanceType: "ml.m5.large", InitialInstanceCount: 4 },
    ],
  }));
}

/** The endpoint `house` on the config `old`, with fifty requests a second, and an alarm on its errors. */
beforeEach(async () => {
  world = server.world();
  sagemaker = world.client(SageMakerClient);
  await config("old", 0);
  await sagemaker.send(new CreateEndpointCommand({
    EndpointName: "house", EndpointConfigName: "old", Tags: [{ Key: "sagebrush:requests-per-second", Value: "50" }],
  }));
  await world.client(CloudWatchClient).send(new PutMetricAlarmCommand({
    AlarmName: "errors", Namespace: "AWS/SageMaker", MetricName: "Invocation5XXErrors", Statistic: "Average", Period: 60,
    Dimensions: [{ Name: "EndpointName", Value: "house" }, { Name: "VariantName", Value: "AllTraffic" }],
    EvaluationPeriods: 1, Threshold: 0.05, ComparisonOperator: "GreaterThanThreshold",
  }));
  await world.settle();
});

/** Updates `house` to `new` behind a canary, and lets all of it happen. */
async function update() {
  await sagemaker.send(new UpdateEndpointCommand({
    EndpointName: "house", EndpointConfigName: "new", DeploymentConfig: CANARY,
  }));
  await world.settle();
}

async function answer() {
  const runtime = world.client(SageMakerRuntimeClient);
  const { Body } = await runtime.send(new InvokeEndpointCommand({ EndpointName: "house", Body: "{}" }));
  return Buffer.from(Body).toString();
}

test("a model that fails a third of its requests is rolled back, and the waiter calls it a success", async () => {
  await config("new", 0.33);
  await update();

  const waited = await waitUntilEndpointInService({ client: sagemaker, maxWaitTime: 60 }, { EndpointName: "house" });
  assert.equal(waited.state, "SUCCESS"); // whoever trusts this has shipped nothing
  const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: "house" }));
  assert.equal(endpoint.EndpointStatus, "InService");
  assert.equal(endpoint.EndpointConfigName, "old");
  assert.match(endpoint.FailureReason, /rolled back because .* ALARM state: errors\./);
  assert.equal((await world.deployment("house")).status, "rolled_back");
  assert.equal(await answer(), "old");
});

test("a model without a fault gets all the traffic", async () => {
  await config("new", 0);
  await update();

  const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: "house" }));
  assert.equal(endpoint.EndpointConfigName, "new");
  assert.equal(endpoint.FailureReason, undefined);
  assert.equal((await world.deployment("house")).status, "succeeded");
  assert.equal(await answer(), "new");
});
