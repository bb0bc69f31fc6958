//! The shape of the command line, built of the table of settings.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use loopscope::config::{SETTINGS, Spec};

/// The whole command line.
pub(super) fn command() -> Command {
    let command = Command::new("loopscope")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Live mission control for autonomous programs")
        .after_help("Without a command it serves. `loopscope config` prints every setting, its value and its source.")
        .arg(config_file())
        .arg(switch("health-check", "Ask a running server whether it is ready, and exit"))
        .arg(switch("reload", "Accepted and ignored").hide(true))
        .subcommand(Command::new("serve").about("Serve the dashboard (the default)"))
        .subcommand(Command::new("config").about("Print the effective settings and where each comes from").arg(json()))
        .subcommand(Command::new("doctor").about("Look through the database: integrity, sizes, versions").arg(json()))
        .subcommand(import())
        .subcommand(export())
        .subcommand(backup())
        .subcommand(restore())
        .subcommand(tail())
        .subcommand(token())
        .subcommands(super::ask::commands())
        .subcommand(super::shell::completions_command())
        .subcommand(super::shell::man_command());
    SETTINGS
        .iter()
        .filter_map(argument)
        .fold(command, Command::arg)
}

/// The settings that were given as flags.
pub(super) fn flags(matches: &ArgMatches) -> HashMap<&'static str, Vec<String>> {
    let mut flags = HashMap::new();
    for spec in SETTINGS {
        let Some(flag) = spec.flag else { continue };
        let mut values = Vec::new();
        if spec.value.is_empty() {
            if matches.get_flag(flag) {
                values.push("true".to_owned());
            }
        } else if let Some(given) = matches.get_many::<String>(flag) {
            values.extend(given.cloned());
        }
        flags.insert(flag, values);
    }
    flags
}

fn argument(spec: &'static Spec) -> Option<Arg> {
    let flag = spec.flag?;
    let help = match spec.default {
        "" => format!("{} [env: {}]", spec.help, spec.env),
        default => format!("{} [env: {}] [default: {default}]", spec.help, spec.env),
    };
    let argument = Arg::new(flag).long(flag).help(help).global(true);
    Some(if spec.value.is_empty() {
        argument.action(ArgAction::SetTrue)
    } else if spec.many {
        argument.value_name(spec.value).action(ArgAction::Append)
    } else {
        argument.value_name(spec.value).action(ArgAction::Set)
    })
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

/// What scripts read.
fn json() -> Arg {
    switch("json", "Print JSON instead of words and tables")
}

fn config_file() -> Arg {
    Arg::new("config")
        .long("config")
        .env("LOOPSCOPE_CONFIG")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help("Settings file [default: loopscope.toml, where there is one]")
}

fn import() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..);
    Command::new("import")
        .about(
            "Take in archives of sessions, or JSON Lines of any dialect; `-` reads standard input",
        )
        .arg(file)
        .arg(json())
}

fn export() -> Command {
    Command::new("export")
        .about("Write sessions to a file, also while a server runs")
        .arg(
            Arg::new("session")
                .value_name("SESSION")
                .required(true)
                .num_args(1..)
                .help("The sessions' ids"),
        )
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("The file; `-` is standard output [default: <session>.jsonl.zst]"),
        )
        .arg(
            Arg::new("project")
                .long("project")
                .value_name("PROJECT")
                .default_value("default")
                .help("Their project"),
        )
        .arg(switch(
            "plain",
            "Leave it unpacked, as a file named ….jsonl is anyway",
        ))
        .arg(json())
}

fn backup() -> Command {
    Command::new("backup")
        .about("Copy the whole store to a file, also while a server runs")
        .arg(path("file", "FILE"))
        .arg(
            Arg::new("project")
                .long("project")
                .value_name("PROJECT")
                .help("Only the sessions of this project, as an archive"),
        )
        .arg(json())
}

fn restore() -> Command {
    Command::new("restore")
        .about("Put back what `backup` wrote, while no server runs")
        .arg(path("file", "FILE"))
        .arg(switch(
            "replace",
            "Let it take the place of a store that is there; that one stays beside it",
        ))
        .arg(json())
}

fn path(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name)
        .value_name(value)
        .required(true)
        .value_parser(value_parser!(PathBuf))
}

fn tail() -> Command {
    let value = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("tail")
        .about(
            "Follow a growing file of events, across rotation, and send them to a running server",
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            value("server", "URL", "The server")
                .env("LOOPSCOPE_SERVER")
                .default_value("http://localhost:8766"),
        )
        .arg(
            value(
                "dialect",
                "NAME",
                "What the file's program speaks; told by looking where nobody says",
            )
            .value_parser(["convergence", "agents", "orchestrator", "training"]),
        )
        .arg(value(
            "source",
            "NAME",
            "Name of the source, by which runs without an id are called [default: the file's]",
        ))
        .arg(value("access-token", "TOKEN", "Token that may send events").env("LOOPSCOPE_TOKEN"))
        .arg(switch("from-start", "Send what is in the file already too"))
        .arg(json())
}

fn token() -> Command {
    let role = Arg::new("role")
        .long("role")
        .default_value("view")
        .value_parser(["view", "ingest", "control", "admin"])
        .help("What it may: read, send events, read and steer, everything");
    let create = Command::new("create")
        .about("Make a token and show it once")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("A name for people"),
        )
        .arg(role)
        .arg(
            Arg::new("project")
                .long("project")
                .help("The only project it is for"),
        )
        .arg(
            Arg::new("days")
                .long("days")
                .value_parser(value_parser!(u32).range(1..=36_500))
                .help("How many days it holds"),
        )
        .arg(json());
    let id = Arg::new("id").value_name("ID").required(true);
    Command::new("token")
        .about("Make, list and revoke access tokens, also while a server runs")
        .subcommand_required(true)
        .subcommand(create)
        .subcommand(
            Command::new("list")
                .about("Show every token, without its secret")
                .arg(json()),
        )
        .subcommand(
            Command::new("revoke")
                .about("Make a token worthless")
                .arg(id)
                .arg(json()),
        )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn flags_are_read_before_and_behind_the_command() {
        let line = [
            "loopscope",
            "--port",
            "1",
            "config",
            "--mock",
            "--convergence-url",
            "ws://a",
        ];
        let matches = super::command().get_matches_from(line);
        let flags = super::flags(&matches);
        assert_eq!(flags["port"], ["1"]);
        assert_eq!(flags["mock"], ["true"]);
        assert_eq!(flags["convergence-url"], ["ws://a"]);
        assert!(flags["host"].is_empty());
    }
}
