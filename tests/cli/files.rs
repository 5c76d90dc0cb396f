//! `[[releases.files]]`: what a build has made is uploaded once, and linked.

use crate::support::{Home, Server, relsync, writes};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

pub(crate) const FILES: &str = "[[releases]]\ntag_name = \"v0.1\"\nchecksums = true\n\n[[releases.files]]\npath = \"dist/*.tar.gz\"\n\
                     direct_asset_path = \"/bin/{file_name}\"\nlink_type = \"package\"\n";
const UPLOADS: &str = "PUT /projects/:id/packages/generic/:package_name/:package_version/:file_name";

/// A folder in which two files have been built for `v0.1`.
pub(crate) fn built(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.manifest(FILES);
    home
}

/// What is in the registry: each file's name, and the beginning of its digest.
pub(crate) fn stored(server: &Server) -> Vec<String> {
    let get = |path: &str| server.ask(Method::GET, path, &json!({}));
    let packages = get("/projects/24/packages?sort=asc");
    let files = packages.as_array().unwrap().iter().flat_map(|package| {
        let files = get(&format!("/projects/24/packages/{}/package_files", package["id"]));
        let of = format!("{} {}", package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        let line = |file: &Value| {
            let (name, sha256) = (file["file_name"].as_str().unwrap(), file["file_sha256"].as_str().unwrap());
            format!("{of} {name} {}", &sha256[..8])
        };
        files.as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

/// `[[releases.files]]`, each of a package.
pub(crate) fn files(files: &[(&str, &str)]) -> String {
    let file = |(path, package)| format!("[[releases.files]]\npath = \"{path}\"\npackage = \"{package}\"\n");
    files.iter().copied().map(file).collect()
}

fn links(server: &Server, tag: &str) -> Vec<String> {
    let release = server.ask(Method::GET, &format!("/projects/24/releases/{tag}"), &json!({}));
    let names =
        release["assets"]["links"].as_array().unwrap().iter().map(|link| link["name"].as_str().unwrap().to_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn they_are_uploaded_before_the_release_and_only_once() {
    let server = Server::start();
    let home = built(&server);
    insta::assert_snapshot!("files_plan", home.run(&["plan", "--explain"]).expect(0));
    server.requests();
    insta::assert_snapshot!("files_apply", home.run(&["apply", "--yes"]).expect(0));
    insta::assert_debug_snapshot!("files_requests", server.requests());
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    assert_eq!(links(&server, "v0.1"), ["SHA256SUMS", "linux.tar.gz", "mac.tar.gz"]);
    // What `sha256sum -c` reads.
    let text = download(&server, "v0.1/downloads/bin/SHA256SUMS");
    let lines: Vec<_> = text.lines().map(|line| line.split_once("  ").unwrap()).collect();
    assert_eq!(lines.iter().map(|(_, name)| *name).collect::<Vec<_>>(), ["linux.tar.gz", "mac.tar.gz"]);
    for (digest, name) in lines {
        assert!(stored(&server).contains(&format!("awesome-app v0.1 {name} {}", &digest[..8])), "{text}");
        assert_eq!(digest.len(), 64);
    }
}

/// What a release's permanent link leads to.
fn download(server: &Server, path: &str) -> String {
    crate::support::block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/root/awesome-app/-/releases/{path}", server.url);
        let request = client.get(url).header("PRIVATE-TOKEN", "sandbox-maintainer");
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    })
}

#[test]
fn one_that_changed_is_uploaded_again_and_its_link_stays() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    home.write("dist/mac.tar.gz", "for a newer mac\n");
    insta::assert_snapshot!("files_changed", home.run(&["apply", "--yes"]).expect(0));
    assert_eq!(stored(&server).len(), 5);
    let markdown = {
        home.write("dist/mac.tar.gz", "for the newest mac\n");
        home.run(&["plan", "--format", "markdown"]).expect(0).stdout
    };
    assert!(markdown.contains("2 files to replace") && markdown.contains("`~` file "), "{markdown}");
    for format in ["json", "html"] {
        let page = home.run(&["plan", "--format", format]).expect(0).stdout;
        assert!(page.contains("2d82dfe9"), "{page}");
    }
    server.requests();
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&server.requests()), [&format!("{UPLOADS} 2")]);
}

#[test]
fn what_is_wrong_with_them_is_underlined_before_anything_is_sent() {
    let server = Server::start();
    let home = built(&server);
    home.write("other/mac.tar.gz", "another");
    home.write("dist/a b.zip", "blank");
    home.write("folder/in/it", "deep");
    home.write("sums/SHA256SUMS", "old");
    let file = |tag: &str, keys: &str| format!("[[releases]]\ntag_name = \"{tag}\"\n[[releases.files]]\n{keys}\n");
    home.manifest(
        &[
            file("v1", "path = \"dist/windows.zip\""),
            file("v2", "path = \"dist/*.deb\""),
            file("v3", "path = \"*/mac.tar.gz\""),
            file("v4", "path = \"dist/*.zip\""),
            file("v5", "path = \"dist/*.tar.gz\"\ndirect_asset_path = \"/bin/app\""),
            file("v6", "path = \"../../etc/passwd\""),
            file(
                "v7",
                "path = \"dist/mac.tar.gz\"\nname = \"x\"\n[[releases.links]]\nname = \"x\"\nurl = \"https://e.com\"",
            ),
            file("v8", "path = \"dist/{verson}\"\npackage = \"a/b\"\nname = \"{filename}\""),
            file("v9", "path = \"dist\""),
            file("v10", "path = \"dist/{tag}-{a,b}.zip\""),
            file("v11", "path = \"fold*\""),
            file("v12", "path = \"dist/*.tar.gz\"\n[[releases.files]]\npath = \"dist/mac.*\""),
            file("v13", "path = \"sums/*\"").replacen("[[releases.files]]", "checksums = true\n[[releases.files]]", 1),
        ]
        .concat(),
    );
    insta::assert_snapshot!("files_wrong", home.run(&["apply", "--yes"]).expect(1));
    assert!(server.requests().is_empty());
    assert_eq!(home.run(&["validate"]).code, Some(1));
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_published_and_nothing_of_gits_own() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    let secret = home.path().join("secret");
    std::fs::write(&secret, "s3cret").unwrap();
    home.write("app/.git/config", "token");
    std::fs::create_dir_all(home.path().join("app/dist")).unwrap();
    std::os::unix::fs::symlink(&secret, home.path().join("app/dist/out.zip")).unwrap();
    std::os::unix::fs::symlink("../.git/config", home.path().join("app/dist/git.zip")).unwrap();
    for path in ["dist/out.zip", "dist/git.zip", "dist/*", "../secret", "/etc/passwd", ".git/*"] {
        let files = format!("[[releases]]\ntag_name = \"v0.1\"\n[[releases.files]]\npath = \"{path}\"\n");
        let head = "version = 1\n[project]\npath = \"root/awesome-app\"\n";
        home.write("app/releases.toml", &format!("{head}{files}"));
        let run = home.run(&["apply", "--yes", "-f", "app"]).expect(1);
        assert!(run.stderr.contains("leads out") || run.stderr.contains("git's own"), "{path}\n{run}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_saved_plan_uploads_what_was_planned_or_nothing() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    home.write("dist/mac.tar.gz", "something else\n");
    server.requests();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stderr.contains("dist/mac.tar.gz has changed since the plan was made"), "{run}");
    assert!(server.requests().is_empty());
    std::fs::remove_file(home.path().join("dist/mac.tar.gz")).unwrap();
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stderr.contains("failed to read dist/mac.tar.gz"), "{run}");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    // A second time, there is nothing left to do.
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(0);
    assert!(run.stderr.contains("done already: upload mac.tar.gz"), "{run}");
    assert_eq!(stored(&server).len(), 3);
}

#[test]
fn somebody_elses_upload_is_not_covered_up() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let other = Home::with_server(&server, "sandbox-maintainer");
    other.write("dist/mac.tar.gz", "somebody else's\n");
    other.manifest("[[releases]]\ntag_name = \"v0.1\"\n[[releases.files]]\npath = \"dist/mac.tar.gz\"\n");
    other.run(&["apply", "--yes"]).expect(0);
    server.ask(Method::DELETE, "/projects/24/releases/v0.1", &json!({}));
    let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
    assert!(run.stdout.contains("somebody has uploaded another mac.tar.gz since"), "{run}");
    // This plan comes to nothing more.
    assert!(run.stdout.ends_with("\nPlan again: a new plan starts from what is there now.\n"), "{run}");
    assert!(!run.stdout.contains("apply again"), "{run}");
    assert_eq!(stored(&server).iter().filter(|file| file.contains("mac.tar.gz")).count(), 1);
}

#[test]
fn a_registry_without_duplicates_says_what_to_do() {
    let server = Server::with("allow_duplicate_packages = false\n[[projects.tags]]\nname = \"v0.1\"\n");
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["apply", "--yes"]).expect(0);
    home.write("dist/mac.tar.gz", "for a newer mac\n");
    insta::assert_snapshot!("files_duplicates", home.run(&["apply", "--yes"]).expect(1));
}

#[test]
fn bad_days_leave_each_file_there_once() {
    for fault in ["lost-answer", "reset", "503", "500", "truncate"] {
        let fault = format!("PUT */packages/generic/* {fault} 2x");
        let server = Server::serve(&["--fault", &fault]);
        let home = built(&server);
        home.run(&["apply", "--yes"]).expect(0);
        assert_eq!(stored(&server).len(), 3, "{fault}");
        let run = home.run(&["plan", "--detailed-exitcode"]).expect(0);
        assert!(run.stdout.contains("Nothing needs to change"), "{fault}\n{run}");
    }
}

#[test]
fn a_release_whose_file_fails_is_not_made_and_the_others_are() {
    let server = Server::serve(&["--fault", "PUT */packages/generic/*/v0.1/mac.tar.gz 403 9x"]);
    let home = built(&server);
    home.manifest(&format!(
        "{FILES}[[releases]]\ntag_name = \"v0.2\"\n[[releases.files]]\npath = \"dist/linux.tar.gz\"\n"
    ));
    insta::assert_snapshot!("files_failed", home.run(&["apply", "--yes"]).expect(1));
    assert_eq!(links(&server, "v0.2"), ["linux.tar.gz"]);
    // A list that came first would say what is not there.
    assert!(!stored(&server).iter().any(|file| file.contains("v0.1 SHA256SUMS")));
    let releases = server.ask(Method::GET, "/projects/24/releases", &json!({}));
    assert_eq!(releases.as_array().unwrap().len(), 1);
}

#[test]
fn those_of_one_package_version_go_one_after_the_other_and_their_list_last() {
    let server = Server::start();
    let home = built(&server);
    let file = |tag: &str, path: &str, package: &str| {
        format!(
            "[[releases]]\ntag_name = \"{tag}\"\nchecksums = true\nref = \"main\"\n{}",
            files(&[(path, package), ("dist/linux.tar.gz", "b")])
        )
    };
    home.manifest(&[file("a/b", "dist/mac.tar.gz", "a"), file("c", "dist/mac.tar.gz", "a")].concat());
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(home.path().join("plan.json")).unwrap()).unwrap();
    let steps = plan["projects"][0]["steps"].as_array().unwrap();
    let uploads =
        steps.iter().filter(|step| step["action"]["place"].is_object() || step["action"]["sha256"].is_string());
    let needs: Vec<_> = uploads.map(|step| step["needs"].to_string()).collect();
    // Each release has a file in either package, and the list goes into the first.
    assert_eq!(needs, ["[]", "[]", "[1,2]", "[]", "[]", "[5,6]"], "{plan:#}");
}

#[test]
fn a_saved_plan_that_breaks_the_order_of_uploads_is_refused() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let good = std::fs::read_to_string(home.path().join("plan.json")).unwrap();
    let refused = |edit: &dyn Fn(&mut Vec<Value>)| {
        let mut plan: Value = serde_json::from_str(&good).unwrap();
        edit(plan["projects"][0]["steps"].as_array_mut().unwrap());
        home.write("plan.json", &serde_json::to_string_pretty(&plan).unwrap());
        crate::apply_plan::with_its_digest(&home);
        server.requests();
        let run = home.run(&["apply", "plan.json", "--yes"]).expect(1);
        assert_eq!(server.requests(), Vec::<String>::new());
        run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let second = refused(&|steps| steps[1]["needs"] = json!([]));
    assert!(second.contains("steps[1].needs") && second.contains("step 1 is not among them"), "{second}");
    let list = refused(&|steps| steps[2]["needs"] = json!([1]));
    assert!(list.contains("steps[2].needs") && list.contains("step 2 is not among them"), "{list}");
    let late = refused(&|steps| {
        let file = steps[1]["action"].clone();
        steps[1]["action"] = std::mem::replace(&mut steps[2]["action"], file);
    });
    assert!(late.contains("steps[2].action") && late.contains("comes after the list"), "{late}");
}

#[test]
fn what_was_killed_in_mid_upload_is_finished_by_the_next_run() {
    let server = Server::serve(&["--fault", "PUT */packages/generic/*/SHA256SUMS hang 1x"]);
    let home = built(&server);
    let mut command = relsync(&["apply", "--yes"]);
    command.current_dir(home.path()).env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // Two of three are there, and the third hangs.
    let talk = BufReader::new(process.stderr.take().unwrap()).lines();
    assert_eq!(talk.map_while(Result::ok).filter(|line| line.contains("/4 upload ")).take(2).count(), 2);
    process.kill().unwrap();
    process.wait().unwrap();
    // It may not have come to that.
    crate::support::block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let faults = client.put(format!("{}/sandbox/faults", server.url)).json(&json!([]));
        faults.send().await.unwrap().error_for_status().unwrap();
    });
    assert_eq!(stored(&server).len(), 2);
    let run = home.run(&["apply", "--yes"]).expect(0);
    assert!(run.stdout.contains("Done: 1 release created; 1 file uploaded; 2 of 2 steps."), "{run}");
    assert_eq!(stored(&server).len(), 3);
}

#[test]
fn a_job_uploads_with_its_own_token_to_the_same_urls() {
    let server = Server::start();
    let home = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    let home = home.env("CI_PROJECT_PATH", "root/awesome-app").env("CI_PROJECT_ID", "24");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.manifest(FILES);
    home.run(&["apply", "--yes"]).expect(0);
    let release = server.ask(Method::GET, "/projects/24/releases/v0.1", &json!({}));
    let url = release["assets"]["links"][0]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/api/v4/projects/24/packages/generic/awesome-app/v0.1/", server.url)), "{url}");
    let run = built(&server).run(&["plan"]).expect(0);
    assert!(run.stdout.contains("Nothing needs to change"), "{run}");
}

#[test]
fn other_links_stay_unless_the_entry_lists_links_too() {
    let server = Server::start();
    let home = built(&server);
    let docs = "[[releases.links]]\nname = \"docs\"\nurl = \"https://example.com/docs\"\n";
    home.manifest(&format!("{FILES}{docs}"));
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest(FILES);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\nfiles = []\n");
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["docs"]);
    home.manifest(&FILES.replace("checksums = true\n", "links = []\n"));
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["linux.tar.gz", "mac.tar.gz"]);
}

/// Writes a link by hand, to a file in `package` of the project `id`.
fn link_by_hand(server: &Server, tag: &str, name: &str, id: u64, package: &str) {
    let url = format!("{}/api/v4/projects/{id}/packages/generic/{package}/{tag}/{name}", server.url);
    server.ask(
        Method::POST,
        &format!("/projects/24/releases/{tag}/assets/links"),
        &json!({ "name": name, "url": url }),
    );
}

#[test]
fn links_to_packages_that_no_entry_names_stay() {
    let server = Server::start();
    let home = built(&server);
    let of = |package: &str| format!("[[releases]]\ntag_name = \"v0.1\"\n{}", files(&[("dist/mac.tar.gz", package)]));
    home.manifest(&of("mac"));
    home.run(&["apply", "--yes"]).expect(0);
    link_by_hand(&server, "v0.1", "by-hand", 24, "tools");
    link_by_hand(&server, "v0.1", "stale", 24, "mac");
    link_by_hand(&server, "v0.1", "of-the-project", 24, "awesome-app");
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["by-hand", "mac.tar.gz", "of-the-project"]);
    // Without any entry, they are what the defaults say, or else the project's.
    let none = "[[releases]]\ntag_name = \"v0.1\"\nfiles = []\n";
    let defaults = files(&[("dist/*", "mac")]).replace("releases.files", "defaults.files");
    home.manifest(&format!("{defaults}{none}"));
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["by-hand", "of-the-project"]);
    home.manifest(none);
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["by-hand"]);
}

#[test]
fn links_to_another_projects_packages_stay_even_if_this_ones_number_is_unknown() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    link_by_hand(&server, "v0.1", "foreign", 25, "awesome-app");
    let job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    let job = job.env("CI_PROJECT_PATH", "root/awesome-app");
    job.write("dist/linux.tar.gz", "for linux\n");
    job.write("dist/mac.tar.gz", "for mac\n");
    job.manifest(FILES);
    let run = job.run(&["plan"]).expect(0);
    assert!(run.stdout.contains("Nothing needs to change"), "{run}");
    home.run(&["apply", "--yes"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["SHA256SUMS", "foreign", "linux.tar.gz", "mac.tar.gz"]);
}

#[test]
fn that_releases_take_one_file_is_a_doubt_and_told_once() {
    let server = Server::start();
    let home = built(&server);
    home.write("dist/0.1/a", "a");
    home.write("dist/0.2/a", "a");
    let releases = [1, 2, 3, 4].map(|n| format!("[[releases]]\ntag_name = \"v0.{n}\"\nref = \"main\"\n"));
    let of = |path: &str, releases: &str| format!("[[defaults.files]]\npath = \"{path}\"\n{releases}");
    home.manifest(&of("dist/*.tar.gz", &releases.concat()));
    insta::assert_snapshot!("files_taken_twice", home.run(&["validate"]).expect(0));
    let plan = home.run(&["plan", "--out", "plan.json"]).expect(0);
    let note = "Note: several releases take the same files (dist/linux.tar.gz for v0.1 and v0.2); ";
    assert_eq!(plan.stdout.matches(note).count(), 1, "{plan}");
    let plan = home.run(&["apply", "plan.json", "--yes"]).expect(0);
    assert!(plan.stdout.contains(note), "{plan}");
    // Each by an entry of its own.
    home.manifest(
        &[("v1", "dist/*"), ("v2", "dist/mac*"), ("v3", "dist/linux*")]
            .map(|(tag, path)| {
                let path = path.replace("dist/*", "dist/*.tar.gz");
                format!("[[releases]]\ntag_name = \"{tag}\"\n[[releases.files]]\npath = \"{path}\"\n")
            })
            .concat(),
    );
    let said = home.run(&["validate"]).expect(0).stderr;
    assert!(said.contains("dist/mac.tar.gz for v1 and v2") && !said.contains("v3"), "{said}");
    home.manifest(&of("dist/{version}/*", &releases[..2].concat()));
    assert_eq!(home.run(&["validate"]).expect(0).stderr, "");
}

#[test]
fn only_those_of_selected_releases_have_to_be_there_and_drift_needs_none() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("dist/0.1/app.zip", "one\n");
    home.manifest(
        "[[defaults.files]]\npath = \"dist/{version}/*\"\nname = \"{file_name} {version}\"\n\
         [[releases]]\ntag_name = \"v0.1\"\n[[releases]]\ntag_name = \"v0.2\"\n",
    );
    let run = home.run(&["plan"]).expect(1);
    assert!(run.stderr.contains("no file matches `dist/0.2/*`") && run.stderr.contains("for this tag"), "{run}");
    home.run(&["apply", "--yes", "--only", "v0.1"]).expect(0);
    assert_eq!(links(&server, "v0.1"), ["app.zip 0.1"]);
    std::fs::remove_dir_all(home.path().join("dist")).unwrap();
    let run = home.run(&["drift", "--only", "v0.1"]).expect(0);
    assert!(run.stdout.contains("No drift"), "{run}");
}
