//! An endpoint's state as one versioned text.
//!
//! A text of a later version is left alone: reading it fails, and so nothing overwrites it.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::domain::deployment::Pace;
use crate::domain::endpoint::Endpoint;

/// The latest version of the state's text that this server reads.
const STATE_VERSION: u32 = 3;

/// The version in which a state has to be written. Servers from before there were operators read version 1 alone, and
/// would let a deployment go on that is paused; those from before there were inference components would make endpoints
/// of them, and of what hosts them endpoints that host none.
fn version(endpoint: &Endpoint) -> u32 {
    let is_steered = endpoint.deployment().is_some_and(|deployment| deployment.pace != Pace::Planned);
    let hosts = endpoint.fleets().iter().any(|fleet| fleet.spec.variants.iter().any(|variant| variant.hosts));
    match (endpoint.host.is_some() || hosts, is_steered) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 1,
    }
}

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
    let written = Written { v: version(endpoint), endpoint };
    serde_json::to_string(&written).expect("an endpoint's state is plain data with string keys")
}

/// The state of a text.
pub(super) fn from_text(text: &str) -> Result<Endpoint, Error> {
    let broken = |error: serde_json::Error| Error::Unreadable(format!("an endpoint's state: {error}"));
    let version: Version = serde_json::from_str(text).map_err(broken)?;
    if !(1..=STATE_VERSION).contains(&version.v) {
        let found = version.v;
        return Err(Error::Unreadable(format!(
            "an endpoint's state has version {found}; this server reads those up to {STATE_VERSION}"
        )));
    }
    serde_json::from_str::<Stored>(text).map(|stored| stored.endpoint).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::component::Host;
    use crate::domain::deployment::Steer;
    use crate::domain::endpoint::State;
    use crate::domain::endpoint::tests::{Life, one};
    use crate::domain::rules::Rules;
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
        for other in ["0", "4"] {
            let text = EARLIER.replacen("\"v\":1", &format!("\"v\":{other}"), 1);
            let error = from_text(&text).expect_err("it is of another time").to_string();
            let sentence =
                format!("an endpoint's state has version {other}; this server reads those up to 3");
            assert!(error.contains(&sentence), "{error}");
        }
    }

    #[test]
    fn a_paused_deployment_is_kept_from_servers_that_know_no_pause() {
        let mut life = Life::serving(one("old", 2));
        life.update(one("new", 2), None).expect("it rests");
        let planned = life.endpoint.clone().expect("it is there");
        assert!(to_text(&planned).starts_with(r#"{"v":1,"#));
        let rules = Rules::default();
        let paused = planned.steer(Steer::Pause, Timestamp(1_000), &rules).expect("it is on its way").next;
        let paused = paused.expect("it is there");
        assert!(to_text(&paused).starts_with(r#"{"v":2,"#));
        assert_eq!(from_text(&to_text(&paused)).expect("this server reads it"), paused);
    }

    #[test]
    fn what_hosts_components_and_these_are_kept_from_servers_that_know_none() {
        let mut hosting = one("old", 2);
        hosting.variants[0].hosts = true;
        let host = Life::serving(hosting).endpoint.expect("it is there");
        assert!(to_text(&host).starts_with(r#"{"v":3,"#));
        let mut hosted = Life::serving(one("old", 2)).endpoint.expect("it is there");
        hosted.host = Some(Host { endpoint: "web".to_owned(), variant: "main".to_owned() });
        assert!(to_text(&hosted).starts_with(r#"{"v":3,"#));
        for endpoint in [host, hosted] {
            assert_eq!(from_text(&to_text(&endpoint)).expect("this server reads it"), endpoint);
        }
    }
}
