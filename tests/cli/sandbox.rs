//! `relsync sandbox`: serve and reset.

use crate::support::{Home, Server, relsync};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[test]
fn a_port_in_use_is_said() {
    let server = Server::start();
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    insta::assert_snapshot!(Home::new().run(&["sandbox", "serve", "--listen", &address]).expect(1));
}

#[test]
fn reset_lays_another_seed() {
    let home = Home::new();
    home.write("seed.toml", "[[groups]]\npath = \"acme\"\n[[projects]]\npath = \"acme/app\"\n");
    home.write(
        "releases.toml",
        "version = 1\n[project]\npath = \"acme/app\"\n[[releases]]\ntag_name = \"v1\"\nref = \"main\"\n",
    );
    insta::assert_snapshot!("unknown_project", home.run(&["apply", "--sandbox", "--yes"]).expect(1));
    home.run(&["sandbox", "reset", "--seed", "seed.toml"]).expect(0);
    insta::assert_snapshot!("seeded", home.run(&["apply", "--sandbox", "--yes"]).expect(0));
}

#[test]
fn reset_replaces_what_is_no_database() {
    let home = Home::new();
    home.write(".relsync/sandbox.sqlite3", &"no database".repeat(1000));
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    insta::assert_snapshot!("no_database", home.run(&["plan", "--sandbox"]).expect(1));
    home.run(&["sandbox", "reset"]).expect(0);
    home.run(&["plan", "--sandbox"]).expect(0);
}

#[test]
fn a_bad_seed_is_underlined() {
    let home = Home::new();
    home.write("seed.toml", "[[projects]]\npath = \"acme/app\"\nvisibilty = \"public\"\n");
    insta::assert_snapshot!(home.run(&["sandbox", "reset", "--seed", "seed.toml"]).expect(1));
}

#[test]
fn a_bad_day_that_cannot_be_is_explained() {
    let home = Home::new();
    let serve = ["sandbox", "serve", "--listen", "127.0.0.1:0"];
    for (name, flag) in [
        ("fault", ["--fault", "POST */releases explode 0.1"]),
        ("fault_in_parts", ["--fault", "POST"]),
        ("limit", ["--limit", "everything=3/60s"]),
        ("latency", ["--latency", "soon"]),
    ] {
        insta::assert_snapshot!(format!("bad_{name}"), home.run(&[&serve[..], &flag[..]].concat()).expect(1));
    }
}

#[test]
fn letting_others_in_is_warned_about() {
    let mut server = relsync(&["sandbox", "serve", "--listen", "0.0.0.0:0", "--latency", "1ms"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stderr.take().unwrap()).read_line(&mut line).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(line, "Warning: other machines can reach this sandbox, and everybody knows its tokens.\n");
}
