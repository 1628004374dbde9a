//! Which metric: a namespace, a name and dimensions; and with a unit, which series of datapoints.
//!
//! Two metrics are the same only if they have the same dimensions, in whatever order they were written;
//! there is no rolling up. The invariant: dimensions are in the order of their names. What the metric
//! counts is not known here.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html>.

use serde::{Deserialize, Serialize};

/// `Dimension`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// `Name`.
    pub name: String,
    /// `Value`.
    pub value: String,
}

/// The dimensions of a metric, in the order of their names. As JSON they are AWS's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Dimension>", into = "Vec<Dimension>")]
pub struct Dimensions(Vec<Dimension>);

impl Dimensions {
    /// The value of the dimension `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|dimension| dimension.name == name).map(|dimension| dimension.value.as_str())
    }

    /// The dimensions by name.
    pub fn iter(&self) -> impl Iterator<Item = &Dimension> {
        self.0.iter()
    }
}

impl From<Vec<Dimension>> for Dimensions {
    fn from(mut dimensions: Vec<Dimension>) -> Self {
        dimensions.sort_unstable();
        Self(dimensions)
    }
}

impl From<Dimensions> for Vec<Dimension> {
    fn from(dimensions: Dimensions) -> Self {
        dimensions.0
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Dimensions {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let dimension = |(name, value): (N, V)| Dimension { name: name.into(), value: value.into() };
        pairs.into_iter().map(dimension).collect::<Vec<_>>().into()
    }
}

/// `Metric`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    #[serde(rename = "MetricName")]
    pub name: String,
    /// `Dimensions`; none if absent.
    #[serde(default)]
    pub dimensions: Dimensions,
}

impl Metric {
    /// The metric with these names and values for dimensions, in any order.
    pub fn new<'a>(
        namespace: impl Into<String>,
        name: impl Into<String>,
        dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let dimensions = dimensions.into_iter().collect();
        Self { namespace: namespace.into(), name: name.into(), dimensions }
    }

    /// A text that only this metric has: `AWS/SageMaker|Invocations|EndpointName=e|VariantName=v`.
    pub fn key(&self) -> String {
        let mut parts = vec![escaped(&self.namespace), escaped(&self.name)];
        let dimension =
            |Dimension { name, value }: &Dimension| format!("{}={}", escaped(name), escaped(value));
        parts.extend(self.dimensions.iter().map(dimension));
        parts.join("|")
    }
}

impl Dimensions {
    /// AWS's list of them as JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("pairs of texts are JSON")
    }
}

/// The unit of a series whose publisher named none.
pub const NO_UNIT: &str = "None";

/// A metric in one unit: what has datapoints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    /// The metric.
    pub metric: Metric,
    /// `Unit`.
    pub unit: String,
}

impl Series {
    /// The series of `metric` in `unit`, `None` where there is none.
    pub fn new(metric: Metric, unit: Option<String>) -> Self {
        Self { metric, unit: unit.unwrap_or_else(|| NO_UNIT.to_owned()) }
    }

    /// A text that only this series has: the metric's key, and the unit as a part without `=`.
    pub fn key(&self) -> String {
        format!("{}|{}", self.metric.key(), escaped(&self.unit))
    }
}

/// The text with a backslash before each sign that separates parts of a key.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('|', r"\|").replace('=', r"\=")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_of_dimensions_makes_no_difference() {
        let one = Metric::new("AWS/SageMaker", "Invocations", [("VariantName", "v"), ("EndpointName", "e")]);
        let other =
            Metric::new("AWS/SageMaker", "Invocations", [("EndpointName", "e"), ("VariantName", "v")]);
        assert_eq!(one, other);
        assert_eq!(one.key(), "AWS/SageMaker|Invocations|EndpointName=e|VariantName=v");
        assert_eq!(one.dimensions.get("VariantName"), Some("v"));
        assert_eq!(one.dimensions.get("InstanceId"), None);
    }

    #[test]
    fn dimensions_are_json_as_aws_writes_it() {
        let text = r#"[{"Name":"b","Value":"2"},{"Name":"a","Value":"1"}]"#;
        let dimensions: Dimensions = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_string(&dimensions).unwrap(),
            r#"[{"Name":"a","Value":"1"},{"Name":"b","Value":"2"}]"#
        );
        let metric: Metric = serde_json::from_str(r#"{"Namespace":"n","MetricName":"m"}"#).unwrap();
        assert_eq!(metric, Metric::new("n", "m", []));
    }

    #[test]
    fn a_series_without_a_unit_has_the_unit_none() {
        let series = Series::new(Metric::new("n", "m", []), None);
        assert_eq!((series.unit.as_str(), series.key().as_str()), ("None", "n|m|None"));
        assert_eq!(Series::new(Metric::new("n", "m", []), Some("Count".into())).key(), "n|m|Count");
    }

    /// Texts of few signs, so that parts run into one another if anything lets them.
    fn series() -> impl Strategy<Value = Series> {
        let word = || r"[a|=\\]{0,3}";
        let dimensions = prop::collection::vec((word(), word()), 0..3);
        (word(), word(), dimensions, word()).prop_map(|(namespace, name, dimensions, unit)| {
            let dimensions = dimensions.into_iter().collect();
            Series { metric: Metric { namespace, name, dimensions }, unit }
        })
    }

    proptest! {
        #[test]
        fn different_series_have_different_keys(all in prop::collection::vec(series(), 0..200)) {
            let mut by_key = BTreeMap::new();
            for series in all {
                let known = by_key.entry(series.key()).or_insert_with(|| series.clone());
                prop_assert_eq!(&*known, &series);
            }
        }
    }
}
