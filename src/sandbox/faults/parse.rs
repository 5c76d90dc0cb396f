//! Reads a fault as it is written: `METHOD GLOB WHAT HOW-OFTEN`.

use super::{Fault, Often, What};
use axum::http::{Method, StatusCode};
use globset::Glob;
use std::str::FromStr;
use thiserror::Error;

const METHODS: [Method; 6] = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD];

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// Too few words, or too many.
    #[error("a fault is METHOD GLOB WHAT HOW-OFTEN, such as `POST */releases 503 0.1`")]
    Parts,
    /// No method.
    #[error("`{0}` is no method: GET, POST, PUT, DELETE, PATCH, HEAD, or * for any")]
    Method(String),
    /// A glob over the address, which no request meets.
    #[error("the glob is over the path below /api/v4, such as `*/releases`")]
    Address,
    /// No glob.
    #[error("`{0}` is no glob")]
    Glob(String),
    /// Nothing that can happen.
    #[error("`{0}` can't happen: a status from 400 to 599, reset, hang, truncate or lost-answer can")]
    What(String),
    /// Neither a probability nor a count.
    #[error("`{0}` is neither a probability from 0 to 1 nor a count such as 3x")]
    Often(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [method, glob, what, often] = words[..] else { return Err(FaultError::Parts) };
        if glob.trim_start_matches('/').starts_with("api/v4") {
            return Err(FaultError::Address);
        }
        let path = Glob::new(glob.trim_start_matches('/')).map_err(|_| FaultError::Glob(glob.to_owned()))?;
        Ok(Self {
            method: read_method(method)?,
            path: path.compile_matcher(),
            what: read_what(what).ok_or_else(|| FaultError::What(what.to_owned()))?,
            often: read_often(often).ok_or_else(|| FaultError::Often(often.to_owned()))?,
        })
    }
}

fn read_method(word: &str) -> Result<Option<Method>, FaultError> {
    if word == "*" {
        return Ok(None);
    }
    let known = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(word));
    known.map(Some).ok_or_else(|| FaultError::Method(word.to_owned()))
}

fn read_what(word: &str) -> Option<What> {
    Some(match word {
        "reset" => What::Reset,
        "hang" => What::Hang,
        "truncate" => What::Truncate,
        "lost-answer" => What::LostAnswer,
        status => {
            let status: StatusCode = status.parse().ok()?;
            (status.is_client_error() || status.is_server_error()).then_some(What::Status(status))?
        }
    })
}

fn read_often(word: &str) -> Option<Often> {
    if let Some(count) = word.strip_suffix('x') {
        return count.parse().ok().map(Often::First);
    }
    let chance = word.parse().ok()?;
    (0.0..=1.0).contains(&chance).then_some(Often::Chance(chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_complained_about_by_itself() {
        for (text, complaint) in [
            ("", FaultError::Parts),
            ("GET * 503", FaultError::Parts),
            ("GET * 503 1 2", FaultError::Parts),
            ("FETCH * 503 1", FaultError::Method("FETCH".to_owned())),
            ("GET [ 503 1", FaultError::Glob("[".to_owned())),
            ("GET * 200 1", FaultError::What("200".to_owned())),
            ("GET * 600 1", FaultError::What("600".to_owned())),
            ("GET * explode 1", FaultError::What("explode".to_owned())),
            ("GET * 503 1.5", FaultError::Often("1.5".to_owned())),
            ("GET * 503 NaN", FaultError::Often("NaN".to_owned())),
            ("GET * 503 -1x", FaultError::Often("-1x".to_owned())),
        ] {
            assert_eq!(text.parse::<Fault>().err(), Some(complaint), "{text}");
        }
        for text in ["get * 404 1", "* */releases/* lost-answer 0.25", "PUT /projects/{24,25}/** truncate 3x"] {
            text.parse::<Fault>().unwrap();
        }
    }
}
