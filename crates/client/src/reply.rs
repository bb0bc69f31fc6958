//! A value that comes later: awaited on any runtime, or waited for on none.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::{Client, Error};

/// An answer of the server that is under way. Await it, or [`Reply::wait`] for it where nothing can be awaited.
#[must_use = "await it, or call `.wait()`"]
pub struct Reply<T> {
    coming: oneshot::Receiver<Result<T, Error>>,
    /// Keeps the thread that it is fetched on.
    client: Client,
}

impl<T: Send + 'static> Reply<T> {
    /// Does the work on the client's thread.
    pub(crate) fn of(
        client: &Client,
        on: &Handle,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let (tell, coming) = oneshot::channel();
        on.spawn(async move {
            // Whoever asked may have gone.
            let _ = tell.send(work.await);
        });
        Self {
            coming,
            client: client.clone(),
        }
    }

    /// Waits on this thread. For programs without a runtime; in an `async fn`, await it instead.
    pub fn wait(self) -> Result<T, Error> {
        let (tell, told) = mpsc::channel();
        let Self { coming, client } = self;
        client.spawn(async move {
            let _ = tell.send(coming.await);
        });
        match told.recv() {
            Ok(Ok(result)) => result,
            _ => Err(gone()),
        }
    }
}

impl<T> Future for Reply<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.coming)
            .poll(cx)
            .map(|result| result.unwrap_or_else(|_| Err(gone())))
    }
}

fn gone() -> Error {
    Error::Closed("its thread has ended".to_owned())
}
