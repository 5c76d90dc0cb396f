//! Where GitLab is, and which project a CI job is about.

use super::{Found, variable};
use crate::cli::args::ServerArgs;
use crate::cli::failure::Failure;
use crate::model::{ProjectId, ProjectRef};
use url::Url;

/// The variables that say where GitLab is, the first first. In a CI job GitLab sets the last two.
const VARIABLES: [&str; 3] = ["RELSYNC_URL", "CI_API_V4_URL", "CI_SERVER_URL"];

/// The flag's, else the manifest's if it is also the environment's, else the environment's, else gitlab.com.
///
/// A manifest may come from a stranger's merge request, so it can't choose where a token goes: the token's owner does,
/// with the flag, or beside the token in the environment. A CI job's own variables do that for it.
pub(super) fn url(args: &ServerArgs, of_manifest: Option<&Url>, has_token: bool) -> Result<Found<Url>, Failure> {
    if let Some(url) = &args.url {
        return Ok(Found { value: url.clone(), from: "--url".to_owned() });
    }
    let mut trusted = Vec::new();
    for name in VARIABLES {
        if let Some(value) = url_in(name)? {
            trusted.push(Found { value, from: name.to_owned() });
        }
    }
    if trusted.is_empty() {
        let why = |why| Failure::BadUrl { name: "the default", why };
        trusted.push(Found { value: Url::parse("https://gitlab.com").map_err(why)?, from: "by default".to_owned() });
    }
    match of_manifest {
        None => Ok(trusted.swap_remove(0)),
        Some(url) if has_token && !trusted.iter().any(|trusted| is_same(&trusted.value, url)) => {
            Err(Failure::ForeignUrl { manifest: shown(url), trusted: shown(&trusted[0].value) })
        }
        Some(url) => Ok(Found { value: url.clone(), from: "the manifest".to_owned() }),
    }
}

/// The address in a variable. GitLab's own variable for the API ends in what every request adds.
fn url_in(name: &'static str) -> Result<Option<Url>, Failure> {
    let Some(text) = variable(name) else { return Ok(None) };
    let text = text.trim().trim_end_matches('/');
    let text = if name == "CI_API_V4_URL" { text.strip_suffix("/api/v4").unwrap_or(text) } else { text };
    Url::parse(text).map(Some).map_err(|why| Failure::BadUrl { name, why })
}

/// The project of this CI job, for a manifest that names none: by its id, which stays when the project moves, but only
/// on the job's own GitLab, as on any other that number is another project's.
pub(super) fn project_of_job(url: &Url) -> Option<Found<ProjectRef>> {
    let id = || {
        let id = variable("CI_PROJECT_ID").and_then(|text| text.trim().parse().ok())?;
        is_of_job(url).then_some((ProjectRef::Id(ProjectId(id)), "CI_PROJECT_ID"))
    };
    let (value, from) = id().or_else(|| Some((ProjectRef::Path(path_of_job()?), "CI_PROJECT_PATH")))?;
    Some(Found { value, from: from.to_owned() })
}

/// Whether `url` is the GitLab that this CI job is of.
pub(in crate::cli) fn is_of_job(url: &Url) -> bool {
    let is_there = |name| url_in(name).ok().flatten().is_some_and(|of_job| is_same(&of_job, url));
    VARIABLES[1..].iter().any(|name| is_there(name))
}

/// What people call the project of this CI job.
pub(super) fn path_of_job() -> Option<String> {
    variable("CI_PROJECT_PATH")
}

/// Whether two addresses are the same GitLab's: one host can serve several, each below a path of its own.
pub(in crate::cli) fn is_same(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin() && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

/// A url without what may be secret in it.
pub(in crate::cli) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
}
