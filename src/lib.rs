//! sagebrush stands in for the control plane of Amazon `SageMaker` hosting and executes its deployment
//! guardrails. This file is the map of the rooms; `ARCHITECTURE.md` is the tour.
//!
//! | room | what it is |
//! |---|---|
//! | [`audit`] | whether what a database holds can have come about: every deployment made again |
//! | [`autoscaling`] | when a variant is to have more instances or fewer, and how many: pure functions |
//! | [`bridge`] | what EventBridge is told: the events of AWS's services |
//! | [`carrier`] | how events leave the house: SQS, SNS, Lambda, Step Functions, API destinations |
//! | [`cli`] | the commands: one file each |
//! | [`clock`] | instants, a world's clock, the one reading of the wall clock |
//! | [`config`] | the settings: defaults, file, environment, flags |
//! | [`console`] | the web pages at `/console`: a deployment as it happens, and the buttons beside it |
//! | [`control`] | our own API under `/_sagebrush/`: clock, history, behaviours, traffic, health, reset |
//! | [`domain`] | endpoints, fleets and deployments: pure functions of (state, time, what was observed) |
//! | [`door`] | who may come in: names, pages of other origins, the token of the control API |
//! | [`embedded`] | a server inside a Rust test |
//! | [`engine`] | how time passes: everything due happens, in order, each thing once |
//! | [`fleet`] | simulated instances: what becomes of a launch, who takes a request and what it costs |
//! | [`metrics`] | metrics, their statistics, and what alarms conclude from them: pure functions |
//! | [`picture`] | a deployment or a plan on its time, drawn |
//! | [`plan`] | what-if: an update carried out in a world in memory before anybody makes it |
//! | [`scenario`] | a world told in one file, as the requests that make it |
//! | [`schema`] | what the services' models say: shapes, values, validation |
//! | [`server`] | the rooms put together on one port |
//! | [`services`] | what the operations mean, whatever protocol carried them |
//! | [`store`] | everything that is kept, in SQLite or PostgreSQL |
//! | [`telemetry`] | what a server tells of itself: figures for Prometheus, spans for OpenTelemetry |
//! | [`wire`] | protocols: from bytes to a call and back |

pub mod audit;
pub mod autoscaling;
pub mod bridge;
pub mod carrier;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod control;
pub mod domain;
pub mod door;
pub mod embedded;
pub mod engine;
pub mod fleet;
pub mod metrics;
pub mod picture;
pub mod plan;
pub mod scenario;
pub mod schema;
pub mod server;
pub mod services;
pub mod store;
pub mod telemetry;
pub mod wire;

pub use embedded::Server;
