//! The `loopscope` binary. In: the command line and the environment. Out: the dashboard on its port.

use loopscope::config::{Layers, resolve};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let layers = Layers {
        env: std::env::vars().collect(),
        ..Layers::default()
    };
    let running = loopscope::serve(resolve(&layers)?).await?;
    println!("listening on http://{}", running.address());
    running.asked_to_stop().await;
    running.stop().await?;
    Ok(())
}
