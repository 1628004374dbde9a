//! What is around every page: where one is, which world it is, and its clock.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use super::moment::mode;
use super::place::query;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error, Reading};

/// Signs that mean nothing in an address stay as they are.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// So many accounts and regions are offered at the most; others are typed.
const OFFERED: u32 = 100;

/// The frame of a page.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    pub(super) title: String,
    pub(super) world: WorldId,
    /// Those that there are, the first of many.
    pub(super) accounts: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) reading: Reading,
    /// The page of the navigation that one is on.
    pub(super) here: &'static str,
}

impl Shell {
    /// The frame of a page of this title in a world.
    pub(super) async fn of(
        engine: &Engine,
        world: &WorldId,
        title: impl Into<String>,
        here: &'static str,
    ) -> Result<Self, Error> {
        let reading = engine.seen_clock(world).await?;
        let [accounts, regions] = engine.store().session().accounts_and_regions(OFFERED).await?;
        Ok(Self { title: title.into(), world: world.clone(), accounts, regions, reading, here })
    }

    /// The world's time.
    pub(super) fn now(&self) -> Timestamp {
        self.reading.now
    }

    /// How time passes, in words.
    pub(super) fn mode(&self) -> String {
        mode(self.reading.mode)
    }

    /// A page of the console in this world.
    pub(super) fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// A page of the console in this world, with more in its query.
    pub(super) fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let is_default = (self.world.account.as_str(), self.world.region.as_str())
            == (WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        let world = [("account", self.world.account.as_str()), ("region", self.world.region.as_str())];
        let world = world.into_iter().filter(|_| !is_default);
        format!("/console{path}{}", query(world.chain(more.iter().copied())))
    }

    /// A path of the control API for this world.
    pub(super) fn control(&self, path: &str) -> String {
        let world = [("account", self.world.account.as_str()), ("region", self.world.region.as_str())];
        format!("/_sagebrush{path}{}", query(world))
    }

    /// The path of the control API for what has this name, between what is before and after it.
    pub(super) fn control_of(&self, before: &str, name: &str, after: &str) -> String {
        self.control(&format!("{before}{}{after}", encoded(name)))
    }

    /// The page of what has this name.
    pub(super) fn link_of(&self, before: &str, name: &str) -> String {
        self.link(&format!("{before}{}", encoded(name)))
    }
}

/// A name as a part of a path.
fn encoded(name: &str) -> PercentEncode<'_> {
    utf8_percent_encode(name, &UNRESERVED)
}
