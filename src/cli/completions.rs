//! `sagebrush completions`: what a shell wants to know to complete our commands.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Cli, say};

/// What `completions` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "For example: sagebrush completions bash > ~/.local/share/bash-completion/completions/sagebrush"
)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(Arguments { shell }: &Arguments) -> ExitCode {
    let mut script = Vec::new();
    generate(*shell, &mut Cli::command(), "sagebrush", &mut script);
    say(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
