//! The alarms of a plan: AWS's own request as JSON, or one line.
//!
//! ```text
//! errors: Invocation5XXErrors Sum > 5 for 2 of 3 x 60s
//! slow: ModelLatency p99 >= 50ms for 3 x 1m missing breaching
//! ```
//!
//! NAME: METRIC STATISTIC OPERATOR THRESHOLD for [M of] N x PERIOD [missing `TREATMENT`]. The line becomes a
//! `PutMetricAlarm` on the endpoint's variant; whether that is a good alarm is for the services to say.

use serde_json::{Value, json};

use super::asked::{Members, Wrong, shortened};
use super::length::Length;
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::lint::{Measure, measure};
use crate::metrics::metric::Metric;
use crate::metrics::statistic::Statistic;
use crate::metrics::utilization::{Gauge, INSTANCES};

/// The endpoint, where no alarm names one.
pub(super) const ENDPOINT: &str = "endpoint";
/// The variant, where no alarm names one.
pub(super) const VARIANT: &str = "AllTraffic";

const WANTED: &str = "a line such as \"errors: Invocation5XXErrors Sum > 5 for 2 of 3 x 60s\", or the JSON of \
                      PutMetricAlarm or PutCompositeAlarm";

/// So many datapoints are read about as fast as one.
const ONE_LOOK: i64 = 400;

/// An alarm, as it is asked of CloudWatch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alarm {
    request: Value,
    /// Whether it was a line, which is about the endpoint whatever that is called.
    is_line: bool,
}

impl Alarm {
    /// The alarms of a question.
    pub(super) fn take(members: &mut Members) -> Result<Vec<Self>, Wrong> {
        let alarms = match members.raw("alarms") {
            Value::Null => return Ok(Vec::new()),
            Value::Array(alarms) => alarms,
            one => vec![one],
        };
        alarms.into_iter().map(Self::read).collect()
    }

    fn read(given: Value) -> Result<Self, Wrong> {
        match given {
            Value::Object(_) => Ok(Self { request: given, is_line: false }),
            Value::String(line) => {
                let why = |why: String| {
                    Wrong::new("alarms", format!("has {line:?}, in which {why}: it must be {WANTED}"))
                };
                parse(&line).map(|request| Self { request, is_line: true }).map_err(why)
            }
            other => {
                Err(Wrong::new("alarms", format!("has {}, but each must be {WANTED}", shortened(&other))))
            }
        }
    }

    /// `AlarmName`.
    pub(super) fn name(&self) -> Option<&str> {
        self.request["AlarmName"].as_str()
    }

    /// The request that puts it, about this endpoint and variant if it was a line.
    pub(super) fn request(&self, endpoint: &str, variant: &str) -> Value {
        let mut request = self.request.clone();
        if self.is_line {
            request["Dimensions"] = json!([{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]);
        }
        request
    }

    /// The operation that puts it.
    pub(super) fn operation(&self) -> &'static str {
        if self.request.get("AlarmRule").is_some() { "PutCompositeAlarm" } else { "PutMetricAlarm" }
    }

    /// The value of a dimension of the metrics that it watches.
    pub(super) fn dimension(&self, name: &str) -> Option<&str> {
        let queries = self.request["Metrics"].as_array().into_iter().flatten();
        let within = queries.map(|query| &query["MetricStat"]["Metric"]);
        let dimensions =
            std::iter::once(&self.request).chain(within).filter_map(|metric| metric["Dimensions"].as_array());
        dimensions
            .flatten()
            .find(|dimension| dimension["Name"] == name)
            .and_then(|dimension| dimension["Value"].as_str())
    }

    /// The length of one datapoint.
    pub(super) fn period_ms(&self) -> i64 {
        let queries = self.request["Metrics"].as_array().into_iter().flatten();
        let within = queries.flat_map(|query| [&query["Period"], &query["MetricStat"]["Period"]]);
        let periods = std::iter::once(&self.request["Period"]).chain(within).filter_map(Value::as_i64);
        periods.max().unwrap_or(60).clamp(1, 86_400) * 1000
    }

    /// About how much it takes to judge it for so long; one look over many datapoints counts as several.
    pub(super) fn looks(&self, ms: i64) -> u64 {
        let periods = self.periods();
        let every_ms = match self.period_ms() {
            period if period < 60_000 => 10_000,
            period if period * periods > 86_400_000 => 3_600_000,
            _ => 60_000,
        };
        u64::try_from((ms / every_ms + 1) * (1 + periods / ONE_LOOK)).unwrap_or(0)
    }

    /// The time over which it looks, with what CloudWatch looks back for missing data.
    pub(super) fn range_ms(&self) -> i64 {
        self.period_ms() * (self.periods() + 2)
    }

    fn periods(&self) -> i64 {
        self.request["EvaluationPeriods"].as_i64().unwrap_or(1).clamp(1, 1_440)
    }
}

/// The request that a line stands for, or what is wrong in it.
fn parse(line: &str) -> Result<Value, String> {
    let (name, rest) = line.split_once(':').ok_or("there is no name with a colon after it")?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [metric, statistic, operator, threshold, "for", ref tail @ ..] = words[..] else {
        return Err("METRIC STATISTIC OPERATOR THRESHOLD for do not follow the name".to_owned());
    };
    let (tail, treatment) = match *tail {
        [ref tail @ .., "missing", treatment] => (tail, Some(treatment)),
        ref tail => (tail, None),
    };
    let (wanted, periods, period) = match *tail {
        [periods, "x", period] => (None, periods, period),
        [wanted, "of", periods, "x", period] => (Some(count(wanted)?), periods, period),
        _ => return Err("\"for\" is not followed by N x PERIOD or M of N x PERIOD".to_owned()),
    };
    let namespace = if Gauge::named(metric).is_some() { INSTANCES } else { INVOCATIONS };
    let seconds = Length::read(period)
        .filter(|length| length.0 >= 1000)
        .ok_or_else(|| format!("{period} is no period"))?;
    let read = Statistic::parse(statistic)
        .ok_or_else(|| format!("{statistic} is no statistic such as Sum, Average or p99"))?;
    let measured = measure(&Metric::new(namespace, metric, []), read);
    let what = || format!("{statistic} of {metric}");
    let mut request = json!({
        "AlarmName": name.trim(), "Namespace": namespace, "MetricName": metric,
        "ComparisonOperator": comparison(operator)?, "Threshold": number(threshold, measured, what)?,
        "EvaluationPeriods": count(periods)?, "Period": seconds.0 / 1000,
    });
    let member = if read.is_extended() { "ExtendedStatistic" } else { "Statistic" };
    request[member] = statistic.into();
    if let Some(wanted) = wanted {
        request["DatapointsToAlarm"] = wanted.into();
    }
    if let Some(treatment) = treatment {
        request["TreatMissingData"] = treatment.into();
    }
    Ok(request)
}

fn count(word: &str) -> Result<u32, String> {
    word.parse().map_err(|_| format!("{word} is no whole number"))
}

fn comparison(operator: &str) -> Result<&'static str, String> {
    match operator {
        ">" => Ok("GreaterThanThreshold"),
        ">=" => Ok("GreaterThanOrEqualToThreshold"),
        "<" => Ok("LessThanThreshold"),
        "<=" => Ok("LessThanOrEqualToThreshold"),
        _ => Err(format!("{operator} is none of >, >=, < and <=")),
    }
}

/// A number; `2%` is a part, or as it is where percent are measured, and `50ms` is in microseconds, as CloudWatch has
/// latencies. What is measured is known of the metrics of endpoints alone.
fn number(word: &str, measured: Option<Measure>, what: impl Fn() -> String) -> Result<f64, String> {
    let units = [("%", 1.0), ("us", 1.0), ("ms", 1_000.0), ("s", 1_000_000.0)];
    let unit = units.iter().find_map(|(unit, factor)| Some((word.strip_suffix(unit)?, *unit, *factor)));
    let (digits, unit, factor) = unit.unwrap_or((word, "", 1.0));
    let read = digits.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = read.ok_or_else(|| format!("{word} is no number, nor one with %, us, ms or s"))?;
    match (unit, measured) {
        ("", _) | ("%", Some(Measure::Percent)) => Ok(number),
        ("%", None | Some(Measure::Part)) => Ok(number / 100.0),
        (_, None | Some(Measure::Time)) if unit != "%" => Ok(number * factor),
        (_, measured) => {
            let is = if unit == "%" { "a part" } else { "a time" };
            let right = match measured {
                Some(Measure::Time) => "a time, such as 50ms",
                Some(Measure::Part) => "a part, such as 2% or 0.02",
                Some(Measure::Percent) => "a percentage, such as 80%",
                None | Some(Measure::Count) => "a number, such as 5",
            };
            Err(format!("{word} is {is}, but {} is {right}", what()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Alarm, String> {
        Alarm::read(line.into()).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn a_line_is_a_request_of_cloudwatch() {
        let alarm =
            read("slow: ModelLatency p99 >= 50ms for 2 of 3 x 1m missing breaching").expect("it is right");
        let wanted = json!({
            "AlarmName": "slow", "Namespace": "AWS/SageMaker", "MetricName": "ModelLatency",
            "Dimensions": [
                {"Name": "EndpointName", "Value": "endpoint"}, {"Name": "VariantName", "Value": "AllTraffic"},
            ],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 50_000.0, "EvaluationPeriods": 3,
            "Period": 60, "ExtendedStatistic": "p99", "DatapointsToAlarm": 2, "TreatMissingData": "breaching",
        });
        assert_eq!(
            (alarm.request("endpoint", "AllTraffic"), alarm.operation(), alarm.range_ms()),
            (wanted, "PutMetricAlarm", 300_000)
        );
        let busy = read("busy: CPUUtilization Average > 80 for 1 x 300s").expect("it is right").request;
        assert_eq!((&busy["Namespace"], &busy["Statistic"]), (&json!(INSTANCES), &json!("Average")));
        let part = read("part: Invocation5XXErrors Average > 2% for 1 x 60").expect("it is right").request;
        assert_eq!(part["Threshold"], 0.02);
        let busy = read("busy: MemoryUtilization Average > 80% for 1 x 60").expect("it is right").request;
        assert_eq!(busy["Threshold"], 80.0);
    }

    #[test]
    fn a_wrong_line_is_told_with_the_word_that_is_wrong() {
        let table = [
            ("errors", "there is no name with a colon after it"),
            ("e: Invocations Sum > 5", "METRIC STATISTIC OPERATOR THRESHOLD for do not follow the name"),
            ("e: Invocations Summe > 5 for 1 x 60s", "Summe is no statistic such as Sum, Average or p99"),
            ("e: Invocations Sum => 5 for 1 x 60s", "=> is none of >, >=, < and <="),
            ("e: Invocations Sum > five for 1 x 60s", "five is no number, nor one with %, us, ms or s"),
            (
                "e: Invocation5XXErrors Sum > 20ms for 1 x 60s",
                "20ms is a time, but Sum of Invocation5XXErrors is a number, such as 5",
            ),
            (
                "e: Invocation5XXErrors p99 > 20s for 1 x 60s",
                "20s is a time, but p99 of Invocation5XXErrors is a part, such as 2% or 0.02",
            ),
            (
                "e: CPUUtilization Average > 20us for 1 x 60s",
                "20us is a time, but Average of CPUUtilization is a percentage, such as 80%",
            ),
            (
                "e: ModelLatency p99 > 2% for 1 x 60s",
                "2% is a part, but p99 of ModelLatency is a time, such as 50ms",
            ),
            (
                "e: ModelLatency SampleCount > 2ms for 1 x 60s",
                "2ms is a time, but SampleCount of ModelLatency is a number, such as 5",
            ),
            ("e: Invocations Sum > 5 for 1", "\"for\" is not followed by N x PERIOD or M of N x PERIOD"),
            ("e: Invocations Sum > 5 for one x 60s", "one is no whole number"),
            ("e: Invocations Sum > 5 for 1 x soon", "soon is no period"),
        ];
        for (line, why) in table {
            assert_eq!(read(line), Err(format!("alarms has {line:?}, in which {why}: it must be {WANTED}.")));
        }
    }
}
