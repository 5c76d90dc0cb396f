//! `relsync init`: a manifest to begin with, for the project that git's remote names. Asks git, and no GitLab.

mod git;
mod remote;
mod starter;

use super::args::InitArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::out;
use crate::import::Home;
use crate::model::{ProjectRef, harmless};
use crate::ui::Ui;
use remote::Place;
use starter::Known;
use std::path::Path;
use url::Url;

/// Where much else than GitLab is hosted. A manifest for these would never work.
const NO_GITLAB: [&str; 4] = ["github.com", "bitbucket.org", "codeberg.org", "git.sr.ht"];

pub(super) fn run(ui: &Ui, args: &InitArgs) -> Result<Exit, Failure> {
    let path = if args.file.is_dir() { args.file.join("releases.toml") } else { args.file.clone() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = git::remote(folder);
    let place = found.as_ref().and_then(|(_, address)| remote::place(address)).filter(is_perhaps_gitlab);
    let known = Known { tag: git::latest_tag(folder), has_changelog: folder.join("CHANGELOG.md").is_file(), place };
    out::write_new(&path, &starter::text(&known))?;
    let shown = harmless(&path.to_string_lossy()).into_owned();
    let flag = if path == Path::new("releases.toml") { String::new() } else { format!(" -f {shown}") };
    match (&known.place, &found) {
        (Some(Place { url, project, .. }), Some((remote, _))) => {
            ui.note(&format!("Wrote {shown} for {project} on {url}, as git's remote {} says.", harmless(remote)));
        }
        (_, Some((remote, _))) => ui.note(&format!(
            "Wrote {shown}. git's remote {} is no project on a GitLab: fill in `path` under [project].",
            harmless(remote)
        )),
        (_, None) => ui.note(&format!(
            "Wrote {shown}. git has no remote here that says which project this is: fill in `path` under [project]."
        )),
    }
    let own = known.place.filter(|place| !place.is_gitlab_com());
    let address = own.map(|place| format!(", and RELSYNC_URL to {}", place.url)).unwrap_or_default();
    ui.note(&format!(
        "\nNext, set RELSYNC_TOKEN{address}. Then:\n    relsync doctor{flag}    # is everything there that apply will need?\n    \
         relsync plan{flag}      # what would change"
    ));
    Ok(Exit::Done)
}

/// The project that git's remote names, as a manifest does.
pub(super) fn project_of(folder: &Path) -> Option<Home> {
    let (_, address) = git::remote(folder)?;
    let place = remote::place(&address).filter(is_perhaps_gitlab)?;
    let url = if place.is_gitlab_com() { None } else { Some(Url::parse(&place.url).ok()?) };
    Some(Home { project: ProjectRef::Path(place.project), url })
}

fn is_perhaps_gitlab(place: &Place) -> bool {
    !NO_GITLAB.iter().any(|host| place.url.split_once("://").is_some_and(|(_, found)| found == *host))
}
