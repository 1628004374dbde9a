//! Points: what was measured of a series from an instant on for some span, as a count, a sum, the extremes
//! and, for percentiles, bins.
//!
//! Points are added to what is there already: a minute is written as often as something of it becomes known.
//! Most of the statements of a busy server are these, so many points share few of them. How two datapoints
//! become one, and what the bins are, is the caller's to know.

use std::collections::BTreeMap;

use super::NewSeries;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// What was measured in one span.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDatapoint {
    /// `SampleCount`.
    pub count: f64,
    /// `Sum`.
    pub sum: f64,
    /// `Minimum`.
    pub min: f64,
    /// `Maximum`.
    pub max: f64,
    /// How the samples are distributed; without it there are no percentiles.
    pub bins: Option<String>,
}

/// A point to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPoint<'a> {
    /// Of which series.
    pub series: NewSeries<'a>,
    /// Where its span begins.
    pub at: Timestamp,
    /// How long its span is; more than zero.
    pub span_ms: i64,
    /// What was measured in it.
    pub datapoint: StoredDatapoint,
}

/// A point as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRow {
    /// Of which series: [`series_id`](super::series_id) of its key.
    pub series_id: String,
    /// The series' `Unit`.
    pub unit: String,
    /// Where its span begins.
    pub at: Timestamp,
    /// How long its span is.
    pub span_ms: i64,
    /// What was measured in it; without bins if they were not asked for.
    pub datapoint: StoredDatapoint,
}

/// Whose points.
#[derive(Clone, Copy, Debug)]
pub enum PointsOf<'a> {
    /// Of these series, by their ids.
    Series(&'a [String]),
    /// Of all series of the metric with this key, whatever their units.
    Metric(&'a str),
}

/// Which points: they come in the order of their instants.
#[derive(Clone, Copy, Debug)]
pub struct PointQuery<'a> {
    /// Whose.
    pub of: PointsOf<'a>,
    /// Beginning at this instant or later.
    pub from: Timestamp,
    /// Beginning before this instant.
    pub until: Timestamp,
    /// With spans of at most so long; all if absent.
    pub max_span_ms: Option<i64>,
    /// Whether the bins are wanted; they are most of a point.
    pub with_bins: bool,
}

impl StoredDatapoint {
    /// `count sum min max`; Rust's shortest text of a number is read back as the same number.
    pub(super) fn body(&self) -> String {
        format!("{:?} {:?} {:?} {:?}", self.count, self.sum, self.min, self.max)
    }

    pub(super) fn from_body(body: &str, bins: Option<String>) -> Result<Self, Error> {
        let numbers: Vec<f64> = body.split(' ').map_while(|number| number.parse().ok()).collect();
        let [count, sum, min, max] = numbers[..] else {
            return Err(Error::Unreadable(format!("a datapoint is four numbers, not {body:?}")));
        };
        Ok(Self { count, sum, min, max, bins })
    }
}

fn read(row: &mut Row, units: &BTreeMap<String, String>) -> Result<PointRow, Error> {
    let (series_id, at, span_ms, body) = (row.text()?, row.at()?, row.int()?, row.text()?);
    let datapoint = StoredDatapoint::from_body(&body, row.maybe_text()?)?;
    let unit = units[&series_id].clone();
    Ok(PointRow { series_id, unit, at, span_ms, datapoint })
}

impl Session {
    /// The points that the query asks for, in two statements: a list of series is found by the key of the
    /// table; a join is not, while PostgreSQL knows nothing of a table that has just been filled.
    pub async fn points(&mut self, world: &WorldId, query: &PointQuery<'_>) -> Result<Vec<PointRow>, Error> {
        let units = self.units(world, query.of).await?;
        if units.is_empty() {
            return Ok(Vec::new());
        }
        let bins = if query.with_bins { "bins" } else { "NULL" };
        let from = " FROM metric_points WHERE account = $1 AND region = $2 AND at_ms >= $3 AND at_ms < $4 \
                    AND series_id IN ";
        let args = [(&world.account).into(), (&world.region).into(), query.from.into(), query.until.into()];
        let mut statement = Statement::new("SELECT series_id, at_ms, span_ms, body, ", &args);
        statement
            .push(bins)
            .push(from)
            .bind_list(units.keys())
            .filter(" AND span_ms <= ", query.max_span_ms)
            .push(" ORDER BY at_ms, series_id, span_ms");
        statement.read(self).await?.iter_mut().map(|row| read(row, &units)).collect()
    }

    /// The units of the series, by their ids.
    async fn units(&mut self, world: &WorldId, of: PointsOf<'_>) -> Result<BTreeMap<String, String>, Error> {
        let select = "SELECT id, unit FROM metric_series WHERE account = $1 AND region = $2";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        match of {
            PointsOf::Series([]) => return Ok(BTreeMap::new()),
            PointsOf::Series(ids) => statement.push(" AND id IN ").bind_list(ids),
            PointsOf::Metric(key) => statement.push(" AND metric_key = ").bind(key),
        };
        let rows = statement.read(self).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.text()?))).collect()
    }
}

impl Tx {
    /// Forgets the points before this instant whose spans are at most so long, and answers how many. If that
    /// is said of all spans, series that have nothing newer are forgotten too.
    pub async fn forget_points(&mut self, before: Timestamp, max_span_ms: Option<i64>) -> Result<u64, Error> {
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), before.into()];
        // Of each series the old points stand together.
        let points = "DELETE FROM metric_points WHERE account = $1 AND region = $2 AND series_id IN \
                      (SELECT id FROM metric_series WHERE account = $1 AND region = $2) AND at_ms < $3";
        let mut statement = Statement::new(points, &args);
        let forgotten = statement.filter(" AND span_ms <= ", max_span_ms).execute(self).await?;
        if max_span_ms.is_none() {
            let series = "DELETE FROM metric_series WHERE account = $1 AND region = $2 AND last_ms < $3";
            self.execute(series, &args).await?;
        }
        Ok(forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_back_as_it_was_written() {
        for number in [0.0, -0.0, 0.1 + 0.2, 1e300, f64::MIN_POSITIVE, f64::MAX, -5e-324, f64::INFINITY] {
            let written = StoredDatapoint { count: 1.0, sum: number, min: -number, max: number, bins: None };
            let read = StoredDatapoint::from_body(&written.body(), None).expect("our own text");
            let bits = |point: &StoredDatapoint| [point.sum, point.min, point.max].map(f64::to_bits);
            assert_eq!(bits(&read), bits(&written), "{number:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_datapoint_is_refused() {
        for text in ["", "1 2 3", "1 2 3 4 5", "1 2 x 4", "1  2 3 4"] {
            assert!(StoredDatapoint::from_body(text, None).is_err(), "{text:?}");
        }
    }
}
