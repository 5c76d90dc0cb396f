//! Shares the projects of a run out to several jobs, so that each project is in exactly one.
//!
//! By rendezvous hashing: of a project and each shard's number a weight is made, and the heaviest shard has the project.
//! Nobody has to know the other projects for that, and with one shard more only those move that the new one gets. What a
//! weight is must never change: jobs that were made by different releases share one fleet.
#![expect(clippy::doc_markdown, reason = "doc comments are the help text here, which is no Markdown")]

use super::failure::Failure;
use super::server::variable;
use crate::model::{ProjectId, ProjectRef};
use clap::Args;
use sha2::{Digest, Sha256};
use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// GitLab makes no more than 200 jobs of one.
const MOST: u16 = 1000;

/// Which part of the projects a run is about.
#[derive(Debug, Args)]
pub(super) struct ShardArgs {
    /// Take only the projects of the Nth of TOTAL shards, such as 2/10; each project is in exactly one. By default a job with
    /// `parallel: 10` takes its own, by CI_NODE_INDEX and CI_NODE_TOTAL; 1/1 takes all. The manifests have to name all projects
    /// by path, or all by id.
    #[arg(long, value_name = "N/TOTAL")]
    pub(super) shard: Option<Shard>,
}

/// One of so many shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    /// Counted from 1.
    number: NonZeroU16,
    of: NonZeroU16,
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, of) = text.split_once('/').ok_or("write N/TOTAL, such as 2/10")?;
        let whole = |text: &str| text.parse::<NonZeroU16>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        match (whole(number), whole(of)) {
            (Some(number), Some(of)) if number <= of && of.get() <= MOST => Ok(Self { number, of }),
            (Some(_), Some(of)) if of.get() > MOST => Err("there are at most 1000 shards"),
            _ => Err("shards are counted from 1: 1/10, 2/10, and so on up to 10/10"),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The shard that a run is about, and who said so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) shard: Shard,
    pub(super) from: &'static str,
}

impl ShardArgs {
    /// The shard that was asked for, else the CI job's own; `None` is everything.
    pub(super) fn chosen(&self) -> Option<Chosen> {
        let chosen = match self.shard {
            Some(shard) => Some(Chosen { shard, from: "--shard" }),
            None => of_job().ok().flatten().map(|shard| Chosen { shard, from: "CI_NODE_INDEX and CI_NODE_TOTAL" }),
        };
        chosen.filter(|chosen| chosen.shard.of.get() > 1)
    }

    /// Whether a manifest that is for `project`, or for the CI job's own if it names none, may be for one in the shard. Only when
    /// GitLab's address is known, it is known by which of its two names the job's project is shared out.
    pub(super) fn may_have(&self, project: Option<&ProjectRef>) -> bool {
        let Some(Chosen { shard, .. }) = self.chosen() else { return true };
        if let Some(project) = project {
            return shard.has(project);
        }
        let id = variable("CI_PROJECT_ID").and_then(|text| text.trim().parse().ok());
        let id = id.map(|id| ProjectRef::Id(ProjectId(id)));
        let mut of_job = id.into_iter().chain(variable("CI_PROJECT_PATH").map(ProjectRef::Path)).peekable();
        of_job.peek().is_none() || of_job.any(|project| shard.has(&project))
    }

    /// Makes sure that a job whose shard can't be made out does not take all projects, as its siblings would, too.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.shard.is_some() { Ok(()) } else { of_job().map(drop).map_err(Failure::NoShard) }
    }
}

/// The shard of a CI job with `parallel:` and a number. With a matrix GitLab sets the same variables, but each of its jobs is for
/// something else already, as its name says: `plan: [fleet/apps]`, and not `plan 2/10`.
fn of_job() -> Result<Option<Shard>, &'static str> {
    let (Some(index), Some(total)) = (variable("CI_NODE_INDEX"), variable("CI_NODE_TOTAL")) else { return Ok(None) };
    let shard: Shard = format!("{index}/{total}").parse()?;
    let is_of_matrix =
        variable("CI_JOB_NAME").is_some_and(|name| name.ends_with(']') && !name.contains(&format!("{shard}]")));
    Ok((!is_of_matrix).then_some(shard))
}

impl Shard {
    /// Whether `project` is in it.
    pub(super) fn has(self, project: &ProjectRef) -> bool {
        // To GitLab, paths that differ only in case are the same.
        let name = match project {
            ProjectRef::Id(id) => id.to_string(),
            ProjectRef::Path(path) => path.to_ascii_lowercase(),
        };
        let weight = |number: u16| <[u8; 32]>::from(Sha256::digest(format!("{name}\n{number}")));
        let own = weight(self.number.get());
        (1..=self.of.get()).filter(|number| *number != self.number.get()).all(|other| weight(other) < own)
    }

    /// What it adds to a name that others of its set would have, too.
    pub(super) fn suffix(self) -> String {
        format!("{}-of-{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    /// The shard of `of` that a project is in; exactly one.
    fn place(project: &ProjectRef, of: u16) -> u16 {
        let has = |number: &u16| shard(&format!("{number}/{of}")).has(project);
        let places: Vec<u16> = (1..=of).filter(has).collect();
        assert_eq!(places.len(), 1, "{project} is in {places:?} of {of}");
        places[0]
    }

    fn path(path: &str) -> ProjectRef {
        ProjectRef::Path(path.to_owned())
    }

    /// These are a promise: another release, on another machine, must come to the same.
    #[test]
    fn places_never_change() {
        let places =
            |of| ["acme/app", "acme/web", "acme/tools/cli", "group/sub/lib"].map(|name| place(&path(name), of));
        assert_eq!(places(2), [1, 2, 1, 1]);
        assert_eq!(places(10), [8, 9, 1, 9]);
        assert_eq!(place(&ProjectRef::Id(ProjectId(24)), 10), 6);
    }

    #[test]
    fn shares_are_fair_and_few_projects_move() {
        let names: Vec<ProjectRef> = (0..1000).map(|n| path(&format!("acme/team-{}/app-{n}", n % 7))).collect();
        let ten: Vec<u16> = names.iter().map(|name| place(name, 10)).collect();
        for number in 1..=10 {
            let share = ten.iter().filter(|place| **place == number).count();
            assert!((60..=140).contains(&share), "{share} in {number}/10");
        }
        let moved = names.iter().zip(&ten).filter(|(name, before)| place(name, 11) != **before);
        let moved: Vec<u16> = moved.map(|(name, _)| place(name, 11)).collect();
        assert!(moved.iter().all(|place| *place == 11) && (50..=140).contains(&moved.len()), "{}", moved.len());
    }

    proptest! {
        #[test]
        fn each_project_is_in_exactly_one(name in "[a-zA-Z0-9/_.-]{1,40}", of in 1..30_u16) {
            let upper = name.to_ascii_uppercase();
            prop_assert_eq!(place(&path(&name), of), place(&path(&upper), of));
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(shard("2/10").to_string(), "2/10");
        for wrong in ["0/10", "11/10", "x", "1", "1/0", "/", "1/x", "-1/2", "+1/2", "1/1001", "1/70000", " 1/2", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
