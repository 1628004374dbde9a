//! What must hold in every state, and what must have come up in one.

use stateright::{Model, Property};

use crate::domain::deployment::record::Status;
use crate::life::Life;
use crate::protocol::Part;
use crate::state::{Action, Row, Stage, State, Tx, Worker};
use crate::world::World;

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.first()]
    }

    fn actions(&self, state: &State, found: &mut Vec<Action>) {
        self.moves(state, found);
        self.chances(state, found);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.after(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let always = ALWAYS.iter().map(|(name, holds)| Property::always(name, *holds));
        let possible = SOMETIMES.iter().filter(|(needs, _)| needs(self)).flat_map(|(_, group)| *group);
        always.chain(possible.map(|(name, holds)| Property::sometimes(name, *holds))).collect()
    }
}

/// The properties by which a protocol that is too weak is found out.
pub const ONE_COMMIT: &str = "a version of an endpoint is followed by one commit";
pub const WHOLE_HISTORY: &str = "a history tells what happened, without a gap";
pub const NOT_OVERTAKEN: &str = "an alarm in its window is never overtaken";
pub const DUE_AT_ONCE: &str = "who watches an alarm is due as soon as it is there";

/// A sentence, and whether it holds in a state.
type Sentence = (&'static str, fn(&World, &State) -> bool);

/// Sentences, and whether they are possible in a world.
type Group = (fn(&World) -> bool, &'static [Sentence]);

/// What holds in every state.
const ALWAYS: &[Sentence] = &[
    ("blue and green have all traffic", |world, state| {
        rows(world, state).all(|(_, life)| life.traffic().0 + life.traffic().1 == 10_000)
    }),
    (ONE_COMMIT, |_, state| state.rows.iter().all(|row| !row.overwritten)),
    (WHOLE_HISTORY, |world, state| {
        rows(world, state).all(|(row, life)| row.told[life.update].0 == life.lines)
    }),
    ("a deployment ends once, and never changes afterwards", |world, state| {
        let once = |(row, life): (&Row, &Life)| {
            let before = &row.told[..life.update];
            row.told[life.update].1 == life.endings
                && life.endings == u8::from(life.status != Status::Running)
                && before.iter().all(|(_, endings)| *endings == 1)
        };
        rows(world, state).all(once)
    }),
    ("no step comes before its time", |world, state| {
        rows(world, state).all(|(_, life)| life.modified() <= state.now) && state.reached <= state.now
    }),
    ("what the world has reached it never leaves", |_, state| state.reached == state.furthest),
    (NOT_OVERTAKEN, |world, state| {
        rows(world, state).all(|(row, life)| life.by_alarm || !is_tripped(world, state, row, life))
    }),
    (DUE_AT_ONCE, |world, state| {
        let late = |(row, life): (&Row, &Life)| {
            let after = life.watches();
            let entered = after.and_then(|after| world.table.courses.alarm_after(state.course, after));
            entered.is_some_and(|at| row.wake.is_none_or(|wake| wake > at.max(life.modified())))
        };
        !rows(world, state).any(late)
    }),
    ("without an alarm nothing rolls back for one", |world, state| {
        let calm = world.table.courses.alarm(state.course).is_none();
        !calm || rows(world, state).all(|(_, life)| !life.by_alarm)
    }),
    ("without faults everything comes to its end", |world, state| {
        let mut moves = Vec::new();
        world.moves(state, &mut moves);
        !moves.is_empty() || rows(world, state).all(|(_, life)| life.wake().is_none())
    }),
];

/// What comes up in some state if that may happen.
const SOMETIMES: &[Group] = &[
    (|_| true, ANYWAY),
    (|world| world.left.alarms > 0, WITH_ALARM),
    (|world| world.left.alarms > 1, WITH_CALM_AFTERWARDS),
    (|world| world.left.commands > 0, WITH_COMMANDS),
    (|world| world.left.crashes > 0, WITH_CRASHES),
    (|world| world.left.losses > 0 && world.protocol.has(Part::Anew), WITH_LOSSES),
    (|world| world.left.evictions > 0, WITH_PAUSES),
    (|world| world.left.hints > 0, WITH_HINTS),
];

const ANYWAY: &[Sentence] = &[
    ("both succeed", |world, state| rows(world, state).all(|(_, life)| life.status == Status::Succeeded)),
    ("two workers come for the world at once", |_, state| {
        state.workers.iter().filter(|worker| **worker == Worker::Hinted).count() > 1
    }),
    ("a worker finds the world locked", |_, state| {
        state.is_locked() && state.workers.contains(&Worker::Hinted)
    }),
    ("a worker comes and finds everything done", |_, state| state.transactions().any(finds_nothing)),
    ("two steps happen in one transaction", |_, state| state.transactions().any(|tx| tx.taken == 2)),
];

const WITH_ALARM: &[Sentence] = &[
    ("the alarm rolls both back", |world, state| {
        rows(world, state).all(|(_, life)| life.by_alarm && life.status == Status::RolledBack)
    }),
    ("one succeeds, the other is rolled back", |world, state| {
        let ends: Vec<_> = rows(world, state).map(|(_, life)| life.status).collect();
        ends.contains(&Status::Succeeded) && ends.contains(&Status::RolledBack)
    }),
    ("both succeed, for the alarm came too late", |world, state| {
        let alarm = world.table.courses.alarm(state.course).is_some();
        alarm && rows(world, state).all(|(_, life)| life.status == Status::Succeeded)
    }),
    ("a bake ends at the instant of the alarm", |world, state| {
        let alarm = world.table.courses.alarm(state.course);
        let ends = |life: &Life| life.window.is_some_and(|(_, closed)| closed.is_some() && closed == alarm);
        rows(world, state).any(|(_, life)| life.by_alarm && ends(life))
    }),
    ("a terminated batch is launched again", |world, state| {
        rows(world, state).any(|(_, life)| life.launches_back())
    }),
];

const WITH_CALM_AFTERWARDS: &[Sentence] = &[("an alarm that is over rolls back", |world, state| {
    let over = world.table.courses.is_over(state.course);
    over && rows(world, state).any(|(_, life)| life.by_alarm)
})];

const WITH_COMMANDS: &[Sentence] = &[
    ("a client updates again", |world, state| {
        rows(world, state).any(|(_, life)| life.update == 1 && life.status == Status::Succeeded)
    }),
    ("an endpoint is gone", |world, state| rows(world, state).any(|(_, life)| life.endpoint.is_none())),
];

const WITH_CRASHES: &[Sentence] = &[
    ("a worker crashes with the lock in its hand", |_, state| state.workers.contains(&Worker::Crashed(true))),
    ("a worker crashes after its commit", |_, state| state.workers.contains(&Worker::Crashed(false))),
];

const WITH_LOSSES: &[Sentence] = &[
    ("a commit is not answered, and another worker finds it done", |_, state| {
        state.workers.contains(&Worker::Unanswered(true)) && state.transactions().any(finds_nothing)
    }),
    ("a commit is lost on its way", |_, state| state.workers.contains(&Worker::Unanswered(false))),
];

const WITH_PAUSES: &[Sentence] = &[
    ("a late commit is refused", |_, state| state.workers.contains(&Worker::Refused)),
    ("a paused worker goes on beside the next", |_, state| {
        state.workers.contains(&Worker::CutOff) && state.transactions().any(|tx| tx.taken > 0)
    }),
];

const WITH_HINTS: &[Sentence] = &[("a worker is woken for nothing", |_, state| {
    let due = state.due().is_some_and(|due| due <= state.now);
    !due && state.left.hints == 0 && state.transactions().any(finds_nothing)
})];

fn rows<'a>(world: &'a World, state: &'a State) -> impl Iterator<Item = (&'a Row, &'a Life)> {
    state.rows.iter().map(|row| (row, world.table.life(row.node)))
}

/// Whether it has looked, and there was nothing to do.
fn finds_nothing(tx: &Tx) -> bool {
    tx.stage == Stage::Read && tx.taken == 0 && tx.first().is_none()
}

/// Whether the alarm was in ALARM within the window, by what was committed before the row was.
fn is_tripped(world: &World, state: &State, row: &Row, life: &Life) -> bool {
    life.window.is_some_and(|(after, closed)| {
        let until = closed.unwrap_or(life.modified());
        world.table.courses.tripped(state.course, row.known, after, until)
    })
}
