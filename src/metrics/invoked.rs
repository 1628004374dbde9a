//! Who was invoked, and under which dimensions that is published.
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.

use super::metric::{Dimensions, Metric};

/// The namespace of invocation metrics.
pub const INVOCATIONS: &str = "AWS/SageMaker";

/// The metrics by which variants and inference components are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// `InvocationsPerInstance`, or `InvocationsPerCopy`.
    Invocations,
    /// `ConcurrentRequestsPerModel`, or `ConcurrentRequestsPerCopy`.
    Concurrency,
}

/// What is invoked, or scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A variant: `EndpointName` and `VariantName`.
    Variant(&'a str, &'a str),
    /// An inference component, by its name.
    Component(&'a str),
}

/// Who was invoked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Invoked {
    /// `EndpointName`.
    pub endpoint: String,
    /// `VariantName`.
    pub variant: String,
    /// What was on the instances that took it.
    pub runs: Runs,
}

/// What instances run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Runs {
    /// A model, by `EndpointConfigName`.
    Config(String),
    /// An inference component, by `InferenceComponentName`.
    Component(String),
}

impl Tracked {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Invocations, Self::Concurrency];

    /// `MetricName`.
    pub fn name(self, of: Subject<'_>) -> &'static str {
        match (self, of) {
            (Self::Invocations, Subject::Variant(..)) => "InvocationsPerInstance",
            (Self::Invocations, Subject::Component(_)) => "InvocationsPerCopy",
            (Self::Concurrency, Subject::Variant(..)) => "ConcurrentRequestsPerModel",
            (Self::Concurrency, Subject::Component(_)) => "ConcurrentRequestsPerCopy",
        }
    }

    /// The metric.
    pub fn metric(self, of: Subject<'_>) -> Metric {
        Metric {
            namespace: INVOCATIONS.to_owned(),
            name: self.name(of).to_owned(),
            dimensions: of.dimensions(),
        }
    }

    /// Whether a metric is one of these, and what it is of.
    pub fn read(metric: &Metric) -> Option<(Self, Subject<'_>)> {
        if metric.namespace != INVOCATIONS {
            return None;
        }
        let subject = Subject::read(&metric.dimensions)?;
        let tracked = Self::ALL.into_iter().find(|tracked| tracked.name(subject) == metric.name)?;
        Some((tracked, subject))
    }

    /// Whether a metric is measured as a sum of parts, of which only the whole is shown.
    pub fn is_summed(metric: &Metric) -> bool {
        matches!(Self::read(metric), Some((Self::Concurrency, _)))
    }
}

/// `NoCapacityInvocationFailures`: requests for which there is no copy.
pub fn no_capacity(of: Subject<'_>) -> Metric {
    let (namespace, name) = (INVOCATIONS.to_owned(), "NoCapacityInvocationFailures".to_owned());
    Metric { namespace, name, dimensions: of.dimensions() }
}

impl<'a> Subject<'a> {
    /// Its dimensions.
    pub fn dimensions(self) -> Dimensions {
        match self {
            Self::Variant(endpoint, variant) => {
                [("EndpointName", endpoint), ("VariantName", variant)].into_iter().collect()
            }
            Self::Component(name) => [("InferenceComponentName", name)].into_iter().collect(),
        }
    }

    /// Whose dimensions these are.
    pub fn read(dimensions: &'a Dimensions) -> Option<Self> {
        let all: Vec<_> = dimensions.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect();
        match all.as_slice() {
            [("EndpointName", endpoint), ("VariantName", variant)] => Some(Self::Variant(endpoint, variant)),
            [("InferenceComponentName", name)] => Some(Self::Component(name)),
            _ => None,
        }
    }
}

impl Invoked {
    /// Whose requests are divided among instances, or copies.
    pub fn subject(&self) -> Subject<'_> {
        match &self.runs {
            Runs::Config(_) => Subject::Variant(&self.endpoint, &self.variant),
            Runs::Component(name) => Subject::Component(name),
        }
    }

    /// The dimension sets under which it is published: the variant's, and with it those of the config, or those of the
    /// inference component alone.
    pub fn dimensions(&self) -> [Dimensions; 2] {
        let variant = [("EndpointName", self.endpoint.as_str()), ("VariantName", &self.variant)];
        let own = match &self.runs {
            Runs::Config(config) => {
                variant.into_iter().chain([("EndpointConfigName", config.as_str())]).collect()
            }
            Runs::Component(name) => Subject::Component(name).dimensions(),
        };
        [variant.into_iter().collect(), own]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tracked_metric_is_read_as_it_is_made() {
        for subject in [Subject::Variant("web", "main"), Subject::Component("llm")] {
            for tracked in Tracked::ALL {
                let metric = tracked.metric(subject);
                assert_eq!(Tracked::read(&metric), Some((tracked, subject)));
                assert_eq!(Tracked::is_summed(&metric), tracked == Tracked::Concurrency);
                assert_eq!(Tracked::read(&Metric { namespace: "own".to_owned(), ..metric.clone() }), None);
                let config = [("EndpointConfigName", "blue")].into_iter().collect();
                assert_eq!(Tracked::read(&Metric { dimensions: config, ..metric }), None);
            }
        }
        let copies = Tracked::Invocations.metric(Subject::Component("llm"));
        let dimensions = Subject::Variant("web", "main").dimensions();
        assert_eq!(Tracked::read(&Metric { dimensions, ..copies }), None, "a variant has no copies");
    }
}
