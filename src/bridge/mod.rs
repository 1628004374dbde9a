//! What EventBridge is told, the events that AWS's services send, made of what has changed; and its patterns, which say
//! who wants which. Pure.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html>; where the page is
//! silent, section "Events" of `docs/fidelity.md` decides.

mod alarm;
mod arn;
mod definition;
mod endpoint;
mod event;
mod input;
mod path;
mod pattern;
mod target;

pub use alarm::{Standing, alarm_event};
pub use arn::Arn;
pub use definition::{Defined, definition_event};
pub use endpoint::Change;
pub use event::{DetailType, Event};
pub use input::{Around, Input};
pub use path::Path;
pub use pattern::Pattern;
pub use target::{HttpParameters, NoTarget, Place, Retry, Target, named};
