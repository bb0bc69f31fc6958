//! What a task needs on the machine, installed where that is possible, named where it is not.
//!
//! In: the machine. Out: the wasm target, Node packages, Chromium, promtool, Python packages; or an error that
//! says what to install. Nothing is touched that is there already.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::build::WASM_TARGET;
use crate::house::{House, run};

/// The oldest Node that Playwright and the tests run on.
const MIN_NODE: u32 = 20;

/// The compiler for the browser half.
pub(crate) fn wasm_target(house: &House) -> anyhow::Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut ask = house.tool(rustc);
    ask.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    let output = ask.output().context("cannot start rustc")?;
    let dir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if output.status.success() && dir.is_dir() {
        return Ok(());
    }
    house.stage(&format!("set-up: rustup target add {WASM_TARGET}"));
    run(house.tool("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!(
            "the Rust target {WASM_TARGET} is missing; with rustup: rustup target add {WASM_TARGET}"
        )
    })
}

/// The packages of a folder (`end2end`, `npm`), as its lock file says.
pub(crate) fn node_packages(house: &House, name: &str) -> anyhow::Result<()> {
    let folder = house.root.join(name);
    let version = said(house, "node", &["--version"]).context(NODE_MISSING)?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < MIN_NODE) {
        bail!("Node is {version}; {NODE_MISSING}");
    }
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    house.stage(&format!("set-up: npm ci in {name}/"));
    run(house
        .tool("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))
    .with_context(|| format!("the tests need the Node packages of {name}/"))
}

const NODE_MISSING: &str =
    "the end-to-end tests need Node 20 or newer with npm (Debian: apt-get install nodejs npm)";

/// The browser; its path.
pub(crate) fn chromium(house: &House) -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let known = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(on_path)
    };
    if let Some(path) = known() {
        return Ok(path);
    }
    apt_install(house, "chromium")
        .context("the end-to-end tests need Chromium; or set CHROMIUM to its path")?;
    known().context("chromium was installed, but is not on the PATH")
}

/// Prometheus's own checker of metrics. Taken out of Debian's package without installing it, because the package
/// would start a Prometheus server.
pub(crate) fn promtool(house: &House) -> anyhow::Result<PathBuf> {
    let unpacked = house.target.join("tools/usr/bin/promtool");
    if let Some(path) = on_path("promtool").or_else(|| unpacked.exists().then(|| unpacked.clone()))
    {
        return Ok(path);
    }
    house.stage("set-up: promtool from Debian's package prometheus");
    let tools = house.target.join("tools");
    fs::create_dir_all(&tools)?;
    let missing = "the metrics check needs promtool (Debian: apt-get install prometheus)";
    let download = |house: &House| {
        run(house
            .tool("apt-get")
            .args(["download", "--quiet", "prometheus"])
            .current_dir(&tools))
    };
    if download(house).is_err() {
        run(house.tool("apt-get").args(["update", "--quiet"])).context(missing)?;
        download(house).context(missing)?;
    }
    for entry in fs::read_dir(&tools)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ext| ext == "deb") {
            run(house.tool("dpkg").arg("--extract").arg(&path).arg(&tools)).context(missing)?;
        }
    }
    Ok(unpacked)
}

/// A Python with the packages of `end2end/clients/requirements.txt`, in an environment of its own; its path.
pub(crate) fn python(house: &House) -> anyhow::Result<PathBuf> {
    environment(house, "venv", "end2end/clients/requirements.txt")
}

/// A Python with what tries routes by their document; its path.
pub(crate) fn python_schema(house: &House) -> anyhow::Result<PathBuf> {
    environment(house, "venv-schema", "end2end/schema/requirements.txt")
}

/// A Python with our own package installed, and with what its tests need; its path. The wheel is left in
/// `target/wheels`, alone: the tests install it once more.
pub(crate) fn python_package(house: &House) -> anyhow::Result<PathBuf> {
    let python = environment(house, "venv-package", "python/requirements-test.txt")?;
    house.stage("set-up: the package of python/, as a wheel");
    let wheels = house.target.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let bin = python.parent().context("a Python without a folder")?;
    run(house
        .tool(bin.join("maturin"))
        .args([
            "build",
            "--locked",
            "--quiet",
            "--profile",
            "dev",
            "--compatibility",
            "linux",
        ])
        .arg("--manifest-path")
        .arg(house.root.join("python/native/Cargo.toml"))
        .arg("--interpreter")
        .arg(&python)
        .arg("--target-dir")
        .arg(&house.target)
        .arg("--out")
        .arg(&wheels)
        .current_dir(house.root.join("python")))
    .context("maturin made no wheel of python/; what it said stands above")?;
    let wheel = the_wheel(&wheels)?;
    run(house
        .tool(&python)
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-index"])
        .args(["--disable-pip-version-check", "--force-reinstall"])
        .arg(&wheel))
    .context("the wheel of the package for Python was not installed")?;
    Ok(python)
}

/// The one wheel in a folder.
pub(crate) fn the_wheel(folder: &Path) -> anyhow::Result<PathBuf> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("no wheel was made in {}", folder.display()))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .with_context(|| format!("no wheel was made in {}", folder.display()))
}

/// A Python with the packages of a list, in an environment of its own below `target/`; its path.
fn environment(house: &House, name: &str, list: &str) -> anyhow::Result<PathBuf> {
    let list = house.root.join(list);
    let wanted =
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let venv = house.target.join(name);
    let python = venv.join("bin/python");
    let mark = venv.join("installed.txt");
    if python.exists() && fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    house.stage(&format!("set-up: a Python environment, target/{name}"));
    let make = |house: &House| {
        run(house
            .tool("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv))
    };
    if make(house).is_err() {
        apt_install(house, "python3-venv").context("the Python tests need Python 3 with venv")?;
        make(house)?;
    }
    run(house
        .tool(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(&list))
    .context("the Python tests need their packages")?;
    fs::write(mark, wanted)?;
    Ok(python)
}

/// Installs a Debian package where we may; otherwise says how.
pub(crate) fn apt_install(house: &House, package: &str) -> anyhow::Result<()> {
    let advice = format!("install it with: sudo apt-get install {package}");
    if on_path("apt-get").is_none() || said(house, "id", &["-u"]).is_none_or(|uid| uid != "0") {
        bail!("{package} is missing, and installing it needs Debian's apt-get and root; {advice}");
    }
    house.stage(&format!("set-up: apt-get install {package}"));
    let install = || {
        run(house
            .tool("apt-get")
            .args([
                "install",
                "--yes",
                "--quiet",
                "--no-install-recommends",
                package,
            ])
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if install().is_err() {
        run(house.tool("apt-get").args(["update", "--quiet"])).with_context(|| advice.clone())?;
        install().context(advice)?;
    }
    Ok(())
}

/// The file of that name on the `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// What a short command printed; nothing when it failed.
fn said(house: &House, program: &str, args: &[&str]) -> Option<String> {
    let output = house.tool(program).args(args).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}
