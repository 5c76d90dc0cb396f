//! What users do today: a script on python-gitlab, installed into `target/peers`.

use crate::Result;
use crate::server::TOKEN;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The script and what it runs on.
pub(crate) struct Peers {
    python: PathBuf,
    script: PathBuf,
}

impl Peers {
    /// Installs what is pinned, unless it is there.
    pub(crate) fn install() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let home =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("peers");
        let pins = root.join("tests/clients/requirements.txt");
        let (python, stamp) = (home.join("bin/python"), home.join("installed.txt"));
        if fs::read(&stamp).ok() != Some(fs::read(&pins)?) {
            succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
            succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&pins))?;
            fs::copy(&pins, &stamp)?;
        }
        Ok(Self { python, script: root.join("benches/peers/sync.py") })
    }

    /// The script, on the manifests in `folder` and the GitLab at `url`.
    pub(crate) fn command(&self, folder: &Path, url: &str) -> Command {
        let mut command = Command::new(&self.python);
        command
            .env_clear()
            .arg(&self.script)
            .arg(folder.join("fleet"))
            .env("GITLAB_URL", url)
            .env("GITLAB_TOKEN", TOKEN);
        command
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
