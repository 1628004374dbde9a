//! Amazon EventBridge: rules with their targets, buses, connections and API destinations, and events of one's own.
//!
//! What is told of this house's own things the engine sees to, and so it does to deliveries; here is what clients ask for.

mod api_destination;
mod bus;
mod connection;
mod list;
mod put_events;
mod rule;
mod rule_state;
mod tags;
mod target;
mod test_event_pattern;
#[cfg(test)]
mod tests;

use super::operations;

operations! {
    "CreateApiDestination" => api_destination::create,
    "CreateConnection" => connection::create,
    "CreateEventBus" => bus::create,
    "DeauthorizeConnection" => connection::deauthorize,
    "DeleteApiDestination" => api_destination::delete,
    "DeleteConnection" => connection::delete,
    "DeleteEventBus" => bus::delete,
    "DeleteRule" => rule::delete,
    "DescribeApiDestination" => api_destination::describe,
    "DescribeConnection" => connection::describe,
    "DescribeEventBus" => bus::describe,
    "DescribeRule" => rule::describe,
    "DisableRule" => rule_state::disable,
    "EnableRule" => rule_state::enable,
    "ListApiDestinations" => api_destination::list,
    "ListConnections" => connection::list,
    "ListEventBuses" => bus::list,
    "ListRuleNamesByTarget" => target::list_rule_names,
    "ListRules" => rule::list,
    "ListTagsForResource" => tags::list,
    "ListTargetsByRule" => target::list,
    "PutEvents" => put_events::put_events,
    "PutRule" => rule::put,
    "PutTargets" => target::put,
    "RemoveTargets" => target::remove,
    "TagResource" => tags::tag,
    "TestEventPattern" => test_event_pattern::test_event_pattern,
    "UntagResource" => tags::untag,
    "UpdateApiDestination" => api_destination::update,
    "UpdateConnection" => connection::update,
    "UpdateEventBus" => bus::update,
}
