//! sagebrush stands in for the control plane of Amazon SageMaker hosting and executes its deployment
//! guardrails. This file is the map of the rooms; `ARCHITECTURE.md` is the tour.
//!
//! | room | what it is |
//! |---|---|
//! | [`clock`] | instants, a world's clock, the one reading of the wall clock |
//! | [`domain`] | endpoints, fleets and deployments: pure functions of (state, time, what was observed) |
//! | [`metrics`] | the rules of composite alarms: pure functions of the states of their children |
//! | [`fleet`] | simulated instances: how they behave and what becomes of a launch |
//! | [`schema`] | what the services' models say: shapes, values, validation |
//! | [`wire`] | protocols: from bytes to a call and back |
//! | [`services`] | what the operations mean, whatever protocol carried them |
//! | [`store`] | everything that is kept, in SQLite or PostgreSQL |
//! | [`engine`] | how time passes: everything due happens, in order, each thing once |

pub mod clock;
pub mod domain;
pub mod engine;
pub mod fleet;
pub mod metrics;
pub mod schema;
pub mod services;
pub mod store;
pub mod wire;
