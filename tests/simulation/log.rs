//! What clients asked for and what they were told: the one thing that no crash may contradict.

use sagebrush::clock::Timestamp;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::world::WorldId;

use super::sim::{OUTSIDE, Process};

/// What came of a request, as its client knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is done.
    Done,
    /// It was refused, and nothing of it has happened.
    Refused(String),
    /// Nobody can say: the connection was lost, the server died, or it could not reach its database.
    Unknown,
}

/// What was asked for, by what it leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Model {
        name: String,
    },
    Config {
        name: String,
    },
    /// An endpoint with the config of that name, which no other request uses.
    Create {
        endpoint: String,
        config: String,
    },
    /// Likewise.
    Update {
        endpoint: String,
        config: String,
    },
    Scale {
        endpoint: String,
    },
    Delete {
        endpoint: String,
    },
    /// An alarm whose description is this mark.
    PutAlarm {
        alarm: String,
        mark: String,
    },
    DeleteAlarm {
        alarm: String,
    },
    /// A state whose reason is this mark.
    SetAlarm {
        alarm: String,
        mark: String,
    },
    /// A model's latency.
    Tune {
        model: String,
        latency_us: i64,
    },
    Traffic {
        endpoint: String,
    },
    Invoke {
        endpoint: String,
    },
    Steer {
        endpoint: String,
        steer: Steer,
    },
    Inject,
    Withdraw,
    Limit,
    Advance,
    SetMode,
    Reset,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Entry {
    pub world: WorldId,
    pub asked: Asked,
    pub told: Told,
    /// The places of its beginning and of its end in the order of all beginnings and ends. What was never told has
    /// no end.
    pub began: u64,
    pub ended: Option<u64>,
    /// The process that it was sent to.
    pub process: Process,
    /// The world's time that it was told.
    pub now: Option<Timestamp>,
}

/// Everything that was asked for in a run.
#[derive(Debug, Default)]
pub struct Log {
    pub entries: Vec<Entry>,
    order: u64,
}

impl Log {
    /// A request begins; what it is known by.
    pub fn begin(&mut self, world: &WorldId, asked: Asked) -> usize {
        self.order += 1;
        self.entries.push(Entry {
            world: world.clone(),
            asked,
            told: Told::Unknown,
            began: self.order,
            ended: None,
            process: OUTSIDE,
            now: None,
        });
        self.entries.len() - 1
    }

    /// Its client has been told.
    pub fn end(&mut self, entry: usize, told: Told, process: Process, now: Option<Timestamp>) {
        self.order += 1;
        let entry = &mut self.entries[entry];
        (entry.process, entry.now) = (process, now);
        entry.ended = (told != Told::Unknown).then_some(self.order);
        entry.told = told;
    }

    /// Whether this world may have been forgotten.
    pub fn is_forgotten(&self, world: &WorldId) -> bool {
        self.of(world).any(|entry| entry.asked == Asked::Reset && !matches!(entry.told, Told::Refused(_)))
    }

    /// The requests of a world.
    pub fn of<'a>(&'a self, world: &'a WorldId) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.world == *world)
    }
}
