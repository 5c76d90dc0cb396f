//! The token: where it is found, and what kind it is.

use super::{Found, variable};
use crate::cli::args::{ServerArgs, TokenKindArg};
use crate::cli::failure::Failure;
use crate::gitlab::{Token, TokenKind};
use crate::model::harmless;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

/// The first that is set is it.
const VARIABLES: [&str; 3] = ["RELSYNC_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"];

/// The file's, or the first that is set of `RELSYNC_TOKEN`, `GITLAB_TOKEN` and `CI_JOB_TOKEN`; none is fine for reading a
/// public project. A flag that `CI_JOB_TOKEN` beats without a word would be a trap in every CI job.
pub(super) fn token(args: &ServerArgs) -> Result<Option<Found<Token>>, Failure> {
    let Some(Found { value, from }) = token_in(args.token_file.as_deref(), &VARIABLES)? else { return Ok(None) };
    // `GITLAB_TOKEN=$CI_JOB_TOKEN` is common, and GitLab takes a job token in its own header only.
    let is_of_job = || variable("CI_JOB_TOKEN").is_some_and(|job| job.trim() == value.expose_secret());
    let kind = match args.token_kind {
        Some(kind) => kind.into(),
        None if is_of_job() => TokenKind::Job,
        None => TokenKind::Private,
    };
    Ok(Some(Found { value: Token::new(kind, &value), from }))
}

/// The word in `file`, else in the first of `variables` that is set.
pub(in crate::cli) fn token_in(
    file: Option<&Path>,
    variables: &[&'static str],
) -> Result<Option<Found<SecretString>>, Failure> {
    let (from, value) = if let Some(path) = file {
        let from = harmless(&path.to_string_lossy()).into_owned();
        match std::fs::read_to_string(path) {
            Ok(text) => (from, text),
            Err(error) => return Err(Failure::TokenFile { path: from, error }),
        }
    } else {
        let Some((name, value)) = variables.iter().find_map(|name| Some((*name, variable(name)?))) else {
            return Ok(None);
        };
        (name.to_owned(), value)
    };
    let value = SecretString::from(value.trim_start_matches('\u{feff}').trim());
    if value.expose_secret().is_empty() || !value.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Failure::BadToken { from });
    }
    Ok(Some(Found { value, from }))
}

impl From<TokenKindArg> for TokenKind {
    fn from(kind: TokenKindArg) -> Self {
        match kind {
            TokenKindArg::Private => Self::Private,
            TokenKindArg::Job => Self::Job,
            TokenKindArg::Oauth => Self::OAuth,
        }
    }
}
