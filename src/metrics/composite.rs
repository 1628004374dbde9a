//! Which composite alarms depend on which alarms, and in what order a change reaches them.
//!
//! A composite is looked at after everything it depends on, and once for one change, however many ways
//! lead from the change to it. Names here are alarm names; what a rule calls them is not known here.

use std::collections::{BTreeMap, BTreeSet};

/// The composites of a world and their children.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    children: BTreeMap<String, Vec<String>>,
}

impl Dependencies {
    /// Says that composite `name` depends on `children`, and on no others.
    pub fn insert(&mut self, name: impl Into<String>, children: Vec<String>) {
        self.children.insert(name.into(), children);
    }

    /// The composites that depend on `name` directly, by name.
    pub fn parents<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let has = move |children: &Vec<String>| children.iter().any(|child| child == name);
        self.children.iter().filter(move |(_, children)| has(children)).map(|(parent, _)| parent.as_str())
    }

    /// The composites that these changes can reach: children first, among equals by name.
    pub fn reached_by<S: AsRef<str>>(&self, changed: &[S]) -> Vec<String> {
        let reached: BTreeSet<_> = changed.iter().flat_map(|name| self.above(name.as_ref())).collect();
        let waits_for = |name: &String, done: &BTreeSet<String>| {
            self.children[name].iter().any(|child| reached.contains(child) && !done.contains(child))
        };
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        while let Some(next) = reached.iter().find(|name| !done.contains(*name) && !waits_for(name, &done)) {
            done.insert(next.clone());
            order.push(next.clone());
        }
        order
    }

    /// Whether `name` depends on itself, over however many others.
    pub fn is_circular(&self, name: &str) -> bool {
        self.above(name).contains(name)
    }

    /// Everything above `name`, itself only if it is above itself.
    fn above(&self, name: &str) -> BTreeSet<String> {
        let mut above = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            for parent in self.parents(&name) {
                if above.insert(parent.to_owned()) {
                    open.push(parent.to_owned());
                }
            }
        }
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies(of: &[(&str, &[&str])]) -> Dependencies {
        let mut dependencies = Dependencies::default();
        for (name, children) in of {
            dependencies.insert(*name, children.iter().map(ToString::to_string).collect());
        }
        dependencies
    }

    #[test]
    fn a_change_reaches_a_chain_from_below() {
        let chain = dependencies(&[("a", &["b"]), ("b", &["c"]), ("c", &["metric"]), ("other", &["x"])]);
        assert_eq!(chain.reached_by(&["metric"]), ["c", "b", "a"]);
        assert_eq!(chain.reached_by(&["b"]), ["a"]);
        assert!(chain.reached_by(&["a"]).is_empty());
    }

    #[test]
    fn the_top_of_a_diamond_comes_once_and_last() {
        let diamond =
            dependencies(&[("atop", &["z", "y", "metric"]), ("y", &["metric"]), ("z", &["metric"])]);
        assert_eq!(diamond.reached_by(&["metric"]), ["y", "z", "atop"]);
    }

    #[test]
    fn a_cycle_is_seen_and_its_order_ends() {
        let mut cycle = dependencies(&[("a", &["b"]), ("b", &["a", "metric"])]);
        assert!(cycle.is_circular("a") && cycle.is_circular("b"));
        assert!(cycle.reached_by(&["metric"]).is_empty());
        cycle.insert("a", vec!["metric".into()]);
        assert!(!cycle.is_circular("a"));
        assert_eq!(cycle.reached_by(&["metric"]), ["a", "b"]);
    }
}
