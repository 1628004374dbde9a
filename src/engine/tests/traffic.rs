//! Stories of synthetic traffic: a guarded update under load, on a manual clock that begins at a whole minute.

use std::collections::BTreeMap;

use super::*;
use crate::domain::alarm::AlarmState;
use crate::domain::demand::Demand;
use crate::domain::deployment::config::{
    Alarm as Watched, AutoRollbackConfig, BlueGreenUpdatePolicy, TrafficRoutingConfig, TrafficRoutingType,
};
use crate::domain::serving::{Latency, Publish};
use crate::domain::tuning::Tuning;
use crate::domain::world::WorldId;
use crate::metrics::alarm::MetricAlarm;
use crate::metrics::metric::Metric;
use crate::store::{Alarm, AlarmKind, MetricQuery, PointQuery, PointRow};

/// 2100-01-01T00:00:00Z: the same instant for every run, later than any wall clock of a test.
const START: Timestamp = Timestamp(4_102_444_800_000);
const RATE: i64 = 50;

/// The endpoint `shop` of four instances with traffic since second 60. Its model is `first`; that of an update
/// is `second`. All instants are seconds since the start.
struct Shop {
    engine: Engine,
    world: WorldId,
}

impl Shop {
    async fn under_load(rules: Rules) -> Self {
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.expect("memory opens");
        let shop = Self { engine: Engine::new(store, rules), world: world() };
        let mut tx = shop.engine.store.begin(&shop.world).await.unwrap();
        let clock = tx.world().clock.moved_to(START, tx.begun_at());
        tx.set_clock(clock);
        created_of(&mut tx, "shop", spec("first", 4, START)).await;
        tx.commit().await.unwrap();
        shop.run_to(60).await;
        let demand = Demand::constant(50.0);
        assert!(shop.engine.set_traffic(&shop.world, "Shop", Some(demand)).await.unwrap());
        shop
    }

    async fn run_to(&self, second: i64) -> Vec<Change> {
        let passed = self.engine.clock(&self.world).await.unwrap().now.ms_since(START);
        self.engine.advance(&self.world, Advance::By(second * 1000 - passed)).await.unwrap().changes
    }

    /// A canary of one instance with five minutes of bake, watched by `alarms`.
    async fn canary(&self, alarms: &[&str]) {
        let now = self.engine.clock(&self.world).await.unwrap().now;
        self.canary_to(spec("second", 4, now), alarms).await;
    }

    async fn canary_to(&self, spec: Spec, alarms: &[&str]) {
        let canary_size = Some(CapacitySize { kind: CapacityType::InstanceCount, value: 1 });
        let routing = TrafficRoutingConfig {
            kind: TrafficRoutingType::Canary,
            wait_interval_in_seconds: 300,
            canary_size,
            linear_step_size: None,
        };
        let policy = BlueGreenUpdatePolicy {
            traffic_routing_configuration: routing,
            termination_wait_in_seconds: None,
            maximum_execution_timeout_in_seconds: None,
        };
        let watched = alarms.iter().map(|name| Watched { alarm_name: Some((*name).to_owned()) }).collect();
        let rules = *self.engine.rules();
        let mut tx = self.engine.store.begin(&self.world).await.unwrap();
        let update = Update {
            deployment_id: tx.new_id().await.unwrap(),
            spec,
            deployment_config: Some(DeploymentConfig {
                blue_green_update_policy: Some(policy),
                auto_rollback_configuration: Some(AutoRollbackConfig { alarms: Some(watched) }),
                ..DeploymentConfig::default()
            }),
            retain_deployment_config: false,
            retain: Retain::default(),
            missing_alarms: Vec::new(),
            warnings: Vec::new(),
        };
        let row = bring_up(&mut tx, "shop", &rules).await.unwrap().expect("it is there");
        let accepted = accept(&mut tx, row, Command::Update(Box::new(update)), &rules).await.unwrap();
        accepted.unwrap().expect("nobody was faster");
        tx.commit().await.unwrap();
    }

    /// An alarm for more than a tenth of the requests failing in a minute.
    async fn alarm(&self, name: &str) {
        let body = r#"{"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Average",
            "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "main"}],
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.1, "TreatMissingData": "notBreaching",
            "ComparisonOperator": "GreaterThanThreshold"}"#;
        self.alarm_of(name, body).await;
    }

    /// An alarm in state OK, to be evaluated from now on.
    async fn alarm_of(&self, name: &str, body: &str) {
        let mut tx = self.engine.store.begin(&self.world).await.unwrap();
        let now = tx.now();
        let alarm = Alarm {
            name: name.to_owned(),
            kind: AlarmKind::Metric,
            body: body.to_owned(),
            state: AlarmState::Ok,
            reason: String::new(),
            reason_data: None,
            configured: now,
            updated: now,
            transitioned: now,
        };
        tx.put_alarm(&alarm, &Vec::new()).await.unwrap();
        let definition: MetricAlarm = alarm.read().unwrap();
        let keys: Vec<_> = definition.metrics().iter().map(Metric::key).collect();
        tx.set_alarm_metrics(name, &keys).await.unwrap();
        tx.wake_alarm(name, Some(definition.next_evaluation(now))).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Since which second the alarm of that name is in which state.
    async fn state_of(&self, name: &str) -> (AlarmState, i64) {
        let alarm = self.engine.store.session().alarm(&self.world, name).await.unwrap();
        let alarm = alarm.expect("it was put");
        (alarm.state, alarm.transitioned.ms_since(START) / 1000)
    }

    async fn tune(&self, model: &str, tuning: Option<&Tuning>) {
        self.engine.tune(&self.world, model, tuning).await.unwrap();
    }

    async fn points(&self, metric: &Metric) -> Vec<PointRow> {
        let until = Timestamp(i64::MAX);
        let query = PointQuery { metric, from: START, until, max_span_ms: None, with_bins: true };
        self.engine.store.session().points(&self.world, &query).await.unwrap()
    }

    /// The sums of a metric of the endpoint, or of one of its configs, by the second at which a minute begins.
    async fn sums(&self, name: &str, config: Option<&str>) -> BTreeMap<i64, f64> {
        let variant = [("EndpointName", "shop"), ("VariantName", "main")];
        let config = config.map(|config| ("EndpointConfigName", config));
        let dimensions = variant.into_iter().chain(config).collect();
        let (namespace, name) = ("AWS/SageMaker".to_owned(), name.to_owned());
        let points = self.points(&Metric { namespace, name, dimensions }).await;
        let points: Vec<_> = points.into_iter().map(|row| row.point).collect();
        assert!(points.iter().all(|point| point.span_ms == 60_000));
        points.iter().map(|point| (point.at.ms_since(START) / 1000, point.datapoint.sum)).collect()
    }

    /// Everything that was measured, by metric.
    async fn everything(&self) -> Vec<(String, Vec<PointRow>)> {
        let mut session = self.engine.store.session();
        let mut all = Vec::new();
        for row in session.list_metrics(&self.world, &MetricQuery::default()).await.unwrap() {
            all.push((row.metric.key(), self.points(&row.metric).await));
        }
        assert!(all.len() >= 7 * 3, "seven metrics of the endpoint and of both configs: {}", all.len());
        all
    }
}

fn failing(error_rate: f64) -> Tuning {
    Tuning { error_rate: Some(error_rate), error_status: Some(503), ..Tuning::default() }
}

fn whole(count: f64) -> i64 {
    assert!(count.fract() == 0.0, "{count} is no count");
    #[expect(clippy::cast_possible_truncation, reason = "a count of requests")]
    let count = count as i64;
    count
}

fn sum(sums: &BTreeMap<i64, f64>) -> i64 {
    sums.values().map(|sum| whole(*sum)).sum()
}

/// When the deployment began to roll back.
fn rolled_back(changes: &[Change]) -> Option<i64> {
    let rolls = |standing: &Standing| standing.phase == Some("rolling_back");
    let mut changes = changes.iter().filter(|change| change.to.as_ref().is_some_and(rolls));
    changes.next().map(|change| change.at.ms_since(START) / 1000)
}

/// A canary at second 120 to a model that is slow, busy and fails now and then, until second 900, moved by
/// `step` seconds at a time.
async fn busy_canary(step: i64) -> Shop {
    let shop = Shop::under_load(Rules { seed: 7, ..Rules::default() }).await;
    let latency = Some(Latency::LogNormal { p50_us: 30_000, p99_us: 200_000 });
    let busy = Tuning { latency, concurrency: Some(2), ..failing(0.05) };
    shop.tune("second", Some(&busy)).await;
    shop.run_to(120).await;
    shop.canary(&[]).await;
    let mut second = 120;
    while second < 900 {
        second = (second + step).min(900);
        shop.run_to(second).await;
    }
    assert_eq!(status(&shop.engine, &shop.world, "shop").await, "InService");
    shop
}

#[tokio::test]
async fn every_request_of_a_canary_is_measured_once_and_for_the_config_of_its_instant() {
    let shop = busy_canary(900).await;
    let all = shop.sums("Invocations", None).await;
    let blue = shop.sums("Invocations", Some("first")).await;
    let green = shop.sums("Invocations", Some("second")).await;
    for second in (60..900).step_by(60) {
        let wanted = RATE * 60;
        assert_eq!(all.get(&second).copied().map(whole), Some(wanted), "at {second} s");
        let [blue, green] = [&blue, &green].map(|sums| sums.get(&second).copied().map(whole));
        assert_eq!(blue.unwrap_or(0) + green.unwrap_or(0), wanted, "at {second} s");
        let part = green.unwrap_or(0) as f64 / wanted as f64;
        match second {
            // The fleet starts, one of four instances has its part for 305 s, and then green has all.
            ..180 => assert_eq!(green, None, "at {second} s"),
            180..480 => assert!((part - 0.25).abs() < 4.0 * (0.25 * 0.75 / wanted as f64).sqrt(), "{part}"),
            480 => assert!(part > 0.9 && part < 1.0, "{part}"),
            _ => assert_eq!(blue, None, "at {second} s"),
        }
    }
    assert_eq!(all.len(), 14);
    assert_eq!(sum(&all), RATE * 840);
    assert_eq!(sum(&shop.sums("Invocation5XXErrors", Some("first")).await), 0);
    let count = sum(&green) as f64;
    let part = sum(&shop.sums("Invocation5XXErrors", Some("second")).await) as f64 / count;
    assert!((part - 0.05).abs() < 4.0 * (0.05 * 0.95 / count).sqrt(), "{part}");
}

#[tokio::test]
async fn a_run_gives_the_same_metrics_again_and_in_small_advances() {
    let once = busy_canary(900).await.everything().await;
    for step in [900, 60, 7] {
        assert!(busy_canary(step).await.everything().await == once, "in steps of {step} s");
    }
}

#[tokio::test]
async fn an_alarm_over_synthetic_traffic_rolls_a_canary_back_when_it_can_have_seen_it() {
    // Green has its part from second 180 on. The minute is over at 240 and seen after the delay.
    for (metric_delay_ms, back_at) in [(None, 300), (Some(0), 240), (Some(90_000), 360)] {
        let shop = Shop::under_load(Rules { metric_delay_ms, ..Rules::default() }).await;
        shop.alarm("errors").await;
        shop.tune("second", Some(&failing(1.0))).await;
        shop.run_to(120).await;
        shop.canary(&["errors"]).await;
        let changes = shop.run_to(900).await;
        assert_eq!(rolled_back(&changes), Some(back_at), "a delay of {metric_delay_ms:?}");
        let row = read(&shop.engine, &shop.world, "shop").await.unwrap();
        assert!(matches!(&row.endpoint.state, State::InService(fleet) if fleet.spec.config_name == "first"));

        let green = shop.sums("Invocations", Some("second")).await;
        let minutes: Vec<_> = green.keys().copied().collect();
        let wanted: Vec<_> = (180..back_at).step_by(60).collect();
        assert_eq!(minutes, wanted, "the traffic is back at the instant of the alarm");
        assert_eq!(shop.sums("Invocation5XXErrors", Some("second")).await, green, "all of green fail");
        assert_eq!(sum(&shop.sums("Invocation5XXErrors", None).await), sum(&green), "and nobody else");
        assert_eq!(sum(&shop.sums("Invocations", None).await), RATE * 840);
    }
}

#[tokio::test]
async fn an_alarm_that_slept_judges_the_first_requests_in_time_for_the_bake_that_it_guards() {
    let shop = Shop::under_load(Rules::default()).await;
    let set = |demand| shop.engine.set_traffic(&shop.world, "shop", demand);
    set(None).await.unwrap();
    shop.alarm("errors").await;
    shop.tune("second", Some(&failing(1.0))).await;
    shop.run_to(3600).await;
    set(Some(Demand::constant(50.0))).await.unwrap();
    shop.canary(&["errors"]).await;
    assert_eq!(rolled_back(&shop.run_to(7200).await), Some(3780));
}

#[tokio::test]
async fn what_a_canary_hides_is_seen_once_green_has_all_traffic() {
    let shop = Shop::under_load(Rules::default()).await;
    shop.alarm("errors").await;
    shop.tune("second", Some(&failing(0.2))).await;
    shop.run_to(120).await;
    shop.canary(&["errors"]).await;
    let canary = shop.run_to(485).await;
    assert_eq!(rolled_back(&canary), None, "a fifth of a quarter is less than a tenth");
    let rest = shop.run_to(900).await;
    assert_eq!(rolled_back(&rest), Some(600), "the minute in which green got all is seen");
}

#[tokio::test]
async fn a_model_that_is_changed_half_way_fails_from_then_on_and_not_before() {
    let shop = Shop::under_load(Rules::default()).await;
    shop.run_to(150).await;
    shop.tune("first", Some(&failing(1.0))).await;
    shop.run_to(200).await;
    shop.tune("first", None).await;
    shop.run_to(300).await;
    let errors = shop.sums("Invocation5XXErrors", None).await;
    let wanted = [(60, 0), (120, RATE * 30), (180, RATE * 20), (240, 0)];
    assert_eq!(errors, wanted.map(|(second, count)| (second, count as f64)).into());
    assert_eq!(sum(&shop.sums("Invocations", None).await), RATE * 240);
}

#[tokio::test]
async fn a_new_fleet_with_finer_metrics_is_seen_in_ten_seconds_however_far_time_is_moved() {
    let shop = Shop::under_load(Rules { activate_ms: 60_000, ..Rules::default() }).await;
    shop.run_to(120).await;
    shop.tune("second", Some(&failing(1.0))).await;
    let body = r#"{"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Average",
        "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "main"},
        {"Name": "EndpointConfigName", "Value": "second"}], "Period": 10, "EvaluationPeriods": 1, "Threshold": 0.1,
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}"#;
    shop.alarm_of("errors", body).await;
    let publish = Publish { enhanced: true, frequency_secs: 10 };
    let now = START.plus_secs(120);
    let mut spec = Spec { publish, ..spec("second", 4, now) };
    spec.variants[0].behaviour.startup_ms = 5_000;
    shop.canary_to(spec, &["errors"]).await;
    let changes = shop.run_to(900).await;
    // Traffic meets it from 125 s on; its first datapoint ends at 130 s and is seen ten seconds later.
    assert_eq!(rolled_back(&changes), Some(140));
}

#[tokio::test]
async fn traffic_that_is_set_anew_or_ended_goes_on_or_stops_at_that_instant() {
    let shop = Shop::under_load(Rules::default()).await;
    let set = |demand| shop.engine.set_traffic(&shop.world, "shop", demand);
    shop.run_to(90).await;
    set(Some(Demand::constant(10.0))).await.unwrap();
    shop.run_to(150).await;
    set(None).await.unwrap();
    shop.run_to(600).await;
    let sums = shop.sums("Invocations", None).await;
    let wanted = [(60, 30 * RATE + 300), (120, 300)];
    assert_eq!(sums, wanted.map(|(second, count)| (second, count as f64)).into());
    assert!(set(None).await.unwrap(), "there is none to end, which is no fault");
    assert!(!shop.engine.set_traffic(&shop.world, "none", None).await.unwrap(), "no such endpoint");
}

#[tokio::test]
async fn an_alarm_that_sleeps_is_evaluated_in_the_very_advance_that_brings_its_traffic() {
    let shop = Shop::under_load(Rules::default()).await;
    shop.engine.set_traffic(&shop.world, "shop", None).await.unwrap();
    shop.alarm("errors").await;
    shop.tune("first", Some(&failing(1.0))).await;
    shop.run_to(1200).await;
    let mut session = shop.engine.store.session();
    let awake = session.due_alarms(&shop.world, Timestamp(i64::MAX), 1).await.unwrap();
    assert!(awake.is_empty(), "nothing was measured, so it sleeps");
    drop(session);

    shop.engine.set_traffic(&shop.world, "shop", Some(Demand::constant(50.0))).await.unwrap();
    shop.run_to(3600).await;
    // The first minute of traffic is over at 1260 s and seen a minute later.
    assert_eq!(shop.state_of("errors").await, (AlarmState::Alarm, 1320));
}

#[tokio::test]
async fn what_instances_report_is_seen_by_an_alarm_in_the_middle_of_an_advance() {
    let shop = Shop::under_load(Rules::default()).await;
    let body = r#"{"Namespace": "/aws/sagemaker/Endpoints", "MetricName": "CPUUtilization", "Statistic": "Average",
        "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "main"}],
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0, "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold"}"#;
    shop.alarm_of("busy", body).await;
    shop.run_to(600).await;
    // The instances are up from 60 s on; their first minute is seen at 180 s.
    assert_eq!(shop.state_of("busy").await, (AlarmState::Alarm, 180));
}

#[tokio::test]
async fn a_command_to_an_endpoint_does_not_overtake_the_alarm_that_guards_it() {
    let shop = Shop::under_load(Rules::default()).await;
    shop.alarm("errors").await;
    shop.tune("second", Some(&failing(1.0))).await;
    shop.run_to(120).await;
    shop.canary(&["errors"]).await;
    // As on a clock that runs, when nobody has looked for a while.
    let mut tx = shop.engine.store.begin(&shop.world).await.unwrap();
    let clock = tx.world().clock.moved_to(START.plus_ms(900_000), tx.begun_at());
    tx.set_clock(clock);
    tx.commit().await.unwrap();

    let mut tx = shop.engine.store.begin(&shop.world).await.unwrap();
    let row = bring_up(&mut tx, "SHOP", shop.engine.rules()).await.unwrap().expect("it is there");
    assert!(matches!(&row.endpoint.state, State::InService(fleet) if fleet.spec.config_name == "first"));
    tx.commit().await.unwrap();
    assert_eq!(shop.state_of("errors").await.0, AlarmState::Ok, "all is well again");
}
