//! Lists, read whole: a hundred rows a request, and no row lost while others write. Or their beginnings, for who wants no more.
//!
//! Offset pages shift when a row is added or removed between two of them: a row comes twice, or not at all. So rows are
//! told apart by their key and counted against `X-Total`; a list that does not add up is read once more.

use crate::gitlab::answer::Answer;
use crate::gitlab::error::Flaw;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Kind};
use crate::http::next_link;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use tokio::sync::Semaphore;

/// As many rows as GitLab gives at once.
pub(super) const PER_PAGE: usize = 100;
/// Pages read at the same time.
const SIDE_BY_SIDE: usize = 8;

/// The wire type of a list's rows.
pub(super) trait Row: DeserializeOwned + 'static {
    /// What it becomes.
    type Model: Send + 'static;
    /// What tells two rows apart.
    type Key: Ord;

    /// Checks and converts it.
    fn into_model(self) -> Result<Self::Model, Flaw>;
    /// The row's key.
    fn key(model: &Self::Model) -> Self::Key;
}

/// One page.
pub(super) struct Page<M> {
    pub(super) rows: Vec<M>,
    /// How many rows all pages have; GitLab does not count beyond 10,000.
    total: Option<usize>,
    /// How many pages there are, if GitLab says so.
    pub(super) pages: Option<usize>,
    /// The page after this one.
    pub(super) next: Option<Request>,
}

impl<M> Page<M> {
    /// The only page of an empty list.
    pub(super) fn empty() -> Self {
        Self { rows: Vec::new(), total: Some(0), pages: Some(1), next: None }
    }
}

impl Client {
    /// Every row of a list, in GitLab's order.
    pub(super) async fn list<W: Row>(&self, request: &Request) -> Result<Vec<W::Model>, Error> {
        let first = self.first_page::<W>(request).await?;
        self.complete::<W>(request, first).await
    }

    /// A list's first page.
    pub(super) async fn first_page<W: Row>(&self, request: &Request) -> Result<Page<W::Model>, Error> {
        self.page_at::<W>(request, &numbered(request, 1, PER_PAGE), 1, PER_PAGE).await
    }

    /// Every row of the list that `first` is the first page of.
    pub(super) async fn complete<W: Row>(
        &self,
        request: &Request,
        first: Page<W::Model>,
    ) -> Result<Vec<W::Model>, Error> {
        if let Some(rows) = self.gather::<W>(request, first).await? {
            return Ok(rows);
        }
        let again = self.first_page::<W>(request).await?;
        let rows = self.gather::<W>(request, again).await?;
        rows.ok_or_else(|| self.transport.failed(request, Kind::Changed, "the list changed while being read, twice"))
    }

    /// The rows of all pages, or `None` if they don't add up.
    async fn gather<W: Row>(&self, request: &Request, first: Page<W::Model>) -> Result<Option<Vec<W::Model>>, Error> {
        let mut pages = vec![first];
        if let Some(count) = pages[0].pages {
            let places = Semaphore::new(SIDE_BY_SIDE);
            let page = async |number| {
                let place = places.acquire().await;
                let answer =
                    self.transport.send_within(&numbered(request, number, PER_PAGE), &mut self.tries()).await?;
                // The next one is asked for while this one is read.
                drop(place);
                Ok::<_, Error>((number, self.read::<W>(request, answer, number, PER_PAGE).await?))
            };
            let later = stream::iter((2..=count).map(page)).buffer_unordered(2 * SIDE_BY_SIDE);
            let mut later: Vec<_> = later.try_collect().await?;
            later.sort_by_key(|(number, _)| *number);
            pages.extend(later.into_iter().map(|(_, page)| page));
        } else {
            // A server that leads in a circle would keep us here for good.
            let mut seen = BTreeSet::new();
            while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
                if !seen.insert(next.query.clone()) {
                    return Ok(None);
                }
                pages.push(self.page_at::<W>(request, &next, pages.len() + 1, PER_PAGE).await?);
            }
        }
        if pages.len() == 1 {
            return Ok(pages.pop().map(|page| page.rows));
        }
        let total = pages[0].total;
        let steady = pages.iter().all(|page| page.total == total);
        let rows: Vec<_> = pages.into_iter().flat_map(|page| page.rows).collect();
        let distinct = rows.iter().map(W::key).collect::<BTreeSet<_>>().len();
        Ok((steady && distinct == rows.len() && total.is_none_or(|total| total == distinct)).then_some(rows))
    }

    /// The first rows of a list, `most` of them and as long as `goes_on` says yes, without more pages than that takes; and
    /// whether there are more of them.
    pub(super) async fn beginning<W: Row>(
        &self,
        request: &Request,
        most: usize,
        goes_on: impl Fn(&W::Model) -> bool,
    ) -> Result<(Vec<W::Model>, bool), Error> {
        let per_page = most.clamp(1, PER_PAGE);
        let (mut rows, mut known, mut seen) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut next = Some(numbered(request, 1, per_page));
        while let Some(page) = next.filter(|page| seen.insert(page.query.clone())) {
            let page = self.page_at::<W>(request, &page, seen.len(), per_page).await?;
            for row in page.rows {
                if !goes_on(&row) {
                    return Ok((rows, false));
                }
                // One that came to be meanwhile pushes another to the next page, where it comes again.
                if !known.insert(W::key(&row)) {
                    continue;
                }
                if rows.len() == most {
                    return Ok((rows, true));
                }
                rows.push(row);
            }
            if rows.len() == most {
                return Ok((rows, page.next.is_some()));
            }
            next = page.next;
        }
        Ok((rows, false))
    }

    /// The page of `list` that `request` gets, the `number`th.
    async fn page_at<W: Row>(
        &self,
        list: &Request,
        request: &Request,
        number: usize,
        per_page: usize,
    ) -> Result<Page<W::Model>, Error> {
        let answer = self.transport.send_within(request, &mut self.tries()).await?;
        self.read::<W>(list, answer, number, per_page).await
    }

    /// Reads the `number`th page of `list`.
    async fn read<W: Row>(
        &self,
        list: &Request,
        mut answer: Answer<'_>,
        number: usize,
        per_page: usize,
    ) -> Result<Page<W::Model>, Error> {
        let body = std::mem::take(&mut answer.body);
        // It takes milliseconds, and nothing else must wait for that.
        let read = tokio::task::spawn_blocking(move || (rows::<W>(&body), body)).await;
        let (rows, body) = read.map_err(|_| self.transport.failed(list, Kind::Stopped, "the answer was not read"))?;
        answer.body = body;
        let rows = rows.map_err(|unlike| match unlike {
            Unlike::Json(error) => answer.unlike(&error),
            Unlike::Row(flaw) => answer.flaw(&flaw),
        })?;
        let count = |name: &str| answer.header(name).and_then(|text| text.parse().ok());
        let total = count("x-total");
        self.transport.has_read(list, rows.len(), total.filter(|_| number == 1));
        let next = match answer.header("x-next-page") {
            Some(next) => next.parse().ok().map(|next| numbered(list, next, per_page)),
            None => match answer.header(header::LINK) {
                Some(links) => next_link(links).map(|link| self.follow(&answer, link)).transpose()?,
                // A proxy that drops both headers must not make a long list look short.
                None => (rows.len() >= per_page).then(|| numbered(list, number + 1, per_page)),
            },
        };
        Ok(Page { rows, total, pages: count("x-total-pages"), next })
    }

    /// The request that a link in an answer stands for, if the token may go there.
    fn follow(&self, answer: &Answer<'_>, link: &str) -> Result<Request, Error> {
        self.transport.request_at(link).ok_or_else(|| {
            answer.flaw(&Flaw {
                kind: Kind::Decode,
                message: format!("the next page is said to be elsewhere, at {link}"),
                help: Some("set url to the address GitLab itself has, or let the proxy before it pass X-Next-Page"),
            })
        })
    }
}

/// How a page is not what it should be.
enum Unlike {
    Json(serde_json::Error),
    Row(Flaw),
}

fn rows<W: Row>(body: &[u8]) -> Result<Vec<W::Model>, Unlike> {
    let rows: Vec<W> = serde_json::from_slice(body).map_err(Unlike::Json)?;
    rows.into_iter().map(|row| row.into_model().map_err(Unlike::Row)).collect()
}

fn numbered(list: &Request, number: usize, per_page: usize) -> Request {
    list.clone().query("per_page", per_page).query("page", number)
}
