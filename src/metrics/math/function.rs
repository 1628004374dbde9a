//! The functions of metric math that take one argument, by the names that CloudWatch gives them.

use std::fmt;

/// A function of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what CloudWatch's manual says of its name")]
pub enum Function {
    Abs,
    Avg,
    Ceil,
    DatapointCount,
    Diff,
    DiffTime,
    Floor,
    Log,
    Log10,
    Max,
    MetricCount,
    Min,
    Period,
    Rate,
    RunningSum,
    StdDev,
    Sum,
    TimeSeries,
}

impl Function {
    /// All, with their names.
    pub const NAMES: &[(&'static str, Self)] = &[
        ("ABS", Self::Abs),
        ("AVG", Self::Avg),
        ("CEIL", Self::Ceil),
        ("DATAPOINT_COUNT", Self::DatapointCount),
        ("DIFF", Self::Diff),
        ("DIFF_TIME", Self::DiffTime),
        ("FLOOR", Self::Floor),
        ("LOG", Self::Log),
        ("LOG10", Self::Log10),
        ("MAX", Self::Max),
        ("METRIC_COUNT", Self::MetricCount),
        ("MIN", Self::Min),
        ("PERIOD", Self::Period),
        ("RATE", Self::Rate),
        ("RUNNING_SUM", Self::RunningSum),
        ("STDDEV", Self::StdDev),
        ("SUM", Self::Sum),
        ("TIME_SERIES", Self::TimeSeries),
    ];

    /// The function of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, function)| *function == self);
        named.expect("every function is in NAMES").0
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What CloudWatch has and we have not.
pub(super) const NOT_IMPLEMENTED: &[&str] = &[
    "ANOMALY_DETECTION_BAND",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "EPOCH",
    "FIRST",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "LAST",
    "MINUTE",
    "MONTH",
    "REMOVE_EMPTY",
    "SEARCH",
    "SELECT",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "YEAR",
];
