//! What a request's address says: the name in its path, and in its query the world, `?account=&region=`, and
//! what else its route takes.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::problem::Problem;
use crate::domain::world::WorldId;

/// The pairs of a query. Each is taken by its name; what nobody takes is refused.
#[derive(Debug)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            if pairs.iter().any(|(taken, _)| *taken == name) {
                return Err(Problem::bad(format!("{name:?} is given twice in the query.")));
            }
            pairs.push((name.into_owned(), text.into_owned()));
        }
        Ok(Self { pairs })
    }

    /// The text of `name`, where it is given.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(taken, _)| taken == name)?;
        Some(self.pairs.swap_remove(at).1)
    }

    /// The account, where it is given.
    pub(super) fn account(&mut self) -> Result<Option<String>, Problem> {
        let account = self.take("account");
        refused(account.as_deref().and_then(WorldId::account_refusal)).map(|()| account)
    }

    /// The region, where it is given.
    pub(super) fn region(&mut self) -> Result<Option<String>, Problem> {
        let region = self.take("region");
        refused(region.as_deref().and_then(WorldId::region_refusal)).map(|()| region)
    }

    /// The world that is meant.
    fn world(&mut self) -> Result<WorldId, Problem> {
        let account = self.account()?.unwrap_or_else(|| WorldId::DEFAULT_ACCOUNT.to_owned());
        let region = self.region()?.unwrap_or_else(|| WorldId::DEFAULT_REGION.to_owned());
        Ok(WorldId::new(account, region))
    }

    /// Refuses what is left: the route, whose names are `known`, does not take it.
    pub(super) fn finish(self, known: &str) -> Result<(), Problem> {
        self.pairs.first().map_or(Ok(()), |(name, _)| {
            Err(Problem::bad(format!("{name:?} is unknown in the query; there are {known}.")))
        })
    }
}

/// Refuses with a sentence, where there is one.
pub(super) fn refused(sentence: Option<String>) -> Result<(), Problem> {
    sentence.map_or(Ok(()), |sentence| Err(Problem::bad(format!("{sentence}."))))
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// The world of a request whose query names nothing else.
#[derive(Debug)]
pub(super) struct World(pub(super) WorldId);

impl<S: Sync> FromRequestParts<S> for World {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let WorldAnd(world, rest) = WorldAnd::of(parts)?;
        rest.finish("account and region")?;
        Ok(Self(world))
    }
}

/// The world of a request, and the rest of its query.
#[derive(Debug)]
pub(super) struct WorldAnd(pub(super) WorldId, pub(super) Query);

impl WorldAnd {
    fn of(parts: &Parts) -> Result<Self, Problem> {
        let mut query = Query::parse(parts.uri.query().unwrap_or_default())?;
        Ok(Self(query.world()?, query))
    }
}

impl<S: Sync> FromRequestParts<S> for WorldAnd {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(parts)
    }
}

/// The name in a request's path.
#[derive(Debug)]
pub(super) struct Name(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Path(name) = name.map_err(|_| Problem::bad("The name in the path must be text in UTF-8."))?;
        Ok(Self(name))
    }
}
