//! A deployment config, drawn so that it is legal.

use serde_json::{Value, json};

use super::super::dice::Dice;

/// How an update of variants with so many instances is to be carried out; none is all at once.
pub fn config(dice: &mut Dice, fleets: &[i64], alarms: &[String]) -> Option<Value> {
    if dice.permille(100) {
        return None;
    }
    let wait = if dice.permille(150) { 0 } else { dice.magnitude(15, 900) };
    let timeout = dice.permille(350).then(|| dice.magnitude(600, 4_000));
    let config = if fleets.len() == 1 && dice.permille(450) {
        json!({"RollingUpdatePolicy": rolling(dice, fleets, wait, timeout)})
    } else {
        json!({"BlueGreenUpdatePolicy": blue_green(dice, fleets, wait, timeout)})
    };
    Some(watched(config, alarms))
}

/// How an update of a component to so many copies is to be carried out; none is all at once.
pub fn of_copies(dice: &mut Dice, copies: i64, alarms: &[String]) -> Option<Value> {
    if dice.permille(200) {
        return None;
    }
    let wait = if dice.permille(150) { 0 } else { dice.magnitude(15, 900) };
    let timeout = dice.permille(350).then(|| dice.magnitude(600, 4_000));
    let policy = rolling(dice, &[copies], wait, timeout).to_string().replace("INSTANCE_COUNT", "COPY_COUNT");
    let policy: Value = serde_json::from_str(&policy).expect("it was JSON");
    Some(watched(json!({"RollingUpdatePolicy": policy}), alarms))
}

fn watched(mut config: Value, alarms: &[String]) -> Value {
    if !alarms.is_empty() {
        let alarms: Vec<_> = alarms.iter().map(|name| json!({"AlarmName": name})).collect();
        config["AutoRollbackConfiguration"] = json!({"Alarms": alarms});
    }
    config
}

fn rolling(dice: &mut Dice, fleets: &[i64], wait: i64, timeout: Option<i64>) -> Value {
    let mut policy = json!({
        "MaximumBatchSize": size(dice, fleets, 5, 5),
        "WaitIntervalInSeconds": wait,
    });
    if dice.permille(600) {
        policy["RollbackMaximumBatchSize"] = size(dice, fleets, 5, 5);
    }
    limited(policy, timeout)
}

fn blue_green(dice: &mut Dice, fleets: &[i64], wait: i64, timeout: Option<i64>) -> Value {
    let mut routing = json!({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": wait});
    match dice.below(3) {
        0 => {
            routing["Type"] = "CANARY".into();
            routing["CanarySize"] = size(dice, fleets, 1, 0);
        }
        1 => {
            routing["Type"] = "LINEAR".into();
            routing["LinearStepSize"] = size(dice, fleets, 10, 10);
        }
        _ => {}
    }
    let mut policy = json!({"TrafficRoutingConfiguration": routing});
    if dice.permille(500) {
        policy["TerminationWaitInSeconds"] = dice.magnitude(1, 600).into();
    }
    limited(policy, timeout)
}

fn limited(mut policy: Value, timeout: Option<i64>) -> Value {
    if let Some(timeout) = timeout {
        policy["MaximumExecutionTimeoutInSeconds"] = timeout.into();
    }
    policy
}

/// A size from `low` to 50 percent; as a count it is at least `low_count` percent.
fn size(dice: &mut Dice, fleets: &[i64], low: i64, low_count: i64) -> Value {
    let legal = |size: &i64| {
        fleets.iter().all(|fleet| {
            let percent = size * 100;
            (percent >= low_count * fleet && percent <= 50 * fleet) || (*size == 1 && *fleet <= 2)
        })
    };
    let counts: Vec<i64> = (1..=5).filter(legal).collect();
    if !counts.is_empty() && dice.permille(500) {
        json!({"Type": "INSTANCE_COUNT", "Value": dice.of(&counts)})
    } else {
        json!({"Type": "CAPACITY_PERCENT", "Value": dice.between(low, 50)})
    }
}
