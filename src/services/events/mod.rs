//! Amazon EventBridge.

mod test_event_pattern;

use super::operations;

operations! {
    "TestEventPattern" => test_event_pattern::test_event_pattern,
}
