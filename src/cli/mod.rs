//! The commands: one file each.
//!
//! What a user did wrong is one sentence on standard error and exit code 1, and so is a flag that does not exist, in
//! clap's words: 2 is a rollback, to [`wait`]. Standard output has what was asked for, standard error what went wrong.

mod audit;
mod client;
mod clock;
mod completions;
mod demo;
mod deployments;
mod doctor;
mod export;
mod fault;
mod flags;
mod health;
mod import;
mod man;
mod moment;
mod paint;
mod parent;
mod place;
mod plan;
mod ready;
mod reset;
mod serve;
mod signal;
mod table;
mod wait;
mod watch;
mod whole_file;

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Given, KEYS, Settings, Wrong};
use crate::server::StartError;
use crate::telemetry::{SPANS, trace::Traces};

/// The whole command.
#[derive(Debug, Parser)]
#[command(
    name = "sagebrush",
    version,
    about = "Stands in for the control plane of Amazon SageMaker hosting and executes its deployment guardrails.",
    after_help = "See it work: sagebrush demo\nServe it to your own tests: sagebrush serve"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the AWS CLI, boto3 and every other client
    Serve(serve::Arguments),
    /// Make every deployment in a database again and compare
    Audit(audit::Arguments),
    /// Watch a guarded deployment succeed, and another one being rolled back by an alarm
    Demo(demo::Arguments),
    /// Ask a server whether it can do its work; exit code 0 if so
    Health(health::Arguments),
    /// List what became of the updates of an endpoint
    Deployments(deployments::Arguments),
    /// Watch an endpoint's update as it goes, until it has ended
    Watch(watch::Arguments),
    /// Wait for the end of an endpoint's update; the exit code says which end
    Wait(wait::Arguments),
    /// Say what time it is in a world, move it on, or let it pass in another way
    Clock(clock::Arguments),
    /// List what was put into a world on purpose; put a fault in, take one away
    Fault(fault::Arguments),
    /// Forget everything of a world
    Reset(reset::Arguments),
    /// Check a setup: the server, and the environment that AWS's clients go by
    Doctor(doctor::Arguments),
    /// Carry an update out before anybody makes it: its schedule, and what comes of a bad model
    Plan(Box<plan::Arguments>),
    /// Write a world of a running server to a file, so that others can begin with it
    Export(export::Arguments),
    /// Replace a world of a running server by one that was exported
    Import(import::Arguments),
    /// Print what a shell wants to know to complete these commands
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

/// What a large snapshot takes at most.
const SNAPSHOT_LONGEST: Duration = Duration::from_mins(5);

/// The settings that have flags.
#[derive(Debug, Args)]
struct SettingsFlags {
    #[arg(long, value_name = "PATH", help = "Read settings from this TOML file [env: SAGEBRUSH_CONFIG]")]
    config: Option<PathBuf>,
    /// Listen on this host and port; port 0 takes a free one [default: 127.0.0.1:7243]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "Keep everything here: sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE [default: in memory]"
    )]
    database_url: Option<String>,
    /// Answer to these names too; without it to those of the loopback alone
    #[arg(long, value_name = "NAME[,NAME]")]
    allow_host: Vec<String>,
    #[arg(
        long,
        help = "Trust whoever can reach it; without this it listens on the loopback alone. The control API then wants \
                the token that SAGEBRUSH_CONTROL_TOKEN holds"
    )]
    trust_network: bool,
    #[arg(
        long,
        value_name = "URL",
        help = "Hand requests for services that are not served here on to this address, that of moto or LocalStack"
    )]
    upstream: Option<String>,
    /// Call these hosts with events, if clients name them as API destinations; without it none
    #[arg(long, value_name = "HOST:PORT[,HOST:PORT]")]
    allow_targets: Vec<String>,
    /// How time passes in a new world: real, manual, or a rate such as 60x [default: real]
    #[arg(long, value_name = "CLOCK", allow_hyphen_values = true)]
    clock: Option<String>,
    /// What is logged to standard error: off, error, warn, info, debug or trace [default: warn]
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
}

impl SettingsFlags {
    fn load(self) -> Result<Settings, Wrong> {
        let flags = [
            ("listen", self.listen),
            ("database_url", self.database_url),
            ("allow_host", (!self.allow_host.is_empty()).then(|| self.allow_host.join(","))),
            ("trust_network", self.trust_network.then(|| true.to_string())),
            ("upstream", self.upstream),
            ("allow_targets", (!self.allow_targets.is_empty()).then(|| self.allow_targets.join(","))),
            ("clock", self.clock),
            ("log", self.log),
        ];
        let flags = flags.into_iter().filter_map(|(key, text)| Some(Given::by_flag(key, text?))).collect();
        settings(self.config, flags)
    }
}

/// The settings of this file, or of the one that the environment names, of the environment, and of these flags.
fn settings(config: Option<PathBuf>, flags: Vec<Given>) -> Result<Settings, Wrong> {
    // As with every other variable, an empty one is none.
    let by_variable = || std::env::var_os("SAGEBRUSH_CONFIG").filter(|path| !path.is_empty());
    let config = config.or_else(|| by_variable().map(PathBuf::from));
    Settings::load(config.as_deref(), |name| std::env::var(name).ok(), flags)
}

/// Every setting, for the end of a help text.
fn settings_help() -> String {
    let width = KEYS.iter().map(|key| key.name.len()).max().unwrap_or(0);
    let lines = KEYS.iter().map(|key| format!("  {:width$}  {}", key.name, key.takes));
    let head = "Settings, in the file by these names, in the environment as SAGEBRUSH_ and the name in capitals;\n\
                flags win over the environment, the environment over the file:";
    std::iter::once(head.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// Why a command did not do what it should, in one sentence.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Settings(#[from] Wrong),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Other(String),
}

/// Runs the command that the arguments of this process name.
pub fn run() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(told) => {
            // Help and version are no errors; where nobody reads, the exit code has to do.
            let _ = told.print();
            return if told.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match command {
        Command::Serve(arguments) => block_on(serve::run(arguments)),
        Command::Audit(arguments) => block_on(audit::run(arguments)),
        Command::Demo(arguments) => block_on(demo::run(arguments)),
        Command::Health(arguments) => block_on(health::run(arguments)),
        Command::Deployments(arguments) => block_on(deployments::run(arguments)),
        Command::Watch(arguments) => block_on(watch::run(arguments)),
        Command::Wait(arguments) => block_on(wait::run(arguments)),
        Command::Clock(arguments) => block_on(clock::run(arguments)),
        Command::Fault(arguments) => block_on(fault::run(arguments)),
        Command::Reset(arguments) => block_on(reset::run(arguments)),
        Command::Doctor(arguments) => block_on(doctor::run(arguments)),
        Command::Plan(arguments) => block_on(plan::run(*arguments)),
        Command::Export(arguments) => block_on(export::run(arguments)),
        Command::Import(arguments) => block_on(import::run(arguments)),
        Command::Completions(arguments) => Ok(completions::run(&arguments)),
        Command::Man(arguments) => man::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // Where nobody reads standard error, the exit code has to do.
            let _ = writeln!(std::io::stderr(), "sagebrush: {error}");
            ExitCode::FAILURE
        }
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode, Error>>) -> Result<ExitCode, Error> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Error::Other(format!("cannot start threads: {error}")))?;
    let outcome = runtime.block_on(command);
    runtime.shutdown_timeout(Duration::from_millis(500));
    outcome
}

/// Logs to standard error what the settings ask for, and has spans made for `traces`.
fn log(settings: &Settings, traces: Option<&Traces>) {
    let logging = tracing_subscriber::registry().with(lines(settings));
    // A second command in one process would find the first one's log, which serves as well. A layer that is none
    // would have every event of every crate looked at again each time, so there is none.
    let _ = match traces {
        Some(traces) => logging.with(traces.layer()).try_init(),
        None => logging.try_init(),
    };
}

/// The lines of the log. What nobody wants must cost nothing, so the most that is wanted is told beforehand.
fn lines(settings: &Settings) -> impl Layer<Registry> + use<> {
    let filter = EnvFilter::try_new(&settings.log).expect("the setting was parsed when it was taken");
    let no_span = filter_fn(|metadata| metadata.target() != SPANS).with_max_level_hint(LevelFilter::TRACE);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter.and(no_span))
}

/// Prints a text. A reader that has gone is no reason to stop serving.
fn say(text: &str) {
    let _ = print(text);
}

/// Prints a text; the error is that nobody reads any more.
fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use tracing::Subscriber;

    use super::*;

    #[test]
    fn what_the_log_does_not_want_is_told_before_it_is_made() {
        let hint = |log: &str| {
            let settings = Settings { log: log.to_owned(), ..Settings::default() };
            tracing_subscriber::registry().with(lines(&settings)).max_level_hint()
        };
        assert_eq!(hint("warn"), Some(LevelFilter::WARN));
        assert_eq!(hint("off"), Some(LevelFilter::OFF));
        assert_eq!(hint("sagebrush=debug"), Some(LevelFilter::DEBUG));
    }

    #[test]
    fn the_tree_of_commands_is_sound_and_its_help_names_every_setting() {
        Cli::command().debug_assert();
        let mut command = Cli::command();
        let serve = command.find_subcommand_mut("serve").expect("serve is a command");
        let help = serve.render_help().to_string();
        for key in KEYS {
            assert!(help.contains(key.name), "{}", key.name);
        }
    }
}
