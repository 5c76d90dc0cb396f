//! `relsync apply`: what is done, failed and skipped, and how the next run finishes it.

use crate::support::{Home, Server, writes};

#[test]
fn what_depends_on_a_failure_is_skipped_and_the_rest_goes_on() {
    let server = Server::with(
        r#"
protected_tags = [{ name = "locked-*", create_access = "maintainer" }]
[[projects.tags]]
name = "v1.0"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "locked-1"
target = "2222222222222222222222222222222222222222"
[[projects.tags]]
name = "gone"
target = "3333333333333333333333333333333333333333"
[[projects.releases]]
tag_name = "gone"
"#,
    );
    let manifest = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "one"
state = "closed"
[[milestones]]
title = "two"
state = "closed"
[[releases]]
tag_name = "v1.0"
milestones = ["one"]
[[releases]]
tag_name = "locked-1"
milestones = ["two"]
"#;
    let home = Home::with_server(&server, "sandbox-developer");
    home.manifest(manifest);
    insta::assert_snapshot!("failure", home.run(&["apply", "--yes"]).expect(1));

    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(manifest);
    insta::assert_snapshot!("the_rest", home.run(&["apply", "--yes"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn without_a_terminal_it_wants_a_yes() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    insta::assert_snapshot!(home.run(&["apply"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_create_is_one_request_with_links_and_milestones_in_it() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        r#"
[[releases]]
tag_name = "v9"
ref = "main"
milestones = ["v1.0", "v1.0-rc"]
links = [{ name = "a", url = "https://example.com/a" }, { name = "b", url = "https://example.com/b" }]
"#,
    );
    home.run(&["apply", "--yes"]).expect(0);
    insta::assert_snapshot!(server.requests().join("\n"));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn odd_tag_names_are_made_and_found_again() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    let tags = ["debian/2.4.0-1", "v1.0+build#3", "выпуск-1", "100%", "a&b=c"];
    let release = |name: &str| {
        tags.map(|tag| {
            let link =
                "[[releases.links]]\nname = \"x\"\nurl = \"https://example.com/x\"\ndirect_asset_path = \"/bin/x\"\n";
            format!("[[releases]]\ntag_name = \"{tag}\"\nref = \"main\"\nname = \"{name}\"\n{link}")
        })
        .concat()
    };
    home.manifest(&release("first"));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    home.manifest(&release("second"));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_job_token_goes_as_one_and_leaves_milestones_unchecked() {
    let server = Server::start();
    let home = Home::new()
        .env("CI_SERVER_URL", &server.url)
        .env("CI_PROJECT_PATH", "root/awesome-app")
        .env("CI_JOB_TOKEN", "sandbox-job")
        .env("GITLAB_TOKEN", "sandbox-job");
    home.write("releases.toml", "version = 1\n[[releases]]\ntag_name = \"v0.1\"\nmilestones = [\"v1.0\"]\n");
    insta::assert_snapshot!("job_token", home.run(&["apply", "--yes"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    home.write("releases.toml", "version = 1\n[[milestones]]\ntitle = \"v1.0\"\n[[releases]]\ntag_name = \"v0.1\"\n");
    insta::assert_snapshot!("job_token_and_milestones", home.run(&["apply", "--yes"]).expect(1));
}

#[test]
fn a_list_that_gitlab_has_cached_is_no_difference() {
    let server = Server::serve(&["--list-cache", "300s"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    let manifest = |titles: &str| format!("[[releases]]\ntag_name = \"v0.1\"\nmilestones = [{titles}]\n");
    home.manifest(&manifest("\"v1.0\""));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    home.manifest(&manifest("\"v1.0\", \"v1.0-rc\""));
    home.run(&["apply", "--yes"]).expect(0);
    let list = server.ask(reqwest::Method::GET, "/projects/24/releases", &serde_json::Value::Null);
    assert_eq!(list[0]["milestones"].as_array().unwrap().len(), 1, "the list is not old, and shows nothing here");
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

/// One with too low a role is told so once, and not by every release.
#[test]
fn who_may_do_nothing_soon_gives_up() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-reporter");
    let release = |number: usize| format!("[[releases]]\ntag_name = \"v{number}\"\nref = \"main\"\n");
    home.manifest(&(0..200).map(release).collect::<String>());
    let run = home.run(&["apply", "--yes"]).expect(1);
    assert!(run.stderr.contains("Giving up: ") && run.stdout.contains(" not begun"), "{run}");
    let asked = server.requests();
    let posts = asked.iter().find_map(|line| line.strip_prefix("POST /projects/:id/releases ")?.parse::<usize>().ok());
    assert!(posts.is_some_and(|count| (32..100).contains(&count)), "{asked:?}");
}
