//! Seeds, and what stays of the state.

use crate::{GitLab, LOCALHOST, column};
use miette::Diagnostic;
use relsync::sandbox::{Error, Options, Sandbox, reset};
use serde_json::json;
use std::path::Path;

const HISTORY: &str = "
[[groups]]
path = 'acme'
[[projects]]
path = 'acme/old'
visibility = 'private'
default_branch = 'main'
branches = ['main', '1.x']
[[projects.tags]]
name = 'v0.2.14'
target = 'f9abb728870e2669ca0fbdd162a059857501de15'
message = 'v0.2.14'
created_at = 2016-11-02T00:20:05-07:00
[[projects.milestones]]
title = 'v0'
state = 'closed'
[[projects.releases]]
tag_name = 'v0.2.14'
name = 'just 0.2.14'
created_at = 2016-11-02T00:20:05-07:00
released_at = 2016-11-02T00:20:05-07:00
milestones = ['v0']
[[projects.releases.links]]
name = 'musl'
url = 'https://example.com/just.tar.gz'
link_type = 'package'
direct_asset_path = '/bin/just.tar.gz'
[[projects.releases]]
tag_name = 'v0.3.0'
ref = '1.x'
tag_message = 'by ref'
";

#[tokio::test]
async fn a_seed_is_laid() {
    let gitlab = GitLab::seeded(HISTORY).await;
    let project = "/projects/acme%2Fold";
    let release = gitlab.get(&format!("{project}/releases/v0.2.14")).await.expect(200);
    assert_eq!(
        (&release["created_at"], &release["historical_release"]),
        (&json!("2016-11-02T07:20:05.000Z"), &json!(false))
    );
    assert_eq!(release["commit"]["id"], "f9abb728870e2669ca0fbdd162a059857501de15");
    assert_eq!(release["milestones"][0]["state"], "closed");
    assert_eq!(release["assets"]["links"][0]["link_type"], "package");
    let tag = gitlab.get(&format!("{project}/repository/tags/v0.3.0")).await.expect(200);
    assert_eq!((&tag["message"], &tag["target"].as_str().map(str::len)), (&json!("by ref"), &Some(40)));
    let again = GitLab::seeded(HISTORY).await.get(&format!("{project}/repository/tags/v0.3.0")).await.expect(200);
    assert_eq!(again["target"], tag["target"]);
}

#[tokio::test]
async fn what_was_answered_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("state/here");
    let gitlab = GitLab::start(Some(&data), None).await;
    let release = gitlab.release(json!({ "name": "kept" })).await;
    let url = gitlab.sandbox.url();
    let second = GitLab::start(Some(&data), None).await;
    let shown = second.get("/projects/24/releases/v0.1").await.expect(200);
    assert_eq!(
        (&shown["id"], &shown["name"], &shown["created_at"]),
        (&release["id"], &release["name"], &release["created_at"])
    );
    assert_ne!(second.sandbox.url(), url);
    gitlab.sandbox.stop().await;
    second.delete("/projects/24/releases/v0.1").await.expect(200);
    second.sandbox.stop().await;
    assert_eq!(std::fs::read_to_string(data.join(".gitignore")).unwrap(), "*\n");

    let third = GitLab::start(Some(&data), None).await;
    assert_eq!(third.get("/projects/24/releases").await.expect(200), json!([]));
    let seed = folder.path().join("seed.toml");
    std::fs::write(&seed, HISTORY).unwrap();
    reset(&data, Some(&seed)).unwrap();
    assert_eq!(
        column(&third.get("/projects/acme%2Fold/releases").await.expect(200), "tag_name"),
        ["v0.3.0", "v0.2.14"]
    );
    third.get("/projects/24").await.expect(404);
    reset(&data, None).unwrap();
    assert_eq!(third.get("/projects/24/milestones").await.expect(200)[0]["id"], 52);
}

async fn start_with(seed: &str, folder: &Path) -> Error {
    let file = folder.join("seed.toml");
    std::fs::write(&file, seed).unwrap();
    let options = Options { data: Some(folder.join("data")), seed: Some(file.into()), ..Options::at(LOCALHOST) };
    Sandbox::start(options).await.unwrap_err()
}

#[tokio::test]
async fn a_wrong_seed_is_shown_where_it_is_wrong() {
    let project = "[[projects]]\npath = 'a/b'\n";
    for (seed, place, message) in [
        ("[[projects]]\npath = 'a/b'\ncolour = 1".to_owned(), "colour", "unknown field"),
        ("[[projects]]\npath = 1".to_owned(), "1", "invalid type"),
        ("[[projects]]\npath = 'b'".to_owned(), "'b'", "starts with its group's"),
        (format!("{project}{project}"), "'a/b'", "there already"),
        (format!("[[groups]]\npath = 'a'\n{project}[[projects]]\npath = 'a/b/c'"), "'a/b/c'", "there already"),
        (format!("{project}moved_from = [1]"), "1", "invalid type"),
        (
            format!(
                "{project}[[projects.merge_requests]]\ntitle = 't'\nsource_branch = 's'
                 [[projects.merge_requests]]\ntitle = 'u'\nsource_branch = 's'"
            ),
            "'u'",
            "there already",
        ),
        (format!("{project}visibility = 'secret'"), "'secret'", "`secret` is not known"),
        (format!("{project}[[projects.tags]]\nname = 'v 1'"), "'v 1'", "a tag's name"),
        (format!("{project}[[projects.tags]]\nname = 'v1'\ntarget = 'abc'"), "'abc'", "40 characters"),
        (format!("{project}[[projects.releases]]\ntag_name = 'v1'\nmilestones = ['m']"), "'m'", "no milestone"),
        (format!("{project}[[projects.releases]]\ntag_name = 'v1'\nreleased_at = 'soon'"), "'soon'", "invalid type"),
        (
            format!(
                "{project}[[projects.releases]]\ntag_name = 'v1'\n[[projects.releases.links]]\nname = 'n'\nurl = 'x'"
            ),
            "'x'",
            "the url is blocked",
        ),
        (format!("{project}[[projects.members]]\nusername = 'u'\nrole = 'guest'"), "'u'", "no user"),
        (
            "[[users]]\nusername = 'a'\n[[users]]\nusername = 'b'\n[[users]]\nusername = 'b'".to_owned(),
            "'b'",
            "there already",
        ),
        ("[[users]]\nusername = 'u'\ntokens = ['sandbox-job']".to_owned(), "'sandbox-job'", "there already"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let error = start_with(&seed, folder.path()).await;
        assert!(error.to_string().contains(message), "{error}");
        let label = error.labels().unwrap().next().unwrap();
        let found = &seed[label.offset()..label.offset() + label.len()];
        assert_eq!(found, place, "{error}");
        let rendered = format!("{:?}", miette::Report::new(error));
        assert!(rendered.contains("seed.toml"), "{rendered}");
        // Nothing was begun that a later start could take for a state.
        GitLab::start(Some(&folder.path().join("data")), None).await.get("/projects/24").await.expect(200);
    }
}

#[tokio::test]
async fn a_seeded_release_may_say_what_a_manifest_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("below/seed.toml");
    std::fs::create_dir_all(folder.path().join("below/notes")).unwrap();
    std::fs::write(folder.path().join("below/notes/v1.md"), "# One\n").unwrap();
    std::fs::write(folder.path().join("secret.md"), "not this").unwrap();
    let seed = |notes: &str| {
        format!(
            "[[projects]]\npath = 'a/b'\nid = 24\n[[projects.tags]]\nname = 'v1'
             [[projects.releases]]\ntag_name = 'v1'\nevidence = true\nprotect = true\n{notes}"
        )
    };
    std::fs::write(&file, seed("description_file = 'notes/v1.md'")).unwrap();
    let release = GitLab::start(None, Some(&file)).await.get("/projects/24/releases/v1").await.expect(200);
    assert_eq!(release["description"], "# One\n");
    assert_eq!(release["evidences"].as_array().map(Vec::len), Some(1));

    for (notes, place, message) in [
        ("description_file = '../secret.md'", "'../secret.md'", "not below the seed's folder"),
        ("description_file = 'none.md'", "'none.md'", "failed to read this file"),
        ("description = 'x'\ndescription_file = 'notes/v1.md'", "'notes/v1.md'", "given twice"),
    ] {
        let seed = seed(notes);
        let error = start_with(&seed, &folder.path().join("below")).await;
        assert!(error.to_string().contains(message), "{error}");
        let label = error.labels().unwrap().next().unwrap();
        assert_eq!(&seed[label.offset()..label.offset() + label.len()], place);
    }
}

#[tokio::test]
async fn a_start_that_fails_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.toml");
    let start = async |listen, data: Option<&Path>, seed: Option<&Path>| {
        let options = Options { data: data.map(Into::into), seed: seed.map(Into::into), ..Options::at(listen) };
        Sandbox::start(options).await.unwrap_err()
    };
    assert!(matches!(start(LOCALHOST, None, Some(&missing)).await, Error::SeedFile { .. }));
    std::fs::write(&missing, "").unwrap();
    assert!(matches!(start(LOCALHOST, Some(&missing.join("below")), None).await, Error::Folder { .. }));

    let gitlab = GitLab::new().await;
    let taken = gitlab.sandbox.url().strip_prefix("http://").unwrap().parse().unwrap();
    assert!(matches!(start(taken, None, None).await, Error::Listen { .. }));
}
