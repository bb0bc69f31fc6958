//! Document, measure, audit, clean: checks and notes of our own, without a tool. Quick, and file by file.

use std::fmt::Write as _;
use std::fs;

use anyhow::Context;
use serde_json::json;

use super::{Bench, Report};

/// The folder of what is written about the crate.
const DOCS: &str = "docs";

/// A page for each source: what it is, and its public items with their first line of docs.
pub(super) async fn document(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let files = bench.files()?;
    let mut items = 0;
    for (done, file) in files.iter().enumerate() {
        bench.piece(done, files.len(), file).await;
        let (page, count) = page(file, &read(bench, file)?);
        write(bench, &format!("{DOCS}/{}.md", stem(file)), &page)?;
        bench.house.look()?;
        items += count;
    }
    Ok(Report::good(json!({"pages": files.len(), "items": items})))
}

/// Lines, functions and tests of each source, as a table.
pub(super) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let files = bench.files()?;
    let mut table = "| file | lines | functions | tests |\n|---|---|---|---|\n".to_owned();
    let mut total = 0;
    for (done, file) in files.iter().enumerate() {
        bench.piece(done, files.len(), file).await;
        let text = read(bench, file)?;
        let count = |part: &str| text.lines().filter(|line| line.contains(part)).count();
        let (lines, functions, tests) = (text.lines().count(), count("fn "), count("#[test]"));
        writeln!(table, "| `{file}` | {lines} | {functions} | {tests} |")?;
        total += lines;
    }
    write(bench, "MEASURES.md", &table)?;
    bench.house.look()?;
    Ok(Report::good(json!({"files": files.len(), "lines": total})))
}

/// Looks for what should not stay in code.
pub(super) async fn audit(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let files = bench.files()?;
    let mut found = Vec::new();
    let check = json!({"check_name": "audit", "target": "left-over notes, panics, long lines"});
    bench.house.tell("validation:started", check);
    for (done, file) in files.iter().enumerate() {
        bench.piece(done, files.len(), file).await;
        for (line, what) in odd(&read(bench, file)?) {
            let text = format!("WARN {file}:{line}: {what}");
            let told = json!({"check_name": "audit", "line": text, "type": "stdout"});
            bench.house.tell("validation:output", told);
            found.push(text);
        }
    }
    let told = json!({"check_name": "audit", "success": found.is_empty()});
    bench.house.tell("validation:completed", told);
    Ok(Report::good(json!({"files": files.len(), "found": found})))
}

/// Removes what was written about the crate, page by page.
pub(super) async fn clean(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let folder = bench.house.tree.join(DOCS);
    let mut pages: Vec<_> = match fs::read_dir(&folder) {
        Ok(entries) => entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .collect(),
        Err(_) => Vec::new(),
    };
    pages.sort();
    for (done, page) in pages.iter().enumerate() {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        bench.piece(done, pages.len(), &name).await;
        fs::remove_file(page)?;
        bench.house.look()?;
    }
    Ok(Report::good(json!({"removed": pages.len()})))
}

fn read(bench: &Bench<'_>, file: &str) -> anyhow::Result<String> {
    fs::read_to_string(bench.house.tree.join(file)).with_context(|| file.to_owned())
}

fn write(bench: &Bench<'_>, file: &str, text: &str) -> anyhow::Result<()> {
    let path = bench.house.tree.join(file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, text).with_context(|| file.to_owned())
}

/// `src/a/b.rs` is `a-b`.
fn stem(file: &str) -> String {
    let file = file.strip_prefix("src/").unwrap_or(file);
    file.trim_end_matches(".rs").replace('/', "-")
}

/// The page of a source, and how many items it lists.
fn page(file: &str, text: &str) -> (String, usize) {
    let mut page = format!("# {}\n\n", stem(file));
    let mut items = 0;
    let mut docs = None;
    for line in text.lines().map(str::trim) {
        if let Some(about) = line.strip_prefix("//!") {
            page.push_str(about.trim());
            page.push('\n');
        } else if let Some(about) = line.strip_prefix("///") {
            docs.get_or_insert_with(|| about.trim().to_owned());
        } else if let Some(item) = line.strip_prefix("pub ") {
            let about = docs.take().unwrap_or_else(|| "*not documented*".to_owned());
            let item = item.trim_end_matches(['{', ';', ' ']);
            let _ = write!(page, "\n- `{item}`: {about}");
            items += 1;
        } else if !line.starts_with('#') {
            docs = None;
        }
    }
    page.push('\n');
    (page, items)
}

/// Lines that should not stay, with what is odd about them; tests may panic.
fn odd(text: &str) -> Vec<(usize, &'static str)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for (line, text) in (1..).zip(code.lines()) {
        for (part, what) in [
            ("TODO", "a note was left"),
            ("FIXME", "a note was left"),
            (".unwrap()", "may panic"),
            (".expect(", "may panic"),
            ("panic!(", "panics"),
        ] {
            if text.contains(part) {
                found.push((line, what));
            }
        }
        if text.chars().count() > 100 {
            found.push((line, "is longer than 100 signs"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lists_public_items_with_their_first_line() {
        let text = "//! About.\n\n/// First.\n/// Second.\n#[must_use]\npub fn a(x: u8) -> u8 {\n    x\n}\nfn b() {}\npub mod c;\n";
        let (page, items) = page("src/x.rs", text);
        assert_eq!(items, 2);
        assert_eq!(
            page,
            "# x\n\nAbout.\n\n- `fn a(x: u8) -> u8`: First.\n- `mod c`: *not documented*\n"
        );
    }

    #[test]
    fn what_should_not_stay_is_found_outside_of_tests() {
        let text = "// TODO later\nlet a = b.unwrap();\n#[cfg(test)]\nlet c = d.unwrap();\n";
        assert_eq!(odd(text), [(1, "a note was left"), (2, "may panic")]);
    }
}
