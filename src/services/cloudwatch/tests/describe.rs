//! `DescribeAlarms`: filters, relatives, pages.

use super::*;

/// Metric alarms a1, a2, b1 and b2, and a composite over the first two.
async fn stocked() -> House {
    let house = House::new().await;
    for name in ["b2", "a1", "b1", "a2"] {
        metric(&house, name).await;
    }
    composite(&house, "ab", "ALARM(a1) OR ALARM(a2)").await.unwrap();
    house
}

#[tokio::test]
async fn composites_are_left_out_unless_asked_for() {
    let house = stocked().await;
    let answer = house.ask("DescribeAlarms", json!({})).await.unwrap();
    assert_eq!(names(&answer["MetricAlarms"]), ["a1", "a2", "b1", "b2"]);
    assert_eq!(answer["CompositeAlarms"], json!([]));
    assert_eq!(answer.get("NextToken"), None);
    assert_eq!(list(&house, json!({"AlarmTypes": ["CompositeAlarm"]})).await, (vec![], vec!["ab".into()]));
    assert_eq!(
        list(&house, json!({"AlarmTypes": ["MetricAlarm"], "AlarmNames": ["ab"]})).await,
        (vec![], vec![])
    );
}

#[tokio::test]
async fn filters_hold_together() {
    let house = stocked().await;
    set(&house, "a2", "ALARM").await;
    assert_eq!(list(&house, json!({"AlarmNames": ["b1", "nobody", "a1"]})).await.0, ["a1", "b1"]);
    assert_eq!(
        list(&house, json!({"AlarmNamePrefix": "a"})).await,
        (vec!["a1".into(), "a2".into()], vec!["ab".into()])
    );
    assert_eq!(list(&house, json!({"StateValue": "ALARM"})).await, (vec!["a2".into()], vec!["ab".into()]));
    assert_eq!(list(&house, json!({"StateValue": "ALARM", "AlarmNamePrefix": "b"})).await, (vec![], vec![]));
    let topic = "arn:aws:sns:us-east-1:123456789012:pager";
    let mut noisy = show(&house, "b1").await;
    let members = noisy.as_object_mut().unwrap();
    members.retain(|member, _| {
        !member.starts_with("State") && !member.starts_with("AlarmA") && !member.starts_with("AlarmC")
    });
    members.insert("OKActions".into(), json!([topic]));
    house.ask("PutMetricAlarm", noisy).await.unwrap();
    assert_eq!(list(&house, json!({"ActionPrefix": "arn:aws:sns"})).await, (vec!["b1".into()], vec![]));
    assert_eq!(list(&house, json!({"ActionPrefix": "arn:aws:lambda"})).await, (vec![], vec![]));
}

#[tokio::test]
async fn pages_neither_repeat_nor_lose_alarms_under_inserts() {
    let house = stocked().await;
    let page = async |token: Option<Json>| {
        let mut request = json!({"MaxRecords": 2, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]});
        if let Some(token) = token {
            request["NextToken"] = token;
        }
        let answer = house.ask("DescribeAlarms", request).await.unwrap();
        let both = [names(&answer["MetricAlarms"]), names(&answer["CompositeAlarms"])].concat();
        (both, answer.get("NextToken").cloned())
    };
    let (first, token) = page(None).await;
    assert_eq!(first, ["a1", "a2"]);
    metric(&house, "a0").await;
    metric(&house, "aa").await;
    let (second, token) = page(token).await;
    assert_eq!(second, ["aa", "ab"]);
    let (third, token) = page(token).await;
    assert_eq!((third, token), (vec!["b1".into(), "b2".into()], None));
}

#[tokio::test]
async fn a_page_is_full_also_where_few_alarms_have_the_action() {
    let house = House::new().await;
    for n in 0..9 {
        let actions =
            if n % 4 == 0 { json!(["arn:aws:sns:us-east-1:123456789012:pager"]) } else { json!([]) };
        let alarm = json!({"AlarmName": format!("c{n}"), "AlarmRule": "TRUE", "AlarmActions": actions});
        house.ask("PutCompositeAlarm", alarm).await.unwrap();
    }
    let mut request = json!({"ActionPrefix": "arn", "MaxRecords": 2, "AlarmTypes": ["CompositeAlarm"]});
    let first = house.ask("DescribeAlarms", request.clone()).await.unwrap();
    assert_eq!(names(&first["CompositeAlarms"]), ["c0", "c4"]);
    request["NextToken"] = first["NextToken"].clone();
    let second = house.ask("DescribeAlarms", request).await.unwrap();
    assert_eq!((names(&second["CompositeAlarms"]), second.get("NextToken")), (vec!["c8".into()], None));
}

#[tokio::test]
async fn relatives_are_shown_with_little() {
    let house = stocked().await;
    let children = house.ask("DescribeAlarms", json!({"ChildrenOfAlarmName": "ab"})).await.unwrap();
    assert_eq!(names(&children["MetricAlarms"]), ["a1", "a2"]);
    let child = &children["MetricAlarms"][0];
    assert_eq!(child["StateValue"], json!("INSUFFICIENT_DATA"));
    assert_eq!(child.as_object().unwrap().len(), 4, "{child}");
    let parents = house.ask("DescribeAlarms", json!({"ParentsOfAlarmName": "a1"})).await.unwrap();
    assert_eq!(parents["CompositeAlarms"], json!([{"AlarmName": "ab", "AlarmArn": format!("{ARN}ab")}]));
    for nobody in [json!({"ChildrenOfAlarmName": "a1"}), json!({"ParentsOfAlarmName": "nobody"})] {
        let none = house.ask("DescribeAlarms", nobody).await.unwrap();
        assert_eq!(none, json!({"CompositeAlarms": [], "MetricAlarms": []}));
    }
}

#[tokio::test]
async fn members_that_exclude_each_other_and_foreign_tokens_are_refused() {
    let house = stocked().await;
    let refused = async |request: Json| house.ask("DescribeAlarms", request).await.unwrap_err().to_string();
    assert_eq!(
        refused(json!({"ChildrenOfAlarmName": "ab", "StateValue": "OK"})).await,
        "ValidationException: ChildrenOfAlarmName cannot be combined with StateValue"
    );
    assert!(
        refused(json!({"AlarmNames": ["a"], "AlarmNamePrefix": "a"}))
            .await
            .starts_with("ValidationException")
    );
    assert!(refused(json!({"NextToken": "made up"})).await.starts_with("InvalidNextToken"));
    let page = json!({"AlarmTypes": ["MetricAlarm"], "MaxRecords": 1});
    let history = house.ask("DescribeAlarmHistory", page).await.unwrap();
    assert!(refused(json!({"NextToken": history["NextToken"]})).await.starts_with("InvalidNextToken"));
    let names: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    assert!(refused(json!({"AlarmNames": names})).await.contains("length less than or equal to 100"));
}

#[tokio::test]
async fn alarms_are_found_by_their_metric() {
    let house = House::new().await;
    let put = async |name: &str, dimensions: Json| {
        let alarm = json!({
            "AlarmName": name, "MetricName": "ModelLatency", "Namespace": "AWS/SageMaker", "ExtendedStatistic": "p90",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": dimensions,
        });
        house.ask("PutMetricAlarm", alarm).await.unwrap();
    };
    let (endpoint, variant) =
        (json!({"Name": "EndpointName", "Value": "e"}), json!({"Name": "VariantName", "Value": "v"}));
    put("both", json!([endpoint, variant])).await;
    put("one", json!([endpoint])).await;
    let find = async |more: Json| {
        let mut request = json!({"MetricName": "ModelLatency", "Namespace": "AWS/SageMaker"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        names(&house.ask("DescribeAlarmsForMetric", request).await.unwrap()["MetricAlarms"])
    };
    assert_eq!(find(json!({"Dimensions": [variant, endpoint]})).await, ["both"]);
    assert_eq!(
        find(json!({"Dimensions": [endpoint], "ExtendedStatistic": "p90", "Period": 60})).await,
        ["one"]
    );
    assert_eq!(find(json!({"Dimensions": [endpoint], "Statistic": "Sum"})).await, Vec::<String>::new());
    assert_eq!(find(json!({})).await, Vec::<String>::new());
}
