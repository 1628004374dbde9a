//! `PutEvents`: events of one's own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::bus::{self, named};
use crate::bridge::Event;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::{Fault, Value};
use crate::services::{Context, answer, input};
use crate::store::Tx;

/// The most bytes of all entries together.
const MOST_BYTES: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    entries: Vec<Entry>,
    endpoint_id: Option<String>,
}

/// `PutEventsRequestEntry`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    time: Option<Timestamp>,
    source: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
}

/// `PutEventsResultEntry`.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryAnswer {
    event_id: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
}

/// `PutEventsResponse`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    failed_entry_count: usize,
    entries: Vec<EntryAnswer>,
}

/// Why an entry is no event: a code and a sentence.
type Failed = (&'static str, String);

/// Tells of events, each by itself: one that is none does not keep the others back. One for a bus that does not exist is
/// taken, and nobody gets it.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub(super) async fn put_events(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Request { entries, endpoint_id } = input(value)?;
    if endpoint_id.is_some() {
        return Err(Fault::unsupported("sagebrush has no global endpoints of EventBridge."));
    }
    if entries.iter().map(Entry::bytes).sum::<usize>() > MOST_BYTES {
        return Err(Fault::validation("Total size of the entries in the request is over the limit."));
    }
    let mut tx = context.begin(world).await?;
    let mut answers = Vec::new();
    for entry in entries {
        let bus = named(entry.event_bus_name.as_deref(), world).unwrap_or_default();
        let told = match entry.event(context, &tx) {
            Err(failed) => Err(failed),
            Ok(event) if bus::exists(&mut tx, world, &bus).await? => {
                let now = tx.now();
                Ok(engine::bus::tell_on(&mut tx, &bus, &event, now).await?)
            }
            Ok(_) => Ok(tx.new_id().await?),
        };
        answers.push(match told {
            Ok(id) => EntryAnswer { event_id: Some(id), ..EntryAnswer::default() },
            Err((code, sentence)) => EntryAnswer {
                error_code: Some(code.to_owned()),
                error_message: Some(sentence),
                ..EntryAnswer::default()
            },
        });
    }
    tx.commit().await?;
    let failed_entry_count = answers.iter().filter(|answer| answer.error_code.is_some()).count();
    answer(&Answer { failed_entry_count, entries: answers })
}

impl Entry {
    /// How AWS counts an entry.
    fn bytes(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        let time = if self.time.is_some() { 14 } else { 0 };
        texts + time + self.resources.iter().map(String::len).sum::<usize>()
    }

    fn event(self, context: &Context, tx: &Tx) -> Result<Event, Failed> {
        let source = given(self.source, "Source")?;
        let detail_type = given(self.detail_type, "DetailType")?;
        let detail = given(self.detail, "Detail")?;
        if source.starts_with("aws.") {
            return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
        }
        let detail: Map<String, Json> = serde_json::from_str(&detail)
            .map_err(|_| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
        let read = |sent| context.settings.client_times.read(sent, tx.world(), tx.begun_at());
        let at = self.time.map_or_else(|| tx.now(), read);
        Ok(Event {
            at,
            source: source.into(),
            detail_type: detail_type.into(),
            resources: self.resources,
            detail,
        })
    }
}

fn given(text: Option<String>, name: &str) -> Result<String, Failed> {
    text.filter(|text| !text.is_empty()).ok_or_else(|| {
        let sentence = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
        ("InvalidArgument", sentence)
    })
}
