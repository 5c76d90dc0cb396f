//! Files of releases that go wrong, or are not this run's: what was done is named, and what is another's is not read.

use crate::fleet_file::fleet_of;
use crate::support::{Home, Server, block_on, writes};
use reqwest::Method;
use serde_json::json;

const FILES: &str = "[[releases]]\ntag_name = \"v0.1\"\n[[releases.files]]\npath = \"dist/*\"\n";

/// In a pipeline each shard's job has what was built for its own projects.
#[test]
fn a_shard_needs_no_files_of_others() {
    let release = "[[projects.releases]]\ntag_name = \"new\"\nref = \"main\"\n";
    let (_server, home) =
        fleet_of(6, 1, |id| format!("{release}[[projects.releases.files]]\npath = \"dist/{id}/app.zip\"\n"));
    let plan = |number: u8| home.run(&["plan", "-f", "fleet.toml", "--shard", &format!("{number}/2")]);
    let missing = |run: &str| (1..=6).filter(|id| run.contains(&format!("dist/{id}/app.zip"))).collect::<Vec<_>>();
    let (first, second) = (missing(&plan(1).expect(1).stderr), missing(&plan(2).expect(1).stderr));
    assert!(!first.is_empty() && !second.is_empty(), "{first:?} {second:?}");
    assert_eq!(first.iter().filter(|id| second.contains(id)).count(), 0, "{first:?} {second:?}");
    for id in first {
        home.write(&format!("dist/{id}/app.zip"), "app");
    }
    plan(1).expect(0);
    plan(2).expect(1);
}

/// The job's own project, which the manifest does not name, is in one of the shards only.
#[test]
fn a_shard_without_the_jobs_own_project_needs_no_files() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    home.write("releases.toml", &format!("version = 1\n{FILES}"));
    let run = |number: u8| home.run(&["plan", "--shard", &format!("{number}/2")]);
    let runs = [run(1), run(2)];
    let codes: Vec<_> = runs.iter().map(|run| run.code).collect();
    assert!(codes == [Some(0), Some(1)] || codes == [Some(1), Some(0)], "{}{}", runs[0], runs[1]);
}

/// What is in the registry is there, whatever becomes of the release.
#[test]
fn what_was_uploaded_before_a_failure_is_named_and_not_sent_again() {
    let server = Server::serve(&["--fault", "POST */releases 403 1x"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.manifest(&FILES.replace("[[releases.files]]", "checksums = true\n[[releases.files]]"));
    let args = ["apply", "--yes", "--report", "markdown=end.md", "--report", "html=end.html"];
    insta::assert_snapshot!("uploaded_in_vain", home.run(&args).expect(1));
    let markdown = std::fs::read_to_string(home.path().join("end.md")).unwrap();
    assert!(markdown.contains("Uploaded already, and not sent again: `linux.tar.gz`, "), "{markdown}");
    let html = std::fs::read_to_string(home.path().join("end.html")).unwrap();
    assert!(html.contains("Uploaded already, and not sent again: linux.tar.gz, "), "{html}");
    server.requests();
    let run = home.run(&["apply", "--yes"]).expect(0);
    assert!(!run.stdout.contains("Uploaded already"), "{run}");
    assert_eq!(writes(&server.requests()), ["POST /projects/:id/releases 1"]);
}

/// One more file makes the list another one: nothing is linked that the list does not name, and there is a way out.
#[test]
fn a_list_that_can_not_be_replaced_says_what_to_do() {
    let server = Server::with("allow_duplicate_packages = false\n[[projects.tags]]\nname = \"v0.1\"\n");
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.manifest(&FILES.replace("[[releases.files]]", "checksums = true\n[[releases.files]]"));
    home.run(&["apply", "--yes"]).expect(0);
    home.write("dist/mac.tar.gz", "for mac\n");
    insta::assert_snapshot!("list_refused", home.run(&["apply", "--yes"]).expect(1));
    let files = server.ask(Method::GET, "/projects/24/packages/1/package_files", &json!({}));
    let list = files.as_array().unwrap().iter().find(|file| file["file_name"] == "SHA256SUMS").unwrap();
    let gone = format!("{}/api/v4/projects/24/packages/1/package_files/{}", server.url, list["id"]);
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.delete(gone).header("PRIVATE-TOKEN", "sandbox-maintainer");
        request.send().await.unwrap().error_for_status().unwrap();
    });
    server.requests();
    home.run(&["apply", "--yes"]).expect(0);
    let sent = writes(&server.requests()).into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(sent.len(), 2, "{sent:?}");
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

/// Whether anybody still needs it, nobody can tell: it is said, and left to people.
#[test]
fn a_file_that_is_no_longer_linked_stays_and_that_is_said() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.manifest(FILES);
    let first = home.run(&["apply", "--yes"]).expect(0);
    assert!(!first.stdout.contains("any more"), "{first}");
    std::fs::remove_file(home.path().join("dist/mac.tar.gz")).unwrap();
    insta::assert_snapshot!("unlinked", home.run(&["plan"]).expect(0));
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let applied = home.run(&["apply", "plan.json", "--yes"]).expect(0);
    assert!(applied.stdout.contains("files that 1 release will not link to any more stay"), "{applied}");
    let files = server.ask(Method::GET, "/projects/24/packages/1/package_files", &json!({}));
    assert_eq!(files.as_array().unwrap().len(), 2);
}
