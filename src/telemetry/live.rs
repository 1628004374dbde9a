//! Deployments that are on their way, by phase, and events that are: not counted but read, so that they are true beside
//! other servers and after a restart.

use prometheus::{IntGauge, IntGaugeVec, Opts};

use super::Measure;
use crate::domain::deployment::Phase;

/// The phase of a deployment whose state only a later version can read.
const UNREADABLE: &str = "unreadable";

/// How many deployments stand in each phase, and how many events have not reached their targets yet, in all worlds.
#[derive(Debug)]
pub struct Live {
    deployments: IntGaugeVec,
    outbox: IntGauge,
}

impl Live {
    /// Those that stand in these phases, one by one; none is one that cannot be read. And so many events.
    pub fn of(phases: impl IntoIterator<Item = Option<&'static str>>, on_their_way: u64) -> Self {
        let opts = Opts::new(
            "sagebrush_live_deployments",
            "Deployments on their way in all worlds of the database, by phase, as they stood when this was asked for.",
        );
        let deployments = IntGaugeVec::new(opts, &["phase"]).expect("the names are legal");
        for phase in Phase::WORDS {
            deployments.with_label_values(&[phase]);
        }
        for phase in phases {
            deployments.with_label_values(&[phase.unwrap_or(UNREADABLE)]).inc();
        }
        let outbox = IntGauge::new(
            "sagebrush_outbox_depth",
            "Deliveries of events in all worlds of the database that have not come to their end, as they stood when this \
             was asked for.",
        );
        let outbox = outbox.expect("the name is legal");
        outbox.set(i64::try_from(on_their_way).unwrap_or(i64::MAX));
        Self { deployments, outbox }
    }

    pub(super) fn measures(&self) -> [Measure; 2] {
        [Box::new(self.deployments.clone()), Box::new(self.outbox.clone())]
    }
}
