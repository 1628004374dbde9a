//! `sagebrush man`: the manual page of the whole, or of a command.

use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::{Cli, Error, say};

/// What `man` takes.
#[derive(Debug, Args)]
#[command(after_help = "For example: sagebrush man > ~/.local/share/man/man1/sagebrush.1")]
pub(super) struct Arguments {
    /// The page of this command [default: that of sagebrush]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints the page.
pub(super) fn run(Arguments { command }: &Arguments) -> Result<ExitCode, Error> {
    let mut page = Vec::new();
    let written = Man::new(find(command)?).render(&mut page);
    written.map_err(|error| Error::Other(format!("cannot write the page: {error}")))?;
    say(&String::from_utf8_lossy(&page));
    Ok(ExitCode::SUCCESS)
}

/// The command of these words. Clap has given it the name of its page: `sagebrush-clock-advance`.
fn find(words: &[String]) -> Result<Command, Error> {
    let mut whole = Cli::command();
    whole.build();
    let mut found = &whole;
    for word in words {
        found = found.find_subcommand(word).ok_or_else(|| {
            let names: Vec<_> = found.get_subcommands().map(Command::get_name).collect();
            let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Error::Other(format!("there is no command {word:?} of {}; there are {there}", found.get_name()))
        })?;
    }
    Ok(found.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_by_its_name_and_no_other_has() {
        let name = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            find(&words)
                .map(|command| command.get_display_name().unwrap_or(command.get_name()).to_owned())
                .map_err(|error| error.to_string())
        };
        assert_eq!(name(&[]).unwrap(), "sagebrush");
        assert_eq!(name(&["clock", "advance"]).unwrap(), "sagebrush-clock-advance");
        assert!(
            name(&["clock", "stop"])
                .unwrap_err()
                .starts_with("there is no command \"stop\" of clock; there are advance, set")
        );
        assert!(name(&["waits"]).unwrap_err().contains("wait, "));
    }
}
