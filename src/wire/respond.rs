//! A request on its way through the wire: let in, read, recognised, decoded, executed and answered, and then told to
//! those who watch over the server.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, request::Parts};
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use super::body::{self, Unread};
use super::protocol::Protocol;
use super::request::{self, Recognised};
use super::{Asked, Services, Upstream, caller::Caller, execute, input, reply::Reply, rest_json, upstream};
use crate::clock::Stopwatch;
use crate::door::Door;
use crate::schema::{Call, Fault};
use crate::telemetry::{SPANS, trace::rename};

/// The code of an answer that is no refusal.
const SUCCESS: &str = "200";

/// An answer, and what is told of it to those who watch over the server.
struct Answer {
    reply: Reply,
    asked: Option<Asked>,
    /// [`SUCCESS`], a fault's code, or the status where there is neither.
    code: Cow<'static, str>,
}

impl Answer {
    /// The fault of a request that reached no service.
    fn unasked(protocol: Protocol, fault: Fault) -> Self {
        Self { reply: protocol.fault(None, &fault), asked: None, code: fault.code }
    }

    /// The reply to a request that reached no service, where no fault is named.
    fn unnamed(reply: Reply) -> Self {
        Self { code: reply.status().to_string().into(), reply, asked: None }
    }
}

/// Answers a request, whatever it is.
pub async fn respond<S: Services>(
    State((services, door, others)): State<(Arc<S>, Door, Upstream)>,
    request: Request,
) -> Response<Body> {
    let begun = Stopwatch::start();
    let request_id = uuid::Uuid::new_v4().hyphenated().to_string();
    let span = tracing::info_span!(
        target: SPANS, "request", otel.kind = "server", request_id, service = Empty,
        operation = Empty, world = Empty, code = Empty
    );
    let watched = !span.is_disabled();
    let answering = answering(&services, &door, &others, request, &request_id);
    // Measured: where nobody watches, a request is not to pay for entering a span.
    let answer = if watched { answering.instrument(span.clone()).await } else { answering.await };
    let answer = match answer {
        Answering::Here(answer) => answer,
        Answering::Elsewhere(response) => {
            services.answered(None, response.status().as_str(), begun.elapsed());
            return response;
        }
    };
    services.answered(answer.asked, &answer.code, begun.elapsed());
    if watched {
        tell(&span, &answer);
    }
    answer.reply.send(&request_id)
}

/// Notes in a request's span what came of it.
fn tell(span: &Span, Answer { asked, code, .. }: &Answer) {
    span.record("code", code.as_ref());
    let Some((service, operation)) = asked else { return };
    let (service, operation) = (service.id.name(), operation.name);
    span.record("service", service).record("operation", operation);
    rename(span, format!("{service}.{operation}"));
}

/// By whom a request is answered.
enum Answering {
    Here(Answer),
    Elsewhere(Response<Body>),
}

async fn answering<S: Services>(
    services: &Arc<S>,
    door: &Door,
    others: &Upstream,
    request: Request,
    request_id: &str,
) -> Answering {
    let (parts, body) = request.into_parts();
    if let Err(outside) = door.admit(&parts.uri, &parts.headers) {
        let fault = Fault::new("AccessDeniedException", outside.to_string(), 403);
        return Answering::Here(Answer::unasked(request::protocol_of(&parts), fault));
    }
    let Some(of) = upstream::foreign(&parts) else {
        return Answering::Here(taken(services, parts, body, request_id).await);
    };
    let protocol = request::protocol_of(&parts);
    match others.answer(&of, Request::from_parts(parts, body)).await {
        Ok(response) => Answering::Elsewhere(response),
        Err(fault) => Answering::Here(Answer::unasked(protocol, fault)),
    }
}

async fn taken<S: Services>(services: &Arc<S>, parts: Parts, body: Body, request_id: &str) -> Answer {
    match body::read(body, request::most_bytes(&parts)).await {
        Ok(body) => answer(services, parts, &body, request_id).await,
        Err(unread) => match (request::protocol_of(&parts), unread) {
            (Protocol::RestJson, Unread::TooLarge(most)) => Answer::unnamed(rest_json::too_large(most)),
            (protocol, unread) => Answer::unasked(protocol, unread.fault()),
        },
    }
}

async fn answer<S: Services>(
    services: &Arc<S>,
    parts: Parts,
    body: &bytes::Bytes,
    request_id: &str,
) -> Answer {
    let recognised = match request::recognise(&parts, body) {
        Ok(recognised) => recognised,
        Err(reply) => return Answer::unnamed(reply),
    };
    let Recognised { protocol, service, operation, .. } = recognised;
    let outcome = match input::valid(services.as_ref(), &recognised, &parts, body) {
        Ok(input) => {
            let Caller { account, region } = Caller::of(&parts);
            Span::current().record("world", display(format_args!("{account}/{region}")));
            let (service, operation) = (service.id, operation.name);
            let call = Call { service, operation, input, account, region, request_id: request_id.into() };
            match protocol {
                Protocol::RestJson => execute::in_place(services.call(call)).await,
                _ => execute::in_a_task(Arc::clone(services), call).await,
            }
        }
        Err(fault) => Err(fault),
    };
    let replied = outcome.and_then(|answer| {
        protocol.answer(service, operation, answer.as_ref(), request_id).map_err(Fault::internal)
    });
    let (reply, code) = match replied {
        Ok(reply) => (reply, SUCCESS.into()),
        Err(fault) => {
            if let Some(cause) = &fault.cause {
                let operation = operation.name;
                tracing::error!(
                    request_id,
                    service = service.id.name(),
                    operation,
                    cause,
                    "a request failed"
                );
            }
            (protocol.fault(Some((service, Some(operation))), &fault), fault.code)
        }
    };
    Answer { reply, asked: Some((service, operation)), code }
}
