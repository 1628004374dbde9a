//! `ListModels`, `ListEndpointConfigs`, `ListEndpoints` and `ListInferenceComponents`: the same filters, orders and pages for
//! all.
//!
//! A token holds the key of the last entry shown, and which list it is of. It is opaque to clients, and a
//! text that no such list has given is refused.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::noun::Noun;
use crate::clock::Timestamp;
use crate::domain::component;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input};
use crate::store::{Hosted, Kind, ListQuery, Order, PageKey, Session, Sort};

/// The inputs of the operations; those that lack a member never have it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    sort_by: Option<SortBy>,
    sort_order: Option<SortOrder>,
    next_token: Option<String>,
    max_results: Option<u32>,
    name_contains: Option<String>,
    creation_time_before: Option<Timestamp>,
    creation_time_after: Option<Timestamp>,
    last_modified_time_before: Option<Timestamp>,
    last_modified_time_after: Option<Timestamp>,
    status_equals: Option<String>,
    endpoint_name_equals: Option<String>,
    variant_name_equals: Option<String>,
}

#[derive(Deserialize)]
enum SortBy {
    Name,
    CreationTime,
    Status,
}

#[derive(Deserialize)]
enum SortOrder {
    Ascending,
    Descending,
}

/// A page of models or endpoint configs.
pub(super) async fn definitions(
    context: &Context,
    world: &WorldId,
    kind: Kind,
    value: Value,
) -> Result<Value, Fault> {
    let (noun, mut session) = (Noun::from(kind), context.store.session());
    let asked: List = input(value)?;
    let query = asked.query(context, &mut session, world, noun).await?;
    let page = session.list_definitions(world, kind, &query).await?;
    let entries = page.items.into_iter().map(|entry| {
        Fields::from_iter([
            (noun.arn_member(), noun.arn(world, &entry.name).into()),
            (noun.name_member(), entry.name.into()),
            ("CreationTime", entry.created.into()),
        ])
    });
    Ok(shown(noun, entries.map(Value::Map).collect(), page.next.as_ref()))
}

/// A page of endpoints.
pub(super) async fn endpoints(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let (noun, mut session) = (Noun::Endpoint, context.store.session());
    let asked: List = input(value)?;
    let query = asked.query(context, &mut session, world, noun).await?;
    let page = context.engine.shown_endpoints(world, &query).await?;
    let entries = page.items.into_iter().map(|entry| {
        Fields::from_iter([
            (noun.arn_member(), noun.arn(world, &entry.name).into()),
            (noun.name_member(), entry.name.into()),
            ("CreationTime", entry.created.into()),
            ("LastModifiedTime", entry.modified.into()),
            ("EndpointStatus", entry.status.into()),
        ])
    });
    Ok(shown(noun, entries.map(Value::Map).collect(), page.next.as_ref()))
}

/// A page of inference components.
pub(super) async fn components(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let (noun, mut session) = (Noun::InferenceComponent, context.store.session());
    let asked: List = input(value)?;
    let query = asked.query(context, &mut session, world, noun).await?;
    let page = context.engine.shown_endpoints(world, &query).await?;
    let entries = page.items.into_iter().filter_map(|entry| {
        let (name, host) = (component::name_of(&entry.name)?, entry.host?);
        Some(Fields::from_iter([
            (noun.arn_member(), noun.arn(world, name).into()),
            (noun.name_member(), name.into()),
            ("EndpointArn", Noun::Endpoint.arn(world, &host.endpoint).into()),
            ("EndpointName", host.endpoint.into()),
            ("VariantName", host.variant.into()),
            ("CreationTime", entry.created.into()),
            ("LastModifiedTime", entry.modified.into()),
            ("InferenceComponentStatus", entry.status.into()),
        ]))
    });
    Ok(shown(noun, entries.map(Value::Map).collect(), page.next.as_ref()))
}

/// The fault that a text is no token of this list.
pub(super) fn bad_token() -> Fault {
    Fault::validation("Invalid NextToken.")
}

impl List {
    async fn query<'a>(
        &'a self,
        context: &Context,
        session: &mut Session,
        world: &WorldId,
        noun: Noun,
    ) -> Result<ListQuery<'a>, Fault> {
        let mut query = ListQuery {
            name_contains: self.name_contains.as_deref(),
            created_from: self.creation_time_after,
            created_before: self.creation_time_before,
            modified_from: self.last_modified_time_after,
            modified_before: self.last_modified_time_before,
            status: self.status_equals.as_deref(),
            after: self.next_token.as_deref().map(|token| key_of(token, noun)).transpose()?,
            ..ListQuery::default()
        };
        if noun == Noun::InferenceComponent {
            let (endpoint, variant) = (&self.endpoint_name_equals, &self.variant_name_equals);
            query.hosted = Hosted::By { endpoint: endpoint.as_deref(), variant: variant.as_deref() };
        }
        query.sort = match self.sort_by {
            Some(SortBy::Name) => Sort::Name,
            Some(SortBy::Status) => Sort::Status,
            Some(SortBy::CreationTime) | None => query.sort,
        };
        query.order = match self.sort_order {
            Some(SortOrder::Ascending) => Order::Ascending,
            Some(SortOrder::Descending) | None => query.order,
        };
        query.limit = self.max_results.unwrap_or(query.limit);
        let mut times = [
            &mut query.created_from,
            &mut query.created_before,
            &mut query.modified_from,
            &mut query.modified_before,
        ];
        if times.iter().any(|time| time.is_some()) {
            let row = session.world(world).await?;
            let base_now = session.base_now().await?;
            let client_times = context.settings.client_times;
            for time in &mut times {
                **time = time.map(|sent| client_times.read(sent, &row, base_now));
            }
        }
        Ok(query)
    }
}

fn shown(noun: Noun, entries: Vec<Value>, next: Option<&PageKey>) -> Value {
    let mut page = Fields::from_iter([(noun.list_member(), Value::List(entries))]);
    if let Some(key) = next {
        page.insert("NextToken", token_of(key, noun).into());
    }
    Value::Map(page)
}

fn token_of(key: &PageKey, noun: Noun) -> String {
    BASE64_STANDARD.encode(format!("{}:{}", noun.list_member(), key.token()))
}

fn key_of(token: &str, noun: Noun) -> Result<PageKey, Fault> {
    let text = BASE64_STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.as_deref().and_then(|text| text.strip_prefix(noun.list_member())?.strip_prefix(':'));
    key.and_then(PageKey::from_token).ok_or_else(bad_token)
}

#[cfg(test)]
mod tests;
