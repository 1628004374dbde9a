//! `GetMetricData`: metrics and expressions, pages, and refusals.

use super::*;

/// A query for the sum of a metric of `shop`.
fn sum(id: &str, metric: &str) -> Json {
    let metric = json!({"Namespace": "shop", "MetricName": metric});
    json!({"Id": id, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}})
}

/// A request of the hour from [`NOON`] on.
fn hour(queries: &Json) -> Json {
    json!({"MetricDataQueries": queries, "StartTime": NOON, "EndTime": NOON + 3600})
}

/// One result as text: `id (label): minute=value … status`.
fn line(result: &Json) -> String {
    let of = |list: &str| {
        result[list].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect::<Vec<_>>()
    };
    let points = of("Timestamps").into_iter().zip(of("Values"));
    let points: Vec<_> = points.map(|(at, value)| format!("{}={value}", (at - NOON as f64) / 60.0)).collect();
    let word = |member: &str| result[member].as_str().unwrap();
    format!("{} ({}): {} {}", word("Id"), word("Label"), points.join(" "), word("StatusCode"))
}

fn lines(answer: &Json) -> Vec<String> {
    assert_eq!(answer["Messages"], json!([]));
    answer["MetricDataResults"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn metrics_and_what_is_computed_of_them() {
    let house = at_noon().await;
    sales(&house, &[1.0, 2.0, 4.0]).await;
    house.advance(3600).await;
    let mut hidden = sum("m1", "sales");
    hidden["ReturnData"] = json!(false);
    let mut named = sum("m2", "returns");
    named["Label"] = json!("came back");
    let queries = json!([{"Id": "e1", "Expression": "100 * m1"}, hidden, named, sum("m3", "sales")]);
    let answer = house.ask("GetMetricData", hour(&queries)).await.unwrap();
    assert_eq!(
        lines(&answer),
        [
            "e1 (e1): 2=400 1=200 0=100 Complete",
            "m2 (came back):  Complete",
            "m3 (sales): 2=4 1=2 0=1 Complete"
        ]
    );
    assert_eq!(answer.get("NextToken"), None);
}

#[tokio::test]
async fn nothing_is_shown_before_its_time_not_even_a_filling() {
    let house = at_noon().await;
    sales(&house, &[1.0]).await;
    let queries = json!([sum("m1", "sales"), {"Id": "e1", "Expression": "FILL(m1, 0)"}]);
    let mut request = hour(&queries);
    request["ScanBy"] = json!("TimestampAscending");
    house.advance(119).await;
    let answer = house.ask("GetMetricData", request.clone()).await.unwrap();
    assert_eq!(lines(&answer), ["m1 (sales):  Complete", "e1 (e1):  Complete"]);
    house.advance(121).await;
    let answer = house.ask("GetMetricData", request).await.unwrap();
    assert_eq!(lines(&answer), ["m1 (sales): 0=1 Complete", "e1 (e1): 0=1 1=0 2=0 Complete"]);
}

#[tokio::test]
async fn pages_neither_repeat_nor_lose_datapoints_while_time_goes_on() {
    let house = at_noon().await;
    sales(&house, &[1.0, 2.0, 4.0, 8.0]).await;
    house.advance(300).await;
    let queries = json!([sum("m1", "sales"), sum("m2", "nothing"), {"Id": "e1", "Expression": "m1 * 10"}]);
    let mut request = hour(&queries);
    request["MaxDatapoints"] = json!(3);
    let mut pages = Vec::new();
    loop {
        let answer = house.ask("GetMetricData", request.clone()).await.unwrap();
        pages.push(lines(&answer));
        let Some(token) = answer.get("NextToken") else { break };
        request["NextToken"] = token.clone();
        let datum = json!({"MetricName": "sales", "Value": 100});
        publish(&house, datum).await.unwrap();
        house.advance(60).await;
    }
    assert_eq!(
        pages,
        [
            vec!["m1 (sales): 3=8 2=4 1=2 PartialData"],
            vec!["m1 (sales): 0=1 Complete", "m2 (nothing):  Complete", "e1 (e1): 3=80 2=40 PartialData"],
            vec!["e1 (e1): 1=20 0=10 Complete"],
        ]
    );
    let foreign = house.ask("ListMetrics", json!({"NextToken": request["NextToken"]})).await.unwrap_err();
    assert!(foreign.to_string().starts_with("InvalidNextToken"), "{foreign}");
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let house = at_noon().await;
    let refused = async |request: Json| house.ask("GetMetricData", request).await.unwrap_err().to_string();
    let metric = json!({"Namespace": "shop"});
    let queries = json!([
        {"Id": "5xx", "MetricStat": {"Metric": metric, "Period": 45, "Stat": "None"}},
        {"Id": "a"},
        {"Id": "a", "Expression": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}},
    ]);
    assert_eq!(
        refused(json!({"MetricDataQueries": queries, "StartTime": NOON, "EndTime": NOON})).await,
        "ValidationException: The parameter StartTime must not equal parameter EndTime.\n\
         The value 5xx for parameter MetricDataQueries.member.1.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.\n\
         The parameter MetricDataQueries.member.1.MetricStat.Metric.MetricName is required.\n\
         The parameter MetricDataQueries.member.1.MetricStat.Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.\n\
         The value None for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.\n\
         The parameter MetricDataQueries.member.2.MetricStat is required.\n\
         The parameters MetricDataQueries.member.3.Expression and MetricDataQueries.member.3.MetricStat are mutually exclusive and you have specified both.\n\
         The values for parameter id in MetricDataQueries are not unique.\n"
    );
    let many: Vec<_> = (0..501).map(|n| sum(&format!("m{n}"), "sales")).collect();
    assert_eq!(
        refused(hour(&json!(many))).await,
        "ValidationException: The collection MetricDataQueries must not have a size greater than 500.\n"
    );
    let mut empty_pages = hour(&json!([sum("m1", "sales")]));
    empty_pages["MaxDatapoints"] = json!(0);
    assert!(refused(empty_pages).await.contains("MaxDatapoints must be greater than or equal to 1"));
}

#[tokio::test]
async fn a_bad_expression_is_named() {
    let house = at_noon().await;
    for (expression, refusal) in [
        (
            "m1 + m9",
            "ValidationException: Error in expression 'e1': 'm9' is not the Id of a metric or an expression in the request",
        ),
        (
            "AVG(m1)",
            "ValidationException: Error in expression 'e1': The result is a number; it must be a time series or an array of time series",
        ),
        (
            "SLICE(METRICS(), 0)",
            "NotImplemented: Error in expression 'e1': Function 'SLICE' is not implemented by sagebrush",
        ),
    ] {
        let request = hour(&json!([sum("m1", "sales"), {"Id": "e1", "Expression": expression}]));
        assert_eq!(house.ask("GetMetricData", request).await.unwrap_err().to_string(), refusal);
    }
}
