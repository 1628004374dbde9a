//! The ground that the store of a simulated process stands on.

use std::sync::Arc;

use sagebrush::clock::{Tick, Timestamp};
use sagebrush::store::Error;
use sagebrush::store::ground::{Answer, Cell, Connection, Ground, Ran, Work};

use super::database::{Tried, Wire, is_read};
use super::fate::Place;
use super::sim::{Process, Sim};

/// A process and what it shares with all others.
#[derive(Clone, Debug)]
pub struct Site {
    pub sim: Arc<Sim>,
    pub process: Process,
}

/// A connection of a process.
#[derive(Debug)]
struct Line {
    site: Site,
    wire: Wire,
}

impl Ground for Site {
    fn now(&self) -> Timestamp {
        self.sim.lock().now_of(self.process)
    }

    fn steady_now(&self) -> Tick {
        Tick(self.sim.lock().elapsed_ms)
    }

    fn new_id(&self, at: Timestamp) -> String {
        self.sim.lock().new_id(self.process, at)
    }

    fn draw(&self) -> i64 {
        self.sim.lock().dice.between(0, i64::MAX - 1)
    }

    fn spawn(&self, work: Work) {
        self.sim.lock().spawned.push((self.process, "to the end", work));
    }

    fn connect(&self) -> Box<dyn Connection> {
        let wire = self.sim.lock().dial(self.process);
        Box::new(Line { site: self.clone(), wire })
    }
}

impl Line {
    async fn reach(&self, place: Place) -> Result<(), Error> {
        self.site.sim.reach(self.site.process, self.wire, place).await
    }

    async fn ran(&self, sql: &str, args: &[Cell]) -> Result<Ran, Error> {
        self.reach(Place::Statement).await?;
        let since = self.site.sim.lock().elapsed_ms;
        loop {
            match self.tried(sql, args)? {
                Tried::Ran(ran) => return Ok(ran),
                Tried::Skipped => return Ok(Ran::default()),
                Tried::Locked => self.site.sim.wait_for_writer(since).await?,
            }
        }
    }

    fn tried(&self, sql: &str, args: &[Cell]) -> Result<Tried, Error> {
        let mut inner = self.site.sim.lock();
        let tried = if inner.is_poisoned(self.wire, sql) {
            Err(inner.database.refuse(self.wire))
        } else {
            inner.database.run(self.wire, sql, args)
        };
        inner.note((self.wire, sql, matches!(&tried, Ok(Tried::Ran(_))), tried.is_ok()));
        if matches!(tried, Ok(Tried::Skipped)) {
            inner.tally.count("world skipped");
        }
        inner.tell(|| {
            let came = match &tried {
                Ok(Tried::Ran(ran)) => format!("{} rows", ran.touched),
                Ok(Tried::Skipped) => "is locked".to_owned(),
                Ok(Tried::Locked) => "waits".to_owned(),
                Err(error) => error.to_string(),
            };
            format!("process {} line {}: {} -> {came}", self.site.process, self.wire, told(sql, args))
        });
        tried
    }

    async fn committed(&self) -> Result<(), Error> {
        self.reach(Place::Commit).await?;
        let done = {
            let mut inner = self.site.sim.lock();
            let done = inner.database.commit(self.wire);
            let words = if done.is_ok() { "committed" } else { "was ended before" };
            inner.note((self.wire, words));
            inner.tell(|| format!("process {} line {}: {words}", self.site.process, self.wire));
            inner.writer_may_be_gone();
            inner.committed();
            done
        };
        done?;
        self.reach(Place::Answer).await
    }
}

impl Connection for Line {
    fn begin(&mut self) -> Answer<'_, ()> {
        Box::pin(async {
            self.reach(Place::Statement).await?;
            self.site.sim.lock().database.begin(self.wire);
            Ok(())
        })
    }

    fn run<'a>(&'a mut self, sql: &'a str, args: Vec<Cell>) -> Answer<'a, Ran> {
        Box::pin(async move {
            let ran = self.ran(sql, &args).await?;
            let is_alone = !self.site.sim.lock().database.is_begun(self.wire);
            if is_alone && !is_read(sql) {
                self.site.sim.lock().committed();
                self.reach(Place::Answer).await?;
            }
            Ok(ran)
        })
    }

    fn commit(self: Box<Self>) -> Answer<'static, ()> {
        Box::pin(async move { self.committed().await })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.site.sim.lock().hang_up(self.wire);
    }
}

/// A statement with its arguments, cut to what can be read.
fn told(sql: &str, args: &[Cell]) -> String {
    let short = |text: &str| text.chars().take(70).collect::<String>();
    let args: Vec<String> = args
        .iter()
        .map(|arg| match arg {
            Cell::Int(value) => value.to_string(),
            Cell::Text(text) => short(text),
            Cell::Null => "-".to_owned(),
        })
        .collect();
    format!("{} [{}]", short(sql), args.join(", "))
}
