//! Whoever is invoked is counted, and while an update goes on the traffic is shared as its plan says.

use super::*;
use crate::engine::Advance;

#[tokio::test]
async fn what_callers_saw_is_what_the_metrics_say() {
    let hosting = Hosting::new().await;
    let environment = json!({"SAGEBRUSH_ERROR_RATE": "0.3", "SAGEBRUSH_ERROR_STATUS": "422"});
    model(&hosting, "model", &environment).await;
    web(&hosting, &[variant("main", 2)]).await;
    let (mut served, mut refused) = (0_u32, 0_u32);
    for number in 0..1_000 {
        match invoke(&hosting, json!({})).await {
            Ok(_) => served += 1,
            Err(fault) if fault.code == "ModelError" => refused += 1,
            Err(fault) => panic!("{fault}"),
        }
        if number % 100 == 99 {
            hosting.pass(7).await;
        }
    }
    let main = [("VariantName", "main")];
    for dimensions in [&main[..], &[main[0], ("EndpointConfigName", "blue")]] {
        let sums = [
            sum(&hosting, "Invocations", dimensions).await,
            sum(&hosting, "Invocation4XXErrors", dimensions).await,
            sum(&hosting, "InvocationModelErrors", dimensions).await,
            sum(&hosting, "Invocation5XXErrors", dimensions).await,
        ];
        assert_eq!(sums, [served + refused, refused, refused, 0]);
    }
    assert!((240..=360).contains(&refused), "{refused}");
}

/// How many of 10,000 requests the config `green` takes.
async fn by_green(hosting: &Hosting) -> u32 {
    let mut green = 0;
    for _ in 0..10_000 {
        let invocation = hosting.engine.invoke(&hosting.world, "web").await.expect("it serves");
        green += u32::from(invocation.config_name() == "green");
    }
    green
}

#[tokio::test]
async fn ten_thousand_requests_at_every_step_are_shared_as_the_plan_says() {
    let percent = |value| json!({"Type": "CAPACITY_PERCENT", "Value": value});
    let routing = |members: &Json| {
        let routing = with(json!({"WaitIntervalInSeconds": 300}), members);
        json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}})
    };
    let canary = routing(&json!({"Type": "CANARY", "CanarySize": percent(30)}));
    let linear = routing(&json!({"Type": "LINEAR", "LinearStepSize": percent(20)}));
    let rolling =
        json!({"RollingUpdatePolicy": {"MaximumBatchSize": percent(30), "WaitIntervalInSeconds": 300}});
    // A stage of traffic and its bake are 305 s; a batch of a rolling update then goes, 10 s, and the next comes, 60 s.
    for (name, policy, step, plan) in [
        ("canary", canary, 305, &[0.3_f64, 1.0][..]),
        ("linear", linear, 305, &[0.2, 0.4, 0.6, 0.8, 1.0]),
        ("rolling", rolling, 375, &[0.3, 0.6, 0.9, 1.0]),
    ] {
        let hosting = Hosting::in_service(10).await;
        let update =
            json!({"EndpointName": "web", "EndpointConfigName": "green", "DeploymentConfig": policy});
        hosting.get("UpdateEndpoint", update).await;
        assert_eq!(by_green(&hosting).await, 0, "{name}: it launches");
        let mut all = 0;
        for (number, share) in plan.iter().copied().enumerate() {
            hosting.pass(if number == 0 { 60 } else { step }).await;
            let green = by_green(&hosting).await;
            let (expected, sigma) = (10_000.0 * share, (10_000.0 * share * (1.0 - share)).sqrt());
            let off = (f64::from(green) - expected).abs();
            assert!(off <= 4.0 * sigma, "{name}, step {number}: {green} instead of {expected}");
            all += green;
        }
        hosting.engine.advance(&hosting.world, Advance::Idle).await.unwrap();
        assert_eq!(by_green(&hosting).await, 10_000, "{name}: it is in service");
        let main = ("VariantName", "main");
        let requests = 10_000 * (u32::try_from(plan.len()).unwrap() + 2);
        let of = async |config| sum(&hosting, "Invocations", &[main, ("EndpointConfigName", config)]).await;
        let (green, blue) = (of("green").await, of("blue").await);
        assert_eq!((green, green + blue), (all + 10_000, requests), "{name}");
        assert_eq!(sum(&hosting, "Invocations", &[main]).await, requests, "{name}");
    }
}
