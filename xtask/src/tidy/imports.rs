//! Who may import whom.
//!
//! In: the members of the workspace. Out: the edges that the table does not allow. The table is the picture in
//! `ARCHITECTURE.md`; change both in one commit.

use super::Problem;
use super::metadata::{Dependency, Package};

/// The rooms and what each may import of the house.
const ROOMS: &[(&str, &[&str])] = &[
    ("loopscope-event", &[]),
    ("loopscope-dialects", &["loopscope-event"]),
    ("loopscope-protocol", &["loopscope-event"]),
    ("loopscope-journal", &["loopscope-event"]),
    (
        "loopscope-board",
        &[
            "loopscope-event",
            "loopscope-dialects",
            "loopscope-protocol",
        ],
    ),
    (
        "loopscope-alerts",
        &[
            "loopscope-event",
            "loopscope-dialects",
            "loopscope-protocol",
        ],
    ),
    (
        "loopscope-client",
        &["loopscope-event", "loopscope-protocol"],
    ),
    ("loopscope-python", &["loopscope-client"]),
    ("loopscope-chart", &[]),
    (
        "loopscope-app",
        &[
            "loopscope-event",
            "loopscope-protocol",
            "loopscope-board",
            "loopscope-chart",
            "loopscope-dialects",
        ],
    ),
    ("loopscope-frontend", &["loopscope-app"]),
    (
        "loopscope-viewer",
        &[
            "loopscope-app",
            "loopscope-event",
            "loopscope-protocol",
            "loopscope-board",
            "loopscope-dialects",
        ],
    ),
    (
        "loopscope",
        &[
            "loopscope-alerts",
            "loopscope-app",
            "loopscope-event",
            "loopscope-dialects",
            "loopscope-protocol",
            "loopscope-journal",
            "loopscope-board",
            "loopscope-chart",
        ],
    ),
    ("xtask-bench", &[]),
    ("common", &[]),
    ("convergence-loop", &["common"]),
    ("orchestrator", &["common"]),
    ("survey-crew", &["common"]),
    ("graft", &["common"]),
    ("xtask", &[]),
    ("xtask-bindgen", &[]),
];

/// Libraries that only some rooms may hold, tests included: they are that room's whole business.
const KEPT: &[(&str, &[&str])] = &[
    ("sqlx", &["loopscope-journal"]),
    ("axum", &["loopscope"]),
    ("leptos_axum", &["loopscope"]),
    ("plotters", &["loopscope-chart"]),
    ("pyo3", &["loopscope-python"]),
    (
        "leptos",
        &[
            "loopscope-app",
            "loopscope-frontend",
            "loopscope-viewer",
            "loopscope",
        ],
    ),
];

/// Rooms without I/O: neither a runtime nor a socket nor a clock of their own comes in.
const PURE: &[&str] = &[
    "loopscope-alerts",
    "loopscope-event",
    "loopscope-dialects",
    "loopscope-protocol",
    "loopscope-board",
    "loopscope-chart",
];

/// What a pure room may not hold.
const IO: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "tokio-tungstenite",
    "sqlx",
    "axum",
    "web-sys",
    "gloo-net",
];

/// What `chart` may hold: it draws, and nothing else. The traits that its backends implement are a package of
/// plotters' own.
const CHART_MAY: &[&str] = &["plotters", "plotters-backend"];

/// Under which condition everything of `frontend` stands.
const BROWSER: &str = "cfg(target_arch = \"wasm32\")";

/// All edges of the workspace that break the table.
pub(crate) fn check(packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages {
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == package.name) else {
            problems.push(problem(
                package,
                "is not in the import table of xtask/src/tidy/imports.rs",
            ));
            continue;
        };
        for dependency in &package.dependencies {
            problems.extend(edge(package, may, dependency));
        }
    }
    problems
}

/// The breaches of one edge.
fn edge(package: &Package, may: &[&str], dependency: &Dependency) -> Vec<Problem> {
    let mut problems = Vec::new();
    let name = dependency.name.as_str();
    let in_house = ROOMS.iter().any(|(room, _)| *room == name);
    if in_house && !dependency.dev && !may.contains(&name) {
        problems.push(problem(package, &format!("may not import {name}")));
    }
    let keepers = KEPT.iter().find(|(library, _)| *library == name);
    if let Some((_, keepers)) = keepers
        && !keepers.contains(&package.name.as_str())
    {
        problems.push(problem(
            package,
            &format!("may not hold {name}; only {} does", keepers.join(", ")),
        ));
    }
    if PURE.contains(&package.name.as_str()) && !dependency.dev && IO.contains(&name) {
        problems.push(problem(
            package,
            &format!("is pure and may not hold {name}"),
        ));
    }
    if package.name == "loopscope-chart" && !dependency.dev && !CHART_MAY.contains(&name) {
        problems.push(problem(
            package,
            &format!("holds plotters only, not {name}"),
        ));
    }
    if package.name == "loopscope-frontend" && dependency.target.as_deref() != Some(BROWSER) {
        problems.push(problem(
            package,
            &format!("must hold {name} under target.'{BROWSER}' only"),
        ));
    }
    problems
}

fn problem(package: &Package, rule: &str) -> Problem {
    Problem {
        place: package.name.clone(),
        rule: rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A package with dependencies written as `name`, `dev:name` or `wasm:name`.
    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies.iter().map(|text| {
            let (mark, name) = text.split_once(':').unwrap_or(("", text));
            Dependency {
                name: name.to_owned(),
                dev: mark == "dev",
                target: (mark == "wasm").then(|| BROWSER.to_owned()),
            }
        });
        Package {
            name: name.to_owned(),
            dir: PathBuf::new(),
            dependencies: dependencies.collect(),
        }
    }

    #[test]
    fn each_edge_is_judged_by_the_table() {
        for (name, dependencies, breaches) in [
            ("loopscope-event", &["serde"] as &[_], 0),
            ("loopscope-event", &["loopscope-board"], 1),
            ("loopscope-event", &["dev:loopscope-board"], 0),
            ("loopscope-event", &["tokio"], 1),
            (
                "loopscope-board",
                &[
                    "loopscope-event",
                    "loopscope-dialects",
                    "loopscope-protocol",
                ],
                0,
            ),
            ("loopscope-board", &["loopscope-journal", "sqlx"], 3),
            ("loopscope-app", &["loopscope-board", "leptos"], 0),
            ("loopscope-app", &["axum"], 1),
            ("loopscope-app", &["loopscope-journal"], 1),
            (
                "loopscope",
                &["loopscope-app", "loopscope-journal", "axum", "tokio"],
                0,
            ),
            ("loopscope", &["sqlx"], 1),
            ("loopscope", &["dev:sqlx"], 1),
            ("loopscope", &["loopscope-frontend"], 1),
            ("loopscope-chart", &["plotters", "plotters-backend"], 0),
            ("loopscope-chart", &["plotters", "serde"], 1),
            ("loopscope-frontend", &["wasm:loopscope-app"], 0),
            ("loopscope-frontend", &["loopscope-app"], 1),
            ("newcomer", &["serde"], 1),
        ] {
            let found = check(&[package(name, dependencies)]);
            assert_eq!(found.len(), breaches, "{name} {dependencies:?}: {found:?}");
        }
    }
}
