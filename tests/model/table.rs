//! The deployments of the model: the real core, gone through once, as a table of small numbers.
//!
//! An endpoint as it is at an instant, with the history of its deployment, is a *node*. The table knows what
//! [`Endpoint::step`] and [`Endpoint::accept`] make of each node at each instant and after every course that the
//! alarm can take, so that a state of the model holds a number in place of an endpoint.

use std::collections::{HashMap, HashSet};

use crate::domain::alarm::{AlarmChange, AlarmSight, Observed};
use crate::domain::endpoint::{Command, Endpoint};

use crate::course::{Course, Courses};
use crate::life::{ALARM, Life, instant, rules};

/// The number of an endpoint as it is at an instant.
pub type Node = u16;

/// What a client asks of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// `UpdateEndpoint`, all at once and unwatched.
    Update,
    /// `DeleteEndpoint`.
    Delete,
}

/// All that the core can make of the two endpoints.
pub struct Table {
    /// The endpoints at second 0, when their updates have been accepted.
    pub first: [Node; 2],
    /// The courses of the alarm.
    pub courses: Courses,
    lives: Vec<Life>,
    numbers: HashMap<String, Node>,
    steps: HashMap<(Node, u8, Course), Option<Node>>,
    answers: HashMap<(Node, u8, Ask), Option<Node>>,
}

impl Table {
    /// Goes through everything that can happen up to second `end`; a client commands up to `last_command`.
    pub fn explored(first: [Life; 2], end: u8, last_command: u8) -> Self {
        let mut table = Self {
            first: [0; 2],
            courses: Courses::up_to(end),
            lives: Vec::new(),
            numbers: HashMap::new(),
            steps: HashMap::new(),
            answers: HashMap::new(),
        };
        table.first = first.map(|life| table.number(life));
        let mut open: Vec<(Node, Course)> = table.first.map(|node| (node, Courses::CALM)).to_vec();
        let mut seen: HashSet<(Node, Course)> = open.iter().copied().collect();
        while let Some((node, course)) = open.pop() {
            let mut next: Vec<(Node, Course)> =
                table.courses.longer(course).iter().map(|longer| (node, *longer)).collect();
            next.extend(table.stepped(node, course).into_iter().map(|node| (node, course)));
            next.extend(table.commanded(node, last_command).into_iter().map(|node| (node, course)));
            open.extend(next.into_iter().filter(|pair| seen.insert(*pair)));
        }
        table
    }

    /// All that is known of a node.
    pub fn life(&self, node: Node) -> &Life {
        &self.lives[usize::from(node)]
    }

    /// What a step at `at` makes of it when the alarm took this course; `None` if it finds nothing to do.
    pub fn step(&self, node: Node, at: u8, course: Course) -> Option<Node> {
        let seen = self.courses.until(course, at);
        *self.steps.get(&(node, at, seen)).expect("every step that a worker can take is in the table")
    }

    /// What a command at `at` makes of it; `None` if it is refused.
    pub fn accept(&self, node: Node, at: u8, ask: Ask) -> Option<Node> {
        self.answers.get(&(node, at, ask)).copied().flatten()
    }

    /// When it is due, having seen the alarm up to `at`: by its state, or by what it has not seen.
    pub fn wake(&self, node: Node, at: u8, course: Course) -> Option<u8> {
        let life = self.life(node);
        let trip = life.watches().and_then(|after| self.courses.alarm_after(course, after));
        let trip = trip.filter(|trip| *trip > at);
        [life.wake(), trip].into_iter().flatten().min()
    }

    fn number(&mut self, life: Life) -> Node {
        let key = format!("{life:?}");
        let next = Node::try_from(self.lives.len()).expect("the model is small");
        let node = *self.numbers.entry(key).or_insert(next);
        if node == next {
            self.lives.push(life);
        }
        node
    }

    /// Takes every step that can be due while the alarm takes this course.
    fn stepped(&mut self, node: Node, course: Course) -> Vec<Node> {
        let life = self.life(node);
        let watched = life.watches().and_then(|_| self.courses.alarm(course));
        let due = life.wake().into_iter().chain(watched);
        let due: Vec<u8> = due.map(|at| at.max(life.modified())).collect();
        let mut next = Vec::new();
        for at in due {
            let seen = self.courses.until(course, at);
            if !self.steps.contains_key(&(node, at, seen)) {
                let observed = self.observed(node, seen);
                let life = self.life(node);
                let endpoint = life.endpoint.clone().expect("what is gone is never due");
                let stepped = endpoint.step(instant(at), &observed, &rules());
                let stepped = stepped.map(|transition| life.after(&transition, at));
                let stepped = stepped.map(|life| self.number(life));
                self.steps.insert((node, at, seen), stepped);
            }
            next.extend(self.steps[&(node, at, seen)]);
        }
        next
    }

    /// Has it take every command, if it rests.
    fn commanded(&mut self, node: Node, last: u8) -> Vec<Node> {
        let life = self.life(node);
        if life.wake().is_some() || life.endpoint.is_none() {
            return Vec::new();
        }
        let mut next = Vec::new();
        for (at, ask) in (life.modified()..=last).flat_map(|at| [(at, Ask::Update), (at, Ask::Delete)]) {
            if !self.answers.contains_key(&(node, at, ask)) {
                let life = self.life(node);
                let endpoint = life.endpoint.clone().expect("it rests");
                let command = match ask {
                    Ask::Update => Command::Update(Box::new(life.plain_update(at))),
                    Ask::Delete => Command::Delete,
                };
                let accepted = endpoint.accept(command, instant(at), &rules()).ok();
                let accepted = accepted.map(|transition| life.after(&transition, at));
                let accepted = accepted.map(|life| self.number(life));
                self.answers.insert((node, at, ask), accepted);
            }
            next.extend(self.answers[&(node, at, ask)]);
        }
        next
    }

    /// What the engine would show to a step: the alarm's course since the window opened.
    fn observed(&self, node: Node, seen: Course) -> Observed {
        let Some(deployment) = self.life(node).endpoint.as_ref().and_then(Endpoint::deployment) else {
            return Observed::default();
        };
        let changes: Vec<AlarmChange> = self.courses.changes(seen).collect();
        let seq = changes.last().map_or(0, |change| change.seq);
        let opened = deployment.watch.as_ref().map_or(seq, |watch| watch.after_seq);
        let sight = |name: &String| AlarmSight {
            name: name.clone(),
            at_open: changes.iter().rfind(|change| change.seq <= opened).and_then(|change| change.to),
            changes: changes.iter().filter(|change| change.seq > opened).copied().collect(),
        };
        assert!(deployment.plan.alarms.iter().all(|name| name == ALARM));
        Observed { alarms: deployment.plan.alarms.iter().map(sight).collect(), seq }
    }
}
