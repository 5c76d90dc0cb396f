//! Whose signature under a certificate counts, beside those that this system trusts.

use super::{Found, variable};
use crate::cli::args::ServerArgs;
use crate::cli::failure::Failure;
use crate::gitlab::Authorities;
use crate::model::harmless;
use std::path::{Path, PathBuf};

/// A CI job's own first. Where the last is set, OpenSSL, and on Linux relsync, reads it in place of the system's store.
const VARIABLES: [&str; 2] = ["CI_SERVER_TLS_CA_FILE", "SSL_CERT_FILE"];

/// The authorities in the flag's file, else in that of the first variable that is set.
pub(super) fn authorities(args: &ServerArgs) -> Result<Option<Found<Authorities>>, Failure> {
    authorities_in(args.ca_file.as_deref(), &VARIABLES)
}

/// The authorities in `file`, else in that of the first of `variables` that is set.
pub(in crate::cli) fn authorities_in(
    file: Option<&Path>,
    variables: &[&'static str],
) -> Result<Option<Found<Authorities>>, Failure> {
    let of_variable = || variables.iter().find_map(|name| Some((*name, PathBuf::from(variable(name)?))));
    let Some((name, path)) = file.map(|path| ("--ca-file", path.to_owned())).or_else(of_variable) else {
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
