//! What a run plays in: how many replicas, which worlds on which clocks, which rules. Drawn once from the seed.

use sagebrush::clock::Mode;
use sagebrush::domain::rules::{
    AlarmAtStart, FailureReasonAfterRollback, MissingAlarm, RollbackStatus, Rules, TimeoutCheck,
};
use sagebrush::domain::world::WorldId;

use super::dice::Dice;
use super::weather::Weather;

/// The scene of a run.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that a scene has or has not")]
pub struct Scene {
    pub replicas: usize,
    pub clients: usize,
    /// What the clients do together before they stop.
    pub acts: usize,
    pub worlds: Vec<(WorldId, Mode)>,
    pub rules: Rules,
    pub weather: Weather,
    /// Whether endpoints get synthetic traffic.
    pub has_traffic: bool,
    /// Whether a world may be forgotten.
    pub resets: bool,
    /// Whether operators steer deployments.
    pub steers: bool,
    /// Whether there is an endpoint that hosts inference components. No dice are thrown for it: scenes without are what
    /// they were before there were any.
    pub hosts: bool,
    /// Whether operators put faults in, and limit instances.
    pub hinders: bool,
    /// Whether what clients do is kept, to be done again elsewhere. Then clocks stand still unless they are moved, and
    /// no worker looks.
    pub is_kept: bool,
}

impl Scene {
    pub fn drawn(dice: &mut Dice) -> Self {
        let weather = Weather::drawn(dice);
        let worlds = if dice.permille(250) { 2 } else { 1 };
        let accounts = ["111111111111", "222222222222"];
        let mut scene = Self {
            replicas: *dice.weighted(&[(2, 1), (3, 2), (3, 3), (1, 4)]),
            clients: 1 + dice.below(4),
            acts: 10 + dice.below(25),
            worlds: (0..worlds)
                .map(|index| (WorldId::new(accounts[index], "us-east-1"), mode(dice)))
                .collect(),
            rules: rules(dice),
            weather,
            // Beside a slower world, days of traffic would pass in a fast one.
            has_traffic: dice.permille(200) && worlds == 1,
            resets: dice.permille(60),
            steers: false,
            hosts: false,
            hinders: false,
            is_kept: false,
        };
        scene.hosts = scene.rules.seed % 8 == 5;
        let has_traffic = scene.has_traffic;
        scene.worlds.iter_mut().for_each(|(_, mode)| *mode = bearable(*mode, has_traffic));
        scene
    }

    /// One server without a worker, one client, nothing goes wrong: what is done can be done again elsewhere.
    #[cfg(test)]
    pub fn calm(dice: &mut Dice, world: WorldId) -> Self {
        Self {
            replicas: 1,
            clients: 1,
            worlds: vec![(world, Mode::Manual)],
            weather: Weather::CALM,
            has_traffic: dice.permille(500),
            resets: false,
            steers: true,
            hinders: true,
            is_kept: true,
            ..Self::drawn(dice)
        }
    }
}

/// The fastest clock, in thousandths: evaluating an alarm takes some milliseconds, and a world in which its next
/// minute is over by then never comes to rest.
const FASTEST_MILLI: i64 = 4_000_000;

/// The fastest one beside synthetic traffic, which is computed for every minute that passes.
const FASTEST_WITH_TRAFFIC_MILLI: i64 = 100_000;

/// The clock as fast as the servers can follow.
pub fn bearable(mode: Mode, has_traffic: bool) -> Mode {
    match mode {
        Mode::Scaled { rate_milli } if has_traffic => {
            Mode::Scaled { rate_milli: rate_milli.min(FASTEST_WITH_TRAFFIC_MILLI) }
        }
        mode => mode,
    }
}

/// A clock.
pub fn mode(dice: &mut Dice) -> Mode {
    match dice.below(10) {
        0..3 => Mode::Real,
        3..7 => Mode::Scaled { rate_milli: dice.magnitude(100, 10_000_000).min(FASTEST_MILLI) },
        _ => Mode::Manual,
    }
}

fn rules(dice: &mut Dice) -> Rules {
    let mut seldom = |permille| dice.permille(permille);
    let mut rules = Rules::default();
    if seldom(200) {
        rules.alarm_at_start = AlarmAtStart::IgnoreUntilOk;
    }
    if seldom(200) {
        rules.missing_alarm = MissingAlarm::Rollback;
    } else if seldom(100) {
        rules.missing_alarm = MissingAlarm::Reject;
    }
    if seldom(200) {
        rules.rollback_status = RollbackStatus::RollingBack;
    }
    if seldom(200) {
        rules.failure_reason_after_rollback = FailureReasonAfterRollback::Clear;
    }
    if seldom(500) {
        rules.timeout_check = TimeoutCheck::Off;
    }
    if seldom(200) {
        rules.alarm_poll_ms = 30_000;
    }
    if seldom(300) {
        rules.metric_delay_ms = Some(0);
    }
    if seldom(100) {
        (rules.activate_ms, rules.terminate_ms) = (0, 0);
    }
    rules.seed = dice.below(usize::MAX) as u64;
    rules
}
