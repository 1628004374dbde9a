//! The composite alarms of a world, their rules read, and who depends on whom.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::metrics::composite::Dependencies;
use crate::metrics::rule::Rule;
use crate::store::{Alarm, AlarmKind, AlarmQuery, Error, Session};

/// A composite alarm with its rule.
#[derive(Debug)]
pub struct Composite {
    /// As it is stored.
    pub alarm: Alarm,
    /// `AlarmRule`.
    pub rule: Rule,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    alarm_rule: String,
}

/// Alarms by their names.
pub type ByName = BTreeMap<String, Alarm>;

impl Composite {
    /// Reads the rule of a stored composite alarm.
    pub fn of(alarm: Alarm) -> Result<Self, Error> {
        let Body { alarm_rule } = alarm.read()?;
        let unreadable = |error| Error::Unreadable(format!("the rule of alarm {}: {error}", alarm.name));
        let rule = Rule::parse(&alarm_rule).map_err(unreadable)?;
        Ok(Self { alarm, rule })
    }

    /// Names of its children.
    pub fn children(&self, world: &WorldId) -> Vec<String> {
        children(world, &self.rule)
    }
}

/// Names of the alarms that the rule refers to.
pub fn children(world: &WorldId, rule: &Rule) -> Vec<String> {
    rule.children().iter().filter_map(|reference| world.alarm_named(reference)).map(str::to_owned).collect()
}

/// The state that the rule gives while its children are in the states of `alarms`.
pub fn verdict(world: &WorldId, rule: &Rule, alarms: &ByName) -> AlarmState {
    let state_of = |reference: &str| {
        let alarm = world.alarm_named(reference).and_then(|name| alarms.get(name));
        alarm.map_or(AlarmState::InsufficientData, |alarm| alarm.state)
    };
    if rule.eval(&state_of) { AlarmState::Alarm } else { AlarmState::Ok }
}

/// The alarms of these names.
pub async fn load(session: &mut Session, world: &WorldId, names: &[String]) -> Result<ByName, Error> {
    let alarms =
        session.list_alarms(world, &AlarmQuery { names: Some(names), ..AlarmQuery::default() }).await?;
    Ok(alarms.into_iter().map(|alarm| (alarm.name.clone(), alarm)).collect())
}

/// All composite alarms of a world.
#[derive(Debug)]
pub struct Composites {
    /// By their names.
    pub by_name: BTreeMap<String, Composite>,
    /// Who depends on whom.
    pub dependencies: Dependencies,
}

impl Composites {
    /// Reads them, but not those whose rule this version cannot read: they stop nobody else.
    pub async fn load(session: &mut Session, world: &WorldId) -> Result<Self, Error> {
        let query = AlarmQuery { kind: Some(AlarmKind::Composite), ..AlarmQuery::default() };
        let mut composites = Self { by_name: BTreeMap::new(), dependencies: Dependencies::default() };
        for alarm in session.list_alarms(world, &query).await? {
            let name = alarm.name.clone();
            let composite = match Composite::of(alarm) {
                Ok(composite) => composite,
                Err(error) => {
                    session.put_off(world, &format!("the composite alarm {name}"), &error.to_string());
                    continue;
                }
            };
            composites.dependencies.insert(composite.alarm.name.clone(), composite.children(world));
            composites.by_name.insert(composite.alarm.name.clone(), composite);
        }
        Ok(composites)
    }
}
