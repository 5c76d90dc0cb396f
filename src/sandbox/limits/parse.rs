//! Reads a limit as it is written: `KIND=COUNT/WINDOW`.

use super::{Limit, LimitKind};
use crate::sandbox::span::Span;
use std::num::NonZeroU64;
use std::str::FromStr;
use thiserror::Error;

/// Why a text is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitError {
    /// Not in three parts.
    #[error("a limit is KIND=COUNT/WINDOW, such as `release-writes=300/60s`")]
    Parts,
    /// Nothing that can be limited.
    #[error("`{0}` can't be limited: release-writes, evidence and api can")]
    Kind(String),
    /// No number of requests.
    #[error("`{0}` is no number of requests from 1 up")]
    Count(String),
    /// No window.
    #[error("`{0}` is no window: whole seconds or more, such as 60s or 1h")]
    Window(String),
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let (kind, rest) = text.split_once('=').ok_or(LimitError::Parts)?;
        let (count, window) = rest.split_once('/').ok_or(LimitError::Parts)?;
        let kind = match kind.trim() {
            "release-writes" => LimitKind::ReleaseWrites,
            "evidence" => LimitKind::Evidence,
            "api" => LimitKind::Api,
            other => return Err(LimitError::Kind(other.to_owned())),
        };
        let count: NonZeroU64 = count.trim().parse().map_err(|_| LimitError::Count(count.to_owned()))?;
        let wrong = || LimitError::Window(window.to_owned());
        let duration = window.parse::<Span>().map_err(|_| wrong())?.duration();
        if duration.as_secs() == 0 || duration.subsec_nanos() != 0 {
            return Err(wrong());
        }
        Ok(Self { kind, count, window: duration })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn each_part_is_complained_about_by_itself() {
        let limit = "release-writes=300/1m".parse::<Limit>().unwrap();
        assert_eq!((limit.kind, limit.count.get()), (LimitKind::ReleaseWrites, 300));
        assert_eq!(limit.window, Duration::from_secs(60));
        for (text, complaint) in [
            ("api", LimitError::Parts),
            ("api=3", LimitError::Parts),
            ("all=3/60s", LimitError::Kind("all".to_owned())),
            ("api=0/60s", LimitError::Count("0".to_owned())),
            ("api=many/60s", LimitError::Count("many".to_owned())),
            ("api=3/0s", LimitError::Window("0s".to_owned())),
            ("api=3/1500ms", LimitError::Window("1500ms".to_owned())),
            ("api=3/minute", LimitError::Window("minute".to_owned())),
        ] {
            assert_eq!(text.parse::<Limit>(), Err(complaint), "{text}");
        }
    }
}
