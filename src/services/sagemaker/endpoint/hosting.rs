//! What may not happen to an endpoint that hosts inference components.

use crate::domain::component::name_of;
use crate::domain::endpoint::Endpoint;
use crate::domain::variant::Spec;
use crate::schema::Fault;
use crate::store::Tx;

/// The names of the components of an endpoint, each with its variant.
async fn hosted(tx: &mut Tx, endpoint: &Endpoint) -> Result<Vec<(String, String)>, Fault> {
    if tx.world().components == 0 {
        return Ok(Vec::new());
    }
    let world = tx.id().clone();
    let rows = tx.hosted(&world, &endpoint.name).await?.into_iter().map(|row| row.endpoint);
    let named = rows.filter_map(|it| Some((name_of(&it.name)?.to_owned(), it.host?.variant)));
    Ok(named.collect())
}

/// An endpoint goes after its components.
pub(super) async fn refuse_deletion(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), Fault> {
    let names: Vec<_> = hosted(tx, endpoint).await?.into_iter().map(|(name, _)| name).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "Endpoint has inference components attached: {}. Delete them before the endpoint \"{}\".",
        names.join(", "),
        endpoint.name
    )))
}

/// The variants on which components run stay what they are: without a model of their own.
pub(super) async fn refuse_update(tx: &mut Tx, endpoint: &Endpoint, spec: &Spec) -> Result<(), Fault> {
    for (name, variant) in hosted(tx, endpoint).await? {
        if !spec.position(&variant).is_some_and(|at| spec.variants[at].hosts) {
            return Err(Fault::validation(format!(
                "The variant \"{variant}\" hosts the inference component \"{name}\", but the endpoint configuration \
                 \"{}\" has no variant of that name that could: delete the component, or add such a variant.",
                spec.config_name
            )));
        }
    }
    Ok(())
}
