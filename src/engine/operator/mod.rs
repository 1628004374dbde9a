//! What operators see of deployments, and do with them. AWS knows nothing like it.

mod course;
mod forecast;
mod guard;
mod listing;
mod measured;
mod outlook;
mod steer;

pub use course::{Course, Watched};
pub use guard::{Guard, Limit};
pub use measured::Measured;
pub use outlook::{Outlook, Prospect, Tripped};
pub use steer::Steered;
