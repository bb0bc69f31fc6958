//! The shape of the command line, built of the table of settings.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use loopscope::config::{SETTINGS, Spec};

const HEALTH_CHECK: &str = "health-check";

/// The whole command line.
pub(super) fn command() -> Command {
    let whole = Command::new("loopscope")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Live mission control for autonomous programs")
        .after_help("Without a command, it starts the server. `loopscope config` prints every setting, its value and its source.")
        .arg(config_file())
        .args(of_serving());
    let commands = [
        Command::new("serve")
            .display_name("loopscope")
            .version(env!("CARGO_PKG_VERSION"))
            .about("Serve the dashboard (the default)")
            .args(of_serving()),
        Command::new("config")
            .about("Print the effective settings and where each comes from")
            .arg(json()),
        Command::new("doctor")
            .about("Check the database: integrity, sizes, versions")
            .arg(json()),
        import(),
        export(),
        backup(),
        restore(),
        tail(),
        token(),
    ];
    settings_of("serve")
        .fold(whole, Command::arg)
        .subcommands(commands.map(with_settings))
        .subcommands(super::ask::commands())
        .subcommand(super::shell::completions_command())
        .subcommand(super::shell::man_command())
}

/// What `serve` takes beside settings; it may be left out, and so may stand on either side of these.
fn of_serving() -> [Arg; 2] {
    let check = "Ask a running server whether it is ready, and exit";
    [
        switch(HEALTH_CHECK, check),
        switch("reload", "Accepted and ignored").hide(true),
    ]
}

/// Whether a running server is to be asked, in place of starting one.
pub(super) fn asks_health(matches: &ArgMatches) -> bool {
    levels(matches).any(|level| matches!(level.try_get_one::<bool>(HEALTH_CHECK), Ok(Some(true))))
}

/// Whether a command heeds a setting. The others of a server are no arguments of it.
fn heeds(command: &str, spec: &Spec) -> bool {
    match command {
        "serve" | "config" => true,
        "doctor" | "import" | "export" | "backup" | "restore" | "token" => {
            spec.key == "journal.path"
        }
        "tail" => spec.key == "log.level",
        _ => false,
    }
}

fn heeds_any(command: &str) -> bool {
    SETTINGS.iter().any(|spec| heeds(command, spec))
}

fn settings_of(command: &str) -> impl Iterator<Item = Arg> {
    SETTINGS
        .iter()
        .filter(move |spec| heeds(command, spec))
        .filter_map(argument)
}

/// A command with the settings that it heeds, and the file that has them; its own commands take them too.
fn with_settings(command: Command) -> Command {
    let name = command.get_name().to_owned();
    settings_of(&name)
        .chain([config_file()])
        .fold(command, |command, argument| {
            command.arg(argument.global(true))
        })
}

/// Ends the program where a setting stands before a command that does not heed it.
pub(super) fn refuse_unheeded(matches: &ArgMatches) {
    let Some((name, _)) = matches.subcommand() else {
        return;
    };
    let unheeded = SETTINGS
        .iter()
        .filter(|spec| !heeds(name, spec))
        .filter_map(|spec| spec.flag);
    let file = (!heeds_any(name)).then_some("config");
    let typed = |flag: &&str| matches.value_source(flag) == Some(ValueSource::CommandLine);
    if let Some(flag) = unheeded.chain(file).find(typed) {
        let told =
            format!("`loopscope {name}` does not take --{flag}: it is a setting of the server");
        command().error(ErrorKind::UnknownArgument, told).exit();
    }
}

/// What was parsed, level by level: of the program, of its command, of the command's command.
fn levels(matches: &ArgMatches) -> impl Iterator<Item = &ArgMatches> {
    std::iter::successors(Some(matches), |matches| {
        matches.subcommand().map(|(_, inner)| inner)
    })
}

/// The settings file that was named; behind the command before in front of it, and a flag before the environment.
pub(super) fn settings_file(matches: &ArgMatches) -> Option<&PathBuf> {
    let named: Vec<_> = levels(matches)
        .filter_map(|level| {
            let path = level.try_get_one::<PathBuf>("config").ok().flatten()?;
            let source = level.value_source("config")?;
            // An empty variable says nothing.
            let is_said = source == ValueSource::CommandLine || !path.as_os_str().is_empty();
            is_said.then_some((source, path))
        })
        .collect();
    let by_source = named.iter().max_by_key(|(source, _)| *source);
    by_source.map(|(_, path)| *path)
}

/// The settings that were given as flags.
pub(super) fn flags(matches: &ArgMatches) -> HashMap<&'static str, Vec<String>> {
    let mut flags = HashMap::new();
    for spec in SETTINGS {
        let Some(flag) = spec.flag else { continue };
        let given = levels(matches).filter_map(|level| given(level, spec.value.is_empty(), flag));
        flags.insert(flag, given.last().unwrap_or_default());
    }
    flags
}

/// What was typed for a flag at a level.
fn given(level: &ArgMatches, is_switch: bool, flag: &str) -> Option<Vec<String>> {
    if is_switch {
        let is_on = level.try_get_one::<bool>(flag).ok().flatten()?;
        return is_on.then(|| vec!["true".to_owned()]);
    }
    let values = level.try_get_many::<String>(flag).ok().flatten()?;
    Some(values.cloned().collect())
}

fn argument(spec: &'static Spec) -> Option<Arg> {
    let flag = spec.flag?;
    let help = match spec.default {
        "" => format!("{} [env: {}]", spec.help, spec.env),
        default => format!("{} [env: {}] [default: {default}]", spec.help, spec.env),
    };
    let argument = Arg::new(flag).long(flag).help(help);
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
    switch("json", "Print JSON instead of text")
}

fn config_file() -> Arg {
    Arg::new("config")
        .long("config")
        .env("LOOPSCOPE_CONFIG")
        .value_name("FILE")
        .value_parser(OsStringValueParser::new().map(PathBuf::from))
        .help("Settings file [default: loopscope.toml, if present]")
}

fn import() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..);
    Command::new("import")
        .about(
            "Import archives of sessions, or JSON Lines of any dialect; `-` reads standard input",
        )
        .arg(file)
        .arg(json())
}

fn export() -> Command {
    Command::new("export")
        .about("Export sessions to a file; works while a server is running")
        .arg(
            Arg::new("session")
                .value_name("SESSION")
                .required(true)
                .num_args(1..)
                .help("Session ids"),
        )
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Output file; `-` is standard output [default: <session>.jsonl.zst]"),
        )
        .arg(
            Arg::new("project")
                .long("project")
                .value_name("PROJECT")
                .default_value("default")
                .help("Project of the sessions"),
        )
        .arg(switch(
            "plain",
            "Do not compress; implied when the file name ends in .jsonl",
        ))
        .arg(json())
}

fn backup() -> Command {
    Command::new("backup")
        .about("Back up the whole database to a file; works while a server is running")
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
        .about("Restore what `backup` wrote; no server may be running")
        .arg(path("file", "FILE"))
        .arg(switch(
            "replace",
            "Replace an existing database, which is kept beside the new one",
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
            value("server", "URL", "Server address")
                .env("LOOPSCOPE_SERVER")
                .default_value(super::ask::SERVER),
        )
        .arg(
            value(
                "dialect",
                "NAME",
                "Dialect of the events in the file; detected if not given",
            )
            .value_parser(["convergence", "agents", "orchestrator", "training"]),
        )
        .arg(value(
            "source",
            "NAME",
            "Source name, used for runs without an id [default: the file's name]",
        ))
        .arg(
            value("access-token", "TOKEN", "Access token that may send events")
                .env("LOOPSCOPE_TOKEN"),
        )
        .arg(switch(
            "from-start",
            "Also send what is already in the file",
        ))
        .arg(json())
}

fn token() -> Command {
    let role = Arg::new("role")
        .long("role")
        .default_value("view")
        .value_parser(["view", "ingest", "control", "admin"])
        .help("What the token may do: read, send events, read and steer, or everything");
    let create = Command::new("create")
        .about("Create a token and show it once")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("Label of the token"),
        )
        .arg(role)
        .arg(
            Arg::new("project")
                .long("project")
                .help("Limit the token to this project"),
        )
        .arg(
            Arg::new("days")
                .long("days")
                .value_parser(value_parser!(u32).range(1..=36_500))
                .help("Days until the token expires"),
        )
        .arg(json());
    let id = Arg::new("id").value_name("ID").required(true);
    Command::new("token")
        .about("Create, list and revoke access tokens; works while a server is running")
        .subcommand_required(true)
        .subcommand(create)
        .subcommand(
            Command::new("list")
                .about("List all tokens, without their secrets")
                .arg(json()),
        )
        .subcommand(
            Command::new("revoke")
                .about("Revoke a token")
                .arg(id)
                .arg(json()),
        )
}

#[cfg(test)]
mod tests;
