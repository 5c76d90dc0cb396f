//! A release as GitLab answers it.

use super::super::{account, links as link_endpoints, milestones as milestone_endpoints, tags as tag_endpoints};
use super::evidence;
use crate::sandbox::auth::Access;
use crate::sandbox::http::{Call, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::store::ids::ReleaseId;
use crate::sandbox::store::projects::Project;
use crate::sandbox::store::releases::Release;
use crate::sandbox::store::users::{self, Role};
use crate::sandbox::store::{evidences, links, milestones, tags};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

const ARCHIVE_FORMATS: [&str; 4] = ["zip", "tar.gz", "tar.bz2", "tar"];

/// What Rails leaves as it is in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Where people look at a release.
pub(in crate::sandbox::api) fn web_url(call: &Call, project: &Project, tag: &str) -> String {
    format!("{}/{}/-/releases/{}", call.base, project.path, encoded(tag))
}

/// The whole release; those who may not see code get it without all that tells of code.
pub(super) fn view(db: &Connection, call: &Call, access: &Access, release: &Release) -> Result<Value, Refusal> {
    let now = Moment::now();
    let Release { id, tag, sha, name, description, author_id, created_at, released_at, updated_at: _ } = release;
    let project = &access.project;
    let links: Vec<Value> =
        links::all(db, *id)?.iter().map(|link| link_endpoints::view(call, access, tag, link)).collect();
    let sources = sources(call, project, tag);
    let seen_sources = if access.reads_code() { sources.len() } else { 0 };

    let mut assets = Map::new();
    assets.insert("count".into(), json!(seen_sources + links.len()));
    assets.insert("links".into(), links.into());
    let mut answer = Map::new();
    answer.insert("description".into(), json!(description));
    answer.insert("created_at".into(), json!(created_at));
    answer.insert("released_at".into(), json!(released_at));
    answer.insert("upcoming_release".into(), json!(release.is_upcoming(now)));
    answer.insert("historical_release".into(), json!(release.is_historical()));
    answer.insert("author".into(), account::view(call, &users::get(db, *author_id)?));
    let milestones = milestones(db, call, release)?;
    if !milestones.is_empty() {
        answer.insert("milestones".into(), milestones.into());
    }
    if access.reads_code() {
        answer.insert("name".into(), json!(name.as_ref().unwrap_or(tag)));
        answer.insert("tag_name".into(), json!(tag));
        answer.insert("tag_path".into(), json!(format!("/{}/-/tags/{}", project.path, encoded(tag))));
        let commit = sha.as_ref().map(|sha| tags::commit(db, project.id, sha)).transpose()?.flatten();
        if let Some(commit) = &commit {
            answer.insert("commit_path".into(), json!(format!("/{}/-/commit/{}", project.path, commit.sha)));
        }
        answer.insert(
            "commit".into(),
            json!(commit.map(|commit| tag_endpoints::commit_view(call, &project.path, &commit))),
        );
        let evidences = evidences::of_release(db, *id, now)?;
        // Older servers told of one evidence only, and told it here.
        if let Some(first) = evidences.first() {
            answer.insert("evidence_sha".into(), json!(first.sha));
            assets.insert("evidence_file_path".into(), json!(evidence::file_url(call, project, tag, first.id)));
        }
        let evidences: Vec<Value> = evidences.iter().map(|one| evidence::view(call, project, tag, one)).collect();
        answer.insert("evidences".into(), evidences.into());
        assets.insert("sources".into(), sources.into());
    } else {
        answer.insert("name".into(), json!(hidden_name(*id)));
    }
    answer.insert("assets".into(), assets.into());
    answer.insert("_links".into(), page_links(call, access, tag));
    Ok(answer.into())
}

/// The few fields that a group's list may be cut down to.
pub(super) fn simple_view(access: &Access, release: &Release) -> Value {
    let Release { id, tag, name, description, created_at, released_at, .. } = release;
    let mut view = json!({
        "description": description,
        "created_at": created_at,
        "released_at": released_at,
        "upcoming_release": release.is_upcoming(Moment::now()),
    });
    if access.reads_code() {
        view["name"] = json!(name.as_ref().unwrap_or(tag));
        view["tag_name"] = json!(tag);
    } else {
        view["name"] = json!(hidden_name(*id));
    }
    view
}

/// What those read as the name who may not see the tag.
fn hidden_name(id: ReleaseId) -> String {
    format!("Release-{}", id.0)
}

fn milestones(db: &Connection, call: &Call, release: &Release) -> Result<Vec<Value>, Refusal> {
    let with_stats = |milestone| {
        let mut view = milestone_endpoints::view(db, call, milestone)?;
        // There are no issues here.
        view["issue_stats"] = json!({ "total": 0, "closed": 0 });
        Ok(view)
    };
    milestones::of_release(db, release.id)?.iter().map(with_stats).collect()
}

/// The archives GitLab makes of any tag.
fn sources(call: &Call, project: &Project, tag: &str) -> Vec<Value> {
    let folder = tag.split('/').map(encoded).collect::<Vec<_>>().join("/");
    let file = format!("{}-{}", project.last_part(), encoded(&tag.replace('/', "-")));
    let url = |format: &str| format!("{}/{}/-/archive/{folder}/{file}.{format}", call.base, project.path);
    ARCHIVE_FORMATS.into_iter().map(|format| json!({ "format": format, "url": url(format) })).collect()
}

fn page_links(call: &Call, access: &Access, tag: &str) -> Value {
    let page = web_url(call, &access.project, tag);
    let list = |what: &str, state: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("release_tag", tag).append_pair("scope", "all").append_pair("state", state);
        format!("{}/{}/-/{what}?{}", call.base, access.project.path, query.finish())
    };
    let mut links = json!({
        "closed_issues_url": list("issues", "closed"),
        "closed_merge_requests_url": list("merge_requests", "closed"),
        "merged_merge_requests_url": list("merge_requests", "merged"),
        "opened_issues_url": list("issues", "opened"),
        "opened_merge_requests_url": list("merge_requests", "opened"),
        "self": page,
    });
    if access.has(Role::Developer) {
        links["edit_url"] = json!(format!("{page}/edit"));
    }
    links
}

/// A segment of a path.
pub(super) fn encoded(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}
