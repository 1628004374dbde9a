//! What EventBridge is told: the events that AWS's services send, made of what has changed. Pure.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html>; where the page is
//! silent, section "Events" of `docs/fidelity.md` decides.

mod alarm;
mod definition;
mod endpoint;
mod event;

pub use alarm::{Standing, alarm_event};
pub use definition::{Defined, definition_event};
pub use endpoint::{changed, endpoint_events};
pub use event::{DetailType, Event};
