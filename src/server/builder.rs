//! Scenarios are made true: in a world in memory first, where anything may be refused, and then in the world that is
//! meant, at once and whole.

use axum::Router;
use axum::body::Body;
use axum::http::{Request as HttpRequest, StatusCode, header::CONTENT_TYPE, header::HOST};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::mount::router;
use crate::clock::Mode;
use crate::config::Settings;
use crate::control::{Builder, Told, Undone};
use crate::domain::world::WorldId;
use crate::engine::{Advance, Engine};
use crate::scenario::{Format, Place, Request, Scenario, Step, Wrong};
use crate::store::Store;
use crate::store::snapshot::{Scope, Snapshot};

/// Why a scenario makes no world.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// The scenario is wrong, here.
    #[error("{0}")]
    Wrong(#[from] Wrong),
    /// Something is wrong on our side.
    #[error("the scenario could not be made: {0}")]
    Failed(String),
}

impl NotBuilt {
    fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What makes scenarios for the control API of this engine's server.
pub(super) fn builder(engine: Engine, settings: Settings) -> Builder {
    Builder::new(move |told: Told| {
        let (engine, settings) = (engine.clone(), settings.clone());
        Box::pin(async move {
            let format = if told.is_toml { Format::Toml } else { Format::Yaml };
            let built = match Scenario::read(&told.text, format) {
                Ok(scenario) => build(&scenario, &settings, &engine, &told.world).await,
                Err(wrong) => Err(wrong.into()),
            };
            built.map_err(|not_built| match not_built {
                NotBuilt::Wrong(wrong) => Undone::Wrong(wrong.to_string()),
                NotBuilt::Failed(cause) => Undone::Failed(cause),
            })
        })
    })
}

/// Makes a scenario in a world in memory; what that is then can be taken over by `engine`'s store into `world`.
pub async fn build(
    scenario: &Scenario,
    settings: &Settings,
    engine: &Engine,
    world: &WorldId,
) -> Result<Snapshot, NotBuilt> {
    let mode = match &scenario.clock {
        None => settings.clock,
        Some((text, place)) => Mode::named(text).ok_or_else(|| {
            place.wrong("It must be \"real\", \"manual\" or a rate from 0.001x to 100000x such as \"60x\".")
        })?,
    };
    let store = Store::connect(super::IN_MEMORY, Mode::Manual).await.map_err(NotBuilt::failed)?;
    let site = Site::new(Engine::new(store, *engine.rules()), settings, world);
    site.begin().await?;
    for (index, step) in scenario.steps.iter().enumerate() {
        site.take(&step.place, &step.request).await?;
        if step.request == Request::Settle {
            site.all_in_service(&scenario.steps[..index]).await?;
        }
    }
    site.engine.set_mode(world, mode).await.map_err(NotBuilt::failed)?;
    let text = site.engine.export(&Scope::World(world.clone())).await.map_err(NotBuilt::failed)?;
    let mut reader = engine.store().reader().await.map_err(NotBuilt::failed)?;
    reader.push(&text).map_err(NotBuilt::failed)?;
    reader.finish().map_err(NotBuilt::failed)
}

/// A server in memory, without a port.
struct Site<'a> {
    router: Router,
    engine: Engine,
    world: &'a WorldId,
}

impl<'a> Site<'a> {
    fn new(engine: Engine, settings: &Settings, world: &'a WorldId) -> Self {
        // Nobody comes in here but the scenario.
        let settings = Settings { trust_network: false, control_token: None, ..settings.clone() };
        Self { router: router(&engine, &settings), engine, world }
    }

    /// Begins at a full minute: the periods of alarms lie alike then in every run of a scenario, and it goes the same way.
    async fn begin(&self) -> Result<(), NotBuilt> {
        let now = self.engine.clock(self.world).await.map_err(NotBuilt::failed)?.now;
        let to_the_minute = Advance::By((-now.0).rem_euclid(60_000));
        self.engine.advance(self.world, to_the_minute).await.map(drop).map_err(NotBuilt::failed)
    }

    /// Refuses endpoints that have failed, at the place of each.
    async fn all_in_service(&self, steps: &[Step]) -> Result<(), NotBuilt> {
        let mut session = self.engine.store().session();
        for step in steps {
            let Request::Aws { operation: "CreateEndpoint", input } = &step.request else { continue };
            let name = input["EndpointName"].as_str().unwrap_or_default();
            let row = session.endpoint(self.world, name).await.map_err(NotBuilt::failed)?;
            if let Some(reason) = row.and_then(|row| row.endpoint.failure_reason) {
                return Err(step.place.wrong(format!("It does not come into service: {reason}")).into());
            }
        }
        Ok(())
    }

    async fn take(&self, place: &Place, request: &Request) -> Result<(), NotBuilt> {
        let http = match request {
            Request::Settle => {
                let advanced = self.engine.advance(self.world, Advance::Idle).await;
                return advanced.map(drop).map_err(NotBuilt::failed);
            }
            Request::Aws { operation, input } => self.of_aws(operation, input),
            Request::Control { method, path, body } => self.of_control(method, path, body),
        };
        let answer = self.router.clone().oneshot(http).await.map_err(NotBuilt::failed)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(NotBuilt::failed)?.to_bytes();
        if status.is_success() {
            return Ok(());
        }
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let sentence = ["error", "message", "Message"].into_iter().find_map(|member| said[member].as_str());
        let sentence = sentence.map_or_else(|| format!("It was refused with {status}."), str::to_owned);
        if status >= StatusCode::INTERNAL_SERVER_ERROR && status != StatusCode::NOT_IMPLEMENTED {
            return Err(NotBuilt::Failed(sentence));
        }
        Err(match request {
            Request::Aws { operation, input } => place.refused(operation, input, &sentence),
            _ => place.wrong(sentence),
        }
        .into())
    }

    /// A request as an SDK sends it.
    fn of_aws(&self, operation: &str, input: &Value) -> HttpRequest<Body> {
        let is_alarm = operation.ends_with("Alarm");
        let (target, scope, version) = if is_alarm {
            ("GraniteServiceVersion20100801", "monitoring", "1.0")
        } else {
            ("SageMaker", "sagemaker", "1.1")
        };
        let WorldId { account, region } = self.world;
        let credential = format!("{account}/20260101/{region}/{scope}/aws4_request");
        HttpRequest::post("/")
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, format!("application/x-amz-json-{version}"))
            .header("x-amz-target", format!("{target}.{operation}"))
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"),
            )
            .body(Body::from(input.to_string()))
            .expect("names and regions of worlds are valid in a header")
    }

    fn of_control(&self, method: &str, path: &str, body: &Value) -> HttpRequest<Body> {
        let WorldId { account, region } = self.world;
        HttpRequest::builder()
            .method(method)
            .uri(format!("/_sagebrush/{path}?account={account}&region={region}"))
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a path of escaped names is valid")
    }
}
