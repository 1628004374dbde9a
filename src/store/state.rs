//! An endpoint's state as one versioned text.
//!
//! A text of a later version is left alone: reading it fails, and so nothing overwrites it.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::domain::endpoint::Endpoint;

/// The version of the state's text that this server writes, and the only one it reads.
const STATE_VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    endpoint: &'a Endpoint,
}

#[derive(Deserialize)]
struct Stored {
    endpoint: Endpoint,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The text of a state.
pub(super) fn to_text(endpoint: &Endpoint) -> String {
    let written = Written { v: STATE_VERSION, endpoint };
    serde_json::to_string(&written).expect("an endpoint's state is plain data with string keys")
}

/// The state of a text.
pub(super) fn from_text(text: &str) -> Result<Endpoint, Error> {
    let broken = |error: serde_json::Error| Error::Unreadable(format!("an endpoint's state: {error}"));
    let version: Version = serde_json::from_str(text).map_err(broken)?;
    if version.v != STATE_VERSION {
        let found = version.v;
        return Err(Error::Unreadable(format!(
            "an endpoint's state has version {found}, not {STATE_VERSION}"
        )));
    }
    serde_json::from_str::<Stored>(text).map(|stored| stored.endpoint).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::endpoint::State;
    use crate::domain::serving::{Publish, Routing, Serving};

    /// As version 0.1.0 wrote it, when models did not serve yet.
    const EARLIER: &str = concat!(
        r#"{"v":1,"endpoint":{"name":"web","created_at":0,"modified_at":60000,"deployments":1,"#,
        r#""last_deployment_config":null,"failure_reason":null,"state":{"in_service":{"spec":{"#,
        r#""config_name":"blue","accepted_at":0,"variants":[{"name":"main","model_id":"m","#,
        r#""instance_type":"ml.m5.large","instances":1,"weight":1.0,"behaviour":{"startup_ms":60000,"#,
        r#""ping_timeout_ms":240000,"health":"passing"},"images":[],"echo":"{}"}],"asynchronous":false,"#,
        r#""echo":"{}"},"pools":[{"groups":[{"count":1,"launched_at":0,"outcome":{"ready":60000}}]}]}}}}"#
    );

    #[test]
    fn a_state_from_before_models_served_serves_by_default() {
        let endpoint = from_text(EARLIER).expect("an earlier state reads");
        let State::InService(fleet) = &endpoint.state else { panic!("it serves") };
        assert_eq!(fleet.spec.publish, Publish { enhanced: false, frequency_secs: 60 });
        let main = &fleet.spec.variants[0];
        assert_eq!(
            (&main.serving, main.routing, &*main.container),
            (&Serving::default(), Routing::Random, "primary")
        );
        assert_eq!(from_text(&to_text(&endpoint)).expect("what is written reads"), endpoint);
    }

    #[test]
    fn a_state_of_another_version_is_not_read() {
        let later = EARLIER.replacen("\"v\":1", "\"v\":2", 1);
        let error = from_text(&later).expect_err("it is of the future").to_string();
        assert!(error.contains("an endpoint's state has version 2, not 1"), "{error}");
    }
}
