//! How far long work is. In: bytes done, and to do. Out: a line on the terminal that is drawn over; nothing where standard
//! error is no terminal, so that logs and scripts see only the result.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::{MissedTickBehavior, interval};

/// How often a second the line is drawn.
const DRAWN_PER_SECOND: u8 = 5;

/// How often a file that grows is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The line; it is gone when this goes.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A line about so many bytes; where nobody knows how many, it says how many there were.
    pub(crate) fn of_bytes(what: impl Into<String>, total: Option<u64>) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(DRAWN_PER_SECOND);
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{msg} {bar:24} {percent}% of {total_bytes}, {eta} left",
            None => "{msg} {bytes}, {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what.into());
        Self(bar)
    }

    /// So many bytes are done.
    pub(crate) fn at(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    /// What is being done.
    pub(crate) fn say(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }

    /// Does a work that writes a file, and shows how large the file is by then. The file is not opened by this.
    pub(crate) async fn while_it_grows<T>(&self, file: &Path, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = look.tick() => {
                    if let Ok(meta) = std::fs::metadata(file) {
                        self.at(meta.len());
                    }
                }
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_grows_is_followed_until_the_work_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("part");
        let bar = Bar::of_bytes("writing", Some(10));
        let work = async {
            std::fs::write(&file, "12345").unwrap();
            tokio::time::sleep(LOOK_EVERY * 2).await;
            7
        };
        assert_eq!(bar.while_it_grows(&file, work).await, 7);
        assert_eq!(bar.0.position(), 5);
    }
}
