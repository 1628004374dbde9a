//! Points: what was measured of a series from an instant on for some span.
//!
//! Points are added to what is there already: a minute is written as often as something of it becomes known.
//! Most of the statements of a busy server are these, so many points share few of them. A datapoint is kept as
//! two texts, because its bins are most of it and only percentiles need them.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::metrics::bins::Bins;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::metric::{Metric, Series};
use crate::metrics::series::Point;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// A point to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPoint {
    /// Of which series.
    pub series: Series,
    /// When it was, and what was measured.
    pub point: Point,
}

/// A point as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRow {
    /// The series' `Unit`.
    pub unit: String,
    /// The point; without bins if they were not asked for.
    pub point: Point,
}

/// Which points of a metric, whatever their units: they come in the order of their instants.
#[derive(Clone, Copy, Debug)]
pub struct PointQuery<'a> {
    /// Of which metric.
    pub metric: &'a Metric,
    /// Beginning at this instant or later.
    pub from: Timestamp,
    /// Beginning before this instant.
    pub until: Timestamp,
    /// With spans of at most so long; all if absent.
    pub max_span_ms: Option<i64>,
    /// Whether the bins are wanted; they are most of a point.
    pub with_bins: bool,
}

/// `count sum min max`; Rust's shortest text of a number is read back as the same number.
pub(super) fn body(datapoint: &Datapoint) -> String {
    let Datapoint { count, sum, min, max, .. } = datapoint;
    format!("{count:?} {sum:?} {min:?} {max:?}")
}

/// The datapoint of its two texts. Bins that cannot be read are no bins: the other statistics do not need them.
pub(super) fn datapoint(body: &str, bins: Option<&str>) -> Result<Datapoint, Error> {
    let numbers: Vec<f64> = body.split(' ').map_while(|number| number.parse().ok()).collect();
    let [count, sum, min, max] = numbers[..] else {
        return Err(Error::Unreadable(format!("a datapoint is four numbers, not {body:?}")));
    };
    Ok(Datapoint { count, sum, min, max, bins: bins.and_then(Bins::from_text) })
}

fn read(row: &mut Row, units: &BTreeMap<String, String>) -> Result<PointRow, Error> {
    let (series_id, at, span_ms, body) = (row.text()?, row.at()?, row.int()?, row.text()?);
    let datapoint = datapoint(&body, row.maybe_text()?.as_deref())?;
    Ok(PointRow { unit: units[&series_id].clone(), point: Point { at, span_ms, datapoint } })
}

impl Session {
    /// The points that the query asks for, in two statements: a list of series is found by the key of the
    /// table; a join is not, while PostgreSQL knows nothing of a table that has just been filled.
    pub async fn points(&mut self, world: &WorldId, query: &PointQuery<'_>) -> Result<Vec<PointRow>, Error> {
        let units = self.units(world, query.metric).await?;
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

    /// The units of a metric's series, by the ids of the series.
    async fn units(&mut self, world: &WorldId, metric: &Metric) -> Result<BTreeMap<String, String>, Error> {
        let select =
            "SELECT id, unit FROM metric_series WHERE account = $1 AND region = $2 AND metric_key = $3";
        let key = metric.key();
        let rows =
            self.read(select, &[(&world.account).into(), (&world.region).into(), (&key).into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.text()?))).collect()
    }
}

impl Tx {
    /// Forgets the points before this instant, and the series that have nothing newer.
    pub async fn forget_points(&mut self, before: Timestamp) -> Result<(), Error> {
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), before.into()];
        // Of each series the old points stand together.
        let points = "DELETE FROM metric_points WHERE account = $1 AND region = $2 AND series_id IN \
                      (SELECT id FROM metric_series WHERE account = $1 AND region = $2) AND at_ms < $3";
        self.execute(points, &args).await?;
        let series = "DELETE FROM metric_series WHERE account = $1 AND region = $2 AND last_ms < $3";
        self.execute(series, &args).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_back_as_it_was_written() {
        for number in [0.0, -0.0, 0.1 + 0.2, 1e300, f64::MIN_POSITIVE, f64::MAX, -5e-324, f64::INFINITY] {
            let written = Datapoint { count: 1.0, sum: number, min: -number, max: number, bins: None };
            let read = datapoint(&body(&written), None).expect("our own text");
            let bits = |point: &Datapoint| [point.sum, point.min, point.max].map(f64::to_bits);
            assert_eq!(bits(&read), bits(&written), "{number:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_datapoint_is_refused() {
        for text in ["", "1 2 3", "1 2 3 4 5", "1 2 x 4", "1  2 3 4"] {
            assert!(datapoint(text, None).is_err(), "{text:?}");
        }
    }
}
