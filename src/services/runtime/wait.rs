//! The one place where a caller waits: a simulated latency spent in real time.

use std::time::Duration;

/// How much later than asked a timer may ring: its instant is rounded up to the next millisecond, and so is
/// the pause of the thread that waits for it.
const LATE: Duration = Duration::from_millis(2);

/// Waits for about `time`, and for no more of it than a timer can be late. Nobody shall wait longer than what
/// the wait stands for, so what is shorter than a timer's error is not waited for at all.
pub(super) async fn wait(time: Duration) {
    if let Some(time) = shortened(time) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a model's latency is real time that its caller spends"
        )]
        tokio::time::sleep(time).await;
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
