//! `DescribeAlarmHistory`: the texts, the filters, the pages.

use super::*;

async fn items(house: &House, request: Json) -> Vec<Json> {
    let answer = house.ask("DescribeAlarmHistory", request).await.unwrap();
    answer["AlarmHistoryItems"].as_array().unwrap().clone()
}

fn history_data(item: &Json) -> Json {
    serde_json::from_str(item["HistoryData"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_transition_is_told_as_cloudwatch_tells_it() {
    let house = House::new().await;
    metric(&house, "m").await;
    let change = json!({
        "AlarmName": "m", "StateValue": "ALARM", "StateReason": "testing purposes",
        "StateReasonData": "{\"version\": \"1.0\", \"threshold\": 70.0}",
    });
    house.ask("SetAlarmState", change).await.unwrap();
    let latest = &items(&house, json!({"AlarmName": "m", "HistoryItemType": "StateUpdate"})).await[0];
    assert_eq!((&latest["AlarmName"], &latest["AlarmType"]), (&json!("m"), &json!("MetricAlarm")));
    assert_eq!(latest["HistorySummary"], json!("Alarm updated from INSUFFICIENT_DATA to ALARM"));
    assert_eq!(
        latest["HistoryData"].as_str().unwrap(),
        "{\"version\":\"1.0\",\"oldState\":{\"stateValue\":\"INSUFFICIENT_DATA\",\"stateReason\":\"Unchecked: Initial \
         alarm creation\"},\"newState\":{\"stateValue\":\"ALARM\",\"stateReason\":\"testing purposes\",\
         \"stateReasonData\":{\"version\":\"1.0\",\"threshold\":70.0}}}"
    );
}

#[tokio::test]
async fn a_configuration_is_told_in_one_order_whatever_the_order_of_the_request() {
    let one = r#"{"AlarmName": "m", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1,
        "Metrics": [{"Id": "m1", "ReturnData": true, "MetricStat": {"Stat": "Sum", "Period": 60,
        "Metric": {"MetricName": "a", "Namespace": "n", "Dimensions": [{"Value": "v", "Name": "d"}]}}}]}"#;
    let other = r#"{"Metrics": [{"MetricStat": {"Metric": {"Dimensions": [{"Name": "d", "Value": "v"}], "Namespace": "n",
        "MetricName": "a"}, "Period": 60, "Stat": "Sum"}, "ReturnData": true, "Id": "m1"}],
        "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "AlarmName": "m"}"#;
    let mut told = Vec::new();
    for request in [one, other] {
        let house = House::new().await;
        house.ask("PutMetricAlarm", serde_json::from_str(request).unwrap()).await.unwrap();
        let created = &items(&house, json!({"HistoryItemType": "ConfigurationUpdate"})).await[0];
        let alarm = &history_data(created)["createdAlarm"];
        let members: Vec<&str> = alarm.as_object().unwrap().keys().map(String::as_str).collect();
        told.push((alarm["metrics"].to_string(), members.join(" ")));
    }
    assert!(
        told[0].0.starts_with(r#"[{"id":"m1","metricStat":{"metric":{"namespace":"n","metricName":"a","#)
    );
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_configuration_is_told_with_the_members_of_java() {
    let house = House::new().await;
    metric(&house, "m").await;
    house.advance(60).await;
    let changed = json!({
        "AlarmName": "m", "MetricName": "ModelLatency", "Namespace": "AWS/SageMaker", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 20_000, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
    });
    house.ask("PutMetricAlarm", changed).await.unwrap();
    let told =
        items(&house, json!({"HistoryItemType": "ConfigurationUpdate", "ScanBy": "TimestampAscending"}))
            .await;
    let (created, updated) = (history_data(&told[0]), history_data(&told[1]));
    let begins =
        "{\"version\":\"1.0\",\"type\":\"Create\",\"createdAlarm\":{\"alarmName\":\"m\",\"alarmArn\":";
    assert!(told[0]["HistoryData"].as_str().unwrap().starts_with(begins));
    let alarm = &created["createdAlarm"];
    assert_eq!((&alarm["threshold"], &alarm["okactions"]), (&json!(10_000.0), &json!([])));
    assert_eq!(alarm["stateValue"], json!("INSUFFICIENT_DATA"));
    assert!(alarm["alarmConfigurationUpdatedTimestamp"].as_str().unwrap().ends_with("+0000"));
    assert_eq!(told[1]["HistorySummary"], json!("Alarm \"m\" updated"));
    let original = updated["originalUpdatedFields"].as_object().unwrap();
    assert_eq!(
        original.keys().collect::<Vec<_>>(),
        ["alarmConfigurationUpdatedTimestamp", "dimensions", "threshold"]
    );
    assert_eq!(updated["updatedAlarm"]["dimensions"], json!([{"name": "EndpointName", "value": "e"}]));
}

#[tokio::test]
async fn what_does_not_fit_is_left_out() {
    let house = House::new().await;
    let name = "n".repeat(255);
    metric(&house, &name).await;
    for n in 0..2 {
        let (state, blob) = (["OK", "ALARM"][n], format!("{{\"x\":\"{}\"}}", "y".repeat(3900)));
        let change = json!({"AlarmName": name, "StateValue": state, "StateReason": "r".repeat(1023), "StateReasonData": blob});
        house.ask("SetAlarmState", change).await.unwrap();
    }
    for item in items(&house, json!({})).await {
        assert!(item["HistoryData"].as_str().unwrap().len() <= 4095);
        assert!(item["HistorySummary"].as_str().unwrap().len() <= 255);
        assert_eq!(history_data(&item)["version"], json!("1.0"));
    }
    let latest = history_data(&items(&house, json!({})).await[0]);
    assert_eq!(latest["newState"]["stateValue"], json!("ALARM"));
}

#[tokio::test]
async fn filters_order_and_pages() {
    let house = House::new().await;
    metric(&house, "a").await;
    metric(&house, "b").await;
    composite(&house, "c", "ALARM(a)").await.unwrap();
    let begun = house.store.session().world_now(&house.world).await.unwrap();
    house.advance(3600).await;
    set(&house, "a", "ALARM").await;
    house.ask("DeleteAlarms", json!({"AlarmNames": ["b"]})).await.unwrap();
    let told = async |request: Json| {
        let line = |item: &Json| {
            format!("{} {}", item["AlarmName"].as_str().unwrap(), item["HistoryItemType"].as_str().unwrap())
        };
        items(&house, request).await.iter().map(line).collect::<Vec<_>>()
    };
    let all = ["b ConfigurationUpdate", "a StateUpdate", "b ConfigurationUpdate", "a ConfigurationUpdate"];
    assert_eq!(told(json!({})).await, all, "newest first, metric alarms only, b although it is deleted");
    assert_eq!(told(json!({"AlarmName": "b"})).await.len(), 2);
    assert_eq!(told(json!({"AlarmName": "c"})).await, Vec::<String>::new());
    let composite_only = json!({"AlarmTypes": ["CompositeAlarm"], "HistoryItemType": "StateUpdate"});
    assert_eq!(told(composite_only).await, ["c StateUpdate", "c StateUpdate"]);
    let later = json!(begun.plus_secs(1800).0 / 1000);
    assert_eq!(told(json!({"StartDate": later})).await, all[..2]);
    assert_eq!(
        told(json!({"EndDate": later, "ScanBy": "TimestampAscending"})).await,
        ["a ConfigurationUpdate", "b ConfigurationUpdate"]
    );
    assert_eq!(told(json!({"AlarmContributorId": "x"})).await, Vec::<String>::new());
    let mut request = json!({"MaxRecords": 3});
    let first = house.ask("DescribeAlarmHistory", request.clone()).await.unwrap();
    assert_eq!(first["AlarmHistoryItems"].as_array().unwrap().len(), 3);
    set(&house, "a", "OK").await;
    request["NextToken"] = first["NextToken"].clone();
    let second = house.ask("DescribeAlarmHistory", request).await.unwrap();
    assert_eq!(
        second["AlarmHistoryItems"].as_array().unwrap().len(),
        1,
        "what is new comes before the first page"
    );
    assert_eq!(second.get("NextToken"), None);
}
