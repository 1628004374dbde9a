//! How points are added: read what is there, merge, write. All of it in chunks, and each chunk in as few
//! statements as there is something to say: as a rule one that reads and one that writes.
//!
//! Invariant: the world is locked by the transaction, so nothing comes between the reading and the writing.

use std::collections::{BTreeMap, BTreeSet};

use super::point::{NewPoint, body, datapoint};
use super::series_id;
use crate::clock::Timestamp;
use crate::metrics::bins::Bins;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::metric::Series;
use crate::store::row::Arg;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// Points in one statement: five placeholders each, where SQLite allows 32,766 and PostgreSQL 65,535. More
/// would not be cheaper.
const CHUNK: usize = 500;

/// CloudWatch forgets a datapoint after 455 days.
const KEPT_MS: i64 = 455 * 86_400_000;

/// Old points are looked for with the first point of a series in such a span.
const FORGETTING_MS: i64 = 3_600_000;

/// Where a point is: its series, its instant, its span.
type Place<'a> = (&'a str, Timestamp, i64);

/// What a chunk finds in the database.
#[derive(Default)]
struct Found {
    /// The points that are there already.
    points: BTreeMap<(String, Timestamp, i64), Datapoint>,
    /// The series that are there already, with the instants of their newest points.
    series: BTreeMap<String, Timestamp>,
    /// The alarms that sleep and read one of the metrics.
    asleep: BTreeSet<String>,
}

impl Found {
    /// Whether this instant is later than any point that the series has.
    fn is_newer(&self, id: &str, at: Timestamp) -> bool {
        self.series.get(id).is_none_or(|last| *last < at)
    }
}

impl Tx {
    /// Adds points to what is there. Every metric alarm that sleeps and reads one of the metrics becomes due at
    /// `wake_at`.
    pub async fn add_points(&mut self, points: &[NewPoint], wake_at: Timestamp) -> Result<(), Error> {
        let series: BTreeSet<&Series> = points.iter().map(|new| &new.series).collect();
        let ids: BTreeMap<&Series, String> =
            series.into_iter().map(|series| (series, series_id(&series.key()))).collect();
        let series: BTreeMap<&str, &Series> = ids.iter().map(|(series, id)| (id.as_str(), *series)).collect();
        let mut merged: BTreeMap<Place<'_>, Datapoint> = BTreeMap::new();
        // A statement may not write a row twice, so points of one place become one here.
        for NewPoint { series, point } in points {
            let place = (ids[series].as_str(), point.at, point.span_ms);
            match merged.get_mut(&place) {
                Some(earlier) => earlier.merge(&point.datapoint),
                None => drop(merged.insert(place, point.datapoint.clone())),
            }
        }
        let merged: Vec<_> = merged.into_iter().collect();
        for chunk in merged.chunks(CHUNK) {
            let mut found = self.find(chunk, &series).await?;
            self.save_series(chunk, &series, &found).await?;
            let whole = chunk.iter().map(|((id, at, span_ms), new)| {
                match found.points.remove(&((*id).to_owned(), *at, *span_ms)) {
                    Some(mut old) => {
                        old.merge(new);
                        old
                    }
                    None => new.clone(),
                }
            });
            let written: Vec<_> =
                whole.map(|whole| (body(&whole), whole.bins.as_ref().map(Bins::to_text))).collect();
            self.save_points(chunk, &written).await?;
            self.rouse(&found.asleep, wake_at).await?;
            let begins =
                |(id, at): (&str, Timestamp)| at.0.rem_euclid(FORGETTING_MS) == 0 && found.is_newer(id, at);
            let first = chunk.iter().map(|((id, at, _), _)| (*id, *at)).find(|place| begins(*place));
            if let Some((_, at)) = first {
                self.forget_points(at.plus_ms(-KEPT_MS)).await?;
            }
        }
        Ok(())
    }

    /// Everything that a chunk has to know, in one statement. A subquery for each place is looked up by the key
    /// of the table; a join is not, while PostgreSQL knows nothing of a table that has just been filled.
    async fn find(
        &mut self,
        chunk: &[(Place<'_>, Datapoint)],
        series: &BTreeMap<&str, &Series>,
    ) -> Result<Found, Error> {
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into()];
        let mut statement = Statement::new("WITH place (series_id, at_ms, span_ms) AS (VALUES ", &args);
        for (index, ((id, at, span_ms), _)) in chunk.iter().enumerate() {
            statement.push(if index == 0 { "" } else { ", " });
            statement.bind_list([Arg::from(*id), Arg::from(*at), Arg::from(*span_ms)]);
        }
        let ids: BTreeSet<&str> = chunk.iter().map(|((id, ..), _)| *id).collect();
        let metrics: BTreeSet<String> = ids.iter().map(|id| series[id].metric.key()).collect();
        statement
            .push(
                ") SELECT 'point', series_id, at_ms, span_ms, \
                 (SELECT point.body || COALESCE(' ' || point.bins, '') FROM metric_points AS point \
                 WHERE point.account = $1 AND point.region = $2 AND point.series_id = place.series_id \
                 AND point.at_ms = place.at_ms AND point.span_ms = place.span_ms) FROM place \
                 UNION ALL SELECT 'series', id, last_ms, 0, NULL FROM metric_series \
                 WHERE account = $1 AND region = $2 AND id IN ",
            )
            .bind_list(ids)
            .push(
                " UNION ALL SELECT 'asleep', name, 0, 0, NULL FROM alarms \
                 WHERE account = $1 AND region = $2 AND kind = 'metric' AND wake_ms IS NULL AND name IN \
                 (SELECT alarm_name FROM alarm_metrics WHERE account = $1 AND region = $2 AND metric_key IN ",
            )
            .bind_list(&metrics)
            .push(")");
        let mut found = Found::default();
        for mut row in statement.read(self).await? {
            let (what, name, at, span_ms) = (row.text()?, row.text()?, row.at()?, row.int()?);
            match what.as_str() {
                "point" => {
                    let Some(text) = row.maybe_text()? else { continue };
                    let bins = text.match_indices(' ').nth(3).map(|(end, _)| end);
                    let (body, bins) =
                        bins.map_or((&text[..], None), |end| (&text[..end], Some(&text[end + 1..])));
                    found.points.insert((name, at, span_ms), datapoint(body, bins)?);
                }
                "series" => drop(found.series.insert(name, at)),
                _ => drop(found.asleep.insert(name)),
            }
        }
        Ok(found)
    }

    /// Writes the series that are new or have got a newer point.
    async fn save_series(
        &mut self,
        chunk: &[(Place<'_>, Datapoint)],
        series: &BTreeMap<&str, &Series>,
        found: &Found,
    ) -> Result<(), Error> {
        // The places are in the order of their instants, so the last one of a series counts.
        let newest: BTreeMap<&str, Timestamp> = chunk.iter().map(|((id, at, _), _)| (*id, *at)).collect();
        let newest: Vec<_> = newest.into_iter().filter(|(id, at)| found.is_newer(id, *at)).collect();
        if newest.is_empty() {
            return Ok(());
        }
        let world = self.id().clone();
        let insert = "INSERT INTO metric_series (account, region, id, metric_key, namespace, name, dimensions, \
                      unit, last_ms) VALUES ";
        let mut statement = Statement::new(insert, &[(&world.account).into(), (&world.region).into()]);
        let texts: Vec<_> = newest
            .iter()
            .map(|(id, _)| (series[id].metric.key(), series[id].metric.dimensions.to_text()))
            .collect();
        for (index, ((id, at), (key, dimensions))) in newest.into_iter().zip(&texts).enumerate() {
            let Series { metric, unit } = series[id];
            statement.push(if index == 0 { "($1, $2, " } else { ", ($1, $2, " });
            let texts = [id, key, &metric.namespace, &metric.name, dimensions, unit];
            statement.bind_all(texts).push(", ").bind(at).push(")");
        }
        statement
            .push(" ON CONFLICT (account, region, id) DO UPDATE SET last_ms = excluded.last_ms")
            .execute(self)
            .await
            .map(drop)
    }

    /// Writes the points of a chunk with their merged bodies and bins.
    async fn save_points(
        &mut self,
        chunk: &[(Place<'_>, Datapoint)],
        written: &[(String, Option<String>)],
    ) -> Result<(), Error> {
        let world = self.id().clone();
        let insert =
            "INSERT INTO metric_points (account, region, series_id, at_ms, span_ms, body, bins) VALUES ";
        let mut statement = Statement::new(insert, &[(&world.account).into(), (&world.region).into()]);
        for (index, (((id, at, span_ms), _), (body, bins))) in chunk.iter().zip(written).enumerate() {
            statement.push(if index == 0 { "($1, $2, " } else { ", ($1, $2, " });
            let args: [Arg<'_>; 5] =
                [(*id).into(), (*at).into(), (*span_ms).into(), body.into(), bins.as_deref().into()];
            statement.bind_all(args).push(")");
        }
        statement
            .push(
                " ON CONFLICT (account, region, series_id, at_ms, span_ms) \
                 DO UPDATE SET body = excluded.body, bins = excluded.bins",
            )
            .execute(self)
            .await
            .map(drop)
    }
}
