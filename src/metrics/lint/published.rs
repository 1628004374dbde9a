//! The metrics that endpoints publish, and what an alarm asks of them that is not there.

use super::{Guarded, Watched};
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::{Dimension, Metric};
use crate::metrics::usage::SLOT_MS;
use crate::metrics::utilization::{Gauge, INSTANCES};

const ENDPOINT: &str = "EndpointName";
const VARIANT: &str = "VariantName";
const CONFIG: &str = "EndpointConfigName";

/// The metric that has datapoints of ten seconds, and none by config.
const AT_ONCE: &str = "ConcurrentRequestsPerModel";

/// A metric of endpoints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub name: &'static str,
    pub unit: &'static str,
    pub samples: Samples,
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
const OF_INVOCATIONS: [(&str, &str, Samples); 8] = [
    ("Invocations", "None", Samples::Parts),
    ("Invocation4XXErrors", "None", Samples::Flags),
    ("Invocation5XXErrors", "None", Samples::Flags),
    ("InvocationModelErrors", "None", Samples::Flags),
    ("InvocationsPerInstance", "None", Samples::Parts),
    (AT_ONCE, "None", Samples::Any),
    ("ModelLatency", "Microseconds", Samples::Any),
    ("OverheadLatency", "Microseconds", Samples::Any),
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
    /// The metric of endpoints that this one is by namespace and name.
    pub fn of(metric: &Metric) -> Option<Self> {
        Self::all(&metric.namespace)?.into_iter().find(|known| known.name == metric.name)
    }

    /// Every metric in a namespace of endpoints; `None` for any other namespace.
    fn all(namespace: &str) -> Option<Vec<Self>> {
        match namespace {
            INVOCATIONS => {
                let known = |(name, unit, samples)| Self { name, unit, samples, gauge: None };
                Some(OF_INVOCATIONS.map(known).to_vec())
            }
            INSTANCES => {
                let known = |gauge: Gauge| {
                    // A busy processor is 100 percent, and there may be many; so too for those of graphics.
                    let samples = match gauge {
                        Gauge::Memory | Gauge::Disk => Samples::Percent,
                        Gauge::Cpu | Gauge::Gpu | Gauge::GpuMemory => Samples::Any,
                    };
                    Self { name: gauge.name(), unit: "Percent", samples, gauge: Some(gauge) }
                };
                Some(Gauge::ALL.map(known).to_vec())
            }
            _ => None,
        }
    }

    /// The sets of dimensions under which it is published, each in the order of the names.
    fn dimension_sets(self) -> &'static [&'static [&'static str]] {
        match self.gauge {
            None if self.name == AT_ONCE => &[&[ENDPOINT, VARIANT]],
            None => &[&[ENDPOINT, VARIANT], &[CONFIG, ENDPOINT, VARIANT]],
            Some(_) => &[&[ENDPOINT, VARIANT]],
        }
    }
}

impl Guarded<'_> {
    /// What an alarm that watches this waits for in vain, in clauses without a subject.
    pub(super) fn lacks(&self, watched: &Watched<'_>) -> Vec<String> {
        let metric = watched.metric;
        let Metric { namespace, name, dimensions } = metric;
        let Some(all) = Known::all(namespace) else { return misspelt(metric).into_iter().collect() };
        let Some(known) = all.iter().find(|known| known.name == name) else {
            return vec![unknown(metric, &all)];
        };
        let given: Vec<&str> = dimensions.iter().map(|Dimension { name, .. }| name.as_str()).collect();
        if !known.dimension_sets().contains(&given.as_slice()) {
            let given = if given.is_empty() {
                "without dimensions".to_owned()
            } else {
                format!("by {}", listed(&given))
            };
            let sets: Vec<String> = known.dimension_sets().iter().map(|set| listed(set)).collect();
            let sets = sets.join(", or by ");
            return vec![format!("watches {name} {given}, but it is published only by {sets}.")];
        }
        self.lacks_values(metric).into_iter().chain(self.lacks_series(*known, watched)).collect()
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
        let invocations_ms = if name == AT_ONCE { SLOT_MS } else { self.invocations_ms };
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
    let meant = [INVOCATIONS, INSTANCES].into_iter().find(|it| it.eq_ignore_ascii_case(namespace))?;
    Some(format!("watches {name} in {namespace}, but endpoints publish in {meant} (case counts)."))
}

/// A name that no metric of the namespace has.
fn unknown(metric: &Metric, all: &[Known]) -> String {
    let Metric { namespace, name, .. } = metric;
    let other = if namespace == INVOCATIONS { INSTANCES } else { INVOCATIONS };
    let elsewhere = Known::of(&Metric { namespace: other.to_owned(), ..metric.clone() });
    if elsewhere.is_some() {
        return format!("watches {name} in {namespace}, but it is published in {other}.");
    }
    let names: Vec<&str> = all.iter().map(|known| known.name).collect();
    let (case, names) = (case(name, &names), names.join(", "));
    format!(
        "watches {name}, which this endpoint does not publish{case}. In {namespace} it publishes {names}."
    )
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
