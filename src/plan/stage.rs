//! The stage: an endpoint in service under its traffic and its alarms, and the update just accepted.

use serde_json::{Value, json};

use super::Unplanned;
use super::alarm::{ENDPOINT, VARIANT};
use super::asked::{Asked, Wrong};
use super::length::Length;
use super::place::{BEGIN, Halt, Place};
use crate::clock::Timestamp;
use crate::domain::demand::Demand;
use crate::domain::endpoint::Endpoint;
use crate::domain::tuning::Tuning;
use crate::engine::Advance;
use crate::fleet::{Chance, stream_of};
use crate::services::Settings;
use crate::store::{DeploymentRow, Kind, Store};

/// The configs' names, and those of their models.
pub(super) const BLUE: &str = "blue";
/// See [`BLUE`].
pub(super) const GREEN: &str = "green";

/// A run that is wanted.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    /// The question.
    pub(super) asked: Asked,
    /// When the new model begins to be bad, if it does.
    pub(super) bad_from: Option<Length>,
    /// What luck is drawn from.
    pub(super) seed: u64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) place: Place,
    pub(super) endpoint: String,
    pub(super) variant: String,
    /// The update.
    pub(super) row: DeploymentRow,
    /// From its beginning, until it times out.
    pub(super) times_out_after: Length,
    /// Requests that were there before it.
    pub(super) requests_before: u64,
}

/// The time before the update in which alarms shall have come to know the endpoint.
pub(super) fn warm_up_ms(asked: &Asked, settings: &Settings) -> i64 {
    let seen_ms = settings.rules.metric_delay_ms.unwrap_or(60_000);
    asked.alarms.iter().map(|alarm| alarm.range_ms() + seen_ms).max().unwrap_or(0)
}

impl Stage {
    /// Sets it, in an empty world of this store.
    pub(super) async fn set(store: &Store, settings: &Settings, scenario: &Scenario) -> Result<Self, Halt> {
        let Scenario { asked, bad_from, seed } = scenario;
        let mut settings = *settings;
        settings.rules.seed = *seed;
        let place = Place::new(store, settings).await?;
        let endpoint = asked.named("EndpointName").unwrap_or(ENDPOINT).to_owned();
        let variant = asked.named("VariantName").unwrap_or(VARIANT).to_owned();
        let cast = Cast { place: &place, asked, endpoint: &endpoint, variant: &variant };
        cast.create().await?;
        place.engine.advance(&place.world, Advance::Idle).await?;
        in_service(&place, &endpoint).await?;
        cast.load(warm_up_ms(asked, &settings), *seed).await?;
        if *bad_from == Some(Length(0)) {
            spoil(&place, asked.bad.as_ref()).await?;
        }
        cast.update().await?;
        let (row, times_out_after) = accepted(&place, &endpoint).await?;
        let requests_before = place.sum("Invocations", (&endpoint, &variant), None).await?;
        Ok(Self { place, endpoint, variant, row, times_out_after, requests_before })
    }

    /// The sum of a metric of the new config's.
    pub(super) async fn green(&self, metric: &str) -> Result<u64, Unplanned> {
        self.place.sum(metric, (&self.endpoint, &self.variant), Some(GREEN)).await
    }

    /// The endpoint as it is, and when it is due next.
    pub(super) async fn look(&self) -> Result<(Endpoint, Option<Timestamp>), Unplanned> {
        let mut session = self.place.engine.store().session();
        let row = session.endpoint(&self.place.world, &self.endpoint).await?;
        row.map(|row| (row.endpoint, row.wake))
            .ok_or_else(|| Unplanned::Failed("the endpoint is gone".to_owned()))
    }
}

/// Refuses settings under which not even the old model comes into service.
async fn in_service(place: &Place, endpoint: &str) -> Result<(), Unplanned> {
    let row = place.engine.store().session().endpoint(&place.world, endpoint).await?;
    let Some(reason) = row.and_then(|row| row.endpoint.failure_reason) else { return Ok(()) };
    let why = format!("does not come into service under these settings: {}", reason.trim_end_matches('.'));
    Err(Wrong::new("the endpoint", why).into())
}

/// Lets the new model be bad from now on.
pub(super) async fn spoil(place: &Place, bad: Option<&Tuning>) -> Result<(), Unplanned> {
    let model = place.engine.store().session().definition(&place.world, Kind::Model, GREEN).await?;
    let model = model.ok_or_else(|| Unplanned::Failed("the new model is gone".to_owned()))?;
    Ok(place.engine.tune(&place.world, &model.id, bad).await?)
}

/// The update that was just accepted, and how long until it times out.
async fn accepted(place: &Place, endpoint: &str) -> Result<(DeploymentRow, Length), Unplanned> {
    let mut session = place.engine.store().session();
    let rows = session.list_deployments(&place.world, Some(endpoint), 1).await?;
    let found = session.endpoint(&place.world, endpoint).await?;
    let timeout_ms =
        found.and_then(|row| row.endpoint.deployment().map(|deployment| deployment.plan.timeout_ms));
    let missing = || Unplanned::Failed("the update was accepted, but it is not there".to_owned());
    let row = rows.into_iter().next().ok_or_else(missing)?;
    Ok((row, Length(timeout_ms.ok_or_else(missing)?)))
}

/// Who is on the stage.
struct Cast<'a> {
    place: &'a Place,
    asked: &'a Asked,
    endpoint: &'a str,
    variant: &'a str,
}

impl Cast<'_> {
    /// The models, the configs and the endpoint.
    async fn create(&self) -> Result<(), Halt> {
        for name in [BLUE, GREEN] {
            let image = format!("123456789012.dkr.ecr.us-east-1.amazonaws.com/model:{name}");
            let model = json!({"ModelName": name, "PrimaryContainer": {"Image": image}});
            self.place.ask("CreateModel", &model).await?;
            let variant = json!({
                "VariantName": self.variant, "ModelName": name, "InstanceType": "ml.m5.large",
                "InitialInstanceCount": self.asked.instances,
            });
            let config = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
            self.place.ask("CreateEndpointConfig", &config).await?;
        }
        let create = json!({"EndpointName": self.endpoint, "EndpointConfigName": BLUE});
        self.place.ask("CreateEndpoint", &create).await
    }

    /// The traffic and the alarms, until the update is to begin: in a second of the minute that luck decides, since
    /// an alarm that judges whole minutes sees a failure the sooner, the sooner one ends.
    async fn load(&self, warm_up_ms: i64, seed: u64) -> Result<(), Halt> {
        let Place { engine, world, .. } = self.place;
        if self.asked.traffic > 0.0 {
            let demand = Demand::constant(self.asked.traffic);
            engine.set_traffic(world, self.endpoint, Some(demand)).await?;
        }
        for alarm in &self.asked.alarms {
            self.place.ask(alarm.operation(), &alarm.request(self.endpoint, self.variant)).await?;
        }
        let now = engine.clock(world).await?.now;
        let warm_ms = now.ms_since(BEGIN) + warm_up_ms;
        let minute = BEGIN.plus_ms(warm_ms + (-warm_ms).rem_euclid(60_000));
        let second = Chance::new(seed, stream_of("the update begins"), 0).below(60);
        engine.run_until(world, minute.plus_secs(second.cast_signed())).await?;
        Ok(())
    }

    async fn update(&self) -> Result<(), Halt> {
        let mut update = json!({"EndpointName": self.endpoint, "EndpointConfigName": GREEN});
        if let Some(config) = &self.asked.config {
            update["DeploymentConfig"] = Value::clone(config);
        }
        self.place.ask("UpdateEndpoint", &update).await
    }
}
