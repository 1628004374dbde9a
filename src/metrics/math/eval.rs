//! What an expression is in an [`Env`].
//!
//! Missing values count as 0 where two series meet, and in AVG; a point that has no finite value is dropped.
//! Both are the manual's words. Which argument may be a number (S), a series (TS) or an array (TS[]) is the
//! manual's table; everything else is refused.

use std::collections::BTreeMap;

use super::value::each;
use super::{Env, Expression, Filler, Function, Line, MathError, Member, Operator, Value};
use crate::clock::Timestamp;

/// So many points may an array have: some 500 metrics over a day of minutes. It keeps a text that multiplies
/// `METRICS()` from taking all memory.
pub const MAX_POINTS: usize = 1_000_000;

impl Expression {
    /// The value of the expression.
    pub fn evaluate(&self, env: &Env) -> Result<Value, MathError> {
        match self {
            Self::Number(number) => Ok(Value::number(*number)),
            Self::Id(id) => env.value(id).cloned(),
            Self::Negate(inner) => Ok(inner.evaluate(env)?.map(|value| -value)),
            Self::Power { base, exponent } => base.evaluate(env)?.with(exponent.evaluate(env)?, f64::powf),
            Self::Chain { first, rest } => {
                rest.iter().try_fold(first.evaluate(env)?, |left, (operator, right)| {
                    left.with(right.evaluate(env)?, operator.function())
                })
            }
            Self::Array(items) => array(items, env),
            Self::Metrics(text) => Ok(Value::Array(env.metrics(text.as_deref()))),
            Self::Call(function, argument) => call(*function, argument, env),
            Self::Fill(series, filler) => fill(series, filler, env),
            Self::If { condition, then, otherwise } => {
                let otherwise = otherwise.as_ref().map(|otherwise| branch(otherwise, env)).transpose()?;
                choose(condition, &branch(then, env)?, otherwise.as_ref(), env)
            }
        }
    }

    /// The refusal of a value as an argument.
    fn refused(&self, function: &'static str, expected: &'static str, value: &Value) -> MathError {
        MathError::ArgumentKind { function, expected, argument: self.to_string(), given: value.kind() }
    }
}

impl Operator {
    /// What it computes. True is 1, false is 0; everything but 0 is true.
    fn function(self) -> fn(f64, f64) -> f64 {
        match self {
            Self::Or => |a, b| f64::from(a != 0.0 || b != 0.0),
            Self::And => |a, b| f64::from(a != 0.0 && b != 0.0),
            Self::Less => |a, b| f64::from(a < b),
            Self::LessOrEqual => |a, b| f64::from(a <= b),
            Self::Greater => |a, b| f64::from(a > b),
            Self::GreaterOrEqual => |a, b| f64::from(a >= b),
            Self::Equal => |a, b| f64::from(a - b == 0.0),
            Self::NotEqual => |a, b| f64::from(a - b != 0.0),
            Self::Add => |a, b| a + b,
            Self::Subtract => |a, b| a - b,
            Self::Multiply => |a, b| a * b,
            Self::Divide => |a, b| a / b,
        }
    }
}

/// The members of `[m1, METRICS("4xx")]`, arrays in it laid flat.
fn array(items: &[Expression], env: &Env) -> Result<Value, MathError> {
    let (mut members, mut points) = (Vec::new(), 0);
    for item in items {
        let begin = members.len();
        match item.evaluate(env)? {
            Value::Series(line) => members.push(Member { label: label(item, env), line }),
            Value::Array(inner) => members.extend(inner),
            number @ Value::Number(_) => {
                return Err(item.refused("An array", "time series", &number));
            }
        }
        points += members[begin..].iter().map(|member| member.line.len()).sum::<usize>();
        if points > MAX_POINTS {
            return Err(MathError::TooManyPoints);
        }
    }
    Ok(Value::Array(members))
}

/// A metric's label, and of something computed its text.
fn label(item: &Expression, env: &Env) -> String {
    let known = match item {
        Expression::Id(id) => env.label(id),
        _ => None,
    };
    known.map_or_else(|| item.to_string(), str::to_owned)
}

/// From the values that exist, and how many there could be, to one.
type Reduce = fn(&[f64], usize) -> Option<f64>;

/// What a function does with its argument.
enum Meaning {
    /// A number of a series, and a series of an array.
    Reduces(Reduce),
    /// A series of each series.
    Changes(fn(&Line) -> Line),
    /// A series of a number.
    TimeSeries,
    /// The number of members of an array.
    Count,
    /// The period of a metric.
    Period,
}

fn meaning(function: Function) -> Meaning {
    use Meaning::{Changes, Reduces};
    match function {
        Function::Sum => Reduces(|values, _| (!values.is_empty()).then(|| values.iter().sum())),
        Function::Avg => {
            Reduces(|values, places| (!values.is_empty()).then(|| values.iter().sum::<f64>() / places as f64))
        }
        Function::Min => Reduces(|values, _| values.iter().copied().reduce(f64::min)),
        Function::Max => Reduces(|values, _| values.iter().copied().reduce(f64::max)),
        Function::DatapointCount => Reduces(|values, _| Some(values.len() as f64)),
        Function::StdDev => Reduces(|values, _| deviation(values)),
        Function::Abs => Changes(|line| line.map(f64::abs)),
        Function::Ceil => Changes(|line| line.map(f64::ceil)),
        Function::Floor => Changes(|line| line.map(f64::floor)),
        Function::Log => Changes(|line| line.map(f64::ln)),
        Function::Log10 => Changes(|line| line.map(f64::log10)),
        Function::Diff => Changes(|line| line.steps(|difference, _| difference)),
        Function::DiffTime => Changes(|line| line.steps(|_, secs| secs)),
        Function::Rate => Changes(|line| line.steps(|difference, secs| difference / secs)),
        Function::RunningSum => Changes(Line::running_sum),
        Function::TimeSeries => Meaning::TimeSeries,
        Function::MetricCount => Meaning::Count,
        Function::Period => Meaning::Period,
    }
}

fn call(function: Function, argument: &Expression, env: &Env) -> Result<Value, MathError> {
    let refused = |expected, value: &Value| Err(argument.refused(function.name(), expected, value));
    match (meaning(function), argument.evaluate(env)?) {
        (Meaning::Reduces(reduce), Value::Series(line)) => {
            let values: Vec<f64> = line.values().collect();
            let places = env.grid(argument.period_ms(env))?.len();
            // No average over fewer places than there are points, whatever grid they lie on.
            Ok(reduce(&values, places.max(values.len())).map_or(Value::Number(None), Value::number))
        }
        (Meaning::Reduces(reduce), Value::Array(members)) => Ok(Value::Series(across(&members, reduce))),
        (Meaning::Changes(change), Value::Series(line)) => Ok(Value::Series(change(&line))),
        (Meaning::Changes(change), Value::Array(members)) => Ok(Value::Array(each(members, change))),
        (Meaning::TimeSeries, Value::Number(number)) => {
            let grid = env.grid(argument.period_ms(env))?;
            let points = number.iter().flat_map(|&value| grid.iter().map(move |&at| (at, value)));
            Ok(Value::Series(points.collect()))
        }
        (Meaning::Count, Value::Array(members)) => Ok(Value::number(members.len() as f64)),
        (Meaning::Period, _) => match argument {
            Expression::Id(id) if env.is_metric(id) => {
                Ok(Value::Number(env.period_of(id).map(|ms| ms as f64 / 1000.0)))
            }
            _ => Err(MathError::NoMetric { argument: argument.to_string() }),
        },
        (Meaning::Reduces(_) | Meaning::Changes(_), value) => {
            refused("a time series or an array of time series", &value)
        }
        (Meaning::TimeSeries, value) => refused("a number", &value),
        (Meaning::Count, value) => refused("an array of time series", &value),
    }
}

/// The standard deviation of all values there are.
fn deviation(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (count > 0.0).then(|| variance.sqrt())
}

/// At every instant of any member, what `reduce` makes of the values that stand there.
fn across(members: &[Member], reduce: Reduce) -> Line {
    let points = members.iter().flat_map(|member| member.line.points());
    let mut columns = BTreeMap::<Timestamp, Vec<f64>>::new();
    points.for_each(|(at, value)| columns.entry(at).or_default().push(value));
    let reduced = columns.iter().filter_map(|(at, values)| Some((*at, reduce(values, members.len())?)));
    reduced.collect()
}

fn fill(series: &Expression, filler: &Filler, env: &Env) -> Result<Value, MathError> {
    let value = series.evaluate(env)?;
    let grid = env.grid(series.period_ms(env))?;
    let filling = match filler {
        Filler::With(with) => match with.evaluate(env)? {
            array @ Value::Array(_) => {
                return Err(with.refused("FILL", "REPEAT, LINEAR, a number or a time series", &array));
            }
            filling => Some(filling),
        },
        Filler::Repeat | Filler::Linear => None,
    };
    let whole = |line: &Line| match (&filling, filler) {
        (Some(Value::Number(number)), _) => line.filled(&grid, |_| *number),
        (Some(Value::Series(other)), _) => line.filled(&grid, |at| other.at(at)),
        (_, Filler::Repeat) => line.filled(&grid, |at| line.before(at)),
        _ => line.filled(&grid, |at| line.between(at)),
    };
    match value {
        Value::Series(line) => Ok(Value::Series(whole(&line))),
        Value::Array(members) => Ok(Value::Array(each(members, whole))),
        number @ Value::Number(_) => {
            Err(series.refused("FILL", "a time series or an array of time series", &number))
        }
    }
}

/// A branch of IF: anything but an array.
fn branch(branch: &Expression, env: &Env) -> Result<Value, MathError> {
    match branch.evaluate(env)? {
        array @ Value::Array(_) => Err(branch.refused("IF", "numbers and time series", &array)),
        value => Ok(value),
    }
}

/// The manual's tables: where the condition is true and the series has no value there is 0, where it is false
/// there is nothing.
fn choose(
    condition: &Expression,
    then: &Value,
    otherwise: Option<&Value>,
    env: &Env,
) -> Result<Value, MathError> {
    let at = |value: &Value, at| match value {
        Value::Number(number) => *number,
        Value::Series(line) => line.at(at),
        Value::Array(_) => None,
    };
    Ok(match branch(condition, env)? {
        Value::Series(line) => {
            let chosen = line.points().filter_map(|(time, value)| {
                let chosen = match (value != 0.0, then) {
                    (true, Value::Series(then)) => Some(then.at(time).unwrap_or(0.0)),
                    (true, then) => at(then, time),
                    (false, _) => otherwise.and_then(|otherwise| at(otherwise, time)),
                };
                Some((time, chosen?))
            });
            Value::Series(chosen.collect())
        }
        Value::Number(Some(value)) if value != 0.0 => then.clone(),
        Value::Number(Some(_)) => otherwise.cloned().unwrap_or_else(|| Value::Series(Line::default())),
        _ => Value::Series(Line::default()),
    })
}
