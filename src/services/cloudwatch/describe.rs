//! `DescribeAlarms`.

use serde::Deserialize;

use super::alarm::{ACTIONS, describe, kind_of, request};
use super::bad_token;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::engine::alarm::{Composite, Composites};
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, token};
use crate::store::{Alarm, AlarmKind, AlarmQuery, Session};

/// A page, if the request does not say: as many as a request may ask for.
const PAGE: u32 = 100;

/// `DescribeAlarmsInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(default)]
    alarm_names: Vec<String>,
    alarm_name_prefix: Option<String>,
    #[serde(default)]
    alarm_types: Vec<String>,
    children_of_alarm_name: Option<String>,
    parents_of_alarm_name: Option<String>,
    state_value: Option<AlarmState>,
    action_prefix: Option<String>,
    max_records: Option<u32>,
    next_token: Option<String>,
}

/// The members that relatives are shown with.
const OF_CHILDREN: &[&str] = &["AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"];
const OF_PARENTS: &[&str] = &["AlarmName", "AlarmArn"];

/// Alarms in the order of their names; composite alarms only where `AlarmTypes` asks for them.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
pub(super) async fn describe_alarms(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    request.check()?;
    let after =
        request.next_token.as_deref().map(|token| token::open("alarms", token, bad_token)).transpose()?;
    let mut session = context.store.session();
    let (names, members) = request.relatives(&mut session, world).await?;
    let is_free = members.is_none();
    let query = AlarmQuery {
        names: names.as_deref(),
        prefix: request.alarm_name_prefix.as_deref(),
        kind: if is_free { kind_of(&request.alarm_types) } else { None },
        state: request.state_value,
        ..AlarmQuery::default()
    };
    let limit = request.max_records.unwrap_or(PAGE);
    let (alarms, end) = page(&mut session, world, &request, query, after, limit).await?;
    let mut shown = Shown::default();
    for alarm in &alarms {
        let mut described = describe(world, alarm)?;
        if let (Some(kept), Some(all)) = (members, described.as_map()) {
            described = all
                .iter()
                .filter(|(name, _)| kept.contains(name))
                .map(|(n, v)| (n, v.clone()))
                .collect::<Fields>()
                .into();
        }
        shown.of(alarm.kind).push(described);
    }
    Ok(shown.into_value(end))
}

#[derive(Default)]
struct Shown {
    metric: Vec<Value>,
    composite: Vec<Value>,
}

impl Shown {
    fn of(&mut self, kind: AlarmKind) -> &mut Vec<Value> {
        match kind {
            AlarmKind::Metric => &mut self.metric,
            AlarmKind::Composite => &mut self.composite,
        }
    }

    /// Both lists are written, also when they are empty.
    fn into_value(self, end: Option<String>) -> Value {
        let mut answer = Fields::from_iter([
            ("CompositeAlarms", self.composite.into()),
            ("MetricAlarms", self.metric.into()),
        ]);
        if let Some(end) = end {
            answer.insert("NextToken", token::seal("alarms", end).into());
        }
        answer.into()
    }
}

/// At most `limit` alarms, and the name of the last one if there are more.
async fn page(
    session: &mut Session,
    world: &WorldId,
    request: &Request,
    query: AlarmQuery<'_>,
    mut after: Option<String>,
    limit: u32,
) -> Result<(Vec<Alarm>, Option<String>), Fault> {
    let mut found: Vec<Alarm> = Vec::new();
    loop {
        let query = AlarmQuery { after: after.as_deref(), limit: Some(limit + 1), ..query.clone() };
        let batch = session.list_alarms(world, &query).await?;
        let is_last = batch.len() <= limit as usize;
        let end = batch.last().map(|alarm| alarm.name.clone());
        for alarm in batch {
            if request.has_action(&alarm)? {
                found.push(alarm);
            }
        }
        if found.len() > limit as usize {
            found.truncate(limit as usize);
            let end = found.last().map(|alarm| alarm.name.clone());
            return Ok((found, end));
        }
        if is_last {
            return Ok((found, None));
        }
        after = end;
    }
}

impl Request {
    fn check(&self) -> Result<(), Fault> {
        let named = !self.alarm_names.is_empty();
        let filters = [
            ("AlarmNames", named),
            ("AlarmNamePrefix", self.alarm_name_prefix.is_some()),
            ("AlarmTypes", !self.alarm_types.is_empty()),
            ("StateValue", self.state_value.is_some()),
            ("ActionPrefix", self.action_prefix.is_some()),
            ("ParentsOfAlarmName", self.parents_of_alarm_name.is_some()),
        ];
        let alone = [
            ("ChildrenOfAlarmName", self.children_of_alarm_name.is_some()),
            ("ParentsOfAlarmName", self.parents_of_alarm_name.is_some()),
        ];
        for (member, _) in alone.iter().filter(|(_, given)| *given) {
            if let Some((other, _)) = filters.iter().find(|(other, given)| *given && other != member) {
                return Err(Fault::validation(format!("{member} cannot be combined with {other}")));
            }
        }
        if named && self.alarm_name_prefix.is_some() {
            return Err(Fault::validation("AlarmNames and AlarmNamePrefix cannot both be set"));
        }
        Ok(())
    }

    /// The names that the request confines itself to, and the members that relatives are shown with.
    async fn relatives(
        &self,
        session: &mut Session,
        world: &WorldId,
    ) -> Result<(Option<Vec<String>>, Option<&'static [&'static str]>), Fault> {
        if let Some(parent) = &self.children_of_alarm_name {
            let parent =
                session.alarm(world, parent).await?.filter(|alarm| alarm.kind == AlarmKind::Composite);
            let children = parent.map(Composite::of).transpose()?.map(|composite| composite.children(world));
            return Ok((Some(children.unwrap_or_default()), Some(OF_CHILDREN)));
        }
        if let Some(child) = &self.parents_of_alarm_name {
            let composites = Composites::load(session, world).await?;
            let parents = composites.dependencies.parents(child).map(str::to_owned).collect();
            return Ok((Some(parents), Some(OF_PARENTS)));
        }
        let named = !self.alarm_names.is_empty();
        Ok((named.then(|| self.alarm_names.clone()), None))
    }

    /// Whether one of the alarm's actions begins with `ActionPrefix`.
    fn has_action(&self, alarm: &Alarm) -> Result<bool, Fault> {
        let Some(prefix) = self.action_prefix.as_deref() else { return Ok(true) };
        let body = request(alarm)?;
        let mut actions = ACTIONS.iter().filter_map(|list| body.get(list)?.as_list()).flatten();
        Ok(actions.any(|action| action.as_str().is_some_and(|action| action.starts_with(prefix))))
    }
}
