//! The alarms that are to guard an update: which of them do not exist, and what is wrong with the others.
//!
//! Whatever is found changes nothing but the history: AWS accepts such an update too. What the sentences
//! say is known to [`lint`]; here it meets what is stored. A composite alarm is as good as the
//! alarms of its rule, so these are looked at in its place.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::component::name_of;
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::Endpoint;
use crate::domain::variant::Spec;
use crate::domain::world::WorldId;
use crate::engine::alarm::{ByName, Composite, load};
use crate::metrics::alarm::MetricAlarm;
use crate::metrics::lint::{self, Guarded};
use crate::schema::Fault;
use crate::store::{Alarm, AlarmKind, EndpointRow, Tx};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Names of the config's alarms that do not exist, in its order.
    pub missing: Vec<String>,
    /// Sentences about those that do.
    pub warnings: Vec<String>,
}

impl Watched {
    /// Looks at the alarms of `config`, with which the endpoint, or the inference component, is to go to `spec`.
    pub async fn of(
        tx: &mut Tx,
        world: &WorldId,
        config: Option<&DeploymentConfig>,
        endpoint: &Endpoint,
        spec: &Spec,
    ) -> Result<Self, Fault> {
        let names = config.map(DeploymentConfig::alarm_names).unwrap_or_default();
        if names.is_empty() {
            return Ok(Self::default());
        }
        let existing = load(tx, world, &names).await?;
        let (present, missing): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| existing.contains_key(name));
        let alarms = metric_alarms(tx, world, &present, existing).await?;
        let hosted =
            if endpoint.hosts_components() { tx.hosted(world, &endpoint.name).await? } else { Vec::new() };
        let guarded = guarded(endpoint, &hosted, spec);
        let warnings = alarms.iter().flat_map(|(subject, alarm)| lint::warnings(subject, alarm, &guarded));
        Ok(Self { missing, warnings: warnings.collect() })
    }
}

/// The metric alarms of these names, and those that the composite ones come down to, each once and with the
/// words for it.
async fn metric_alarms(
    tx: &mut Tx,
    world: &WorldId,
    names: &[String],
    mut known: ByName,
) -> Result<Vec<(String, MetricAlarm)>, Fault> {
    let mut seen: BTreeSet<String> = names.iter().cloned().collect();
    let mut queue: VecDeque<(String, Alarm)> = VecDeque::new();
    for name in names {
        queue.extend(known.remove(name).map(|alarm| (format!("The alarm {name}"), alarm)));
    }
    let mut found = Vec::new();
    while let Some((subject, alarm)) = queue.pop_front() {
        match alarm.kind {
            // One that cannot be read is for its evaluation to complain of, not for the update.
            AlarmKind::Metric => found.extend(alarm.read().ok().map(|alarm| (subject, alarm))),
            AlarmKind::Composite => {
                let composite = Composite::of(alarm)?;
                let mut children = composite.children(world);
                children.retain(|child| seen.insert(child.clone()));
                let of = &composite.alarm.name;
                let mut loaded = load(tx, world, &children).await?;
                for child in children {
                    let subject = format!("The alarm {child} of the composite alarm {of}");
                    queue.extend(loaded.remove(&child).map(|alarm| (subject, alarm)));
                }
            }
        }
    }
    Ok(found)
}

fn guarded<'a>(endpoint: &'a Endpoint, hosted: &'a [EndpointRow], spec: &'a Spec) -> Guarded<'a> {
    let fleets = endpoint.fleets();
    let specs = || fleets.iter().map(|fleet| &fleet.spec).chain([spec]);
    let variants = || specs().flat_map(|spec| &spec.variants);
    let components = || hosted.iter().map(|row| &row.endpoint).chain([endpoint]);
    let has_configs = endpoint.host.is_none() && !endpoint.hosts_components();
    Guarded {
        endpoint: endpoint.host.as_ref().map_or(&endpoint.name, |host| &host.endpoint),
        components: components().filter_map(|it| name_of(&it.name)).collect(),
        configs: specs().map(|spec| spec.config_name.as_str()).filter(|_| has_configs).collect(),
        variants: variants().map(|variant| variant.name.as_str()).collect(),
        instance_types: variants().map(|variant| variant.instance_type.as_str()).collect(),
        invocations_ms: specs().map(|spec| spec.publish.invocations_ms()).min().unwrap_or_default(),
        instances_ms: specs().map(|spec| spec.publish.instances_ms()).min().unwrap_or_default(),
    }
}
