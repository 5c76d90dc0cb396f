//! Which GitLab to ask, and as whom: the arguments, then the manifest, then the environment.

mod address;
mod authority;
mod secret;

pub(super) use address::{is_of_job, is_same, shown};
pub(super) use authority::authorities_in;
pub(super) use secret::token_in;

use super::args::ServerArgs;
use super::failure::Failure;
use crate::gitlab::{Authorities, Settings, Token};
use crate::model::{Project, ProjectId, ProjectRef};
use std::env;
use std::sync::OnceLock;
use url::Url;

#[cfg(feature = "sandbox")]
use crate::gitlab::TokenKind;
#[cfg(feature = "sandbox")]
use crate::model::harmless;
#[cfg(feature = "sandbox")]
use crate::sandbox::{Options, Sandbox};
#[cfg(feature = "sandbox")]
use secrecy::SecretString;
#[cfg(feature = "sandbox")]
use std::path::PathBuf;

/// What the embedded GitLab goes by, and what `sandbox serve` listens at if nobody says otherwise. While it is embedded it
/// answers elsewhere, at a port of its own.
#[cfg(feature = "sandbox")]
const EMBEDDED: &str = "http://127.0.0.1:8929";

/// Who answers.
pub(super) enum Server {
    /// A GitLab somewhere.
    Remote(Keys),
    /// The embedded one, which serves for as long as this lives.
    #[cfg(feature = "sandbox")]
    Embedded {
        /// Itself.
        sandbox: Sandbox,
        /// Where its state is.
        data: PathBuf,
    },
}

/// What is read once, whatever it is for: it may come from a pipe.
#[derive(Default)]
pub(super) struct Keys {
    token: OnceLock<Option<Found<Token>>>,
    authorities: OnceLock<Option<Found<Authorities>>>,
}

/// What is `kept`, or else read now.
fn once<T: Clone>(kept: &OnceLock<T>, read: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    if let Some(known) = kept.get() {
        return Ok(known.clone());
    }
    let read = read()?;
    Ok(kept.get_or_init(|| read).clone())
}

/// A setting, and where it was found.
#[derive(Clone)]
pub(super) struct Found<T> {
    pub(super) value: T,
    /// A flag, a variable, a file.
    pub(super) from: String,
}

/// How to talk to a GitLab, and where each part of that was found.
pub(super) struct Contact {
    pub(super) settings: Settings,
    pub(super) url_from: String,
    pub(super) token_from: Option<String>,
    pub(super) authorities_from: Option<String>,
}

fn apart<T>(found: Option<Found<T>>) -> (Option<T>, Option<String>) {
    found.map(|Found { value, from }| (value, from)).unzip()
}

impl Server {
    /// Starts the embedded one, if that is to answer.
    #[cfg_attr(
        not(feature = "sandbox"),
        expect(clippy::unused_async, unused_variables, reason = "the sandbox takes both")
    )]
    pub(super) async fn open(args: &ServerArgs) -> Result<Self, Failure> {
        #[cfg(feature = "sandbox")]
        if let Some(data) = args.sandbox.clone() {
            let options = Options { data: Some(data.clone()), ..Options::default() };
            return Ok(Self::Embedded { sandbox: Sandbox::start(options).await?, data });
        }
        Ok(Self::Remote(Keys::default()))
    }

    /// How to talk to it about a project whose manifest says that it is at `of_manifest`.
    pub(super) fn settings(&self, args: &ServerArgs, of_manifest: Option<&Url>) -> Result<Settings, Failure> {
        self.contact(args, of_manifest).map(|contact| contact.settings)
    }

    /// How to talk to it, and who said so.
    pub(super) fn contact(&self, args: &ServerArgs, of_manifest: Option<&Url>) -> Result<Contact, Failure> {
        match self {
            #[cfg(feature = "sandbox")]
            Self::Embedded { sandbox, .. } => {
                let url = Url::parse(EMBEDDED).map_err(|why| Failure::BadUrl { name: "the sandbox", why })?;
                let token = Token::new(TokenKind::Private, &SecretString::from("sandbox-maintainer"));
                let answers_at = Some(sandbox.address());
                let settings = Settings::new(url, Some(token));
                Ok(Contact {
                    settings: Settings { answers_at, timeout: args.timeout, retry_for: args.retry_for, ..settings },
                    url_from: "--sandbox".to_owned(),
                    token_from: Some("--sandbox".to_owned()),
                    authorities_from: None,
                })
            }
            Self::Remote(keys) => {
                let token = once(&keys.token, || secret::token(args))?;
                let url = address::url(args, of_manifest, token.is_some())?;
                let is_encrypted = url.value.scheme() == "https";
                let authorities =
                    if is_encrypted { once(&keys.authorities, || authority::authorities(args))? } else { None };
                let (token, token_from) = apart(token);
                let (authorities, authorities_from) = apart(authorities);
                let settings = Settings::new(url.value, token);
                let authorities = authorities.unwrap_or_default();
                let settings = Settings {
                    insecure_http: args.insecure_http,
                    authorities,
                    timeout: args.timeout,
                    retry_for: args.retry_for,
                    ..settings
                };
                Ok(Contact { settings, url_from: url.from, token_from, authorities_from })
            }
        }
    }

    /// The project of this CI job on the GitLab at `url`, for a manifest that names none.
    pub(super) fn project_of_job(&self, url: &Url) -> Option<Found<ProjectRef>> {
        if self.is_embedded() {
            // Whatever is in there has numbers of its own.
            let value = ProjectRef::Path(address::path_of_job()?);
            return Some(Found { value, from: "CI_PROJECT_PATH".to_owned() });
        }
        address::project_of_job(url)
    }

    /// The project that this CI job's merge request wants to be merged into, on the GitLab at `url`.
    pub(super) fn project_of_merge_request(&self, url: &Url) -> Option<ProjectRef> {
        let by_path = || variable("CI_MERGE_REQUEST_PROJECT_PATH").map(ProjectRef::Path);
        if self.is_embedded() {
            return by_path();
        }
        let id = variable("CI_MERGE_REQUEST_PROJECT_ID").and_then(|text| text.trim().parse().ok());
        id.filter(|_| is_of_job(url)).map(|id| ProjectRef::Id(ProjectId(id))).or_else(by_path)
    }

    /// Whether it is the embedded one.
    pub(super) fn is_embedded(&self) -> bool {
        !matches!(self, Self::Remote(_))
    }

    /// How to look at what the embedded one holds.
    pub(super) fn way_to_look(&self) -> Option<String> {
        match self {
            Self::Remote(_) => None,
            #[cfg(feature = "sandbox")]
            Self::Embedded { data, .. } => {
                let data = data.to_string_lossy();
                let plain = data.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
                let data = if plain { data.into_owned() } else { format!("'{}'", data.replace('\'', r"'\''")) };
                let command = format!("relsync sandbox serve --data {}", harmless(&data));
                Some(format!("Look at it: {command}, then open {EMBEDDED}"))
            }
        }
    }
}

/// The number of `project` on the GitLab at `url`, if it is this CI job's own: GitLab does not tell it to a job token.
pub(super) fn id_of_job(url: &Url, project: &Project) -> Option<ProjectId> {
    let is_of_job = project.path.is_some() && project.path == path_of_job() && is_of_job(url);
    variable("CI_PROJECT_ID").filter(|_| is_of_job)?.trim().parse().ok().map(ProjectId)
}

/// What people call the project of this CI job.
pub(super) fn path_of_job() -> Option<String> {
    address::path_of_job()
}

/// A variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
