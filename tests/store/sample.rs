//! Endpoints to store.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::Watch;
use sagebrush::domain::capacity::Share;
use sagebrush::domain::component::{Host, key};
use sagebrush::domain::deployment::config::DeploymentConfig;
use sagebrush::domain::endpoint::{Command, Create, Endpoint, Retain, State, Transition, Update};
use sagebrush::domain::fleet::{Fleet, Group, Outcome, Pool};
use sagebrush::domain::placement::Resources;
use sagebrush::domain::rules::Rules;
use sagebrush::domain::serving::{Publish, Routing, Serving};
use sagebrush::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};

/// A config of one variant with two instances.
pub fn spec(config: &str) -> Spec {
    let variant = Variant {
        name: "v".to_owned(),
        model_id: "model-1".to_owned(),
        instance_type: "ml.m5.large".to_owned(),
        accelerator_type: None,
        instances: 2,
        weight: 1.0,
        needs: Resources::default(),
        hosts: false,
        managed: None,
        behaviour: Behaviour { startup_ms: 60_000, ping_timeout_ms: 240_000, health: Health::Passing },
        serving: Serving::default(),
        routing: Routing::default(),
        container: PRIMARY.to_owned(),
        images: Vec::new(),
        excluded: None,
        echo: Echo::default(),
    };
    let (variants, publish) = (vec![variant], Publish::default());
    let (config_name, accepted_at) = (config.to_owned(), Timestamp(0));
    Spec { config_name, accepted_at, variants, asynchronous: false, publish, echo: Echo::default() }
}

/// What `CreateEndpoint` makes.
pub fn creating(name: &str, at: Timestamp) -> Transition {
    let create = Create {
        name: name.to_owned(),
        deployment_id: format!("create-{name}-{}", at.0),
        spec: spec("config-1"),
        deployment_config: None,
        host: None,
    };
    Endpoint::create(create, at).expect("a plain endpoint is accepted")
}

/// An inference component of an endpoint, on its way.
pub fn component(name: &str, endpoint: &str, at: Timestamp) -> Endpoint {
    let host = Host { endpoint: endpoint.to_owned(), variant: "v".to_owned() };
    let create = Create {
        name: key(name),
        deployment_id: format!("create-{name}"),
        spec: spec("model"),
        deployment_config: None,
        host: Some(host),
    };
    let created = Endpoint::create(create, at).expect("a plain component is accepted");
    created.next.expect("a creation begins with it")
}

/// An endpoint that rests.
pub fn in_service(name: &str, at: Timestamp) -> Endpoint {
    let mut endpoint = creating(name, at).next.expect("it exists");
    let group = Group { count: 2, launched_at: at, outcome: Outcome::Ready(at) };
    endpoint.state =
        State::InService(Fleet { spec: spec("config-1"), pools: vec![Pool { groups: vec![group] }] });
    endpoint
}

/// An update that has just been accepted, with an alarm to watch.
pub fn updating(name: &str, at: Timestamp, deployment_id: &str, alarm: &str) -> Transition {
    let alarms = serde_json::json!({"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}});
    let config: DeploymentConfig = serde_json::from_value(alarms).expect("a deployment config");
    let update = Update {
        deployment_id: deployment_id.to_owned(),
        spec: spec("config-2"),
        deployment_config: Some(config),
        retain_deployment_config: false,
        retain: Retain::default(),
        missing_alarms: Vec::new(),
        warnings: Vec::new(),
    };
    let command = Command::Update(Box::new(update));
    in_service(name, at).accept(command, at, &Rules::default()).expect("the update is accepted")
}

/// The same update with its window open and half of the traffic moved.
pub fn watching(name: &str, at: Timestamp, alarm: &str) -> Endpoint {
    let mut endpoint = updating(name, at, &format!("update-{name}"), alarm).next.expect("it exists");
    let State::Updating(deployment) = &mut endpoint.state else { unreachable!("it was just updated") };
    deployment.watch = Some(Watch::opened(at, 0));
    deployment.shares = vec![Share { green: 1, of: 2 }];
    let group = Group { count: 2, launched_at: at, outcome: Outcome::Ready(at.plus_secs(60)) };
    deployment.green.pools[0].groups.push(group);
    endpoint
}
