//! Deployments that are on their way, by phase: not counted but read, so that they are true beside other servers
//! and after a restart.

use prometheus::{IntGaugeVec, Opts};

use super::Measure;
use crate::domain::deployment::Phase;

/// The phase of a deployment whose state only a later version can read.
const UNREADABLE: &str = "unreadable";

/// How many deployments stand in each phase, in all worlds.
#[derive(Debug)]
pub struct Live(IntGaugeVec);

impl Live {
    /// Those that stand in these phases, one by one; none is one that cannot be read.
    pub fn of(phases: impl IntoIterator<Item = Option<&'static str>>) -> Self {
        let opts = Opts::new(
            "sagebrush_live_deployments",
            "Deployments on their way in all worlds of the database, by phase, as they stood when this was asked for.",
        );
        let gauge = IntGaugeVec::new(opts, &["phase"]).expect("the names are legal");
        for phase in Phase::WORDS {
            gauge.with_label_values(&[phase]);
        }
        for phase in phases {
            gauge.with_label_values(&[phase.unwrap_or(UNREADABLE)]).inc();
        }
        Self(gauge)
    }

    pub(super) fn measure(&self) -> Measure {
        Box::new(self.0.clone())
    }
}
