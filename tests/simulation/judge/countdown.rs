//! How long a bake lasts when operators steer: the judge's own reckoning, from the history alone.

use sagebrush::clock::Timestamp;
use sagebrush::domain::event::{Event, EventKind};

/// Whether an operator has made this event, but for an abort.
pub fn is_steered(event: &Event) -> bool {
    matches!(event.kind, EventKind::Paused | EventKind::Resumed | EventKind::Advanced | EventKind::Promoted)
}

/// Whether an event is told beside the stages: a warning, and instances that go or come without a stage that asks for
/// them.
pub fn is_aside(event: &Event) -> bool {
    let has_waited = || event.message.ends_with("that had waited for capacity.");
    match event.kind {
        EventKind::Warning | EventKind::InstancesDied => true,
        EventKind::Launching => has_waited(),
        _ => false,
    }
}

/// The countdown of a bake: what is left of it, and since when that falls; never while it stands still.
struct Countdown {
    left_ms: i64,
    since: Option<Timestamp>,
}

impl Countdown {
    fn steered(&mut self, event: &Event) {
        if let Some(since) = self.since {
            self.left_ms -= event.at.ms_since(since);
        }
        self.since = (event.kind != EventKind::Paused).then_some(event.at);
        if matches!(event.kind, EventKind::Advanced | EventKind::Promoted) {
            self.left_ms = 0;
        }
    }
}

/// When the bake that began with event `index` is over by itself, `planned_ms` after it unless somebody steered
/// before it or in it; none if it stands still.
pub fn bake_ends_at(events: &[Event], index: usize, planned_ms: i64) -> Option<Timestamp> {
    let began = events[index].at;
    let pace = events[..index].iter().rfind(|event| is_steered(event)).map(|event| event.kind);
    let mut countdown = Countdown {
        left_ms: if pace == Some(EventKind::Promoted) { 0 } else { planned_ms },
        since: (pace != Some(EventKind::Paused)).then_some(began),
    };
    for event in events[index + 1..].iter().take_while(|event| is_steered(event) || is_aside(event)) {
        if is_steered(event) {
            countdown.steered(event);
        }
    }
    Some(countdown.since?.plus_ms(countdown.left_ms))
}
