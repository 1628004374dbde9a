//! Metrics and their series: what was ever measured, one series for each unit.
//!
//! A metric's key is the metric without its unit; a series' key has the unit too. A series is found by a digest of
//! its key, which is short and of one length.
//! Series come into being with their first point, see [`Tx::add_points`](super::Tx::add_points).

mod add;
pub(super) mod point;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Error;
use super::session::Session;
use super::statement::Statement;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::metrics::metric::Metric;

/// A metric that has been measured, whatever its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricRow {
    /// Which one.
    pub metric: Metric,
    /// The instant of its newest point.
    pub last: Timestamp,
}

/// Which metrics: all filters must hold. They come in the order of their keys, byte by byte.
#[derive(Clone, Debug, Default)]
pub struct MetricQuery<'a> {
    /// `Namespace`.
    pub namespace: Option<&'a str>,
    /// `MetricName`.
    pub name: Option<&'a str>,
    /// `Dimensions`: each of these names, with the value if there is one.
    pub dimensions: &'a [(String, Option<String>)],
    /// With a point at this instant or later.
    pub active_from: Option<Timestamp>,
    /// Keys after this one.
    pub after: Option<&'a str>,
    /// At most so many; all if absent.
    pub limit: Option<u32>,
}

/// The id of the series of that key: 128 bits of its digest.
fn series_id(key: &str) -> String {
    Sha256::digest(key).iter().take(16).fold(String::with_capacity(32), |mut id, byte| {
        write!(id, "{byte:02x}").expect("writing to a String succeeds");
        id
    })
}

impl Session {
    /// Whether one of the metrics with these keys has a point at this instant or later.
    pub async fn is_measured_since(
        &mut self,
        world: &WorldId,
        metric_keys: &[String],
        from: Timestamp,
    ) -> Result<bool, Error> {
        if metric_keys.is_empty() {
            return Ok(false);
        }
        let select = "SELECT 1 FROM metric_series WHERE account = $1 AND region = $2 AND last_ms >= $3 \
                      AND metric_key IN ";
        let args = [(&world.account).into(), (&world.region).into(), from.into()];
        let mut statement = Statement::new(select, &args);
        Ok(!statement.bind_list(metric_keys).push(" LIMIT 1").read(self).await?.is_empty())
    }

    /// The world's metrics that the query asks for.
    pub async fn list_metrics(
        &mut self,
        world: &WorldId,
        query: &MetricQuery<'_>,
    ) -> Result<Vec<MetricRow>, Error> {
        let fragments: Vec<_> = query.dimensions.iter().map(fragment).collect();
        let select = "SELECT namespace, name, MIN(dimensions), MAX(last_ms) FROM metric_series \
                      WHERE account = $1 AND region = $2";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        statement
            .filter(" AND namespace = ", query.namespace)
            .filter(" AND name = ", query.name)
            .filter(" AND metric_key > ", query.after);
        for fragment in &fragments {
            // Both databases replace with regard to case; their LIKE and their ways to search differ.
            statement.push(" AND replace(dimensions, ").bind(fragment).push(", '') <> dimensions");
        }
        statement
            .push(" GROUP BY metric_key, namespace, name")
            .filter(" HAVING MAX(last_ms) >= ", query.active_from)
            .push(" ORDER BY metric_key")
            .filter(" LIMIT ", query.limit.map(i64::from));
        let rows = statement.read(self).await?;
        rows.into_iter()
            .map(|mut row| {
                let (namespace, name) = (row.text()?, row.text()?);
                let broken = |error| Error::Unreadable(format!("the dimensions of {name}: {error}"));
                let dimensions = serde_json::from_str(&row.text()?).map_err(broken)?;
                Ok(MetricRow { metric: Metric { namespace, name, dimensions }, last: row.at()? })
            })
            .collect()
    }
}

/// What the JSON of dimensions contains exactly if this one is among them: a quotation mark inside a name or a
/// value is escaped there, so it can neither begin nor end it.
fn fragment((name, value): &(String, Option<String>)) -> String {
    let json = |text: &String| serde_json::to_string(text).expect("a string is JSON");
    match value {
        Some(value) => format!("{{\"Name\":{},\"Value\":{}}}", json(name), json(value)),
        None => format!("{{\"Name\":{},", json(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::series_id;

    #[test]
    fn a_series_has_the_same_id_in_every_process() {
        assert_eq!(series_id(""), "e3b0c44298fc1c149afbf4c8996fb924");
        assert_ne!(series_id("a"), series_id("b"));
    }
}
