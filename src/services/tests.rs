//! What the stories of the services share: a house with a store in memory, and a way to ask it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Context, Services, Settings};
use crate::clock::Mode;
use crate::domain::world::WorldId;
use crate::schema::{Call, Fault, ServiceId, Value};
use crate::store::Store;
use crate::wire::Services as _;

/// All services over a store of their own, on a manual clock.
pub(crate) struct House {
    services: Services,
    pub(crate) store: Store,
    pub(crate) world: WorldId,
    rung: Arc<AtomicUsize>,
}

impl House {
    pub(crate) async fn new() -> Self {
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.expect("a store in memory");
        let rung = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&rung);
        let bell = move |_: &WorldId| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let services = Services::new(Context::new(store.clone(), Settings::default(), bell));
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        Self { services, store, world, rung }
    }

    /// How often the bell has rung.
    pub(crate) fn rung(&self) -> usize {
        self.rung.load(Ordering::Relaxed)
    }

    /// Asks whichever service has the operation; an answer without output is an empty structure.
    pub(crate) async fn ask(&self, operation: &'static str, input: Value) -> Result<Value, Fault> {
        let service = ServiceId::ALL.into_iter().find(|id| self.services.implements(*id, operation));
        let call = Call {
            service: service.unwrap_or_else(|| panic!("nobody has {operation}")),
            operation,
            input,
            account: self.world.account.clone(),
            region: self.world.region.clone(),
            request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        };
        Ok(self.services.call(call).await?.unwrap_or_else(Value::empty))
    }
}
