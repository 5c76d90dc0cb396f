//! Long histories to measure on: releases with five links and some notes each, as a manifest and as GitLab has them.

use relsync::model::{
    AssetPath, Current, Description, Link, LinkId, LinkType, LiveLink, Milestone, MilestoneId, MilestoneScope,
    MilestoneState, Moment, Project, ProjectRef, Release, TagName,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// Links of each release.
const LINKS: usize = 5;

/// A manifest of `count` releases.
pub(crate) fn manifest(count: usize) -> String {
    let mut text = "version = 1\n[project]\npath = \"group/app\"\n[[milestones]]\ntitle = \"all\"\n".to_owned();
    for n in 0..count {
        let _ = write!(
            text,
            "\n[[releases]]\ntag_name = \"v{n}\"\nname = \"Release {n}\"\nreleased_at = {DATE}\nmilestones = [\"all\"]\n\
             description = \"\"\"\n{}\"\"\"\n",
            notes(n)
        );
        for link in 0..LINKS {
            let _ = write!(
                text,
                "[[releases.links]]\nname = \"asset {link}\"\nurl = \"{}\"\ndirect_asset_path = \"{}\"\nlink_type = \"package\"\n",
                url(n, link),
                path(link)
            );
        }
    }
    text
}

/// What GitLab has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Live {
    /// What it has once that manifest was applied.
    AsWished,
    /// Another name, other notes and another url for one of the links of each release.
    Changed,
    /// Each link's url and path at the next one, so that they are in each other's way.
    Rotated,
}

/// What GitLab has of `count` releases.
pub(crate) fn current(count: usize, live: Live) -> Current {
    let at = Moment::new(DATE.parse().unwrap());
    let release = |n: usize| {
        let tag_name = TagName::from_git(format!("v{n}"));
        let is_changed = live == Live::Changed;
        let link = |link: usize| {
            let at = if live == Live::Rotated { (link + 1) % LINKS } else { link };
            Link {
                name: format!("asset {link}"),
                url: if is_changed && link == 0 { format!("https://old.example.com/{n}") } else { url(n, at) },
                direct_asset_path: Some(AssetPath::from_gitlab(path(at))),
                link_type: LinkType::Package,
            }
        };
        let release = Release {
            tag_name: tag_name.clone(),
            name: format!("{} {n}", if is_changed { "Old" } else { "Release" }),
            description: Description::new(&notes(n + usize::from(is_changed))),
            released_at: at,
            created_at: at,
            milestones: BTreeSet::from(["all".to_owned()]),
            links: (0..LINKS).map(|i| LiveLink { id: LinkId((n * LINKS + i) as u64), link: link(i) }).collect(),
            has_evidence: true,
        };
        (tag_name, Arc::new(release))
    };
    let milestone = Milestone {
        id: MilestoneId(1),
        scope: MilestoneScope::Project,
        title: "all".to_owned(),
        description: Description::default(),
        start_date: None,
        due_date: None,
        state: MilestoneState::Active,
    };
    Current {
        project: Project::unread(ProjectRef::Path("group/app".to_owned())),
        releases: (0..count).map(release).collect(),
        milestones: Some(vec![milestone]),
        by_job_token: false,
        packages: relsync::model::Packages::default(),
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
    }
}

const DATE: &str = "2024-01-30T10:00:00Z";

fn notes(n: usize) -> String {
    format!(
        "## What is new in {n}\n\n- It starts faster (#{n}).\n- It stops, always.\n\nThanks to everybody who helped.\n"
    )
}

fn url(n: usize, link: usize) -> String {
    format!("https://dl.example.com/releases/v{n}/asset-{link}.tar.gz")
}

fn path(link: usize) -> String {
    format!("/bin/asset-{link}")
}
