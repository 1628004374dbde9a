//! The scenario that a server begins with.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::cli::place::world_of_environment;
use crate::cli::{Error, say};
use crate::config::Settings;
use crate::scenario::{Format, Scenario};
use crate::server::Server;

/// A scenario, and the file that it is from.
pub(super) struct Told {
    path: PathBuf,
    scenario: Scenario,
}

impl Told {
    /// Reads it.
    pub(super) fn read(path: PathBuf) -> Result<Self, Error> {
        let shown = path.display();
        let format = match path.extension().and_then(OsStr::to_str) {
            Some("toml") => Format::Toml,
            Some("yaml" | "yml" | "json") => Format::Yaml,
            _ => {
                return Err(Error::Other(format!(
                    "{shown}: a scenario is a .toml, .yaml, .yml or .json file"
                )));
            }
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::Other(format!("cannot read the scenario {shown}: {error}")))?;
        let scenario =
            Scenario::read(&text, format).map_err(|wrong| Error::Other(format!("{shown}, {wrong}")))?;
        Ok(Self { path, scenario })
    }

    /// Makes it true on a server that has just started.
    pub(super) async fn play(&self, server: &Server, settings: &Settings) -> Result<(), Error> {
        let world = world_of_environment()?;
        let played = server.play(&self.scenario, settings, &world).await;
        let played = played.map_err(|error| Error::Other(format!("{}, {error}", self.path.display())))?;
        if !played {
            say(&format!(
                "  note   something is in the world {world} already, so {} is left alone\n         (POST \
                 /_sagebrush/scenario replaces a world)\n",
                self.path.display()
            ));
        }
        Ok(())
    }
}
