//! What the stories of the services share: a house with a store in memory, and a way to ask it in JSON.
//!
//! A request is decoded and validated, and an answer encoded, by the shapes of the service's model, as the
//! wire does it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value as Json;

use super::{Context, Services, Settings};
use crate::clock::Mode;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::schema::{
    Call, Fault, Operation, Service, ServiceId, Value, decode_json, encode_json, service, violations,
};
use crate::store::Store;
use crate::wire::Services as _;

/// All services over a store of their own, on a manual clock.
pub(crate) struct House {
    services: Services,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) world: WorldId,
    rung: Arc<AtomicUsize>,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.expect("a store in memory");
        let rung = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&rung);
        let bell = move |_: &WorldId| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let engine = Engine::new(store.clone(), settings.rules);
        let services = Services::new(Context::new(engine.clone(), settings, bell));
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        let house = Self { services, engine, store, world, rung };
        house.begin_a_minute().await;
        house
    }

    /// Goes to the beginning of a minute: whether an alarm is evaluated in the course of a test shall not be decided
    /// by the time of day.
    async fn begin_a_minute(&self) {
        let mut tx = self.store.begin(&self.world).await.unwrap();
        let begin = tx.now().plus_ms(60_000 - tx.now().0.rem_euclid(60_000));
        let clock = tx.world().clock.moved_to(begin, tx.begun_at());
        tx.set_clock(clock);
        tx.commit().await.unwrap();
    }

    /// How often the bell has rung.
    pub(crate) fn rung(&self) -> usize {
        self.rung.load(Ordering::Relaxed)
    }

    /// Moves the world's clock.
    pub(crate) async fn advance(&self, seconds: i64) {
        let mut tx = self.store.begin(&self.world).await.unwrap();
        let clock = tx.world().clock.moved_to(tx.now().plus_secs(seconds), tx.begun_at());
        tx.set_clock(clock);
        tx.commit().await.unwrap();
    }

    /// Asks whichever service has the operation, or the one that is named before a dot; an answer without output is null.
    pub(crate) async fn ask(&self, operation: &str, request: Json) -> Result<Json, Fault> {
        let answer = self.call(operation, request).await?;
        let (model, operation) = self.find(operation);
        let body = encode_json(model, operation.output, answer.as_ref()).expect("an answer of that shape");
        Ok(if body.is_empty() { Json::Null } else { serde_json::from_slice(&body).expect("JSON") })
    }

    /// As [`ask`](Self::ask), with the answer before a protocol says where its members go.
    pub(crate) async fn call(&self, operation: &str, request: Json) -> Result<Option<Value>, Fault> {
        let (model, operation) = self.find(operation);
        let input = decode_json(model, operation.input, request.to_string().as_bytes())?;
        let found = operation.input.map_or_else(Vec::new, |shape| violations(model, shape, &input));
        if !found.is_empty() {
            return Err(self.services.refusal(model.id, operation.name, &input, &found));
        }
        let call = Call {
            service: model.id,
            operation: operation.name,
            input,
            account: self.world.account.clone(),
            region: self.world.region.clone(),
            request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        };
        self.services.call(call).await
    }

    fn find(&self, operation: &str) -> (&'static Service, &'static Operation) {
        let (named, operation) =
            operation.split_once('.').map_or((None, operation), |(service, name)| (Some(service), name));
        let is_meant = |id: &ServiceId| named.is_none_or(|named| id.name() == named);
        let mut ids = ServiceId::ALL.into_iter().filter(is_meant);
        let id = ids.find(|id| self.services.implements(*id, operation));
        let model = service(id.unwrap_or_else(|| panic!("nobody has {operation}")));
        (model, model.operation(operation).expect("an operation of the model"))
    }
}
