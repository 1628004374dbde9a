//! Three workers, two deployments and everything that can go wrong between them, gone through without a gap.
//!
//! The deployments are the real core, the very files of the server ([`table`]). Around it is a model of how the
//! engine steps a world ([`protocol`]): hint, claim, read, look at the alarm, step, commit, with crashes, lost
//! answers and pauses at every place, and a client in between. stateright visits every state that can be reached
//! and holds it to the sentences of [`properties`]. Whether the engine is as the model says, it cannot see: that is
//! for the simulation and for real kills.

pub mod client;
#[path = "../../src/clock.rs"]
pub mod clock;
pub mod course;
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/fleet/mod.rs"]
pub mod fleet;
pub mod life;
pub mod properties;
pub mod protocol;
pub mod state;
pub mod table;
pub mod world;
