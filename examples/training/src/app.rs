//! The program as a whole: outlets, and one run after another. In: options. Out: the exit code, once what was told is
//! out or the time for it is over.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use common::threads::Stop;

use crate::hub::Hub;
use crate::options::Options;
use crate::{file, run, stream};

/// Time for the outlets to say what they have.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the program to its end; gives the exit code.
pub fn run(options: &Options) -> anyhow::Result<u8> {
    let stop = Stop::on_signals().context("cannot listen for Ctrl-C")?;
    let hub = Hub::default();
    let closing = Stop::default();
    let address = format!("{}:{}", options.host, options.port);
    let (local, clients) = stream::serve(&address, &hub, &closing).context(address)?;
    println!("listening on ws://{local}");
    // Before a file is opened, the hub has clients only.
    let until = Instant::now() + options.wait;
    while hub.count() == 0 && Instant::now() < until && !stop.rest(Duration::from_millis(20)) {}
    let file = options
        .telemetry_file
        .as_deref()
        .map(|path| file::write(path, &hub).with_context(|| path.display().to_string()))
        .transpose()?;
    runs(options, &hub, &stop);
    hub.close();
    closing.ask();
    let until = Instant::now() + LAST_WORDS;
    let is_open = |outlet: &JoinHandle<()>| !outlet.is_finished();
    while (is_open(&clients) || file.as_ref().is_some_and(is_open)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(if stop.is_asked() { 130 } else { 0 })
}

fn runs(options: &Options, hub: &Hub, stop: &Stop) {
    let mut seed = options.seed;
    for done in 1_u64.. {
        if stop.is_asked() {
            return;
        }
        run::Run::new(options, seed, hub).go(stop);
        if options.runs == Some(done) || stop.rest(options.pause) {
            return;
        }
        seed = seed.wrapping_add(1);
    }
}
