//! Large files take time, and no memory: neither on their way to GitLab nor back.
#![cfg(target_os = "linux")]

use crate::support::{Home, Server, relsync};
use std::fs::{self, File};
use std::process::{Command, Output, Stdio};

/// relsync in `home` with so many KiB at most that it can write to in memory: the kernel refuses it more. That is stricter than a
/// peak of what it touched, and unlike that it holds nothing of this process, which other tests fill.
fn limited(home: &Home, server: &Server, kibibytes: u32, args: &[&str]) -> Output {
    let program = relsync(args);
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -d \"$0\" && exec \"$@\"", &kibibytes.to_string()]);
    command.arg(program.get_program()).args(program.get_args()).env_clear();
    command.env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    command.current_dir(home.path()).stdin(Stdio::null()).output().unwrap()
}

/// An eighth of the file is more than a run may have. Four times as much of it would tell no more, but take a minute and four more
/// gigabytes of the disk: what the sandbox has is there, too.
#[test]
fn memory_stays_flat_whatever_the_size_of_a_file() {
    const SIZE: u64 = 512 << 20;
    const MOST: u32 = 64 << 10;
    let data = tempfile::tempdir().unwrap();
    let server = Server::serve(&["--data", data.path().to_str().unwrap()]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    fs::create_dir(home.path().join("dist")).unwrap();
    File::create(home.path().join("dist/app.bin")).unwrap().set_len(SIZE).unwrap();
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n[[releases.files]]\npath = \"dist/*\"\n");
    for args in [&["apply", "--yes"][..], &["download", "v0.1", "--verify", "--dir", "down"]] {
        let Output { status, stdout, stderr } = limited(&home, &server, MOST, args);
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        assert!(status.success(), "{args:?} ended with {status}:\n{said}");
    }
    assert_eq!(fs::metadata(home.path().join("down/app.bin")).unwrap().len(), SIZE);
}
