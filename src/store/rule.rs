//! Rules: which events they want, and their targets.
//!
//! Invariant: a world's row says how many rules of it want events, so one without any pays a comparison for each event.

use super::by_name::ByName;
use super::row::{Arg, Row};
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use super::{Error, Tx};
use crate::domain::world::WorldId;

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The bus it listens to.
    pub bus: String,
    /// Its name.
    pub name: String,
    /// `EventPattern`.
    pub pattern: String,
    /// Whether it wants events now.
    pub is_enabled: bool,
    /// What it was put with, as text.
    pub body: String,
}

/// A target of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTarget {
    /// Its id among those of the rule.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What it was put with, as text.
    pub body: String,
}

const SELECT: &str =
    "SELECT bus, name, pattern, enabled, body FROM rules WHERE account = $1 AND region = $2 AND bus = $3";

fn read(mut row: Row) -> Result<Rule, Error> {
    let (bus, name, pattern) = (row.text()?, row.text()?, row.text()?);
    Ok(Rule { bus, name, pattern, is_enabled: row.int()? != 0, body: row.text()? })
}

fn read_target(mut row: Row) -> Result<RuleTarget, Error> {
    Ok(RuleTarget { id: row.text()?, arn: row.text()?, body: row.text()? })
}

fn of_bus<'a>(world: &'a WorldId, bus: &'a str) -> [Arg<'a>; 3] {
    [(&world.account).into(), (&world.region).into(), bus.into()]
}

fn of_rule<'a>(world: &'a WorldId, bus: &'a str, rule: &'a str) -> [Arg<'a>; 4] {
    [(&world.account).into(), (&world.region).into(), bus.into(), rule.into()]
}

impl Session {
    /// The rule of exactly that name.
    pub async fn rule(&mut self, world: &WorldId, bus: &str, name: &str) -> Result<Option<Rule>, Error> {
        let mut statement = Statement::new(SELECT, &of_bus(world, bus));
        statement.push(" AND name = ").bind(name);
        statement.read(self).await?.into_iter().next().map(read).transpose()
    }

    /// A page of a bus's rules.
    pub async fn rules(&mut self, world: &WorldId, bus: &str, page: ByName<'_>) -> Result<Vec<Rule>, Error> {
        let mut statement = Statement::new(SELECT, &of_bus(world, bus));
        page.apply(&mut statement);
        statement.read(self).await?.into_iter().map(read).collect()
    }

    /// The rules of a bus that want events now, by name.
    pub async fn wanting_rules(&mut self, world: &WorldId, bus: &str) -> Result<Vec<Rule>, Error> {
        let mut statement = Statement::new(SELECT, &of_bus(world, bus));
        statement.push(" AND enabled = 1 ORDER BY name");
        statement.read(self).await?.into_iter().map(read).collect()
    }

    /// A rule's targets behind an id, at most so many, in the order of their ids.
    pub async fn rule_targets(
        &mut self,
        world: &WorldId,
        (bus, rule): (&str, &str),
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RuleTarget>, Error> {
        let sql =
            "SELECT id, arn, body FROM targets WHERE account = $1 AND region = $2 AND bus = $3 AND rule = $4";
        let mut statement = Statement::new(sql, &of_rule(world, bus, rule));
        statement.filter(" AND id > ", after).push(" ORDER BY id LIMIT ").bind(i64::from(limit));
        statement.read(self).await?.into_iter().map(read_target).collect()
    }

    /// The names of the rules of a bus that have a target of this ARN, behind a name, at most so many.
    pub async fn rules_by_target(
        &mut self,
        world: &WorldId,
        (bus, arn): (&str, &str),
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let sql =
            "SELECT DISTINCT rule FROM targets WHERE account = $1 AND region = $2 AND bus = $3 AND arn = $4";
        let mut statement = Statement::new(sql, &of_rule(world, bus, arn));
        statement.filter(" AND rule > ", after).push(" ORDER BY rule LIMIT ").bind(i64::from(limit));
        statement.read(self).await?.into_iter().map(|mut row| row.text()).collect()
    }
}

impl Session {
    /// How many rules of a world want events now.
    pub(super) async fn count_rules(&mut self, world: &WorldId) -> Result<i64, Error> {
        let sql = "SELECT COUNT(*) FROM rules WHERE account = $1 AND region = $2 AND enabled = 1";
        self.written(sql, &[(&world.account).into(), (&world.region).into()]).await?.int()
    }
}

impl Tx {
    /// Puts a rule there, or in the place of the one of that name, which keeps its tags and targets.
    pub async fn put_rule(&mut self, rule: &Rule, tags: &Tags) -> Result<(), Error> {
        let sql = "INSERT INTO rules (account, region, bus, name, pattern, enabled, body, tags) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, region, bus, name) \
                   DO UPDATE SET pattern = excluded.pattern, enabled = excluded.enabled, body = excluded.body";
        let (world, tags) = (self.id().clone(), tags::to_text(tags));
        let is_enabled = i64::from(rule.is_enabled);
        let rest = [(&rule.pattern).into(), is_enabled.into(), (&rule.body).into(), (&tags).into()];
        self.execute(sql, &[&of_rule(&world, &rule.bus, &rule.name)[..], &rest].concat()).await?;
        self.world.rules = self.count_rules(&world).await?;
        Ok(())
    }

    /// Deletes a rule; its targets must be gone.
    pub async fn delete_rule(&mut self, bus: &str, name: &str) -> Result<(), Error> {
        let sql = "DELETE FROM rules WHERE account = $1 AND region = $2 AND bus = $3 AND name = $4";
        let world = self.id().clone();
        self.execute(sql, &of_rule(&world, bus, name)).await?;
        self.world.rules = self.count_rules(&world).await?;
        Ok(())
    }

    /// Puts a target there, or in the place of the one of that id.
    pub async fn put_target(&mut self, bus: &str, rule: &str, target: &RuleTarget) -> Result<(), Error> {
        let sql = "INSERT INTO targets (account, region, bus, rule, id, arn, body) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (account, region, bus, rule, id) DO UPDATE SET arn = excluded.arn, body = excluded.body";
        let world = self.id().clone();
        let rest = [(&target.id).into(), (&target.arn).into(), (&target.body).into()];
        self.execute(sql, &[&of_rule(&world, bus, rule)[..], &rest].concat()).await.map(drop)
    }

    /// Removes the target of that id; false if there is none.
    pub async fn remove_target(&mut self, bus: &str, rule: &str, id: &str) -> Result<bool, Error> {
        let sql =
            "DELETE FROM targets WHERE account = $1 AND region = $2 AND bus = $3 AND rule = $4 AND id = $5";
        let world = self.id().clone();
        let args = [&of_rule(&world, bus, rule)[..], &[id.into()]].concat();
        Ok(self.execute(sql, &args).await? > 0)
    }
}
