//! Pages by number, and the headers that tell of the others.

use super::{Answer, Call, Reader, Refusal};
use crate::sandbox::store::page::{Page, Sort};
use axum::http::StatusCode;
use serde_json::Value;
use std::sync::Arc;

const JSON: &str = "application/json";
const DEFAULT_SIZE: i64 = 20;
const MAX_SIZE: i64 = 100;
/// With more rows than this GitLab does not say how many there are.
const COUNT_LIMIT: i64 = 10_000;
/// GitLab pages no further than this by number.
const MAX_OFFSET: i64 = 50_000;

/// How far rows need to be counted for [`Page::answer`].
pub(crate) const COUNT_TO: i64 = COUNT_LIMIT + 1;

impl Sort {
    /// The `sort` parameter; `desc` unless said otherwise.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self::read_or(reader, Self::Desc)
    }

    /// The `sort` parameter, where another direction is the usual one.
    pub(crate) fn read_or(reader: &mut Reader<'_>, usual: Self) -> Self {
        let word = |word: &str| match word {
            "asc" => Some(Self::Asc),
            "desc" => Some(Self::Desc),
            _ => None,
        };
        reader.word("sort", word).value().unwrap_or(usual)
    }
}

impl Page {
    /// The `page` and `per_page` parameters.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let number = reader.integer("page").value().unwrap_or(1).max(1);
        let size = match reader.integer("per_page").value() {
            Some(0) => {
                reader.complain("per_page has a value not allowed");
                DEFAULT_SIZE
            }
            Some(size) if size > 0 => size.min(MAX_SIZE),
            Some(_) | None => DEFAULT_SIZE,
        };
        if number.saturating_mul(size) > MAX_OFFSET {
            let error = format!(
                "Offset pagination has a maximum allowed offset of {MAX_OFFSET}. Remaining records can be retrieved using \
                 keyset pagination."
            );
            reader.refuse(Refusal::error(StatusCode::METHOD_NOT_ALLOWED, &error));
        }
        Self { number, size }
    }

    /// The answer with the page's rows and headers. `count` is how many rows there are, counted up to
    /// [`COUNT_TO`].
    pub(crate) fn answer(self, call: &Call, rows: Vec<Value>, more: bool, count: i64) -> Answer {
        self.heading(Answer::ok(rows.into()), call, more, count)
    }

    /// The same, of rows that are JSON already.
    pub(crate) fn answer_as_written(self, call: &Call, rows: &[Arc<str>], more: bool, count: i64) -> Answer {
        self.heading(Answer::text(format!("[{}]", rows.join(",")), JSON), call, more, count)
    }

    /// `answer`, below the page's headers.
    fn heading(self, answer: Answer, call: &Call, more: bool, count: i64) -> Answer {
        let Self { number, size } = self;
        let next = more.then(|| number.saturating_add(1));
        let prev = (number > 1).then(|| number - 1);
        let pages = ((count + size - 1) / size).max(1);
        let counted = count <= COUNT_LIMIT;
        let url = |page: i64| call.url_with(&[("page", page.to_string()), ("per_page", size.to_string())]);
        let mut links = Vec::new();
        links.extend(prev.map(|page| format!("<{}>; rel=\"prev\"", url(page))));
        links.extend(next.map(|page| format!("<{}>; rel=\"next\"", url(page))));
        links.push(format!("<{}>; rel=\"first\"", url(1)));
        links.extend(counted.then(|| format!("<{}>; rel=\"last\"", url(pages))));

        let text = |page: Option<i64>| page.map(|p| p.to_string()).unwrap_or_default();
        let answer = answer
            .with_header("x-page", &number.to_string())
            .with_header("x-per-page", &size.to_string())
            .with_header("x-next-page", &text(next))
            .with_header("x-prev-page", &text(prev))
            .with_header("link", &links.join(", "));
        if counted {
            answer.with_header("x-total", &count.to_string()).with_header("x-total-pages", &pages.to_string())
        } else {
            answer
        }
    }

    /// The answer with rows that are paged by the last one's name. A page that is full is taken to have another after
    /// it: GitLab does not look, so the last page may be empty.
    pub(crate) fn keyset_answer(self, call: &Call, rows: Vec<Value>, last: Option<&str>) -> Answer {
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == self.size);
        let answer = Answer::ok(rows.into());
        let Some(last) = last.filter(|_| full) else { return answer };
        let url = call.url_with(&[("page_token", last.to_owned()), ("per_page", self.size.to_string())]);
        answer.with_header("link", &format!("<{url}>; rel=\"next\""))
    }
}
