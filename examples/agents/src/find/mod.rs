//! The finders, one a file. In: books of the shelf. Out: findings, or counts. They are pure.

pub mod count;
pub mod docs;
pub mod long;
pub mod notes;
pub mod twins;

/// Whether a word stands alone at that place of a text.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + length..).unwrap_or_default();
    !before.ends_with(is_word) && !after.starts_with(is_word)
}

/// The name that a text begins with.
fn name(text: &str) -> &str {
    let is_word = |char: char| char.is_alphanumeric() || char == '_' || char == '$';
    let end = text.find(|char| !is_word(char)).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::scan::Language;
    use crate::shelf::{self, Book};
    use crate::tree::File;

    /// A book of that name and text.
    pub(crate) fn book(path: &str, text: &str) -> Book {
        let file = File {
            path: path.to_owned(),
            language: Language::of(path).unwrap_or(Language::Rust),
            bytes: text.len() as u64,
        };
        shelf::book(file, text)
    }
}
