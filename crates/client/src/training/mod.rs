//! Telemetry of training runs, as the training contract has it: for a trainer that is to be watched by whoever dials it,
//! and for a program that dials one.
//!
//! In: [`TelemetryEvent`]s. Out: the same on a WebSocket that the program serves ([`StreamOutput`]) and in a file
//! ([`FileOutput`]); a [`Hub`] gives them to any number of such [`OutputBackend`]s, none of which holds up the training or
//! another. [`StreamReader`] dials a stream and dials it again. No Loopscope server is needed for any of it; one that is
//! there dials the trainer (`--training-url`) or reads its file (`loopscope tail`).
//!
//! ```no_run
//! use loopscope_client::training::{FileOutput, Hub, StreamOutput, TelemetryEvent};
//! use serde_json::json;
//!
//! fn main() -> std::io::Result<()> {
//!     let hub = Hub::new();
//!     hub.add_backend(StreamOutput::on("localhost", 8765))?;
//!     hub.add_backend(FileOutput::new("events.jsonl"))?;
//!     hub.emit(TelemetryEvent::new("EPOCH_COMPLETED").epoch(10).data(json!({"val_accuracy": 75.5})));
//!     hub.close();
//!     Ok(())
//! }
//! ```

mod backend;
mod event;
mod file;
mod hub;
mod lenient;
mod reader;
mod stream;

pub use backend::OutputBackend;
pub use event::TelemetryEvent;
pub use file::FileOutput;
pub use hub::Hub;
pub use reader::{Heard, StreamReader};
pub use stream::StreamOutput;
