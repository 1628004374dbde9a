//! `sagebrush-sim`: plays many seeds of the simulation, or one of them again with everything that happens in it.
//!
//! It fails if a seed is red, and, where many are played, if something was never seen that must happen now and then.

#[path = "mod.rs"]
mod simulation;

use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread::available_parallelism;

use clap::Parser;
use sagebrush::clock::steady_now;

use simulation::{Sabotage, Summary, Wish, play, play_all};

/// From so many seeds on everything must have been seen.
const MANY: u64 = 2_000;

/// How often progress is told.
const TOLD_MS: i64 = 5_000;

/// Plays the simulation.
#[derive(Parser)]
#[command(name = "sagebrush-sim")]
struct Args {
    /// How many seeds to play.
    #[arg(long, default_value_t = 5_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many at a time; as many as there are processors unless said otherwise.
    #[arg(long)]
    threads: Option<usize>,
    /// Plays this seed alone and tells everything that happens in it.
    #[arg(long, conflicts_with_all = ["seeds", "from", "threads"])]
    one: Option<u64>,
    /// What is broken on purpose in that one.
    #[arg(long, requires = "one")]
    sabotage: Option<Sabotage>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let green = match args.one {
        Some(seed) => one(seed, args.sabotage),
        None => many(&args),
    };
    if green { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(seed: u64, sabotage: Option<Sabotage>) -> bool {
    let outcome = play(seed, Wish { traced: true, sabotage });
    outcome.trace.iter().for_each(|line| println!("{line}"));
    outcome.tally.0.iter().for_each(|(what, times)| println!("{what}: {times}"));
    let words = if outcome.violations.is_empty() { "green" } else { "red" };
    println!("seed {seed} is {words}; its digest is {:016x}", outcome.digest);
    outcome.violations.iter().for_each(|violation| println!("  {violation}"));
    outcome.violations.is_empty()
}

fn many(args: &Args) -> bool {
    let threads = args.threads.or_else(|| available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let (began, told) = (steady_now(), AtomicI64::new(0));
    let reds = AtomicUsize::new(0);
    let tell = |summary: &Summary| {
        if summary.red.len() > reds.swap(summary.red.len(), Ordering::Relaxed) {
            let (seed, violations) = summary.red.last().expect("there are more than before");
            eprintln!("seed {seed} is red: {}", violations.join("; "));
        }
        let ms = steady_now().ms_since(began);
        if ms - told.load(Ordering::Relaxed) >= TOLD_MS {
            told.store(ms, Ordering::Relaxed);
            let rate = summary.seeds as f64 * 1000.0 / ms as f64;
            eprintln!("{} seeds, {} red, {rate:.1} a second", summary.seeds, summary.red.len());
        }
    };
    let summary = play_all(args.from, args.seeds, threads, tell);
    print!("{summary}");
    println!(" in {} s", steady_now().ms_since(began) / 1000);
    summary.red.is_empty() && (args.seeds < MANY || summary.unseen().is_empty())
}
