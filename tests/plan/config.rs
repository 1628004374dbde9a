//! Random deployment configs that AWS takes, the same in every run.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// So many configs, each with the instances of the endpoint.
pub fn configs(count: usize) -> Vec<(u32, Value)> {
    let mut runner = TestRunner::deterministic();
    let strategy = (1_u32..=20).prop_flat_map(|instances| (Just(instances), config(instances)));
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("nothing is filtered").current()).collect()
}

fn config(instances: u32) -> impl Strategy<Value = Value> {
    prop_oneof![
        blue_green(Just(json!({"Type": "ALL_AT_ONCE"}))),
        canary(instances),
        linear(instances),
        rolling(instances)
    ]
}

fn canary(instances: u32) -> impl Strategy<Value = Value> {
    blue_green(size(1, 50, instances).prop_map(|size| json!({"Type": "CANARY", "CanarySize": size})))
}

fn linear(instances: u32) -> impl Strategy<Value = Value> {
    blue_green(size(10, 50, instances).prop_map(|size| json!({"Type": "LINEAR", "LinearStepSize": size})))
}

fn rolling(instances: u32) -> impl Strategy<Value = Value> {
    let back = prop::option::of(size(5, 100, instances));
    (size(5, 50, instances), wait(), timeout(), back).prop_map(|(size, wait, timeout, back)| {
        let mut policy = json!({"MaximumBatchSize": size, "WaitIntervalInSeconds": wait});
        if let Some(timeout) = timeout {
            policy["MaximumExecutionTimeoutInSeconds"] = timeout.into();
        }
        if let Some(back) = back {
            policy["RollbackMaximumBatchSize"] = back;
        }
        json!({"RollingUpdatePolicy": policy})
    })
}

fn blue_green(routing: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (routing, wait(), prop::option::of(wait()), timeout()).prop_map(
        |(mut routing, wait, termination, timeout)| {
            routing["WaitIntervalInSeconds"] = wait.into();
            let mut policy = json!({"TrafficRoutingConfiguration": routing});
            if let Some(termination) = termination {
                policy["TerminationWaitInSeconds"] = termination.into();
            }
            // One that its waits alone use up is refused.
            if let Some(timeout) = timeout.filter(|timeout| *timeout > wait + termination.unwrap_or(0)) {
                policy["MaximumExecutionTimeoutInSeconds"] = timeout.into();
            }
            json!({"BlueGreenUpdatePolicy": policy})
        },
    )
}

/// A size between these percentages, or in instances; one instance is always allowed where the fleet is small.
fn size(low: u32, high: u32, instances: u32) -> impl Strategy<Value = Value> {
    let least = (instances * low).div_ceil(100).max(1);
    let most = (instances * high / 100).max(least);
    prop_oneof![
        (low..=high).prop_map(|percent| json!({"Type": "CAPACITY_PERCENT", "Value": percent})),
        (least..=most).prop_map(|count| json!({"Type": "INSTANCE_COUNT", "Value": count})),
    ]
}

fn wait() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0_u32), 1_u32..=120, 121_u32..=3_600]
}

fn timeout() -> impl Strategy<Value = Option<u32>> {
    prop::option::weighted(0.3, 600_u32..=28_800)
}
