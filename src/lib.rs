//! sagebrush stands in for the control plane of Amazon `SageMaker` hosting and executes its deployment
//! guardrails. This file is the map of the rooms; `ARCHITECTURE.md` is the tour.
//!
//! | room | what it is |
//! |---|---|
//! | [`clock`] | instants, a world's clock, the one reading of the wall clock |
//! | [`domain`] | endpoints, fleets and deployments: pure functions of (state, time, what was observed) |
//! | [`engine`] | how time passes: everything due happens, in order, each thing once |
//! | [`fleet`] | simulated instances: how they behave and what becomes of a launch |
//! | [`store`] | everything that is kept, in SQLite or PostgreSQL |

pub mod clock;
pub mod domain;
pub mod engine;
pub mod fleet;
pub mod store;
