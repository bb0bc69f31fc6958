//! Commands that ask a running server: their shape, and how they are run. In: arguments. Out: an exit code.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use loopscope::ask::{self, Listing, Note, Order, Refusal, Rhythm, Server, Stream};

/// Nobody answers, or nobody who speaks as Loopscope does.
const UNREACHABLE: u8 = 3;

/// Where the server is, unless somebody says otherwise.
pub(super) const SERVER: &str = "http://localhost:8766";

/// All of them.
pub(super) fn commands() -> Vec<Command> {
    let plain = [sessions(), show(), watch(), send(), order(), replay()].map(of_server);
    plain
        .into_iter()
        .chain([super::widgets::command()])
        .collect()
}

/// Runs one of them; `None` where the command is none of them. 0: done; 1: refused, or failed; 3: nobody is there.
pub(super) async fn run(name: &str, matches: &ArgMatches) -> Option<ExitCode> {
    let asked = match name {
        "sessions" | "show" | "watch" | "send" | "command" | "replay" => ask(name, matches).await,
        "widgets" => of_widgets(matches).await,
        _ => return None,
    };
    Some(match asked {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            eprintln!("loopscope: {refusal}");
            match refusal {
                Refusal::Unreachable(_) => ExitCode::from(UNREACHABLE),
                Refusal::Refused(..) | Refusal::Failed(_) => ExitCode::FAILURE,
            }
        }
    })
}

async fn ask(name: &str, matches: &ArgMatches) -> Result<(), Refusal> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let needed = |name: &str| text(name).unwrap_or_default();
    let many = |name: &str| -> Vec<String> {
        matches
            .get_many::<String>(name)
            .unwrap_or_default()
            .cloned()
            .collect()
    };
    let seconds =
        |name: &str| Duration::from_secs_f64(matches.get_one::<f64>(name).copied().unwrap_or(0.0));
    let server = server(matches)?;
    match name {
        "sessions" => {
            let listing = Listing {
                words: text("words"),
                statuses: many("status"),
                kinds: many("kind"),
                project: text("project"),
                sort: text("sort"),
                limit: matches.get_one::<u32>("limit").copied().unwrap_or(20),
            };
            ask::sessions(&server, &listing).await
        }
        "show" => {
            let events = matches.get_one::<u32>("events").copied().unwrap_or(10);
            ask::show(&server, &needed("session"), events).await
        }
        "watch" => {
            let stream = Stream {
                session: text("session"),
                project: text("project"),
                names: many("name"),
                severity: text("severity"),
                since: text("since"),
                count: matches.get_one::<u64>("count").copied(),
            };
            ask::watch(&server, &stream).await
        }
        "send" => {
            let note = match text("event") {
                Some(name) => Note::Event {
                    name,
                    session: needed("session"),
                    data: many("data"),
                },
                None => Note::Lines(matches.get_one::<PathBuf>("file").cloned()),
            };
            ask::send(&server, &note, text("dialect").as_deref()).await
        }
        "command" => {
            let order = Order {
                session: needed("session"),
                kind: needed("type"),
                parameters: many("parameter"),
                reason: text("reason"),
                wait: seconds("wait"),
            };
            ask::command(&server, &order).await
        }
        _ => {
            let session = needed("session");
            let rhythm = Rhythm {
                into: text("into").unwrap_or_else(|| format!("{session}-replay")),
                speed: matches.get_one::<f64>("speed").copied().unwrap_or(1.0),
                longest_pause: seconds("longest-pause"),
                session,
            };
            ask::replay(&server, &rhythm).await
        }
    }
}

async fn of_widgets(matches: &ArgMatches) -> Result<(), Refusal> {
    // Clap asks for one of them.
    let Some((name, inner)) = matches.subcommand() else {
        return Ok(());
    };
    super::widgets::run(&server(inner)?, name, inner).await
}

fn server(matches: &ArgMatches) -> Result<Server, Refusal> {
    let token = said(matches, "access-token");
    Server::new(&address(matches), token, matches.get_flag("json"))
}

/// Where the server is; an empty variable says nothing.
pub(super) fn address(matches: &ArgMatches) -> String {
    said(matches, "server").unwrap_or_else(|| SERVER.to_owned())
}

/// What was said to an option, where that is not empty.
pub(super) fn said(matches: &ArgMatches, name: &str) -> Option<String> {
    let said = matches.get_one::<String>(name).cloned();
    said.filter(|said| !said.is_empty())
}

/// What all of them take.
pub(super) fn of_server(command: Command) -> Command {
    command
        .arg(
            value("server", "URL", "Server address")
                .env("LOOPSCOPE_SERVER")
                .default_value(SERVER),
        )
        .arg(
            value(
                "access-token",
                "TOKEN",
                "Access token, if the server requires one",
            )
            .env("LOOPSCOPE_TOKEN")
            .hide_env_values(true),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .help("Print the server's JSON instead of a table")
                .action(ArgAction::SetTrue),
        )
}

pub(super) fn value(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn session() -> Arg {
    Arg::new("session")
        .value_name("SESSION")
        .required(true)
        .help("Session id")
}

fn repeated(name: &'static str, what: &'static str, help: &'static str) -> Arg {
    value(name, what, help).action(ArgAction::Append)
}

fn sessions() -> Command {
    Command::new("sessions")
        .about("List sessions, newest first")
        .after_help("Examples:\n  loopscope sessions\n  loopscope sessions gate --status failed --json | jq -r '.sessions[].session_id'")
        .arg(Arg::new("words").value_name("WORDS").help("Search words: in the name, id or target"))
        .arg(repeated("status", "STATUS", "running, halted, interrupted, converged, completed or failed; repeatable"))
        .arg(repeated("kind", "KIND", "convergence, agents, orchestrator, training or generic; repeatable"))
        .arg(value("project", "PROJECT", "Only this project"))
        .arg(value("sort", "COLUMN", "latest, started, name, duration, iteration, findings, fixes, status or kind"))
        .arg(value("limit", "N", "Maximum number of sessions").value_parser(value_parser!(u32).range(1..=1000)).default_value("20"))
}

fn show() -> Command {
    Command::new("show")
        .about("Show a session and its newest events")
        .after_help(
            "Examples:\n  loopscope show nightly-7\n  loopscope show nightly-7 --events 100 --json",
        )
        .arg(session())
        .arg(
            value("events", "N", "Number of events to show")
                .value_parser(value_parser!(u32).range(0..=1000))
                .default_value("10"),
        )
}

fn watch() -> Command {
    Command::new("watch")
        .about("Print events as they arrive, until Ctrl-C; continues across server restarts")
        .after_help("Examples:\n  loopscope watch nightly-7\n  loopscope watch --name 'STEP_*' --severity high --json\n  loopscope watch nightly-7 --since 0 --count 100")
        .arg(Arg::new("session").value_name("SESSION").help("Only this session [default: all]"))
        .arg(value("project", "PROJECT", "Only this project"))
        .arg(repeated("name", "NAME", "Only events with this name; a trailing * matches a prefix; repeatable"))
        .arg(value("severity", "SEVERITY", "Minimum severity").value_parser(["critical", "high", "medium", "low", "info"]))
        .arg(value("since", "CURSOR", "Start after this cursor; 0 is the beginning [default: now]"))
        .arg(value("count", "N", "Stop after this many events").value_parser(value_parser!(u64)))
}

fn send() -> Command {
    Command::new("send")
        .about("Send one event, or JSON Lines from a file or standard input")
        .after_help("Examples:\n  loopscope send --session nightly-7 --event STEP_COMPLETE step=fix success=true\n  my-program | loopscope send\n  loopscope send --file events.jsonl --dialect training")
        .arg(
            value("event", "NAME", "Event name")
                .requires("session"),
        )
        .arg(value("session", "SESSION", "Session id of the event").requires("event"))
        .arg(
            Arg::new("data")
                .value_name("KEY=VALUE")
                .num_args(0..)
                .requires("event")
                .help("Payload; values that are valid JSON are sent as JSON"),
        )
        .arg(
            value("file", "FILE", "JSON Lines file [default: standard input]")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("event"),
        )
        .arg(value("dialect", "NAME", "Dialect of the events; detected if not given"))
}

fn order() -> Command {
    Command::new("command")
        .about("Send a command to a running program and wait for the result")
        .after_help("Examples:\n  loopscope command nightly-7 HALT --reason 'look at the disk first'\n  loopscope command nightly-7 ROLLBACK steps=2 --wait 60\n  loopscope command nightly-7 DECISION decision_id=d1 choice=yes")
        .arg(session())
        .arg(Arg::new("type").value_name("TYPE").required(true).help("HALT, RESUME, ROLLBACK, REDIRECT, DECISION, INJECT, or a command that the program declares"))
        .arg(Arg::new("parameter").value_name("NAME=VALUE").num_args(0..).help("Parameters; values that are valid JSON are sent as JSON"))
        .arg(value("reason", "TEXT", "Reason for the command"))
        .arg(value("wait", "SECONDS", "How long to wait for the result; 0 does not wait").value_parser(number).default_value("30"))
}

fn replay() -> Command {
    Command::new("replay")
        .about("Send a session's events again as a new session, with their original timing")
        .after_help("Examples:\n  loopscope replay nightly-7 --speed 8\n  loopscope replay nightly-7 --into demo --speed 100 --longest-pause 2")
        .arg(session())
        .arg(value("into", "SESSION", "Id of the new session [default: SESSION-replay]"))
        .arg(value("speed", "TIMES", "Speed factor").value_parser(positive).default_value("1"))
        .arg(value("longest-pause", "SECONDS", "Shorten longer pauses to this").value_parser(number).default_value("60"))
}

/// Zero or more seconds, within a century.
fn number(text: &str) -> Result<f64, String> {
    let value: f64 = text
        .parse()
        .map_err(|_| format!("`{text}` is not a number"))?;
    (0.0..=3.2e9)
        .contains(&value)
        .then_some(value)
        .ok_or_else(|| "must be zero or more".to_owned())
}

fn positive(text: &str) -> Result<f64, String> {
    let value = number(text)?;
    (value > 0.0)
        .then_some(value)
        .ok_or_else(|| "must be greater than zero".to_owned())
}
