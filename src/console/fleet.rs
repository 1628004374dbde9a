//! The fleets of an endpoint, instance by instance: who serves, who is up without traffic, who starts, waits, has
//! failed, or goes.

use std::collections::BTreeMap;

use super::squares::{Standing, squares};
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::{Deployment, Leg, Phase};
use crate::domain::endpoint::{Endpoint, ScalingPhase, State};
use crate::domain::fleet::{Fleet, Outcome, Pool};
use crate::domain::variant::Variant;

/// A fleet as it is shown.
#[derive(Clone, Debug)]
pub(super) struct FleetShown {
    /// `blue`, `green`, or `all` where there is one alone.
    pub(super) side: &'static str,
    pub(super) config: String,
    pub(super) variants: Vec<VariantShown>,
}

/// A variant of it.
#[derive(Clone, Debug)]
pub(super) struct VariantShown {
    pub(super) name: String,
    pub(super) instance_type: String,
    /// `ModelName`; none where the model was deleted.
    pub(super) model: Option<String>,
    /// How many instances stand where.
    pub(super) counts: Vec<(Standing, u32)>,
    /// The same as a picture.
    pub(super) squares: String,
}

impl VariantShown {
    /// `3 serving, 1 starting`.
    pub(super) fn summary(&self) -> String {
        let counts: Vec<_> =
            self.counts.iter().map(|(standing, count)| format!("{count} {}", standing.word())).collect();
        if counts.is_empty() { "no instances".to_owned() } else { counts.join(", ") }
    }
}

/// What healthy instances of a variant do: so many serve, and the others go, or only stand there.
struct Use {
    serving: u32,
    others: Standing,
}

/// The fleets of an endpoint at `now`. `models` has the names of models by their identities.
pub(super) fn fleets(
    endpoint: &Endpoint,
    now: Timestamp,
    models: &BTreeMap<String, String>,
) -> Vec<FleetShown> {
    let all = |_: &Variant| Use { serving: u32::MAX, others: Standing::Up };
    let none = |others| move |_: &Variant| Use { serving: 0, others };
    let show = |side, fleet: &Fleet, using: &dyn Fn(&Variant) -> Use| {
        let variants = fleet.spec.variants.iter().zip(&fleet.pools);
        let variants = variants.map(|(variant, pool)| shown(variant, pool, &using(variant), now, models));
        FleetShown { side, config: fleet.spec.config_name.clone(), variants: variants.collect() }
    };
    match &endpoint.state {
        State::Creating { green, .. } => vec![show("all", green, &none(Standing::Up))],
        State::InService(fleet) => vec![show("all", fleet, &all)],
        State::Updating(deployment) => {
            let blue =
                deployment.blue.iter().enumerate().map(|(nth, fleet)| {
                    show("blue", fleet, &|variant| blue_use(deployment, nth, variant, now))
                });
            let green = show("green", &deployment.green, &|variant| green_use(deployment, variant));
            blue.chain([green]).collect()
        }
        State::Scaling(scaling) => {
            let going = !matches!(scaling.phase, ScalingPhase::Launching);
            let others = if going { Standing::Leaving } else { Standing::Up };
            let using = |variant: &Variant| Use { serving: variant.instances, others };
            vec![show("all", &scaling.fleet, &using)]
        }
        State::Mixed(fleets) => {
            let sides = ["blue", "green"].into_iter().cycle();
            sides.zip(fleets).map(|(side, fleet)| show(side, fleet, &all)).collect()
        }
        State::Failed { .. } => Vec::new(),
        State::Deleting { fleets, .. } => {
            fleets.iter().map(|fleet| show("all", fleet, &none(Standing::Leaving))).collect()
        }
    }
}

/// What the instances of the `nth` of the old fleets do: the first serve first, for what an unfinished rollback left of
/// another goes first. Those of a variant that the new config does not have serve while the old ones do at all.
fn blue_use(deployment: &Deployment, nth: usize, variant: &Variant, now: Timestamp) -> Use {
    let going = matches!(deployment.phase, Phase::Terminating { .. });
    let serving = match deployment.planned(&variant.name) {
        Some((plan, share)) => {
            let before = deployment.blue[..nth].iter().filter_map(|fleet| fleet.pool(&variant.name));
            let before = before.map(|pool| pool.healthy(now)).fold(0, u32::saturating_add);
            share.blue_active(plan.blue).saturating_sub(before)
        }
        None if going || deployment.traffic() == Traffic::GREEN => 0,
        None => u32::MAX,
    };
    Use { serving, others: if going { Standing::Leaving } else { Standing::Up } }
}

fn green_use(deployment: &Deployment, variant: &Variant) -> Use {
    let planned = deployment.planned(&variant.name);
    let serving = planned.map_or(0, |(plan, share)| share.green_active(plan.green));
    let going = matches!(deployment.phase, Phase::RollingBack { leg: Leg::Terminating { .. }, .. });
    Use { serving, others: if going { Standing::Leaving } else { Standing::Up } }
}

fn shown(
    variant: &Variant,
    pool: &Pool,
    used: &Use,
    now: Timestamp,
    models: &BTreeMap<String, String>,
) -> VariantShown {
    let counts = counts(pool, used, now);
    VariantShown {
        name: variant.name.clone(),
        instance_type: variant.instance_type.clone(),
        model: models.get(&variant.model_id).cloned(),
        squares: squares(&counts),
        counts,
    }
}

/// How many instances stand where; those of whom there are none are left out.
fn counts(pool: &Pool, used: &Use, now: Timestamp) -> Vec<(Standing, u32)> {
    let healthy = pool.healthy(now);
    let serving = healthy.min(used.serving);
    let among = |is_meant: &dyn Fn(Outcome) -> bool| {
        let groups = pool.groups.iter().filter(|group| is_meant(group.outcome));
        groups.map(|group| group.count).fold(0, u32::saturating_add)
    };
    let starting = among(&|outcome| match outcome {
        Outcome::Ready(at) | Outcome::Unhealthy(at) => at > now,
        Outcome::NoCapacity(_) => false,
    });
    let waiting = among(&|outcome| matches!(outcome, Outcome::NoCapacity(at) if at > now));
    let failed = among(&|outcome| match outcome {
        Outcome::Unhealthy(at) | Outcome::NoCapacity(at) => at <= now,
        Outcome::Ready(_) => false,
    });
    // Of a fleet that goes, what has not come up yet goes too.
    let goes = serving == 0 && used.others == Standing::Leaving;
    let (leaving, starting, waiting) =
        if goes { (starting.saturating_add(waiting), 0, 0) } else { (0, starting, waiting) };
    let counts = [
        (Standing::Serving, serving),
        (used.others, (healthy - serving).saturating_add(leaving)),
        (Standing::Starting, starting),
        (Standing::Waiting, waiting),
        (Standing::Failed, failed),
    ];
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}
