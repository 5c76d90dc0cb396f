//! The README's first command, and the same again.

use crate::support::{Home, Server, writes};
use std::path::Path;

fn quickstart() -> Home {
    let home = Home::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"), &home.path().join("quickstart"));
    home
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (entry, name) = (entry.as_ref().unwrap().path(), entry.as_ref().unwrap().file_name());
        if entry.is_dir() {
            copy(&entry, &to.join(name));
        } else {
            std::fs::copy(&entry, to.join(name)).unwrap();
        }
    }
}

#[test]
fn applies_to_the_embedded_gitlab_and_needs_nothing_the_second_time() {
    let home = quickstart();
    let apply = ["apply", "--sandbox", "--yes", "-f", "quickstart/releases.toml"];
    insta::assert_snapshot!("first", home.run(&apply).expect(0));
    insta::assert_snapshot!("second", home.run(&apply).expect(0));
    assert!(home.path().join(".relsync/.gitignore").is_file(), "the sandbox's state would be committed");
    home.run(&["plan", "--sandbox", "--detailed-exitcode", "-f", "quickstart"]).expect(0);
    home.run(&["sandbox", "reset"]).expect(0);
    home.run(&["plan", "--sandbox", "--detailed-exitcode", "-f", "quickstart"]).expect(2);
}

#[test]
fn sends_what_the_plan_says_and_no_write_the_second_time() {
    let server = Server::start();
    let home = quickstart().env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    let apply = ["apply", "--yes", "-f", "quickstart"];
    let first = home.run(&apply).expect(0);
    let requests = server.requests();
    let sent: usize = writes(&requests).iter().map(|r| r.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert!(first.stdout.contains(&format!("; {sent} requests.")), "{sent} writes, but:\n{first}");
    home.run(&apply).expect(0);
    insta::assert_snapshot!(server.requests().join("\n"), @"
    GET /projects/:id/milestones 1
    GET /projects/:id/releases 1
    ");
}

#[test]
fn the_embedded_gitlab_has_one_address_in_all_runs_and_hands_out_what_was_uploaded() {
    let home = Home::new();
    home.write("app.bin", "for everybody\n");
    home.manifest(
        "[[releases]]\ntag_name = \"v0.1\"\nref = \"main\"\nchecksums = true\n[[releases.files]]\npath = \"app.bin\"\n",
    );
    home.run(&["apply", "--sandbox", "--yes"]).expect(0);
    let page = "http://127.0.0.1:8929/root/awesome-app/-/releases/v0.1";
    assert_eq!(home.run(&["show", "v0.1", "--web", "--sandbox"]).expect(0).stdout, format!("{page}\n"));
    // Every address: the page's, the evidence's, the archives' and the links'.
    let shown = home.run(&["show", "v0.1", "--sandbox", "--format", "json"]).expect(0).stdout;
    let (all, fixed) = (shown.matches("http://").count(), shown.matches("http://127.0.0.1:8929/").count());
    assert!(all > 5 && all == fixed, "{shown}");
    let evidence = home.run(&["evidence", "v0.1", "--sandbox", "--out", "evidence.json"]).expect(0);
    assert!(evidence.stdout.contains("http://127.0.0.1:8929/"), "{evidence}");
    // Whoever listens at that address, it is not asked: the files are nowhere but here.
    home.run(&["download", "v0.1", "--verify", "--dir", "got", "--sandbox"]).expect(0);
    assert_eq!(std::fs::read_to_string(home.path().join("got/app.bin")).unwrap(), "for everybody\n");
}

#[test]
fn the_embedded_gitlab_is_asked_as_patiently_as_any() {
    let home = Home::new();
    home.manifest(
        "[[releases]]\ntag_name = \"v0.1\"\nref = \"main\"\n[[releases.links]]\nname = \"guide\"\nurl = \"https://127.0.0.1:1/guide\"\n",
    );
    home.run(&["apply", "--sandbox", "--yes"]).expect(0);
    let failed = home.run(&["download", "v0.1", "guide", "--sandbox", "--retry-for", "0s"]).expect(1);
    assert!(!failed.stderr.contains("waiting"), "{failed}");
}
