//! Metrics and alarms: what was measured, the statistics of it, and what alarms conclude.
//!
//! Everything here is a pure function of its arguments. A [`datapoint`] is what is kept of the values of
//! one stretch of time, with a sketch ([`bins`]) that knows their [`statistic`]s; [`metric`] says whose
//! values they are, [`series`] puts them into the periods of a reader and [`delay`] says which of them are
//! visible yet. A metric [`alarm`] is [`evaluate`]d over a range of them; a composite alarm has a [`rule`]
//! over other alarms, and [`composite`] is the order in which a change reaches them. [`lint`] says why an alarm would
//! never go off. The room knows no store and no protocol, and time is an argument.

pub mod alarm;
pub mod bins;
pub mod composite;
pub mod datapoint;
pub mod delay;
pub mod evaluate;
pub mod history;
pub mod invoked;
pub mod lint;
pub mod math;
pub mod metric;
pub mod query;
mod reason;
pub mod rule;
pub mod series;
pub mod statistic;
pub mod text;
pub mod usage;
pub mod utilization;
