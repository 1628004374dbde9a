//! What is varied: for each of some settings the values that it is to have, and every combination of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::asked::{Asked, COUNT, Members, TRAFFIC, Wrong, count, rate, shortened, traffic, whole};
use super::length::Length;
use crate::domain::capacity::CapacitySize;

/// The settings with their values, as they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sweep(Vec<(Setting, Vec<Value>)>);

/// What can be varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    CanarySize,
    LinearStepSize,
    BatchSize,
    Bake,
    TerminationWait,
    Instances,
    Traffic,
    BadErrorRate,
}

const SETTINGS: [(&str, Setting); 8] = [
    ("canary_size", Setting::CanarySize),
    ("linear_step_size", Setting::LinearStepSize),
    ("batch_size", Setting::BatchSize),
    ("bake", Setting::Bake),
    ("termination_wait", Setting::TerminationWait),
    ("instances", Setting::Instances),
    ("traffic", Setting::Traffic),
    ("bad_error_rate", Setting::BadErrorRate),
];

const ROUTING: &str = "/BlueGreenUpdatePolicy/TrafficRoutingConfiguration";
const BLUE_GREEN: &str = "/BlueGreenUpdatePolicy";
const ROLLING: &str = "/RollingUpdatePolicy";

/// A setting that is a size: where it stands in a config, and of which type the policy there must be.
type Size = (Setting, &'static str, &'static str, Option<&'static str>);

const SIZES: [Size; 3] = [
    (Setting::CanarySize, ROUTING, "CanarySize", Some("CANARY")),
    (Setting::LinearStepSize, ROUTING, "LinearStepSize", Some("LINEAR")),
    (Setting::BatchSize, ROLLING, "MaximumBatchSize", None),
];

/// A combination: the values, and the question with them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) values: Map<String, Value>,
    pub(super) asked: Asked,
}

impl Sweep {
    pub(super) fn take(members: &mut Members) -> Result<Self, Wrong> {
        let wanted = "an object such as {\"canary_size\": [5, 10], \"bake\": [60, 300]}";
        let Some(given) = members.take("sweep", wanted, |value| value.as_object().cloned())? else {
            return Ok(Self::default());
        };
        let setting = |(name, values): (String, Value)| {
            let known = SETTINGS.iter().find(|(known, _)| *known == name).map(|(_, setting)| *setting);
            let names: Vec<_> = SETTINGS.iter().map(|(name, _)| *name).collect();
            let unknown = || Wrong::new("sweep", format!("has {name:?}, but it knows {}", names.join(", ")));
            let values = values.as_array().filter(|values| !values.is_empty()).cloned();
            let none = || Wrong::new("sweep", format!("has no list of values for {name}"));
            Ok((known.ok_or_else(unknown)?, values.ok_or_else(none)?))
        };
        given.into_iter().map(setting).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many combinations there are.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(_, values)| values.len()).fold(1, usize::saturating_mul)
    }

    /// Every combination of this question, the first setting changing slowest.
    pub(super) fn points(asked: &Asked) -> Result<Vec<Point>, Wrong> {
        let mut points = vec![Point { values: Map::new(), asked: asked.clone() }];
        for (setting, values) in &asked.sweep.0 {
            let mut next = Vec::with_capacity(points.len() * values.len());
            for point in &points {
                for value in values {
                    let mut values = point.values.clone();
                    values.insert(setting.name().to_owned(), value.clone());
                    next.push(Point { values, asked: setting.set(point.asked.clone(), value)? });
                }
            }
            points = next;
        }
        Ok(points)
    }
}

impl Setting {
    fn name(self) -> &'static str {
        SETTINGS.iter().find(|(_, setting)| *setting == self).expect("every setting is listed").0
    }

    /// The question with this value of it.
    fn set(self, mut asked: Asked, value: &Value) -> Result<Asked, Wrong> {
        // The command gives texts, a body rather numbers.
        let number =
            value.as_str().and_then(|text| text.trim_end_matches('%').parse().ok()).or(value.as_f64());
        let number = number.map_or(Value::Null, |number: f64| json!(number));
        let wrong = |wanted: &str| self.wrong(value, wanted);
        let config = asked.config.get_or_insert(Value::Null);
        match self {
            Self::CanarySize | Self::LinearStepSize | Self::BatchSize => {
                let size_of = SIZES.iter().find(|(setting, ..)| *setting == self);
                let (_, place, member, kind) = *size_of.expect("every size is listed");
                size(config, place, member, kind, &number, || wrong(PERCENT))
            }
            Self::Bake | Self::TerminationWait => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let length = Length::read(&text).ok_or_else(|| wrong(super::length::WANTED))?;
                self.wait(config, length)
            }
            Self::Instances => {
                asked.instances = count(&number).ok_or_else(|| wrong(COUNT))?;
                Ok(())
            }
            Self::Traffic => {
                asked.traffic = traffic(&number).ok_or_else(|| wrong(TRAFFIC))?;
                Ok(())
            }
            Self::BadErrorRate => {
                let rate = rate(&number).ok_or_else(|| wrong("a number from 0 to 1"))?;
                asked = asked.with_error_rate(rate);
                Ok(())
            }
        }?;
        asked.config = asked.config.filter(|config| !config.is_null());
        Ok(asked)
    }

    fn wait(self, config: &mut Value, length: Length) -> Result<(), Wrong> {
        let (places, member): (&[&str], _) = match self {
            Self::TerminationWait => (&[BLUE_GREEN], "TerminationWaitInSeconds"),
            _ => (&[ROUTING, ROLLING], "WaitIntervalInSeconds"),
        };
        let place = places.iter().find(|place| config.pointer(place).is_some_and(Value::is_object));
        let missing = || {
            Wrong::new("sweep", format!("has {}, but the config has no policy with {member}", self.name()))
        };
        config.pointer_mut(place.ok_or_else(missing)?).expect("it was just found")[member] =
            (length.0 / 1000).into();
        Ok(())
    }

    fn wrong(self, value: &Value, wanted: &str) -> Wrong {
        Wrong::new("sweep", format!("has {} {}, but it must be {wanted}", self.name(), shortened(value)))
    }
}

/// Sizes in percent that come to the same number of instances, so that their rows are alike: a sentence for each lot.
pub(super) fn alike<'p>(points: impl Iterator<Item = &'p Point>) -> Vec<String> {
    let mut lots: BTreeMap<(&str, u32, u32), BTreeSet<u32>> = BTreeMap::new();
    for Point { values, asked } in points {
        for (setting, place, member, _) in SIZES {
            let given = asked.config.as_ref().filter(|_| values.contains_key(setting.name()));
            let size = given.and_then(|config| config.pointer(place)).map(|policy| policy[member].clone());
            let Some(size) = size.and_then(|size| serde_json::from_value::<CapacitySize>(size).ok()) else {
                continue;
            };
            let lot = (member, asked.instances, size.instances_of(asked.instances));
            lots.entry(lot).or_default().insert(size.value);
        }
    }
    let several = lots.into_iter().filter(|(_, sizes)| sizes.len() > 1);
    let told = several.map(|((member, fleet, count), sizes)| {
        let sizes: Vec<_> = sizes.iter().map(|size| format!("{size} %")).collect();
        let sizes = sizes.join(", ");
        format!("{member} {sizes} of {fleet} instance(s) is {count} instance(s) each time, so these rows are alike.")
    });
    told.collect()
}

const PERCENT: &str = "a whole percentage, where the config has a policy of that kind";

/// Writes a `CapacitySize` in percent into the policy at that place, which is of that type.
fn size(
    config: &mut Value,
    place: &str,
    member: &str,
    kind: Option<&str>,
    number: &Value,
    wrong: impl Fn() -> Wrong,
) -> Result<(), Wrong> {
    let policy = config.pointer_mut(place).filter(|policy| policy.is_object());
    let policy = policy.filter(|policy| kind.is_none_or(|kind| policy["Type"] == kind)).ok_or_else(&wrong)?;
    policy[member] = json!({"Type": "CAPACITY_PERCENT", "Value": whole(number).ok_or_else(wrong)?});
    Ok(())
}
