//! The `loopscope` binary. In: the command line and the environment. Out: the dashboard on its port.

mod pages;
mod site;

use anyhow::Context as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let host = std::env::var("DASHBOARD_HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = std::env::var("DASHBOARD_PORT").unwrap_or_else(|_| "8766".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("{host}:{port}"))
        .await
        .with_context(|| format!("cannot listen on {host}:{port}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, pages::router()).await?;
    Ok(())
}
