//! What came of carrying a letter, and what follows from it.

use serde_json::json;

use super::letter::Letter;
use crate::bridge::Retry;
use crate::clock::Timestamp;
use crate::store::delivery::Delivery;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target has it.
    Delivered,
    /// The target does not want it, ever: a code and a sentence.
    Refused(String, String),
    /// It may go better another time: a code and a sentence.
    Failed(String, String),
    /// It may go better, but not before so many milliseconds have passed: the target says so. A code and a sentence.
    Busy(String, String, i64),
}

/// What follows for the delivery.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// It is over.
    End,
    /// It is over, and the event has reached nobody: why.
    Lost(String),
    /// It is tried again, or its dead-letter queue is to be told.
    Again(Delivery),
}

/// What follows for `delivery`, of which `letter` was made, when it came to `outcome` at `at`.
pub(super) fn next(mut delivery: Delivery, letter: &Letter, outcome: Outcome, at: Timestamp) -> Next {
    let (code, sentence, is_final, least_ms) = match outcome {
        Outcome::Delivered => return Next::End,
        Outcome::Refused(code, sentence) => (code, sentence, true, 0),
        Outcome::Failed(code, sentence) => (code, sentence, false, 0),
        Outcome::Busy(code, sentence, least_ms) => (code, sentence, false, least_ms),
    };
    delivery.attempts = delivery.attempts.saturating_add(1);
    let failure = format!("{code}: {sentence}");
    let due = at.plus_ms(Retry::pause_ms(delivery.attempts).max(least_ms));
    // What a target may be tried is its own affair: its queue for what it was given up is tried as long as AWS tries.
    let retry = if delivery.dead_letter.is_some() { Retry::default() } else { letter.target.retry };
    let exhausted = if is_final {
        None
    } else if delivery.attempts > retry.attempts {
        Some("MaximumRetryAttempts")
    } else if due.ms_since(delivery.began) > retry.age_ms {
        Some("MaximumEventAgeInSeconds")
    } else {
        return Next::Again(Delivery { due, failure: Some(failure), ..delivery });
    };
    if letter.target.dead_letter.is_none() || delivery.dead_letter.is_some() {
        return Next::Lost(failure);
    }
    let told = json!({
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": letter.target.arn,
        "ERROR_CODE": code,
        "ERROR_MESSAGE": sentence,
        "RETRY_ATTEMPTS": (delivery.attempts - 1).to_string(),
        "EXHAUSTED_RETRY_CONDITION": exhausted,
    });
    let (failure, dead_letter) = (Some(failure), Some(told.to_string()));
    Next::Again(Delivery { due: at, began: at, attempts: 0, failure, dead_letter, ..delivery })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::bridge::Target;
    use crate::domain::world::WorldId;

    const AT: Timestamp = Timestamp(1_000_000);

    fn delivery(target: &Value) -> (Delivery, Letter) {
        let delivery = Delivery {
            number: 1,
            lane: "lane".to_owned(),
            rule_arn: "arn:rule".to_owned(),
            target: target.to_string(),
            event: "{}".to_owned(),
            began: AT,
            due: AT,
            attempts: 0,
            failure: None,
            dead_letter: None,
        };
        let letter = letter(&delivery);
        (delivery, letter)
    }

    fn letter(delivery: &Delivery) -> Letter {
        let world = WorldId::new("123456789012", "us-east-1");
        let target = Target::read(&delivery.target, &world).expect("a target");
        Letter::of(delivery, world, target, None).expect("a letter")
    }

    fn failed() -> Outcome {
        Outcome::Failed("TIMEOUT".to_owned(), "It took too long.".to_owned())
    }

    /// The pauses in seconds until it is over, and what it is then.
    fn tried(target: &Value, outcome: &Outcome) -> (Vec<i64>, Next) {
        let (mut delivery, letter) = delivery(target);
        let (mut pauses, mut now) = (Vec::new(), AT);
        loop {
            match next(delivery, &letter, outcome.clone(), now) {
                Next::Again(again) if again.dead_letter.is_none() => {
                    pauses.push(again.due.ms_since(now) / 1000);
                    (delivery, now) = (again.clone(), again.due);
                }
                over => return (pauses, over),
            }
        }
    }

    #[test]
    fn it_is_tried_again_with_growing_pauses_as_often_as_the_policy_says() {
        let arn = "arn:aws:sqs:us-east-1:123456789012:q";
        let target = json!({"Id": "t", "Arn": arn, "RetryPolicy": {"MaximumRetryAttempts": 4}});
        let (pauses, over) = tried(&target, &failed());
        assert_eq!((pauses, over), (vec![1, 2, 4, 8], Next::Lost("TIMEOUT: It took too long.".to_owned())));
        let target = json!({"Id": "t", "Arn": arn, "RetryPolicy": {"MaximumEventAgeInSeconds": 60}});
        assert_eq!(tried(&target, &failed()).0, [1, 2, 4, 8, 16]);
        let (pauses, _) = tried(&json!({"Id": "t", "Arn": arn}), &failed());
        assert!(pauses.iter().sum::<i64>() <= 86_400, "{pauses:?}");
        assert!(pauses.iter().sum::<i64>() > 85_000, "{pauses:?}");
    }

    #[test]
    fn a_target_that_says_when_is_not_tried_before() {
        let target = json!({"Id": "t", "Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RetryPolicy": {"MaximumRetryAttempts": 5}});
        let busy = Outcome::Busy("BUSY".to_owned(), "Later.".to_owned(), 3_000);
        assert_eq!(tried(&target, &busy).0, [3, 3, 4, 8, 16]);
    }

    #[test]
    fn what_is_refused_is_not_tried_again() {
        let target = json!({"Id": "t", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"});
        let refused = Outcome::Refused("NO_SUCH_QUEUE".to_owned(), "There is none.".to_owned());
        assert_eq!(
            tried(&target, &refused),
            (vec![], Next::Lost("NO_SUCH_QUEUE: There is none.".to_owned()))
        );
        assert_eq!(tried(&target, &Outcome::Delivered), (vec![], Next::End));
    }

    #[test]
    fn what_is_given_up_is_told_to_the_dead_letter_queue_and_why() {
        let (q, dlq) = ("arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:dead");
        let target = json!({"Id": "t", "Arn": q, "DeadLetterConfig": {"Arn": dlq}, "RetryPolicy": {"MaximumRetryAttempts": 1}});
        let (pauses, over) = tried(&target, &failed());
        let Next::Again(dead) = over else { panic!("{over:?}") };
        assert_eq!((pauses, dead.attempts), (vec![1], 0));
        let told: Value =
            serde_json::from_str(dead.dead_letter.as_deref().expect("a dead letter")).expect("JSON");
        let expected = json!({
            "RULE_ARN": "arn:rule", "TARGET_ARN": q, "ERROR_CODE": "TIMEOUT", "ERROR_MESSAGE": "It took too long.",
            "RETRY_ATTEMPTS": "1", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        });
        assert_eq!(told, expected);
        let letter = letter(&dead);
        let (mut again, mut tries) = (dead, 0);
        let lost = loop {
            tries += 1;
            let now = again.due;
            match next(again, &letter, failed(), now) {
                Next::Again(next) => again = next,
                over => break over,
            }
        };
        assert_eq!(lost, Next::Lost("TIMEOUT: It took too long.".to_owned()));
        assert!(tries > 170, "the queue is not the target, and is tried for a day: {tries}");
    }
}
