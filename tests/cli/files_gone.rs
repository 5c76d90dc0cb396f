//! Files that go with their releases, under `--delete-packages`: those that nothing else links to, and no others.

use crate::files::{FILES, built, files, stored};
use crate::support::{Home, Server};
use reqwest::Method;
use serde_json::{Value, json};

#[test]
fn a_deleted_release_leaves_its_files_unless_they_are_to_go() {
    let server = Server::start();
    let home = built(&server);
    // The second release leads to a file of the first.
    let url = format!("{}/api/v4/projects/24/packages/generic/awesome-app/v0.1/linux.tar.gz", server.url);
    let second = format!(
        "[[releases]]\ntag_name = \"v0.2\"\n[[releases.links]]\nname = \"old\"\nurl = \"{url}?inline=false\"\n"
    );
    home.manifest(&format!("{FILES}{second}"));
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest(&format!("[policy]\nunmanaged = \"delete\"\n{second}"));
    insta::assert_snapshot!("files_stay", home.run(&["plan"]).expect(0));
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    insta::assert_snapshot!("files_go", home.run(&["apply", "plan.json", "--yes"]).expect(0));
    let left = stored(&server);
    assert!(left.len() == 1 && left[0].starts_with("awesome-app v0.1 linux.tar.gz "), "{left:?}");
}

#[test]
fn copies_of_a_file_that_was_replaced_are_told_apart_when_they_go() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    home.write("dist/mac.tar.gz", "for newer mac\n");
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest("[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0.2\"\nref = \"main\"\n");
    let args = ["plan", "--delete-packages"];
    insta::assert_snapshot!("files_replaced_go", home.run(&args).expect(0));
    for format in ["markdown", "html"] {
        let page = home.run(&[&args[..], &["--format", format]].concat()).expect(0).stdout;
        assert_eq!(page.matches(", replaced earlier").count(), 2, "{page}");
    }
}

/// A folder in which `v0.1`, with its files, is to be deleted, and what leads to its file for macs.
fn about_to_go(server: &Server) -> (Home, String) {
    let home = built(server);
    home.run(&["apply", "--yes"]).expect(0);
    for tag in ["v0.2", "v0.3"] {
        server.ask(
            Method::POST,
            "/projects/24/releases",
            &json!({ "tag_name": tag, "ref": "main", "description": "" }),
        );
    }
    home.manifest("[policy]\nunmanaged = \"delete\"\nmax_deletes = 2\n[[releases]]\ntag_name = \"v0.3\"\n");
    (home, format!("{}/api/v4/projects/24/packages/generic/awesome-app/v0.1/mac.tar.gz", server.url))
}

fn add_link(server: &Server, tag: &str, url: &str) {
    let name = url.rsplit('/').next().unwrap();
    let link = json!({ "name": name, "url": url });
    server.ask(Method::POST, &format!("/projects/24/releases/{tag}/assets/links"), &link);
}

#[test]
fn what_is_kept_is_told_with_whoever_links_to_it() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    add_link(&server, "v0.3", &url.replace("mac", "linux"));
    home.manifest(
        "[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0.2\"\n[[releases]]\ntag_name = \"v0.3\"\n",
    );
    add_link(&server, "v0.2", &url);
    let run = home.run(&["plan", "--delete-packages"]).expect(0);
    let of = "of package awesome-app v0.1 by";
    let kept =
        format!("2 files are kept, as other releases link to them (linux.tar.gz {of} v0.3, mac.tar.gz {of} v0.2).");
    assert!(run.stdout.contains(&kept) && run.stdout.contains("1 file to delete"), "{run}");
}

#[test]
fn a_file_that_others_have_come_to_link_to_stays_and_the_rest_goes() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    add_link(&server, "v0.3", &url);
    server.requests();
    insta::assert_snapshot!("files_linked_since", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    // One look for all files.
    assert!(server.requests().contains(&"GET /projects/:id/releases 1".to_owned()));
    assert_eq!(stored(&server).len(), 1);
    assert!(stored(&server)[0].contains(" mac.tar.gz "));
    let run = home.run(&["apply", "--delete-packages", "--yes"]).expect(0);
    assert!(run.stdout.contains("Nothing needs to change"), "{run}");
}

/// Who says yes sees names; what is deleted goes by numbers.
#[test]
fn a_forged_plan_deletes_no_other_file() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    add_link(&server, "v0.3", &url.replace("mac", "linux"));
    home.write("dist/app.deb", "of another package\n");
    let other = "[[releases]]\ntag_name = \"v0.3\"\n";
    home.manifest(&format!("{other}{}", files(&[("dist/app.deb", "other")])));
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest(&format!("[policy]\nunmanaged = \"delete\"\nmax_deletes = 2\n{other}"));
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    let good = std::fs::read_to_string(home.path().join("plan.json")).unwrap();
    let packages = server.ask(Method::GET, "/projects/24/packages?package_name=other", &json!({}));
    let package = &packages[0]["id"];
    let theirs = server.ask(Method::GET, &format!("/projects/24/packages/{package}/package_files"), &json!({}));
    let ours = server.ask(Method::GET, "/projects/24/packages/1/package_files", &json!({}));
    let linux = &ours.as_array().unwrap().iter().find(|file| file["file_name"] == "linux.tar.gz").unwrap()["id"];
    let forged = |edit: &dyn Fn(&mut Value)| {
        let mut plan: Value = serde_json::from_str(&good).unwrap();
        let steps = plan["projects"][0]["steps"].as_array_mut().unwrap();
        let is_of_mac = |step: &Value| {
            let action = &step["action"];
            action["kind"] == "delete_file" && action["file_name"] == "mac.tar.gz"
        };
        edit(&mut steps.iter_mut().find(|step| is_of_mac(step)).unwrap()["action"]);
        home.write("plan.json", &serde_json::to_string_pretty(&plan).unwrap());
        crate::apply_plan::with_its_digest(&home);
        server.requests();
        home.run(&["apply", "plan.json", "--yes"]).expect(1)
    };
    let place = forged(&|action| {
        action["package"] = json!("other");
        action["version"] = json!("v0.3");
    });
    let said = place.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(".action.file_name") && said.contains("release v0.1 has no link to"), "{said}");
    assert_eq!(server.requests(), Vec::<String>::new());
    insta::assert_snapshot!(
        "files_forged",
        forged(&|action| {
            action["package_id"] = package.clone();
            action["file_id"] = theirs[0]["id"].clone();
        })
    );
    // Of the same package, one that stays.
    let kept = forged(&|action| action["file_id"] = linux.clone());
    assert!(kept.stdout.contains("is another one: nothing was deleted"), "{kept}");
    // Of no file, while the one that was shown stays.
    let nobodys = forged(&|action| action["file_id"] = json!(4711));
    assert!(nobodys.stdout.contains("is another one: nothing was deleted"), "{nobodys}");
    assert_eq!(
        stored(&server).iter().map(|file| &file[..file.len() - 9]).collect::<Vec<_>>(),
        ["awesome-app v0.1 linux.tar.gz", "awesome-app v0.1 mac.tar.gz", "other v0.3 app.deb"]
    );
}

/// GitLab leads on from the paths that a project had before; only another project's number is surely another's.
#[test]
fn links_by_a_former_path_of_the_project_keep_files() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    let linux = url.replace("mac", "linux");
    add_link(&server, "v0.3", &linux.replace("/24/", "/root%2Fformer-name/"));
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    add_link(&server, "v0.3", &url.replace("/24/", "/other%2Fformer-name/"));
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(
        run.stdout.contains("linux.tar.gz of package awesome-app v0.1 is kept, as release v0.3 links to it"),
        "{run}"
    );
    assert!(run.stdout.contains("left alone: delete mac.tar.gz"), "{run}");
    assert_eq!(stored(&server).len(), 2);
}

#[test]
fn links_to_another_projects_packages_keep_none() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    add_link(&server, "v0.3", &url.replace("/24/", "/25/"));
    home.run(&["apply", "--delete-packages", "--yes"]).expect(0);
    assert!(stored(&server).is_empty());
}

#[test]
fn a_release_that_is_kept_as_it_has_changed_keeps_what_it_has_come_to_link_to() {
    let server = Server::start();
    let (home, url) = about_to_go(&server);
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    add_link(&server, "v0.2", &url);
    let report = home.run(&["apply", "plan.json", "--yes", "--format", "json"]).expect(1).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let conflicts = report["projects"][0]["outcome"]["conflicts"].as_array().unwrap();
    let file = conflicts.iter().find(|conflict| conflict["kind"] == "file").unwrap();
    assert_eq!(file["linked_by"], "v0.2");
    assert_eq!(stored(&server).len(), 1);
}

#[test]
fn a_file_of_two_deleted_releases_goes_after_both_or_not_at_all() {
    let server = Server::serve(&["--fault", "DELETE */releases/v0.2 403 9x"]);
    let (home, url) = about_to_go(&server);
    add_link(&server, "v0.2", &format!("{url}?inline=false"));
    insta::assert_snapshot!("files_shared", home.run(&["apply", "--delete-packages", "--yes"]).expect(1));
    assert_eq!(stored(&server).len(), 1);
    assert!(stored(&server)[0].contains(" mac.tar.gz "));
}

#[test]
fn files_that_are_left_although_their_release_is_gone_are_named_and_found_by_the_saved_plan() {
    let server = Server::serve(&["--fault", "DELETE */package_files/* 403 12x"]);
    let (home, _) = about_to_go(&server);
    assert_eq!(stored(&server).len(), 3);
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    insta::assert_snapshot!("files_left", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    let anew = home.run(&["plan", "--delete-packages"]).expect(0);
    assert!(anew.stdout.contains("Nothing needs to change"), "{anew}");
    let in_format = |format| home.run(&["apply", "plan.json", "--yes", "--format", format]).expect(1).stdout;
    let markdown = in_format("markdown");
    assert!(
        markdown.contains("`linux.tar.gz`, `mac.tar.gz` of package `awesome-app`") && markdown.contains("A new plan"),
        "{markdown}"
    );
    assert!(in_format("html").contains("A new plan does not find them: apply this one again"));
    let report: Value = serde_json::from_str(&in_format("json")).unwrap();
    let left = report["projects"][0]["outcome"]["left_files"].as_array().unwrap();
    assert_eq!(left.len(), 3);
    assert_eq!(left[2], json!({ "package": "awesome-app", "version": "v0.1", "file_name": "mac.tar.gz" }));
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    assert!(stored(&server).is_empty());
}

/// A release that is gone is not called failed as a file of it is left.
#[test]
fn pages_tell_a_releases_deletion_from_that_of_its_files() {
    let server = Server::serve(&["--fault", "DELETE */package_files/1 403 1000x"]);
    let (home, _) = about_to_go(&server);
    home.run(&["plan", "--delete-packages", "--out", "plan.json"]).expect(0);
    let page = |format| home.run(&["apply", "plan.json", "--yes", "--format", format]).expect(1).stdout;
    let markdown = page("markdown");
    let card = |of: &str| markdown.lines().find(|line| line.contains(of)).unwrap().to_owned();
    let v1 = card("<code>v0.1</code>");
    assert!(v1.contains(", done; 1 of 3 files left: to be deleted"), "{markdown}");
    assert!(card("release <code>v0.2</code>").contains(", done: to be deleted"), "{markdown}");
    let html = page("html");
    assert!(html.contains(r#"<span class="badge bad">done; 1 of 3 files left</span>"#), "{html}");
}

#[test]
fn what_was_done_already_is_called_so_in_markdown() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    let page = home.run(&["apply", "plan.json", "--yes", "--format", "markdown"]).expect(0).stdout;
    assert!(page.contains("4 done already") && page.contains(", done already: new"), "{page}");
}
