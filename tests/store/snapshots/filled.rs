//! A world with a row in every table: an endpoint in the middle of a guarded update, and what belongs to it.

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::alarm::{AlarmState, Watch};
use sagebrush::domain::capacity::Share;
use sagebrush::domain::deployment::record::Status;
use sagebrush::domain::endpoint::{Create, State};
use sagebrush::domain::event::Event;
use sagebrush::domain::fleet::{Group, Outcome};
use sagebrush::domain::journal::{Door, Entry};
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::metrics::datapoint::Datapoint;
use sagebrush::metrics::metric::{Metric, Series};
use sagebrush::metrics::series::Point;
use sagebrush::store::scaling::{RuleKind, RuleRow, TargetRow};
use sagebrush::store::{
    Alarm, AlarmKind, Effect, InstanceCount, Kind, NewItem, NewPoint, Store, TrafficRow, Tx,
};

use crate::store::sample::{component, creating, spec, updating};

/// What a story wants to know of it.
pub struct Filled {
    pub endpoint_id: String,
    pub deployment_id: String,
    pub events: Vec<Event>,
    pub now: Timestamp,
}

pub fn latency() -> Metric {
    Metric::new("AWS/SageMaker", "ModelLatency", [("EndpointName", "web"), ("VariantName", "v")])
}

fn asked(deployment_id: &str) -> Create {
    let (name, deployment_id) = ("web".to_owned(), deployment_id.to_owned());
    Create { name, deployment_id, spec: spec("config-2"), deployment_config: None, host: None }
}

/// Fills a world whose clock stands still from then on.
pub async fn fill(store: &Store, world: &WorldId) -> Filled {
    let mut tx = store.begin(world).await.unwrap();
    tx.set_clock(tx.world().clock.with_mode(Mode::Manual, tx.begun_at()));
    tx.set_reached(tx.now().plus_ms(777));
    let now = tx.now();
    tx.insert_definition(world, Kind::Model, "Model", r#"{"x":"ä\"\\ \n"}"#, &Vec::new()).await.unwrap();
    let (created, deployment_id) = (tx.new_id().await.unwrap(), tx.new_id().await.unwrap());
    let update = updating("web", now, &deployment_id, "high");
    let mut endpoint = update.next.unwrap();
    let State::Updating(deployment) = &mut endpoint.state else { unreachable!("it was just updated") };
    deployment.watch = Some(Watch::opened(now, 0));
    deployment.shares = vec![Share { green: 1, of: 2 }];
    let group = Group { count: 2, launched_at: now, outcome: Outcome::Ready(now.plus_secs(60)) };
    deployment.green.pools[0].groups.push(group);
    let tags = vec![("team".to_owned(), "x".to_owned())];
    let row = tx.insert_endpoint(endpoint, &tags, &Rules::default()).await.unwrap().unwrap();

    let mut first = creating("web", now).record.unwrap();
    first.id = created;
    first.status = Status::Succeeded;
    first.ended_at = Some(now);
    tx.save_deployment("web", &row.id, &first).await.unwrap();
    tx.save_deployment("web", &row.id, &update.record.unwrap()).await.unwrap();
    tx.append_events(&deployment_id, &update.events).await.unwrap();
    let asked = asked(&deployment_id);
    tx.insert_endpoint(component("llm", "web", now), &Vec::new(), &Rules::default()).await.unwrap().unwrap();
    let made_by = Door::Create(Box::new(asked));
    let entry = Entry { at: now, made_by, fates: Vec::new(), rules: Rules::default() };
    tx.enter(&deployment_id, 1, &entry).await.unwrap();

    put_alarms(&mut tx, world, now).await;
    tx.add_launches(world, "model-1", 3).await.unwrap();
    measure(&mut tx, now, 1).await;
    let traffic = TrafficRow {
        endpoint_id: row.id.clone(),
        demand: 5,
        since: now,
        done: now,
        load: 7,
        wake: Some(now.plus_secs(60)),
    };
    tx.put_traffic(&traffic).await.unwrap();
    tx.put_behaviour("model-1", &serde_json::json!({"error_rate": 0.5})).await.unwrap();
    let count = InstanceCount {
        variant: "v".to_owned(),
        config: "c".to_owned(),
        instance_type: "t".to_owned(),
        instances: 2,
        report_ms: 60_000,
    };
    tx.set_instances(&row.id, "web", &[count], now).await.unwrap();
    scale(&mut tx, now).await;
    tx.commit().await.unwrap();
    Filled { endpoint_id: row.id, deployment_id, events: update.events, now }
}

/// A scalable target with a policy and what was done for it.
async fn scale(tx: &mut Tx, now: Timestamp) {
    let (resource, name) = ("endpoint/web/variant/v".to_owned(), "track".to_owned());
    let (id, body) = ("1".to_owned(), "{}".to_owned());
    let wake = Some(now.plus_secs(60));
    let target =
        TargetRow { resource: resource.clone(), id: id.clone(), created: now, body: body.clone(), wake };
    tx.insert_target(&target, "web", &Vec::new()).await.unwrap();
    let rule = RuleRow { resource: resource.clone(), name, id, created: now, body, wake: None };
    tx.put_scaling_rule(RuleKind::Policy, &rule).await.unwrap();
    tx.append_activity((&resource, "web"), now, (true, true), &serde_json::json!({})).await.unwrap();
}

/// A metric alarm that is watched, and a composite one whose rule names it by its ARN.
async fn put_alarms(tx: &mut Tx, world: &WorldId, now: Timestamp) {
    let rule = serde_json::json!({
        "AlarmRule": format!("ALARM(\"{}\")", world.alarm_arn("high")),
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:x"],
    });
    for (name, kind, body) in
        [("high", AlarmKind::Metric, "{}".to_owned()), ("either", AlarmKind::Composite, rule.to_string())]
    {
        let alarm = Alarm {
            name: name.to_owned(),
            kind,
            body,
            state: AlarmState::Ok,
            reason: "new".to_owned(),
            reason_data: None,
            configured: now,
            updated: now,
            transitioned: now,
        };
        tx.put_alarm(&alarm, &Vec::new()).await.unwrap();
    }
    tx.wake_alarm("high", Some(now.plus_secs(30))).await.unwrap();
    tx.set_alarm_metrics("high", &[latency().key()]).await.unwrap();
    let effect = Effect::Entered(AlarmState::Ok);
    append(tx, now, effect).await;
}

async fn append(tx: &mut Tx, at: Timestamp, effect: Effect) {
    let (summary, body, item_type) = ("entered", "{}", "StateUpdate");
    let item = NewItem { alarm: "high", kind: AlarmKind::Metric, at, item_type, summary, body, effect };
    tx.append_alarm_history(&item).await.unwrap();
}

/// The watched alarm goes to ALARM.
pub async fn trip(tx: &mut Tx) {
    let (world, now) = (tx.id().clone(), tx.now());
    let mut alarm = tx.alarm(&world, "high").await.unwrap().unwrap();
    alarm.state = AlarmState::Alarm;
    tx.put_alarm(&alarm, &Vec::new()).await.unwrap();
    append(tx, now, Effect::Entered(AlarmState::Alarm)).await;
}

/// So many minutes of latency.
pub async fn measure(tx: &mut Tx, now: Timestamp, minutes: i64) {
    let points: Vec<_> = (0..minutes)
        .map(|minute| {
            let point =
                Point { at: now.plus_secs(60 * minute), span_ms: 60_000, datapoint: Datapoint::of(5.5, 1.0) };
            NewPoint { series: Series::new(latency(), None), point }
        })
        .collect();
    tx.add_points(&points, now).await.unwrap();
}
