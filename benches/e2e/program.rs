//! The program that is measured.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// It, and the folder that it is in, if it is a copy.
pub(crate) struct Program {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Program {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// As benches have it, which is linked quicker than what is released.
pub(crate) fn at_hand() -> Program {
    Program { path: PathBuf::from(env!("CARGO_BIN_EXE_relsync")), _folder: None }
}

/// As it is released.
pub(crate) fn of_a_release() -> Result<Program> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--bin", "relsync", "--message-format", "json-render-diagnostics"]);
    let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output()?;
    if !built.status.success() {
        return Err("the program could not be built".into());
    }
    let told = String::from_utf8(built.stdout)?;
    let messages = told.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    let program = program.ok_or("cargo told of no program")?;
    // Both are built to the same place, and this one is not to be replaced while it runs.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("relsync");
    std::fs::copy(program, &path)?;
    Ok(Program { path, _folder: Some(folder) })
}
