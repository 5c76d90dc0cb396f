//! Notes on merge requests. A job token may read them and no more.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Tries};
use crate::model::ProjectRef;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::fmt;

/// A merge request, by its number in its project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRequest {
    /// The project that it wants to be merged into.
    pub project: ProjectRef,
    /// The number that people see.
    pub iid: u64,
}

impl fmt::Display for MergeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, iid } = self;
        write!(f, "!{iid} of {project}")
    }
}

/// GitLab's id of a note; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoteId(pub u64);

/// A note as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRequestNote {
    /// Its id.
    pub id: NoteId,
    /// The name of the user who wrote it, or did what it tells of.
    pub author: String,
    /// Markdown.
    pub body: String,
    /// Whether GitLab wrote it.
    pub is_system: bool,
}

/// The keys relsync reads of a note.
#[derive(Deserialize)]
struct Wire {
    id: u64,
    author: Author,
    body: String,
    system: bool,
}

#[derive(Deserialize)]
struct Author {
    username: String,
}

impl Row for Wire {
    type Model = MergeRequestNote;
    type Key = NoteId;

    fn into_model(self) -> Result<MergeRequestNote, Flaw> {
        let Self { id, author: Author { username }, body, system } = self;
        Ok(MergeRequestNote { id: NoteId(id), author: username, body, is_system: system })
    }

    fn key(note: &MergeRequestNote) -> NoteId {
        note.id
    }
}

impl Client {
    /// Every note on a merge request, the oldest first.
    ///
    /// # Errors
    /// Any.
    pub async fn notes(&self, merge_request: &MergeRequest) -> Result<Vec<MergeRequestNote>, Error> {
        // New notes come last, where they move no other to another page.
        let request = request(Method::GET, merge_request, None).query("sort", "asc").query("order_by", "created_at");
        self.list::<Wire>(&request).await
    }

    /// Writes a note. Lines that start with a slash are commands to GitLab, which it carries out.
    ///
    /// # Errors
    /// Any. After one that is [in doubt](Error::is_in_doubt) the note may be there.
    pub async fn create_note(&self, merge_request: &MergeRequest, body: &str, tries: &mut Tries) -> Result<(), Error> {
        let request = request(Method::POST, merge_request, None).json(json!({ "body": body }));
        self.transport.send_within(&request, tries).await.map(drop)
    }

    /// Replaces what a note says.
    ///
    /// # Errors
    /// [`Kind::Forbidden`](crate::gitlab::Kind::Forbidden) also if somebody else wrote it.
    pub async fn update_note(&self, merge_request: &MergeRequest, id: NoteId, body: &str) -> Result<(), Error> {
        let request = request(Method::PUT, merge_request, Some(id)).json(json!({ "body": body }));
        self.transport.send(&request).await.map(drop)
    }

    /// Removes a note.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::gitlab::Kind::NotFound) if it is gone already.
    pub async fn delete_note(&self, merge_request: &MergeRequest, id: NoteId) -> Result<(), Error> {
        self.transport.send(&request(Method::DELETE, merge_request, Some(id))).await.map(drop)
    }

    /// `text` without the token, for texts that others will read.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.transport.redact(text)
    }
}

fn request(method: Method, MergeRequest { project, iid }: &MergeRequest, note: Option<NoteId>) -> Request {
    let (project, iid, note) = (segment(project), iid.to_string(), note.map(|NoteId(id)| id.to_string()));
    let mut segments = vec!["projects", &project, "merge_requests", &iid, "notes"];
    segments.extend(note.as_deref());
    Request::new(method, &segments)
}
