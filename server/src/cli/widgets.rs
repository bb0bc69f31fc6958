//! `loopscope widgets`: its shape, and how it is run. In: arguments. Out: an answer of the server, or its refusal.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use loopscope::ask::{self, Figures, Refusal, Server};

use super::ask::{of_server, value};

/// Its shape.
pub(super) fn command() -> Command {
    let commands = [list(), show(), declare(), delete(), arrange()];
    Command::new("widgets")
        .about("List, show, declare, delete and arrange widgets: charts and figures of your own")
        .after_help(
            "Examples:\n  loopscope widgets list\n  loopscope widgets declare fixes.toml\n  loopscope widgets show fixes-by-step --session nightly-7",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands.map(|command| of_server(command.arg(project()))))
}

/// Runs it.
pub(super) async fn run(server: &Server, name: &str, matches: &ArgMatches) -> Result<(), Refusal> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let widget = || text("name").unwrap_or_default();
    let project = text("project");
    match name {
        "list" => ask::widgets(server, project).await,
        "show" => {
            let figures = Figures {
                session: text("session").map(str::to_owned),
                at: text("at").map(str::to_owned),
                rows: matches.get_one::<u32>("rows").copied().unwrap_or(20) as usize,
            };
            ask::show_widget(server, widget(), project, &figures).await
        }
        "declare" => {
            let file = matches.get_one::<PathBuf>("file").map(PathBuf::as_path);
            let file = file.unwrap_or(Path::new("-"));
            ask::declare_widget(server, file, project, matches.get_flag("replace")).await
        }
        "delete" => ask::delete_widget(server, widget(), project).await,
        _ => {
            let slots = matches.get_many::<String>("widget").unwrap_or_default();
            let slots: Vec<String> = slots.cloned().collect();
            ask::arrange(server, text("place").unwrap_or_default(), &slots, project).await
        }
    }
}

fn project() -> Arg {
    value(
        "project",
        "PROJECT",
        "Project of the widget [default: default, or the token's]",
    )
}

fn name() -> Arg {
    Arg::new("name")
        .value_name("NAME")
        .required(true)
        .help("Widget name")
}

fn list() -> Command {
    Command::new("list")
        .about("List widgets by name")
        .after_help("Examples:\n  loopscope widgets list\n  loopscope widgets list --json | jq -r '.widgets[].name'")
}

fn show() -> Command {
    Command::new("show")
        .about("Show a widget and its values, for a session or for the Overview")
        .after_help("Examples:\n  loopscope widgets show fixes-by-step\n  loopscope widgets show fixes-by-step --session nightly-7 --at 120 --json")
        .arg(name())
        .arg(value("session", "SESSION", "Values for this session [default: for the Overview]"))
        .arg(value("at", "MOMENT", "Values as of an event's seq or a time").requires("session"))
        .arg(
            value("rows", "N", "Maximum number of rows; the newest are shown")
                .value_parser(value_parser!(u32).range(0..=2000))
                .default_value("20"),
        )
}

fn declare() -> Command {
    Command::new("declare")
        .about("Declare a widget from a JSON or TOML file")
        .after_help("Examples:\n  loopscope widgets declare fixes.toml\n  jq '.title = \"Fixes\"' fixes.json | loopscope widgets declare - --replace")
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("File to read; `-` is standard input"),
        )
        .arg(
            Arg::new("replace")
                .long("replace")
                .help("Replace an existing declared widget of this name")
                .action(ArgAction::SetTrue),
        )
}

fn delete() -> Command {
    Command::new("delete")
        .about("Delete a widget; for a pushed widget, also its data")
        .after_help("Example:\n  loopscope widgets delete fixes-by-step")
        .arg(name())
}

fn arrange() -> Command {
    Command::new("arrange")
        .about("Set the order and width of the widgets on a page; the others come last")
        .after_help("Examples:\n  loopscope widgets arrange overview loss:12 fixes-by-step:6 draft:hidden\n  loopscope widgets arrange session")
        .arg(
            Arg::new("place")
                .value_name("PLACE")
                .required(true)
                .value_parser(["overview", "session"])
                .help("The Overview, or the session pages"),
        )
        .arg(
            Arg::new("widget")
                .value_name("NAME[:WIDTH]")
                .num_args(0..)
                .help("Widgets in order; WIDTH is 3, 4, 6, 8 or 12 of 12 columns, or `hidden`"),
        )
}
