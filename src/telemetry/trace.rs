//! Spans for OpenTelemetry, sent by OTLP over HTTP to a collector: one for each request, transaction and step.
//!
//! They are spans of `tracing` with the target [`SPANS`]. Without a collector nothing wants them, and
//! then none is made. They are sent by a thread of their own from a queue that has a limit: what a collector does
//! not take in time is dropped, and nobody waits for it.

use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::SPANS;

/// Where a collector takes spans, below its own address.
const PATH: &str = "/v1/traces";

/// How long the last spans may take at the end of the server, which has five seconds in all.
const LAST_SPANS: Duration = Duration::from_millis(800);

/// Gives a span the name under which it is sent; that of `tracing` is fixed when it begins.
pub fn rename(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// What sends the spans.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to the collector at this address, `http://HOST:PORT`. The error says why that is not possible.
    pub fn to(endpoint: &str) -> Result<Self, String> {
        // The exporter's client is made ready for TLS, which it does not use, and wants a provider for it. Whoever comes
        // second finds one in its place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder().with_http();
        let exporter = exporter.with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')));
        let exporter = exporter.build().map_err(|error| error.to_string())?;
        let named = std::env::var_os("OTEL_SERVICE_NAME").is_some();
        let resource = Resource::builder();
        let resource = if named { resource } else { resource.with_service_name("sagebrush") };
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
        Ok(Self(provider.build()))
    }

    /// What takes the spans where they are made.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("sagebrush"));
        let layer =
            layer.with_location(false).with_target(false).with_threads(false).with_tracked_inactivity(false);
        let ours = filter_fn(|metadata| metadata.is_span() && metadata.target() == SPANS);
        layer.with_filter(ours.with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what has not been sent, and ends.
    pub async fn end(self) {
        let end = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST_SPANS));
        if let Ok(Err(error)) = end.await {
            tracing::warn!(%error, "the last spans were not taken by the collector");
        }
    }
}
