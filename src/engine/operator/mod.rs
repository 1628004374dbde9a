//! What operators see of deployments, and do with them. AWS knows nothing like it.

mod forecast;
mod listing;
mod outlook;
mod steer;

pub use outlook::{Outlook, Prospect, Tripped};
pub use steer::Steered;
