//! What instances report of themselves: the metrics of the namespace `/aws/sagemaker/Endpoints`.
//!
//! Simulated instances have no processor; what they report follows from how long they were busy. A
//! processor is as busy as its requests were long, on top of what an idle container takes; memory and disk are
//! what a loaded model holds. Nothing of this is stored: it is computed from how many instances there
//! were and what `ModelLatency` says, whenever somebody asks.
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.

use std::collections::BTreeMap;

use super::datapoint::Datapoint;
use super::series::Point;
use crate::clock::Timestamp;

/// The namespace of instance metrics.
pub const INSTANCES: &str = "/aws/sagemaker/Endpoints";

/// Instances report once a minute.
pub const SPAN_MS: i64 = 60_000;

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

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gauge| gauge.name() == name)
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

/// The minutes from `from` to `until`, which are whole, in which instances ran to their end. `latency_us`
/// holds the sum of `ModelLatency` of each minute.
pub fn reported(
    gauge: Gauge,
    running: &[Running],
    latency_us: &BTreeMap<Timestamp, f64>,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Point> {
    let mut points = Vec::new();
    // Somebody may ask for fifty years.
    let first = running.iter().map(|part| part.from.plus_ms(-part.from.0.rem_euclid(SPAN_MS))).min();
    let mut at = first.map_or(until, |first| first.max(from));
    while at < until {
        let end = at.plus_ms(SPAN_MS);
        let there = |part: &&Running| part.from < end && part.until.is_none_or(|until| until >= end);
        let all: u32 = running.iter().filter(there).map(|part| part.instances).sum();
        let busy_us = latency_us.get(&at).copied().unwrap_or(0.0);
        let busy = busy_us / (f64::from(all.max(1)) * SPAN_MS as f64 * 1000.0);
        let mut datapoint: Option<Datapoint> = None;
        let reporting = |part: &&Running| gauge.is_reported_by(&part.instance_type) && part.instances > 0;
        for part in running.iter().filter(there).filter(reporting) {
            let value = gauge.value(&part.instance_type, busy);
            match &mut datapoint {
                Some(datapoint) => datapoint.add(value, f64::from(part.instances)),
                None => datapoint = Some(Datapoint::of(value, f64::from(part.instances))),
            }
        }
        points.extend(datapoint.map(|datapoint| Point { at, span_ms: SPAN_MS, datapoint }));
        at = end;
    }
    points
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
        Running { instance_type: instance_type.to_owned(), instances, from: Timestamp(from), until }
    }

    fn values(gauge: Gauge, running: &[Running], latency_us: f64) -> Vec<(i64, f64, f64)> {
        let latency = BTreeMap::from([(MINUTE, latency_us)]);
        let points = reported(gauge, running, &latency, Timestamp(0), Timestamp(180_000));
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
        let (latency, until) = (BTreeMap::new(), Timestamp(late + 120_000));
        let points = reported(
            Gauge::Cpu,
            &[running("ml.m5.large", 1, late + 30_000, None)],
            &latency,
            Timestamp(0),
            until,
        );
        assert_eq!(points.iter().map(|point| point.at.0).collect::<Vec<_>>(), [late, late + 60_000]);
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
