//! `POST /projects/:id/releases`: the one write that may leave something behind although it is refused.

use super::milestones::{self, Wanted};
use super::view::view;
use crate::sandbox::Tier;
use crate::sandbox::api::{links as link_endpoints, tags as tag_endpoints};
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::evidence;
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::limits::{LimitKind, Subject};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{description_error, link_errors};
use crate::sandbox::store::ids::{MilestoneId, ReleaseId, UserId};
use crate::sandbox::store::links::{LinkFields, LinkType};
use crate::sandbox::store::releases::{NewRelease, Release};
use crate::sandbox::store::tags::Tag;
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{is_taken, links, releases, tags};
use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};

/// A link whose type may turn out to be none: GitLab only finds out when it makes the release.
struct WantedLink {
    name: String,
    url: String,
    filepath: Option<String>,
    link_type: Option<String>,
}

struct Params {
    tag_name: String,
    tag_message: Option<String>,
    reference: Option<String>,
    name: Option<String>,
    description: Option<String>,
    released_at: Option<Moment>,
    milestones: Option<Wanted>,
    links: Vec<WantedLink>,
}

/// `POST /projects/:id/releases`
pub(in crate::sandbox::api) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let params = read(call)?;
    let author = access.require(Role::Developer)?.id;
    call.limits.check(LimitKind::ReleaseWrites, Subject::Project(access.project.id))?;
    if !access.may_create_tag(tx, &params.tag_name)? {
        return Err(Refusal::message(StatusCode::FORBIDDEN, tag_endpoints::PROTECTED));
    }
    if releases::get(tx, access.project.id, &params.tag_name)?.is_some() {
        return Err(already_exists());
    }
    let milestones = match &params.milestones {
        Some(wanted) => milestones::find(tx, call.settings.tier, access.project.id, wanted)?,
        None => Vec::new(),
    };
    let tag = ensure_tag(tx, &access, &params)?;

    // From here on a refusal must not take the tag with it: what was begun after it is undone, and the rest is kept.
    let made = {
        let attempt = tx.savepoint()?;
        let made = make(&attempt, &access, author, &tag, params, &milestones);
        if made.is_ok() {
            attempt.commit()?;
        }
        made
    };
    match made {
        Ok(release) => {
            let is_due = !release.is_upcoming(Moment::now()) && !release.is_historical();
            if is_due && call.settings.tier == Tier::Premium {
                evidence::collect(tx, &access.project, &release, call.settings.evidence_delay)?;
            }
            Ok(Answer::created(view(tx, call, &access, &release)?))
        }
        Err(refusal) => Ok(refusal.into_answer()),
    }
}

fn read(call: &Call) -> Result<Params, Refusal> {
    let mut reader = call.reader();
    let params = Params {
        tag_name: reader.required_text("tag_name"),
        tag_message: reader.text("tag_message").value(),
        reference: reader.text("ref").value(),
        name: reader.text("name").value(),
        description: reader.text("description").value(),
        links: reader
            .map("assets", |assets| {
                assets.maps("links", |link| WantedLink {
                    name: link.required_text("name"),
                    url: link.required_text("url"),
                    filepath: link_endpoints::read_path(link).value(),
                    link_type: link.text("link_type").value(),
                })
            })
            .unwrap_or_default(),
        milestones: Wanted::read(&mut reader),
        released_at: reader.moment("released_at").value(),
    };
    reader.done()?;
    Ok(params)
}

fn ensure_tag(db: &Connection, access: &Access, params: &Params) -> Result<Tag, Refusal> {
    let project = access.project.id;
    if let Some(tag) = tags::get(db, project, &params.tag_name)? {
        return Ok(tag);
    }
    let reference = params
        .reference
        .as_deref()
        .ok_or_else(|| Refusal::message(StatusCode::UNPROCESSABLE_ENTITY, "Ref is not specified"))?;
    tag_endpoints::make(db, project, &params.tag_name, reference, params.tag_message.as_deref())
}

fn make(
    db: &Connection,
    access: &Access,
    author_id: UserId,
    tag: &Tag,
    params: Params,
    milestones: &[MilestoneId],
) -> Result<Release, Refusal> {
    let Params { name, description, released_at, links, .. } = params;
    let links = links.into_iter().map(typed).collect::<Result<Vec<_>, _>>()?;
    let mut errors = Vec::new();
    errors.extend(description_error(description.as_deref()).map(|error| format!("Description {error}")));
    for LinkFields { name, url, filepath, link_type: _ } in &links {
        let wrong = link_errors(name, url, filepath.as_deref());
        errors.extend(wrong.into_iter().map(|(field, error)| format!("Links {field} {error}")));
    }
    if !errors.is_empty() {
        return Err(invalid(&errors.join(", ")));
    }

    let created_at = Moment::now();
    let release = NewRelease {
        tag: tag.name.clone(),
        sha: Some(tag.sha.clone()),
        name,
        description,
        author_id,
        created_at,
        released_at: released_at.unwrap_or(created_at),
    };
    let release = match releases::add(db, access.project.id, release) {
        Err(error) if is_taken(&error) => return Err(already_exists()),
        added => added?,
    };
    releases::set_milestones(db, release.id, milestones)?;
    add_links(db, release.id, links)?;
    Ok(release)
}

fn typed(link: WantedLink) -> Result<LinkFields, Refusal> {
    let WantedLink { name, url, filepath, link_type } = link;
    let link_type = match link_type {
        None => LinkType::Other,
        Some(word) => {
            LinkType::from_word(&word).ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid link_type")))?
        }
    };
    Ok(LinkFields { name, url, filepath, link_type })
}

fn add_links(db: &Connection, release: ReleaseId, links: Vec<LinkFields>) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    for fields in links {
        match links::add(db, release, fields.clone()) {
            Err(error) if is_taken(&error) => {
                for clash in links::clashes(db, release, &fields, None)? {
                    errors.push(format!("Links have duplicate values ({}) for release scope", clash.value));
                }
            }
            added => drop(added?),
        }
    }
    errors.dedup();
    if errors.is_empty() { Ok(()) } else { Err(invalid(&errors.join(", "))) }
}

fn already_exists() -> Refusal {
    Refusal::message(StatusCode::CONFLICT, "Release already exists")
}

fn invalid(errors: &str) -> Refusal {
    Refusal::bad(format!("Validation failed: {errors}"))
}
