//! Which milestones a release is to have: by title, or by number where a title can't be sent.

use crate::sandbox::Tier;
use crate::sandbox::http::{Given, Reader, Refusal};
use crate::sandbox::store::ids::{MilestoneId, ProjectId};
use crate::sandbox::store::milestones::{self, Reach};
use rusqlite::Connection;

/// The milestones asked for.
pub(super) enum Wanted {
    /// By title.
    Titles(Vec<String>),
    /// By number.
    Ids(Vec<i64>),
}

impl Wanted {
    /// The `milestones` and `milestone_ids` parameters; `None` if both are left out.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match (reader.texts("milestones"), reader.integers("milestone_ids")) {
            (Given::Value(_), Given::Value(_)) => {
                let names = "milestones, milestone_ids";
                reader.complain(format!("{names} Cannot specify milestones and milestone_ids at the same time"));
                None
            }
            (Given::Value(titles), _) => Some(Self::Titles(titles)),
            (_, Given::Value(ids)) => Some(Self::Ids(ids)),
            _ => None,
        }
    }
}

/// The milestones themselves: the project's, or its group's where that was paid for.
///
/// # Errors
/// 400 with all that are not found.
pub(super) fn find(
    db: &Connection,
    tier: Tier,
    project: ProjectId,
    wanted: &Wanted,
) -> Result<Vec<MilestoneId>, Refusal> {
    let reach = match tier {
        Tier::Free => Reach::Project,
        Tier::Premium => Reach::ProjectAndGroup,
    };
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let kind = match wanted {
        Wanted::Titles(titles) => {
            for title in titles {
                match milestones::by_title(db, project, reach, title)? {
                    Some(id) => found.push(id),
                    None => missing.push(title.clone()),
                }
            }
            "Milestone(s)"
        }
        Wanted::Ids(ids) => {
            for id in ids {
                match milestones::by_id(db, project, reach, MilestoneId(*id))? {
                    Some(id) => found.push(id),
                    None => missing.push(id.to_string()),
                }
            }
            "Milestone id(s)"
        }
    };
    if missing.is_empty() { Ok(found) } else { Err(Refusal::bad(format!("{kind} not found: {}", missing.join(", ")))) }
}
