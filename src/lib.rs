//! sagebrush stands in for the control plane of Amazon SageMaker hosting and executes its deployment
//! guardrails. This file is the map of the rooms; `ARCHITECTURE.md` is the tour.
//!
//! | room | what it is |
//! |---|---|
//! | [`clock`] | instants, a world's clock, the one reading of the wall clock |
//! | [`config`] | the settings: defaults, file, environment, flags |
//! | [`domain`] | endpoints, fleets and deployments: pure functions of (state, time, what was observed) |
//! | [`metrics`] | the rules of composite alarms: pure functions of the states of their children |
//! | [`control`] | our own API under `/_sagebrush/`: clock, history, health, reset |
//! | [`schema`] | what the services' models say: shapes, values, validation |
//! | [`wire`] | protocols: from bytes to a call and back |
//! | [`services`] | what the operations mean, whatever protocol carried them |
//! | [`store`] | everything that is kept, in SQLite or PostgreSQL |

pub mod clock;
pub mod config;
pub mod control;
pub mod domain;
pub mod metrics;
pub mod schema;
pub mod services;
pub mod store;
pub mod wire;
