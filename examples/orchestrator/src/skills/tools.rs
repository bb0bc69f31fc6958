//! Format, lint, build: the toolchain's own tools.

use serde_json::{Value, json};

use super::{Bench, Choice, Report};

/// rustfmt, file by file; the crate's root last, since rustfmt follows its modules.
pub(super) async fn format(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let mut files = bench.files()?;
    files.sort_by_key(|file| file == "src/lib.rs");
    let mut changed = Vec::new();
    for (done, file) in files.iter().enumerate() {
        bench.piece(done, files.len(), file).await;
        let output = bench.tool("rustfmt", &["--edition", "2024", file]).await?;
        if !output.is_good() {
            return Ok(Report::bad(format!("rustfmt: {}", output.stderr.trim())));
        }
        changed.extend(bench.house.look()?);
    }
    Ok(Report::good(
        json!({"files": files.len(), "changed": changed}),
    ))
}

const CLIPPY: [&str; 4] = [
    "clippy",
    "--offline",
    "--all-targets",
    "--message-format=short",
];

/// clippy; what it finds is asked about.
pub(super) async fn lint(bench: &Bench<'_>) -> anyhow::Result<Report> {
    bench.piece(0, 3, "clippy reads the crate").await;
    let output = bench.check("clippy", "cargo", &CLIPPY).await?;
    if !output.is_good() {
        return Ok(Report::bad("the crate does not compile"));
    }
    let found = warnings(&output.stderr);
    if found == 0 {
        return Ok(Report::good(json!({"warnings": 0})));
    }
    let options = [
        Choice {
            id: "fix",
            label: "Fix automatically",
            consequence: "clippy's own suggestions are applied",
        },
        Choice {
            id: "leave",
            label: "Leave them",
            consequence: "the run goes on with the warnings in the code",
        },
        Choice {
            id: "stop",
            label: "Stop the run",
            consequence: "the run ends here",
        },
    ];
    let question = format!("Lint found {found} warnings: fix them?");
    match bench.ask(&question, &options).await?.as_str() {
        "stop" => return Ok(Report::stop()),
        "leave" => return Ok(Report::good(json!({"warnings": found, "left": found}))),
        _ => {}
    }
    bench.piece(1, 3, "clippy's suggestions are applied").await;
    let fix = [
        "clippy",
        "--fix",
        "--offline",
        "--all-targets",
        "--allow-dirty",
        "--allow-staged",
    ];
    bench.tool("cargo", &fix).await?;
    let changed = bench.house.look()?;
    bench.piece(2, 3, "clippy reads the crate again").await;
    let output = bench.check("clippy again", "cargo", &CLIPPY).await?;
    let left = warnings(&output.stderr);
    Ok(Report::good(
        json!({"warnings": found, "left": left, "changed": changed}),
    ))
}

/// How many places warnings are of; a place that two targets share counts once.
fn warnings(output: &str) -> usize {
    let mut places: Vec<&str> = output
        .lines()
        .filter(|line| line.starts_with("src/") && line.contains(": warning: "))
        .collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

/// cargo build; without it nothing else makes sense.
pub(super) async fn build(bench: &Bench<'_>) -> anyhow::Result<Report> {
    bench.piece(0, 1, "cargo builds the crate").await;
    let output = bench
        .check("build", "cargo", &["build", "--offline"])
        .await?;
    if !output.is_good() {
        return Ok(Report::bad("the crate does not compile"));
    }
    let program = std::fs::metadata(bench.house.build.join("debug/morse"));
    let bytes = program.map_or(Value::Null, |program| json!(program.len()));
    let millis = u64::try_from(output.elapsed.as_millis()).unwrap_or(u64::MAX);
    Ok(Report::good(json!({"bytes": bytes, "took_ms": millis})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_of_two_targets_counts_once() {
        let output = "    Checking morse v0.1.0\n\
            src/decode.rs:18:12: warning: length comparison to zero\n\
            src/encode.rs:15:5: warning: unneeded `return` statement\n\
            warning: `morse` (lib) generated 2 warnings\n\
            src/decode.rs:18:12: warning: length comparison to zero\n";
        assert_eq!(warnings(output), 2);
        assert_eq!(warnings("    Finished `dev` profile"), 0);
    }
}
