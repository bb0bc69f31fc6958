//! `loopscope token create|list|revoke`.

use clap::ArgMatches;
use loopscope::config::Config;
use loopscope::tokens::{self, Wanted};
use loopscope_event::ProjectId;

/// Runs one of them.
pub(super) async fn run(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    match matches.subcommand() {
        Some(("create", inner)) => create(config, inner).await,
        Some(("revoke", inner)) => {
            let id = inner.get_one::<String>("id").map_or("", String::as_str);
            tokens::revoke(&config.db_path, id).await?;
            println!("{id} is revoked; a running server closes its connections within seconds");
            Ok(())
        }
        _ => list(config).await,
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
    let (id, secret) = tokens::create(&config.db_path, wanted).await?;
    eprintln!("token {id}; it is not shown again:");
    println!("{secret}");
    Ok(())
}

async fn list(config: &Config) -> anyhow::Result<()> {
    for token in tokens::list(&config.db_path).await? {
        let state = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("until {at}"),
            (None, None) => "holds".to_owned(),
        };
        let project = token
            .project
            .as_ref()
            .map_or("all projects", ProjectId::as_str);
        println!(
            "{}  {:<8} {:<16} {:<24} {state}",
            token.id, token.role, project, token.name
        );
    }
    Ok(())
}
