//! `relsync import changelog` and `relsync import tags`: a history out of what the repository here has. Asks git, and no
//! GitLab.

use super::args::{ChangelogArgs, HistoryArgs, TagsArgs};
use super::gaps::{self, Rest};
use super::home;
use super::target::Target;
use super::told;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::init;
use crate::git::{self, Repository, Tag};
use crate::import::{self, Imported, Shape};
use crate::manifest::{self, Changelog};
use crate::model::{TagPatterns, harmless};
use crate::ui::Ui;
use std::path::{Component, Path};

/// The tags of a repository that were asked for.
struct Found {
    tags: Vec<Tag>,
    unfit: Vec<String>,
    is_shallow: bool,
}

/// Versions of a changelog, with the tags of the repository that it is in.
pub(super) fn changelog(ui: &Ui, args: &ChangelogArgs) -> Result<Exit, Failure> {
    let ChangelogArgs { changelog: path, tag_name, history } = args;
    let target = Target::open(&history.into)?;
    let changelog = manifest::load_changelog(path)?;
    let found = match tag_name {
        Some(_) => None,
        None => tags_beside(ui, path, history)?,
    };
    let shape = shape(ui, history, &target, Some(path));
    let versions = format!("{} has {}", shown(path), told::counted(changelog.sections().len(), "version"));
    let (imported, lines) = if let Some(Found { tags, unfit, is_shallow }) = &found {
        let (imported, matched) = import::of_both(&changelog, tags, &shape)?;
        ui.note(&format!("{versions}, {} of them with a tag.", matched.pairs.len()));
        warn_of_shallow(ui, *is_shallow);
        (imported, [gaps::of_match(&matched, Rest::LeftOut), gaps::unfit(unfit)].concat())
    } else {
        let form = tag_name.clone().unwrap_or_default();
        let (imported, unusable) = import::of_changelog(&changelog, &form, &shape)?;
        ui.note(&format!("{versions}; their tags are taken to be {}.", harmless(&form.to_string())));
        (imported, gaps::of_changelog(&unusable))
    };
    tell(ui, &lines, Some(&changelog), &imported);
    write(ui, &target, history, imported, &shown(path))
}

/// All tags, with notes from a changelog if one is named.
pub(super) fn tags(ui: &Ui, args: &TagsArgs) -> Result<Exit, Failure> {
    let TagsArgs { changelog: path, history } = args;
    let target = Target::open(&history.into)?;
    let changelog = path.as_deref().map(manifest::load_changelog).transpose()?;
    let Found { tags, unfit, is_shallow } = tags_in(&target.folder, history)?;
    let shape = shape(ui, history, &target, path.as_deref());
    let (imported, lines) = match &changelog {
        Some(changelog) => {
            let (imported, matched) = import::of_all_tags(changelog, &tags, &shape)?;
            (imported, gaps::of_match(&matched, Rest::Taken))
        }
        None => (import::of_tags(&tags, &shape)?, Vec::new()),
    };
    warn_of_shallow(ui, is_shallow);
    tell(ui, &[lines, gaps::unfit(&unfit)].concat(), changelog.as_ref(), &imported);
    write(ui, &target, history, imported, "git's tags")
}

/// The tags of the repository that a file is in; none is fine where nobody asks for tags.
fn tags_beside(ui: &Ui, file: &Path, args: &HistoryArgs) -> Result<Option<Found>, Failure> {
    let is_asked = !args.tags.is_empty() || args.refs;
    match tags_in(folder(file), args) {
        Ok(found) => Ok(Some(found)),
        Err(Failure::NoRepository(_)) if !is_asked => {
            ui.note("There is no git repository: the changelog is all there is.");
            Ok(None)
        }
        Err(Failure::NoGit) if !is_asked => {
            ui.note("git is not installed: the changelog is all there is.");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

fn tags_in(folder: &Path, args: &HistoryArgs) -> Result<Found, Failure> {
    let patterns = if args.tags.is_empty() { Ok(TagPatterns::default()) } else { TagPatterns::new(&args.tags) };
    let patterns = patterns.map_err(|(at, why)| Failure::bad_pattern(&args.tags[at], why.kind()))?;
    let (repository, _) = Repository::find(folder).map_err(|error| match error {
        git::Error::NoRepository { .. } => Failure::no_repository(folder),
        git::Error::NotInstalled => Failure::NoGit,
        error => error.into(),
    })?;
    let git::Tags { mut tags, mut unfit } = repository.tags()?;
    tags.retain(|tag| patterns.matches(tag.name.as_str()));
    unfit.retain(|name| patterns.matches(name));
    if tags.is_empty() {
        return Err(Failure::no_tags(folder, &args.tags, repository.is_shallow()));
    }
    Ok(Found { tags, unfit, is_shallow: repository.is_shallow() })
}

/// What releases are to be like. Those of a changelog below the manifest's folder name it, unless copies are asked for.
fn shape(ui: &Ui, args: &HistoryArgs, target: &Target, changelog: Option<&Path>) -> Shape {
    let changelog = changelog.filter(|_| args.into.may_refer());
    let reference = changelog.and_then(|changelog| below(&target.folder, changelog));
    if let (Some(changelog), None) = (changelog, &reference) {
        ui.note(&format!("{} is not below the manifest's folder: its notes are copied.", shown(changelog)));
    }
    Shape { name: args.name.clone(), reference, refs: args.refs }
}

/// The path of a regular file, seen from `root`, if it really is below that.
fn below(root: &Path, file: &Path) -> Option<String> {
    let real = file.canonicalize().ok()?;
    if !real.is_file() || !real.starts_with(root) {
        return None;
    }
    let named = folder(file).canonicalize().ok()?.join(file.file_name()?);
    let parts = named.strip_prefix(root).ok()?.components().map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn warn_of_shallow(ui: &Ui, is_shallow: bool) {
    if is_shallow {
        ui.warn("This clone is a shallow one, and may lack tags: `git fetch --tags` gets them.");
    }
}

fn tell(ui: &Ui, lines: &[String], changelog: Option<&Changelog>, imported: &Imported) {
    let more = [changelog.and_then(gaps::unreleased), gaps::undated(imported)];
    for line in lines.iter().chain(more.iter().flatten()) {
        ui.note(line);
    }
}

fn write(ui: &Ui, target: &Target, args: &HistoryArgs, imported: Imported, source: &str) -> Result<Exit, Failure> {
    let imported = Imported { project: init::project_of(&target.folder), ..imported };
    home::write(ui, target, &args.into, &imported, source)?;
    told::next(ui, target, "what would change");
    Ok(Exit::Done)
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy()).into_owned()
}
