//! The program as a whole: the line, the pulse, and one round after another. In: options. Out: the exit code, once what
//! was told is with the dashboard or the time for it is over.

use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use common::threads::Stop;

use crate::agents::CREW;
use crate::health::Health;
use crate::line::{Line, Link};
use crate::options::Options;
use crate::round::{self, Memory};
use crate::teller::Teller;

/// How often the machine's health is told.
const PULSE: Duration = Duration::from_secs(5);
/// Time for the last words.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// Time for the last words of a single round, of which nothing else remains.
const LAST_WORDS_OF_ONE: Duration = Duration::from_secs(15);

/// Runs the program to its end; gives the exit code.
pub fn run(options: &Options) -> anyhow::Result<u8> {
    let stop = Stop::on_signals().context("cannot listen for Ctrl-C")?;
    let address = Link::new(options)?;
    let (line, sender) = Line::open(address)?;
    line.wait_until_up(options.wait, &stop);
    let teller = Teller::new(line.clone());
    let pulses = Stop::default();
    let outcome = thread::scope(|scope| {
        scope.spawn(|| beat(&teller, &pulses));
        let outcome = work(options, &teller, &stop);
        pulses.ask();
        outcome
    });
    let patience = if options.every.is_some() || stop.is_asked() {
        LAST_WORDS
    } else {
        LAST_WORDS_OF_ONE
    };
    line.close(patience);
    // The sender ends by itself; that it panicked is no reason to hide what was done.
    let _ = sender.join();
    let left = line.left();
    if left > 0 {
        eprintln!("warning: {left} events did not reach the dashboard");
    }
    outcome?;
    Ok(if stop.is_asked() { 130 } else { 0 })
}

fn work(options: &Options, teller: &Teller, stop: &Stop) -> anyhow::Result<()> {
    for agent in &CREW {
        teller.agent_registered(agent);
    }
    let mut memory = Memory::default();
    loop {
        let told = round::run(options, teller, stop, &mut memory);
        if let Err(error) = told {
            teller.error(
                "tree",
                "NotListed",
                &format!("{}: {error}", options.tree.display()),
            );
            if options.every.is_none() {
                let tree = options.tree.display().to_string();
                return Err(error).context(tree);
            }
        }
        eprintln!("round {} done", memory.rounds);
        match options.every {
            Some(rest) if !stop.rest(rest) => {}
            _ => return Ok(()),
        }
    }
}

/// Tells the machine's health until it is asked to stop.
fn beat(teller: &Teller, stop: &Stop) {
    let mut health = Health::default();
    // The first measure of the load is a difference from here.
    health.pulse();
    let mut rest = Duration::from_millis(500);
    while !stop.rest(rest) {
        teller.health(&health.pulse());
        rest = PULSE;
    }
    teller.health(&health.pulse());
}
