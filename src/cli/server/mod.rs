//! Which GitLab to ask, and as whom: the arguments, then the manifest, then the environment.

use super::args::{ServerArgs, TokenKindArg};
use super::failure::Failure;
use crate::gitlab::{Settings, Token, TokenKind};
use crate::model::harmless;
use secrecy::{ExposeSecret, SecretString};
use std::env;
#[cfg(feature = "sandbox")]
use std::path::PathBuf;
use url::Url;

#[cfg(feature = "sandbox")]
use crate::sandbox::{Options, Sandbox};

/// Who answers.
pub(super) enum Server {
    /// A GitLab somewhere.
    Remote,
    /// The embedded one, which serves for as long as this lives.
    #[cfg(feature = "sandbox")]
    Embedded {
        /// Itself.
        sandbox: Sandbox,
        /// Where its state is.
        data: PathBuf,
    },
}

impl Server {
    /// Starts the embedded one, if that is to answer.
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "starting the sandbox waits"))]
    pub(super) async fn open(args: &ServerArgs) -> Result<Self, Failure> {
        #[cfg(feature = "sandbox")]
        if let Some(data) = args.sandbox.clone() {
            let options = Options { data: Some(data.clone()), ..Options::default() };
            return Ok(Self::Embedded { sandbox: Sandbox::start(options).await?, data });
        }
        Ok(Self::Remote)
    }

    /// How to talk to it about a project whose manifest says that it is at `of_manifest`.
    pub(super) fn settings(&self, args: &ServerArgs, of_manifest: Option<&Url>) -> Result<Settings, Failure> {
        match self {
            #[cfg(feature = "sandbox")]
            Self::Embedded { sandbox, .. } => {
                let url = Url::parse(&sandbox.url()).map_err(|why| Failure::BadUrl { name: "the sandbox", why })?;
                let token = Token::new(TokenKind::Private, &SecretString::from("sandbox-maintainer"));
                Ok(Settings::new(url, Some(token)))
            }
            Self::Remote => {
                let token = token(args)?;
                let settings = Settings::new(url(args, of_manifest, token.is_some())?, token);
                Ok(Settings { insecure_http: args.insecure_http, ..settings })
            }
        }
    }

    /// Whether it is the embedded one.
    pub(super) fn is_embedded(&self) -> bool {
        !matches!(self, Self::Remote)
    }

    /// How to look at what the embedded one holds.
    pub(super) fn way_to_look(&self) -> Option<String> {
        match self {
            Self::Remote => None,
            #[cfg(feature = "sandbox")]
            Self::Embedded { data, .. } => {
                let data = data.to_string_lossy();
                let plain = data.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
                let data = if plain { data.into_owned() } else { format!("'{}'", data.replace('\'', r"'\''")) };
                let command = format!("relsync sandbox serve --data {}", harmless(&data));
                Some(format!("Look at it: {command}, then open http://127.0.0.1:8929"))
            }
        }
    }
}

/// A variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The flag's, else the manifest's if it is also the environment's, else the environment's, else gitlab.com.
///
/// A manifest may come from a stranger's merge request, so it can't choose where a token goes: the token's owner does,
/// with the flag, or beside the token in the environment. A CI job's own variables do that for it.
fn url(args: &ServerArgs, of_manifest: Option<&Url>, has_token: bool) -> Result<Url, Failure> {
    if let Some(url) = &args.url {
        return Ok(url.clone());
    }
    let parse = |name, text: &str| Url::parse(text).map_err(|why| Failure::BadUrl { name, why });
    let mut trusted = Vec::new();
    for name in ["RELSYNC_URL", "CI_SERVER_URL"] {
        if let Some(text) = variable(name) {
            trusted.push(parse(name, &text)?);
        }
    }
    if trusted.is_empty() {
        trusted.push(parse("the default", "https://gitlab.com")?);
    }
    match of_manifest {
        None => Ok(trusted.swap_remove(0)),
        Some(url) if has_token && !trusted.iter().any(|trusted| is_same(trusted, url)) => {
            Err(Failure::ForeignUrl { manifest: shown(url), trusted: shown(&trusted[0]) })
        }
        Some(url) => Ok(url.clone()),
    }
}

/// Whether two addresses are the same GitLab's: one host can serve several, each below a path of its own.
fn is_same(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin() && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

/// A url without what may be secret in it.
pub(super) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
}

/// The file's, or the first that is set of `RELSYNC_TOKEN`, `GITLAB_TOKEN` and `CI_JOB_TOKEN`; none is fine for reading a
/// public project.
fn token(args: &ServerArgs) -> Result<Option<Token>, Failure> {
    let (from, value) = if let Some(path) = &args.token_file {
        let from = harmless(&path.to_string_lossy()).into_owned();
        match std::fs::read_to_string(path) {
            Ok(text) => (from, text),
            Err(error) => return Err(Failure::TokenFile { path: from, error }),
        }
    } else {
        let names = ["RELSYNC_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"];
        let Some((name, value)) = names.into_iter().find_map(|name| Some((name, variable(name)?))) else {
            return Ok(None);
        };
        (name.to_owned(), value)
    };
    let value = SecretString::from(value.trim_start_matches('\u{feff}').trim());
    if value.expose_secret().is_empty() || !value.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Failure::BadToken { from });
    }
    // `GITLAB_TOKEN=$CI_JOB_TOKEN` is common, and GitLab takes a job token in its own header only.
    let is_of_job = || variable("CI_JOB_TOKEN").is_some_and(|job| job.trim() == value.expose_secret());
    let kind = match args.token_kind {
        Some(kind) => kind.into(),
        None if is_of_job() => TokenKind::Job,
        None => TokenKind::Private,
    };
    Ok(Some(Token::new(kind, &value)))
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
