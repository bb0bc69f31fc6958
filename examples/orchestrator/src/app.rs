//! The program as a whole: the line, and one run after another. In: options. Out: the exit code, once every tool is
//! ended and what was told is with the server.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use common::tasks::{Stop, toolchain};
use tempfile::TempDir;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::engine::{self, Outcome};
use crate::git::Git;
use crate::house::House;
use crate::options::Options;
use crate::order::Ordered;
use crate::run::Run;
use crate::store::Store;
use crate::{line, skills};

/// Time for the last words when the program is asked to stop.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Runs the program to its end; gives the exit code.
pub async fn run(options: &Options) -> anyhow::Result<u8> {
    let stop = Stop::on_signals()?;
    Git::check()?;
    if let Some(unknown) = options
        .plan
        .iter()
        .find(|name| skills::find(name).is_none())
    {
        bail!("there is no skill {unknown:?}");
    }
    let place = Place::open(options.state.as_deref())?;
    let mut store = Store::open(&place.folder)?;
    let run = match store.run.take() {
        Some(run) if !run.is_over => run,
        last => {
            let run = new_run(options, last.map_or(1, |last| last.number + 1));
            store.begin(&run)?;
            run
        }
    };
    let house = House::new(options, &place.folder, store, run, toolchain().await);
    eprintln!("works in {}", house.tree.display());
    let (sender, mut orders) = mpsc::unbounded_channel();
    let code = tokio::select! {
        code = runs(&house, &mut orders, &stop) => code?,
        ended = line::serve(&house, &sender) => {
            ended?;
            bail!("the line ended")
        }
    };
    place.close();
    Ok(code)
}

async fn runs(
    house: &House,
    orders: &mut UnboundedReceiver<Ordered>,
    stop: &Stop,
) -> anyhow::Result<u8> {
    let attached = async {
        while !house.is_attached.get() {
            house.sent.notified().await;
        }
    };
    // Without a server the run begins all the same; what it tells is kept.
    tokio::select! {
        _ = timeout(house.options.wait, attached) => {}
        () = stop.asked() => return Ok(130),
    }
    for done in 1.. {
        engine::prepare(house)?;
        let outcome = engine::run(house, orders, stop).await?;
        house.log(&format!("{outcome:?}"));
        if outcome == Outcome::Interrupted {
            let _ = timeout(LAST_WORDS, settled(house)).await;
            return Ok(130);
        }
        // A run begins only when the one before is told: so what waits is bounded.
        tokio::select! {
            () = settled(house) => {}
            () = stop.asked() => return Ok(130),
        }
        if house.options.runs == Some(done) {
            return Ok(u8::from(outcome != Outcome::Completed));
        }
        tokio::select! {
            () = sleep(house.options.pause) => {}
            () = stop.asked() => return Ok(130),
        }
        let next = new_run(&house.options, house.run.borrow().number + 1);
        house.store.borrow_mut().begin(&next)?;
        *house.run.borrow_mut() = next;
        house.to_send.notify_one();
    }
    Ok(0)
}

/// Returns once the server has everything.
async fn settled(house: &House) {
    while !house.store.borrow().unsent.is_empty() {
        house.sent.notified().await;
    }
}

fn new_run(options: &Options, number: u64) -> Run {
    let unique: String = Uuid::now_v7().simple().to_string();
    let tail = unique.get(26..).unwrap_or_default();
    let session_id = format!("{}-{number}-{tail}", options.name);
    let pace_ms = u64::try_from(options.pace.as_millis()).unwrap_or(u64::MAX);
    Run::new(session_id, number, &options.plan, pace_ms)
}

/// The folder of everything, and the word that nobody else is in it.
struct Place {
    folder: PathBuf,
    temporary: Option<TempDir>,
    _lock: File,
}

impl Place {
    fn open(state: Option<&Path>) -> anyhow::Result<Self> {
        let temporary = match state {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("orchestrator-").tempdir()?),
        };
        let folder = match (&temporary, state) {
            (Some(temporary), _) => temporary.path().to_owned(),
            (None, state) => state.unwrap_or(Path::new(".")).to_owned(),
        };
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let folder = folder.canonicalize()?;
        let lock = File::create(folder.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!("another program works in {}", folder.display());
        }
        Ok(Self {
            folder,
            temporary,
            _lock: lock,
        })
    }

    /// Removes what is temporary.
    fn close(self) {
        if let Some(temporary) = self.temporary
            && let Err(error) = temporary.close()
        {
            eprintln!("warning: the temporary folder could not be removed: {error}");
        }
    }
}
