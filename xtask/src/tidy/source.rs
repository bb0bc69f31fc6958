//! How a file looks. In: its path and text. Out: the breaches, each with its line.

use super::Problem;

/// Longer than this, a file holds two things.
const MAX_LINES: usize = 400;

/// Checks a Rust file.
pub(crate) fn check_rust(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = check_length(path, text);
    if !text.starts_with("//! ") {
        problems.push(problem(
            path,
            1,
            "opens with `//! ` docs: what it is, what comes in, what goes out",
        ));
    }
    let in_app = path.starts_with("app/src");
    let all_tests = is_test_file(path);
    let mut in_tests = false;
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let number = index + 1;
        in_tests = in_test_module(&lines, index, in_tests);
        let code = without_text(line.trim_start());
        // In a constant the compiler itself unwraps.
        let constant = code.starts_with("const ")
            || code.contains(") const ")
            || code.starts_with("pub const ");
        if !all_tests
            && !in_tests
            && !constant
            && (code.contains(".unwrap()") || code.contains(".expect("))
        {
            problems.push(problem(
                path,
                number,
                "no unwrap or expect outside tests; return the error",
            ));
        }
        if in_app && has_inline_style(&code) {
            problems.push(problem(
                path,
                number,
                "no style attribute: the page's policy forbids it; use a class",
            ));
        }
        if code.contains("cfg!(feature") || stray_feature_gate(&lines, index) {
            problems.push(problem(
                path,
                number,
                "cfg(feature) stands on `mod` and `use` lines only",
            ));
        }
    }
    problems
}

/// Checks the rule that holds for every language.
pub(crate) fn check_length(path: &str, text: &str) -> Vec<Problem> {
    let lines = text.lines().count();
    if lines <= MAX_LINES {
        return Vec::new();
    }
    let rule = format!("has {lines} lines; more than {MAX_LINES} is two files");
    vec![Problem {
        place: path.to_owned(),
        rule,
    }]
}

/// The line with its comment and what stands between its quotation marks taken out.
fn without_text(line: &str) -> String {
    let mut code = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for (index, char) in line.char_indices() {
        let was_escaped = escaped;
        escaped = quoted && char == '\\' && !was_escaped;
        if char == '"' && !was_escaped && !line[..index].ends_with('\'') {
            quoted = !quoted;
        } else if quoted {
            continue;
        } else if line[index..].starts_with("//") {
            break;
        }
        code.push(char);
    }
    code
}

/// Whole files of tests: integration tests, benches, `tests.rs` beside the tested module, and `testing.rs` with
/// what a crate's tests share.
fn is_test_file(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "benches")
        || path.ends_with("tests.rs")
        || path.ends_with("testing.rs")
}

/// Whether the line at `index` lies in a `#[cfg(test)] mod … { … }`, told by rustfmt's indentation.
fn in_test_module(lines: &[&str], index: usize, before: bool) -> bool {
    if before {
        return lines[index - 1] != "}";
    }
    let opens = |line: &&str| line.starts_with("mod ") && line.ends_with('{');
    lines[index] == "#[cfg(test)]"
        && lines[index + 1..]
            .iter()
            .find(|line| !line.starts_with("#["))
            .is_some_and(opens)
}

/// A `style=` or `style:name=` attribute in a view.
fn has_inline_style(code: &str) -> bool {
    let attribute = |at: &str| code.starts_with(at) || code.contains(&format!(" {at}"));
    attribute("style=") || attribute("style:")
}

/// A `#[cfg(feature…)]` that stands on something other than a module or an import.
fn stray_feature_gate(lines: &[&str], index: usize) -> bool {
    let line = lines[index].trim_start();
    if !line.starts_with("#[cfg(") || !line.contains("feature = ") {
        return false;
    }
    let gated = lines[index + 1..]
        .iter()
        .map(|line| line.trim_start())
        .find(|line| !line.starts_with("#["));
    let words = [
        "mod ",
        "pub mod ",
        "pub(crate) mod ",
        "use ",
        "pub use ",
        "pub(crate) use ",
    ];
    !gated.is_some_and(|line| words.iter().any(|word| line.starts_with(word)))
}

fn problem(path: &str, line: usize, rule: &str) -> Problem {
    Problem {
        place: format!("{path}:{line}"),
        rule: rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that exactly these lines break a rule.
    fn check(path: &str, text: &str, lines: &[usize]) {
        let problems = check_rust(path, text);
        let expected: Vec<String> = lines.iter().map(|line| format!("{path}:{line}")).collect();
        let found: Vec<&str> = problems
            .iter()
            .map(|problem| problem.place.as_str())
            .collect();
        assert_eq!(found, expected, "{text}\n{problems:?}");
    }

    #[test]
    fn a_file_opens_with_its_docs() {
        check("crates/a/src/lib.rs", "//! What it is.\n", &[]);
        check("crates/a/src/lib.rs", "use std::fmt;\n", &[1]);
        check("crates/a/src/lib.rs", "", &[1]);
    }

    #[test]
    fn unwrap_and_expect_are_for_tests() {
        let text =
            "//! A.\nfn a() { b().unwrap(); }\n// b().unwrap()\nfn c() { d().expect(\"e\") }\n";
        check("crates/a/src/lib.rs", text, &[2, 4]);
        check("crates/a/tests/all.rs", text, &[]);
        check("crates/a/src/tests.rs", text, &[]);
        check("crates/a/src/testing.rs", text, &[]);
        check(
            "crates/a/src/lib.rs",
            "//! A.\nconst B: C = c().unwrap();\nlet b = c().unwrap();\n",
            &[3],
        );
        let module = "//! A.\n#[cfg(test)]\nmod tests {\n    fn a() { b().unwrap() }\n}\nfn c() { d().unwrap() }\n";
        check("crates/a/src/lib.rs", module, &[6]);
        let elsewhere = "//! A.\n#[cfg(test)]\nmod tests;\nfn c() { d().unwrap() }\n";
        check("crates/a/src/lib.rs", elsewhere, &[4]);
        check(
            "crates/a/src/lib.rs",
            "//! A.\nfn a() { b().unwrap_or_default() }\n",
            &[],
        );
    }

    #[test]
    fn text_and_comments_are_not_code() {
        for (line, code) in [
            ("a(\"b.unwrap()\") // c", "a(\"\") "),
            (r#"a("\"b", '"', "c")"#, r#"a("", '"', "")"#),
            ("// b().unwrap()", ""),
        ] {
            assert_eq!(without_text(line), code);
        }
    }

    #[test]
    fn the_view_has_no_inline_style() {
        let text =
            "//! A.\nview! { <p style=\"color: red\"></p> }\nview! { <p\n    style:width=w\n/> }\n";
        check("app/src/panels/a.rs", text, &[2, 4]);
        check("server/src/a.rs", text, &[]);
        check("app/src/a.rs", "//! A.\nlet style = 1;\nrestyle=2\n", &[]);
    }

    #[test]
    fn features_choose_modules_not_lines() {
        check(
            "app/src/a.rs",
            "//! A.\n#[cfg(feature = \"ssr\")]\nmod server;\n",
            &[],
        );
        check(
            "app/src/a.rs",
            "//! A.\n#[cfg(not(feature = \"ssr\"))]\npub use browser::now;\n",
            &[],
        );
        check(
            "app/src/a.rs",
            "//! A.\n#[cfg(feature = \"ssr\")]\nfn now() {}\n",
            &[2],
        );
        check(
            "app/src/a.rs",
            "//! A.\nfn a() { if cfg!(feature = \"ssr\") {} }\n",
            &[2],
        );
    }

    #[test]
    fn a_long_file_is_named_with_its_length() {
        let text = format!("//! A.\n{}", "x\n".repeat(MAX_LINES));
        let problems = check_rust("crates/a/src/lib.rs", &text);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].rule.contains("401 lines"), "{problems:?}");
        assert!(check_length("style/a.css", &"x\n".repeat(MAX_LINES)).is_empty());
    }
}
