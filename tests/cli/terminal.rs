//! What only happens on a terminal: the question, and signs of life.

use crate::support::{Home, Server, relsync, writes};
use rexpect::session::{PtySession, spawn_command};

/// As long as a loaded machine may take; nothing is measured.
const PATIENCE_MS: u64 = 60_000;

fn apply(home: &Home, server: &Server) -> PtySession {
    let mut command = relsync(&["apply"]);
    command.current_dir(home.path()).env("TERM", "xterm").env("COLUMNS", "100");
    command.env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    home
}

#[test]
fn it_asks_and_a_yes_is_a_yes() {
    let server = Server::start();
    let home = home(&server);
    let mut terminal = apply(&home, &server);
    terminal.exp_string("Apply this to root/awesome-app on http://127.0.0.1:").unwrap();
    terminal.exp_string("[y/N]").unwrap();
    terminal.send_line("y").unwrap();
    terminal.exp_string("Done: 1 release created; 1 of 1 step.").unwrap();
    terminal.exp_eof().unwrap();
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn anything_else_is_a_no() {
    let server = Server::start();
    let home = home(&server);
    let mut terminal = apply(&home, &server);
    terminal.exp_string("[y/N]").unwrap();
    terminal.send_line("").unwrap();
    terminal.exp_string("Nothing was sent.").unwrap();
    terminal.exp_eof().unwrap();
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn the_first_ctrl_c_waits_for_what_is_under_way_and_the_second_does_not() {
    let server = Server::serve(&["--fault", "POST */releases hang 1"]);
    let home = home(&server);
    let mut terminal = apply(&home, &server);
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
