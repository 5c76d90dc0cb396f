//! `relsync download`: from GitLab and other hosts, verified, whole or not at all, and never with the token where it does
//! not belong.

use crate::host::{Host, not_found, redirect, whole};
use crate::support::{Home, Server, block_on};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;

const TOKEN: &str = "sandbox-maintainer";

/// A sandbox whose release v0.1 has these links: name, url and path.
pub(crate) fn release(server: &Server, links: &[(&str, &str, &str)]) {
    let link = |(name, url, path): &(&str, &str, &str)| match *path {
        "" => json!({ "name": name, "url": url }),
        path => json!({ "name": name, "url": url, "direct_asset_path": path }),
    };
    let links: Vec<_> = links.iter().map(link).collect();
    let body = json!({ "tag_name": "v0.1", "assets": { "links": links } });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
}

pub(crate) fn home(server: &Server) -> Home {
    Home::with_server(server, TOKEN).env("CI_PROJECT_PATH", "root/awesome-app")
}

pub(crate) fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What is in the folder, with each file's size.
pub(crate) fn files(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = entries
        .map(|entry| format!("{} {}", entry.file_name().to_str().unwrap(), entry.metadata().unwrap().len()))
        .collect();
    names.sort();
    names
}

/// Uploads to the package registry; answers the url.
pub(crate) fn upload(server: &Server, name: &str, content: &[u8]) -> String {
    let url = format!("{}/api/v4/projects/24/packages/generic/app/1.0/{name}", server.url);
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.put(&url).header("PRIVATE-TOKEN", TOKEN).body(content.to_vec());
        request.send().await.unwrap().error_for_status().unwrap();
    });
    url
}

/// A megabyte of text that is nowhere like itself.
pub(crate) fn large(seed: u8) -> Vec<u8> {
    (0..16_384_u32).flat_map(|number| sha256(&[number.to_le_bytes(), [seed; 4]].concat()).into_bytes()).collect()
}

/// Where the README's commands find what they speak of.
pub(crate) fn readme() -> (Host, Server, Home) {
    let server = Server::start();
    let list = format!("{}  app.tar.gz\n", sha256(b"app"));
    let host = Host::start(move |head| whole(if head.path() == "/app.tar.gz" { b"app" } else { list.as_bytes() }));
    let link = |name: &str, url: &str, path: Option<&str>| json!({ "name": name, "url": format!("{}/{url}", host.url), "direct_asset_path": path });
    let links = [link("linux-amd64", "app.tar.gz", Some("/bin/linux-amd64")), link("SHA256SUMS", "SHA256SUMS", None)];
    let release = json!({ "tag_name": "v1.2.0", "ref": "main", "assets": { "links": links } });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &release);
    server.ask(reqwest::Method::POST, "/groups", &json!({ "name": "group", "path": "group" }));
    let groups = server.ask(reqwest::Method::GET, "/groups", &json!(null));
    let group = groups.as_array().unwrap().iter().find(|group| group["path"] == "group").unwrap()["id"].clone();
    let app = json!({ "name": "app", "path": "app", "namespace_id": group, "initialize_with_readme": true });
    server.ask(reqwest::Method::POST, "/projects", &app);
    server.ask(reqwest::Method::POST, "/projects/group%2Fapp/releases", &release);
    let home = home(&server);
    (host, server, home)
}

#[test]
fn everything_is_downloaded_verified_and_no_other_host_sees_the_token() {
    let server = Server::start();
    let file = large(1);
    let list = format!("{}  app-linux.tar.gz\n{} *notes.txt\n", sha256(&file), sha256(b"notes"));
    let elsewhere = Host::start({
        let file = file.clone();
        move |head| match head.path() {
            "/signed?X-Signature=secret" => whole(&file),
            _ => not_found(),
        }
    });
    let signed = format!("{}/signed?X-Signature=secret", elsewhere.url);
    let host = Host::start(move |head| match head.path() {
        "/app-linux.tar.gz" => redirect(&signed),
        "/notes.txt" => whole(b"notes"),
        "/docs/" => whole(b"<p>docs"),
        "/SHA256SUMS" => whole(list.as_bytes()),
        _ => not_found(),
    });
    let at = |path: &str| format!("{}{path}", host.url);
    let package = upload(&server, "app-mac.tar.gz", b"mac");
    release(
        &server,
        &[
            ("Linux", &at("/app-linux.tar.gz"), "/bin/linux"),
            ("Mac", &package, "/bin/mac.tar.gz"),
            ("notes.txt", &at("/notes.txt"), ""),
            ("Docs", &at("/docs/"), ""),
            ("Checksums", &at("/SHA256SUMS"), ""),
        ],
    );
    let home = home(&server);
    insta::assert_snapshot!("everything", home.run(&["download", "v0.1"]).expect(0));
    assert_eq!(files(&home), ["Docs 7", "SHA256SUMS 159", "linux 1048576", "mac.tar.gz 3", "notes.txt 5"]);
    assert!(fs::read(home.path().join("linux")).unwrap() == file);
    host.saw_no_token(TOKEN);
    elsewhere.saw_no_token(TOKEN);
    // The other kind of token is not told either.
    let job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    job.env("CI_PROJECT_PATH", "root/awesome-app").run(&["download", "v0.1", "Linux"]).expect(0);
    host.saw_no_token("sandbox-job");
    elsewhere.saw_no_token("sandbox-job");

    // What is the same is not downloaded again; what nobody can tell of is in the way.
    insta::assert_snapshot!("again", home.run(&["download", "v0.1"]).expect(1));
    insta::assert_snapshot!("again_same", home.run(&["download", "v0.1", "/bin/*", "notes.txt"]).expect(0));
    insta::assert_snapshot!("again_list", home.run(&["download", "v0.1", "Checksums"]).expect(0));
    insta::assert_snapshot!("again_kept", home.run(&["download", "--latest", "--skip-existing"]).expect(0));
    home.write("notes.txt", "mine");
    insta::assert_snapshot!("in_the_way", home.run(&["download", "v0.1", "*.txt"]).expect(1));
    insta::assert_snapshot!("in_the_way_unknown", home.run(&["download", "v0.1", "Docs", "notes.txt"]).expect(1));
    home.run(&["download", "v0.1", "*.txt", "--skip-existing"]).expect(0);
    assert_eq!(fs::read_to_string(home.path().join("notes.txt")).unwrap(), "mine");
    home.run(&["download", "v0.1", "*.txt", "--skip-existing", "--verify"]).expect(1);
    home.run(&["download", "v0.1", "*.txt", "--clobber"]).expect(0);
    assert_eq!(fs::read_to_string(home.path().join("notes.txt")).unwrap(), "notes");
}

#[test]
fn the_token_stays_behind_even_if_the_way_leads_back() {
    let server = Server::start();
    let secret = upload(&server, "secret.txt", b"secret");
    let host = Host::start(move |_| redirect(&secret));
    release(&server, &[("x", &format!("{}/x", host.url), "/x.txt"), ("loop", &format!("{}/x/", server.url), "")]);
    let home = home(&server);
    insta::assert_snapshot!(home.run(&["download", "v0.1", "/x.txt"]).expect(1));
    assert_eq!(files(&home), [""; 0]);
    host.saw_no_token(TOKEN);
}

#[test]
fn files_of_one_name_are_told_apart_by_their_folders() {
    let server = Server::start();
    let list = format!("{}  linux/app\n{}  mac/app\n", sha256(b"/l"), sha256(b"/m"));
    let host = Host::start(move |head| match head.path() {
        "/SHA256SUMS" => whole(list.as_bytes()),
        path => whole(path.as_bytes()),
    });
    let at = |path: &str| format!("{}{path}", host.url);
    release(
        &server,
        &[("Linux", &at("/l"), "/bin/linux/app"), ("Mac", &at("/m"), "/mac/app"), ("sums", &at("/SHA256SUMS"), "")],
    );
    let home = home(&server);
    home.run(&["download", "v0.1", "Linux", "--verify", "-O", "linux"]).expect(0);
    home.run(&["download", "v0.1", "Mac", "--verify", "-O", "mac"]).expect(0);
    assert_eq!(files(&home), ["linux 2", "mac 2"]);
}

#[test]
fn the_token_is_for_what_hands_out_files() {
    let server = Server::start();
    let package = upload(&server, "app", b"app");
    let other = format!("{}/api/v4/projects/24/milestones", server.url);
    release(&server, &[("app", &package, ""), ("other", &other, ""), ("path", &format!("{other}?page=1"), "/path")]);
    let home = home(&server);
    home.run(&["download", "v0.1", "app"]).expect(0);
    insta::assert_snapshot!("not_for_the_token", home.run(&["download", "v0.1", "other", "path"]).expect(1));
    assert_eq!(files(&home), ["app 3"]);
}

#[test]
fn a_package_that_was_deleted_is_told_as_gone() {
    let server = Server::start();
    let package = upload(&server, "app", b"app");
    release(&server, &[("app", &package, "/bin/app")]);
    let packages = server.ask(reqwest::Method::GET, "/projects/24/packages", &json!(null));
    let package = format!("{}/api/v4/projects/24/packages/{}", server.url, packages[0]["id"]);
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.delete(package).header("PRIVATE-TOKEN", TOKEN).send().await.unwrap().error_for_status().unwrap();
    });
    insta::assert_snapshot!("package_gone", home(&server).run(&["download", "v0.1"]).expect(1));
}

#[test]
fn what_a_killed_run_left_is_removed_and_long_names_fit() {
    let server = Server::start();
    let package = upload(&server, "app", b"app");
    release(&server, &[("app", &package, "")]);
    let home = home(&server);
    home.write(".app.0123456789abcdef.part", "left");
    home.run(&["download", "v0.1"]).expect(0);
    assert_eq!(files(&home), ["app 3"]);
    let long = "x".repeat(250);
    home.run(&["download", "v0.1", "-O", &long]).expect(0);
    assert_eq!(files(&home), ["app 3".to_owned(), format!("{long} 3")]);
}

#[test]
fn a_host_that_does_not_exist_is_soon_given_up() {
    let server = Server::start();
    release(&server, &[("app", "https://nowhere.invalid/app", "")]);
    let home = home(&server);
    let run = home.run(&["download", "v0.1", "--retry-for", "5m", "-v", "--log-format", "json"]).expect(1);
    assert!(run.stderr.contains("failed to download app: "), "{run}");
    let tries = run.stderr.lines().filter(|line| line.starts_with('{') && line.contains("https://nowhere.invalid/app"));
    assert_eq!(tries.count(), 3, "{run}");
}

#[test]
fn names_are_made_safe() {
    let server = Server::start();
    let host = Host::start(|_| whole(b"evil"));
    let at = |path: &str| format!("{}{path}", host.url);
    let long = format!("/{}.tar.gz", "x".repeat(300));
    release(
        &server,
        &[
            ("../../../etc/passwd", &at("/"), ""),
            ("slashes", &at("/a/..%2f..%2fup.txt"), ""),
            ("backslashes", &at("/a/..%5c..%5cback.txt"), ""),
            ("absolute", &at("/%2fetc%2fabsolute"), ""),
            ("hidden", &at("/.npmrc"), ""),
            ("device", &at("/CON.txt"), ""),
            ("steering", &at("/a%1b%5B31m%0D%0Ab%E2%80%AE"), ""),
            ("long", &at(&long), ""),
            ("section_end:1:x\r\u{1b}[0K", &at("/x/"), ""),
        ],
    );
    let home = home(&server);
    insta::assert_snapshot!("safe_names", home.run(&["download", "v0.1", "-D", "deep/er"]).expect(0));
    assert_eq!(files(&home).len(), 1);
    assert_eq!(fs::read_dir(home.path().join("deep/er")).unwrap().count(), 9);
}

/// GitLab takes links to ftp; one of them is no reason for the others not to come.
#[test]
fn what_comes_by_another_protocol_is_left_out_of_many() {
    let server = Server::start();
    let host = Host::start(|_| whole(b"app"));
    let ftp = "ftp://ftp.example.com/app.zip";
    release(
        &server,
        &[("app", &format!("{}/app.zip", host.url), ""), ("ftp", ftp, ""), ("b", "ftp://ftp.example.com/b", "/b.zip")],
    );
    let home = home(&server);
    insta::assert_snapshot!("without_ftp", home.run(&["download", "v0.1", "-D", "all"]).expect(0));
    home.run(&["download", "v0.1", "*.zip", "-D", "some"]).expect(0);
    for word in ["b.zip", "b*"] {
        let run = home.run(&["download", "v0.1", word]).expect(1);
        assert!(run.stderr.contains("ftp is no protocol"), "{word}\n{run}");
    }
}

/// A link to documentation leads to a page, and often to one that asks for a password.
#[test]
fn a_runbook_is_left_out_unless_it_is_meant() {
    let server = Server::start();
    let host = Host::start(|head| if head.path() == "/app.zip" { whole(b"app") } else { not_found() });
    let link = |name: &str, link_type: &str| json!({ "name": name, "url": format!("{}/{name}", host.url), "link_type": link_type });
    let body = |tag: &str, links: &[serde_json::Value]| json!({ "tag_name": tag, "ref": "main", "assets": { "links": links } });
    let releases = [
        body("v0.1", &[link("app.zip", "package"), link("runbook", "runbook")]),
        body("v0.2", &[link("runbook", "runbook")]),
    ];
    for release in releases {
        server.ask(reqwest::Method::POST, "/projects/24/releases", &release);
    }
    let home = home(&server);
    insta::assert_snapshot!("without_runbook", home.run(&["download", "v0.1"]).expect(0));
    insta::assert_snapshot!("only_a_runbook", home.run(&["download", "v0.2"]).expect(0));
    for word in ["runbook", "run*", "*"] {
        let run = home.run(&["download", "v0.1", word, "--skip-existing"]).expect(1);
        assert!(run.stderr.contains("failed to download runbook"), "{word}\n{run}");
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_fetched() {
    let server = Server::start();
    let host = Host::start(|_| whole(b"app"));
    let at = |name: &str| format!("{}/{name}", host.url);
    release(&server, &[("a.zip", &at("a.zip"), ""), ("b.zip", &at("b.zip"), "")]);
    let home = home(&server);
    home.write("afile", "mine");
    insta::assert_snapshot!("into_a_file", home.run(&["download", "v0.1", "-D", "afile"]).expect(1));
    insta::assert_snapshot!("below_a_file", home.run(&["download", "v0.1", "-D", "afile/in/it"]).expect(1));
    insta::assert_snapshot!("beside_a_file", home.run(&["download", "v0.1", "a.zip", "-O", "afile/a.zip"]).expect(1));
    insta::assert_snapshot!(
        "into_no_folder",
        home.run(&["download", "v0.1", "a.zip", "-O", "nowhere/a.zip"]).expect(1)
    );
    // Not even root can make files there.
    #[cfg(target_os = "linux")]
    insta::assert_snapshot!("into_a_closed_folder", home.run(&["download", "v0.1", "-D", "/proc"]).expect(1));
    assert_eq!(host.seen().len(), 0);
    assert_eq!(files(&home), ["afile 4"]);
}

#[test]
fn two_assets_never_become_one_file() {
    let server = Server::start();
    let host = Host::start(|head| whole(head.path().as_bytes()));
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("Linux", &at("/l"), "/linux/app"), ("Mac", &at("/m"), "/mac/App")]);
    let home = home(&server);
    insta::assert_snapshot!("one_name", home.run(&["download", "v0.1"]).expect(1));
    insta::assert_snapshot!("one_file", home.run(&["download", "v0.1", "-O", "app"]).expect(1));
    assert!(host.seen().is_empty());
    insta::assert_snapshot!("named_file", home.run(&["download", "v0.1", "/mac/App", "-O", "app-mac"]).expect(0));
    assert_eq!(fs::read_to_string(home.path().join("app-mac")).unwrap(), "/m");
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let server = Server::start();
    let host = Host::start(|_| whole(b"new"));
    release(&server, &[("app", &format!("{}/app", host.url), "")]);
    let home = home(&server);
    home.write("victim", "safe");
    fs::create_dir(home.path().join("out")).unwrap();
    symlink(home.path().join("victim"), home.path().join("out/app")).unwrap();
    home.run(&["download", "v0.1", "-D", "out"]).expect(1);
    home.run(&["download", "v0.1", "-D", "out", "--clobber"]).expect(0);
    assert_eq!(fs::read_to_string(home.path().join("victim")).unwrap(), "safe");
    assert_eq!(fs::read_to_string(home.path().join("out/app")).unwrap(), "new");
    fs::create_dir(home.path().join("folder")).unwrap();
    insta::assert_snapshot!("odd", home.run(&["download", "v0.1", "-O", "folder", "--clobber"]).expect(1));
}

#[test]
fn the_latest_release_and_what_is_not_there() {
    let server = Server::start();
    let host = Host::start(|_| whole(b"x"));
    let home = home(&server);
    insta::assert_snapshot!("no_latest", home.run(&["download", "--latest"]).expect(1));
    release(&server, &[("app", &format!("{}/app", host.url), "")]);
    let body = json!({ "tag_name": "v0.2", "released_at": "2999-01-01T00:00:00Z" });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
    insta::assert_snapshot!("no_links", home.run(&["download", "--latest"]).expect(0));
    insta::assert_snapshot!("no_release", home.run(&["download", "v9"]).expect(1));
    insta::assert_snapshot!("no_asset", home.run(&["download", "v0.1", "apk"]).expect(1));
    insta::assert_snapshot!("no_project", home.run(&["download", "v0.1", "-p", "root/none"]).expect(1));
    home.run(&["download"]).expect(1);
    let elsewhere = Home::with_server(&server, TOKEN);
    insta::assert_snapshot!("which_project", elsewhere.run(&["download", "v0.1"]).expect(1));
    elsewhere.manifest("");
    elsewhere.run(&["download", "v0.1"]).expect(0);
}

/// One redirect more than by the tag, and what it leads to is what the rest of the run is about.
#[test]
fn an_asset_of_the_latest_is_asked_for_by_its_permalink() {
    let server = Server::start();
    let home = home(&server);
    for args in [&["download", "--latest", "/bin/app"][..], &["evidence", "--latest", "--show"]] {
        let run = home.run(args).expect(1);
        assert!(run.stderr.contains("there is no release at all"), "{run}");
    }
    let url = upload(&server, "app", b"app");
    let links = json!([{ "name": "app", "url": url, "direct_asset_path": "/bin/app" }]);
    let body = json!({ "tag_name": "release/1", "ref": "main", "assets": { "links": links } });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
    server.requests();
    home.run(&["download", "--latest", "/bin/app"]).expect(0);
    insta::assert_snapshot!("by_permalink", server.requests().join("\n"));
    home.run(&["download", "release/1", "/bin/app", "-O", "b"]).expect(0);
    insta::assert_snapshot!("by_tag", server.requests().join("\n"));
    assert_eq!(files(&home), ["app 3", "b 3"]);
    insta::assert_snapshot!("no_asset_of_latest", home.run(&["download", "--latest", "/bin/none"]).expect(1));
}

#[test]
fn sources_come_as_archives() {
    let server = Server::start();
    release(&server, &[]);
    let home = home(&server);
    let args = ["download", "v0.1", "--source", "tar.gz", "--source", "zip"];
    insta::assert_snapshot!("sources", home.run(&args).expect(0));
    let job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    let job = job.env("CI_PROJECT_PATH", "root/awesome-app");
    insta::assert_snapshot!("sources_by_job", job.run(&args).expect(1));
}

#[test]
fn who_closes_the_pipe_has_read_enough() {
    use std::process::Stdio;
    let server = Server::start();
    let host = Host::start(|_| whole(&large(1)));
    release(&server, &[("app", &format!("{}/app", host.url), "")]);
    let mut command = crate::support::relsync(&["download", "v0.1", "-O", "-"]);
    command.env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", TOKEN).env("CI_PROJECT_PATH", "root/awesome-app");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
