//! What can be done to a world: a call of an AWS service, or something by the control API's doors.
//!
//! A deed is a value, so what clients did on one store can be done again on another.

use std::sync::Arc;

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::component::name_of;
use sagebrush::domain::demand::Demand;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::limit::Limit;
use sagebrush::domain::tuning::Tuning;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::injection::Wanted;
use sagebrush::engine::{self, Address, Advance, Engine, NotInvoked};
use sagebrush::schema::{Call, Fault, ServiceId};
use sagebrush::services::Services;
use sagebrush::store::Kind;
use sagebrush::wire::Services as _;

/// The type of all instances.
pub const INSTANCE_TYPE: &str = "ml.m5.large";

/// The endpoint that hosts inference components.
pub const HOST: &str = "host";

/// See the module.
#[derive(Clone, Debug)]
pub enum Deed {
    Call {
        service: ServiceId,
        operation: &'static str,
        input: serde_json::Value,
    },
    Tune {
        model: String,
        tuning: Box<Tuning>,
    },
    Traffic {
        endpoint: String,
        demand: Option<Demand>,
    },
    Invoke {
        endpoint: String,
    },
    /// To the newest deployment of the endpoint.
    Steer {
        endpoint: String,
        steer: Steer,
    },
    /// Puts a fault in.
    Inject(Box<Wanted>),
    /// Takes all faults away.
    Withdraw,
    /// Limits the instances of the one type that endpoints have.
    Limit(Limit),
    Advance(Advance),
    SetMode(Mode),
    Reset,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The world's time, where it was told.
    pub now: Option<Timestamp>,
    /// Everything that was told, in words.
    pub words: String,
}

/// Why a request has no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    Refused(String),
    Unknown,
    Broken(String),
}

/// A server that can be asked.
pub trait Asked: Send + Sync {
    fn engine(&self) -> &Engine;
    fn services(&self) -> &Services;
    /// An invocation was counted.
    fn has_counted(&self);
}

impl Deed {
    /// Whether it is dropped when its client goes away. With what AWS's clients ask the server goes on.
    pub fn ends_with_its_client(&self) -> bool {
        !matches!(self, Self::Call { .. })
    }

    /// Does it.
    pub async fn done(self, world: WorldId, server: Arc<impl Asked>) -> Result<Answer, Failure> {
        let engine = server.engine();
        match self {
            Self::Call { service, operation, input } => {
                let input = serde_json::from_value(input).expect("what a client says has no null");
                let request_id = "00000000-0000-4000-8000-000000000000".to_owned();
                let WorldId { account, region } = world;
                let call = Call { service, operation, input, account, region, request_id };
                Ok(answer(&server.services().call(call).await?))
            }
            Self::Tune { model, tuning } => {
                let found = engine.store().session().definition(&world, Kind::Model, &model).await;
                let Some(found) = found.map_err(engine::Error::from)? else {
                    return Err(Failure::Refused("there is no such model".to_owned()));
                };
                Ok(answer(&engine.tune(&world, &found.id, Some(&tuning)).await?))
            }
            Self::Traffic { endpoint, demand } => {
                let is_there = engine.set_traffic(&world, &endpoint, demand).await?;
                let refusal = || Failure::Refused("there is no such endpoint".to_owned());
                is_there.then(|| answer(&())).ok_or_else(refusal)
            }
            Self::Invoke { endpoint } => match engine.invoke(&world, address(&endpoint)).await {
                Ok(invocation) => {
                    server.has_counted();
                    Ok(answer(&(invocation.variant(), invocation.config_name(), invocation.response())))
                }
                Err(NotInvoked::Failed(error)) => Err(error.into()),
                Err(why) => Err(Failure::Refused(why.to_string())),
            },
            Self::Steer { endpoint, steer } => {
                let mut session = engine.store().session();
                let found = session.list_deployments(&world, Some(&endpoint), 1).await;
                let Some(found) = found.map_err(engine::Error::from)?.pop() else {
                    return Err(Failure::Refused("there is no deployment".to_owned()));
                };
                match engine.steer(&world, &found.record.id, steer, None).await? {
                    Some(steered) if steered.changed => Ok(answer(&steered.sentence)),
                    Some(steered) => Err(Failure::Refused(steered.sentence)),
                    None => Err(Failure::Refused("there is no such deployment".to_owned())),
                }
            }
            Self::Inject(wanted) => Ok(answer(&engine.inject(&world, *wanted).await?.number)),
            Self::Withdraw => Ok(answer(&engine.withdraw(&world, None).await?)),
            Self::Limit(limit) => Ok(answer(&engine.set_limit(&world, INSTANCE_TYPE, limit).await?)),
            Self::Advance(advance) => {
                let advanced = engine.advance(&world, advance).await?;
                Ok(Answer { now: Some(advanced.reading.now), ..answer(&advanced.changes) })
            }
            Self::SetMode(mode) => Ok(answer(&engine.set_mode(&world, mode).await?.mode)),
            Self::Reset => Ok(answer(&engine.reset(&world).await?.mode)),
        }
    }
}

/// Where a request goes to this endpoint, or to this inference component.
fn address(name: &str) -> Address<'_> {
    match name_of(name) {
        Some(component) => Address { endpoint: HOST, component: Some(component), variant: None },
        None => name.into(),
    }
}

fn answer(words: &impl std::fmt::Debug) -> Answer {
    Answer { now: None, words: format!("{words:?}") }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match &fault.cause {
            None => Self::Refused(fault.to_string()),
            Some(_) if fault.status == 503 => Self::Unknown,
            Some(cause) => Self::Broken(format!("{fault} ({cause})")),
        }
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        use sagebrush::store::Error;
        match error {
            engine::Error::Refused(why) => Self::Refused(why),
            engine::Error::Store(Error::Unavailable(_) | Error::Overtaken(_)) => Self::Unknown,
            other => Self::Broken(other.to_string()),
        }
    }
}
