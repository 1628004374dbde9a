//! `--exit-with-parent`: a server that a test run started shall not outlive it, however that run ends.
//!
//! When a parent dies, its children get another one. No signal tells of it that could be asked for without
//! unsafe code, and the end of standard input tells of it only where the parent keeps that open; so the
//! parent's id is looked at from time to time. On a process whose parent was gone before it looked first, the
//! flag has no effect.

use std::os::unix::process::parent_id;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Soon enough that a port is free again for the next run, and seldom enough to cost nothing.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Comes back once the process has another parent than at the call; never if it is not `watched`.
pub(super) fn gone(watched: bool) -> impl Future<Output = ()> {
    let first = parent_id();
    async move {
        if !watched {
            std::future::pending::<()>().await;
        }
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while parent_id() == first {
            looks.tick().await;
        }
    }
}
