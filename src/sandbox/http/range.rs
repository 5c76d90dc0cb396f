//! Which part of a file is asked for: `Range` and `If-Range`, as Go's file server in GitLab's Workhorse reads them.

use axum::http::{HeaderMap, header};

/// What to send of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// From this byte on, so many.
    Some {
        /// The first one's number.
        from: u64,
        /// How many.
        count: u64,
    },
    /// Nothing: there is no such part.
    None,
}

impl Part {
    /// What `headers` ask for of a file with so many bytes that was changed last then. Several ranges at once get the whole
    /// file.
    pub(crate) fn asked(headers: &HeaderMap, size: u64, last_modified: &str) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_other = text(header::IF_RANGE).is_some_and(|version| version != last_modified);
        let range = text(header::RANGE).and_then(|range| range.strip_prefix("bytes="));
        let Some((from, to)) = range.filter(|_| !is_other).and_then(|range| range.split_once('-')) else {
            return Self::Whole;
        };
        let (from, to) = match (from.parse::<u64>(), to.parse::<u64>()) {
            (Ok(from), Ok(to)) if from <= to => (from, to.saturating_add(1).min(size)),
            (Ok(from), Err(_)) if to.is_empty() => (from, size),
            (Err(_), Ok(last)) if from.is_empty() => (size.saturating_sub(last), size),
            _ => return Self::Whole,
        };
        if from < to { Self::Some { from, count: to - from } } else { Self::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_part_is_asked_for_by_its_bytes() {
        let asked = |range: &'static str, version: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            if let Some(version) = version {
                headers.insert(header::IF_RANGE, HeaderValue::from_static(version));
            }
            Part::asked(&headers, 10, "then")
        };
        let some = |from, count| Part::Some { from, count };
        assert_eq!(Part::asked(&HeaderMap::new(), 10, "then"), Part::Whole);
        assert_eq!(asked("bytes=0-3", None), some(0, 4));
        assert_eq!(asked("bytes=4-", Some("then")), some(4, 6));
        assert_eq!(asked("bytes=4-99", None), some(4, 6));
        assert_eq!(asked("bytes=-3", None), some(7, 3));
        assert_eq!(asked("bytes=-99", None), some(0, 10));
        assert_eq!(asked("bytes=10-", None), Part::None);
        for whole in ["bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=x-"] {
            assert_eq!(asked(whole, None), Part::Whole, "{whole}");
        }
        assert_eq!(asked("bytes=4-", Some("\"another\"")), Part::Whole);
    }
}
