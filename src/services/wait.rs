//! The one place where a caller waits: a simulated latency spent in real time.

use std::time::Duration;

use crate::engine::Engine;

/// How much later than asked a timer may ring: its instant is rounded up to the next millisecond, and so is
/// the pause of the thread that waits for it.
const LATE: Duration = Duration::from_millis(2);

/// What the end of a server has the patience for, and nobody has to listen for it.
const SHORT: Duration = Duration::from_secs(1);

/// Waits for about `time`, and for no more of it than a timer can be late. Nobody shall wait longer than what
/// the wait stands for, so what is shorter than a timer's error is not waited for at all. A long wait is over
/// when the server hurries to its end: what is answered was decided before.
pub(super) async fn wait(engine: &Engine, time: Duration) {
    let Some(time) = shortened(time) else { return };
    #[expect(clippy::disallowed_methods, reason = "a model's latency is real time that its caller spends")]
    let over = tokio::time::sleep(time);
    if time <= SHORT {
        return over.await;
    }
    tokio::select! {
        () = over => {}
        () = engine.hurried() => {}
    }
}

/// For how long to set the timer, if one is worth it.
fn shortened(time: Duration) -> Option<Duration> {
    time.checked_sub(LATE).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_longer_than_what_the_wait_stands_for() {
        let shorter = |ms| shortened(Duration::from_millis(ms)).map(|left| left.as_millis());
        assert_eq!([0, 1, 2].map(shorter), [None; 3]);
        assert_eq!([3, 60_000].map(shorter), [Some(1), Some(59_998)]);
    }
}
