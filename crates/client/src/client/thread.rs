//! The thread: gathers what was emitted, sends it, and gives the rest of the crate a runtime to work on.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

use super::Shared;
use crate::Error;
use crate::send::{Transport, deliver};

/// How many times in a row nothing came before the thread sleeps until it is woken.
const QUIET_TURNS: u32 = 10;

/// A running thread.
pub(super) struct Thread {
    stop: watch::Sender<bool>,
    handle: Mutex<Option<JoinHandle<()>>>,
    runtime: Handle,
}

impl Thread {
    pub(super) fn start(shared: Arc<Shared>, transport: Transport) -> Result<Self, Error> {
        let no =
            |error: std::io::Error| Error::Closed(format!("its thread cannot be started: {error}"));
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(no)?;
        let (stop, stopped) = watch::channel(false);
        let on = runtime.handle().clone();
        let work = move || {
            crate::wait::own_this_thread();
            runtime.block_on(run(&shared, &transport, stopped));
        };
        let thread = std::thread::Builder::new().name("loopscope".to_owned());
        let handle = thread.spawn(work).map_err(no)?;
        Ok(Self {
            stop,
            handle: Mutex::new(Some(handle)),
            runtime: on,
        })
    }

    /// Where futures of this crate run.
    pub(super) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Ends it and waits. What it sends at this moment is given up.
    pub(super) fn end(&self) {
        // Nobody listens any more where the thread has ended already.
        let _ = self.stop.send(true);
        let handle = self
            .handle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(handle) = handle {
            // It panics where a callback of the program does; then it is ended as well.
            let _ = handle.join();
        }
    }
}

async fn run(shared: &Shared, transport: &Transport, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = gather(shared) => {}
        () = deliver(shared, transport) => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

/// Empties the queue while events come, and sleeps while none do.
async fn gather(shared: &Shared) {
    let mut quiet = 0;
    loop {
        if shared.gather() {
            quiet = 0;
        } else {
            quiet += 1;
            shared.answer_waiters();
        }
        if quiet >= QUIET_TURNS {
            shared.queue().sleep().await;
            quiet = 0;
        } else {
            tokio::time::sleep(shared.bounds().linger).await;
        }
    }
}
