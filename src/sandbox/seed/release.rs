//! Writes a seed's releases. They obey GitLab's rules like any other, but for one: a release may lack its tag.

use super::Problem;
use super::format::{Link, Release};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{description_error, is_tag_name, link_errors};
use crate::sandbox::store::ids::{ProjectId, ReleaseId, UserId};
use crate::sandbox::store::links::{LinkFields, LinkType};
use crate::sandbox::store::milestones::Reach;
use crate::sandbox::store::releases::NewRelease;
use crate::sandbox::store::{links, milestones, releases, tags};
use rusqlite::Connection;

pub(super) fn lay(
    db: &Connection,
    project: ProjectId,
    entry: &Release,
    author_id: UserId,
    now: Moment,
) -> Result<(), Problem> {
    let Release {
        tag_name,
        reference: _,
        tag_message: _,
        name,
        description,
        released_at,
        created_at,
        milestones: titles,
        links,
    } = entry;
    let place = tag_name.span();
    if let Some(error) = description_error(description.as_deref()) {
        return Err(Problem::new(format!("the description {error}"), place));
    }
    let created_at = created_at.unwrap_or(now);
    let new = NewRelease {
        tag: tag_name.get_ref().clone(),
        sha: tag_sha(db, project, entry, now)?,
        name: name.clone(),
        description: description.clone(),
        author_id,
        created_at,
        released_at: released_at.unwrap_or(created_at),
    };
    let release = releases::add(db, project, new).map_err(Problem::on_write(place))?.id;

    let mut found = Vec::with_capacity(titles.len());
    for title in titles {
        let milestone = milestones::by_title(db, project, Reach::ProjectAndGroup, title.get_ref())?;
        found.push(milestone.ok_or_else(|| Problem::new("no milestone has this title", title.span()))?);
    }
    releases::set_milestones(db, release, &found)?;
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
