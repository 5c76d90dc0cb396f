//! Writes a seed's releases. They obey GitLab's rules like any other, but for one: a release may lack its tag.

use super::format::{Link, Release};
use super::{Folder, Problem};
use crate::sandbox::evidence::collect;
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{description_error, is_tag_name, link_errors};
use crate::sandbox::store::ids::{ProjectId, ReleaseId, UserId};
use crate::sandbox::store::links::{LinkFields, LinkType};
use crate::sandbox::store::milestones::Reach;
use crate::sandbox::store::projects::Project;
use crate::sandbox::store::releases::NewRelease;
use crate::sandbox::store::{links, milestones, releases, tags};
use rusqlite::Connection;
use std::time::Duration;

pub(super) fn lay(
    db: &Connection,
    within: &Project,
    entry: &Release,
    folder: &Folder,
    author_id: UserId,
    now: Moment,
) -> Result<(), Problem> {
    let Release {
        tag_name,
        reference: _,
        tag_message: _,
        name,
        description,
        description_file,
        evidence,
        _protect: _,
        released_at,
        created_at,
        milestones: titles,
        links,
    } = entry;
    let project = within.id;
    let place = tag_name.span();
    if let (Some(_), Some(file)) = (description, description_file) {
        return Err(Problem::new("the description is given twice", file.span()));
    }
    let from_file = description_file.as_ref().map(|file| folder.read(file)).transpose()?;
    let description = from_file.as_ref().or(description.as_ref());
    if let Some(error) = description_error(description.map(String::as_str)) {
        return Err(Problem::new(format!("the description {error}"), place));
    }
    let created_at = created_at.unwrap_or(now);
    let new = NewRelease {
        tag: tag_name.get_ref().clone(),
        sha: tag_sha(db, project, entry, now)?,
        name: name.clone(),
        description: description.cloned(),
        author_id,
        created_at,
        released_at: released_at.unwrap_or(created_at),
    };
    let made = releases::add(db, project, new).map_err(Problem::on_write(place))?;
    let release = made.id;

    let mut found = Vec::with_capacity(titles.len());
    for title in titles {
        let milestone = milestones::by_title(db, project, Reach::ProjectAndGroup, title.get_ref())?;
        found.push(milestone.ok_or_else(|| Problem::new("no milestone has this title", title.span()))?);
    }
    releases::set_milestones(db, release, &found)?;
    if *evidence {
        collect(db, within, &made, Duration::ZERO)?;
    }
    links.iter().try_for_each(|link| lay_link(db, release, link))
}

/// The commit of the release's tag, which is made if the entry says where.
fn tag_sha(db: &Connection, project: ProjectId, entry: &Release, now: Moment) -> Result<Option<String>, Problem> {
    let name = entry.tag_name.get_ref();
    if let Some(tag) = tags::get(db, project, name)? {
        return Ok(Some(tag.sha));
    }
    let Some(reference) = &entry.reference else { return Ok(None) };
    if !is_tag_name(name) {
        return Err(Problem::new("git would not take this as a tag's name", entry.tag_name.span()));
    }
    let sha = tags::resolve(db, project, reference.get_ref())?
        .ok_or_else(|| Problem::new("no branch, tag or commit has this name", reference.span()))?;
    let message = entry.tag_message.clone().unwrap_or_default();
    tags::add(db, project, &tags::Tag { name: name.clone(), sha: sha.clone(), message, created_at: now })?;
    Ok(Some(sha))
}

fn lay_link(db: &Connection, release: ReleaseId, link: &Link) -> Result<(), Problem> {
    let fields = LinkFields {
        name: link.name.get_ref().clone(),
        url: link.url.get_ref().clone(),
        filepath: link.direct_asset_path.as_ref().map(|path| path.get_ref().clone()),
        link_type: link.kind.unwrap_or(LinkType::Other),
    };
    let span = |field: &str| match (field, &link.direct_asset_path) {
        ("url", _) => link.url.span(),
        ("filepath", Some(path)) => path.span(),
        _ => link.name.span(),
    };
    if let Some((field, error)) = link_errors(&fields.name, &fields.url, fields.filepath.as_deref()).into_iter().next()
    {
        return Err(Problem::new(format!("the {field} {error}"), span(field)));
    }
    links::add(db, release, fields.clone()).map(drop).map_err(|error| {
        let clash = links::clashes(db, release, &fields, None).ok().and_then(|clashes| clashes.into_iter().next());
        Problem::on_write(span(clash.map_or("name", |clash| clash.field)))(error)
    })
}
