//! The grammar of statistics, as the pattern in CloudWatch's model has it: percentages from 0 to 100 with
//! up to ten decimals, values that are not negative, and both borders of a range of one kind.

use super::{Bounds, Statistic, Trim};

/// The most decimals of a number.
const MAX_DECIMALS: usize = 10;

/// Reads a statistic; `None` if it is none.
pub(super) fn statistic(text: &str) -> Option<Statistic> {
    match text {
        "SampleCount" => return Some(Statistic::SampleCount),
        "Average" => return Some(Statistic::Average),
        "Sum" => return Some(Statistic::Sum),
        "Minimum" => return Some(Statistic::Minimum),
        "Maximum" => return Some(Statistic::Maximum),
        "IQM" => return Some(Statistic::InterquartileMean),
        _ => {}
    }
    if let Some((letters, range)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        return ranged(letters, range);
    }
    let below = Trim::ALL.into_iter().find_map(|trim| {
        let number = text.strip_prefix(&trim.letters().to_lowercase())?;
        percent(number).map(|percent| Statistic::Below(trim, percent))
    });
    below.or_else(|| text.strip_prefix('p').and_then(percent).map(Statistic::Percentile))
}

/// `TM(10%:90%)`, `PR(:300)`: the letters and what is between the parentheses.
fn ranged(letters: &str, range: &str) -> Option<Statistic> {
    let (low, high) = range.split_once(':')?;
    let trim = Trim::ALL.into_iter().find(|trim| trim.letters() == letters);
    let in_percent = low.ends_with('%') || high.ends_with('%');
    let read = |border: &str| match border {
        "" => Some(None),
        border if in_percent => border.strip_suffix('%').and_then(percent).map(Some),
        border => value(border).map(Some),
    };
    let bounds = Bounds { low: read(low)?, high: read(high)? };
    let upside_down = bounds.low.zip(bounds.high).is_some_and(|(low, high)| low > high);
    if upside_down || bounds.low.or(bounds.high).is_none() {
        return None;
    }
    match trim {
        Some(trim) if in_percent => Some(Statistic::BetweenPercent(trim, bounds)),
        Some(trim) => Some(Statistic::Between(trim, bounds)),
        None if letters == "PR" && !in_percent => Some(Statistic::PercentileRank(bounds)),
        None => None,
    }
}

/// `99`, `99.9`, `100`.
fn percent(text: &str) -> Option<f64> {
    let short = text.split('.').next().is_some_and(|whole| whole.len() <= 3);
    decimal(text).filter(|percent| short && *percent <= 100.0)
}

/// `0.5`, `500`, `1.5E3`.
fn value(text: &str) -> Option<f64> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return decimal(text) };
    let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let whole = !size.is_empty() && size.bytes().all(|sign| sign.is_ascii_digit());
    decimal(digits)?;
    text.parse::<f64>().ok().filter(|value| whole && value.is_finite())
}

/// Digits, and after a point up to ten more.
fn decimal(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|sign| sign.is_ascii_digit());
    let sound = !whole.is_empty() && digits(whole) && digits(decimals) && decimals.len() <= MAX_DECIMALS;
    if sound { text.parse().ok() } else { None }
}
