//! `PutCompositeAlarm`.

use serde::Deserialize;

use super::put::{check_name, put};
use crate::domain::world::WorldId;
use crate::engine::alarm::{Composite, Composites, children, evaluate_composite, load};
use crate::metrics::rule::Rule;
use crate::schema::{Fault, Value};
use crate::services::tag::{Tag, merged};
use crate::services::{Context, input};
use crate::store::{AlarmKind, Tags, Tx};

/// `PutCompositeAlarmInput`, as far as the rules look at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_name: String,
    alarm_rule: String,
    actions_suppressor: Option<String>,
    actions_suppressor_wait_period: Option<i64>,
    actions_suppressor_extension_period: Option<i64>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Puts a composite alarm and evaluates its rule at once.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>
pub(super) async fn put_composite_alarm(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<(), Fault> {
    let members = value.as_map().cloned().unwrap_or_default();
    let request: Request = input(value)?;
    check_name(&request.alarm_name)?;
    let rule = parse(&request.alarm_rule)?;
    request.check_suppressor()?;
    let tags = merged(Tags::new(), request.tags).map_err(Fault::validation)?;
    let mut tx = context.begin(world).await?;
    check_children(&mut tx, &request.alarm_name, &rule).await?;
    let (alarm, was) = put(&mut tx, AlarmKind::Composite, request.alarm_name, members, tags).await?;
    evaluate_composite(&mut tx, Composite { alarm, rule }, was.word()).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

fn parse(text: &str) -> Result<Rule, Fault> {
    if text.trim() != text || text.is_empty() {
        return Err(Fault::validation(
            "AlarmRule must not contain leading or trailing whitespace or be null",
        ));
    }
    Rule::parse(text).map_err(|error| Fault::validation(format!("Error in AlarmRule [{error}]")))
}

/// Every alarm of the rule must exist, and none may depend on this one.
async fn check_children(tx: &mut Tx, name: &str, rule: &Rule) -> Result<(), Fault> {
    let world = tx.id().clone();
    let names = children(&world, rule);
    if names.iter().any(|child| child == name) {
        let sentence = "A composite alarm cannot have a child relation with itself via its AlarmRule";
        return Err(Fault::validation(sentence));
    }
    let known = load(tx, &world, &names).await?;
    let is_known =
        |reference: &str| world.alarm_named(reference).is_some_and(|name| known.contains_key(name));
    let missing: Vec<&str> = rule.children().into_iter().filter(|reference| !is_known(reference)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Fault::validation(format!(
            "Could not save the composite alarm as alarms [{missing}] in the alarm rule do not exist"
        )));
    }
    let mut dependencies = Composites::load(tx, &world).await?.dependencies;
    dependencies.insert(name, names);
    if dependencies.is_circular(name) {
        let sentence =
            "A composite alarm cannot depend on itself via the AlarmRule of another composite alarm";
        return Err(Fault::validation(sentence));
    }
    Ok(())
}

impl Request {
    /// A suppressor needs both periods, and they need it.
    fn check_suppressor(&self) -> Result<(), Fault> {
        let periods = [
            ("ActionsSuppressorWaitPeriod", self.actions_suppressor_wait_period),
            ("ActionsSuppressorExtensionPeriod", self.actions_suppressor_extension_period),
        ];
        let sentence = match &self.actions_suppressor {
            None => {
                let given = periods.iter().find(|(_, period)| period.is_some());
                given.map(|(member, _)| format!("{member} requires an ActionSuppressor"))
            }
            Some(suppressor) if suppressor.starts_with("arn:") && !is_alarm_arn(suppressor) => {
                Some("ActionsSuppressor must be a valid CloudWatch Alarm ARN or an Alarm name".to_owned())
            }
            Some(_) => {
                let absent = periods.iter().find(|(_, period)| period.is_none());
                absent.map(|(member, _)| format!("{member} must not be null"))
            }
        };
        sentence.map_or(Ok(()), |sentence| Err(Fault::validation(sentence)))
    }
}

/// `arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME`.
fn is_alarm_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(7, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "cloudwatch", _, _, "alarm", name] if !name.is_empty())
}
