//! The traffic between two fleets, in percent.

use crate::domain::capacity::Traffic;

/// Percent of the traffic; the sides sum to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    /// The old fleet's.
    pub(super) blue: f64,
    /// The new fleet's.
    pub(super) green: f64,
}

impl From<Traffic> for Split {
    fn from(traffic: Traffic) -> Self {
        let [blue, green] = [traffic.blue_bp(), traffic.green_bp()].map(|bp| f64::from(bp) / 100.0);
        Self { blue, green }
    }
}
