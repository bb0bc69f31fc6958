//! Test and try: what the crate does.

use std::fs;

use anyhow::Context;
use serde_json::{Value, json};

use super::{Bench, Choice, Report};
use crate::material;

/// How many agents share the tests.
const AGENTS: usize = 2;

/// The crate's tests, module by module, shared by agents. What fails is asked about.
pub(super) async fn test(bench: &Bench<'_>) -> anyhow::Result<Report> {
    bench.piece(0, 10, "the tests are built").await;
    let Some(program) = build(bench).await? else {
        return Ok(Report::bad("the tests do not compile"));
    };
    let listed = bench.tool(&program, &["--list"]).await?;
    let modules = modules(&listed.stdout);
    let failed = share(bench, &program, &modules).await?;
    if failed.is_empty() {
        return Ok(Report::good(
            json!({"modules": modules.len(), "failed": []}),
        ));
    }
    let options = [
        Choice {
            id: "repair",
            label: "Repair",
            consequence: "the prepared patch is applied, and the tests run again",
        },
        Choice {
            id: "leave",
            label: "Go on",
            consequence: "the skill fails, and the run goes on",
        },
        Choice {
            id: "stop",
            label: "Stop the run",
            consequence: "the run ends here",
        },
    ];
    let question = format!("Tests of {} fail: repair them?", failed.join(", "));
    match bench.ask(&question, &options).await?.as_str() {
        "stop" => return Ok(Report::stop()),
        "leave" => return Ok(Report::bad(format!("tests of {} fail", failed.join(", ")))),
        _ => {}
    }
    repair(bench)?;
    bench.piece(8, 10, "the tests are built again").await;
    let Some(program) = build(bench).await? else {
        return Ok(Report::bad("the repaired crate does not compile"));
    };
    let left = share(bench, &program, &failed).await?;
    if left.is_empty() {
        Ok(Report::good(
            json!({"modules": modules.len(), "repaired": failed}),
        ))
    } else {
        Ok(Report::bad(format!(
            "tests of {} still fail",
            left.join(", ")
        )))
    }
}

/// Builds the tests of the library; gives the program that holds them.
async fn build(bench: &Bench<'_>) -> anyhow::Result<Option<String>> {
    let args = [
        "test",
        "--lib",
        "--no-run",
        "--offline",
        "--message-format=json",
    ];
    let output = bench.tool("cargo", &args).await?;
    let read = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(str::to_owned)
    };
    let found = output.stdout.lines().find_map(read);
    Ok(found.filter(|_| output.is_good()))
}

/// The modules that have tests, in order.
fn modules(listed: &str) -> Vec<String> {
    let mut modules: Vec<String> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter_map(|test| Some(test.split_once("::")?.0.to_owned()))
        .collect();
    modules.dedup();
    modules
}

/// Tests modules, shared by agents that work beside each other. Gives those that fail.
async fn share(
    bench: &Bench<'_>,
    program: &str,
    modules: &[String],
) -> anyhow::Result<Vec<String>> {
    let shares = modules.chunks(modules.len().div_ceil(AGENTS).max(1));
    let work = shares
        .enumerate()
        .map(|(number, share)| agent(bench, program, number + 1, share));
    let failed = futures_util::future::try_join_all(work).await?;
    Ok(failed.concat())
}

async fn agent(
    bench: &Bench<'_>,
    program: &str,
    number: usize,
    modules: &[String],
) -> anyhow::Result<Vec<String>> {
    let id = format!("{}-tester-{number}", bench.id());
    bench.agent(
        "spawned",
        &id,
        json!({"role": "testing", "purpose": modules.join(", ")}),
    );
    let mut failed = Vec::new();
    for (done, module) in modules.iter().enumerate() {
        bench
            .piece(2 + done, 10, &format!("tester {number}: {module}"))
            .await;
        bench.agent(
            "progress",
            &id,
            json!({"progress": done * 100 / modules.len(), "task": module}),
        );
        let filter = format!("{module}::");
        let output = bench
            .check(&format!("test {module}"), program, &[&filter])
            .await?;
        if !output.is_good() {
            failed.push(module.clone());
        }
    }
    bench.agent("completed", &id, json!({"success": true}));
    Ok(failed)
}

/// Applies the prepared patches of what breaks tests in this run.
fn repair(bench: &Bench<'_>) -> anyhow::Result<()> {
    let number = bench.house.run.borrow().number;
    for flaw in material::broken(number) {
        let path = bench.house.tree.join(flaw.file);
        let text = fs::read_to_string(&path).with_context(|| flaw.file)?;
        fs::write(&path, text.replacen(flaw.wrong, flaw.right, 1))?;
    }
    bench.house.look()?;
    Ok(())
}

/// Sentences that go there and back.
const SENTENCES: [&str; 3] = ["sos", "the quick brown fox", "what, 42 ships at 07.30?"];

/// The program itself: a sentence in code, and back.
pub(super) async fn try_out(bench: &Bench<'_>) -> anyhow::Result<Report> {
    let program = bench.house.build.join("debug/morse");
    let Some(program) = program.to_str().filter(|_| program.is_file()) else {
        return Ok(Report::bad("there is no program to try; build comes first"));
    };
    for (done, sentence) in SENTENCES.iter().enumerate() {
        bench.piece(done, SENTENCES.len(), sentence).await;
        let coded = bench
            .check("encode", program, &["encode", sentence])
            .await?;
        let code = coded.stdout.trim();
        let back = bench.check("decode", program, &["decode", code]).await?;
        if back.stdout.trim() != sentence.to_uppercase() {
            let came = back.stdout.trim();
            return Ok(Report::bad(format!("{sentence:?} came back as {came:?}")));
        }
    }
    Ok(Report::good(json!({"sentences": SENTENCES.len()})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_read_from_the_list_of_tests() {
        let listed = "decode::tests::a: test\ndecode::tests::b: test\ntable::tests::c: test\n\n3 tests, 0 benchmarks\n";
        assert_eq!(modules(listed), ["decode", "table"]);
    }
}
