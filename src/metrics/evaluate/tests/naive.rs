//! The evaluator against a second one that is written straight from the rules, slow and without
//! arithmetic: it writes rows of signs, fills their gaps and counts what it sees.

use proptest::prelude::*;

use super::{STATES, TREATMENTS, alarm, verdict};
use crate::domain::alarm::AlarmState;
use crate::metrics::alarm::TreatMissingData;

/// The state after looking at `row`, old to new, of an alarm in `state`.
fn naive(row: &str, m: usize, n: usize, treatment: TreatMissingData, state: AlarmState) -> AlarmState {
    let count = |row: &str, wanted: char| row.chars().filter(|sign| *sign == wanted).count();
    let judged = |row: &str| if count(row, 'X') >= m { AlarmState::Alarm } else { AlarmState::Ok };
    let mut real = row.replace('-', "");
    if real.len() >= n {
        return judged(&real[real.len() - n..]);
    }
    match treatment {
        TreatMissingData::Breaching | TreatMissingData::NotBreaching => {
            while real.len() < n {
                real.push(if treatment == TreatMissingData::Breaching { 'X' } else { '0' });
            }
            judged(&real)
        }
        TreatMissingData::Missing if real.is_empty() => AlarmState::InsufficientData,
        _ if count(&real, 'X') >= m => AlarmState::Alarm,
        _ if real.contains('0') => AlarmState::Ok,
        // From here on there are only X and gaps. The row without its M - 1 newest places shows whether
        // one of them is old enough.
        TreatMissingData::Missing if row[..=row.len() - m].contains('X') => AlarmState::Alarm,
        TreatMissingData::Missing | TreatMissingData::Ignore => state,
    }
}

fn case() -> impl Strategy<Value = (String, usize, usize)> {
    (1..=6_usize).prop_flat_map(|n| {
        // Gaps are as frequent as everything else, or the rules for missing datapoints would rest.
        let row = prop::collection::vec(prop_oneof![2 => Just('-'), 1 => Just('X'), 1 => Just('0')], n + 2);
        (row.prop_map(String::from_iter), 1..=n, Just(n))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_verdict_is_that_of_the_rules((row, m, n) in case(), treatment in 0..4_usize, state in 0..3_usize) {
        let ((word, treatment), state) = (TREATMENTS[treatment], STATES[state]);
        let expected = naive(&row, m, n, treatment, state);
        prop_assert_eq!(verdict(&alarm(m, n, word), &row, state).state, expected);
    }
}

#[test]
fn every_row_of_up_to_three_periods_is_judged_by_the_rules() {
    for n in 1..=3_usize {
        let mut rows = vec![String::new()];
        for _ in 0..n + 2 {
            rows = rows.iter().flat_map(|row| ["X", "0", "-"].map(|sign| format!("{row}{sign}"))).collect();
        }
        for (m, (word, treatment)) in (1..=n).flat_map(|m| TREATMENTS.map(|treatment| (m, treatment))) {
            let alarm = alarm(m, n, word);
            for (row, state) in rows.iter().flat_map(|row| STATES.map(|state| (row, state))) {
                let expected = naive(row, m, n, treatment, state);
                let found = verdict(&alarm, row, state).state;
                assert_eq!(found, expected, "{row} with {m} of {n}, {word}, from {state:?}");
            }
        }
    }
}
