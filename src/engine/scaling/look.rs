//! The policies of a target are looked at: which of them are called, and what comes of what they want.

use super::bounds::bring_into_bounds;
use super::called::{calling, calls};
use super::capacity::Subject;
use super::{Turned, turn};
use crate::autoscaling::{
    Activity, Change, Direction, Moment, Policy, Reason, Side, Signal, Trigger, Verdict, decide, policy_arn,
};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::rules::Rules;
use crate::engine::alarm::values;
use crate::metrics::alarm::{Limit, MetricAlarm};
use crate::store::scaling::{ActivityQuery, RuleKind, RuleQuery};
use crate::store::{Alarm, Error, Tx};

/// A policy, and the alarm that calls it.
struct Call {
    alarm: String,
    state: AlarmState,
    policy: String,
}

/// Looks at the policies of the target of this resource.
pub(in crate::engine) async fn look(
    tx: &mut Tx,
    resource: &str,
    at: Timestamp,
    rules: &Rules,
) -> Result<Turned, Error> {
    let what = format!("the scaling of {resource}");
    let turned = turn(tx, &what, at, async |tx| act(tx, resource, at, rules).await).await?;
    tx.set_target_wake(resource, turned.next).await?;
    Ok(turned)
}

async fn act(tx: &mut Tx, resource: &str, at: Timestamp, rules: &Rules) -> Result<Turned, Error> {
    // Then CloudWatch calls again the policies of alarms that stay where they are.
    let again = Some(at.next_minute());
    let Some(subject) = Subject::read(tx, resource).await? else { return Ok(Turned::default()) };
    // What is being scaled is looked at when that has ended.
    if subject.is_being_scaled() {
        return Ok(Turned::default());
    }
    if subject.target.is_out_of_bounds && subject.is_scalable() {
        let change = bring_into_bounds(tx, resource, at, rules).await?;
        return Ok(Turned { next: again, change });
    }
    let (calls, triggers, all_agree_to_scale_in) = triggers(tx, &subject, at, rules).await?;
    if triggers.is_empty() {
        return Ok(Turned::default());
    }
    let moment = Moment {
        target: &subject.target,
        capacity: subject.capacity,
        is_scalable: subject.is_scalable(),
        all_agree_to_scale_in,
        now: at,
    };
    let cause = |by: usize| {
        let Call { alarm, state, policy } = &calls[by];
        format!("monitor alarm {alarm} in state {} triggered policy {policy}", state.word())
    };
    match decide(&triggers, &moment) {
        Verdict::Held => Ok(Turned { next: again, change: None }),
        Verdict::Scale { to, direction, by } => {
            let cooldown = Some((direction, triggers[by].cooldown_ms(direction)));
            let from = subject.capacity;
            let base = (direction == Direction::Out).then(|| subject.target.base(from, at));
            let change = Change { from, to, cooldown, base };
            let change = subject.set_capacity(tx, change, cause(by), at, rules).await?;
            Ok(Turned { next: again, change })
        }
        Verdict::NotScaled { reason, by } => {
            tell(tx, &subject, reason, cause(by), at).await?;
            let is_tracking = triggers.iter().all(|trigger| matches!(trigger.policy, Policy::Tracking(_)));
            // An alarm that calls no more calls nobody to see what the others want by themselves.
            let is_of_one_mind = triggers.windows(2).all(|pair| pair[0].signal.side == pair[1].signal.side);
            let stands = match reason {
                // Nothing else comes of it until another alarm calls or the bounds are others.
                Reason::AlreadyAtMaxCapacity(_) | Reason::AlreadyAtMinCapacity(_) => {
                    is_tracking && is_of_one_mind
                }
                // The end of the transition calls.
                Reason::TargetServicePutResourceAsUnscalable => true,
                Reason::AlreadyAtDesiredCapacity(_) => false,
            };
            Ok(Turned { next: again.filter(|_| !stands), change: None })
        }
    }
}

/// Tells that nothing was scaled, unless that was the last thing that was told.
async fn tell(
    tx: &mut Tx,
    subject: &Subject,
    reason: Reason,
    cause: String,
    at: Timestamp,
) -> Result<(), Error> {
    let world = tx.id().clone();
    let (resource, endpoint) = (&subject.row.resource, &subject.endpoint.endpoint.name);
    let from = Timestamp(i64::MIN);
    let query =
        ActivityQuery { resource: Some(resource), from, with_not_scaled: true, before: None, limit: 1 };
    if let Some(last) = tx.activities(&world, &query).await?.pop() {
        let last: Activity = last.read()?;
        if last.not_scaled == Some(reason) && last.cause == cause {
            return Ok(());
        }
    }
    let activity = Activity::not_scaled(tx.new_id().await?, reason, cause, at);
    tx.append_activity((resource, endpoint), at, (true, false), &activity).await
}

/// The policies of a target that alarms call at `at`, who calls them, and whether all policies that track a target
/// and may scale in are called for that.
async fn triggers(
    tx: &mut Tx,
    subject: &Subject,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Vec<Call>, Vec<Trigger>, bool), Error> {
    let (world, resource) = (tx.id().clone(), subject.row.resource.as_str());
    let alarms = calling(tx, &world, Some(resource)).await?;
    let alarms: Vec<_> = alarms.iter().map(|alarm| (alarm, calls(alarm))).collect();
    let query = RuleQuery { resource: Some(resource), ..RuleQuery::default() };
    let (mut found, mut triggers, mut all_agree) = (Vec::new(), Vec::new(), true);
    for row in tx.scaling_rules(&world, RuleKind::Policy, &query).await? {
        let policy: Policy = row.read()?;
        let arn = policy_arn(&world, &row.id, resource, &row.name);
        let mut is_low = false;
        for (alarm, _) in alarms.iter().filter(|(_, called)| called.contains(&arn)) {
            let signal = signal(tx, &policy, subject, alarm, at, rules).await?;
            is_low |= signal.side == Some(Side::Low);
            triggers.push(Trigger { policy: policy.clone(), signal });
            found.push(Call { alarm: alarm.name.clone(), state: alarm.state, policy: row.name.clone() });
        }
        if let Policy::Tracking(tracking) = &policy {
            all_agree &= is_low || tracking.disable_scale_in;
        }
    }
    Ok((found, triggers, all_agree))
}

/// What an alarm has seen at `at`. One that cannot be read has seen nothing.
async fn signal(
    tx: &mut Tx,
    policy: &Policy,
    subject: &Subject,
    alarm: &Alarm,
    at: Timestamp,
    rules: &Rules,
) -> Result<Signal, Error> {
    let resource = &subject.row.resource;
    let is = |side: Side| alarm.name.starts_with(&format!("TargetTracking-{resource}-{}-", side.word()));
    let side = [Side::High, Side::Low].into_iter().find(|side| is(*side));
    let side = side.filter(|_| matches!(policy, Policy::Tracking(_)));
    let Ok(definition) = alarm.read::<MetricAlarm>() else {
        return Ok(Signal { side, ..Signal::default() });
    };
    let world = tx.id().clone();
    // What was measured of fewer instances, or of more, is no measure for these.
    let since = subject.target.scaled_at.filter(|_| matches!(policy, Policy::Tracking(_)));
    let values = values(tx, &world, &definition, at, rules).await?.into_iter();
    let values =
        values.filter(|(at, _)| since.is_none_or(|since| *at >= since)).map(|(_, value)| value).collect();
    let threshold = match definition.limit {
        Limit::Threshold { threshold, .. } => threshold,
        Limit::Band { .. } => 0.0,
    };
    Ok(Signal { values, threshold, side })
}
