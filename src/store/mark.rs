//! A place in a transaction to which it can go back, so that what fails in the middle takes nothing with it
//! that was done before.
//!
//! Marks may stand inside one another; each ends by [`Tx::keep`] or [`Tx::go_back`], the inner one first. In
//! PostgreSQL a statement that fails leaves a transaction in which nothing else is possible but to go back.

use super::world::World;
use super::{Error, Tx};

/// See the head of this file.
#[derive(Debug)]
#[must_use = "a mark ends by keeping what came after it, or by going back"]
pub struct Mark {
    world: World,
    warnings: usize,
    /// Of the steps and of the rollbacks.
    watched: (usize, usize),
}

impl Tx {
    /// Sets a mark here.
    pub async fn mark(&mut self) -> Result<Mark, Error> {
        self.execute("SAVEPOINT mark", &[]).await?;
        let watched = (self.watched.steps.len(), self.watched.rollbacks.len());
        Ok(Mark { world: self.world.clone(), warnings: self.warnings.len(), watched })
    }

    /// Keeps everything since the mark.
    pub async fn keep(&mut self, mark: Mark) -> Result<(), Error> {
        let Mark { .. } = mark;
        self.execute("RELEASE SAVEPOINT mark", &[]).await.map(drop)
    }

    /// Undoes everything since the mark. That something was written is still believed: it only means that one
    /// looks again.
    pub async fn go_back(&mut self, mark: Mark) -> Result<(), Error> {
        self.world = mark.world;
        self.warnings.truncate(mark.warnings);
        self.watched.steps.truncate(mark.watched.0);
        self.watched.rollbacks.truncate(mark.watched.1);
        self.execute("ROLLBACK TO SAVEPOINT mark", &[]).await?;
        self.execute("RELEASE SAVEPOINT mark", &[]).await.map(drop)
    }
}
