//! What instances report of themselves, and copies of inference components: the metrics of the namespaces
//! `/aws/sagemaker/Endpoints` and `/aws/sagemaker/InferenceComponents`.
//!
//! Simulated instances have no processor; what they report follows from how long they were busy. A
//! processor is as busy as its requests were long, on top of what an idle container takes; memory and disk are
//! what a loaded model holds. Nothing of this is stored: it is computed from how many instances there
//! were and what `ModelLatency` says, whenever somebody asks.
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.

use std::collections::BTreeMap;

use super::datapoint::Datapoint;
use super::invoked::Subject;
use super::metric::Metric;
use super::series::Point;
use crate::clock::Timestamp;

/// The namespace of instance metrics.
pub const INSTANCES: &str = "/aws/sagemaker/Endpoints";

/// The namespace of the metrics of inference components' copies.
pub const COPIES: &str = "/aws/sagemaker/InferenceComponents";

/// No datapoint of an invocation metric covers more: the longest `MetricPublishFrequencyInSeconds`.
const LONGEST_MS: i64 = 300_000;

/// What an idle container takes of its processors, percent.
const IDLE_CPU: f64 = 2.0;
/// What a loaded model holds of the memory, percent.
const MEMORY: f64 = 20.0;
/// What a loaded model holds of the disk, percent.
const DISK: f64 = 10.0;

/// A metric of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// `CPUUtilization`: up to 100 for each of the processors.
    Cpu,
    /// `MemoryUtilization`.
    Memory,
    /// `DiskUtilization`.
    Disk,
    /// `GPUUtilization`, of instances that have one.
    Gpu,
    /// `GPUMemoryUtilization`, of instances that have one.
    GpuMemory,
}

/// So many instances, since and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// `InstanceType`.
    pub instance_type: String,
    /// How many.
    pub instances: u32,
    /// How often they report.
    pub report_ms: i64,
    /// Since when.
    pub from: Timestamp,
    /// Until when; not yet ended without it.
    pub until: Option<Timestamp>,
}

impl Gauge {
    /// Every metric of instances.
    pub const ALL: [Self; 5] = [Self::Cpu, Self::Memory, Self::Disk, Self::Gpu, Self::GpuMemory];

    /// `MetricName`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPUUtilization",
            Self::Memory => "MemoryUtilization",
            Self::Disk => "DiskUtilization",
            Self::Gpu => "GPUUtilization",
            Self::GpuMemory => "GPUMemoryUtilization",
        }
    }

    /// The metric of instances that has that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gauge| gauge.name() == name)
    }

    /// `MetricName` of what copies of inference components report; none of what they do not.
    pub fn normalized_name(self) -> Option<&'static str> {
        match self {
            Self::Cpu => Some("CPUUtilizationNormalized"),
            Self::Memory => Some("MemoryUtilizationNormalized"),
            Self::Gpu => Some("GPUUtilizationNormalized"),
            Self::GpuMemory => Some("GPUMemoryUtilizationNormalized"),
            Self::Disk => None,
        }
    }

    /// What a metric is that instances, or copies, report of themselves, and of whom.
    pub fn read(metric: &Metric) -> Option<(Self, Subject<'_>)> {
        let subject = Subject::read(&metric.dimensions)?;
        let is_it = |gauge: &Self| match subject {
            Subject::Variant(..) => metric.namespace == INSTANCES && metric.name == gauge.name(),
            Subject::Component(_) => {
                metric.namespace == COPIES && gauge.normalized_name() == Some(metric.name.as_str())
            }
        };
        Self::ALL.into_iter().find(is_it).map(|gauge| (gauge, subject))
    }

    /// Whether instances of this type report it.
    pub fn is_reported_by(self, instance_type: &str) -> bool {
        let family = instance_type.strip_prefix("ml.").unwrap_or(instance_type);
        !matches!(self, Self::Gpu | Self::GpuMemory) || family.starts_with('g') || family.starts_with('p')
    }

    /// What an instance of this type reports that was busy for this part of the time; more than all of it
    /// where it did several things at once.
    fn value(self, instance_type: &str, busy: f64) -> f64 {
        match self {
            Self::Cpu => (IDLE_CPU + 100.0 * busy).min(100.0 * f64::from(processors(instance_type))),
            Self::Memory | Self::GpuMemory => MEMORY,
            Self::Disk => DISK,
            Self::Gpu => (100.0 * busy).min(100.0),
        }
    }
}

/// What the instances of a variant were busy with: where a stretch of time begins, how long it is, and the sum of
/// `ModelLatency` in it, microseconds.
pub type Busy = (Timestamp, i64, f64);

/// What instances reported of the time from `from` until before `until`: those that ran to the end of a stretch
/// between two reports say what they were in it.
pub fn reported(
    gauge: Gauge,
    running: &[Running],
    busy: &[Busy],
    from: Timestamp,
    until: Timestamp,
) -> Vec<Point> {
    let mut points: BTreeMap<(Timestamp, i64), Datapoint> = BTreeMap::new();
    for part in running.iter().filter(|part| gauge.is_reported_by(&part.instance_type) && part.instances > 0)
    {
        let span_ms = part.report_ms.max(1);
        // Somebody may ask for fifty years.
        let first = from.max(part.from.plus_ms(-span_ms));
        let mut at = first.plus_ms((-first.0).rem_euclid(span_ms));
        let last = part.until.map_or(until, |ended| until.min(ended));
        while at.plus_ms(span_ms) <= last {
            let end = at.plus_ms(span_ms);
            if part.from < end {
                let there =
                    |other: &&Running| other.from < end && other.until.is_none_or(|until| until >= end);
                let all: u32 = running.iter().filter(there).map(|other| other.instances).sum();
                let part_busy = busy_us(busy, at, end) / (f64::from(all.max(1)) * span_ms as f64 * 1000.0);
                let (value, count) = (gauge.value(&part.instance_type, part_busy), f64::from(part.instances));
                let point = points.entry((at, span_ms));
                point
                    .and_modify(|point| point.add(value, count))
                    .or_insert_with(|| Datapoint::of(value, count));
            }
            at = end;
        }
    }
    points.into_iter().map(|((at, span_ms), datapoint)| Point { at, span_ms, datapoint }).collect()
}

/// How much of what was measured falls between two instants, if it was spread evenly.
fn busy_us(busy: &[Busy], from: Timestamp, until: Timestamp) -> f64 {
    let first = busy.partition_point(|(at, ..)| at.plus_ms(LONGEST_MS) <= from);
    let parts = busy[first..].iter().take_while(|(at, ..)| *at < until);
    let shared = parts.map(|(at, span_ms, sum)| {
        let common_ms = at.plus_ms(*span_ms).min(until).ms_since((*at).max(from)).max(0);
        sum * common_ms as f64 / (*span_ms).max(1) as f64
    });
    shared.sum()
}

/// Processors of an instance type: `large` has two, `xlarge` four, `8xlarge` eight times four.
fn processors(instance_type: &str) -> u32 {
    let size = instance_type.rsplit('.').next().unwrap_or_default();
    match size.strip_suffix("xlarge") {
        Some("") => 4,
        Some(times) => times.parse::<u32>().map_or(4, |times| times.saturating_mul(4)),
        None if size == "large" => 2,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Timestamp = Timestamp(60_000);

    fn running(instance_type: &str, instances: u32, from: i64, until: Option<i64>) -> Running {
        let until = until.map(Timestamp);
        let (instance_type, from) = (instance_type.to_owned(), Timestamp(from));
        Running { instance_type, instances, report_ms: 60_000, from, until }
    }

    fn values(gauge: Gauge, running: &[Running], latency_us: f64) -> Vec<(i64, f64, f64)> {
        let busy = [(MINUTE, 60_000, latency_us)];
        let points = reported(gauge, running, &busy, Timestamp(0), Timestamp(180_000));
        points.into_iter().map(|point| (point.at.0, point.datapoint.count, point.datapoint.max)).collect()
    }

    #[test]
    fn a_processor_is_as_busy_as_its_requests_were_long() {
        let two = [running("ml.m5.large", 2, 0, None)];
        let busy = values(Gauge::Cpu, &two, 60e6);
        assert_eq!(busy, [(0, 2.0, 2.0), (60_000, 2.0, 52.0), (120_000, 2.0, 2.0)]);
        let most = values(Gauge::Cpu, &two, 1e12);
        assert_eq!(most[1], (60_000, 2.0, 200.0), "two processors");
        assert_eq!(values(Gauge::Memory, &two, 0.0)[0], (0, 2.0, MEMORY));
    }

    #[test]
    fn only_instances_that_ran_to_the_end_of_a_minute_report_it() {
        let fleets = [running("ml.m5.large", 3, 0, Some(90_000)), running("ml.m5.large", 1, 61_000, None)];
        let counts: Vec<_> =
            values(Gauge::Cpu, &fleets, 0.0).iter().map(|(at, count, _)| (*at, *count)).collect();
        assert_eq!(counts, [(0, 3.0), (60_000, 1.0), (120_000, 1.0)]);
    }

    #[test]
    fn the_time_before_the_first_instance_costs_nothing() {
        let late = 60_000 * 1_000_000_000_000;
        let until = Timestamp(late + 120_000);
        let points =
            reported(Gauge::Cpu, &[running("ml.m5.large", 1, late + 30_000, None)], &[], Timestamp(0), until);
        assert_eq!(points.iter().map(|point| point.at.0).collect::<Vec<_>>(), [late, late + 60_000]);
    }

    #[test]
    fn instances_report_as_often_as_they_are_told_to() {
        for (report_ms, wanted) in [
            (
                30_000,
                vec![(0, 2.0), (30_000, 2.0), (60_000, 52.0), (90_000, 52.0), (120_000, 2.0), (150_000, 2.0)],
            ),
            (120_000, vec![(0, 27.0)]),
        ] {
            let two = [Running { report_ms, ..running("ml.m5.large", 2, 0, None) }];
            let busy = [(MINUTE, 60_000, 60e6)];
            let points = reported(Gauge::Cpu, &two, &busy, Timestamp(0), Timestamp(180_000));
            let seen: Vec<_> = points.iter().map(|point| (point.at.0, point.datapoint.max)).collect();
            assert_eq!(seen, wanted, "every {report_ms} ms");
        }
    }

    #[test]
    fn only_types_with_a_gpu_report_one() {
        for (instance_type, has) in
            [("ml.g5.xlarge", true), ("ml.p4d.24xlarge", true), ("ml.m5.large", false)]
        {
            let points = values(Gauge::Gpu, &[running(instance_type, 1, 0, None)], 30e6);
            assert_eq!(points.len(), if has { 3 } else { 0 }, "{instance_type}");
        }
    }
}
