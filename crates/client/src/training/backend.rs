//! Where telemetry goes. In: events. Out: whatever a backend makes of them.

use std::sync::Arc;

use super::TelemetryEvent;

/// A place that telemetry goes to. What goes wrong in it never reaches the training.
pub trait OutputBackend: Send + Sync {
    /// Gets ready; called again it does nothing. A backend that needs no getting ready leaves it as it is.
    fn start(&self) -> std::io::Result<()> {
        Ok(())
    }

    /// Takes an event; never fails, and never waits for anybody who reads.
    fn emit(&self, event: &TelemetryEvent);

    /// Lets go of what it has, within a bounded time; called again it does nothing.
    fn close(&self) {}
}

impl<T: OutputBackend + ?Sized> OutputBackend for Arc<T> {
    fn start(&self) -> std::io::Result<()> {
        (**self).start()
    }

    fn emit(&self, event: &TelemetryEvent) {
        (**self).emit(event);
    }

    fn close(&self) {
        (**self).close();
    }
}
