//! The program as a whole: the server, the webhook, and one session after another. In: options. Out: the outcome of
//! the last session, once everything that was started is ended and the temporary folder is gone.

use std::time::Duration;

use anyhow::{Context, bail};
use common::tasks::Stop;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::bus::Bus;
use crate::cargo::Cargo;
use crate::catalogue::{self, Defect};
use crate::helm::Helm;
use crate::options::Options;
use crate::serve::serve;
use crate::session::{Outcome, Session};
use crate::steps::Bench;
use crate::teller::Teller;
use crate::webhook;
use crate::workshop::Workshop;

/// Time for the last batch of the webhook.
const LAST_BATCH: Duration = Duration::from_secs(5);

/// What the sessions share.
struct House<'a> {
    options: &'a Options,
    catalogue: &'a [Defect],
    cargo: &'a Cargo,
    workshop: &'a Workshop,
    bus: &'a Bus,
    helm: &'a Helm,
    stop: &'a Stop,
    seed: u64,
}

/// Runs the program to its end.
pub async fn run(options: &Options) -> anyhow::Result<Outcome> {
    let stop = Stop::on_signals()?;
    let address = options
        .webhook
        .as_deref()
        .map(webhook::Address::parse)
        .transpose()?;
    let (host, port) = options.address();
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .with_context(|| format!("cannot listen on {host}, port {port}"))?;
    let (bus, helm) = (Bus::new(), Helm::new());
    let (close, closing) = watch::channel(false);
    println!("listening on ws://{}", listener.local_addr()?);
    let server = tokio::spawn(serve(listener, bus.clone(), helm.clone(), closing));
    let hook = address.map(|address| tokio::spawn(webhook::deliver(address, bus.listen())));

    let workshop = Workshop::open()?;
    let outcome = sessions(options, &workshop, &bus, &helm, &stop).await;
    workshop.close().await;

    close.send_replace(true);
    server.await.context("the server broke down")?;
    drop(bus);
    if let Some(hook) = hook
        && timeout(LAST_BATCH, hook).await.is_err()
    {
        eprintln!("warning: the webhook did not take the last events in time");
    }
    outcome
}

/// One session after another, until one was enough or the program is asked to stop.
async fn sessions(
    options: &Options,
    workshop: &Workshop,
    bus: &Bus,
    helm: &Helm,
    stop: &Stop,
) -> anyhow::Result<Outcome> {
    let catalogue = catalogue::load()?;
    std::fs::create_dir_all(workshop.build_folder())?;
    let cargo = tokio::select! {
        found = Cargo::find(workshop.crate_folder(), workshop.build_folder(), options.step_timeout) => found?,
        () = stop.asked() => return Ok(Outcome::Interrupted),
    };
    let house = House {
        options,
        catalogue: &catalogue,
        cargo: &cargo,
        workshop,
        bus,
        helm,
        stop,
        seed: options.seed.unwrap_or_else(clock_seed),
    };
    tokio::select! {
        () = bus.first_client() => {}
        () = sleep(options.wait) => {}
        () = stop.asked() => return Ok(Outcome::Interrupted),
    }
    for run in 1.. {
        let outcome = house.session(run).await?;
        if options.once || outcome == Outcome::Interrupted {
            return Ok(outcome);
        }
        tokio::select! {
            () = sleep(options.pause) => {}
            () = stop.asked() => break,
        }
    }
    Ok(Outcome::Interrupted)
}

impl House<'_> {
    /// One session, from `SESSION_STARTED` to `SESSION_ENDED`.
    async fn session(&self, run: u64) -> anyhow::Result<Outcome> {
        let options = self.options;
        let defects = self.defects(run)?;
        self.workshop.prepare(&defects)?;
        let id = match &options.name {
            Some(name) => format!("{name}-{run}"),
            None => Uuid::new_v4().to_string(),
        };
        let teller = Teller::new(self.bus.clone(), &id);
        self.helm.begin(&id);
        teller.tell(
            "SESSION_STARTED",
            json!({
                "session_id": id,
                "webhook_url": options.webhook.as_deref().unwrap_or_default(),
                "target": options.target,
                "config": {
                    "max_iterations": options.max_iterations,
                    "timeout_seconds": options.timeout.as_secs(),
                    "fixes_per_iteration": options.fixes_per_iteration,
                    "cases_per_property": options.cases,
                    "seed": self.seed,
                    "run": run,
                    "defects_planted": defects.len(),
                },
            }),
        );
        let planted: Vec<&str> = defects.iter().map(|defect| defect.id.as_str()).collect();
        teller.log(&format!(
            "run {run}, seed {}: planted {}",
            self.seed,
            planted.join(", ")
        ));
        let bench = Bench {
            cargo: self.cargo,
            workshop: self.workshop,
            catalogue: self.catalogue,
            teller: &teller,
            helm: self.helm,
            options,
        };
        let mut session = Session::new(bench, self.seed, run);
        let outcome = tokio::select! {
            outcome = session.run() => outcome,
            () = self.stop.asked() => Outcome::Interrupted,
            () = self.worked(options.timeout) => {
                let error = format!("Timeout ({} s) reached", options.timeout.as_secs());
                teller.log(&error);
                teller.tell("ERROR", json!({"error": error}));
                Outcome::Spent
            }
        };
        self.helm.end();
        let iterations = teller.iteration();
        teller.tell(
            "SESSION_ENDED",
            json!({"session_id": id, "iterations": iterations}),
        );
        teller.log(&format!("ended: {outcome:?}"));
        Ok(outcome)
    }

    /// Returns after so much time in which the loop was not halted.
    async fn worked(&self, mut left: Duration) {
        while !left.is_zero() {
            let part = left.min(Duration::from_secs(1));
            sleep(part).await;
            if !self.helm.is_halting() {
                left -= part;
            }
        }
    }

    /// What to plant: what the operator named, else a selection.
    fn defects(&self, run: u64) -> anyhow::Result<Vec<&Defect>> {
        let named = &self.options.plant;
        if named.is_empty() {
            return Ok(catalogue::select(self.catalogue, self.seed, run));
        }
        if named.iter().any(|name| name == "all") {
            return Ok(self.catalogue.iter().collect());
        }
        let find = |name: &String| self.catalogue.iter().find(|defect| defect.id == *name);
        if let Some(unknown) = named.iter().find(|name| find(name).is_none()) {
            bail!("there is no defect {unknown:?}");
        }
        Ok(named.iter().filter_map(find).collect())
    }
}

/// Another seed at every start.
fn clock_seed() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}
