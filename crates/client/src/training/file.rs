//! The file backend: JSON Lines, appended. In: events. Out: a line each, written out every ten of them and at the end.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{OutputBackend, TelemetryEvent};

/// How many lines are gathered where nobody says.
const GATHERED: usize = 10;

/// A file that can be played back: one event a line, behind what is there already.
#[derive(Debug)]
pub struct FileOutput {
    path: PathBuf,
    gathers: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<BufWriter<File>>,
    /// Lines that were not written out yet.
    waiting: usize,
    lost: u64,
    is_closed: bool,
}

impl FileOutput {
    /// A file at this place; it is opened when it is started, or by the first event.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            gathers: GATHERED,
            state: Mutex::default(),
        }
    }

    /// Writes lines out when so many are there; 10 where nobody says.
    #[must_use]
    pub fn buffer_size(mut self, lines: usize) -> Self {
        self.gathers = lines.max(1);
        self
    }

    /// How many events could not be written.
    pub fn lost(&self) -> u64 {
        self.state().lost
    }

    fn open(&self, state: &mut State) -> std::io::Result<()> {
        if state.file.is_none() && !state.is_closed {
            state.file = Some(BufWriter::new(appended(&self.path)?));
        }
        Ok(())
    }

    fn write(&self, state: &mut State, event: &TelemetryEvent) -> std::io::Result<()> {
        self.open(state)?;
        let Some(file) = &mut state.file else {
            return Err(std::io::Error::other("it is closed"));
        };
        let mut line = event.to_json();
        line.push('\n');
        file.write_all(line.as_bytes())?;
        state.waiting += 1;
        if state.waiting >= self.gathers {
            state.waiting = 0;
            file.flush()?;
        }
        Ok(())
    }

    /// Counts an event that could not be written; the first one is told.
    fn lose(&self, state: &mut State, error: &std::io::Error) {
        if state.lost == 0 {
            eprintln!("loopscope: {}: {error}", self.path.display());
        }
        state.lost += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file to append lines to, made with its folder where it is not there. A last line that was cut short, as of a program
/// that was killed, is ended first: the next one would be lost with it.
fn appended(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    let mut file = options.create(true).read(true).append(true).open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

impl OutputBackend for FileOutput {
    fn start(&self) -> std::io::Result<()> {
        self.open(&mut self.state())
    }

    fn emit(&self, event: &TelemetryEvent) {
        let mut state = self.state();
        if let Err(error) = self.write(&mut state, event) {
            self.lose(&mut state, &error);
        }
    }

    fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let flushed = state.file.take().map(|mut file| file.flush());
        if let Some(Err(error)) = flushed {
            self.lose(&mut state, &error);
        }
    }
}

impl Drop for FileOutput {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use std::fs::read_to_string;

    use super::*;

    #[test]
    fn lines_are_appended_ten_at_a_time_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        std::fs::write(&path, "before\n").unwrap();
        let file = FileOutput::new(&path);
        file.start().unwrap();
        let events: Vec<_> = (0..12)
            .map(|epoch| TelemetryEvent::new("EPOCH_COMPLETED").epoch(epoch))
            .collect();
        let lines = || read_to_string(&path).unwrap().lines().count();
        for event in &events[..9] {
            file.emit(event);
        }
        assert_eq!(lines(), 1, "nine wait");
        file.emit(&events[9]);
        assert_eq!(lines(), 11);
        file.emit(&events[10]);
        file.emit(&events[11]);
        file.close();
        file.close();
        file.emit(&events[0]);
        assert_eq!(file.lost(), 1, "nothing is written to a closed one");
        let text = read_to_string(&path).unwrap();
        let read = text.lines().filter_map(TelemetryEvent::read);
        assert_eq!(read.collect::<Vec<_>>(), events);
    }

    #[test]
    fn a_line_that_was_cut_short_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs/events.jsonl");
        for _ in 0..2 {
            let file = FileOutput::new(&path);
            file.emit(&TelemetryEvent::new("TRAINING_STARTED"));
            file.close();
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(b"{\"event_type\": \"EPO").unwrap();
        }
        let text = read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert_eq!(text.lines().filter_map(TelemetryEvent::read).count(), 2);
    }

    #[test]
    fn a_file_that_cannot_be_opened_says_so_and_loses_quietly() {
        let file = FileOutput::new("/dev/null/at/all/events.jsonl");
        assert!(file.start().is_err());
        file.emit(&TelemetryEvent::new("X"));
        assert_eq!(file.lost(), 1);
    }
}
