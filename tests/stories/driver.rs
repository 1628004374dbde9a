//! Who carries a story out: the pure core, or the whole server.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::endpoint::ScaleTarget;

use super::recipe::Recipe;
use super::seen::Seen;

/// A world on a clock that only moves when it is told to. A refusal is its text.
pub trait Driver {
    async fn now(&mut self) -> Timestamp;

    /// `CreateEndpoint`, with the first config.
    async fn create(&mut self, recipe: &Recipe) -> Result<(), String>;

    /// `UpdateEndpoint` to the endpoint's config of that number, of `fleet` instances.
    async fn update(&mut self, recipe: &Recipe, number: u32, fleet: u32) -> Result<(), String>;

    /// `UpdateEndpointWeightsAndCapacities`.
    async fn scale(&mut self, name: &str, targets: &[ScaleTarget]) -> Result<(), String>;

    /// `DeleteEndpoint`.
    async fn delete(&mut self, name: &str) -> Result<(), String>;

    /// Does with the latest deployment what an operator wants; a refusal says why there was nothing to do.
    async fn steer(&mut self, name: &str, steer: Steer) -> Result<(), String>;

    /// Records what became of an alarm at `at`, which is now or later; `None` if it was deleted.
    async fn record_alarm(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp);

    /// Moves the time on; answers whose steps happened on the way.
    async fn advance_to(&mut self, target: Timestamp) -> Vec<String>;

    async fn see(&mut self, name: &str) -> Seen;

    /// What is wrong with everything that was kept of the story, a sentence each.
    async fn faults(&mut self) -> Vec<String>;
}
