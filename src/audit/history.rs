//! What holds of every history by itself: time goes on, traffic goes forward until a rollback, and exactly one
//! event ends it, the last.

use crate::domain::deployment::record::Record;
use crate::domain::event::{Event, EventKind};

/// What is wrong with these events of a deployment.
pub(super) fn faults(record: &Record, events: &[Event]) -> Vec<String> {
    let mut faults = Vec::new();
    if events.first().map(|event| event.at) != Some(record.started_at) {
        faults.push("its first event is not of the instant at which it began".to_owned());
    }
    if !events.is_sorted_by_key(|event| event.at) {
        faults.push("its events go back in time".to_owned());
    }
    let endings: Vec<&Event> = events.iter().filter(|event| event.is_ending()).collect();
    match (record.ended_at, endings.as_slice(), events.last()) {
        (None, [], _) => {}
        (None, _, _) => faults.push("it is running, but an event has ended it".to_owned()),
        (Some(at), [ending], Some(last)) if last.is_ending() && ending.at == at => {}
        (Some(_), [_], _) => {
            faults.push("the event that ended it is not its last, or of another time".to_owned());
        }
        (Some(_), endings, _) => {
            faults.push(format!("{} events have ended it instead of one", endings.len()));
        }
    }
    if let Some(event) =
        events.iter().find(|event| event.traffic.blue_bp() + event.traffic.green_bp() != 10_000)
    {
        faults.push(format!("the traffic at {} is not all of it", event.at));
    }
    let forward = events.split(|event| event.kind == EventKind::RollingBack).next().unwrap_or_default();
    if !forward.is_sorted_by_key(|event| event.traffic.green_bp()) {
        faults.push("traffic of the new fleet falls although nothing rolls back".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::capacity::Traffic;
    use crate::domain::deployment::plan::Strategy;
    use crate::domain::deployment::record::{Kind, Status};

    fn record(ended_at: Option<i64>) -> Record {
        Record {
            id: "d".to_owned(),
            sequence: 1,
            kind: Kind::Update,
            status: if ended_at.is_some() { Status::Succeeded } else { Status::Running },
            strategy: Strategy::AllAtOnce,
            from_config: Some("blue".to_owned()),
            to_config: "green".to_owned(),
            started_at: Timestamp(0),
            ended_at: ended_at.map(Timestamp),
            failure_reason: None,
        }
    }

    fn event(at: i64, kind: EventKind, traffic: Traffic) -> Event {
        let message = String::new();
        Event { at: Timestamp(at), kind, step: None, traffic, message, cause: None, alarms: Vec::new() }
    }

    #[test]
    fn a_history_that_cannot_have_been_is_told_from_one_that_can() {
        use EventKind::{ActivatingTraffic, Baking, Launching, RolledBack, RollingBack, Succeeded};
        let (blue, green) = (Traffic::BLUE, Traffic::GREEN);
        let begins = event(0, Launching, blue);
        let shifts = event(60, ActivatingTraffic, green);
        let ends = event(90, Succeeded, green);
        let whole = [begins.clone(), shifts.clone(), ends.clone()];
        assert_eq!(faults(&record(Some(90)), &whole), Vec::<String>::new());
        assert_eq!(faults(&record(None), &whole[..2]), Vec::<String>::new());
        let back =
            [begins.clone(), shifts.clone(), event(70, RollingBack, blue), event(90, RolledBack, blue)];
        assert_eq!(faults(&record(Some(90)), &back), Vec::<String>::new());
        for (ended, events, sentence) in [
            (None, vec![], "its first event"),
            (None, vec![shifts.clone()], "its first event"),
            (None, whole.to_vec(), "an event has ended it"),
            (Some(90), whole[..2].to_vec(), "0 events have ended it"),
            (Some(91), whole.to_vec(), "not its last, or of another time"),
            (Some(90), [&whole[..], std::slice::from_ref(&ends)].concat(), "2 events have ended it"),
            (Some(90), [&whole[..], &[event(95, Baking, green)]].concat(), "not its last"),
            (None, vec![begins.clone(), shifts.clone(), event(59, Baking, green)], "go back in time"),
            (None, vec![begins, shifts, event(65, Baking, blue)], "traffic of the new fleet falls"),
        ] {
            let found = faults(&record(ended), &events).join("; ");
            assert!(found.contains(sentence), "{sentence}: {found:?}");
        }
    }
}
