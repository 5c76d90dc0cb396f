//! What somebody else has changed about a release since the plan was made, in both versions.

use super::counts::of;
use super::values::{link, quoted, titles};
use crate::model::Release;
use crate::plan::Conflict;

/// One line for each difference.
pub(super) fn lines(conflict: &Conflict) -> Vec<String> {
    match (conflict.planned.as_deref(), conflict.found.as_deref()) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec!["it was there, and is gone".to_owned()],
        (None, Some(found)) => vec![format!("there was none, and now there is one: {}", summary(found))],
        (Some(planned), Some(found)) => differences(planned, found),
    }
}

fn summary(release: &Release) -> String {
    format!("{}, of {}, with {}", quoted(&release.name), release.released_at, of(release.links.len(), "link"))
}

fn differences(planned: &Release, found: &Release) -> Vec<String> {
    let Release { tag_name: _, name, description, released_at, created_at, milestones, links, has_evidence: _ } = found;
    let mut lines = Vec::new();
    let mut differs = |field: &str, was: String, is: String| {
        if was != is {
            lines.push(format!("{field} was {was}, and is {is}"));
        }
    };
    differs("name", quoted(&planned.name), quoted(name));
    differs("description", quoted(planned.description.as_str()), quoted(description.as_str()));
    differs("released_at", planned.released_at.to_string(), released_at.to_string());
    differs("created_at", planned.created_at.to_string(), created_at.to_string());
    differs("milestones", titles(&planned.milestones), titles(milestones));
    for gone in planned.links.iter().filter(|old| !links.contains(old)) {
        lines.push(format!("link was {}", link(&gone.link)));
    }
    for new in links.iter().filter(|new| !planned.links.contains(new)) {
        lines.push(format!("link is {}", link(&new.link)));
    }
    lines
}
