//! One endpoint, or one inference component: its fleets, its traffic, where its deployment stands and why, its alarms, and what can be done.

use askama::Template;

use super::answer::{Page, Trouble};
use super::attention::attention;
use super::demand::DemandShown;
use super::fleet::{FleetShown, fleets};
use super::guarding::{Guarding, guarding, watched};
use super::hosted::{ComponentShown, HostShown, components, host};
use super::ladder::{Rung, ladder};
use super::live::{Deployed, Live};
use super::model::{Model, Models};
use super::moment::instant;
use super::place::Place;
use super::shell::Shell;
use super::squares::{self, Standing};
use super::{Console, missing};

/// Deployments that are listed.
const PAST: u32 = 12;

#[derive(Template)]
#[template(path = "endpoint.html")]
struct Body {
    shell: Shell,
    name: String,
    status: &'static str,
    config: String,
    host: Option<HostShown>,
    components: Vec<ComponentShown>,
    attention: Option<&'static str>,
    failure_reason: Option<String>,
    created: String,
    live: Option<Live>,
    rungs: Vec<Rung>,
    fleets: Vec<FleetShown>,
    legend: Vec<(String, &'static str)>,
    guards: Vec<Guarding>,
    past: Vec<Deployed>,
    models: Vec<Model>,
    demand: DemandShown,
}

pub(super) async fn page(console: &Console, place: Place, name: &str) -> Result<Page, Trouble> {
    let (engine, world) = (&console.engine, &place.world);
    let mut session = engine.store().begin_reading().await?;
    let Some(row) = session.endpoint(world, name).await? else {
        drop(session);
        let shell = Shell::of(engine, world, name, "/endpoints").await?;
        return missing::page(shell, format!("There is no endpoint {name:?} in {world}."));
    };
    let models = Models::read(&mut session, world, &row.endpoint).await?;
    let demand = DemandShown::read(&mut session, &row.id).await?;
    let hosted = session.hosted(world, name).await?;
    drop(session);
    let endpoint = &row.endpoint;
    let shell = Shell::of(engine, world, &endpoint.name, "/endpoints").await?;
    let past = engine.deployments(world, Some(&endpoint.name), PAST).await?;
    let newest = past.first().map(|(row, _)| row.record.id.clone());
    let outlook = match newest {
        Some(id) => engine.outlook(world, &id).await?,
        None => None,
    };
    let now = shell.now();
    let body = Body {
        name: endpoint.name.clone(),
        status: endpoint.status(engine.rules()).word(),
        config: endpoint.config_name().to_owned(),
        host: host(&shell, endpoint),
        components: components(&shell, &hosted, now, engine.rules()),
        attention: attention(endpoint, now),
        failure_reason: endpoint.failure_reason.clone(),
        created: instant(endpoint.created_at),
        live: outlook.as_ref().map(|outlook| Live::of(&shell, outlook)),
        rungs: outlook.as_ref().map(ladder).unwrap_or_default(),
        fleets: fleets(endpoint, now, &models.names),
        legend: Standing::ALL.map(|standing| (squares::key(standing), standing.word())).to_vec(),
        guards: guarding(engine, world, &watched(endpoint, outlook.as_ref())).await?,
        past: past.iter().map(|(row, _)| Deployed::of(&shell, row)).collect(),
        models: models.shown(),
        demand,
        shell,
    };
    Page::of(&body.shell, &body)
}
