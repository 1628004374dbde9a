//! `PutMetricData`: what is taken, and in which words the rest is refused.

use super::*;

/// The statistics of `sales` in the hour from [`NOON`] on, two hours later.
async fn hour(house: &House) -> Json {
    house.advance(7200).await;
    let request = json!({
        "Namespace": "shop", "MetricName": "sales", "StartTime": NOON, "EndTime": NOON + 3600, "Period": 3600,
        "Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"], "ExtendedStatistics": ["p50"],
    });
    house.ask("GetMetricStatistics", request).await.unwrap()["Datapoints"].clone()
}

#[tokio::test]
async fn values_counts_and_statistic_sets_come_together() {
    let house = at_noon().await;
    let entity = json!({
        "Namespace": "shop", "EntityMetricData": [{"Entity": {"KeyAttributes": {"Type": "Service", "Name": "till"}},
        "MetricData": [{"MetricName": "sales", "Value": 10}]}],
    });
    for datum in [
        json!({"MetricName": "sales", "Value": 1}),
        json!({"MetricName": "sales", "Values": [2, 3], "Timestamp": NOON + 59}),
        json!({"MetricName": "sales", "Values": [4, 5], "Counts": [3, 1], "Timestamp": NOON + 600, "StorageResolution": 1}),
    ] {
        publish(&house, datum).await.unwrap();
    }
    house.ask("PutMetricData", entity).await.unwrap();
    let set = json!({"SampleCount": 2, "Sum": 1, "Minimum": 0.25, "Maximum": 0.75});
    let rung = house.rung();
    assert_eq!(
        hour(&house).await,
        json!([{"Timestamp": NOON as f64, "SampleCount": 8.0, "Sum": 33.0, "Minimum": 1.0, "Maximum": 10.0,
                "ExtendedStatistics": {"p50": 4.0}, "Unit": "None"}])
    );
    publish(&house, json!({"MetricName": "sales", "Timestamp": NOON, "StatisticValues": set})).await.unwrap();
    assert_eq!(house.rung(), rung + 1);
    assert_eq!(
        hour(&house).await,
        json!([{"Timestamp": NOON as f64, "SampleCount": 10.0, "Sum": 34.0, "Minimum": 0.25, "Maximum": 10.0,
                "ExtendedStatistics": {}, "Unit": "None"}]),
        "a set of two values hides what they were"
    );
}

#[tokio::test]
async fn a_script_that_says_now_means_the_worlds_now() {
    let house = at_noon().await;
    let real_now = house.store.session().base_now().await.unwrap();
    let sent = real_now.0 / 1000 + 5;
    publish(&house, json!({"MetricName": "sales", "Timestamp": sent, "Value": 7})).await.unwrap();
    assert_eq!(hour(&house).await[0]["Sum"], json!(7.0));
}

#[tokio::test]
async fn measurements_are_from_two_weeks_ago_to_two_hours_ahead() {
    let house = at_noon().await;
    let day = 86_400;
    for (ahead, refused) in [
        (-14 * day, None),
        (-14 * day - 1, Some("within the past two weeks")),
        (7200, None),
        (7201, Some("no more than two hours in the future")),
    ] {
        let datum = json!({"MetricName": "sales", "Timestamp": NOON + ahead, "Value": 7});
        let sentence = publish(&house, datum).await.err().map(|fault| fault.to_string());
        let wanted = refused.map(|words| {
            format!("InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time {words}.")
        });
        assert_eq!(sentence, wanted, "{ahead} s ahead");
    }
}

/// Publishes each datum of `table` and compares what is said of it: the error's end, and the sentence in
/// which `PATH` stands for where the datum is.
async fn refused(house: &House, table: &[(Json, &str, &str)]) {
    for (datum, code, sentence) in table {
        let mut datum = datum.clone();
        datum["MetricName"] = json!("sales");
        let refusal = publish(house, datum.clone()).await.unwrap_err().to_string();
        let sentence = sentence.replace("PATH", "MetricData.member.1");
        assert_eq!(refusal, format!("InvalidParameter{code}Exception: {sentence}"), "{datum}");
    }
}

fn set(minimum: f64, maximum: f64, count: f64) -> Json {
    json!({"SampleCount": count, "Sum": 1, "Minimum": minimum, "Maximum": maximum})
}

#[tokio::test]
async fn a_datum_has_one_form() {
    let table = [
        (
            json!({}),
            "Combination",
            "At least one of the parameters PATH.Value and PATH.StatisticValues must be specified.",
        ),
        (
            json!({"Value": 1, "Values": [1]}),
            "Combination",
            "The parameters PATH.Value and PATH.Values are mutually exclusive and you have specified both.",
        ),
        (
            json!({"Value": 1, "StatisticValues": set(0.0, 1.0, 1.0)}),
            "Combination",
            "The parameters PATH.Value and PATH.StatisticValues are mutually exclusive and you have specified both.",
        ),
        (
            json!({"Values": [1, 2], "Counts": [1]}),
            "Value",
            "The parameters PATH.Values and PATH.Counts must be of the same size.",
        ),
        (
            json!({"Value": 1, "Counts": [1]}),
            "Value",
            "The parameters PATH.Values and PATH.Counts must be of the same size.",
        ),
    ];
    refused(&at_noon().await, &table).await;
}

#[tokio::test]
async fn values_are_numbers_of_a_size_that_can_be_kept() {
    let house = at_noon().await;
    let table = [
        (json!({"Value": "NaN"}), "Value", "The value NaN for parameter PATH.Value is invalid."),
        (json!({"Value": "-Infinity"}), "Value", "The value -Infinity for parameter PATH.Value is invalid."),
        (json!({"Value": 1e109}), "Value", "The value 1.0E109 for parameter PATH.Value is invalid."),
        (
            json!({"Values": [1, -1e109]}),
            "Value",
            "The value -1.0E109 for parameter PATH.Values.member.2 is invalid.",
        ),
        (
            json!({"Values": [1], "Counts": [0]}),
            "Value",
            "The value 0.0 for parameter PATH.Counts.member.1 is invalid.",
        ),
        (
            json!({"Values": vec![1; 151]}),
            "Value",
            "The collection PATH.Values must not have a size greater than 150.",
        ),
        (
            json!({"StatisticValues": set(0.0, 1.0, 0.0)}),
            "Value",
            "The value 0.0 for parameter PATH.StatisticValues.SampleCount is invalid.",
        ),
        (
            json!({"StatisticValues": set(2.0, 1.0, 1.0)}),
            "Value",
            "The parameter PATH.StatisticValues.Maximum must be greater than or equal to PATH.StatisticValues.Minimum.",
        ),
        (
            json!({"Value": 1, "StorageResolution": 30}),
            "Value",
            "The value 30 for parameter PATH.StorageResolution is invalid.",
        ),
    ];
    refused(&house, &table).await;
    publish(&house, json!({"MetricName": "sales", "Value": 2_f64.powi(360)})).await.unwrap();
}

#[tokio::test]
async fn a_request_is_taken_as_a_whole_or_not_at_all() {
    let house = at_noon().await;
    let refused = async |request: Json| house.ask("PutMetricData", request).await.unwrap_err().to_string();
    let good = json!({"MetricName": "sales", "Value": 1});
    for (request, sentence) in [
        (
            json!({"Namespace": "AWS/SageMaker", "MetricData": [good]}),
            "InvalidParameterValueException: The value AWS/SageMaker for parameter Namespace is invalid.",
        ),
        (
            json!({"Namespace": "shop"}),
            "MissingRequiredParameterException: The parameter MetricData is required.",
        ),
        (
            json!({"Namespace": "shop", "MetricData": vec![good.clone(); 1001]}),
            "InvalidParameterValueException: The collection MetricData must not have a size greater than 1000.",
        ),
        (
            json!({"Namespace": "shop", "MetricData": [good], "EntityMetricData": [{"MetricData": [good, {"MetricName": "x"}]}]}),
            "InvalidParameterCombinationException: At least one of the parameters \
             EntityMetricData.member.1.MetricData.member.2.Value and \
             EntityMetricData.member.1.MetricData.member.2.StatisticValues must be specified.",
        ),
    ] {
        assert_eq!(refused(request).await, sentence);
    }
    assert_eq!((hour(&house).await, house.rung()), (json!([]), 0));
    let most = json!({"Namespace": "shop", "MetricData": vec![good; 1000]});
    house.ask("PutMetricData", most).await.unwrap();
}

#[tokio::test]
async fn what_the_shape_refuses_is_said_in_its_own_older_words() {
    let house = at_noon().await;
    let at = |dimension: Json| json!({"MetricName": "sales", "Value": 1, "Dimensions": [{"Name": "till", "Value": "1"}, dimension]});
    let odd = |unit: &str| json!({"MetricName": "sales", "Value": 1, "Unit": unit});
    let required = "is required.";
    let no_unit = "must be a value in the set [ Megabits, Terabits, Gigabits, Count, ";
    for (data, code, lines) in [
        (
            json!([at(json!({"Name": "city"})), at(json!({"Name": "city", "Value": ""}))]),
            "MissingRequiredParameterException",
            [("1.Dimensions.member.2.Value", required), ("2.Dimensions.member.2.Value", required)],
        ),
        (
            json!([odd("Apples"), {"MetricName": "sales", "Value": 1}, odd("")]),
            "InvalidParameterValueException",
            [("1.Unit", no_unit), ("3.Unit", no_unit)],
        ),
        (
            json!([odd("Apples"), {"Value": 1}, {"MetricName": "", "Value": 1}]),
            "MissingRequiredParameterException",
            [("2.MetricName", required), ("3.MetricName", required)],
        ),
    ] {
        let request = json!({"Namespace": "shop", "MetricData": data});
        let refusal = house.ask("PutMetricData", request).await.unwrap_err();
        assert_eq!(refusal.code, code, "{data}");
        let said: Vec<_> = refusal.message.as_deref().unwrap().lines().collect();
        assert_eq!(said.len(), 2, "{said:?}");
        for (said, (path, words)) in said.iter().zip(lines) {
            assert!(said.starts_with(&format!("The parameter MetricData.member.{path} {words}")), "{said}");
        }
    }
    let long = publish(&house, json!({"MetricName": "m".repeat(256), "Value": 1})).await.unwrap_err();
    assert!(
        long.message.unwrap().ends_with("Member must have length less than or equal to 255"),
        "its shape says it"
    );
}
