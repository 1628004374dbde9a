//! Writes that the database refuses: only the step that makes them fails.

use sagebrush::engine::Advance;
use serde_json::json;

use super::{FAULT, House, Line, allow, refuse};
use crate::store::{Place, stories};

stories! { kept on Manual;
    a_write_that_is_refused_once_is_made_a_second_later
    a_creation_that_cannot_succeed_fails
    an_update_that_cannot_go_on_goes_back
    a_rollback_that_cannot_end_is_left_and_the_next_update_recovers_it
    a_scaling_that_cannot_go_on_goes_back_and_then_keeps_what_it_has
    a_deletion_is_tried_until_it_succeeds
    traffic_that_cannot_be_read_stops_no_deployment
    an_alarm_whose_measurements_cannot_be_read_stops_nobody
    an_alarm_whose_history_cannot_be_written_is_evaluated_again_a_minute_later
    a_composite_alarm_that_cannot_be_read_keeps_no_other_from_following
}

const UPDATES: &str = "BEFORE UPDATE ON endpoints";

fn line(secs: i64, name: &str, status: &'static str, phase: Option<&'static str>) -> Line {
    (secs, name.to_owned(), status, phase)
}

async fn a_write_that_is_refused_once_is_made_a_second_later(place: Place) {
    let house = House::on(place);
    let start = house.now().await;
    house.create("ill", 10).await;
    house.create("well", 11).await;
    refuse(&house.place, "BEFORE INSERT ON deployment_events", "NEW.body LIKE '%is in service%'").await;
    assert_eq!(house.pass(10_500, start).await, []);
    allow(&house.place, "deployment_events").await;
    let up = |name| line(11, name, "InService", None);
    assert_eq!(house.pass(60_000, start).await, [up("ill"), up("well")]);
    let (status, phases) = house.history("ill").await;
    assert_eq!((status.as_str(), phases.join(" ")), ("succeeded", "launching warning succeeded".to_owned()));
    house.audited().await;
}

async fn a_creation_that_cannot_succeed_fails(place: Place) {
    let house = House::on(place);
    let start = house.now().await;
    house.create("ill", 10).await;
    house.create("well", 12).await;
    refuse(&house.place, UPDATES, "NEW.name = 'ill' AND NEW.status = 'InService'").await;
    let expected = [line(12, "well", "InService", None), line(17, "ill", "Failed", None)];
    assert_eq!(house.pass(60_000, start).await, expected);
    assert_eq!(house.shown("ill").await, ("Failed".into(), "ill".into(), Some(FAULT.into())));
    let (status, phases) = house.history("ill").await;
    assert_eq!((status.as_str(), phases.join(" ")), ("failed", "launching warning failed".to_owned()));
    allow(&house.place, "endpoints").await;
    house.client.sagemaker("DeleteEndpoint", &json!({"EndpointName": "ill"})).await.unwrap();
    assert_eq!(house.pass(60_000, start).await, [line(60 + 10, "ill", "gone", None)]);
    house.audited().await;
}

async fn an_update_that_cannot_go_on_goes_back(place: Place) {
    let house = House::on(place);
    house.create("ill", 1).await;
    house.advance(Advance::Idle).await;
    let start = house.now().await;
    house.update("ill", "new", 10).await;
    house.create("well", 14).await;
    refuse(&house.place, UPDATES, "NEW.state LIKE '%\"shifting\":%'").await;
    let expected = [
        line(14, "well", "InService", None),
        line(17, "ill", "Updating", Some("rolling_back")),
        line(27, "ill", "InService", None),
    ];
    assert_eq!(house.pass(60_000, start).await, expected);
    assert_eq!(house.shown("ill").await, ("InService".into(), "ill".into(), Some(FAULT.into())));
    let (status, phases) = house.history("ill").await;
    assert_eq!(status, "rolled_back");
    assert_eq!(phases.join(" "), "launching warning rolling_back rolling_back rolled_back");
    house.audited().await;
}

async fn a_rollback_that_cannot_end_is_left_and_the_next_update_recovers_it(place: Place) {
    let house = House::on(place);
    house.create("ill", 1).await;
    house.advance(Advance::Idle).await;
    let start = house.now().await;
    house.update("ill", "new", 10).await;
    let never = "NEW.name = 'ill' AND (NEW.state LIKE '%\"shifting\":%' OR NEW.status = 'InService')";
    refuse(&house.place, UPDATES, never).await;
    let idle = house.advance(Advance::Idle).await;
    let expected = [
        line(17, "ill", "Updating", Some("rolling_back")),
        line(27 + 7, "ill", "UpdateRollbackFailed", None),
    ];
    assert_eq!(super::lines(&idle, start), expected);
    let reason = format!("{FAULT} The rollback failed: {FAULT}");
    assert_eq!(house.shown("ill").await, ("UpdateRollbackFailed".into(), "ill".into(), Some(reason)));
    let (status, phases) = house.history("ill").await;
    assert_eq!(status, "rollback_failed");
    assert_eq!(phases.join(" "), "launching warning rolling_back rolling_back warning rollback_failed");

    allow(&house.place, "endpoints").await;
    house.update("ill", "newest", 10).await;
    house.advance(Advance::Idle).await;
    assert_eq!(house.shown("ill").await, ("InService".into(), "newest".into(), None));
    house.audited().await;
}

async fn a_scaling_that_cannot_go_on_goes_back_and_then_keeps_what_it_has(place: Place) {
    let house = House::on(place);
    house.create("ill", 10).await;
    house.advance(Advance::Idle).await;
    let start = house.now().await;
    let wanted = json!({"EndpointName": "ill", "DesiredWeightsAndCapacities": [{"VariantName": "main", "DesiredInstanceCount": 3}]});
    house.client.sagemaker("UpdateEndpointWeightsAndCapacities", &wanted).await.unwrap();
    // Neither may it succeed, nor may the third instance go again.
    let never = "NEW.status = 'InService' \
                 AND (NEW.state LIKE '%\"failure_reason\":null%' OR NEW.state NOT LIKE '%\"count\":2%')";
    refuse(&house.place, UPDATES, never).await;
    let idle = house.advance(Advance::Idle).await;
    let expected = [line(17, "ill", "RollingBack", None), line(27 + 7, "ill", "InService", None)];
    assert_eq!(super::lines(&idle, start), expected);
    let shown = house.describe("ill").await;
    let main = &shown["ProductionVariants"][0];
    let counts = (main["DesiredInstanceCount"].as_u64(), main["CurrentInstanceCount"].as_u64());
    assert_eq!((counts, shown["FailureReason"].as_str()), ((Some(2), Some(3)), Some(FAULT)));
    house.audited().await;
}

async fn a_deletion_is_tried_until_it_succeeds(place: Place) {
    let house = House::on(place);
    house.create("ill", 1).await;
    house.advance(Advance::Idle).await;
    let start = house.now().await;
    house.client.sagemaker("DeleteEndpoint", &json!({"EndpointName": "ill"})).await.unwrap();
    house.create("well", 60).await;
    refuse(&house.place, "BEFORE DELETE ON endpoints", "OLD.name = 'ill'").await;
    let idle = house.advance(Advance::Idle).await;
    assert_eq!(super::lines(&idle, start), [line(60, "well", "InService", None)]);
    assert_eq!(house.shown("ill").await, ("Deleting".into(), "ill".into(), None));
    let still = house.advance(Advance::Next).await;
    assert_eq!((still.reading.now, still.changes.len()), (idle.reading.now, 0), "nobody waits for it");
    allow(&house.place, "endpoints").await;
    // It was tried at 10 s, then 1, 2, 4, 8 and 16 s later.
    assert_eq!(house.pass(20_000, start).await, [line(10 + 63, "ill", "gone", None)]);
    house.audited().await;
}

async fn traffic_that_cannot_be_read_stops_no_deployment(place: Place) {
    let house = House::on(place);
    house.create("ill", 1).await;
    house.advance(Advance::Idle).await;
    let demand = json!({"requests_per_second": 2});
    house.client.control("PUT", "endpoints/ill/traffic", Some(&demand)).await;
    let start = house.now().await;
    house.update("ill", "new", 10).await;
    house.place.raw("UPDATE traffic SET demand = 'nonsense'").await.unwrap();
    let changes = house.pass(3_600_000, start).await;
    let last = changes.last().unwrap();
    assert_eq!(*last, line(10 + 5 + 10, "ill", "InService", None));
    assert_eq!(house.shown("ill").await, ("InService".into(), "new".into(), None));
    let (status, phases) = house.history("ill").await;
    assert_eq!(status, "succeeded");
    assert!(!phases.iter().any(|phase| phase == "warning"), "nothing was tried again: {phases:?}");
    house.client.control("PUT", "endpoints/ill/traffic", Some(&demand)).await;
    house.audited().await;
}

/// Two alarms, `ill` and `well`, each over a metric that has just begun to breach.
async fn alarms(house: &House) {
    for (alarm, metric) in [("ill", "Broken"), ("well", "Sound")] {
        let alarm = json!({
            "AlarmName": alarm, "Namespace": "N", "MetricName": metric, "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "ignore",
        });
        house.client.cloudwatch("PutMetricAlarm", &alarm).await;
        let datum = json!([{"MetricName": metric, "Value": 5.0}]);
        let point = json!({"Namespace": "N", "MetricData": datum});
        house.client.cloudwatch("PutMetricData", &point).await;
    }
}

/// The states of these alarms.
async fn states(house: &House, of: &str, names: &[&str]) -> Vec<String> {
    let kinds = json!({"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]});
    let alarms = house.client.cloudwatch("DescribeAlarms", &kinds).await;
    let states = alarms[of].as_array().unwrap().iter();
    states.map(|alarm| alarm["StateValue"].as_str().unwrap().to_owned()).collect()
}

async fn an_alarm_whose_measurements_cannot_be_read_stops_nobody(place: Place) {
    let house = House::on(place);
    alarms(&house).await;
    let broken = "UPDATE metric_points SET body = 'nonsense' WHERE series_id IN \
                  (SELECT id FROM metric_series WHERE name = 'Broken')";
    house.place.raw(broken).await.unwrap();
    let start = house.now().await;
    house.create("well", 150).await;
    assert_eq!(house.pass(240_000, start).await, [line(150, "well", "InService", None)]);
    assert_eq!(states(&house, "MetricAlarms", &["ill", "well"]).await, ["INSUFFICIENT_DATA", "ALARM"]);
    house.audited().await;
}

async fn an_alarm_whose_history_cannot_be_written_is_evaluated_again_a_minute_later(place: Place) {
    let house = House::on(place);
    alarms(&house).await;
    let start = house.now().await;
    refuse(&house.place, "BEFORE INSERT ON alarm_history", "NEW.alarm_name = 'ill'").await;
    house.pass(150_000, start).await;
    assert_eq!(states(&house, "MetricAlarms", &["ill", "well"]).await, ["INSUFFICIENT_DATA", "ALARM"]);
    allow(&house.place, "alarm_history").await;
    // Its datapoint can still be seen by then.
    house.pass(60_000, start).await;
    assert_eq!(states(&house, "MetricAlarms", &["ill", "well"]).await, ["ALARM", "ALARM"]);
    house.audited().await;
}

async fn a_composite_alarm_that_cannot_be_read_keeps_no_other_from_following(place: Place) {
    let house = House::on(place);
    alarms(&house).await;
    for name in ["broken", "sound"] {
        let composite = json!({"AlarmName": name, "AlarmRule": "ALARM(well)"});
        house.client.cloudwatch("PutCompositeAlarm", &composite).await;
    }
    house.place.raw("UPDATE alarms SET body = '{}' WHERE name = 'broken'").await.unwrap();
    let start = house.now().await;
    house.create("endpoint", 150).await;
    assert_eq!(house.pass(240_000, start).await, [line(150, "endpoint", "InService", None)]);
    assert_eq!(states(&house, "CompositeAlarms", &["sound"]).await, ["ALARM"]);
    house.audited().await;
}
