//! `GetMetricData`.

use serde::{Deserialize, Serialize};

use super::bad_token;
use super::metric_query::Sent;
use super::parameter::too_long;
use super::window::Window;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::measure::query;
use crate::metrics::query::{Query, QueryError, Returned};
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, token};

/// Queries in one request.
const MOST_QUERIES: usize = 500;
/// Datapoints in one answer.
const MOST_DATAPOINTS: usize = 100_800;

/// `GetMetricDataInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    metric_data_queries: Vec<Sent>,
    start_time: Timestamp,
    end_time: Timestamp,
    #[serde(default)]
    scan_by: ScanBy,
    max_datapoints: Option<i64>,
    next_token: Option<String>,
}

/// `ScanBy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum ScanBy {
    #[default]
    TimestampDescending,
    TimestampAscending,
}

/// Where a page ended. All pages of an answer are of one range, looked at from one instant: otherwise a
/// datapoint that becomes visible between two of them would move all that follow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Mark {
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    /// The series that comes next.
    series: usize,
    /// How many datapoints of it were shown.
    shown: usize,
}

/// Metrics and expressions over them, as series.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
pub(super) async fn get_metric_data(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let mut request: Request = input(value)?;
    let queries = request.check()?;
    let most = request.page()?;
    let mark: Option<Mark> =
        request.next_token.as_deref().map(|text| token::open("metric data", text, bad_token)).transpose()?;
    let mut session = context.store.session();
    let window = if let Some(mark) = mark {
        // What a client made up shows it nothing that cannot be seen yet.
        let now = session.world(world).await?.now(session.base_now().await?);
        Window::at(context, mark.from, mark.until, mark.now.min(now))
    } else {
        let periods = queries.iter().filter_map(|query| Some(query.metric_stat.as_ref()?.period));
        let times = (request.start_time, request.end_time);
        Window::read(context, &mut session, world, times, periods).await?
    };
    let horizon = |period_ms| window.horizon(period_ms);
    let series = query::run(&mut session, world, &queries, window.from, window.until, horizon).await?;
    let begin = mark.map_or((0, 0), |mark| (mark.series, mark.shown));
    let (results, end) = page(&queries, &series, request.scan_by, begin, most);
    let mut answer = Fields::from_iter([("MetricDataResults", Value::List(results))]);
    if let Some((series, shown)) = end {
        let mark = Mark { from: window.from, until: window.until, now: window.now, series, shown };
        answer.insert("NextToken", token::seal("metric data", mark).into());
    }
    answer.insert("Messages", Value::List(Vec::new()));
    Ok(answer.into())
}

impl Request {
    /// The queries, or everything that is wrong with the parameters, a line for each.
    fn check(&mut self) -> Result<Vec<Query>, Fault> {
        let mut faults = Vec::new();
        let sent = std::mem::take(&mut self.metric_data_queries);
        if sent.len() > MOST_QUERIES {
            faults.push(too_long("MetricDataQueries", MOST_QUERIES));
        }
        if self.start_time == self.end_time {
            faults.push("The parameter StartTime must not equal parameter EndTime.".to_owned());
        } else if self.start_time > self.end_time {
            faults.push("The parameter StartTime must be less than the parameter EndTime.".to_owned());
        }
        let mut ids: Vec<_> = sent.iter().map(|query| query.id.clone()).collect();
        let paths = (1..).map(|place| format!("MetricDataQueries.member.{place}"));
        let queries: Vec<_> =
            sent.into_iter().zip(paths).filter_map(|(query, path)| query.read(&path, &mut faults)).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < all {
            faults.push("The values for parameter id in MetricDataQueries are not unique.".to_owned());
        }
        if faults.is_empty() {
            return Ok(queries);
        }
        faults.push(String::new());
        Err(Fault::validation(faults.join("\n")))
    }

    /// How many datapoints a page has.
    fn page(&self) -> Result<usize, Fault> {
        let most = self.max_datapoints.map_or(Ok(MOST_DATAPOINTS), usize::try_from);
        most.ok().filter(|most| (1..=MOST_DATAPOINTS).contains(most)).ok_or_else(|| {
            Fault::validation(format!(
                "The parameter MaxDatapoints must be greater than or equal to 1 and less than or equal to \
                 {MOST_DATAPOINTS}.\n"
            ))
        })
    }
}

/// The series from the place `begin` on, at most so many datapoints of them, and the place of the next page.
fn page(
    queries: &[Query],
    series: &[Returned],
    scan_by: ScanBy,
    (begin, mut shown): (usize, usize),
    mut left: usize,
) -> (Vec<Value>, Option<(usize, usize)>) {
    let mut results = Vec::new();
    for (place, series) in series.iter().enumerate().skip(begin) {
        let rest = series.line.len().saturating_sub(shown);
        if left == 0 && rest > 0 {
            return (results, Some((place, shown)));
        }
        let taken = rest.min(left);
        let points = series.line.points().map(|(at, value)| (Value::Timestamp(at), Value::Float(value)));
        let (at, values): (Vec<_>, Vec<_>) = match scan_by {
            ScanBy::TimestampDescending => points.rev().skip(shown).take(taken).unzip(),
            ScanBy::TimestampAscending => points.skip(shown).take(taken).unzip(),
        };
        let status = if taken < rest { "PartialData" } else { "Complete" };
        let result = Fields::from_iter([
            ("Id", queries[series.query].id.as_str().into()),
            ("Label", series.label.as_str().into()),
            ("Timestamps", Value::List(at)),
            ("Values", Value::List(values)),
            ("StatusCode", status.into()),
        ]);
        results.push(result.into());
        if taken < rest {
            return (results, Some((place, shown + taken)));
        }
        left -= taken;
        shown = 0;
    }
    (results, None)
}

impl From<query::Error> for Fault {
    fn from(error: query::Error) -> Self {
        match error {
            query::Error::Store(error) => error.into(),
            query::Error::Query(error) => error.into(),
        }
    }
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        let sentence = error.to_string();
        if error.is_unsupported() { Self::unsupported(sentence) } else { Self::validation(sentence) }
    }
}
