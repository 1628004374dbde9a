//! AWS's clients over the same HTTP client as everything else that leaves the house.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_smithy_types::body::SdkBody;

/// `reqwest` as AWS's clients want it. Their requests are whole in memory.
#[derive(Clone, Debug)]
pub(super) struct ByReqwest(pub(super) reqwest::Client);

impl HttpConnector for ByReqwest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let user = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
            let (parts, body) = request.try_into_http1x().map_err(|error| user(error.into()))?.into_parts();
            let body = body.bytes().map(<[u8]>::to_vec).unwrap_or_default();
            let request = http::Request::from_parts(parts, body);
            let request = reqwest::Request::try_from(request).map_err(|error| user(error.into()))?;
            let answer = client.execute(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            let (parts, body) = http::Response::from(answer).into_parts();
            let body = http_body_util::BodyExt::collect(body).await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_bytes();
            let answer = http::Response::from_parts(parts, SdkBody::from(body));
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl HttpClient for ByReqwest {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.clone().into_shared()
    }
}
