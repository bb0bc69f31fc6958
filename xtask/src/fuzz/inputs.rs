//! Inputs in a list that people can read, one a line. In: such a list, or a folder of inputs. Out: the other.
//!
//! `\\`, `\n`, `\r` and `\xNN` stand for bytes; a line that begins with `#` is a word to the reader.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::Path;

use anyhow::Context as _;

/// Writes each input of a list to a file of its own. A list that is not there holds none.
pub(super) fn unpack(list: &Path, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let text = if list.exists() {
        fs::read_to_string(list).with_context(|| list.display().to_string())?
    } else {
        String::new()
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let input = read(line).with_context(|| format!("{}: {line}", list.display()))?;
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        fs::write(folder.join(format!("{:016x}", hasher.finish())), input)?;
    }
    Ok(())
}

/// Writes the inputs of a folder as a list, the shortest first, up to so many bytes; how many there was room for.
pub(super) fn pack(folder: &Path, list: &Path, name: &str, most: usize) -> anyhow::Result<usize> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        lines.push(write(&fs::read(entry?.path())?));
    }
    lines.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    let mut text = format!(
        "# What fuzzing the target `{name}` found worth keeping; `cargo xtask fuzz` writes it.\n"
    );
    let mut kept = 0;
    for line in lines.iter().filter(|line| !line.starts_with('#')) {
        if text.len() + line.len() < most {
            text.push_str(line);
            text.push('\n');
            kept += 1;
        }
    }
    fs::create_dir_all(list.parent().context("a list without a folder")?)?;
    fs::write(list, text)?;
    Ok(kept)
}

/// An input as a line.
fn write(input: &[u8]) -> String {
    let mut line = String::new();
    for chunk in input.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                '\0'..' ' | '\u{7f}' => escape(&mut line, char as u32),
                _ => line.push(char),
            }
        }
        for byte in chunk.invalid() {
            escape(&mut line, u32::from(*byte));
        }
    }
    line
}

fn escape(line: &mut String, byte: u32) {
    // Writing to a string cannot fail.
    let _ = write!(line, "\\x{byte:02x}");
}

/// The input of a line; `None` where a backslash stands for nothing.
fn read(line: &str) -> Option<Vec<u8>> {
    let mut input = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        input.extend_from_slice(&rest.as_bytes()[..at]);
        let escaped = &rest[at + 1..];
        let length = match escaped.chars().next()? {
            '\\' => (input.push(b'\\'), 1).1,
            'n' => (input.push(b'\n'), 1).1,
            'r' => (input.push(b'\r'), 1).1,
            'x' => {
                (
                    input.push(u8::from_str_radix(escaped.get(1..3)?, 16).ok()?),
                    3,
                )
                    .1
            }
            _ => return None,
        };
        rest = &escaped[length..];
    }
    input.extend_from_slice(rest.as_bytes());
    Some(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_one_line_and_read_back() {
        let all: Vec<u8> = (0..=255).collect();
        for input in [
            &all[..],
            b"",
            b"a\\nb\n",
            "é\u{2028}\u{feff}".as_bytes(),
            b"\\",
        ] {
            let line = write(input);
            assert!(!line.contains(['\n', '\r']), "{line}");
            assert_eq!(read(&line).as_deref(), Some(input), "{line}");
        }
        for line in ["\\", "\\q", "\\x1", "\\xzz"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_list_keeps_the_shortest_within_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let (inputs, list) = (
            folder.path().join("inputs"),
            folder.path().join("kept/a.txt"),
        );
        fs::create_dir_all(&inputs).unwrap();
        for input in ["{}", "[1]", &"x".repeat(5_000)] {
            fs::write(inputs.join(input.len().to_string()), input).unwrap();
        }
        assert_eq!(pack(&inputs, &list, "a", 1_000).unwrap(), 2);
        let again = folder.path().join("again");
        unpack(&list, &again).unwrap();
        assert_eq!(fs::read_dir(&again).unwrap().count(), 2);
        assert!(unpack(&folder.path().join("none"), &again).is_ok());
    }
}
