//! `relsync rehearse`: how applying would go, told without a single write to the server.

use crate::formats::report;
use crate::support::{Home, Server, writes};
use serde_json::{Value, json};

const SEED: &str = r##"
default_branch = "trunk"
branches = ["release/1.x"]
protected_tags = [{ name = "p*", create_access = "maintainer" }, { name = "frozen", create_access = "no_one" }]
[[projects.tags]]
name = "v1"
[[projects.tags]]
name = "v2"
target = "2222222222222222222222222222222222222222"
[[projects.tags]]
name = "gone"
[[projects.tags]]
name = "p0"
[[projects.milestones]]
title = "1.x"
description = "Everything, at last"
due_date = 2026-03-01
[[projects.milestones]]
title = "nothing, to do"
state = "closed"
[[projects.releases]]
tag_name = "v1"
name = "One"
description = "# Notes\n\n'''\n\"\"\"\n\ttab \\ and \u0000 NUL"
released_at = 2024-01-10T12:00:00.123Z
created_at = 2024-01-10T12:00:00Z
milestones = ["1.x"]
evidence = true
[[projects.releases.links]]
name = "linux"
url = "https://dl.example.com/linux"
direct_asset_path = "/bin/linux"
link_type = "package"
[[projects.releases]]
tag_name = "gone"
released_at = 2023-01-10T12:00:00Z
[[projects.releases]]
tag_name = "lost"
"##;

/// Creates, updates and deletes, links, milestones, evidence, tags to be made from a branch, a tag and a commit.
const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "1.x"
state = "closed"
[[milestones]]
title = "2.x, too"
[[releases]]
tag_name = "v1"
name = "One and a half"
milestones = ["1.x", "nothing, to do"]
links = [{ name = "linux", url = "https://dl.example.com/new" }, { name = "mac", url = "https://dl.example.com/mac" }]
[[releases]]
tag_name = "v2"
released_at = 2024-05-01T00:00:00Z
milestones = ["2.x, too"]
[[releases]]
tag_name = "v3"
ref = "release/1.x"
released_at = 2024-06-01T00:00:00Z
[[releases]]
tag_name = "v4"
ref = "v2"
[[releases]]
tag_name = "v5"
ref = "2222222"
[[releases]]
tag_name = "p0"
[[releases]]
tag_name = "lost"
name = "Found"
ref = "trunk"
"#;

fn start(token: &str, manifest: &str) -> (Server, Home) {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, token);
    home.manifest(manifest);
    (server, home)
}

/// What `text` says of steps that did not go well.
fn failures(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().map(|line| line.replace("127.0.0.1", "")).collect();
    let is_bad = |line: &str| line.starts_with('✗') || line.starts_with("- skipped");
    let mut found: Vec<_> = lines.iter().enumerate().filter(|(_, line)| is_bad(line)).collect();
    found.sort_by_key(|(_, line)| *line);
    // With the error, but without the advice, which is told once, by whichever comes first.
    found.into_iter().map(|(nth, line)| format!("{line}{}", lines.get(nth + 1).map_or("", String::as_str))).collect()
}

#[test]
fn what_applying_would_do_is_told_and_nothing_is_written() {
    let (server, home) = start("sandbox-maintainer", MANIFEST);
    let releases = || server.ask(reqwest::Method::GET, "/projects/24/releases?per_page=100", &Value::Null);
    let before = releases();
    server.requests();
    let rehearsed = home.run(&["rehearse", "--max-deletes", "3"]).expect(0);
    let requests = server.requests();
    assert_eq!(writes(&requests), Vec::<&String>::new());
    assert_eq!(releases(), before);
    insta::assert_snapshot!(format!("{rehearsed}----- requests -----\n{}", requests.join("\n")));
    // And it is true.
    server.requests();
    home.run(&["apply", "--yes"]).expect(0);
    let counted = |text: &str| {
        let lines = text.lines().skip_while(|line| !line.starts_with("Requests: ")).skip(1);
        let lines = lines.take_while(|line| line.starts_with(' ')).map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            format!("{} {} {}", words[1], words[2], words[0])
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        lines
    };
    let applied: Vec<_> = server.requests();
    // Evidence is looked for as often as it takes; here it is there at once.
    let steady = |lines: Vec<String>| {
        lines.into_iter().filter(|line| !line.contains("GET /projects/:id/releases/:tag_name")).collect::<Vec<_>>()
    };
    assert_eq!(steady(counted(&rehearsed.stdout)), steady(applied));
    let again = home.run(&["rehearse"]).expect(0);
    assert!(
        again.stdout.contains("Nothing needs to change") && again.stdout.ends_with("\nIt would succeed.\n"),
        "{again}"
    );
}

#[test]
fn what_would_fail_fails_as_it_would() {
    let wishes = r#"
[[releases]]
tag_name = "v1"
name = "Uno"
[[releases]]
tag_name = "p0"
[[releases]]
tag_name = "v3"
ref = "nowhere"
[[releases]]
tag_name = "frozen"
ref = "trunk"
[[releases]]
tag_name = "v2"
"#;
    // Rules that protect tags are told to maintainers only: for others, those to be made are not known to be protected.
    let known = wishes.replace("[[releases]]\ntag_name = \"frozen\"\nref = \"trunk\"\n", "");
    for (token, manifest, count) in [
        ("sandbox-maintainer", wishes, 2),
        ("sandbox-developer", known.as_str(), 2),
        ("sandbox-reporter", known.as_str(), 4),
        ("read-only", known.as_str(), 4),
    ] {
        let token_of =
            "[[users]]\nusername = \"ada\"\n[[users.access_tokens]]\ntoken = \"read-only\"\nscopes = [\"read_api\"]\n";
        let member = "[[projects.members]]\nusername = \"ada\"\nrole = \"owner\"\n";
        let server = Server::with(&format!("{SEED}{member}{token_of}"));
        let home = Home::with_server(&server, token);
        home.manifest(manifest);
        let rehearsed = home.run(&["rehearse"]).expect(1);
        let requests = server.requests();
        assert_eq!(writes(&requests), Vec::<&String>::new());
        let applied = home.run(&["apply", "--yes"]).expect(1);
        assert_eq!(failures(&rehearsed.stdout), failures(&applied.stdout), "as {token}:\n{rehearsed}\n{applied}");
        assert_eq!(failures(&rehearsed.stdout).len(), count, "{rehearsed}");
        assert!(rehearsed.stdout.ends_with(" would not be done.\n"), "{rehearsed}");
    }
}

#[test]
fn a_refused_plan_would_not_succeed() {
    let (server, home) = start(
        "sandbox-maintainer",
        "[policy]\nunmanaged = \"delete\"\nmax_deletes = 1\n[[releases]]\ntag_name = \"new\"\n",
    );
    let refused = home.run(&["rehearse"]).expect(1);
    insta::assert_snapshot!(refused);
    let requests = server.requests();
    assert_eq!(writes(&requests), Vec::<&String>::new());
}

#[test]
fn a_saved_snapshot_rehearses_alike_without_a_server() {
    let (server, home) = start("sandbox-developer", MANIFEST);
    let args = ["rehearse", "--only", "v*", "lost", "--save-snapshot", "now.toml"];
    let live = home.run(&args).expect(0);
    insta::with_settings!({filters => vec![(r"created_at = 20(2[5-9]|[3-9]\d)-\S+", "created_at = [NOW]"), (r"released_at = 20(2[5-9]|[3-9]\d)-\S+", "released_at = [NOW]")]}, {
        insta::assert_snapshot!("snapshot", std::fs::read_to_string(home.path().join("now.toml")).unwrap());
    });
    drop(server);
    let saved = home.run(&["rehearse", "--only", "v*", "lost", "--snapshot", "now.toml"]).expect(0);
    // What could not be read is only known to who tried.
    let steady = |text: &str| text.lines().filter(|line| !line.starts_with("Note: ")).collect::<Vec<_>>().join("\n");
    assert_eq!(steady(&saved.stdout), steady(&live.stdout));
    // It is a seed like any other, and any other will do.
    home.run(&["sandbox", "reset", "--seed", "now.toml"]).expect(0);
    let other = home.run(&["rehearse", "--sandbox", "--only", "v*", "lost"]).expect(0);
    assert_eq!(steady(&other.stdout), steady(&live.stdout));
    home.write("seed.toml", "[[projects]]\npath = \"root/awesome-app\"\n[[projects.tags]]\nname = \"v1\"\n");
    home.manifest("[[releases]]\ntag_name = \"v1\"\n");
    let seeded = home.run(&["rehearse", "--snapshot", "seed.toml"]).expect(0);
    assert!(seeded.stdout.contains("Note: the snapshot does not say who asks; Maintainer was assumed."), "{seeded}");
}

#[test]
fn a_snapshot_that_is_none_is_named() {
    let home = Home::new();
    home.manifest("");
    home.write("other.toml", "[[projects]]\npath = \"root/other\"\n");
    home.write("wrong.toml", "[[projects]]\npath = \"root/other\"\nbanana = 1\n");
    for file in ["other.toml", "wrong.toml", "missing.toml"] {
        insta::assert_snapshot!(home.run(&["rehearse", "--snapshot", file]).expect(1));
    }
    let over = home.run(&["rehearse", "--save-snapshot", "releases.toml"]).expect(1);
    assert!(over.stderr.contains("would be written over"), "{over}");
}

#[test]
fn a_snapshot_is_only_written_over_a_snapshot() {
    let (server, home) = start("sandbox-maintainer", "[[releases]]\ntag_name = \"v1\"\n");
    let seed = "[[projects]]\npath = \"root/other\"\n";
    let blank_at_first = format!("{}{seed}", "\n".repeat(200));
    for text in [seed, "notes\n", &blank_at_first] {
        home.write("now.toml", text);
        server.requests();
        let run = home.run(&["rehearse", "--save-snapshot", "now.toml"]).expect(1);
        assert_eq!(std::fs::read_to_string(home.path().join("now.toml")).unwrap(), text);
        assert!(server.requests().is_empty());
        if text == seed {
            insta::assert_snapshot!(run);
        }
    }
    home.write("now.toml", "");
    for tag in ["v1", "v2"] {
        home.manifest(&format!("[[releases]]\ntag_name = \"{tag}\"\n"));
        home.run(&["rehearse", "--save-snapshot", "now.toml"]).expect(0);
        let saved = std::fs::read_to_string(home.path().join("now.toml")).unwrap();
        assert_eq!(saved.contains("\"v2\""), tag == "v2", "{saved}");
    }
}

#[test]
fn several_projects_are_one_rehearsal() {
    let more = "[[projects]]\nid = 25\npath = \"root/other\"\n[[projects.tags]]\nname = \"v1\"\n";
    let server = Server::with(&format!("{SEED}{more}"));
    let home = Home::with_server(&server, "sandbox-maintainer");
    let manifest = |project: &str, rest: &str| format!("version = 1\n[project]\npath = \"root/{project}\"\n{rest}");
    home.write("fleet/a.toml", &manifest("awesome-app", "[[releases]]\ntag_name = \"v1\"\nname = \"Uno\"\n"));
    home.write("fleet/b.toml", &manifest("other", "[[releases]]\ntag_name = \"v1\"\nevidence = true\n"));
    insta::assert_snapshot!(home.run(&["rehearse", "-f", "fleet"]).expect(0));
    home.write("fleet/c.toml", &manifest("nowhere", ""));
    let json = home.run(&["rehearse", "-f", "fleet", "--format", "json"]).expect(1);
    let told = report(&json.stdout);
    let of = |key: &str| told["projects"].as_array().unwrap().iter().map(|p| p[key].clone()).collect::<Value>();
    assert_eq!((&told["command"], &told["succeeds"]), (&json!("rehearse"), &json!(false)));
    assert_eq!(of("succeeds"), json!([true, true]));
    assert_eq!(of("mails"), json!([0, 1]));
    assert_eq!(told["unread"][0]["project"], "root/nowhere");
    let requests = server.requests();
    assert_eq!(writes(&requests), Vec::<&String>::new());
}

#[test]
fn a_jobs_token_and_none_rehearse_as_what_they_are() {
    let tag = "[[projects.tags]]\nname = \"v1\"\n";
    let wish = "[[releases]]\ntag_name = \"v1\"\n[[releases]]\ntag_name = \"v2\"\nref = \"main\"\n";
    let server = Server::with(tag);
    let job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    job.manifest(wish);
    insta::assert_snapshot!(job.run(&["rehearse"]).expect(0));
    server.ask(reqwest::Method::PUT, "/projects/24", &json!({ "visibility": "public" }));
    let nobody = Home::new().env("CI_SERVER_URL", &server.url);
    nobody.manifest(wish);
    let rehearsed = nobody.run(&["rehearse"]).expect(1);
    let applied = nobody.run(&["apply", "--yes"]).expect(1);
    assert_eq!(failures(&rehearsed.stdout), failures(&applied.stdout), "{rehearsed}\n{applied}");
}
