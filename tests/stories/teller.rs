//! The teller: reads a story and has a driver carry it out, line by line.

use std::collections::HashMap;
use std::path::PathBuf;

use sagebrush::clock::Timestamp;

use super::driver::Driver;
use super::recipe::Recipe;
use super::script::{self, Act, Line, Script};

/// What the teller of a story remembers of it.
struct Teller<D> {
    driver: D,
    origin: Timestamp,
    order: Vec<String>,
    /// How many configs each endpoint has had.
    configs: HashMap<String, u32>,
}

impl<D: Driver> Teller<D> {
    async fn line(&mut self, line: &Line) -> Result<(), String> {
        let (now, target) = (self.driver.now().await, line.time(self.origin));
        if let Act::Begin(recipe) = &line.act {
            self.create(recipe).await?;
            self.driver.advance_to(now.plus_secs(3_600)).await;
            self.origin = self.driver.now().await;
            return Ok(());
        }
        let order = self.driver.advance_to(target).await;
        if target > now {
            self.order = order;
        } else {
            self.order.extend(order);
        }
        self.act(&line.act).await
    }

    async fn act(&mut self, act: &Act) -> Result<(), String> {
        match act {
            Act::Begin(recipe) | Act::Create(recipe) => self.create(recipe).await,
            Act::Update(recipe) => self.update(recipe).await,
            Act::Scale(name, targets) => self.driver.scale(name, targets).await,
            Act::Delete(name) => self.driver.delete(name).await,
            Act::Steer(name, steer) => self.driver.steer(name, *steer).await,
            Act::Alarm { name, to, ahead_ms } => {
                let at = self.driver.now().await.plus_ms(*ahead_ms);
                self.driver.record_alarm(name, *to, at).await;
                Ok(())
            }
            Act::Expect(name, expected) => {
                let mut seen = self.driver.see(name).await;
                seen.order.clone_from(&self.order);
                expected.check(&seen, self.origin)
            }
            Act::Refused { act, text } => match Box::pin(self.act(act)).await {
                Ok(()) => Err(format!("expected a refusal {text:?}, but it was accepted")),
                Err(refusal) if refusal.contains(text.as_str()) => Ok(()),
                Err(refusal) => Err(format!("expected {text:?}\n     seen {refusal:?}")),
            },
        }
    }

    async fn create(&mut self, recipe: &Recipe) -> Result<(), String> {
        self.configs.insert(recipe.endpoint.clone(), 1);
        self.driver.create(recipe).await
    }

    async fn update(&mut self, recipe: &Recipe) -> Result<(), String> {
        let number = self.configs.get(&recipe.endpoint).copied().unwrap_or(0) + 1;
        let before = self.driver.see(&recipe.endpoint).await.endpoint.and_then(|shown| shown.fleet);
        let fleet = recipe.fleet.or(before).unwrap_or(1);
        self.driver.update(recipe, number, fleet).await?;
        self.configs.insert(recipe.endpoint.clone(), number);
        Ok(())
    }
}

/// Tells a story; its name is for the place at which it turns out wrong.
pub async fn tell<D: Driver>(name: &str, script: &Script, driver: D) {
    let mut teller = Teller { driver, origin: Timestamp(0), order: Vec::new(), configs: HashMap::new() };
    teller.origin = teller.driver.now().await;
    for line in &script.lines {
        if let Err(what) = teller.line(line).await {
            panic!("{}:{}: {what}", path(name).display(), line.number);
        }
    }
    let faults = teller.driver.faults().await;
    assert!(faults.is_empty(), "{}: {}", path(name).display(), faults.join("\n"));
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(format!("{name}.story"))
}

/// The story of that name.
pub fn script(name: &str) -> Script {
    let path = path(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    script::read(&text).unwrap_or_else(|(line, what)| panic!("{}:{line}: {what}", path.display()))
}
