//! Files that the registry has already: a plan holds them, too, and nothing is published that leads to others by then.

use crate::support::{Home, Server, block_on, writes};
use reqwest::Method;
use serde_json::{Value, json};

const FILES: &str = "[[releases]]\ntag_name = \"v0.3\"\nref = \"main\"\n[[releases.files]]\npath = \"dist/*.zip\"\n";
const CHANGED: &str = "somebody has uploaded another app.zip since the plan was made, with the SHA-256 ";

/// Somebody else's doing in the registry.
fn packages(server: &Server, method: Method, path: &str, content: &'static str) {
    let url = format!("{}/api/v4/projects/24/packages/{path}", server.url);
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.request(method, url).header("PRIVATE-TOKEN", "sandbox-maintainer").body(content);
        request.send().await.unwrap().error_for_status().unwrap();
    });
}

fn put(server: &Server, file_name: &str, content: &'static str) {
    packages(server, Method::PUT, &format!("generic/awesome-app/v0.3/{file_name}"), content);
}

/// A folder whose release is to be made, and whose file is uploaded: its release was refused, for instance.
fn uploaded(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.write("dist/app.zip", "one");
    home.manifest(FILES);
    put(server, "app.zip", "one");
    home
}

fn releases(server: &Server) -> usize {
    server.ask(Method::GET, "/projects/24/releases", &json!({})).as_array().unwrap().len()
}

#[test]
fn a_plan_shows_them_in_every_format_and_applies() {
    let server = Server::start();
    let home = uploaded(&server);
    insta::assert_snapshot!("files_there_plan", home.run(&["plan"]).expect(0));
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    for format in ["markdown", "html", "json"] {
        let page = home.run(&["plan", "--format", format]).expect(0).stdout;
        assert!(page.contains("7692c3ad3540bb80"), "{format}\n{page}");
    }
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(home.path().join("plan.json")).unwrap()).unwrap();
    insta::assert_snapshot!("files_there_saved", format!("{:#}", plan["projects"][0]["present_files"]));
    server.requests();
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    let requests = server.requests();
    assert_eq!(writes(&requests), ["POST /projects/:id/releases 1"]);
    let look = "GET /projects/:id/packages/:package_id/package_files 1".to_owned();
    assert!(requests.contains(&look), "{requests:?}");
    // A second time, there is nothing left to do.
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
}

#[test]
fn a_saved_plan_writes_nothing_if_one_has_changed_on_the_disk() {
    let server = Server::start();
    let home = uploaded(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    home.write("dist/app.zip", "two");
    put(&server, "app.zip", "evil");
    server.requests();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stderr.contains("dist/app.zip has changed since the plan was made"), "{run}");
    std::fs::remove_file(home.path().join("dist/app.zip")).unwrap();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stderr.contains("failed to read dist/app.zip"), "{run}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_release_is_not_made_if_the_registry_has_another_by_then() {
    let server = Server::start();
    let home = uploaded(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    put(&server, "app.zip", "evil");
    insta::assert_snapshot!("files_there_changed", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    packages(&server, Method::DELETE, "1", "");
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(
        run.stdout.contains("app.zip, which was in the package registry when the plan was made, is not there"),
        "{run}"
    );
    assert_eq!(releases(&server), 0);
}

#[test]
fn a_release_that_is_there_gets_no_link_to_another() {
    let server = Server::start();
    let home = uploaded(&server);
    server.ask(Method::POST, "/projects/24/releases", &json!({ "tag_name": "v0.3", "ref": "main", "description": "" }));
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    put(&server, "app.zip", "evil");
    server.requests();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stdout.contains(CHANGED), "{run}");
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_list_of_checksums_does_not_go_up_beside_others() {
    let server = Server::start();
    let home = uploaded(&server);
    home.manifest(&FILES.replace("[[releases.files]]", "checksums = true\n[[releases.files]]"));
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    put(&server, "app.zip", "evil");
    server.requests();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stdout.contains("failed to upload SHA256SUMS") && run.stdout.contains(CHANGED), "{run}");
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

/// Other changes of a release leave its files alone, and so does a plan without any.
#[test]
fn nobody_looks_where_no_file_is_led_to() {
    let server = Server::start();
    let home = uploaded(&server);
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest(&FILES.replace("ref = ", "description = \"New\"\nref = "));
    let plan = home.run(&["plan", "--out", "plan.json"]).expect(0);
    assert!(!plan.stdout.contains("there already"), "{plan}");
    server.requests();
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    let requests = server.requests();
    assert!(!requests.iter().any(|request| request.contains("packages")), "{requests:?}");
}
