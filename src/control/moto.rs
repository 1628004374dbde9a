//! moto's own routes, as far as they are about hosting: how endpoints come through their transitions, and what requests to
//! them are answered. `POST /moto-api/reset` is beside its kin.
//! <https://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html>,
//! <https://docs.getmoto.org/en/latest/docs/services/sagemaker-runtime.html>

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::body::{Body, Large};
use super::hand::Handed;
use super::problem::Problem;
use super::value::{members, whole};
use super::world::{Query, refused};
use crate::domain::endpoint_result::EndpointResult;
use crate::domain::progression::{ENDPOINT, Progression};
use crate::domain::tuning::is_content_type;
use crate::domain::world::WorldId;
use crate::engine::Engine;

const TRANSITION: &str = "{\"progression\": \"immediate\"}, {\"progression\": \"manual\", \"times\": N} with a whole number \
                          N from 1 to 1000000, or {\"progression\": \"time\", \"seconds\": N} with one from 0 to 31536000";
const RESULTS: &str = "a list of objects with the text \"Body\" and, as texts, \"ContentType\", \
                       \"InvokedProductionVariant\" and \"CustomAttributes\" of visible ASCII characters";

/// Without a word of anybody it is the clock that ends transitions; that is moto's `time`, with the start of a container.
pub(super) async fn get_transition(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    mut query: Query,
) -> Result<Json<Progression>, Problem> {
    let model = query.take("model_name");
    query.finish("model_name")?;
    known(model)?;
    let by_clock =
        || Progression::Time { seconds: u32::try_from(handed.launch_ms / 1000).unwrap_or(u32::MAX) };
    Ok(Json(engine.progression().await?.unwrap_or_else(by_clock)))
}

pub(super) async fn set_transition(
    State(engine): State<Engine>,
    mut body: Body,
) -> Result<StatusCode, Problem> {
    let model = body.text("model_name")?;
    let progression = body.take("transition", TRANSITION, progression)?;
    body.finish("model_name and transition")?;
    known(model)?;
    let progression = progression.ok_or_else(|| {
        Problem::bad(format!("The body must have the member \"transition\": {TRANSITION}."))
    })?;
    engine.set_progression(Some(progression)).await?;
    Ok(StatusCode::CREATED)
}

pub(super) async fn unset_transition(
    State(engine): State<Engine>,
    mut body: Body,
) -> Result<StatusCode, Problem> {
    let model = body.text("model_name")?;
    body.finish("model_name")?;
    known(model)?;
    engine.set_progression(None).await?;
    Ok(StatusCode::CREATED)
}

pub(super) async fn set_endpoint_results(
    State(engine): State<Engine>,
    Large(mut body): Large,
) -> Result<StatusCode, Problem> {
    let account = body.text("account_id")?.unwrap_or_else(|| WorldId::DEFAULT_ACCOUNT.to_owned());
    let region = body.text("region")?.unwrap_or_else(|| WorldId::DEFAULT_REGION.to_owned());
    let results = body.take("results", RESULTS, results)?.unwrap_or_default();
    body.finish("account_id, region and results")?;
    refused(WorldId::account_refusal(&account).or_else(|| WorldId::region_refusal(&region)))?;
    engine.set_results(&WorldId::new(account, region), &results).await?;
    Ok(StatusCode::CREATED)
}

/// Refuses the models that are not here.
fn known(model: Option<String>) -> Result<(), Problem> {
    match model {
        Some(model) if model == ENDPOINT => Ok(()),
        Some(model) => {
            Err(Problem::bad(format!("There is no model {model:?} here; the model_name is {ENDPOINT:?}.")))
        }
        None => Err(Problem::bad(format!("model_name is missing; it is {ENDPOINT:?}."))),
    }
}

fn progression(value: &Value) -> Option<Progression> {
    let transition = value.as_object()?;
    let only = |name| transition.len() == 2 && transition.contains_key(name);
    let number = |name, most| whole::<u32>(transition.get(name)?).filter(|number| *number <= most);
    match transition.get("progression")?.as_str()? {
        "immediate" => (transition.len() == 1).then_some(Progression::Immediate),
        "manual" if only("times") => {
            let times = number("times", 1_000_000).filter(|times| *times > 0)?;
            Some(Progression::Manual { times })
        }
        "time" if only("seconds") => Some(Progression::Time { seconds: number("seconds", 31_536_000)? }),
        _ => None,
    }
}

fn results(value: &Value) -> Option<Vec<EndpointResult>> {
    value.as_array()?.iter().map(result).collect()
}

fn result(value: &Value) -> Option<EndpointResult> {
    let members = members(value, &["Body", "ContentType", "InvokedProductionVariant", "CustomAttributes"])?;
    let text = |name| match members.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    // What is a header of the answer has to fit into one.
    let header = |name| text(name).filter(|text| text.as_deref().is_none_or(is_content_type));
    Some(EndpointResult {
        body: text("Body")??,
        content_type: header("ContentType")?,
        variant: header("InvokedProductionVariant")?,
        custom_attributes: header("CustomAttributes")?,
    })
}
