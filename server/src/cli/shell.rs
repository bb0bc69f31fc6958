//! `loopscope completions` and `loopscope man`. In: the command line's shape. Out: a script for a shell, a manual page.

use std::io::Write as _;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::{Shell, generate};
use loopscope::output;

/// `completions`.
pub(super) fn completions_command() -> Command {
    let shell = Arg::new("shell")
        .value_name("SHELL")
        .required(true)
        .value_parser(value_parser!(Shell));
    Command::new("completions")
        .about("Print a shell completion script")
        .after_help("Example:\n  loopscope completions bash > /etc/bash_completion.d/loopscope")
        .arg(shell)
}

/// `man`.
pub(super) fn man_command() -> Command {
    Command::new("man")
        .about("Print the manual page")
        .after_help("Example:\n  loopscope man > /usr/local/share/man/man1/loopscope.1")
}

/// Prints the script.
pub(super) fn completions(mut whole: Command, matches: &ArgMatches) {
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        let mut script = Vec::new();
        generate(*shell, &mut whole, "loopscope", &mut script);
        output::write(&script);
    }
}

/// Prints the page: the whole command line, then each command, and each of the commands below it.
pub(super) fn man(whole: Command) -> anyhow::Result<()> {
    let mut page = Vec::new();
    let commands: Vec<Command> = whole.get_subcommands().cloned().collect();
    clap_mangen::Man::new(whole).render(&mut page)?;
    for command in commands {
        section(&mut page, "LOOPSCOPE", command)?;
    }
    output::write(&page);
    Ok(())
}

fn section(page: &mut Vec<u8>, above: &str, command: Command) -> std::io::Result<()> {
    let name = format!("{above} {}", command.get_name().to_uppercase());
    let below: Vec<Command> = command.get_subcommands().cloned().collect();
    writeln!(page, ".SH \"{name}\"")?;
    let man = clap_mangen::Man::new(command);
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    man.render_extra_section(page)?;
    for command in below {
        section(page, &name, command)?;
    }
    Ok(())
}
