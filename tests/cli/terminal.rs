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
    terminal.exp_string("Done: 1 release created; 1 request.").unwrap();
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
