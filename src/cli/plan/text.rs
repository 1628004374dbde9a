//! A plan as a person reads it.

use serde::Serialize;
use serde_json::Value;
use textwrap::{Options, WordSplitter};

use crate::cli::table::columns;
use crate::domain::deployment::record::Status;
use crate::plan::{Course, Moment, Outcome, Plan, Pool, Quantiles, Rejected, Row, Spread, Tripped};

/// All of it.
pub(super) fn plan(plan: &Plan) -> String {
    let notes = plan.notes.iter().map(|note| format!("note: {note}\n"));
    if !plan.sweep.is_empty() {
        return std::iter::once(sweep(&plan.sweep)).chain(notes).collect();
    }
    let mut parts: Vec<String> = notes.collect();
    parts.extend(plan.rejected.iter().map(refusal));
    parts.extend(plan.schedule.iter().map(course));
    parts.extend((!plan.pools.is_empty()).then(|| pools(&plan.pools)));
    parts.extend(plan.outcome.iter().map(|outcome| format!("\n{}", failure(outcome))));
    parts.extend(plan.spread.iter().map(|spread| format!("\n{}", runs(spread))));
    parts.extend(plan.explanation.iter().map(|explanation| format!("\n{}\n", folded(&explanation.text))));
    parts.concat()
}

fn refusal(rejected: &Rejected) -> String {
    let Rejected { operation, code, message } = rejected;
    format!("AWS would refuse it: {operation}: {code}: {message}\n")
}

/// The schedule with its totals.
fn course(course: &Course) -> String {
    let heads = ["TIME", "STAGE", "STEP", "BLUE", "GREEN", "INSTANCES", ""].map(str::to_owned).to_vec();
    let lines = course.events.iter().map(moment);
    let table = table(&std::iter::once(heads).chain(lines).collect::<Vec<_>>());
    let Course { status, ends_after, times_out_after, peak_instances, instance_hours, .. } = course;
    let (strategy, status) = (course.strategy.word(), word(status).replace('_', " "));
    format!(
        "{table}The update ({strategy}) ends after {ends_after}: {status}. It would time out after {times_out_after}.\n\
         It needs {peak_instances} instances at once, and {instance_hours:.2} instance-hours.\n"
    )
}

fn moment(moment: &Moment) -> Vec<String> {
    let Moment { after, phase, step, traffic, instances, message } = moment;
    vec![
        after.to_string(),
        word(phase),
        step.map_or_else(|| "-".to_owned(), |step| step.to_string()),
        format!("{} %", traffic.blue),
        format!("{} %", traffic.green),
        format!("{} + {}", instances.blue, instances.green),
        message.clone(),
    ]
}

/// How many instances the world must have room for, the strategies that need the same together.
fn pools(pools: &[Pool]) -> String {
    let equal = pools.chunk_by(|one, next| one.pool == next.pool);
    let equal = equal.map(|pools| format!("{} for {}", pools[0].pool, listed(pools)));
    format!("A pool of so many instances is enough: {}.\n", equal.collect::<Vec<_>>().join(", "))
}

/// `CANARY, LINEAR and ROLLING in batches of 1`.
fn listed(pools: &[Pool]) -> String {
    let name = |pool: &Pool| {
        let batch = pool.batch.map(|batch| format!(" in batches of {batch}"));
        format!("{}{}", pool.strategy.word(), batch.unwrap_or_default())
    };
    let mut names: Vec<_> = pools.iter().map(name).collect();
    let last = names.pop().expect("there is a strategy");
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

/// What came of the failure.
fn failure(outcome: &Outcome) -> String {
    let Outcome { bad_from, requests, requests_met, requests_failed, .. } = outcome;
    let tripped: String = outcome.tripped.iter().map(trip).collect();
    let noticed = match (outcome.detected_after, outcome.traffic_back_after) {
        (Some(detected), Some(back)) => format!(
            "It is noticed {detected} after requests can first meet it; all traffic is back on the old model at {back}."
        ),
        (Some(detected), None) => {
            format!("It is noticed {detected} after requests can first meet it, but it keeps some traffic.")
        }
        (None, _) if outcome.course.status == Status::Succeeded => {
            "Nothing notices it: the bad model stays in service.".to_owned()
        }
        (None, _) => "The update was over before anybody could notice.".to_owned(),
    };
    let part = *requests_met as f64 * 100.0 / (*requests).max(1) as f64;
    format!(
        "If the new model is bad from {bad_from} on:\n\n{}{tripped}{noticed}\n\
         {requests_met} of {requests} requests ({part:.1} %) meet the bad model, {requests_failed} of them fail.\n",
        course(&outcome.course)
    )
}

fn trip(tripped: &Tripped) -> String {
    let seen = match (tripped.value, tripped.threshold) {
        (Some(value), Some(threshold)) => format!(": it saw {value}, its threshold is {threshold}"),
        _ => String::new(),
    };
    format!("The alarm {} trips at {}{seen}.\n", tripped.alarm, tripped.after)
}

/// What came of many runs.
fn runs(spread: &Spread) -> String {
    let Spread { runs, detected, succeeded, rolled_back, .. } = spread;
    let heads = ["", "MIN", "5 %", "MEDIAN", "95 %", "MAX"].map(str::to_owned).to_vec();
    let mut lines = vec![heads];
    lines.extend(spread.detected_after.as_ref().map(|it| quantiles("noticed after", it)));
    lines.extend(spread.traffic_back_after.as_ref().map(|it| quantiles("traffic back at", it)));
    lines.push(quantiles("requests that meet it", &spread.requests_met));
    lines.push(quantiles("requests that fail", &spread.requests_failed));
    let table = table(&lines);
    format!(
        "In {runs} runs, each with other luck, {detected} notice it, {rolled_back} roll back and {succeeded} succeed:\n\n{table}"
    )
}

fn quantiles<T: ToString>(name: &str, quantiles: &Quantiles<T>) -> Vec<String> {
    let Quantiles { min, p5, p50, p95, max } = quantiles;
    let values = [min, p5, p50, p95, max].map(ToString::to_string);
    std::iter::once(name.to_owned()).chain(values).collect()
}

/// A line for each combination, and why AWS would refuse it below it.
fn sweep(rows: &[Row]) -> String {
    let names = rows.first().map(|row| row.values.keys().map(|name| name.replace('_', "-").to_uppercase()));
    let of_failure = ["NOTICED", "AFTER", "TRAFFIC BACK", "MEET IT", "FAIL"];
    let is_failure = rows.iter().any(|row| row.spread.is_some());
    let heads = ["ENDS AFTER", "INSTANCES"].into_iter().chain(of_failure.into_iter().filter(|_| is_failure));
    let heads = names.into_iter().flatten().chain(heads.map(str::to_owned)).collect::<Vec<_>>();
    let mut lines = vec![heads];
    let mut refusals = Vec::new();
    for row in rows {
        let mut line: Vec<String> = row.values.values().map(plain).collect();
        if let Some(rejected) = &row.rejected {
            refusals.push(format!("{}: {}", line.join(", "), refusal(rejected)));
        }
        line.push(or_dash(row.ends_after));
        line.push(or_dash(row.peak_instances));
        match &row.spread {
            Some(spread) => line.extend([
                format!("{} of {}", spread.detected, spread.runs),
                or_dash(spread.detected_after.map(|it| it.p50)),
                or_dash(spread.traffic_back_after.map(|it| it.p50)),
                spread.requests_met.p50.to_string(),
                spread.requests_failed.p50.to_string(),
            ]),
            None => line.extend(of_failure.iter().filter(|_| is_failure).map(|_| "-".to_owned())),
        }
        lines.push(line);
    }
    table(&lines) + &refusals.concat()
}

fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The word that an enum without fields is in JSON.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).map(|value| plain(&value)).unwrap_or_default()
}

/// Lines in columns.
fn table(lines: &[Vec<String>]) -> String {
    columns(lines).into_iter().map(|line| line + "\n").collect()
}

/// Lines of at most a hundred signs.
fn folded(text: &str) -> String {
    let width = Options::new(100).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, width)
}

#[cfg(test)]
mod tests;
