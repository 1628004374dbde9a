//! Plans held against the server: what `POST /_sagebrush/plan` says will happen, happens on a server of its own to a
//! client that makes the update there, on a manual clock.

mod config;
mod real;

use serde_json::{Value, json};

use config::configs;
use real::Real;

/// The lines of a history: since its beginning in milliseconds, phase, step, traffic and message.
type Line = (i64, String, Value, [f64; 2], String);

/// The lines of a plan's course.
fn planned(course: &Value) -> Vec<Line> {
    let events = course["events"].as_array().unwrap().iter();
    events.map(|event| line(real::ms(&event["after_seconds"]), event)).collect()
}

fn line(after_ms: i64, event: &Value) -> Line {
    let text = |member: &str| event[member].as_str().unwrap().to_owned();
    let traffic = ["blue", "green"].map(|side| event["traffic"][side].as_f64().unwrap());
    (after_ms, text("phase"), event["step"].clone(), traffic, text("message"))
}

/// Holds the plans of every fourth of two hundred random configs against real runs.
async fn agree(quarter: usize) {
    let mut real = Real::new(0).await;
    for (instances, config) in configs(200).into_iter().skip(quarter).step_by(4) {
        let plan = real.plan(&json!({"instances": instances, "config": config})).await;
        assert_eq!(plan["rejected"], Value::Null, "{instances} {config}");
        real.begin(instances).await;
        let done = real.update(Some(&config)).await;
        assert_eq!(planned(&plan["schedule"]), done.lines, "{instances} {config}");
        assert_eq!(plan["schedule"]["status"], done.status, "{instances} {config}");
        assert_eq!(plan["schedule"]["strategy"], done.strategy, "{instances} {config}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_schedule_is_the_history_of_a_real_run_first_quarter() {
    agree(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_schedule_is_the_history_of_a_real_run_second_quarter() {
    agree(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_schedule_is_the_history_of_a_real_run_third_quarter() {
    agree(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_schedule_is_the_history_of_a_real_run_fourth_quarter() {
    agree(3).await;
}

/// Every kind is among the configs, and updates that time out.
#[test]
fn the_random_configs_are_of_every_kind() {
    let all = configs(200);
    let has = |kind: &str| all.iter().filter(|(_, config)| config.to_string().contains(kind)).count();
    for kind in ["ALL_AT_ONCE", "CANARY", "LINEAR", "MaximumBatchSize", "INSTANCE_COUNT", "CAPACITY_PERCENT"]
    {
        assert!(has(kind) > 20, "{kind}: {}", has(kind));
    }
    assert!(
        all.iter().any(|(instances, _)| *instances == 1) && all.iter().any(|(instances, _)| *instances == 20)
    );
}

/// With the same seed and in the same second of a minute the same requests fail, so the same alarm trips at the same
/// instant, and as many requests have met the bad model: in the plan by its word, in the real run by the metrics that a
/// client reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_failure_is_what_a_real_run_counts() {
    let config = json!({
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
            "Type": "CANARY", "WaitIntervalInSeconds": 600,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
        }},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    });
    for seed in [0, 1, 7] {
        let mut real = Real::new(seed).await;
        let question = json!({
            "instances": 4, "config": config, "traffic": 20, "bad_error_rate": 0.1, "seed": seed,
            "alarms": ["errors: Invocation5XXErrors Sum > 5 for 1 x 60s"],
        });
        let plan = real.plan(&question).await;
        let (outcome, course) = (&plan["outcome"], &plan["outcome"]["course"]);
        real.begin(4).await;
        real.bad_model(0.1).await;
        real.load(20, 240 + course["second_of_minute"].as_i64().unwrap()).await;
        let done = real.update(Some(&config)).await;
        assert_eq!(planned(course), done.lines, "seed {seed}");
        assert_eq!((&course["status"], &done.status), (&json!("rolled_back"), &json!("rolled_back")));
        let counted = [real.counted("Invocations").await, real.counted("Invocation5XXErrors").await];
        let wanted = ["requests_met", "requests_failed"].map(|member| outcome[member].as_u64().unwrap());
        assert_eq!(wanted, counted, "seed {seed}");
        assert!(counted[0] > 200 && counted[1] > 5, "{counted:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_touches_no_world_of_the_server() {
    let mut real = Real::new(0).await;
    real.begin(2).await;
    let before = real.listed().await;
    real.plan(&json!({"instances": 3, "traffic": 5, "bad_error_rate": 1})).await;
    assert_eq!(real.listed().await, before);
}

/// The question's own strategy is as it says, the others go in the smallest steps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_is_enough_for_its_strategy_and_one_instance_less_is_not() {
    let percent = |value: u32| json!({"Type": "CAPACITY_PERCENT", "Value": value});
    let blue_green = |routing: Value| {
        let mut policy = json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}});
        policy["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]["WaitIntervalInSeconds"] = 60.into();
        policy
    };
    let rolling = |size: u32| {
        let policy = json!({"MaximumBatchSize": percent(size), "WaitIntervalInSeconds": 60});
        json!({"RollingUpdatePolicy": policy})
    };
    let configs = [
        blue_green(json!({"Type": "ALL_AT_ONCE"})),
        blue_green(json!({"Type": "CANARY", "CanarySize": percent(20)})),
        blue_green(json!({"Type": "LINEAR", "LinearStepSize": percent(30)})),
        rolling(30),
        rolling(5),
    ];
    let mut real = Real::new(0).await;
    let smallest = real.plan(&json!({"instances": 10})).await;
    for config in configs {
        let plan = real.plan(&json!({"instances": 10, "config": config})).await;
        let own = |pool: &&Value| pool["strategy"] == plan["schedule"]["strategy"];
        let pool = plan["pools"].as_array().unwrap().iter().find(own).unwrap();
        if config != rolling(30) {
            assert_eq!(plan["pools"], smallest["pools"], "{config}");
        }
        let size = pool["pool"].as_u64().unwrap();
        for (size, status) in [(size, "succeeded"), (size - 1, "rolled_back")] {
            real.begin(10).await;
            real.limit(size).await;
            let done = real.update(Some(&config)).await;
            assert_eq!(done.status, status, "{config} in a pool of {size}");
            let is_as_planned = planned(&plan["schedule"]) == done.lines;
            assert_eq!(is_as_planned, status == "succeeded", "{config} in a pool of {size}");
            let waited = done.lines.iter().any(|line| line.4.contains("InsufficientInstanceCapacity"));
            assert_eq!(waited, status == "rolled_back", "{config} in a pool of {size}: {:?}", done.lines);
        }
    }
}
