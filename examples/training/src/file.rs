//! The file backend: JSON Lines, appended. In: the hub's frames. Out: a line each, on disk every ten of them and when
//! nothing comes for a moment.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::hub::{Hub, Outlet};

/// How many lines are gathered.
const GATHERED: usize = 10;

/// Starts to write.
pub fn write(path: &Path, hub: &Hub) -> std::io::Result<JoinHandle<()>> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let name = path.display().to_string();
    let outlet = hub.open(name.clone());
    thread::Builder::new()
        .name("file".to_owned())
        .spawn(move || {
            if let Err(error) = lines(file, &outlet) {
                eprintln!("warning: {name}: {error}; nothing more is written to it");
            }
            outlet.close();
        })
}

fn lines(file: File, outlet: &Outlet) -> std::io::Result<()> {
    let mut file = BufWriter::new(file);
    while let Some(frames) = outlet.take(GATHERED, Duration::from_millis(500)) {
        for frame in &frames {
            file.write_all(frame.as_bytes())?;
            file.write_all(b"\n")?;
        }
        if frames.len() == GATHERED || frames.is_empty() {
            file.flush()?;
        }
    }
    file.flush()
}
