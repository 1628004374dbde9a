//! Synthetic traffic as it is asked for: a rate, a daily curve on top of it, bursts on top of both.
//!
//! This is only what is wanted. When each request arrives is arithmetic in the fleet's room.

use serde::{Deserialize, Serialize};

/// The most requests a second that all parts may ask for together. A day at this rate is 864 million
/// requests, some minutes of work.
pub const REQUESTS_PER_SECOND_MAX: f64 = 10_000.0;

/// Requests that need no client.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// At every time of the day.
    pub requests_per_second: f64,
    /// More by day than by night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<Daily>,
    /// Far more, now and then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bursts: Option<Bursts>,
}

/// A curve of a day: the rate rises evenly for twelve hours and falls evenly for twelve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daily {
    /// The rate at its highest, with the rate at its lowest in it.
    pub peak_requests_per_second: f64,
    /// The hour at which it is highest, in UTC.
    pub peak_hour: u32,
}

/// Bursts; the first begins with the demand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bursts {
    /// So many more during a burst.
    pub requests_per_second: f64,
    /// From the beginning of a burst to that of the next.
    pub every_seconds: u32,
    /// How long a burst is.
    pub for_seconds: u32,
}

impl Demand {
    /// The same rate always.
    pub fn constant(requests_per_second: f64) -> Self {
        Self { requests_per_second, daily: None, bursts: None }
    }

    /// The rate at its highest.
    pub fn peak(&self) -> f64 {
        let daily = self.daily.map_or(self.requests_per_second, |daily| daily.peak_requests_per_second);
        daily + self.bursts.map_or(0.0, |bursts| bursts.requests_per_second)
    }

    /// Whether this can be asked for; otherwise one sentence about what cannot.
    pub fn check(&self) -> Result<(), String> {
        let burst = self.bursts.map_or(0.0, |bursts| bursts.requests_per_second);
        let peak = self.daily.map_or(0.0, |daily| daily.peak_requests_per_second);
        let rates = [
            ("requests_per_second", self.requests_per_second),
            ("daily.peak_requests_per_second", peak),
            ("bursts.requests_per_second", burst),
        ];
        if let Some((name, rate)) =
            rates.into_iter().find(|(_, rate)| !(0.0..=REQUESTS_PER_SECOND_MAX).contains(rate))
        {
            return Err(format!("{name} is {rate}, but it must be a number from 0 to 10000."));
        }
        if let Some(daily) = self.daily {
            let lowest = self.requests_per_second;
            if peak < lowest {
                return Err(format!(
                    "daily.peak_requests_per_second is {peak}, but it must be at least requests_per_second, \
                     {lowest}."
                ));
            }
            if daily.peak_hour > 23 {
                let hour = daily.peak_hour;
                return Err(format!("daily.peak_hour is {hour}, but it must be a number from 0 to 23."));
            }
        }
        if let Some(Bursts { every_seconds, for_seconds, .. }) = self.bursts
            && !(1..=every_seconds).contains(&for_seconds)
        {
            return Err(format!(
                "bursts.for_seconds is {for_seconds}, but it must be a number from 1 to \
                 bursts.every_seconds, {every_seconds}."
            ));
        }
        let together = self.peak();
        if together > REQUESTS_PER_SECOND_MAX {
            return Err(format!(
                "The highest rate of all together is {together} requests a second, but it must be at most \
                 10000."
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(text: &str) -> Result<Demand, String> {
        let demand: Demand = serde_json::from_str(text).map_err(|error| error.to_string())?;
        demand.check().map(|()| demand)
    }

    #[test]
    fn a_demand_is_a_rate_with_a_curve_and_bursts_if_wanted() {
        assert_eq!(demand(r#"{"requests_per_second": 50}"#), Ok(Demand::constant(50.0)));
        let whole = concat!(
            r#"{"requests_per_second":5.5,"daily":{"peak_requests_per_second":20.0,"peak_hour":14},"#,
            r#""bursts":{"requests_per_second":100.0,"every_seconds":600,"for_seconds":30}}"#
        );
        let read = demand(whole).unwrap();
        assert!((read.peak() - 120.0).abs() < f64::EPSILON);
        assert_eq!(serde_json::to_string(&read).unwrap(), whole);
        for most in [
            r#"{"requests_per_second":9,"daily":{"peak_requests_per_second":9,"peak_hour":23}}"#,
            r#"{"requests_per_second":9,"bursts":{"requests_per_second":9991,"every_seconds":5,"for_seconds":5}}"#,
        ] {
            assert!(demand(most).is_ok(), "{most}");
        }
        assert!(demand(r#"{"requests_per_second": 5, "burst": {}}"#).unwrap_err().contains("burst"));
    }

    #[test]
    fn a_demand_that_cannot_be_met_is_refused_in_a_sentence() {
        let daily = |peak: f64, hour: u32| {
            format!(
                r#"{{"requests_per_second":9,"daily":{{"peak_requests_per_second":{peak},"peak_hour":{hour}}}}}"#
            )
        };
        let bursts = |rate: f64, every: u32, long: u32| {
            format!(
                r#"{{"requests_per_second":9,"bursts":{{"requests_per_second":{rate},"every_seconds":{every},"for_seconds":{long}}}}}"#
            )
        };
        let table = [
            (
                r#"{"requests_per_second":-1}"#.to_owned(),
                "requests_per_second is -1, but it must be a number from 0 to 10000.",
            ),
            (
                r#"{"requests_per_second":10001}"#.to_owned(),
                "requests_per_second is 10001, but it must be a number from 0 to 10000.",
            ),
            (
                daily(8.0, 3),
                "daily.peak_requests_per_second is 8, but it must be at least requests_per_second, 9.",
            ),
            (daily(10.0, 24), "daily.peak_hour is 24, but it must be a number from 0 to 23."),
            (
                bursts(1.0, 5, 6),
                "bursts.for_seconds is 6, but it must be a number from 1 to bursts.every_seconds, 5.",
            ),
            (
                bursts(1.0, 5, 0),
                "bursts.for_seconds is 0, but it must be a number from 1 to bursts.every_seconds, 5.",
            ),
            (
                bursts(9_999.0, 5, 5),
                "The highest rate of all together is 10008 requests a second, but it must be at most 10000.",
            ),
        ];
        for (text, sentence) in table {
            assert_eq!(demand(&text), Err(sentence.to_owned()), "{text}");
        }
    }
}
