//! A repository's releases, all of them.

use super::transport::Answer;
use super::{Client, Error, Kind, Release, Repository};
use crate::http::{encode, message, next_link};
use reqwest::header;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use url::Url;

/// As many as GitHub gives at once.
const PER_PAGE: usize = 100;

impl Client {
    /// Every release that the token may see, the latest first, as GitHub has them: one may come twice, if another is published
    /// while the pages are read. `read` is told how many there are so far.
    ///
    /// # Errors
    /// If a page can't be read.
    pub async fn releases(&self, repository: &Repository, read: &AtomicU64) -> Result<Vec<Release>, Error> {
        let Repository { owner, name } = repository;
        let list = format!("/repos/{}/{}/releases?per_page={PER_PAGE}", encode(owner), encode(name));
        let page = |number: usize| self.transport.at(&format!("{list}&page={number}"));
        let (mut releases, mut asked) = (Vec::new(), HashSet::new());
        let mut next = Some(page(1)?);
        while let Some(url) = next {
            let answer = self.transport.get(&url).await?;
            let rows = self.rows(&answer)?;
            asked.insert(url);
            next = match answer.headers.get(header::LINK).and_then(|links| links.to_str().ok()) {
                Some(links) => next_link(links).map(|link| self.follow(&answer, link)).transpose()?,
                // A proxy that drops the header must not make a long list look short.
                None => (rows.len() >= PER_PAGE).then(|| page(asked.len() + 1)).transpose()?,
            };
            releases.extend(rows);
            read.store(releases.len() as u64, Ordering::Relaxed);
            if next.as_ref().is_some_and(|next| asked.contains(next)) {
                return Err(self.strange(&answer, "the pages lead in a circle"));
            }
        }
        Ok(releases)
    }

    fn rows(&self, answer: &Answer) -> Result<Vec<Release>, Error> {
        let mut json = serde_json::Deserializer::from_slice(&answer.body);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let body = String::from_utf8_lossy(&answer.body);
            let text = if body.trim().is_empty() {
                "an empty body where JSON was expected".to_owned()
            } else if message::is_html(&body) {
                format!("{}, where JSON was expected", message::web_page(&body))
            } else {
                format!("not what GitHub answers: at {}: {}", error.path(), error.inner())
            };
            self.strange(answer, &text)
        })
    }

    fn follow(&self, answer: &Answer, link: &str) -> Result<Url, Error> {
        let url = answer.url.join(link).ok().filter(|url| self.transport.is_api(url));
        url.ok_or_else(|| self.strange(answer, "the next page is said to be elsewhere"))
    }

    fn strange(&self, answer: &Answer, text: &str) -> Error {
        self.transport.error(&answer.url, None, Kind::Decode, text, None)
    }
}
