//! Where the token must not go: another host, clear text, a message, a trace.

use crate::server::{CANARY, ID, Seen, Server, ok, project_json, reply, token};
use relsync::gitlab::{Client, Error, FileAt, Kind, Settings, TokenKind};
use relsync::model::{AssetPath, Description, ProjectId, ProjectRef, ReleasePatch, TagName};
use std::error::Error as _;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

const KINDS: [TokenKind; 3] = [TokenKind::Private, TokenKind::Job, TokenKind::OAuth];

/// All that an error may ever show.
fn shown(error: Error) -> String {
    assert!(error.source().is_none());
    let plain = format!("{error}\n{error:?}\n{error:#?}\n{:?}", error.message());
    format!("{plain}\n{:?}", miette::Report::new(error))
}

async fn ask(client: &Client) -> Error {
    client.releases(&ProjectRef::Path("root/awesome-app".into())).await.unwrap_err()
}

#[tokio::test]
async fn a_server_that_echoes_the_token_is_not_quoted() {
    let echo = |seen: &Seen| {
        let headers = format!("you sent {:?}", seen.headers);
        let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let value = ["private-token", "job-token", "authorization"].iter().find_map(|name| header(name)).unwrap();
        let value = value.trim_start_matches("Bearer ").to_owned();
        match seen.number("status", 0) {
            0 if seen.path().contains("redirect") => reply(302, &[("location", &format!("https://x/{value}"))], ""),
            0 if seen.path().contains("html") => reply(200, &[], &format!("<title>{value}</title>")),
            0 if seen.path().contains("cut") => reply(502, &[], &format!("<p>{}[token]{value}", "x".repeat(105))),
            0 if seen.path().contains("type") => ok(&serde_json::json!([{ "tag_name": "v1", "assets": value }])),
            _ => reply(500, &[("x-request-id", &value)], &serde_json::json!({ "message": headers }).to_string()),
        }
    };
    let server = Server::start(echo).await;
    for kind in KINDS {
        let client = server.client_as(Some(kind));
        for path in ["redirect", "html", "cut", "type", "echo"] {
            let error = client.releases(&ProjectRef::Path(path.into())).await.unwrap_err();
            let shown = shown(error);
            assert!(!shown.contains(&CANARY[..8]) && shown.contains("[token]"), "{kind:?} {path}: {shown}");
        }
        assert!(!format!("{client:?}").contains(CANARY));
    }
    let settings = Settings::new(server.url.clone(), Some(token(TokenKind::Private)));
    assert!(!format!("{settings:?}").contains(CANARY));
}

/// Where a test's traces go.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn traces_tell_of_each_request_but_not_the_token() {
    let server = Server::always(500, &[("x-request-id", CANARY)], CANARY).await;
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For all of this binary's tests: one for a single thread may miss callsites that another thread met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    server.client().project(&ProjectRef::Path("traced".into())).await.unwrap_err();

    let traces = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<_> = traces.lines().filter(|line| line.contains("path=/projects/traced")).collect();
    assert_eq!(ours.len(), 1, "{traces}");
    assert!(ours[0].contains("DEBUG relsync::gitlab::transport") && ours[0].contains("status=500"), "{}", ours[0]);
    assert!(ours[0].contains(r#"request_id="[token]""#) && !traces.contains(CANARY), "{}", ours[0]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Server::start(|_| ok(&project_json())).await;
    for status in [301, 302, 303, 307, 308] {
        let location = other.url.join("api/v4/projects/24").unwrap();
        let server = Server::always(status, &[("location", location.as_str())], "").await;
        for kind in KINDS {
            let error = ask(&server.client_as(Some(kind))).await;
            assert_eq!(error.kind(), Kind::Redirect { moved_to: None });
            assert!(error.to_string().ends_with(&format!("a redirect to {location}")), "{error}");
        }
        let tag = TagName::from_git("v1");
        let patch = ReleasePatch { description: Some(Description::default()), ..ReleasePatch::default() };
        let (client, project) = (server.client(), ProjectRef::Id(ProjectId(9)));
        let error = client.update_release(&project, &tag, &patch, None, &mut client.tries()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Redirect { moved_to: None });
        // On the same GitLab it is about a project that has moved.
        let server = Server::always(status, &[("location", "/api/v4/projects/24")], "").await;
        let (client, project) = (server.client(), ProjectRef::Id(ProjectId(9)));
        let error = client.update_release(&project, &tag, &patch, None, &mut client.tries()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Redirect { moved_to: Some(ProjectId(24)) });
        assert!(format!("{:?}", miette::Report::new(error)).contains("id = 24"));
        // The project it was about anyway has not moved.
        let error = client.delete_release(&ID, &tag, &mut client.tries()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Redirect { moved_to: None });
    }
    assert!(other.seen().is_empty());
}

#[test]
fn no_clear_text_to_another_machine() {
    let make = |url: &str, insecure_http, with_token: bool| {
        let token = with_token.then(|| token(TokenKind::Private));
        Client::new(Settings { insecure_http, ..Settings::new(url.parse().unwrap(), token) }).map_err(|e| e.kind())
    };
    for url in ["http://gitlab.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[fe80::1]"] {
        assert_eq!(make(url, false, true).err(), Some(Kind::Settings), "{url}");
        assert_eq!(make(url, false, false).err(), Some(Kind::Settings), "{url}");
        assert!(make(url, true, true).is_ok() && make(url, true, false).is_ok(), "{url}");
    }
    for url in ["http://localhost:8929", "http://127.0.0.2", "http://[::1]:80", "https://gitlab.example.com/x/"] {
        assert!(make(url, false, true).is_ok(), "{url}");
    }
    for url in ["ftp://h", "https://me:secret@h", "https://me@h", "https://h?private_token=x", "data:x"] {
        assert_eq!(make(url, true, true).err(), Some(Kind::Settings), "{url}");
    }
}

#[test]
fn a_token_is_taken_without_the_space_around_it() {
    let make = |value: &str| {
        let token = relsync::gitlab::Token::new(TokenKind::Private, &value.to_owned().into());
        Client::new(Settings::new("https://h".parse().unwrap(), Some(token))).map_err(|e| e.to_string())
    };
    assert!(make("glpat-x\n").is_ok());
    assert_eq!(make(" \n").err().unwrap(), "the token is empty");
    let error = make("glpat-a\nglpat-b").err().unwrap();
    assert_eq!(error, "the token can't be sent in a header: it holds a line break or the like");
}

#[tokio::test]
async fn a_password_in_the_url_is_not_repeated() {
    let error = Client::new(Settings::new("https://me:hunter2@h".parse().unwrap(), None)).unwrap_err();
    assert!(!shown(error).contains("hunter2"));
    let server = Server::always(302, &[("location", "https://me:hunter2@h/x?token=hunter2#hunter2")], "").await;
    let shown = shown(ask(&server.client()).await);
    assert!(shown.contains("https://h/x") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn what_a_panic_would_show_holds_no_token() {
    for kind in KINDS {
        let settings = Settings::new("https://gitlab.example.com".parse().unwrap(), Some(token(kind)));
        let client = Client::new(settings.clone()).unwrap();
        let tries = client.tries();
        let panic = std::panic::catch_unwind(AssertUnwindSafe(|| {
            panic!("{:?} {settings:?} {client:#?} {tries:?}", token(kind))
        }));
        let message = *panic.unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("gitlab.example.com") && !message.contains(CANARY), "{message}");
    }
}

#[tokio::test]
async fn a_file_on_another_host_is_fetched_without_the_token() {
    let other = Server::always(200, &[], "file").await;
    let target = other.url.join("file").unwrap();
    for kind in KINDS {
        let there = target.clone();
        let server = Server::start(move |_| reply(302, &[("location", there.as_str())], "")).await;
        let client = server.client_as(Some(kind));
        let path = AssetPath::parse("/bin/app").unwrap();
        let asset = FileAt::Asset { project: ID, tag: TagName::from_git("v1"), path };
        for file in [
            asset,
            FileAt::Url(target.clone()),
            FileAt::Url(server.url.join("a/b/-/package_files/7/download").unwrap()),
        ] {
            let mut incoming = client.open(&file, None).await.unwrap();
            assert_eq!(incoming.chunk().await.unwrap().unwrap().as_ref(), b"file");
        }
        // GitLab itself was told who asks.
        let names = ["private-token", "job-token", "authorization"];
        assert!(server.seen().iter().all(|seen| names.iter().any(|name| seen.headers.contains_key(*name))));
        assert_eq!(server.seen().len(), 2);
    }
    for seen in other.seen() {
        assert!(!format!("{:?}", seen.headers).contains(CANARY), "{:?}", seen.headers);
        for name in ["private-token", "job-token", "authorization", "cookie", "referer"] {
            assert!(!seen.headers.contains_key(name), "{name}");
        }
    }
    assert_eq!(other.seen().len(), 9);
}
