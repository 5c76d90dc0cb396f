//! What only happens on a terminal: the question, bars, and that nothing is left of them.

use crate::support::{Home, Server, relsync, writes};
use rexpect::session::{PtySession, spawn_command};
use std::process::Command;

/// As long as a loaded machine may take; nothing is measured.
const PATIENCE_MS: u64 = 60_000;
/// To the line's beginning, and clear it: how a bar is taken back.
const TAKE_BACK: &str = "\r\u{1b}[K";

/// relsync on a terminal that is so wide.
pub(crate) fn terminal(home: &Home, server: &Server, args: &str, columns: usize) -> PtySession {
    terminal_at(home, &server.url, args, columns)
}

/// The same, talking to whatever is at `url`.
pub(crate) fn terminal_at(home: &Home, url: &str, args: &str, columns: usize) -> PtySession {
    let mut command = Command::new("/bin/sh");
    let line = format!("stty cols {columns} rows 60 && exec {} {args}", env!("CARGO_BIN_EXE_relsync"));
    command.args(["-c", &line]).env_clear().env("PATH", "/usr/bin:/bin").env("TERM", "xterm");
    command.env("CI_SERVER_URL", url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    command.current_dir(home.path());
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    home
}

/// What is to be seen in the end: of each line only what was written after the last time it was taken back.
pub(crate) fn seen(written: &str) -> String {
    let lines = written.replace("\r\n", "\n");
    lines.split('\n').map(|line| line.rsplit(TAKE_BACK).next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The rest of what is written. What reads the terminal takes each byte for a character.
pub(crate) fn rest(terminal: &mut PtySession) -> String {
    String::from_utf8(terminal.exp_eof().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect()).unwrap()
}

/// Every state of the bar.
fn bars(written: &str) -> Vec<&str> {
    written
        .split(TAKE_BACK)
        .skip(1)
        .filter_map(|part| part.split("\r\n").next())
        .filter(|bar| !bar.is_empty())
        .collect()
}

#[test]
fn it_asks_and_a_yes_is_a_yes() {
    for yes in ["y", "Yes", "Y"] {
        let server = Server::start();
        let home = home(&server);
        let mut terminal = terminal(&home, &server, "apply", 100);
        terminal.exp_string("Apply this change to root/awesome-app on http://127.0.0.1:").unwrap();
        terminal.exp_string("[y/N]").unwrap();
        terminal.send_line(yes).unwrap();
        terminal.exp_string("Done: 1 release created; 1 of 1 step.").unwrap();
        terminal.exp_eof().unwrap();
        home.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
}

#[test]
fn anything_else_is_a_no_and_so_is_the_end_of_the_input_and_ctrl_c() {
    let server = Server::start();
    let home = home(&server);
    for (key, says) in
        [("", "Nothing was sent."), ("yeah", "Nothing was sent."), ("d", "Nothing was sent."), ("c", "stopped")]
    {
        let mut terminal = terminal(&home, &server, "apply", 100);
        terminal.exp_string("[y/N]").unwrap();
        match key {
            "c" | "d" => terminal.send_control(key.chars().next().unwrap()).unwrap(),
            word => drop(terminal.send_line(word).unwrap()),
        }
        terminal.exp_string(says).unwrap();
        terminal.exp_eof().unwrap();
    }
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn the_first_ctrl_c_waits_for_what_is_under_way_and_the_second_does_not() {
    let server = Server::serve(&["--fault", "POST */releases hang 1"]);
    let home = home(&server);
    let mut terminal = terminal(&home, &server, "apply", 100);
    terminal.exp_string("[y/N]").unwrap();
    terminal.send_line("y").unwrap();
    // It is on its way once the server has it.
    while writes(&server.requests()).is_empty() {
        std::thread::yield_now();
    }
    terminal.send_control('c').unwrap();
    terminal.exp_string("Stopping: waiting for the requests under way.").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("Stopped at once: requests under way may or may not have been carried out.").unwrap();
    terminal.exp_eof().unwrap();
    assert!(matches!(terminal.process().wait(), Ok(rexpect::process::WaitStatus::Exited(_, 1))));
}

#[test]
fn a_bar_fits_any_width_and_leaves_nothing_behind() {
    let entry = |n| format!("[[releases]]\ntag_name = \"a-tag-with-quite-a-long-name-{n}\"\nref = \"main\"\n");
    // More than two windows let through: wherever in one the run begins, it has to wait.
    let manifest: String = (0..18).map(entry).collect();
    for columns in [40, 60] {
        let server = Server::serve(&["--latency", "20ms", "--limit", "release-writes=8/2s"]);
        let home = Home::with_server(&server, "sandbox-maintainer");
        home.manifest(&manifest);
        let written = rest(&mut terminal(&home, &server, "apply --yes", columns));
        let bars = bars(&written);
        assert!(bars.iter().any(|bar| bar.contains("reading the releases of root/")), "{bars:?}");
        assert!(bars.iter().any(|bar| bar.contains("/18 ")), "{bars:?}");
        assert!(bars.iter().any(|bar| bar.contains("waiting, ")), "{bars:?}");
        for bar in bars {
            assert!(bar.chars().count() <= columns - 3, "{bar:?} is too long for {columns} columns");
        }
        // A terminal sees no more of a run in which all goes well than a file does.
        let again = Server::start();
        let file = Home::with_server(&again, "sandbox-maintainer");
        file.manifest(&manifest);
        let plain = file.run(&["apply", "--yes", "--color", "always"]).expect(0);
        assert_eq!(seen(&written).trim_end(), plain.stdout.trim_end());
    }
}

#[test]
fn ctrl_c_while_reading_takes_the_bar_back() {
    let server = Server::serve(&["--fault", "GET * hang 1"]);
    let home = home(&server);
    for args in ["plan --color never", "apply --yes --color never", "doctor --color never"] {
        let mut terminal = terminal(&home, &server, args, 40);
        let before =
            terminal.exp_string(if args.starts_with("doctor") { "asking GitLab" } else { "reading the" }).unwrap();
        terminal.send_control('c').unwrap();
        let after = rest(&mut terminal);
        assert_eq!(seen(&format!("{before}{after}")).trim(), "× stopped; nothing was changed");
    }
}

#[test]
fn a_log_goes_above_the_bar_whole() {
    let server = Server::serve(&["--latency", "20ms"]);
    let home = home(&server);
    let written = seen(&rest(&mut terminal(&home, &server, "apply --yes -v --log-format json", 80)));
    let logged: Vec<_> = written.lines().filter(|line| line.starts_with('{')).collect();
    assert!(logged.len() > 3 && logged.iter().all(|line| line.ends_with('}')), "{written}");
    assert!(!written.contains("reading the releases") && !written.contains("1/1"), "{written}");
}

#[test]
fn colours_are_where_they_are_wanted() {
    let server = Server::start();
    let home = home(&server);
    // What is set, and whether colours are wanted in a file and on a terminal.
    for (set, args, in_file, on_terminal) in [
        ("", "plan", false, true),
        ("NO_COLOR=", "plan", false, true),
        ("NO_COLOR=1", "plan", false, false),
        ("CLICOLOR=0", "plan", false, false),
        ("CLICOLOR_FORCE=1", "plan", true, true),
        ("CLICOLOR_FORCE=1 CLICOLOR=0", "plan", true, true),
        ("CLICOLOR_FORCE=1 NO_COLOR=1", "plan", false, false),
        ("TERM=dumb", "plan", false, false),
        ("GITLAB_CI=true", "plan", false, true),
        ("NO_COLOR=1 TERM=dumb", "plan --color always", true, true),
        ("CLICOLOR_FORCE=1", "plan --color never", false, false),
    ] {
        let variables = || set.split_whitespace().filter_map(|pair| pair.split_once('='));
        let mut command = relsync(&args.split(' ').collect::<Vec<_>>());
        command.current_dir(home.path()).envs(variables()).env("CI_SERVER_URL", &server.url);
        let output = command.env("RELSYNC_TOKEN", "sandbox-maintainer").output().unwrap();
        let file = String::from_utf8(output.stdout).unwrap();
        assert_eq!(file.contains("\u{1b}["), in_file, "{set} {args}: {file}");
        let mut command = Command::new("/bin/sh");
        let line = format!("exec {} {args} 2>/dev/null", env!("CARGO_BIN_EXE_relsync"));
        command.args(["-c", &line]).current_dir(home.path()).env_clear().env("TERM", "xterm").envs(variables());
        command.env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
        let shown = spawn_command(command, Some(PATIENCE_MS)).unwrap().exp_eof().unwrap();
        assert_eq!(shown.contains("\u{1b}["), on_terminal, "{set} {args}: {shown}");
    }
}

#[test]
fn a_terminal_without_cursor_gets_lines() {
    let server = Server::start();
    let home = home(&server);
    let mut command = relsync(&["apply", "--yes"]);
    command.current_dir(home.path()).env("TERM", "dumb").env("CI_SERVER_URL", &server.url);
    command.env("RELSYNC_TOKEN", "sandbox-maintainer");
    let written = spawn_command(command, Some(PATIENCE_MS)).unwrap().exp_eof().unwrap();
    assert!(!written.contains('\u{1b}'), "{written}");
}
