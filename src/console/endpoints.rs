//! The list of a world's endpoints: cards or a table, counts by status that are filters, and those first that want to
//! be looked at.

use askama::Template;

use super::Console;
use super::answer::{Page, Trouble};
use super::attention::attention;
use super::fleet::{FleetShown, fleets};
use super::moment::{instant, readable};
use super::place::Place;
use super::shell::Shell;
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::view::EndpointStatus;
use crate::plan::Split;
use crate::store::EndpointRow;

/// Endpoints on one page.
const PAGE: usize = 60;

/// The filter for those that want to be looked at.
const ATTENTION: &str = "attention";

#[derive(Template)]
#[template(path = "endpoints.html")]
struct Body {
    shell: Shell,
    counts: Vec<Count>,
    /// All that there are.
    total: usize,
    /// Those that the filters leave.
    found: usize,
    entries: Vec<Entry>,
    search: String,
    status: String,
    is_table: bool,
    /// The links to the pages before and after this one.
    earlier: Option<String>,
    later: Option<String>,
    as_cards: String,
    as_table: String,
}

/// How many have a status, and the link to them.
struct Count {
    words: &'static str,
    endpoints: usize,
    link: String,
    is_chosen: bool,
}

/// An endpoint in the list.
struct Entry {
    name: String,
    link: String,
    status: &'static str,
    config: String,
    attention: Option<&'static str>,
    /// Why a deployment stands where it stands.
    why: Option<String>,
    traffic: Option<Split>,
    fleets: Vec<FleetShown>,
    modified: String,
}

/// What of the list is wanted.
struct Wanted {
    search: String,
    status: String,
    view: String,
    page: usize,
}

pub(super) async fn page(console: &Console, mut place: Place) -> Result<Page, Trouble> {
    let shell = Shell::of(&console.engine, &place.world, "Endpoints", "").await?;
    let wanted = Wanted::take(&mut place);
    let rows = console.engine.store().session().all_endpoints(&place.world).await?;
    let rules = console.engine.rules();
    let body = body(shell, &rows, &wanted, rules);
    Page::of(&body.shell, &body)
}

impl Wanted {
    fn take(place: &mut Place) -> Self {
        let page = place.take("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize).max(1);
        let [search, status, view] = ["q", "status", "view"].map(|name| place.take(name).unwrap_or_default());
        Self { search, status, view, page }
    }

    /// The address of the list with this instead of what it is now.
    fn link(&self, shell: &Shell, status: &str, view: &str, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let pairs = [("q", self.search.as_str()), ("status", status), ("view", view), ("page", &page)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        shell.link_with("", &pairs)
    }

    /// Whether an endpoint is one of these.
    fn takes(&self, endpoint: &Endpoint, status: EndpointStatus, attention: Option<&str>) -> bool {
        let is_found = endpoint.name.to_lowercase().contains(&self.search.to_lowercase());
        is_found
            && match self.status.as_str() {
                "" => true,
                ATTENTION => attention.is_some(),
                word => word == status.word(),
            }
    }
}

fn body(shell: Shell, rows: &[EndpointRow], wanted: &Wanted, rules: &Rules) -> Body {
    let now = shell.now();
    let mut told: Vec<_> = rows
        .iter()
        .map(|row| (&row.endpoint, row.endpoint.status(rules), attention(&row.endpoint, now)))
        .collect();
    // By name within those that want to be looked at, those on their way, and the others.
    told.sort_by_key(|(_, status, attention)| (attention.is_none(), *status == EndpointStatus::InService));
    let counts = counts(&shell, wanted, &told);
    let found: Vec<_> =
        told.iter().filter(|(endpoint, status, why)| wanted.takes(endpoint, *status, *why)).collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = wanted.page.min(pages);
    let shown = found.iter().skip((page - 1) * PAGE).take(PAGE);
    let entries = shown.map(|(endpoint, status, why)| entry(&shell, endpoint, *status, *why, now)).collect();
    let turned = |page: usize| wanted.link(&shell, &wanted.status, &wanted.view, page);
    Body {
        total: rows.len(),
        found: found.len(),
        entries,
        counts,
        search: wanted.search.clone(),
        status: wanted.status.clone(),
        is_table: wanted.view == "table",
        earlier: (page > 1).then(|| turned(page - 1)),
        later: (page < pages).then(|| turned(page + 1)),
        as_cards: wanted.link(&shell, &wanted.status, "", 1),
        as_table: wanted.link(&shell, &wanted.status, "table", 1),
        shell,
    }
}

/// An endpoint with its status, and what it wants to be looked at for.
type Told<'a> = (&'a Endpoint, EndpointStatus, Option<&'static str>);

/// All, those that want to be looked at, and every status that there is.
fn counts(shell: &Shell, wanted: &Wanted, told: &[Told<'_>]) -> Vec<Count> {
    let count = |words, status: &str, endpoints| Count {
        words,
        endpoints,
        link: wanted.link(shell, status, &wanted.view, 1),
        is_chosen: wanted.status == status,
    };
    let of_attention = told.iter().filter(|(_, _, attention)| attention.is_some()).count();
    let mut counts = vec![count("All", "", told.len()), count("Needs attention", ATTENTION, of_attention)];
    for status in EndpointStatus::ALL {
        let of_status = told.iter().filter(|(_, other, _)| *other == status).count();
        if of_status > 0 || wanted.status == status.word() {
            counts.push(count(status.word(), status.word(), of_status));
        }
    }
    counts
}

fn entry(
    shell: &Shell,
    endpoint: &Endpoint,
    status: EndpointStatus,
    attention: Option<&'static str>,
    now: Timestamp,
) -> Entry {
    let deployment = endpoint.deployment();
    Entry {
        name: endpoint.name.clone(),
        link: shell.link_of("/endpoints/", &endpoint.name),
        status: status.word(),
        config: endpoint.config_name().to_owned(),
        attention,
        why: deployment.map(|deployment| readable(&deployment.why(), now)),
        traffic: deployment.map(|deployment| deployment.traffic().into()),
        fleets: fleets(endpoint, now, &std::collections::BTreeMap::new()),
        modified: instant(endpoint.modified_at),
    }
}
