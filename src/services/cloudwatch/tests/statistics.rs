//! `GetMetricStatistics`: periods, units, what is visible yet, and refusals.

use super::*;

/// The sums of `sales` as (seconds after [`NOON`], sum, unit).
async fn sums(house: &House, more: Json) -> Vec<(i64, f64, String)> {
    let mut request = json!({
        "Namespace": "shop", "MetricName": "sales", "StartTime": NOON, "EndTime": NOON + 3600, "Period": 60,
        "Statistics": ["Sum"],
    });
    for (member, value) in more.as_object().unwrap() {
        request[member] = value.clone();
    }
    let answer = house.ask("GetMetricStatistics", request).await.unwrap();
    assert_eq!(answer["Label"], json!("sales"));
    let read = |point: &Json| {
        let at = point["Timestamp"].as_f64().unwrap() - NOON as f64;
        (at.round(), point["Sum"].as_f64().unwrap(), point["Unit"].as_str().unwrap().to_owned())
    };
    let points = answer["Datapoints"].as_array().unwrap().iter().map(read);
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds of one hour")]
    points.map(|(at, sum, unit)| (at as i64, sum, unit)).collect()
}

fn plain(sums: Vec<(i64, f64, String)>) -> Vec<(i64, f64)> {
    sums.into_iter().map(|(at, sum, _)| (at, sum)).collect()
}

#[tokio::test]
async fn a_datapoint_is_seen_a_minute_after_its_period() {
    let house = at_noon().await;
    sales(&house, &[1.0, 2.0]).await;
    house.advance(119).await;
    assert_eq!(plain(sums(&house, json!({})).await), []);
    house.advance(1).await;
    assert_eq!(plain(sums(&house, json!({})).await), [(0, 1.0)]);
    house.advance(60).await;
    assert_eq!(plain(sums(&house, json!({})).await), [(0, 1.0), (60, 2.0)]);
    assert_eq!(plain(sums(&house, json!({"Period": 300})).await), [(0, 3.0)]);
}

#[tokio::test]
async fn periods_begin_where_the_range_begins() {
    let house = at_noon().await;
    sales(&house, &[1.0, 2.0, 4.0, 8.0, 16.0]).await;
    house.advance(3600).await;
    let in_two = json!({"StartTime": NOON + 65, "EndTime": NOON + 240, "Period": 120});
    assert_eq!(plain(sums(&house, in_two).await), [(60, 6.0), (180, 8.0)]);
}

#[tokio::test]
async fn seconds_are_kept_where_they_were_asked_for() {
    let house = at_noon().await;
    for (second, value) in [(3, 1), (9, 2), (14, 4)] {
        let datum = json!({"MetricName": "sales", "Timestamp": NOON + second, "Value": value, "StorageResolution": 1});
        publish(&house, datum).await.unwrap();
    }
    house.advance(29).await;
    assert_eq!(plain(sums(&house, json!({"Period": 10})).await), [(0, 3.0)]);
    house.advance(1).await;
    assert_eq!(plain(sums(&house, json!({"Period": 10})).await), [(0, 3.0), (10, 4.0)]);
    assert_eq!(plain(sums(&house, json!({"Period": 5, "StartTime": NOON + 7})).await), [(5, 2.0), (10, 4.0)]);
    house.advance(3600).await;
    assert_eq!(plain(sums(&house, json!({"Period": 60})).await), [(0, 7.0)]);
    sales(&house, &[100.0]).await;
    let fine = sums(&house, json!({"Period": 10, "EndTime": NOON + 60})).await;
    assert_eq!(plain(fine), [(0, 3.0), (10, 4.0)], "a value of a minute is in none of its parts");
}

#[tokio::test]
async fn units_and_dimensions_make_metrics_of_their_own() {
    let house = at_noon().await;
    let till = json!([{"Name": "till", "Value": "1"}, {"Name": "city", "Value": "Rome"}]);
    let turned = json!([{"Name": "city", "Value": "Rome"}, {"Name": "till", "Value": "1"}]);
    for datum in [
        json!({"MetricName": "sales", "Value": 1, "Unit": "Count"}),
        json!({"MetricName": "sales", "Value": 2, "Unit": "Bytes"}),
        json!({"MetricName": "sales", "Value": 4, "Dimensions": till}),
    ] {
        publish(&house, datum).await.unwrap();
    }
    house.advance(3600).await;
    let unit = |sum, unit: &str| (0, sum, unit.to_owned());
    assert_eq!(sums(&house, json!({})).await, [unit(2.0, "Bytes"), unit(1.0, "Count")]);
    assert_eq!(sums(&house, json!({"Unit": "Count"})).await, [unit(1.0, "Count")]);
    assert_eq!(sums(&house, json!({"Unit": "Percent"})).await, []);
    assert_eq!(sums(&house, json!({"Dimensions": turned})).await, [unit(4.0, "None")]);
}

#[tokio::test]
async fn each_rule_has_its_sentence() {
    let house = at_noon().await;
    let value = "InvalidParameterValueException: ";
    let combination = "InvalidParameterCombinationException: ";
    for (changes, code, sentence) in [
        (
            json!({"Period": 45}),
            value,
            "The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.",
        ),
        (json!({"EndTime": NOON}), value, "The parameter StartTime must be less than the parameter EndTime."),
        (
            json!({"Statistics": null}),
            combination,
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        ),
        (
            json!({"ExtendedStatistics": ["p99", "p101"]}),
            value,
            "The value p101 for parameter ExtendedStatistics.member.2 is not a valid statistic.",
        ),
        (
            json!({"EndTime": NOON + 86_460}),
            combination,
            "You have requested up to 1441 datapoints, which exceeds the limit of 1440. You may reduce the datapoints \
             requested by increasing Period, or decreasing the time range.",
        ),
    ] {
        let mut request = json!({
            "Namespace": "shop", "MetricName": "sales", "StartTime": NOON, "EndTime": NOON + 86_400, "Period": 60,
            "Statistics": ["Sum"],
        });
        house.ask("GetMetricStatistics", request.clone()).await.unwrap();
        for (member, value) in changes.as_object().unwrap() {
            request[member] = value.clone();
        }
        let refusal = house.ask("GetMetricStatistics", request).await.unwrap_err().to_string();
        assert_eq!(refusal, format!("{code}{sentence}"));
    }
}
