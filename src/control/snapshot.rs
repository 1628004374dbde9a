//! `GET /_sagebrush/snapshot` writes worlds down; `PUT` replaces worlds by what was written down.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Serialize;

use super::clock::Clock;
use super::problem::Problem;
use super::world::Query;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::store::snapshot::{MOST_BYTES, Reader, Scope};

/// A line of JSON for each row.
const JSON_LINES: &str = "application/jsonl";

/// What was taken over.
#[derive(Debug, Serialize)]
pub(super) struct Imported {
    rows: u64,
    worlds: Vec<ImportedWorld>,
}

#[derive(Debug, Serialize)]
struct ImportedWorld {
    account: String,
    region: String,
    clock: Clock,
}

pub(super) async fn read(State(engine): State<Engine>, query: Query) -> Result<Response, Problem> {
    let scope = scope(query)?;
    let text = engine.export(&scope).await?;
    Ok(([(CONTENT_TYPE, JSON_LINES)], text).into_response())
}

pub(super) async fn replace(
    State(engine): State<Engine>,
    mut query: Query,
    body: Body,
) -> Result<Json<Imported>, Problem> {
    let (account, region) = (query.account()?, query.region()?);
    query.finish("account and region")?;
    let mut reader = engine.store().reader().await?;
    take(&mut reader, body).await?;
    let mut snapshot = reader.finish()?;
    snapshot.send_to(account, region)?;
    let rows = snapshot.rows();
    let worlds = engine.import(snapshot).await?.into_iter().map(|(world, reading)| {
        let WorldId { account, region } = world;
        ImportedWorld { account, region, clock: reading.into() }
    });
    Ok(Json(Imported { rows, worlds: worlds.collect() }))
}

/// Reads the body to its end, also when it is known to be wrong: a client that still sends hears no answer.
async fn take(reader: &mut Reader, mut body: Body) -> Result<(), Problem> {
    let (mut outcome, mut bytes) = (Ok(()), 0);
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Problem::bad(format!("The body did not come to its end: {error}.")))?;
        let piece = frame.into_data().unwrap_or_default();
        bytes += piece.len();
        if bytes > 2 * MOST_BYTES {
            break;
        }
        if bytes > MOST_BYTES {
            let sentence = format!("The snapshot is larger than {MOST_BYTES} bytes.");
            outcome = Err(Problem::too_large(sentence));
        } else if outcome.is_ok() {
            outcome = reader.push(&piece).map_err(Problem::from);
        }
    }
    outcome
}

/// Which worlds: one, all regions of an account, or all.
fn scope(mut query: Query) -> Result<Scope, Problem> {
    let (scope, account, region) = (query.take("scope"), query.account()?, query.region()?);
    query.finish("account, region and scope")?;
    let or_default = |text: Option<String>, default: &str| text.unwrap_or_else(|| default.to_owned());
    match (scope.as_deref(), region, account) {
        (None | Some("world"), region, account) => Ok(Scope::World(WorldId::new(
            or_default(account, WorldId::DEFAULT_ACCOUNT),
            or_default(region, WorldId::DEFAULT_REGION),
        ))),
        (Some("account"), None, account) => Ok(Scope::Account(or_default(account, WorldId::DEFAULT_ACCOUNT))),
        (Some("all"), None, None) => Ok(Scope::All),
        (Some("account"), Some(_), _) => {
            Err(Problem::bad("The scope \"account\" means all regions: leave out region."))
        }
        (Some("all"), ..) => {
            Err(Problem::bad("The scope \"all\" means every world: leave out account and region."))
        }
        (Some(_), ..) => Err(Problem::bad("scope must be \"world\", \"account\" or \"all\".")),
    }
}
