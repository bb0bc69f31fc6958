//! Runs side by side: what is compared, which figure is called best, where configurations differ.

use loopscope_board::{Board, compare};
use loopscope_event::Cursor;
use loopscope_protocol::{Better, Comparison, SessionStatus};

use crate::support::{REAL_LOOP, board, events, fold, start};
use crate::training;

fn compared(boards: &[&Board]) -> Comparison {
    compare(boards, Cursor::default(), start())
}

/// What the cells of a row say, the best in brackets.
fn cells(comparison: &Comparison, id: &str) -> Vec<String> {
    let row = comparison.results.iter().find(|row| row.id == id);
    let cells = row.map(|row| row.cells.clone()).unwrap_or_default();
    cells
        .into_iter()
        .map(|cell| {
            let figure = cell.figure.map(|figure| figure.to_string());
            let words: Vec<String> = cell.word.into_iter().chain(figure).collect();
            let text = words.join(" ");
            if cell.best { format!("[{text}]") } else { text }
        })
        .collect()
}

/// A loop of some passes that ends as told; a second a step.
fn told(passes: u32, found: &[u64], end: &str, config: &str) -> Board {
    let mut lines = vec![format!(
        r#"0 0 SESSION_STARTED {{"session_id":"s","target":"gate","config":{config}}}"#
    )];
    let mut second = 0;
    for pass in 1..=passes {
        let findings = found.get(pass as usize - 1).copied().unwrap_or(0);
        for line in [
            "ITERATION_STARTED {}".to_owned(),
            r#"STEP_STARTED {"step":"diagnose"}"#.to_owned(),
            format!(
                r#"STEP_COMPLETE {{"step":"diagnose","success":true,"findings_count":{findings},"metrics":{{"issues_found":{findings}}}}}"#
            ),
            "ITERATION_ENDED {}".to_owned(),
        ] {
            second += 1;
            lines.push(format!("{second} {pass} {line}"));
        }
    }
    if !end.is_empty() {
        lines.push(format!("{} {passes} {end}", second + 1));
    }
    board(&lines.join("\n"))
}

#[test]
fn values_stand_pass_by_pass_and_only_where_two_runs_tell_them() {
    let real = board(REAL_LOOP);
    let short = told(2, &[9, 4], "", "{}");
    let comparison = compared(&[&real, &short]);
    let curve = |id: &str| comparison.curves.iter().find(|curve| curve.id == id);
    let findings = curve("findings").unwrap();
    assert_eq!(
        findings.runs,
        [
            vec![Some(3.0), Some(1.0), Some(0.0)],
            vec![Some(9.0), Some(4.0)]
        ]
    );
    assert_eq!(findings.better, Better::Lower);
    assert_eq!(comparison.runs[1].passes, [1, 2]);
    assert_eq!(comparison.runs[1].at_ms, [4_000.0, 8_000.0]);
    assert_eq!(
        curve("pass_time").unwrap().runs[1],
        [Some(3_000.0), Some(3_000.0)]
    );
    assert_eq!(
        curve("step:diagnose").unwrap().runs[1],
        [Some(1_000.0), Some(1_000.0)]
    );
    assert!(
        curve("vulnerabilities").is_none(),
        "only one run was attacked"
    );
    let alone = compared(&[&real]);
    assert!(
        alone
            .curves
            .iter()
            .any(|curve| curve.id == "vulnerabilities")
    );
}

#[test]
fn what_is_fixed_is_measured_alike_in_all_runs() {
    let real = board(REAL_LOOP);
    assert!(real.fixed_of_found().is_some());
    // A loop that does not name its findings has only their number.
    let unnamed = told(2, &[8, 2], "", "{}");
    let comparison = compared(&[&real, &unnamed]);
    let fixed = comparison
        .curves
        .iter()
        .find(|curve| curve.id == "fixed")
        .unwrap();
    assert_eq!(fixed.runs[1], [Some(0.0), Some(75.0)]);
    assert_eq!(
        fixed.runs[0].first(),
        Some(&Some(0.0)),
        "since the peak too"
    );
    assert_eq!(
        compared(&[&real]).curves[1].runs[0],
        real.fixed_of_found().unwrap()
    );
}

#[test]
fn the_best_is_one_of_those_that_are_over_and_never_all() {
    let quick = told(2, &[3, 0], "CONVERGENCE_REACHED {}", "{}");
    let slow = told(4, &[3, 2, 1, 0], "CONVERGENCE_REACHED {}", "{}");
    let failed = told(
        1,
        &[7],
        r#"SESSION_ENDED {"outcome":"failed"}"#,
        r#"{"max_iterations":9}"#,
    );
    let runs = told(1, &[1], "", "{}");
    let comparison = compared(&[&quick, &slow, &failed, &runs]);
    let failed_word = cells(&comparison, "passes").swap_remove(2);
    assert_eq!(cells(&comparison, "passes")[..2], ["[2]", "4"]);
    assert_eq!(cells(&comparison, "passes")[3], "1");
    // To fail soon is no merit; to be early in a run neither.
    assert_eq!(cells(&comparison, "duration")[..2], ["[9000]", "17000"]);
    assert!(
        !cells(&comparison, "duration")[2..]
            .iter()
            .any(|cell| cell.starts_with('['))
    );
    assert_eq!(cells(&comparison, "findings_left")[..2], ["[0]", "[0]"]);
    assert!(
        ["not in 9", "1"].contains(&failed_word.as_str()),
        "{failed_word}"
    );
    let alike = compared(&[&quick, &quick]);
    assert_eq!(
        cells(&alike, "passes"),
        ["2", "2"],
        "where all are equal, none is best"
    );
}

#[test]
fn none_is_best_among_programs_of_different_kinds() {
    let review = told(2, &[3, 0], "CONVERGENCE_REACHED {}", "{}");
    let training = training::fold([training::START, training::DONE]);
    assert_eq!(training.status(), SessionStatus::Completed);
    let of = |boards: &[&Board]| cells(&compared(boards), "duration");
    let [review_ms, training_ms] = of(&[&review, &training]).try_into().unwrap();
    assert!(
        !review_ms.starts_with('[') && !training_ms.starts_with('['),
        "{review_ms} {training_ms}"
    );
    let slower = told(4, &[3, 2, 1, 0], "CONVERGENCE_REACHED {}", "{}");
    assert!(of(&[&review, &slower])[0].starts_with('['));
}

#[test]
fn configurations_are_told_key_by_key_and_the_odd_value_is_known() {
    let config = |text: &str| told(1, &[1], "", text);
    let boards = [
        config(r#"{"fixer":{"model":"large","tries":2},"same":[1,2]}"#),
        config(r#"{"fixer":{"model":"large","tries":3},"same":[1,2]}"#),
        config(r#"{"fixer":{"model":"small"},"same":[1,2]}"#),
    ];
    let comparison = compared(&boards.each_ref());
    let rows = comparison.config.iter().map(|row| {
        let values = row.values.iter().zip(&row.odd).map(|(value, odd)| {
            let value = value.as_deref().unwrap_or("–");
            if *odd {
                format!("<{value}>")
            } else {
                value.to_owned()
            }
        });
        format!(
            "{} {} {}",
            row.key,
            row.differs,
            values.collect::<Vec<_>>().join(" ")
        )
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "fixer.model true large large <small>",
            "fixer.tries true 2 3 –",
            "same false [1,2] [1,2] [1,2]"
        ]
    );
}

#[test]
fn metrics_are_shared_by_two_and_their_names_tell_which_is_better() {
    let run = |rows: &[(&str, f64)]| {
        let lines = rows.iter().enumerate().map(|(n, (name, value))| {
            format!(r#"{n} 0 METRICS {{"step":{n},"metrics":{{"{name}":{value}}}}}"#)
        });
        fold(&events(&lines.collect::<Vec<_>>().join("\n")))
    };
    let a = run(&[
        ("val/accuracy", 0.8),
        ("train/loss", 0.4),
        ("lr", 0.1),
        ("own", 1.0),
    ]);
    let b = run(&[("val/accuracy", 0.9), ("train/loss", 0.5), ("lr", 0.2)]);
    let comparison = compared(&[&a, &b]);
    let told = comparison.metrics.iter();
    let told: Vec<_> = told
        .map(|metric| (metric.name.as_str(), metric.better, metric.last.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("val/accuracy", Better::Higher, vec![Some(0.8), Some(0.9)]),
            ("train/loss", Better::Lower, vec![Some(0.4), Some(0.5)]),
            ("lr", Better::Neither, vec![Some(0.1), Some(0.2)]),
        ]
    );
}
