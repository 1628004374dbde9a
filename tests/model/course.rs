//! The courses that the model's alarm can take: it is OK, it may enter ALARM once, and may be OK again.

use crate::domain::alarm::{AlarmChange, AlarmState};

use crate::life::{BEGINNING, instant};

/// The number of a course.
pub type Course = u8;

/// Every course, as the seconds at which the alarm entered ALARM and then OK.
pub struct Courses {
    all: Vec<Vec<u8>>,
    longer: Vec<Vec<Course>>,
}

impl Courses {
    /// The course in which nothing happens.
    pub const CALM: Course = 0;

    /// The courses up to second `end`.
    pub fn up_to(end: u8) -> Self {
        let mut all = vec![Vec::new()];
        for entered in 0..=end {
            all.push(vec![entered]);
            all.extend((entered..=end).map(|left| vec![entered, left]));
        }
        let number = |at: usize| Course::try_from(at).expect("the model is short");
        let longer = |course: &Vec<u8>| {
            let goes_on = |other: &Vec<u8>| other.len() == course.len() + 1 && other.starts_with(course);
            (0..all.len()).filter(|at| goes_on(&all[*at])).map(number).collect()
        };
        let longer = all.iter().map(longer).collect();
        Self { all, longer }
    }

    fn seconds(&self, course: Course) -> &[u8] {
        &self.all[usize::from(course)]
    }

    /// The courses that have one change more.
    pub fn longer(&self, course: Course) -> &[Course] {
        &self.longer[usize::from(course)]
    }

    /// The course after a change at `at`; `None` if there can be no more.
    pub fn changed(&self, course: Course, at: u8) -> Option<Course> {
        self.longer(course).iter().copied().find(|longer| self.seconds(*longer).last() == Some(&at))
    }

    /// What of the course has happened by `at`.
    pub fn until(&self, course: Course, at: u8) -> Course {
        let seconds = self.seconds(course);
        let past = &seconds[..seconds.iter().take_while(|second| **second <= at).count()];
        let found = self.all.iter().position(|other| other == past).expect("a part of a course is a course");
        Course::try_from(found).expect("the model is short")
    }

    /// Its changes, the first of which is that the alarm is OK.
    pub fn changes(&self, course: Course) -> impl Iterator<Item = AlarmChange> {
        let states = [AlarmState::Alarm, AlarmState::Ok];
        let later = self.seconds(course).iter().zip(states).zip(2..);
        let later = later.map(|((at, to), seq)| AlarmChange { seq, at: instant(*at), to: Some(to) });
        [AlarmChange { seq: 1, at: BEGINNING, to: Some(AlarmState::Ok) }].into_iter().chain(later)
    }

    /// How many changes it has.
    pub fn len(&self, course: Course) -> u8 {
        u8::try_from(self.changes(course).count()).expect("three at most")
    }

    /// When it entered ALARM.
    pub fn alarm(&self, course: Course) -> Option<u8> {
        self.seconds(course).first().copied()
    }

    /// When it entered ALARM, if that is among the changes after the place `after`.
    pub fn alarm_after(&self, course: Course, after: i64) -> Option<u8> {
        self.alarm(course).filter(|_| after < 2)
    }

    /// Whether the alarm was in ALARM when the window after the place `after` opened, or entered it by `at`, among
    /// the first `known` of its changes.
    pub fn tripped(&self, course: Course, known: u8, after: i64, at: u8) -> bool {
        let mut open = None;
        for change in self.changes(course).take(usize::from(known)) {
            if change.seq <= after {
                open = change.to;
            } else if change.at <= instant(at) && change.to == Some(AlarmState::Alarm) {
                return true;
            }
        }
        open == Some(AlarmState::Alarm)
    }

    /// Whether it has been in ALARM, and is OK again.
    pub fn is_over(&self, course: Course) -> bool {
        self.seconds(course).len() == 2
    }
}
