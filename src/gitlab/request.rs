//! Requests before they are sent: paths encoded segment by segment, so that `debian/2.4.0-1` stays one segment.

use crate::gitlab::upload::Upload;
use crate::http::encode;
use reqwest::Method;
use serde_json::Value;
use std::fmt::{Display, Write};

/// A request to one path below `/api/v4`.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    /// Encoded, with a leading `/`.
    pub(super) path: String,
    /// Encoded, without a leading `?`; may be empty.
    pub(super) query: String,
    pub(super) body: Content,
}

/// What a request sends along.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Nothing.
    None,
    /// JSON.
    Json(Value),
    /// A file.
    File(Upload),
}

impl Request {
    /// A request to `segments`, each one encoded.
    pub(super) fn new(method: Method, segments: &[&str]) -> Self {
        let path = segments.iter().fold(String::new(), |path, s| path + "/" + &encode(s));
        Self { method, path, query: String::new(), body: Content::None }
    }

    /// Reads `segments`.
    pub(super) fn get(segments: &[&str]) -> Self {
        Self::new(Method::GET, segments)
    }

    /// Adds one parameter to the query.
    pub(super) fn query(mut self, name: &str, value: impl Display) -> Self {
        let separator = if self.query.is_empty() { "" } else { "&" };
        // Writing to a `String` can't fail.
        let _ = write!(self.query, "{separator}{name}={}", encode(&value.to_string()));
        self
    }

    /// Sends `body` along, as JSON.
    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Content::Json(body);
        self
    }

    /// Sends a file along.
    pub(super) fn file(mut self, upload: Upload) -> Self {
        self.body = Content::File(upload);
        self
    }

    /// Whether it makes something, so that it must not be sent again without a look: a second upload would be a second file.
    pub(super) fn makes_something(&self) -> bool {
        self.method == Method::POST || matches!(self.body, Content::File(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_segment() {
        for (tag, path) in [
            ("debian/2.4.0-1", "/a/debian%2F2.4.0-1"),
            ("v1.0+build#3", "/a/v1.0%2Bbuild%233"),
            ("выпуск-1", "/a/%D0%B2%D1%8B%D0%BF%D1%83%D1%81%D0%BA-1"),
            ("a%b", "/a/a%25b"),
            ("a%2Fb", "/a/a%252Fb"),
            ("v1?x=~_", "/a/v1%3Fx%3D~_"),
        ] {
            assert_eq!(Request::get(&["a", tag]).path, path);
        }
        assert_eq!(Request::get(&["a"]).query("x", 1).query("y", "a b&").query, "x=1&y=a%20b%26");
    }
}
