//! What an operator makes of an endpoint's deployment.

use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::deployment::{Log, Moment, Steer};
use crate::domain::rules::Rules;

impl Endpoint {
    /// Does with the update on its way what an operator wants; an error is the sentence that says why there is
    /// nothing to do.
    pub fn steer(self, steer: Steer, now: Timestamp, rules: &Rules) -> Result<Transition, String> {
        let before = match &self.state {
            State::Updating(before) => before,
            State::Creating { .. } => {
                return Err(
                    "It creates its endpoint: it has no bake, and no old fleet to go back to.".to_owned()
                );
            }
            _ => return Err("No update of the endpoint is on its way.".to_owned()),
        };
        let (observed, mut log) = (Observed::default(), Log::default());
        let mut moment = Moment { now, observed: &observed, rules, log: &mut log };
        let progress = (**before).clone().steer(steer, &mut moment)?;
        let transition = self.progressed(progress, log, now, rules);
        transition.map(|transition| transition.sound(now)).ok_or_else(|| "It stands so already.".to_owned())
    }
}
