//! A real server for a test: its own port, its own folder, ended by its own process id.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use loopscope_client::{Client, ClientBuilder};
use tempfile::TempDir;

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    dir: TempDir,
    args: Vec<String>,
    port: u16,
}

impl Server {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Starts one with more arguments.
    pub(crate) fn with(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let (child, port) = spawn(dir.path(), 0, &args);
        Self {
            child,
            dir,
            args,
            port,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A client for it, which keeps what waits in the server's own temporary folder.
    pub(crate) fn client(&self) -> ClientBuilder {
        Client::builder()
            .url(self.url())
            .spill_dir(self.spill_dir())
    }

    pub(crate) fn spill_dir(&self) -> PathBuf {
        self.dir.path().join("spill")
    }

    /// Ends it as the power would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, on the same port with the same journal.
    pub(crate) fn restart(&mut self) {
        let (child, port) = spawn(self.dir.path(), self.port, &self.args);
        assert_eq!(port, self.port);
        self.child = child;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(dir: &Path, port: u16, args: &[String]) -> (Child, u16) {
    let mut child = command(dir, port)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = loop {
        let line = lines
            .next()
            .expect("the server ended before it listened")
            .unwrap();
        if let Some((_, rest)) = line.split_once("listening on http://") {
            let address = rest
                .split_whitespace()
                .next()
                .unwrap()
                .trim_end_matches('/');
            break address.rsplit(':').next().unwrap().parse().unwrap();
        }
    };
    // What else it prints must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, port)
}

fn command(dir: &Path, port: u16) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(dir)
        .env("DASHBOARD_HOST", "127.0.0.1")
        .env("DASHBOARD_PORT", port.to_string())
        .env("DASHBOARD_DB_PATH", dir.join("loopscope.db"))
        .env("CONVERGENCE_WS_URL", "none");
    command
}

/// The server's binary: the one that is named, else the one beside this test, which is built where it is not there.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("LOOPSCOPE_BIN") {
            return path.into();
        }
        built("loopscope", &["-p", "loopscope"])
    })
}

/// One of this crate's examples.
pub(crate) fn example(name: &str) -> PathBuf {
    built(
        &format!("examples/{name}"),
        &["-p", "loopscope-client", "--example", name],
    )
}

/// A program beside this test; it is built where it is not there.
fn built(path: &str, args: &[&str]) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let path = folder.join(format!("{path}{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .arg("build")
            .args(args)
            .status()
            .unwrap();
        assert!(status.success(), "{} cannot be built", path.display());
    }
    path
}
