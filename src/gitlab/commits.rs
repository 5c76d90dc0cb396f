//! Commits: whether something names one. A job token can't ask.

use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error};
use crate::model::ProjectRef;
use serde::Deserialize;

/// The keys relsync reads of a commit.
#[derive(Deserialize)]
struct Wire {
    id: String,
}

impl Client {
    /// The full SHA of the commit that `git_ref`, a branch, a tag or a SHA, names; none if it names none.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the commit itself.
    pub async fn commit(&self, project: &ProjectRef, git_ref: &str) -> Result<Option<String>, Error> {
        let request = Request::get(&["projects", &segment(project), "repository", "commits", git_ref]);
        match self.transport.send(&request).await {
            Ok(answer) => answer.json::<Wire>().map(|commit| Some(commit.id)),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
