//! Checkpoints as git commits. In: the working tree. Out: commits, and the tree as it was at one of them.
//!
//! Nobody's own settings, hooks or signing come in. What git prints is read where it is an id, else shown in errors.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// What stands in each commit about who made it.
const WHO: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "orchestrator"),
    ("GIT_AUTHOR_EMAIL", "orchestrator@localhost"),
    ("GIT_COMMITTER_NAME", "orchestrator"),
    ("GIT_COMMITTER_EMAIL", "orchestrator@localhost"),
];

/// A repository of the working tree.
#[derive(Debug, Clone)]
pub struct Git {
    tree: PathBuf,
}

impl Git {
    /// An error that says what to do, where there is no git.
    pub fn check() -> anyhow::Result<()> {
        let version = Command::new("git").arg("--version").output();
        if version.is_ok_and(|output| output.status.success()) {
            return Ok(());
        }
        bail!(
            "there is no git here, and checkpoints are git commits; install it (Debian: apt-get install git)"
        )
    }

    /// The repository of a tree, whether it is there yet or not.
    pub fn of(tree: &Path) -> Self {
        Self {
            tree: tree.to_owned(),
        }
    }

    /// Makes an empty repository.
    pub fn begin(&self) -> anyhow::Result<()> {
        self.run(&["init", "--quiet", "--initial-branch=main", "."])?;
        Ok(())
    }

    /// Commits everything as it is, and gives the commit's id. Where nothing changed since the last commit of the
    /// same message, that one: what was cut short can be done again.
    pub fn commit(&self, message: &str) -> anyhow::Result<String> {
        self.run(&["add", "--all"])?;
        let last = self.run(&["log", "-1", "--format=%s"]).unwrap_or_default();
        let is_clean = || self.run(&["diff", "--cached", "--quiet"]).is_ok();
        if last != message || !is_clean() {
            self.run(&[
                "commit",
                "--quiet",
                "--allow-empty",
                "--no-verify",
                "--message",
                message,
            ])?;
        }
        self.run(&["rev-parse", "HEAD"])
    }

    /// Puts the tree back to a commit, with nothing left beside.
    pub fn restore(&self, commit: &str) -> anyhow::Result<()> {
        self.run(&["reset", "--quiet", "--hard", commit])?;
        self.run(&["clean", "--quiet", "-d", "--force", "-x"])?;
        Ok(())
    }

    /// Puts one file back to how it was at a commit; where it was not there, it goes.
    pub fn restore_file(&self, commit: &str, path: &str) -> anyhow::Result<()> {
        if self
            .run(&["cat-file", "-e", &format!("{commit}:{path}")])
            .is_ok()
        {
            self.run(&["checkout", "--quiet", commit, "--", path])?;
        } else {
            std::fs::remove_file(self.tree.join(path))?;
        }
        Ok(())
    }

    fn run(&self, args: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new("git");
        command
            .args(["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"])
            .args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"])
            .args(args)
            .current_dir(&self.tree)
            .envs(WHO)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_DIR", self.tree.join(".git"))
            .env("GIT_WORK_TREE", &self.tree)
            .env_remove("GIT_INDEX_FILE")
            .stdin(Stdio::null());
        let output = command.output().context("cannot start git")?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            bail!("git {}: {}", args.join(" "), why.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tree::snapshot;

    #[test]
    fn a_tree_goes_back_to_a_commit_and_nothing_stays_beside() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let git = Git::of(root);
        git.begin().unwrap();
        fs::write(root.join("a"), "1").unwrap();
        let first = git.commit("first").unwrap();
        let then = snapshot(root).unwrap();
        fs::write(root.join("a"), "2").unwrap();
        fs::write(root.join("b"), "new").unwrap();
        let second = git.commit("second").unwrap();
        assert_ne!(first, second);
        fs::create_dir(root.join("docs")).unwrap();
        fs::write(root.join("docs/c"), "never committed").unwrap();
        git.restore(&first).unwrap();
        assert_eq!(snapshot(root).unwrap(), then);
        assert!(!root.join("docs").exists());
    }

    #[test]
    fn a_commit_that_was_made_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let git = Git::of(folder.path());
        git.begin().unwrap();
        let first = git.commit("empty").unwrap();
        assert_eq!(git.commit("empty").unwrap(), first);
        assert_ne!(git.commit("other").unwrap(), first);
    }

    #[test]
    fn one_file_goes_back_alone() {
        let folder = tempfile::tempdir().unwrap();
        let git = Git::of(folder.path());
        git.begin().unwrap();
        fs::write(folder.path().join("a"), "1").unwrap();
        let first = git.commit("first").unwrap();
        fs::write(folder.path().join("a"), "2").unwrap();
        fs::write(folder.path().join("b"), "2").unwrap();
        git.restore_file(&first, "a").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "1");
        git.restore_file(&first, "b").unwrap();
        assert!(!folder.path().join("b").exists());
    }
}
