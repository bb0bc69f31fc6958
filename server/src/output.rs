//! Standard output of the commands. In: words and bytes. Out: they are written, or the command ends here: quietly
//! where whoever read is gone (`loopscope config | head -1`), with the reason where the system refuses.
//!
//! The signal by which other tools end stays ignored, as Rust has it: it would also end a command whose server closes
//! a connection.

use std::fmt;
use std::io::{ErrorKind, Write as _};

/// What a shell sees of a tool that SIGPIPE has ended: 128 and the signal's number.
const READER_GONE: i32 = 141;

/// Prints a line on standard output, as `println!` does, and ends the program where nobody reads it.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::line(::std::format_args!($($words)*))
    };
}

/// Writes words, and ends the line.
pub fn line(words: fmt::Arguments<'_>) {
    write(format!("{words}\n").as_bytes());
}

/// Writes a text as it is.
pub fn text(words: &str) {
    write(words.as_bytes());
}

/// Writes bytes as they are.
pub fn write(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush()) {
        end(&error);
    }
}

fn end(error: &std::io::Error) -> ! {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(READER_GONE);
    }
    // Nobody can be told where standard error is gone too.
    let _ = writeln!(std::io::stderr(), "loopscope: standard output: {error}");
    std::process::exit(1);
}
