//! Whose signature under a certificate counts, beside those that this system trusts.

use super::{Found, variable};
use crate::cli::args::ServerArgs;
use crate::cli::failure::Failure;
use crate::gitlab::Authorities;
use crate::model::harmless;
use std::path::PathBuf;

/// A CI job's own first. Where the last is set, OpenSSL, and on Linux relsync, reads it in place of the system's store.
const VARIABLES: [&str; 2] = ["CI_SERVER_TLS_CA_FILE", "SSL_CERT_FILE"];

/// The authorities in the flag's file, else in that of the first variable that is set.
pub(super) fn authorities(args: &ServerArgs) -> Result<Option<Found<Authorities>>, Failure> {
    let of_variable = || VARIABLES.into_iter().find_map(|name| Some((name, PathBuf::from(variable(name)?))));
    let Some((name, path)) = args.ca_file.clone().map(|path| ("--ca-file", path)).or_else(of_variable) else {
        return Ok(None);
    };
    let from = format!("{} ({name})", harmless(&path.to_string_lossy()));
    match std::fs::read(&path) {
        Err(error) => Err(Failure::AuthorityFile { from, error }),
        Ok(text) => match Authorities::from_pem(&text) {
            None => Err(Failure::NoAuthority { from }),
            Some(value) => Ok(Some(Found { value, from })),
        },
    }
}
