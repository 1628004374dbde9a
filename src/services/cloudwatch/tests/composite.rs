//! Composite alarms: what is refused, and how a change comes up from below.

use super::*;

/// What `PutCompositeAlarm` answers to this rule.
async fn refused(house: &House, rule: &str) -> String {
    composite(house, "top", rule).await.expect_err(rule).message.unwrap()
}

#[tokio::test]
async fn a_composite_is_evaluated_when_it_is_put() {
    let house = House::new().await;
    metric(&house, "a").await;
    metric(&house, "b").await;
    composite(&house, "top", "ALARM(a) OR ALARM(b)").await.unwrap();
    let top = show(&house, "top").await;
    assert_eq!(top["StateValue"], json!("OK"));
    assert_eq!(top["StateReason"], json!(format!("{ARN}top was created and its alarm rule evaluates to OK")));
    assert_eq!(top["AlarmRule"], json!("ALARM(a) OR ALARM(b)"));
    let reason: Json = serde_json::from_str(top["StateReasonData"].as_str().unwrap()).unwrap();
    let children = reason["triggeringAlarms"].as_array().unwrap();
    assert_eq!(
        children.iter().map(|child| &child["arn"]).collect::<Vec<_>>(),
        [&format!("{ARN}a"), &format!("{ARN}b")]
    );
    composite(&house, "top", "NOT ALARM(a)").await.unwrap();
    let top = show(&house, "top").await;
    assert_eq!(
        top["StateReason"],
        json!(format!("{ARN}top was updated and its alarm rule evaluates to ALARM"))
    );
    assert_eq!(
        summaries(&house).await[2..],
        [
            "top: Alarm \"top\" created",
            "top: Alarm updated from INSUFFICIENT_DATA to OK",
            "top: Alarm \"top\" updated",
            "top: Alarm updated from OK to ALARM",
        ]
    );
}

#[tokio::test]
async fn a_child_brings_its_composites_along_in_the_same_instant() {
    let house = House::new().await;
    metric(&house, "m").await;
    composite(&house, "inner", "ALARM(m)").await.unwrap();
    composite(&house, "outer", &format!("OK(\"{ARN}inner\") OR ALARM(\"{ARN}inner\")")).await.unwrap();
    composite(&house, "not", "NOT ALARM(inner)").await.unwrap();
    house.advance(45).await;
    set(&house, "m", "ALARM").await;
    let inner = show(&house, "inner").await;
    assert_eq!(inner["StateValue"], json!("ALARM"));
    assert!(inner["StateReason"].as_str().unwrap().starts_with(&format!("{ARN}m transitioned to ALARM at ")));
    assert_eq!(inner["StateTransitionedTimestamp"], show(&house, "m").await["StateTransitionedTimestamp"]);
    assert_eq!(state(&house, "not").await, "OK");
    assert_eq!(state(&house, "outer").await, "ALARM", "true before and after: no transition");
    assert_eq!(
        summaries(&house).await[7..],
        [
            "m: Alarm updated from INSUFFICIENT_DATA to ALARM",
            "inner: Alarm updated from OK to ALARM",
            "not: Alarm updated from ALARM to OK",
        ]
    );
}

#[tokio::test]
async fn the_top_of_a_diamond_changes_once_and_last() {
    let house = House::new().await;
    metric(&house, "m").await;
    composite(&house, "y", "ALARM(m)").await.unwrap();
    composite(&house, "z", "ALARM(m)").await.unwrap();
    composite(&house, "atop", "ALARM(y) AND ALARM(z)").await.unwrap();
    let before = summaries(&house).await.len();
    set(&house, "m", "ALARM").await;
    let moved: Vec<String> =
        summaries(&house).await[before..].iter().map(|line| line[..1].to_owned()).collect();
    assert_eq!(moved, ["m", "y", "z", "a"]);
    assert_eq!(state(&house, "atop").await, "ALARM");
}

#[tokio::test]
async fn a_composite_set_by_hand_returns_when_a_child_changes() {
    let house = House::new().await;
    metric(&house, "m").await;
    composite(&house, "top", "ALARM(m)").await.unwrap();
    set(&house, "top", "ALARM").await;
    set(&house, "m", "INSUFFICIENT_DATA").await;
    assert_eq!(state(&house, "top").await, "ALARM", "its child did not change");
    set(&house, "m", "OK").await;
    assert_eq!(state(&house, "top").await, "OK");
    house.advance(5).await;
    let first = show(&house, "top").await;
    set(&house, "top", "OK").await;
    let second = show(&house, "top").await;
    assert_ne!(second["StateUpdatedTimestamp"], first["StateUpdatedTimestamp"]);
    assert_eq!(second["StateTransitionedTimestamp"], first["StateTransitionedTimestamp"]);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_in_one_sentence() {
    let house = House::new().await;
    metric(&house, "a").await;
    assert_eq!(
        refused(&house, "ALARM(a b)").await,
        "Error in AlarmRule [Unsupported token 'b' at char 8, must be: ')']"
    );
    assert_eq!(
        refused(&house, "ALARM(a)\n").await,
        "AlarmRule must not contain leading or trailing whitespace or be null"
    );
    let elsewhere = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a";
    assert_eq!(
        refused(&house, &format!("ALARM(a) OR OK(x) OR OK(\"{elsewhere}\")")).await,
        format!(
            "Could not save the composite alarm as alarms [x, {elsewhere}] in the alarm rule do not exist"
        )
    );
    assert_eq!(
        refused(&house, "ALARM(a) OR ALARM(top)").await,
        "A composite alarm cannot have a child relation with itself via its AlarmRule"
    );
    assert_eq!(list(&house, json!({})).await.1, Vec::<String>::new(), "nothing was kept of them");
}

#[tokio::test]
async fn a_cycle_is_refused() {
    let house = House::new().await;
    composite(&house, "top", "TRUE").await.unwrap();
    composite(&house, "middle", "ALARM(top)").await.unwrap();
    composite(&house, "bottom", "ALARM(middle)").await.unwrap();
    let sentence = "A composite alarm cannot depend on itself via the AlarmRule of another composite alarm";
    assert_eq!(refused(&house, "ALARM(bottom)").await, sentence);
    assert_eq!(state(&house, "bottom").await, "ALARM");
    composite(&house, "top", "FALSE").await.unwrap();
    assert_eq!(state(&house, "bottom").await, "OK");
}

#[tokio::test]
async fn a_child_goes_only_with_its_composite() {
    let house = House::new().await;
    for name in ["a", "b", "c"] {
        metric(&house, name).await;
    }
    composite(&house, "one", "ALARM(a)").await.unwrap();
    composite(&house, "two", "ALARM(b) OR ALARM(c)").await.unwrap();
    let refused = async |names: Json| {
        house.ask("DeleteAlarms", json!({"AlarmNames": names})).await.unwrap_err().message.unwrap()
    };
    assert_eq!(
        refused(json!(["a"])).await,
        "Cannot delete a as there are composite alarm(s) depending on it."
    );
    assert_eq!(
        refused(json!(["b", "a"])).await,
        "Cannot delete b,a as there are composite alarm(s) depending on them."
    );
    assert_eq!(
        refused(json!(["one", "two"])).await,
        "DeleteAlarms can delete at most one composite alarm at a time"
    );
    house.ask("DeleteAlarms", json!({"AlarmNames": ["a", "one"]})).await.unwrap();
    assert_eq!(list(&house, json!({})).await, (vec!["b".into(), "c".into()], vec!["two".into()]));
}

#[tokio::test]
async fn a_suppressor_and_its_periods_belong_together() {
    let house = House::new().await;
    let put = async |more: Json| {
        let mut alarm = json!({"AlarmName": "top", "AlarmRule": "TRUE"});
        alarm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.ask("PutCompositeAlarm", alarm).await.map_err(|fault| fault.message.unwrap())
    };
    let error = put(json!({"ActionsSuppressorWaitPeriod": 1})).await.unwrap_err();
    assert_eq!(error, "ActionsSuppressorWaitPeriod requires an ActionSuppressor");
    let error = put(json!({"ActionsSuppressor": "x", "ActionsSuppressorWaitPeriod": 1})).await.unwrap_err();
    assert_eq!(error, "ActionsSuppressorExtensionPeriod must not be null");
    let all = |suppressor: &str| json!({"ActionsSuppressor": suppressor, "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 2});
    let error = put(all("arn:aws:sns:us-east-1:123456789012:x")).await.unwrap_err();
    assert_eq!(error, "ActionsSuppressor must be a valid CloudWatch Alarm ARN or an Alarm name");
    put(all("x")).await.unwrap();
    assert_eq!(show(&house, "top").await["ActionsSuppressorExtensionPeriod"], json!(2));
}
