//! What a person sees of each way in which a request can fail.

use crate::server::{ID, Server, client};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use relsync::gitlab::{Client, Error, Kind, Settings, TokenKind};
use relsync::model::{Link, LinkId, LinkType, MilestonePatch, NewRelease, ProjectRef, ReleasePatch, TagName};
use std::fmt::Write;
use std::time::Duration;
use tokio::net::TcpListener;

/// As it comes out on a terminal without colours.
fn rendered(error: &Error) -> String {
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    handler.render_report(&mut out, error).unwrap();
    out
}

/// What a test server answers, and what is asked of it.
struct Case {
    what: &'static str,
    token: Option<TokenKind>,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const fn case(what: &'static str, status: u16, body: &'static str) -> Case {
    Case { what, token: Some(TokenKind::Private), status, headers: &[], body }
}

fn as_job(case: &Case) -> Case {
    Case { token: Some(TokenKind::Job), ..*case }
}

fn as_nobody(case: &Case) -> Case {
    Case { token: None, ..*case }
}

async fn ask(client: &Client, what: &str) -> Error {
    let tag = TagName::from_git("debian/1");
    let link = Link { name: "n".into(), url: "u".into(), direct_asset_path: None, link_type: LinkType::Other };
    let new = NewRelease {
        tag_name: tag.clone(),
        name: None,
        description: None,
        released_at: None,
        git_ref: None,
        tag_message: None,
        milestones: [].into(),
        links: vec![],
    };
    match what {
        "project" => client.project(&ProjectRef::Path("root/app".into())).await.map(|_| ()),
        "list" => client.releases(&ID).await.map(|_| ()),
        "create" => client.create_release(&ID, &new, None, &mut client.tries()).await.map(|_| ()),
        "update" => {
            client.update_release(&ID, &tag, &ReleasePatch::default(), None, &mut client.tries()).await.map(|_| ())
        }
        "delete" => client.delete_release(&ID, &tag, &mut client.tries()).await,
        "link" => client.update_link(&ID, &tag, LinkId(3), &link, &mut client.tries()).await.map(|_| ()),
        "milestone" => {
            let id = relsync::model::MilestoneId(5);
            client.update_milestone(&ID, id, &MilestonePatch::default(), &mut client.tries()).await.map(|_| ())
        }
        other => panic!("{other}"),
    }
    .unwrap_err()
}

async fn story(cases: &[Case]) -> String {
    let mut story = String::new();
    for Case { what, token, status, headers, body } in cases {
        let server = Server::always(*status, headers, body).await;
        let error = ask(&server.client_as(*token), what).await;
        let body = body.escape_debug().to_string();
        writeln!(story, "{what} {status} {body:.80}\n{:?}\n{}", error.kind(), rendered(&error)).unwrap();
    }
    story
}

#[tokio::test]
async fn who_may() {
    let unauthorized = |what| case(what, 401, r#"{"message":"401 Unauthorized"}"#);
    let forbidden = |what| case(what, 403, r#"{"message":"403 Forbidden"}"#);
    let no_project = |what| case(what, 404, r#"{"message":"404 Project Not Found"}"#);
    let cases = [
        unauthorized("project"),
        as_job(&unauthorized("list")),
        as_nobody(&unauthorized("project")),
        Case { token: Some(TokenKind::OAuth), ..unauthorized("project") },
        case(
            "create",
            403,
            r#"{"message":"403 Forbidden - You are not allowed to create this tag as it is protected."}"#,
        ),
        forbidden("create"),
        as_job(&forbidden("create")),
        forbidden("update"),
        as_job(&forbidden("update")),
        Case { token: Some(TokenKind::OAuth), ..forbidden("update") },
        forbidden("delete"),
        forbidden("link"),
        forbidden("list"),
        as_job(&forbidden("list")),
        as_nobody(&forbidden("list")),
        forbidden("milestone"),
        case("create", 403, r#"{"error":"insufficient_scope","error_description":"Higher privileges.","scope":"api"}"#),
        no_project("project"),
        as_job(&no_project("list")),
        as_nobody(&no_project("project")),
        case("list", 404, r#"{"message":"404 Not Found"}"#),
        case("update", 404, r#"{"message":"Tag does not exist"}"#),
        case("milestone", 404, r#"{"message":"404 Not found"}"#),
    ];
    insta::assert_snapshot!(story(&cases).await);
}

#[tokio::test]
async fn what_gitlab_says() {
    let with = |headers, case| Case { headers, ..case };
    let cases = [
        case("create", 409, r#"{"message":"Release already exists"}"#),
        case("create", 400, r#"{"error":"assets[links][0][name] is missing"}"#),
        case("create", 400, r#"{"message":"Milestone(s) not found: a, b"}"#),
        case("create", 422, r#"{"message":"Ref is not specified"}"#),
        case("link", 400, r#"{"message":["Name has already been taken","Url has already been taken"]}"#),
        case("link", 400, r#"{"message":{"name":["is too long","is odd"],"base":["Not like this."]}}"#),
        case("list", 405, r#"{"error":"Offset pagination has a maximum allowed offset of 50000"}"#),
        with(&[("retry-after", "37")], case("list", 429, "Retry later\n")),
        case(
            "list",
            429,
            r#"{"message":{"error":"This endpoint has been requested too many times. Try again later."}}"#,
        ),
        with(&[("x-request-id", "01HX")], case("list", 500, r#"{"message":"500 Internal Server Error"}"#)),
        case("list", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>"),
        case("list", 503, "<html><body><h1>Deploy in progress</h1><p>Back soon</p></body></html>"),
        case("list", 504, ""),
        case("list", 500, "oh\u{1b}[31m no\u{202e}\u{200b}\r\n\u{7}bell"),
        case("project", 200, "<!DOCTYPE html><html><head><title>Sign in · GitLab</title></head></html>"),
        case("project", 200, ""),
        case("project", 200, r#"{"id":24}"#),
        case("list", 200, r#"[{"tag_name":"v1""#),
        case(
            "list",
            200,
            r#"[{"id":5,"name":"Release-5","created_at":"2026-01-01T00:00:00Z","released_at":"2026-01-01T00:00:00Z"}]"#,
        ),
        with(&[("location", "https://gitlab.example.com/api/v4/projects/77?x=1")], case("project", 301, "")),
        with(&[("location", "https://gitlab.example.com/users/sign_in")], case("list", 302, "")),
        case("list", 302, ""),
    ];
    insta::assert_snapshot!(story(&cases).await);
}

#[tokio::test]
async fn a_flood_is_cut() {
    let server = Server::always(500, &[], &"é ".repeat(1_000_000)).await;
    let error = ask(&server.client(), "list").await;
    assert_eq!(error.message().chars().count(), 501);
    assert!(error.message().ends_with('…'));
}

/// A server that sends `text` to whoever connects, and hangs up.
async fn rude(text: &'static str) -> (url::Url, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Readiness may be a false alarm.
            while stream.try_read(&mut [0; 4096]).is_err() {
                stream.readable().await.unwrap();
            }
            stream.writable().await.unwrap();
            stream.try_write(text.as_bytes()).unwrap();
        }
    });
    (url, task)
}

#[tokio::test]
async fn a_broken_connection_is_told_from_none() {
    let (url, task) = rude("").await;
    let error = ask(&client(url, None), "create").await;
    assert_eq!((error.kind(), error.status()), (Kind::Interrupted, None));
    assert!(error.help().unwrap().to_string().contains("may have been carried out"));
    task.abort();

    let (url, task) = rude("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = ask(&client(url, None), "project").await;
    assert_eq!(error.kind(), Kind::Interrupted);
    assert!(error.to_string().starts_with("GET /projects/root%2Fapp failed: the answer broke off: "), "{error}");
    task.abort();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = ask(&client(format!("http://{address}").parse().unwrap(), None), "project").await;
    assert_eq!(error.kind(), Kind::Connect);
    let start = format!("GET /projects/root%2Fapp failed: can't connect to http://{address}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    // Takes connections, as the system does for it, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let settings =
        Settings { timeout: Duration::from_millis(20), retry_for: Duration::ZERO, ..Settings::new(url, None) };
    let error = ask(&Client::new(settings).unwrap(), "project").await;
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.to_string().ends_with("in time"), "{error}");
}

#[tokio::test]
async fn plain_http_where_tls_was_expected_is_no_connection() {
    let server = Server::always(200, &[], "{}").await;
    let mut url = server.url.clone();
    url.set_scheme("https").unwrap();
    let error = ask(&client(url, Some(TokenKind::Private)), "project").await;
    assert_eq!(error.kind(), Kind::Connect);
    assert!(server.seen().is_empty());
}
