//! A world in memory in which an update is carried out: the server without its port.
//!
//! Requests are decoded, validated and answered as the wire has it done, so what is refused here is refused there in
//! the same words.

use serde_json::Value as Json;

use super::Unplanned;
use super::shown::Rejected;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::Metric;
use crate::schema::{Call, Fault, Operation, Service, ServiceId, decode_json, service, violations};
use crate::services::{Context, Services, Settings};
use crate::store::{PointQuery, Store};
use crate::wire::Services as _;

/// When every such world begins: the first instant of a minute, and of a day.
pub(super) const BEGIN: Timestamp = Timestamp(1_767_225_600_000);

/// Why an update is not carried out.
#[derive(Debug)]
pub(super) enum Halt {
    /// AWS would refuse a request.
    Rejected(Rejected),
    /// There is no plan at all.
    Unplanned(Unplanned),
}

impl<E: Into<Unplanned>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Unplanned(error.into())
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Place {
    services: Services,
    pub(super) engine: Engine,
    pub(super) world: WorldId,
}

impl Place {
    /// An empty world in this store, in which there is no other.
    pub(super) async fn new(store: &Store, settings: Settings) -> Result<Self, Unplanned> {
        store.reset_all().await?;
        let engine = Engine::new(store.clone(), settings.rules);
        // Nobody sleeps here who could be woken: time is moved by whoever asks.
        let services = Services::new(Context::new(engine.clone(), settings, |_| {}));
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        Ok(Self { services, engine, world })
    }

    /// Sends a request as a client of AWS would.
    pub(super) async fn ask(&self, operation: &str, request: &Json) -> Result<(), Halt> {
        let (model, operation) = self.find(operation);
        self.call(model, operation, request).await.map_err(|fault| {
            if let Some(cause) = fault.cause {
                return Halt::Unplanned(Unplanned::Failed(format!("{}: {cause}", operation.name)));
            }
            Halt::Rejected(Rejected {
                operation: operation.name.to_owned(),
                code: fault.code.into_owned(),
                message: fault.message.unwrap_or_default(),
            })
        })
    }

    async fn call(
        &self,
        model: &'static Service,
        operation: &'static Operation,
        request: &Json,
    ) -> Result<(), Fault> {
        let input = decode_json(model, operation.input, request.to_string().as_bytes())?;
        let found = operation.input.map_or_else(Vec::new, |shape| violations(model, shape, &input));
        if !found.is_empty() {
            return Err(self.services.refusal(model.id, operation.name, &input, &found));
        }
        let WorldId { account, region } = self.world.clone();
        let request_id = "00000000-0000-4000-8000-000000000000".to_owned();
        let call = Call { service: model.id, operation: operation.name, input, account, region, request_id };
        self.services.call(call).await.map(drop)
    }

    fn find(&self, operation: &str) -> (&'static Service, &'static Operation) {
        let id = ServiceId::ALL.into_iter().find(|id| self.services.implements(*id, operation));
        let model = service(id.expect("a plan asks for what is built"));
        (model, model.operation(operation).expect("what is built is in the model"))
    }

    /// The sum of a metric of the endpoint's invocations, to the last one that was accounted for; of one config or of
    /// both.
    pub(super) async fn sum(
        &self,
        metric: &str,
        who: (&str, &str),
        config: Option<&str>,
    ) -> Result<u64, Unplanned> {
        let dimensions = [("EndpointName", who.0), ("VariantName", who.1)].into_iter();
        let dimensions = dimensions.chain(config.map(|config| ("EndpointConfigName", config)));
        let (namespace, name) = (INVOCATIONS.to_owned(), metric.to_owned());
        let metric = Metric { namespace, name, dimensions: dimensions.collect() };
        let (from, until) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        let query = PointQuery { metric: &metric, from, until, max_span_ms: None, with_bins: false };
        let points = self.engine.store().session().points(&self.world, &query).await?;
        let sum: f64 = points.iter().map(|row| row.point.datapoint.sum).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
        Ok(sum.round() as u64)
    }
}
