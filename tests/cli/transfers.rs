//! Files on their way: those of several releases side by side, and on a terminal each with how far and how fast it is.

use crate::gate::Gate;
use crate::support::{Home, Server};
use crate::terminal::{rest, seen, terminal_at};

const MIB: u64 = 1 << 20;

/// Two releases with a file each, `one.bin` and `two.bin`.
fn home(gate: &Gate, size: u64) -> Home {
    let home = Home::new().env("CI_SERVER_URL", &gate.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    let release = |(tag, file)| {
        home.write(&format!("dist/{file}"), "");
        let file_there = std::fs::File::options().write(true).open(home.path().join("dist").join(file)).unwrap();
        file_there.set_len(size).unwrap();
        format!("[[releases]]\ntag_name = \"{tag}\"\n[[releases.files]]\npath = \"dist/{file}\"\n")
    };
    let manifest = [("v0.1", "one.bin"), ("v0.2", "two.bin")].map(release).concat();
    home.manifest(&manifest);
    home
}

/// None of them would ever go on alone.
#[test]
fn the_files_of_two_releases_go_side_by_side() {
    let server = Server::start();
    let gate = Gate::before(&server, 2);
    let run = home(&gate, 8).run(&["apply", "--yes", "--timeout", "5s", "--retry-for", "0s"]).expect(0);
    assert!(run.stdout.contains("2 files uploaded"), "{run}");
}

/// `text` as what reads the terminal has it, which takes each byte for a character.
fn bytes(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// They can't get further than what fits into the buffers between, until somebody has seen of both how far they are.
#[test]
fn on_a_terminal_each_has_a_bar_and_a_speed() {
    let server = Server::start();
    let gate = Gate::before(&server, 3);
    let home = home(&gate, 64 * MIB);
    let mut terminal = terminal_at(&home, &gate.url, "apply --yes --color never", 100);
    for file in ["one.bin", "two.bin"] {
        let line = format!("─ {file} [0-9.]+ [KM]iB of 64.0 MiB · [0-9.]+ [a-zA-Z]+/s");
        terminal.exp_regex(&bytes(&line)).unwrap();
    }
    gate.open();
    let written = rest(&mut terminal);
    assert!(seen(&written).contains("2 files uploaded"), "{written}");
}
