//! Metric math: expressions over metrics, for `GetMetricData` and for alarms on an expression.
//!
//! `100 * SUM(METRICS("errors")) / requests` is read by [`parse()`], put in order among its kin by [`order()`] and
//! evaluated in an [`Env`] that says what the ids stand for. The grammar and the meaning are those of
//! CloudWatch's manual; a function of CloudWatch that is not built is refused by its name, never guessed.
//! Whatever the text, the answer is a value or one sentence. This knows no store and reads no metric.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.

mod env;
mod error;
mod eval;
mod expression;
mod function;
mod line;
mod order;
mod parse;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub use env::{Env, MAX_INSTANTS};
pub use error::MathError;
pub use expression::{Expression, Filler, Operator};
pub use function::Function;
pub use line::Line;
pub use order::order;
pub use parse::{MAX_DEPTH, MAX_LENGTH, parse};
pub use value::{Member, Value};
