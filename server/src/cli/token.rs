//! `loopscope token create|list|revoke`.

use clap::ArgMatches;
use loopscope::config::Config;
use loopscope::say;
use loopscope::tokens::{self, Wanted};
use loopscope_event::ProjectId;
use loopscope_journal::Token;
use serde_json::{Value, json};

use super::report;

/// Runs one of them.
pub(super) async fn run(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    match matches.subcommand() {
        Some(("create", inner)) => create(config, inner).await,
        Some(("revoke", inner)) => {
            let id = inner.get_one::<String>("id").map_or("", String::as_str);
            tokens::revoke(&config.db_path, id).await?;
            if inner.get_flag("json") {
                report::json(&json!({"id": id, "revoked": true}));
                return Ok(());
            }
            say!("{id} is revoked; a running server closes its connections within seconds");
            Ok(())
        }
        Some((_, inner)) => list(config, inner.get_flag("json")).await,
        None => list(config, false).await,
    }
}

async fn create(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let wanted = Wanted {
        name: text("name").unwrap_or_default(),
        role: text("role").unwrap_or_default(),
        project: text("project").map(ProjectId::new).transpose()?,
        days: matches.get_one::<u32>("days").copied(),
    };
    let is_new = !config.db_path.exists();
    let (id, secret) = tokens::create(&config.db_path, wanted).await?;
    if is_new {
        let path = std::path::absolute(&config.db_path)?;
        let path = path.display();
        eprintln!("created {path}; start the server with --db-path {path} to use this token");
    }
    if matches.get_flag("json") {
        report::json(&json!({"id": id, "secret": secret}));
        return Ok(());
    }
    eprintln!("token {id}, shown only once:");
    say!("{secret}");
    Ok(())
}

async fn list(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let tokens = tokens::list(&config.db_path).await?;
    if as_json {
        let rows: Vec<Value> = tokens.iter().map(row).collect();
        report::json(&json!({ "tokens": rows }));
        return Ok(());
    }
    for token in tokens {
        let state = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("until {at}"),
            (None, None) => "active".to_owned(),
        };
        let project = token
            .project
            .as_ref()
            .map_or("all projects", ProjectId::as_str);
        say!(
            "{}  {:<8} {:<16} {:<24} {state}",
            token.id,
            token.role,
            project,
            token.name
        );
    }
    Ok(())
}

/// A token for scripts; never its secret.
fn row(token: &Token) -> Value {
    json!({
        "id": token.id, "name": token.name, "role": token.role, "project": token.project,
        "created_at": token.created_at, "expires_at": token.expires_at, "revoked_at": token.revoked_at,
    })
}
