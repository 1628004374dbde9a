//! What a picture tells, in words: for those who cannot see it.

use super::drawing::{Drawing, value_at};
use super::svg::short;
use super::timeline::LaneKind;

impl Drawing<'_> {
    /// One sentence of the traffic, and one of what went wrong or is planned.
    pub(super) fn story(&self) -> String {
        let mut sentences = vec![self.traffic_told()];
        sentences.extend(self.trouble_told().or_else(|| self.plan_told()));
        sentences.join(" ")
    }

    fn traffic_told(&self) -> String {
        let timeline = self.timeline;
        if timeline.traffic.is_empty() {
            return "Nothing is known of the traffic yet.".to_owned();
        }
        let green = short(value_at(&timeline.traffic, self.known()).round());
        let steps = match timeline.steps.len() {
            0 => String::new(),
            1 => " after 1 step".to_owned(),
            several => format!(" after {several} steps"),
        };
        match timeline.now {
            Some(now) => format!("At {} green has {green} % of the traffic{steps}.", self.moment(now)),
            None => format!("At the end green has {green} % of the traffic{steps}."),
        }
    }

    /// The rollback, or the alarms that are or were in ALARM without one.
    fn trouble_told(&self) -> Option<String> {
        let alarms = self.timeline.lanes.iter().filter(|lane| lane.kind == LaneKind::Alarm);
        let tripped: Vec<&str> =
            alarms.filter(|lane| !lane.spans.is_empty()).map(|lane| lane.name.as_str()).collect();
        if let Some(mark) = &self.timeline.rollback {
            let cause = if mark.words.is_empty() { String::new() } else { format!(": {}", mark.words) };
            return Some(format!("The rollback began at {}{cause}.", self.moment(mark.at)));
        }
        (!tripped.is_empty()).then(|| format!("There was an ALARM of {}.", tripped.join(", ")))
    }

    fn plan_told(&self) -> Option<String> {
        let (at, green) = self.timeline.planned.last().filter(|(at, _)| *at > self.known())?;
        Some(format!("It is planned to have {} % from {} on.", short(*green), self.moment(*at)))
    }
}
