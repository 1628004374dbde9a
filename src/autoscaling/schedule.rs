//! When a scheduled action is due: `at(…)`, `rate(…)` and `cron(…)`, in a time zone.
//! See <https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html>.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;

/// A schedule that can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// Once.
    At(Timestamp),
    /// Again and again, so many milliseconds apart.
    Rate(i64),
    /// Whenever a cron expression says so in a time zone.
    Cron(Box<Cron>, TimeZone),
}

/// Between which instants a schedule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When the action was made: rates count from here, unless they have a start.
    pub created: Timestamp,
    /// `StartTime`.
    pub start: Option<Timestamp>,
    /// `EndTime`.
    pub end: Option<Timestamp>,
}

impl Schedule {
    /// Reads a schedule and the name of its time zone. The error is a sentence.
    pub fn read(text: &str, timezone: Option<&str>) -> Result<Self, String> {
        let zone = timezone.unwrap_or("UTC");
        let zone = TimeZone::get(zone).map_err(|_| format!("Timezone '{zone}' is not valid."))?;
        let inside = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let read = if let Some(inside) = inside("at") {
            at(inside, &zone)
        } else if let Some(inside) = inside("rate") {
            rate(inside)
        } else {
            inside("cron").and_then(|inside| cron(inside, zone))
        };
        read.ok_or_else(|| format!("Schedule expression '{text}' is not valid."))
    }

    /// When it is due next after `after`; never again where it is over.
    pub fn next(&self, after: Timestamp, window: Window) -> Option<Timestamp> {
        // The start itself counts.
        let after = window.start.map_or(after, |start| after.max(start.plus_ms(-1)));
        let next = match self {
            Self::At(at) => Some(*at).filter(|at| *at > after),
            Self::Rate(every) => {
                let first = window.start.unwrap_or_else(|| window.created.plus_ms(*every));
                if first > after {
                    Some(first)
                } else {
                    Some(first.plus_ms((after.ms_since(first) / every + 1).saturating_mul(*every)))
                }
            }
            Self::Cron(cron, zone) => {
                let from = jiff::Timestamp::from_millisecond(after.0).ok()?.to_zoned(zone.clone());
                let next = cron.find_next_occurrence(&from, false).ok()?;
                Some(Timestamp(next.timestamp().as_millisecond()))
            }
        };
        next.filter(|next| *next > after && window.end.is_none_or(|end| *next <= end))
    }
}

/// `at(2026-01-31T17:00:00)`: a time of the zone.
fn at(text: &str, zone: &TimeZone) -> Option<Schedule> {
    let (date, time) = text.split_once('T')?;
    // AWS's own examples leave out the hour's zero.
    let time = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
    let local: DateTime = format!("{date}T{time}").parse().ok()?;
    let zoned = local.to_zoned(zone.clone()).ok()?;
    Some(Schedule::At(Timestamp(zoned.timestamp().as_millisecond())))
}

/// `rate(5 minutes)`.
fn rate(text: &str) -> Option<Schedule> {
    let (value, unit) = text.split_once(' ')?;
    let value: i64 = value.parse().ok().filter(|value| *value > 0)?;
    let unit = match unit.trim() {
        "minute" | "minutes" => 60_000,
        "hour" | "hours" => 3_600_000,
        "day" | "days" => 86_400_000,
        _ => return None,
    };
    value.checked_mul(unit).map(Schedule::Rate)
}

/// `cron(0 18 ? * MON-FRI *)`: minutes, hours, day of month, month, day of week, year. One of the two days is `?`.
fn cron(text: &str, zone: TimeZone) -> Option<Schedule> {
    let mut fields: Vec<&str> = text.split_whitespace().collect();
    let [_, _, of_month, _, of_week, _] = &mut fields[..] else { return None };
    if (*of_month == "?") == (*of_week == "?") {
        return None;
    }
    // The last day of the week, which the parser takes for the last one of the month.
    if *of_week == "L" {
        *of_week = "7";
    }
    let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Required);
    let parser = parser.alternative_weekdays(true).sloppy_ranges(true).build();
    let cron = parser.parse(&format!("0 {}", fields.join(" "))).ok()?;
    Some(Schedule::Cron(Box::new(cron), zone))
}
