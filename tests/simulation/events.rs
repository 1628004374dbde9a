//! The great events of a storm: what happens to a whole process, or to all.

use std::sync::Arc;

use super::stage::Stage;

/// So many events of a kind a run has at the most.
const MOST_EVENTS: usize = 60;

/// What the weather has for a whole process, or for all.
#[derive(Clone, Copy)]
enum Event {
    Crash,
    Pause,
    Outage,
    Jump,
}

impl Stage {
    /// The storm begins: the weather of the scene, and those who make its great events.
    pub fn let_it_storm(self: &Arc<Self>) {
        self.set_storm(true);
        let weather = self.scene.weather.clone();
        for (secs, event) in [
            (weather.crash_secs, Event::Crash),
            (weather.pause_secs, Event::Pause),
            (weather.outage_secs, Event::Outage),
            (weather.jump_secs, Event::Jump),
        ] {
            if let Some(secs) = secs {
                self.spawn("weather", Arc::clone(self).make(event, secs * 1000));
            }
        }
        self.sim.lock().weather = weather;
    }

    /// Makes one kind of event, again and again until the storm is over or enough of them have been.
    async fn make(self: Arc<Self>, event: Event, every_ms: i64) {
        let every_ms = self.paced(every_ms);
        for _ in 0..MOST_EVENTS {
            let ms = self.sim.lock().dice.between(every_ms / 2, every_ms * 2);
            self.sim.sleep(ms).await;
            if !self.is_storm() {
                return;
            }
            match event {
                Event::Crash => self.crash(),
                Event::Pause => self.pause().await,
                Event::Outage => self.outage().await,
                Event::Jump => self.jump(),
            }
        }
    }

    fn crash(&self) {
        let servers = self.servers();
        if servers.is_empty() {
            return;
        }
        let mut inner = self.sim.lock();
        let process = inner.dice.of(&servers).process;
        inner.tally.count("crash at any time");
        inner.tell(|| format!("process {process} is killed"));
        inner.dying.insert(process);
    }

    /// A process stands still for longer than the database waits for it.
    async fn pause(&self) {
        let servers = self.servers();
        if servers.is_empty() {
            return;
        }
        let (process, ms) = {
            let mut inner = self.sim.lock();
            let process = inner.dice.of(&servers).process;
            inner.paused.insert(process);
            inner.tally.count("pause");
            inner.tell(|| format!("process {process} stands still"));
            (process, inner.dice.magnitude(1_000, 120_000))
        };
        drop(servers);
        self.sim.sleep(ms.min(5_000)).await;
        // The end of the storm lets it go on before.
        if ms > 5_000 && self.sim.lock().paused.contains(&process) {
            let mut inner = self.sim.lock();
            let ended = inner.end_all(Some(process));
            inner.tally.add("eviction", ended as u64);
            inner.tell(|| format!("the database ends {ended} transactions of process {process}"));
        }
        self.sim.sleep((ms - 5_000).max(0)).await;
        let mut inner = self.sim.lock();
        inner.paused.remove(&process);
        inner.tell(|| format!("process {process} goes on"));
    }

    async fn outage(&self) {
        let ms = {
            let mut inner = self.sim.lock();
            inner.is_out = true;
            let ended = inner.end_all(None);
            inner.tally.count("outage");
            inner.tell(|| format!("the database goes away, and with it {ended} transactions"));
            inner.dice.magnitude(50, 30_000)
        };
        self.sim.sleep(ms).await;
        let mut inner = self.sim.lock();
        inner.is_out = false;
        inner.tell(|| "the database is back".to_owned());
    }

    /// The database's clock is set: mostly forward, now and then a little back.
    fn jump(&self) {
        let furthest = self.paced(if self.scene.has_traffic { 600_000 } else { 3_600_000 });
        let mut inner = self.sim.lock();
        let back = inner.dice.permille(250);
        let ms = if back { -inner.dice.magnitude(1, 2_000) } else { inner.dice.magnitude(1, furthest) };
        inner.tally.count(if back { "clock goes back" } else { "clock jumps" });
        inner.tell(|| format!("the database's clock is set by {ms} ms"));
        inner.base_ms += ms;
        // A worker's next look comes by its own clock; here the looks that find nothing are left out.
        inner.committed();
    }
}
