//! The composite alarms of a world, their rules read, and who depends on whom.

use std::collections::BTreeMap;

use super::alarm::{name_of, request};
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::metrics::composite::Dependencies;
use crate::metrics::rule::Rule;
use crate::schema::{Fault, Value};
use crate::store::{Alarm, AlarmKind, AlarmQuery, Session};

/// A composite alarm with its rule.
#[derive(Debug)]
pub(super) struct Composite {
    pub(super) alarm: Alarm,
    pub(super) rule: Rule,
}

/// Alarms by their names.
pub(super) type ByName = BTreeMap<String, Alarm>;

impl Composite {
    /// Reads the rule of a stored composite alarm.
    pub(super) fn of(alarm: Alarm) -> Result<Self, Fault> {
        let request = request(&alarm)?;
        let text = request.get("AlarmRule").and_then(Value::as_str).unwrap_or_default();
        let rule = Rule::parse(text).map_err(Fault::internal)?;
        Ok(Self { alarm, rule })
    }

    /// Names of its children.
    pub(super) fn children(&self, world: &WorldId) -> Vec<String> {
        children(world, &self.rule)
    }
}

/// Names of the alarms that the rule refers to.
pub(super) fn children(world: &WorldId, rule: &Rule) -> Vec<String> {
    rule.children().iter().filter_map(|reference| name_of(world, reference)).map(str::to_owned).collect()
}

/// The state that the rule gives while its children are in the states of `alarms`.
pub(super) fn verdict(world: &WorldId, rule: &Rule, alarms: &ByName) -> AlarmState {
    let state_of = |reference: &str| {
        let alarm = name_of(world, reference).and_then(|name| alarms.get(name));
        alarm.map_or(AlarmState::InsufficientData, |alarm| alarm.state)
    };
    if rule.eval(&state_of) { AlarmState::Alarm } else { AlarmState::Ok }
}

/// The alarms of these names.
pub(super) async fn load(session: &mut Session, world: &WorldId, names: &[String]) -> Result<ByName, Fault> {
    let alarms =
        session.list_alarms(world, &AlarmQuery { names: Some(names), ..AlarmQuery::default() }).await?;
    Ok(alarms.into_iter().map(|alarm| (alarm.name.clone(), alarm)).collect())
}

/// All composite alarms of a world.
#[derive(Debug)]
pub(super) struct Composites {
    pub(super) by_name: BTreeMap<String, Composite>,
    pub(super) dependencies: Dependencies,
}

impl Composites {
    /// Reads them.
    pub(super) async fn load(session: &mut Session, world: &WorldId) -> Result<Self, Fault> {
        let query = AlarmQuery { kind: Some(AlarmKind::Composite), ..AlarmQuery::default() };
        let mut composites = Self { by_name: BTreeMap::new(), dependencies: Dependencies::default() };
        for alarm in session.list_alarms(world, &query).await? {
            let composite = Composite::of(alarm)?;
            composites.dependencies.insert(composite.alarm.name.clone(), composite.children(world));
            composites.by_name.insert(composite.alarm.name.clone(), composite);
        }
        Ok(composites)
    }
}
