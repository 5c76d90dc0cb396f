//! What the pages show. Texts are as they were written, for the template to escape; only notes are HTML.

use super::place::Place;
use crate::sandbox::http::Refusal;
use crate::sandbox::markdown;
use crate::sandbox::moment::Moment;
use crate::sandbox::store::ids::ProjectId;
use crate::sandbox::store::milestones::MilestoneState;
use crate::sandbox::store::overview::{self, ProjectRow};
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::releases::{self, ReleaseOrder, Updated};
use crate::sandbox::store::{links, milestones, users};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::Connection;

const PROJECTS: i64 = 20;
const NEWEST: i64 = 5;
const RELEASES: i64 = 20;
const SHORT_SHA: usize = 8;
const SOURCES: [&str; 4] = ["zip", "tar.gz", "tar.bz2", "tar"];
const EVERY_TIME: Updated = Updated { before: None, after: None };
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is found at a place.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) title: String,
    /// Whether these are all projects, and so only the newest of their releases.
    pub(super) home: bool,
    pub(super) projects: Vec<Project>,
    /// Where the next projects are.
    pub(super) more: Option<String>,
}

/// A project, and some of its releases.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) href: String,
    pub(super) path: String,
    pub(super) visibility: String,
    pub(super) releases: Vec<Release>,
    pub(super) newer: Option<String>,
    pub(super) older: Option<String>,
}

/// A release.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) tag: String,
    pub(super) short_sha: Option<String>,
    pub(super) upcoming: bool,
    pub(super) historical: bool,
    pub(super) released_at: String,
    pub(super) day: String,
    pub(super) author: String,
    pub(super) milestones: Vec<Milestone>,
    pub(super) links: Vec<Link>,
    pub(super) sources: String,
    /// How many: the links, and GitLab's archives of the tag.
    pub(super) assets: usize,
    /// Markdown; HTML once it is shown.
    pub(super) notes: Notes,
}

/// A release's milestone.
#[derive(Debug)]
pub(super) struct Milestone {
    pub(super) title: String,
    pub(super) closed: bool,
}

/// A link.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) kind: &'static str,
}

/// Notes, rendered and made harmless only when they are written out: the database is not held for that.
#[derive(Debug)]
pub(super) struct Notes(String);

impl Notes {
    fn of(markdown: Option<String>) -> Self {
        Self(visible(&markdown.unwrap_or_default()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl std::fmt::Display for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&markdown::to_html(&self.0))
    }
}

impl Contents {
    /// What is there, if anything.
    pub(super) fn of(db: &Connection, place: &Place) -> Result<Option<Self>, Refusal> {
        Ok(match place {
            Place::Home { page } => Some(home(db, *page)?),
            Place::Project { path, page } => match overview::project(db, path)? {
                Some(row) => Some(Self::one(project(db, row, *page)?)),
                None => None,
            },
            Place::Release { path, tag } => release_page(db, path, tag)?,
        })
    }

    /// What is at a place where nothing is.
    pub(super) fn nothing() -> Self {
        Self { title: "Not found".into(), home: false, projects: Vec::new(), more: None }
    }

    fn one(project: Project) -> Self {
        let title = format!("Releases · {}", project.path);
        Self { title, home: false, projects: vec![project], more: None }
    }
}

fn home(db: &Connection, number: i64) -> Result<Contents, Refusal> {
    let page = Page { number, size: PROJECTS };
    let mut rows = overview::projects(db, page)?;
    let more = page.cut(&mut rows).then(|| format!("/?page={}", number.saturating_add(1)));
    let newest = |row: ProjectRow| {
        let href = href(&row.path);
        let newest = Page { number: 1, size: NEWEST };
        let (releases, older) = listed(db, row.id, &href, newest)?;
        let older = older.then(|| format!("{href}/-/releases"));
        Ok(Project { href, path: row.path, visibility: row.visibility, releases, newer: None, older })
    };
    let projects = rows.into_iter().map(newest).collect::<Result<_, Refusal>>()?;
    Ok(Contents { title: "relsync sandbox".into(), home: true, projects, more })
}

fn project(db: &Connection, row: ProjectRow, number: i64) -> Result<Project, Refusal> {
    let href = href(&row.path);
    let (releases, more) = listed(db, row.id, &href, Page { number, size: RELEASES })?;
    let url = |page: i64| format!("{href}/-/releases?page={page}");
    let newer = (number > 1).then(|| url(number - 1));
    let older = more.then(|| url(number.saturating_add(1)));
    Ok(Project { path: row.path, visibility: row.visibility, releases, newer, older, href })
}

fn release_page(db: &Connection, path: &str, tag: &str) -> Result<Option<Contents>, Refusal> {
    let Some(row) = overview::project(db, path)? else { return Ok(None) };
    let Some(release) = releases::get(db, row.id, tag)? else { return Ok(None) };
    let href = href(&row.path);
    let releases = vec![shown(db, &href, release)?];
    let project = Project { href, path: row.path, visibility: row.visibility, releases, newer: None, older: None };
    Ok(Some(Contents::one(project)))
}

/// A page of a project's releases, newest first, and whether there are more.
fn listed(db: &Connection, id: ProjectId, href: &str, page: Page) -> Result<(Vec<Release>, bool), Refusal> {
    let mut rows = releases::list(db, id, EVERY_TIME, ReleaseOrder::ReleasedAt, Sort::Desc, page)?;
    let more = page.cut(&mut rows);
    let releases = rows.into_iter().map(|row| shown(db, href, row)).collect::<Result<_, _>>()?;
    Ok((releases, more))
}

fn shown(db: &Connection, project: &str, row: releases::Release) -> Result<Release, Refusal> {
    let links: Vec<Link> = links::all(db, row.id)?
        .into_iter()
        .map(|link| Link {
            name: visible(&link.fields.name),
            href: link.fields.url,
            kind: link.fields.link_type.as_str(),
        })
        .collect();
    let milestones = milestones::of_release(db, row.id)?
        .into_iter()
        .map(|m| Milestone { title: visible(&m.fields.title), closed: m.fields.state == MilestoneState::Closed })
        .collect();
    let released_at = row.released_at.to_string();
    Ok(Release {
        href: format!("{project}/-/releases/{}", utf8_percent_encode(&row.tag, SEGMENT)),
        name: visible(row.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&row.tag)),
        short_sha: row.sha.as_ref().map(|sha| sha.chars().take(SHORT_SHA).collect()),
        upcoming: row.is_upcoming(Moment::now()),
        historical: row.is_historical(),
        day: released_at.split('T').next().unwrap_or_default().to_owned(),
        released_at,
        author: visible(&users::get(db, row.author_id)?.name),
        milestones,
        assets: links.len() + SOURCES.len(),
        sources: SOURCES.join(", "),
        links,
        notes: Notes::of(row.description),
        tag: visible(&row.tag),
    })
}

/// A text without what would show its letters in another order, or not at all.
fn visible(text: &str) -> String {
    let misleads = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let unseen = |c: char| c.is_control() && c != '\n' && c != '\t' && c != '\r';
    text.chars().map(|c| if misleads(c) || unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The address of a project's page.
fn href(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(|part| utf8_percent_encode(part, SEGMENT).to_string()).collect();
    format!("/{}", segments.join("/"))
}
