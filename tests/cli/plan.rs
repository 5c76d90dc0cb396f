//! `relsync plan`: every kind of change, shown with its before and after.

use crate::support::{Home, Server, writes};

const SEED: &str = r##"
[[projects.tags]]
name = "v1.0"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v1.1"
target = "2222222222222222222222222222222222222222"
[[projects.tags]]
name = "v0.9"
target = "3333333333333333333333333333333333333333"
[[projects.milestones]]
title = "1.x"
description = "All of one."
due_date = 2024-03-01
[[projects.releases]]
tag_name = "v1.0"
name = "One"
description = "# Notes\r\n\r\n- first\r\n- second\r\n- third\r\n"
released_at = 2024-01-10T12:00:00+02:00
created_at = 2024-01-10T10:00:00Z
milestones = ["1.x"]
[[projects.releases.links]]
name = "linux"
url = "https://dl.example.com/linux"
direct_asset_path = "/bin/linux"
link_type = "package"
[[projects.releases.links]]
name = "mac"
url = "https://dl.example.com/mac"
[[projects.releases.links]]
name = "old"
url = "https://dl.example.com/old"
[[projects.tags]]
name = "v0.5"
target = "5555555555555555555555555555555555555555"
[[projects.releases]]
tag_name = "v0.9"
name = "Nearly"
created_at = 2023-01-10T10:00:00Z
[[projects.releases]]
tag_name = "v0.5"
created_at = 2022-01-10T10:00:00Z
[[projects.releases.links]]
name = "first"
url = "https://dl.example.com/first"
[[projects.releases.links]]
name = "second"
url = "https://dl.example.com/second"
"##;

const CHANGES: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "1.x"
description = "All of version one."
due_date = 2024-04-01
state = "closed"
[[milestones]]
title = "2.x"
start_date = 2024-05-01
state = "closed"
[[releases]]
tag_name = "v1.0"
name = "Version one"
description = """
# Notes

- first
- 2nd
- third
"""
released_at = 2024-01-11T10:00:00Z
milestones = ["1.x", "2.x"]
[[releases.links]]
name = "mac"
url = "https://dl.example.com/linux"
[[releases.links]]
name = "linux"
url = "https://dl.example.com/mac"
[[releases.links]]
name = "Runbook"
url = "https://example.com/runbook"
direct_asset_path = "/docs/runbook"
link_type = "runbook"
[[releases.links]]
name = "Docs"
url = "https://example.com/docs"
[[releases]]
tag_name = "v0.5"
links = [{ name = "second", url = "https://dl.example.com/second" }]
[[releases]]
tag_name = "v1.1"
description = "Anything."
released_at = 2024-02-01T10:00:00Z
[[releases]]
tag_name = "v2.0"
ref = "main"
tag_message = "Version 2"
released_at = 2199-01-01T00:00:00Z
milestones = ["2.x"]
"#;

#[test]
fn shows_every_kind_of_change_and_sends_no_write() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(CHANGES);
    insta::assert_snapshot!("every_kind_of_change", home.run(&["plan"]).expect(0));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    insta::assert_snapshot!("every_kind_of_change_applied", home.run(&["apply", "--yes"]).expect(0));
    insta::assert_snapshot!("nothing_left", home.run(&["plan", "--detailed-exitcode"]).expect(0));
}

#[test]
fn prints_the_same_bytes_each_time() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(CHANGES);
    assert_eq!(home.run(&["plan"]).expect(0).stdout, home.run(&["plan"]).expect(0).stdout);
}

#[test]
fn what_is_the_same_said_otherwise_is_no_difference() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        r##"
[[releases]]
tag_name = "v1.0"
name = "One"
description = "# Notes\n\n- first\n- second\n- third\n\n\n"
released_at = 2024-01-10T05:00:00-05:00
milestones = ["1.x"]
[[releases.links]]
name = "old"
url = "https://dl.example.com/old"
[[releases.links]]
name = "mac"
url = "https://dl.example.com/mac"
link_type = "other"
[[releases.links]]
name = "linux"
url = "https://dl.example.com/linux"
"##,
    );
    insta::assert_snapshot!(home.run(&["plan", "--detailed-exitcode"]).expect(0));
}

/// What GitLab keeps apart or fills in by itself is no difference either.
#[test]
fn what_gitlab_makes_of_it_is_no_difference() {
    let server = Server::with(
        r#"
[[projects.tags]]
name = "caf\u00e9"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "cafe\u0301"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "caf\u00e9"
released_at = 2024-01-10T10:00:00.123456Z
[[projects.releases.links]]
name = "linux"
url = "HTTPS://dl.Example.com:443/%c3%a9?to=%2flinux"
[[projects.releases]]
tag_name = "cafe\u0301"
name = "Decomposed"
description = "\uFEFFNotes\r\n\r\n"
"#,
    );
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        r#"
[[releases]]
tag_name = "caf\u00e9"
name = "caf\u00e9"
description = ""
released_at = 2024-01-10T12:00:00.123+02:00
[[releases.links]]
name = "linux"
url = "https://dl.example.com/%C3%A9?to=%2Flinux"
[[releases]]
tag_name = "cafe\u0301"
name = "Decomposed"
description = "Notes\n"
"#,
    );
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    // But a path's case, or a slash at its end, may matter to the server there.
    let manifest = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    home.write("releases.toml", &manifest.replace("?to=%2Flinux", "/?to=%2Flinux"));
    home.run(&["plan", "--detailed-exitcode"]).expect(2);
}

#[test]
fn exit_codes_tell_differences_only_when_asked() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    home.run(&["plan"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(2);
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let server = Server::with(
        r#"
[[projects.tags]]
name = "v1.0"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "v1.0"
name = "\u001b[2J\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\r\nPlan: 0 changes"
description = "\u001b[0Ksection_start:1:x\r\u001b[0K\n\u202Egnp.exe\u202C zero\u200Bwidth"
"#,
    );
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        "[[releases]]\ntag_name = \"v1.0\"\nname = \"evil\\u202Eemos\"\ndescription = \"harm\\u001b[31mless\"\n",
    );
    let run = home.run(&["plan"]).expect(0);
    assert!(!run.stdout.contains(['\u{1b}', '\r', '\u{202e}', '\u{200b}', '\u{7}']), "{run}");
    insta::assert_snapshot!(run);
}
