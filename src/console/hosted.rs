//! The inference components of an endpoint, and the endpoint of an inference component.

use super::shell::Shell;
use crate::clock::Timestamp;
use crate::domain::component::name_of;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::store::EndpointRow;

/// An inference component as it is listed.
#[derive(Clone, Debug)]
pub(super) struct ComponentShown {
    pub(super) name: String,
    pub(super) link: String,
    pub(super) status: &'static str,
    pub(super) runs: String,
    /// `VariantName` of what hosts it.
    pub(super) variant: String,
    /// `2 of 3`.
    pub(super) copies: String,
}

/// What hosts an inference component.
#[derive(Clone, Debug)]
pub(super) struct HostShown {
    pub(super) endpoint: String,
    pub(super) link: String,
    pub(super) variant: String,
}

/// The components in these rows as they stand at `now`.
pub(super) fn components(
    shell: &Shell,
    rows: &[EndpointRow],
    now: Timestamp,
    rules: &Rules,
) -> Vec<ComponentShown> {
    let shown = rows.iter().filter_map(|row| {
        let (component, host) = (&row.endpoint, row.endpoint.host.as_ref()?);
        let view = component.component_view(now, rules);
        Some(ComponentShown {
            name: name_of(&component.name)?.to_owned(),
            link: shell.link_of("/endpoints/", &component.name),
            status: view.status.word(),
            runs: component.config_name().to_owned(),
            variant: host.variant.clone(),
            copies: format!("{} of {}", view.current, view.desired),
        })
    });
    shown.collect()
}

/// What hosts this, if it is an inference component.
pub(super) fn host(shell: &Shell, endpoint: &Endpoint) -> Option<HostShown> {
    let host = endpoint.host.as_ref()?;
    let link = shell.link_of("/endpoints/", &host.endpoint);
    Some(HostShown { endpoint: host.endpoint.clone(), link, variant: host.variant.clone() })
}
