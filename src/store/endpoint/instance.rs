//! How many instances an endpoint had, when: a span for each time that their number stood still.
//!
//! Invariant, kept by the schema: of one variant, config and type at most one span of an endpoint is open, and
//! no span is empty. Spans outlive their endpoint.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::row::Arg;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// Instances of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceCount {
    /// `VariantName`.
    pub variant: String,
    /// `EndpointConfigName`.
    pub config: String,
    /// `InstanceType`.
    pub instance_type: String,
    /// How many.
    pub instances: u32,
    /// How often they report their metrics.
    pub report_ms: i64,
}

/// Instances of one kind, and from when until when there were so many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceSpan {
    /// Identity of their endpoint.
    pub endpoint_id: String,
    /// What and how many.
    pub count: InstanceCount,
    /// From this instant on.
    pub from: Timestamp,
    /// Until before this instant; absent while it is so.
    pub until: Option<Timestamp>,
}

/// A kind of instances that a variant has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceKind {
    /// `EndpointName`; in lower case once there is no such endpoint any more.
    pub endpoint: String,
    /// `VariantName`.
    pub variant: String,
    /// `InstanceType`.
    pub instance_type: String,
}

/// Variant, config and instance type.
type Kind = (String, String, String);

/// A span that lasts into a time that is about to be told anew, or begins there.
struct Later {
    instances: i64,
    from: Timestamp,
    is_open: bool,
}

impl Session {
    /// Spans of the endpoint's, or of one of its variants', instances that have something in common with the
    /// time from `from` until before `until`: by their beginnings. The endpoint's name ignores case.
    pub async fn instance_spans(
        &mut self,
        world: &WorldId,
        endpoint: &str,
        variant: Option<&str>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<InstanceSpan>, Error> {
        let select = "SELECT endpoint_id, variant, config, instance_type, instances, report_ms, from_ms, until_ms \
                      FROM instance_spans WHERE account = $1 AND region = $2 AND endpoint_key = $3 \
                      AND (until_ms IS NULL OR until_ms > $4) AND from_ms < $5";
        let key = endpoint.to_lowercase();
        let args =
            [(&world.account).into(), (&world.region).into(), (&key).into(), from.into(), until.into()];
        let mut statement = Statement::new(select, &args);
        statement
            .filter(" AND variant = ", variant)
            .push(" ORDER BY from_ms, variant, config, instance_type, endpoint_id");
        let rows = statement.read(self).await?;
        rows.into_iter()
            .map(|mut row| {
                let endpoint_id = row.text()?;
                let (variant, config, instance_type) = (row.text()?, row.text()?, row.text()?);
                let instances = u32::try_from(row.int()?).unwrap_or(u32::MAX);
                let report_ms = row.int()?;
                let count = InstanceCount { variant, config, instance_type, instances, report_ms };
                Ok(InstanceSpan { endpoint_id, count, from: row.at()?, until: row.maybe_at()? })
            })
            .collect()
    }

    /// The kinds of instances that there were after `from`, each once: by endpoint, variant and type.
    pub async fn instance_kinds(
        &mut self,
        world: &WorldId,
        from: Timestamp,
    ) -> Result<Vec<InstanceKind>, Error> {
        let sql = "SELECT DISTINCT COALESCE((SELECT name FROM endpoints WHERE account = $1 AND region = $2 \
                   AND name_key = endpoint_key), endpoint_key) AS endpoint, variant, instance_type \
                   FROM instance_spans WHERE account = $1 AND region = $2 \
                   AND (until_ms IS NULL OR until_ms > $3) ORDER BY endpoint, variant, instance_type";
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into(), from.into()]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(InstanceKind { endpoint: row.text()?, variant: row.text()?, instance_type: row.text()? })
            })
            .collect()
    }

    /// The spans of an endpoint that last longer than until `at`, or begin later.
    async fn later_spans(&mut self, endpoint_id: &str, at: Timestamp) -> Result<Vec<(Kind, Later)>, Error> {
        let sql = "SELECT variant, config, instance_type, instances, from_ms, until_ms FROM instance_spans \
                   WHERE endpoint_id = $1 AND (until_ms IS NULL OR until_ms > $2)";
        let rows = self.read(sql, &[endpoint_id.into(), at.into()]).await?;
        rows.into_iter()
            .map(|mut row| {
                let kind = (row.text()?, row.text()?, row.text()?);
                let (instances, from, is_open) = (row.int()?, row.at()?, row.maybe_at()?.is_none());
                Ok((kind, Later { instances, from, is_open }))
            })
            .collect()
    }
}

impl Tx {
    /// Says which instances an endpoint has from `at` on: spans that were otherwise end there and new ones
    /// begin. What was foreseen for later is forgotten. Nothing is written if nothing is different.
    pub async fn set_instances(
        &mut self,
        endpoint_id: &str,
        endpoint: &str,
        counts: &[InstanceCount],
        at: Timestamp,
    ) -> Result<(), Error> {
        let mut wanted: BTreeMap<Kind, (i64, i64)> = BTreeMap::new();
        for count in counts.iter().filter(|count| count.instances > 0) {
            let kind = (count.variant.clone(), count.config.clone(), count.instance_type.clone());
            wanted.entry(kind).or_insert((0, count.report_ms)).0 += i64::from(count.instances);
        }
        for (kind, span) in self.later_spans(endpoint_id, at).await? {
            let goes_on = span.is_open && span.from <= at;
            if goes_on && wanted.get(&kind).is_some_and(|(wanted, _)| *wanted == span.instances) {
                wanted.remove(&kind);
            } else {
                self.end_span(endpoint_id, &kind, span.from, at).await?;
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let (world, key) = (self.id().clone(), endpoint.to_lowercase());
        let insert = "INSERT INTO instance_spans (account, region, endpoint_id, endpoint_key, from_ms, variant, \
                      config, instance_type, instances, report_ms) VALUES ";
        let args: [Arg<'_>; 5] =
            [(&world.account).into(), (&world.region).into(), endpoint_id.into(), (&key).into(), at.into()];
        let mut statement = Statement::new(insert, &args);
        for (index, ((variant, config, instance_type), (instances, report_ms))) in wanted.iter().enumerate() {
            statement.push(if index == 0 { "($1, $2, $3, $4, $5, " } else { ", ($1, $2, $3, $4, $5, " });
            let kind = [variant, config, instance_type];
            let numbers = [*instances, *report_ms];
            statement.bind_all(kind).push(", ").bind_all(numbers).push(")");
        }
        statement.execute(self).await.map(drop)
    }

    /// Ends a span at `at`; one that would be empty has never been.
    async fn end_span(
        &mut self,
        endpoint_id: &str,
        (variant, config, instance_type): &Kind,
        from: Timestamp,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (sql, until) = if at > from {
            (
                "UPDATE instance_spans SET until_ms = $6 WHERE endpoint_id = $1 AND variant = $2 \
                 AND config = $3 AND instance_type = $4 AND from_ms = $5",
                Some(Arg::from(at)),
            )
        } else {
            (
                "DELETE FROM instance_spans WHERE endpoint_id = $1 AND variant = $2 \
                 AND config = $3 AND instance_type = $4 AND from_ms = $5",
                None,
            )
        };
        let mut args: Vec<Arg<'_>> =
            vec![endpoint_id.into(), variant.into(), config.into(), instance_type.into(), from.into()];
        args.extend(until);
        self.execute(sql, &args).await.map(drop)
    }
}
