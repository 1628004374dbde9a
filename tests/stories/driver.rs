//! Who carries a story out: the pure core, or the engine on a store.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::endpoint::{Command, Create};
use sagebrush::domain::rules::Rules;

use super::expect::Seen;

/// A world on a clock that only moves when it is told to.
pub trait Driver {
    fn rules(&self) -> &Rules;

    async fn now(&mut self) -> Timestamp;

    /// `CreateEndpoint`; a refusal as its text.
    async fn create(&mut self, create: Create) -> Result<(), String>;

    /// A command to an endpoint that is there; a refusal as its text.
    async fn command(&mut self, name: &str, command: Command) -> Result<(), String>;

    /// Records what became of an alarm at `at`; `None` if it was deleted.
    async fn record_alarm(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp);

    /// Moves the time on; answers whose steps happened on the way.
    async fn advance_to(&mut self, target: Timestamp) -> Vec<String>;

    async fn see(&mut self, name: &str) -> Seen;
}
