//! Notes on merge requests: how they are asked for, and what is sent again.

use crate::server::{ID, Server, client, ok, page, reply};
use relsync::gitlab::{Client, Kind, MergeRequest, NoteId, Settings, TokenKind};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const SEVEN: MergeRequest = MergeRequest { project: ID, iid: 7 };

fn note(id: usize) -> Value {
    json!({ "id": id, "author": { "id": 1, "username": "ada" }, "body": "hm", "system": id == 1, "resolvable": false })
}

#[tokio::test]
async fn notes_are_listed_whole_and_oldest_first() {
    let rows: Vec<_> = (1..=250).map(note).collect();
    let server = Server::start(move |seen| page(seen, &rows)).await;
    let notes = server.client().notes(&SEVEN).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.id).collect::<Vec<_>>(), (1..=250).map(NoteId).collect::<Vec<_>>());
    assert_eq!((notes[0].is_system, notes[1].is_system, notes[1].author.as_str()), (true, false, "ada"));
    let path = "GET /api/v4/projects/24/merge_requests/7/notes?sort=asc&order_by=created_at&per_page=100&page=";
    assert_eq!(server.lines(), [1, 2, 3].map(|page| format!("{path}{page}")));
}

#[tokio::test]
async fn notes_are_written_as_asked() {
    let server = Server::start(|_| ok(&note(3))).await;
    let client = server.client();
    client.create_note(&SEVEN, "a\n\"b\"", &mut client.tries()).await.unwrap();
    client.update_note(&SEVEN, NoteId(3), "c").await.unwrap();
    client.delete_note(&SEVEN, NoteId(3)).await.unwrap();
    let path = "/api/v4/projects/24/merge_requests/7/notes";
    let seen = server.seen();
    let sent: Vec<_> = seen.iter().map(|s| (s.method.as_str(), s.target.clone(), s.body.clone())).collect();
    assert_eq!(
        sent,
        [
            ("POST", path.to_owned(), json!({ "body": "a\n\"b\"" })),
            ("PUT", format!("{path}/3"), json!({ "body": "c" })),
            ("DELETE", format!("{path}/3"), Value::Null),
        ]
    );
}

/// A note whose making is in doubt is for the caller to look for; a change or removal comes to the same twice.
#[tokio::test]
async fn only_what_makes_a_note_is_not_sent_again() {
    for (method, times) in [("POST", 1), ("PUT", 3), ("DELETE", 3)] {
        let tries = AtomicU32::new(0);
        let server = Server::start(move |_| match tries.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => reply(502, &[], ""),
            _ => ok(&note(3)),
        })
        .await;
        let settings = Settings::new(server.url.clone(), Some(crate::server::token(TokenKind::Private)));
        let client = Client::new(Settings { first_wait: Duration::from_millis(1), ..settings }).unwrap();
        let done = match method {
            "POST" => client.create_note(&SEVEN, "a", &mut client.tries()).await,
            "PUT" => client.update_note(&SEVEN, NoteId(3), "a").await,
            _ => client.delete_note(&SEVEN, NoteId(3)).await,
        };
        assert_eq!(server.seen().len(), times, "{method}");
        let error = done.err().map(|error| (error.kind(), error.is_in_doubt(), error.may_pass()));
        assert_eq!(error, (method == "POST").then_some((Kind::Server, true, true)), "{method}");
    }
}

#[tokio::test]
async fn a_text_for_others_does_not_hold_the_token() {
    let client = client("http://127.0.0.1:1".parse().unwrap(), Some(TokenKind::Private));
    assert_eq!(client.redacted(&format!("a {} b", crate::server::CANARY)), "a [token] b");
}

#[cfg(feature = "sandbox")]
mod against_the_sandbox {
    use super::*;
    use relsync::gitlab::Token;
    use relsync::model::ProjectRef;
    use relsync::sandbox::{Options, Sandbox};

    fn by(sandbox: &Sandbox, kind: TokenKind, token: &str) -> Client {
        let token = Token::new(kind, &token.to_owned().into());
        Client::new(Settings::new(sandbox.url().parse().unwrap(), Some(token))).unwrap()
    }

    #[tokio::test]
    async fn a_note_goes_there_and_back() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let url = format!("{}/api/v4/projects/24/merge_requests", sandbox.url());
        let made = reqwest::Client::new().post(url).header("PRIVATE-TOKEN", "sandbox-maintainer");
        let made = made.json(&json!({ "title": "a", "source_branch": "a", "target_branch": "main" })).send().await;
        made.unwrap().error_for_status().unwrap();

        let one = MergeRequest { project: ProjectRef::Path("root/awesome-app".into()), iid: 1 };
        let reporter = by(&sandbox, TokenKind::Private, "sandbox-reporter");
        let name = reporter.identity().await.unwrap().username;
        reporter.create_note(&one, "<!-- a -->\né", &mut reporter.tries()).await.unwrap();
        let read = async || reporter.notes(&one).await.unwrap();
        let note = read().await.remove(0);
        assert_eq!((note.author, note.body.as_str(), note.is_system), (name, "<!-- a -->\né", false));
        reporter.update_note(&one, note.id, "b").await.unwrap();
        assert_eq!(read().await[0].body, "b");

        let others = by(&sandbox, TokenKind::Private, "sandbox-maintainer").update_note(&one, note.id, "mine").await;
        assert_eq!(others.unwrap_err().kind(), Kind::Forbidden);
        let job = by(&sandbox, TokenKind::Job, "sandbox-job");
        assert_eq!(job.notes(&one).await.unwrap().len(), 1);
        assert_eq!(job.create_note(&one, "a", &mut job.tries()).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(job.identity().await.unwrap_err().kind(), Kind::Unauthorized);
        let guest = by(&sandbox, TokenKind::Private, "sandbox-guest");
        let guest = guest.create_note(&one, "a", &mut guest.tries()).await.unwrap_err();
        assert_eq!(guest.kind(), Kind::NotFound);
        let nowhere = MergeRequest { iid: 2, ..one.clone() };
        assert_eq!(reporter.notes(&nowhere).await.unwrap_err().kind(), Kind::NotFound);

        reporter.delete_note(&one, note.id).await.unwrap();
        assert_eq!(read().await, []);
        assert_eq!(reporter.delete_note(&one, note.id).await.unwrap_err().kind(), Kind::NotFound);
    }
}
