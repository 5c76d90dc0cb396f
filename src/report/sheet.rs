//! One release, for people: what it is, its notes, and what it has.

use super::date::minute;
use super::due::due;
use super::style::{Palette, paint};
use super::table::{Column, Room, whole};
use super::terminal;
use super::values::{line, timing as in_brackets, visible};
use crate::model::{AssetPath, Evidence, Moment, ShownRelease};
use crate::plan::Timing;

/// Lines of notes are no longer than this, however wide the terminal is: nobody reads them.
const WIDEST: usize = 100;

/// A release that somebody asked for.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// It.
    pub shown: &'a ShownRelease,
    /// By which it is told whether it is upcoming.
    pub now: Moment,
}

/// The release as text. On a terminal of so many columns its notes are rendered; elsewhere they are as they were written, but
/// for what could steer a terminal.
#[must_use]
pub fn sheet(sheet: &Sheet<'_>, width: Option<usize>, palette: &Palette) -> String {
    let ShownRelease { release, evidences, sources, web_url } = sheet.shown;
    let tag = visible(release.tag_name.as_str());
    let name = visible(&release.name);
    let title = if name == tag { tag } else { format!("{tag}  {name}") };
    let mut parts = vec![paint(palette.heading, title) + "\n" + &head(sheet, web_url.as_deref())];
    if !release.description.is_empty() {
        let text = release.description.as_str();
        parts.push(match width {
            Some(width) => terminal::notes(text, width.min(WIDEST), palette),
            None => text.lines().map(|text| line(text) + "\n").collect(),
        });
    }
    if !release.links.is_empty() {
        let links = || release.links.iter().map(|live| &live.link);
        let columns = vec![
            column("asset", links().map(|link| visible(&link.name)).collect()),
            column("link_type", links().map(|link| link.link_type.to_string()).collect()),
            column("direct_asset_path", links().map(|link| path(link.direct_asset_path.as_ref())).collect()),
            column("url", links().map(|link| visible(&link.url)).collect()),
        ];
        parts.push(whole(columns, width, palette));
    }
    if !sources.is_empty() {
        let formats: Vec<_> = sources.iter().map(|source| visible(&source.format)).collect();
        parts.push(format!("{} {}\n", paint(palette.heading, "sources"), formats.join(", ")));
    }
    if !evidences.is_empty() {
        parts.push(whole(evidence_columns("evidence", minute, evidences), width, palette));
    }
    parts.join("\n")
}

/// A release's evidences as a table, in so many columns if it is for a terminal.
#[must_use]
pub fn evidence(evidences: &[Evidence], width: Option<usize>, palette: &Palette) -> String {
    whole(evidence_columns("collected_at", |at| at.to_string(), evidences), width, palette)
}

fn evidence_columns(called: &'static str, when: fn(Moment) -> String, evidences: &[Evidence]) -> Vec<Column> {
    let cells = |cell: &dyn Fn(&Evidence) -> String| evidences.iter().map(cell).collect();
    vec![
        column(called, cells(&|evidence| when(evidence.collected_at))),
        column("sha", cells(&|evidence| visible(&evidence.sha))),
        column("filepath", cells(&|evidence| visible(&evidence.filepath))),
    ]
}

fn column(name: &'static str, cells: Vec<String>) -> Column {
    Column { name, room: Room::Whole, cells }
}

fn path(path: Option<&AssetPath>) -> String {
    path.map(|path| visible(path.as_str())).unwrap_or_default()
}

fn head(Sheet { shown, now }: &Sheet<'_>, web_url: Option<&str>) -> String {
    let release = &shown.release;
    let timing = Timing::of(release.released_at, release.created_at, *now);
    let when = match timing {
        Timing::Upcoming => format!(" (upcoming, {})", due(release.released_at, *now)),
        Timing::Current | Timing::Historical => in_brackets(timing).to_owned(),
    };
    let milestones: Vec<_> = release.milestones.iter().map(|title| visible(title)).collect();
    let rows = [
        ("released_at", format!("{}{when}", minute(release.released_at))),
        ("created_at", minute(release.created_at)),
        ("milestones", milestones.join(", ")),
        ("url", web_url.map(visible).unwrap_or_default()),
    ];
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    rows.flat_map(|(key, value)| [format!("{key:<11}  "), value.clone(), "\n".to_owned()]).collect()
}
