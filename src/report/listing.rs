//! Lists of releases as tables.

use super::date::{day, minute};
use super::due::due;
use super::style::Palette;
use super::table::{Column, Room, full, table};
use super::values::visible;
use crate::model::{GroupRef, ListedRelease, ListedReleases, Moment, ProjectRef, ReleaseOrder, harmless};
use crate::plan::Timing;

/// Milestones of one release that a table names.
const MOST_TITLES: usize = 5;

/// A list of releases that somebody asked for.
#[derive(Debug)]
pub struct Listing<'a> {
    /// Whose.
    pub of: Whose<'a>,
    /// What they are, in order.
    pub list: &'a ListedReleases,
    /// Whether only those that are yet to come were asked for.
    pub only_upcoming: bool,
    /// What they are ordered by.
    pub order: ReleaseOrder,
    /// By which it is told what is upcoming.
    pub now: Moment,
}

/// Whose releases a list has.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// A project's.
    Project(&'a ProjectRef),
    /// Those of all projects in a group and below it.
    Group(&'a GroupRef),
}

/// The list as a table, in so many columns if it is for a terminal.
#[must_use]
pub fn listing(listing: &Listing<'_>, width: Option<usize>, palette: &Palette) -> String {
    let Listing { of, list, only_upcoming, order, now } = listing;
    let column = |name, room, cell: &dyn Fn(&ListedRelease) -> String| Column {
        name,
        room,
        cells: list.releases.iter().map(cell).collect(),
    };
    // On a terminal room is dear; whoever needs the minute can pipe, or ask for the one release.
    let date = |at| if width.is_some() { day(at) } else { minute(at) };
    let mut columns = Vec::new();
    if let Whose::Group(_) = of {
        columns.push(column("project", Room::LeastAtLast(10), &|row| visible(row.project.as_deref().unwrap_or("?"))));
    }
    columns.push(column("tag_name", Room::LeastAtLast(10), &|row| visible(row.release.tag_name.as_str())));
    columns.push(column("name", Room::Least(8), &|row| visible(&row.release.name)));
    columns.push(column("released_at", Room::Whole, &|row| date(row.release.released_at)));
    if *order == ReleaseOrder::CreatedAt {
        columns.push(column("created_at", Room::Whole, &|row| date(row.release.created_at)));
    }
    columns.push(if *only_upcoming {
        column("due", Room::Whole, &|row| due(row.release.released_at, *now))
    } else {
        column("timing", Room::Least(10), &|row| timing(row, *now))
    });
    columns.push(column("milestones", Room::Least(10), &milestones));
    columns.push(column("links", Room::Whole, &links));
    match width {
        _ if list.releases.is_empty() => String::new(),
        Some(_) => table(columns, width, palette),
        None => full(columns, palette),
    }
}

/// What is to be said beside the table.
#[must_use]
pub fn listing_remark(listing: &Listing<'_>) -> Option<String> {
    let Listing { of, list: ListedReleases { releases, more, hidden }, only_upcoming, .. } = listing;
    let whose = match of {
        Whose::Project(project) => harmless(&project.to_string()).into_owned(),
        Whose::Group(group) => format!("the projects in {}", harmless(&group.0)),
    };
    let upcoming = if *only_upcoming { "upcoming " } else { "" };
    let mut remarks = Vec::new();
    match releases.len() {
        0 if *hidden == 0 => remarks.push(format!("No {upcoming}releases in {whose}.")),
        _ if *more => remarks
            .push(format!("Note: there are more {upcoming}releases in {whose}: --limit N, or --all, shows them.")),
        _ => {}
    }
    if *hidden > 0 {
        let releases = if *hidden == 1 { "release is" } else { "releases are" };
        remarks.push(format!(
            "Note: {hidden} {releases} left out: a Guest may not see their tags; that takes a Reporter."
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join("\n"))
}

fn timing(row: &ListedRelease, now: Moment) -> String {
    let release = &row.release;
    match Timing::of(release.released_at, release.created_at, now) {
        Timing::Upcoming => format!("upcoming, {}", due(release.released_at, now)),
        Timing::Current => String::new(),
        Timing::Historical => "historical".to_owned(),
    }
}

fn milestones(row: &ListedRelease) -> String {
    let titles = &row.release.milestones;
    let mut names: Vec<_> = titles.iter().take(MOST_TITLES).map(|title| visible(title)).collect();
    if let Some(more) = titles.len().checked_sub(MOST_TITLES).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

fn links(row: &ListedRelease) -> String {
    match row.release.links.len() {
        0 => String::new(),
        count => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Description, Release, TagName};

    fn moment(text: &str) -> Moment {
        Moment::new(text.parse().unwrap())
    }

    fn row(project: &str, tag: &str, name: &str, released_at: &str) -> ListedRelease {
        let release = Release {
            tag_name: TagName::from_git(tag),
            name: name.to_owned(),
            description: Description::default(),
            released_at: moment(released_at),
            created_at: moment("2026-01-01T00:00:00Z"),
            milestones: ["v1", "2026-Q1\u{202e}"].map(str::to_owned).into(),
            links: Vec::new(),
            has_evidence: false,
        };
        ListedRelease { release, web_url: None, project: Some(project.to_owned()) }
    }

    fn rows() -> ListedReleases {
        let releases = vec![
            row("acme/app", "v2.0", "A name with \u{1b}[31mcolours and more words than fit", "2026-02-02T11:00:00Z"),
            row("acme/team/library", "v1.0", "v1.0", "2026-01-02T00:00:00Z"),
            row("acme/app", "v0.1", "Old\tone", "2020-01-02T00:00:00Z"),
        ];
        ListedReleases { releases, more: true, hidden: 2 }
    }

    #[test]
    fn a_groups_list_fits_and_is_harmless() {
        let (list, group) = (rows(), GroupRef("acme".to_owned()));
        let now = moment("2026-01-30T10:00:00Z");
        let asked = Listing {
            of: Whose::Group(&group),
            list: &list,
            only_upcoming: false,
            order: ReleaseOrder::ReleasedAt,
            now,
        };
        let show = |width| listing(&asked, width, &Palette::plain());
        let remark = listing_remark(&asked).unwrap();
        insta::assert_snapshot!(format!("{}\n{}\n{}\n{remark}", show(None), show(Some(100)), show(Some(60))));
    }

    #[test]
    fn upcoming_ones_are_told_by_when_they_are_due() {
        let (mut list, project) = (rows(), ProjectRef::Path("acme/app".to_owned()));
        list.releases.truncate(1);
        let now = moment("2026-01-30T10:00:00Z");
        let of = Whose::Project(&project);
        let asked = Listing { of, list: &list, only_upcoming: true, order: ReleaseOrder::CreatedAt, now };
        insta::assert_snapshot!(listing(&asked, None, &Palette::plain()));
        // The same list a week later.
        let asked = Listing { only_upcoming: false, now: moment("2026-02-06T10:00:00Z"), ..asked };
        assert!(!listing(&asked, None, &Palette::plain()).contains("upcoming"));
    }
}
