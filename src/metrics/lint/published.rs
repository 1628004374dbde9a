//! The metrics that endpoints and inference components publish, and what an alarm asks of them that is not there.

use super::{Guarded, Watched};
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::{Dimension, Metric};
use crate::metrics::usage::SLOT_MS;
use crate::metrics::utilization::{COPIES, Gauge, INSTANCES};

const ENDPOINT: &str = "EndpointName";
const VARIANT: &str = "VariantName";
const CONFIG: &str = "EndpointConfigName";
const COMPONENT: &str = "InferenceComponentName";

/// The metrics that have datapoints of ten seconds, and none by config.
const AT_ONCE: [&str; 3] =
    ["ConcurrentRequestsPerModel", "ConcurrentRequestsPerCopy", "NoCapacityInvocationFailures"];

const NAMESPACES: [&str; 3] = [INVOCATIONS, INSTANCES, COPIES];

/// Of what a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Variant,
    Component,
    Both,
}

/// A metric of endpoints or of inference components.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub name: &'static str,
    pub unit: &'static str,
    pub samples: Samples,
    owner: Owner,
    /// What instances report; `None` for what is counted of invocations.
    gauge: Option<Gauge>,
}

/// What is known of every sample of a metric beyond its not being negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    /// One for a request with the error, else zero.
    Flags,
    /// A request, or its part of an instance.
    Parts,
    /// A percentage of something that there is once.
    Percent,
    /// Nothing.
    Any,
}

/// <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>
const OF_INVOCATIONS: [(&str, &str, Samples, Owner); 11] = [
    ("Invocations", "None", Samples::Parts, Owner::Both),
    ("Invocation4XXErrors", "None", Samples::Flags, Owner::Both),
    ("Invocation5XXErrors", "None", Samples::Flags, Owner::Both),
    ("InvocationModelErrors", "None", Samples::Flags, Owner::Both),
    ("InvocationsPerInstance", "None", Samples::Parts, Owner::Variant),
    ("InvocationsPerCopy", "None", Samples::Parts, Owner::Component),
    ("ConcurrentRequestsPerModel", "None", Samples::Any, Owner::Variant),
    ("ConcurrentRequestsPerCopy", "None", Samples::Any, Owner::Component),
    ("NoCapacityInvocationFailures", "None", Samples::Parts, Owner::Component),
    ("ModelLatency", "Microseconds", Samples::Any, Owner::Both),
    ("OverheadLatency", "Microseconds", Samples::Any, Owner::Both),
];

impl Samples {
    pub fn highest(self) -> f64 {
        match self {
            Self::Flags | Self::Parts => 1.0,
            Self::Percent => 100.0,
            Self::Any => f64::INFINITY,
        }
    }

    /// Why none is higher.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flags => "every sample is 0 or 1",
            Self::Parts => "no sample is above 1",
            Self::Percent => "it is a percentage",
            Self::Any => "",
        }
    }
}

impl Known {
    /// The published metric that this one is by namespace and name.
    pub fn of(metric: &Metric) -> Option<Self> {
        Self::all(&metric.namespace)?.into_iter().find(|known| known.name == metric.name)
    }

    /// Every metric in a namespace of endpoints or of components; `None` for any other namespace.
    fn all(namespace: &str) -> Option<Vec<Self>> {
        match namespace {
            INVOCATIONS => {
                let known = |(name, unit, samples, owner)| Self { name, unit, samples, owner, gauge: None };
                Some(OF_INVOCATIONS.map(known).to_vec())
            }
            INSTANCES => {
                let known = |gauge: Gauge| Self::reported(gauge, gauge.name(), Owner::Variant);
                Some(Gauge::ALL.map(known).to_vec())
            }
            COPIES => {
                let known =
                    |gauge: Gauge| Some(Self::reported(gauge, gauge.normalized_name()?, Owner::Component));
                Some(Gauge::ALL.into_iter().filter_map(known).collect())
            }
            _ => None,
        }
    }

    fn reported(gauge: Gauge, name: &'static str, owner: Owner) -> Self {
        // A busy processor is 100 percent, and there may be many; so too for those of graphics.
        let samples = match gauge {
            Gauge::Memory | Gauge::Disk => Samples::Percent,
            Gauge::Cpu | Gauge::Gpu | Gauge::GpuMemory => Samples::Any,
        };
        Self { name, unit: "Percent", samples, owner, gauge: Some(gauge) }
    }

    fn is_of(&self, owner: Owner) -> bool {
        self.owner == owner || self.owner == Owner::Both
    }
}

impl Guarded<'_> {
    /// What an alarm that watches this waits for in vain, in clauses without a subject.
    pub(super) fn lacks(&self, watched: &Watched<'_>) -> Vec<String> {
        let metric = watched.metric;
        let Metric { namespace, name, dimensions } = metric;
        let Some(all) = Known::all(namespace) else { return misspelt(metric).into_iter().collect() };
        let owner = if dimensions.get(COMPONENT).is_some() { Owner::Component } else { Owner::Variant };
        let published: Vec<_> = all.into_iter().filter(|known| known.is_of(owner)).collect();
        let Some(known) = published.iter().find(|known| known.name == name) else {
            return vec![unknown(metric, owner, &published)];
        };
        let given: Vec<&str> = dimensions.iter().map(|Dimension { name, .. }| name.as_str()).collect();
        let sets = self.dimension_sets(*known);
        if !sets.contains(&given.as_slice()) {
            let given = if given.is_empty() {
                "without dimensions".to_owned()
            } else {
                format!("by {}", listed(&given))
            };
            let sets: Vec<String> = sets.iter().map(|set| listed(set)).collect();
            let sets = sets.join(", or by ");
            return vec![format!("watches {name} {given}, but it is published only by {sets}.")];
        }
        let values = match owner {
            Owner::Component => self.lacks_component(metric).into_iter().collect(),
            _ => self.lacks_values(metric),
        };
        values.into_iter().chain(self.lacks_series(*known, watched)).collect()
    }

    /// The sets of dimensions under which a metric is published, each in the order of the names.
    fn dimension_sets(&self, known: Known) -> Vec<&'static [&'static str]> {
        let mut sets: Vec<&[&str]> = Vec::new();
        if known.is_of(Owner::Variant) {
            sets.push(&[ENDPOINT, VARIANT]);
            // What components have served no config has.
            if known.gauge.is_none() && !AT_ONCE.contains(&known.name) && !self.configs.is_empty() {
                sets.push(&[CONFIG, ENDPOINT, VARIANT]);
            }
        }
        if known.is_of(Owner::Component) && (known.owner == Owner::Component || !self.components.is_empty()) {
            sets.push(&[COMPONENT]);
        }
        sets
    }

    /// The component that it names, if that is not there.
    fn lacks_component(&self, metric: &Metric) -> Option<String> {
        let asked = metric.dimensions.get(COMPONENT).unwrap_or_default();
        if self.components.contains(&asked) {
            return None;
        }
        let there = match self.components.as_slice() {
            [] => format!("{} hosts none", self.endpoint),
            there => format!("this update is about {}{}", listed(there), case(asked, there)),
        };
        Some(format!("watches the inference component {asked}, but {there}."))
    }

    /// What its dimensions name that is not there.
    fn lacks_values(&self, metric: &Metric) -> Vec<String> {
        let asked = |dimension: &str| metric.dimensions.get(dimension).unwrap_or_default();
        let (endpoint, variant, config) = (asked(ENDPOINT), asked(VARIANT), metric.dimensions.get(CONFIG));
        if endpoint != self.endpoint {
            let case = case(endpoint, &[self.endpoint]);
            return vec![format!("watches the endpoint {endpoint}, but {} is updated{case}.", self.endpoint)];
        }
        let mut lacking = Vec::new();
        if !self.variants.contains(&variant) {
            let (case, there) = (case(variant, &self.variants), listed(&self.variants));
            lacking.push(format!("watches the variant {variant}, but {endpoint} has {there}{case}."));
        }
        if let Some(config) = config.filter(|config| !self.configs.contains(config)) {
            let (case, there) = (case(config, &self.configs), listed(&self.configs));
            lacking.push(format!(
                "watches the endpoint config {config}, but this update is about {there}{case}."
            ));
        }
        lacking
    }

    /// What its unit, its period or the instances leave out.
    fn lacks_series(&self, known: Known, watched: &Watched<'_>) -> Vec<String> {
        let Known { name, unit: published, .. } = known;
        let mut lacking = Vec::new();
        let invocations_ms = if AT_ONCE.contains(&name) { SLOT_MS } else { self.invocations_ms };
        let span = known.gauge.map_or(invocations_ms, |_| self.instances_ms) / 1000;
        // Whole minutes come together whatever they are made of; a shorter period takes nothing that is longer.
        if watched.period < span.min(60) {
            let period = watched.period;
            lacking.push(format!(
                "watches {name} in periods of {period} s, but its datapoints cover {span} s and fit no shorter \
                 period. A Period of at least {} would be right.",
                span.min(60)
            ));
        }
        if let Some(unit) = watched.unit.filter(|unit| *unit != published) {
            lacking.push(format!(
                "watches {name} in the unit {unit}, but it is published in {published}. Without Unit it \
                 would watch any."
            ));
        }
        if let Some(gauge) = known.gauge
            && !self.instance_types.iter().any(|instance_type| gauge.is_reported_by(instance_type))
        {
            let types = listed(&self.instance_types);
            lacking.push(format!("watches {name}, which {types} does not report."));
        }
        lacking
    }
}

/// A namespace of endpoints in which only the case is wrong.
fn misspelt(metric: &Metric) -> Option<String> {
    let Metric { namespace, name, .. } = metric;
    let meant = NAMESPACES.into_iter().find(|it| it.eq_ignore_ascii_case(namespace))?;
    Some(format!("watches {name} in {namespace}, but endpoints publish in {meant} (case counts)."))
}

/// A name that no metric of the namespace has, of what its dimensions mean.
fn unknown(metric: &Metric, owner: Owner, published: &[Known]) -> String {
    let Metric { namespace, name, .. } = metric;
    let is_there = |other: &&str| {
        let there = Known::of(&Metric { namespace: (*other).to_owned(), ..metric.clone() });
        there.is_some_and(|known| known.is_of(owner))
    };
    if let Some(other) = NAMESPACES.into_iter().find(is_there) {
        return format!("watches {name} in {namespace}, but it is published in {other}.");
    }
    let who = if owner == Owner::Component { "an inference component" } else { "this endpoint" };
    let names: Vec<&str> = published.iter().map(|known| known.name).collect();
    let case = case(name, &names);
    let there = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    format!("watches {name}, which {who} does not publish{case}. In {namespace} it publishes {there}.")
}

/// A reminder, where only the case is wrong.
fn case(asked: &str, there: &[&str]) -> &'static str {
    let differs = there.iter().any(|name| name.eq_ignore_ascii_case(asked));
    if differs { " (case counts)" } else { "" }
}

/// `a, b and c`, each once.
fn listed(names: &[&str]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name);
        }
    }
    match once.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}
