// Worlds and updates that the browser tests begin with.

/** `shop` in service on four instances of shop-v1 under traffic, a config with a good new model and one with a bad one. */
export const SHOP = `
clock = "manual"

[models.shop-v1]
[models.shop-v2]
[models.shop-bad]
error_rate = 0.5

[endpoints.shop]
model = "shop-v1"
instances = 4
tags = { team = "shop" }

[endpoint_configs.shop-v2]
model = "shop-v2"
instances = 4

[endpoint_configs.shop-bad]
model = "shop-bad"
instances = 4

[alarms.shop-errors]
endpoint = "shop"
MetricName = "Invocation5XXErrors"
Statistic = "Average"
Threshold = 0.05

[traffic]
shop = 50
`;

/** What an update of `shop` is told: one of four instances first, for ten minutes, and the alarm watches. */
export const CANARY = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: "CANARY", CanarySize: { Type: "INSTANCE_COUNT", Value: 1 }, WaitIntervalInSeconds: 600,
    },
    TerminationWaitInSeconds: 120,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: "shop-errors" }] },
};

/** Begins an update of `shop`. */
export function update(server, config = "shop-v2", deployment = CANARY) {
  return server.aws("sagemaker", "UpdateEndpoint", {
    EndpointName: "shop", EndpointConfigName: config, DeploymentConfig: deployment,
  });
}

/** Begins an update of `shop` and goes on until the canary bakes: a quarter of the traffic is green. */
export async function bake(server, config, deployment) {
  await update(server, config, deployment);
  for (const phase of ["activating_traffic", "baking"]) {
    await server.advance("next");
    const { events } = await server.deployment();
    if (events.at(-1).phase !== phase) throw new Error(`the deployment is not ${phase}: ${JSON.stringify(events.at(-1))}`);
  }
}

/** `count` endpoints in service: those whose number is divisible by 10 belong to the `till`, the others to the `shelf`. */
export function many(count) {
  const named = (at) => `[endpoints.${at % 10 ? "shelf" : "till"}-${String(at).padStart(4, "0")}]\nmodel = "m"\n`;
  return `clock = "manual"\n[models.m]\n${Array.from({ length: count }, (_, at) => named(at)).join("")}`;
}
