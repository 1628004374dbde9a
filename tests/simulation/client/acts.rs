//! What a client does, by where the endpoint stands that it looks at.

use sagebrush::clock::Mode;
use sagebrush::domain::demand::Demand;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::serving::Latency;
use sagebrush::domain::tuning::Tuning;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::Advance;
use sagebrush::schema::ServiceId;
use serde_json::json;

use super::super::log::{Asked, Told};
use super::super::scene;
use super::deed::{Deed, INSTANCE_TYPE};
use super::{Client, update};

/// What is counted where an operator had his will.
fn steered(steer: Steer) -> &'static str {
    match steer {
        Steer::Pause => "deployment paused",
        Steer::Resume => "deployment resumed",
        Steer::Advance => "deployment advanced",
        Steer::Promote => "deployment promoted",
        Steer::Abort => "deployment aborted",
    }
}

/// The models of every world, by what is particular about them.
pub const MODELS: [&str; 6] = ["steady", "quick", "slow", "sick", "tiring", "erring"];

/// The alarms of every world. The last is composite; one more is named by updates and does not exist.
pub const ALARMS: [&str; 3] = ["errors", "latency", "together"];
pub(super) const GHOST: &str = "ghost";

/// The endpoints of every world; the last has two variants.
pub const ENDPOINTS: [&str; 3] = ["one", "two", "three"];

impl Client {
    /// One act in this world.
    pub(super) async fn act(&mut self, world: &WorldId, mode: Mode) {
        if self.stage.scene.resets && self.dice.permille(40) {
            return self.reset(world).await;
        }
        if mode == Mode::Manual && self.dice.permille(550) {
            return self.advance(world).await;
        }
        match self.dice.below(100) {
            0..3 if !self.stage.scene.is_kept => return self.set_mode(world).await,
            3..8 => return self.advance(world).await,
            _ => {}
        }
        if self.stage.scene.hinders && self.dice.permille(150) {
            return self.hinder(world).await;
        }
        if self.stage.scene.hosts && self.dice.permille(500) {
            return self.act_on_components(world).await;
        }
        if self.dice.permille(250) {
            self.endpoint = *self.dice.of(&ENDPOINTS);
        }
        let endpoint = self.endpoint;
        match self.standing(world, endpoint).await.as_deref() {
            None => self.create(world, endpoint).await,
            Some("InService" | "UpdateRollbackFailed") => self.at_rest(world, endpoint).await,
            Some("Failed") => self.delete(world, endpoint).await,
            Some(_) => self.in_transition(world, endpoint).await,
        }
    }

    async fn at_rest(&mut self, world: &WorldId, endpoint: &str) {
        match self.dice.below(100) {
            0..52 => self.update(world, endpoint).await,
            52..62 => self.scale(world, endpoint).await,
            62..66 => self.delete(world, endpoint).await,
            66..72 => self.tune(world).await,
            72..92 => self.invoke(world, endpoint).await,
            _ if self.stage.scene.has_traffic => self.traffic(world, endpoint).await,
            _ => self.set_alarm(world).await,
        }
    }

    async fn in_transition(&mut self, world: &WorldId, endpoint: &str) {
        if self.stage.scene.steers && self.dice.permille(600) {
            return self.steer(world, endpoint).await;
        }
        match self.dice.below(100) {
            0..45 => self.set_alarm(world).await,
            45..50 => self.delete_alarm(world).await,
            50..58 => self.put_some_alarm(world).await,
            58..66 => self.tune(world).await,
            66..80 => self.invoke(world, endpoint).await,
            80..84 => self.delete(world, endpoint).await,
            84..88 => self.update(world, endpoint).await,
            88..93 if self.stage.scene.has_traffic => self.traffic(world, endpoint).await,
            _ => {}
        }
    }

    /// `EndpointStatus`, if the endpoint is there and somebody tells. What was seen once is never older later.
    pub(super) async fn standing(&mut self, world: &WorldId, endpoint: &str) -> Option<String> {
        let (place, name) = (world.clone(), endpoint.to_owned());
        let row =
            self.sent(true, move |server| async move {
                server.engine.store().session().endpoint(&place, &name).await
            })
            .await;
        let row = row.1?.ok()??;
        let latest = self.seen.entry(row.id.clone()).or_insert(row.version);
        if row.version < *latest {
            let (latest, seen) = (*latest, row.version);
            self.stage
                .sim
                .lock()
                .violated(format!("{endpoint} was seen in version {latest} and then in {seen}"));
        }
        *latest = row.version;
        Some(row.endpoint.status(&self.stage.scene.rules).word().to_owned())
    }

    pub(super) async fn create_model(&mut self, world: &WorldId, name: &str) {
        let environment = match name {
            "quick" => json!({"SAGEBRUSH_STARTUP_SECONDS": "0"}),
            "slow" => json!({"SAGEBRUSH_STARTUP_SECONDS": "200"}),
            "sick" => json!({"SAGEBRUSH_HEALTH": "failing"}),
            "tiring" => json!({"SAGEBRUSH_HEALTH": format!("failing-after:{}", self.dice.between(0, 12))}),
            "erring" => json!({"SAGEBRUSH_ERROR_RATE": "0.5"}),
            _ => json!({}),
        };
        let container = json!({"Image": "web:v1", "Environment": environment});
        let input = json!({"ModelName": name, "PrimaryContainer": container});
        let asked = Asked::Model { name: name.to_owned() };
        self.ask(world, ServiceId::SageMaker, "CreateModel", input, asked).await;
    }

    /// A new config for this endpoint, and the instances of its variants.
    async fn config(&mut self, world: &WorldId, endpoint: &str) -> Option<(String, Vec<i64>)> {
        let name = self.stage.mark("config");
        let variants = if endpoint == ENDPOINTS[2] { &["main", "other"][..] } else { &["main"] };
        let (mut told, mut fleets) = (Vec::new(), Vec::new());
        for variant in variants {
            let fleet = self.dice.magnitude(1, 6);
            let model = self.dice.weighted(&[(6, 0), (4, 1), (2, 2), (1, 3), (4, 4), (2, 5)]);
            fleets.push(fleet);
            told.push(json!({
                "VariantName": variant, "ModelName": MODELS[*model], "InstanceType": INSTANCE_TYPE,
                "InitialInstanceCount": fleet, "InitialVariantWeight": self.dice.between(1, 3),
            }));
        }
        let input = json!({"EndpointConfigName": name, "ProductionVariants": told});
        let asked = Asked::Config { name: name.clone() };
        let told = self.ask(world, ServiceId::SageMaker, "CreateEndpointConfig", input, asked).await;
        (told == Told::Done).then_some((name, fleets))
    }

    async fn create(&mut self, world: &WorldId, endpoint: &str) {
        let Some((config, _)) = self.config(world, endpoint).await else { return };
        let input = json!({"EndpointName": endpoint, "EndpointConfigName": config});
        let asked = Asked::Create { endpoint: endpoint.to_owned(), config };
        let told = self.ask(world, ServiceId::SageMaker, "CreateEndpoint", input, asked).await;
        if matches!(&told, Told::Refused(why) if why.contains("Could not find model")) {
            for model in MODELS {
                self.create_model(world, model).await;
            }
        }
    }

    async fn update(&mut self, world: &WorldId, endpoint: &str) {
        let Some((config, fleets)) = self.config(world, endpoint).await else { return };
        let mut alarms: Vec<String> = Vec::new();
        for (name, permille) in [(ALARMS[0], 500), (ALARMS[1], 300), (ALARMS[2], 200), (GHOST, 60)] {
            if self.dice.permille(permille) {
                alarms.push(name.to_owned());
            }
        }
        let mut input = json!({"EndpointName": endpoint, "EndpointConfigName": config});
        if let Some(deployment) = update::config(&mut self.dice, &fleets, &alarms) {
            input["DeploymentConfig"] = deployment;
        } else if self.dice.permille(500) {
            input["RetainDeploymentConfig"] = true.into();
        }
        if self.dice.permille(150) {
            input["RetainAllVariantProperties"] = true.into();
        }
        let asked = Asked::Update { endpoint: endpoint.to_owned(), config };
        self.ask(world, ServiceId::SageMaker, "UpdateEndpoint", input, asked).await;
    }

    async fn scale(&mut self, world: &WorldId, endpoint: &str) {
        let target = json!({
            "VariantName": "main", "DesiredInstanceCount": self.dice.magnitude(1, 6),
            "DesiredWeight": self.dice.between(1, 3),
        });
        let input = json!({"EndpointName": endpoint, "DesiredWeightsAndCapacities": [target]});
        let asked = Asked::Scale { endpoint: endpoint.to_owned() };
        self.ask(world, ServiceId::SageMaker, "UpdateEndpointWeightsAndCapacities", input, asked).await;
    }

    pub(super) async fn delete(&mut self, world: &WorldId, endpoint: &str) {
        let input = json!({"EndpointName": endpoint});
        let asked = Asked::Delete { endpoint: endpoint.to_owned() };
        self.ask(world, ServiceId::SageMaker, "DeleteEndpoint", input, asked).await;
    }

    async fn put_some_alarm(&mut self, world: &WorldId) {
        let alarm = *self.dice.of(&ALARMS);
        self.put_alarm(world, alarm).await;
    }

    pub(super) async fn put_alarm(&mut self, world: &WorldId, alarm: &str) {
        let mark = self.stage.mark("alarm");
        let asked = Asked::PutAlarm { alarm: alarm.to_owned(), mark: mark.clone() };
        let mut input = json!({"AlarmName": alarm, "AlarmDescription": mark});
        if alarm == ALARMS[2] {
            input["AlarmRule"] = format!("ALARM({}) AND ALARM({})", ALARMS[0], ALARMS[1]).into();
            self.ask(world, ServiceId::CloudWatch, "PutCompositeAlarm", input, asked).await;
            return;
        }
        let (metric, threshold) =
            if alarm == ALARMS[0] { ("Invocation5XXErrors", 0.2) } else { ("ModelLatency", 20_000.0) };
        let dimension = |name: &str, value: &str| json!({"Name": name, "Value": value});
        let shape = json!({
            "Namespace": "AWS/SageMaker", "MetricName": metric, "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": self.dice.between(1, 2), "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "missing",
            "Dimensions": [dimension("EndpointName", ENDPOINTS[0]), dimension("VariantName", "main")],
        });
        for (name, value) in shape.as_object().expect("members") {
            input[name] = value.clone();
        }
        self.ask(world, ServiceId::CloudWatch, "PutMetricAlarm", input, asked).await;
    }

    async fn delete_alarm(&mut self, world: &WorldId) {
        let alarm = (*self.dice.of(&ALARMS)).to_owned();
        let input = json!({"AlarmNames": [alarm]});
        self.ask(world, ServiceId::CloudWatch, "DeleteAlarms", input, Asked::DeleteAlarm { alarm }).await;
    }

    pub(super) async fn set_alarm(&mut self, world: &WorldId) {
        let (alarm, mark) = (
            (*self.dice.weighted(&[(5, ALARMS[0]), (3, ALARMS[1]), (1, ALARMS[2])])).to_owned(),
            self.stage.mark("state"),
        );
        let state = *self.dice.weighted(&[(6, "ALARM"), (5, "OK"), (1, "INSUFFICIENT_DATA")]);
        let input = json!({"AlarmName": alarm, "StateValue": state, "StateReason": mark});
        let asked = Asked::SetAlarm { alarm, mark };
        self.ask(world, ServiceId::CloudWatch, "SetAlarmState", input, asked).await;
    }

    async fn tune(&mut self, world: &WorldId) {
        let model = (*self.dice.of(&MODELS)).to_owned();
        let latency_us =
            self.stage.mark("tune")[5..].parse::<i64>().expect("a mark ends in its number") * 100;
        let tuning = Tuning {
            latency: Some(Latency::Fixed { us: latency_us }),
            error_rate: self.dice.permille(500).then_some(0.8),
            ..Tuning::default()
        };
        let asked = Asked::Tune { model: model.clone(), latency_us };
        self.request(world, asked, Deed::Tune { model, tuning: Box::new(tuning) }).await;
    }

    async fn traffic(&mut self, world: &WorldId, endpoint: &str) {
        let endpoint = endpoint.to_owned();
        let demand = self.dice.permille(700).then(|| Demand::constant(0.05));
        let asked = Asked::Traffic { endpoint: endpoint.clone() };
        self.request(world, asked, Deed::Traffic { endpoint, demand }).await;
    }

    pub(super) async fn steer(&mut self, world: &WorldId, endpoint: &str) {
        use Steer::{Abort, Advance, Pause, Promote, Resume};
        let steer = *self.dice.weighted(&[(6, Pause), (5, Resume), (4, Advance), (2, Promote), (1, Abort)]);
        let endpoint = endpoint.to_owned();
        let asked = Asked::Steer { endpoint: endpoint.clone(), steer };
        if self.request(world, asked, Deed::Steer { endpoint, steer }).await == Told::Done {
            self.stage.sim.lock().tally.count(steered(steer));
        }
    }

    /// Some invocations, one after the other, and now and then long enough after it to be counted apart.
    pub(super) async fn invoke(&mut self, world: &WorldId, endpoint: &str) {
        for _ in 0..self.dice.magnitude(1, 8) {
            let endpoint = endpoint.to_owned();
            let asked = Asked::Invoke { endpoint: endpoint.clone() };
            self.request(world, asked, Deed::Invoke { endpoint }).await;
            if self.dice.permille(300) {
                let ms = self.dice.magnitude(1, 2_000);
                self.stage.sim.sleep(ms).await;
            }
        }
    }

    async fn advance(&mut self, world: &WorldId) {
        let by = Advance::By(self.dice.magnitude(1_000, 600_000));
        let advance = *self.dice.weighted(&[(12, by), (6, Advance::Next), (1, Advance::Idle)]);
        self.let_pass(world, advance).await;
    }

    pub fn let_pass(&mut self, world: &WorldId, advance: Advance) -> impl Future<Output = Told> {
        self.request(world, Asked::Advance, Deed::Advance(advance))
    }

    async fn set_mode(&mut self, world: &WorldId) {
        let mode = scene::bearable(scene::mode(&mut self.dice), self.stage.scene.has_traffic);
        self.request(world, Asked::SetMode, Deed::SetMode(mode)).await;
    }

    async fn reset(&mut self, world: &WorldId) {
        if self.request(world, Asked::Reset, Deed::Reset).await == Told::Done {
            self.stage.sim.lock().tally.count("world forgotten");
        }
    }
}
