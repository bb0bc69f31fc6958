//! What `cargo metadata` says of the workspace. In: cargo's JSON. Out: the members and what they depend on.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::house::House;

/// A member of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// What its `Cargo.toml` names.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    /// The package depended on.
    pub(crate) name: String,
    /// Only for tests and benches.
    pub(crate) dev: bool,
    /// The `cfg(…)` it stands under.
    pub(crate) target: Option<String>,
}

/// Reads the members from cargo, without touching the network.
pub(crate) fn packages(house: &House) -> anyhow::Result<Vec<Package>> {
    let output = house
        .cargo([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .output()
        .context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    parse(&output.stdout)
}

/// The members in cargo's JSON.
fn parse(json: &[u8]) -> anyhow::Result<Vec<Package>> {
    let document: Value = serde_json::from_slice(json).context("cargo metadata is not JSON")?;
    let packages = document["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> anyhow::Result<Package> {
    let manifest = PathBuf::from(text(value, "manifest_path")?);
    let dependencies = value["dependencies"]
        .as_array()
        .context("a package without dependencies")?;
    Ok(Package {
        name: text(value, "name")?,
        dir: manifest
            .parent()
            .context("a manifest without a folder")?
            .to_owned(),
        dependencies: dependencies
            .iter()
            .map(dependency)
            .collect::<anyhow::Result<_>>()?,
    })
}

fn dependency(value: &Value) -> anyhow::Result<Dependency> {
    Ok(Dependency {
        name: text(value, "name")?,
        dev: value["kind"] == "dev",
        target: value["target"].as_str().map(str::to_owned),
    })
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let text = value[field]
        .as_str()
        .with_context(|| format!("cargo metadata: no {field}"))?;
    Ok(text.to_owned())
}
