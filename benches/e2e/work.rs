//! What there is to do: manifests, and what GitLab has when they are applied.

use crate::Result;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

/// Links of each release.
const LINKS: usize = 5;

/// One kind of work.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// A plan of a project where all is as wished.
    Unchanged { releases: usize },
    /// An apply to an empty project: releases with five links and two milestones each.
    Create { releases: usize },
    /// An apply that changes the name of each.
    Update { releases: usize },
    /// An apply that changes the url of one link of each.
    Rotate { releases: usize },
    /// A plan of many projects where all is as wished.
    Fleet { projects: usize, releases: usize },
}

/// What differs from the manifest in GitLab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Live {
    AsWished,
    Missing,
    OldName,
    OldUrl,
}

impl Work {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Unchanged { releases } => format!("plan, {releases} unchanged"),
            Self::Create { releases } => format!("apply, {releases} creates"),
            Self::Update { releases } => format!("apply, {releases} names changed"),
            Self::Rotate { releases } => format!("apply, a link of {releases} changed"),
            Self::Fleet { projects, releases } => format!("plan, {projects} projects of {releases} unchanged"),
        }
    }

    /// Whether it changes anything.
    pub(crate) fn writes(&self) -> bool {
        !matches!(self, Self::Unchanged { .. } | Self::Fleet { .. })
    }

    /// How relsync is asked for it.
    pub(crate) fn arguments(&self) -> &'static [&'static str] {
        if self.writes() { &["apply", "--yes", "-f", "fleet"] } else { &["plan", "-f", "fleet"] }
    }

    /// Projects, and releases in each.
    pub(crate) fn size(&self) -> (usize, usize) {
        match *self {
            Self::Unchanged { releases }
            | Self::Create { releases }
            | Self::Update { releases }
            | Self::Rotate { releases } => (1, releases),
            Self::Fleet { projects, releases } => (projects, releases),
        }
    }

    /// Writes `seed.toml`, and the manifests into `fleet/`.
    pub(crate) fn lay(&self, folder: &Path) -> Result<()> {
        let live = match self {
            Self::Unchanged { .. } | Self::Fleet { .. } => Live::AsWished,
            Self::Create { .. } => Live::Missing,
            Self::Update { .. } => Live::OldName,
            Self::Rotate { .. } => Live::OldUrl,
        };
        let (projects, releases) = self.size();
        let mut seed = "[[groups]]\npath = \"acme\"\n".to_owned();
        fs::create_dir(folder.join("fleet"))?;
        for project in 0..projects {
            seed_project(&mut seed, project, releases, live)?;
            fs::write(folder.join(format!("fleet/app-{project:04}.toml")), manifest(project, releases)?)?;
        }
        fs::write(folder.join("seed.toml"), seed)?;
        Ok(())
    }
}

/// A project's number in GitLab.
pub(crate) fn id(project: usize) -> usize {
    100 + project
}

fn manifest(project: usize, releases: usize) -> std::result::Result<String, fmt::Error> {
    let mut text = format!("version = 1\n\n[project]\npath = \"acme/app-{project}\"\n");
    for number in 0..releases {
        release(&mut text, "releases", number, Live::AsWished)?;
    }
    Ok(text)
}

fn seed_project(seed: &mut String, project: usize, releases: usize, live: Live) -> fmt::Result {
    write!(seed, "\n[[projects]]\nid = {}\npath = \"acme/app-{project}\"\n", id(project))?;
    for title in ["2024", "all"] {
        write!(seed, "[[projects.milestones]]\ntitle = \"{title}\"\n")?;
    }
    for number in 0..releases {
        write!(seed, "[[projects.tags]]\nname = \"v{number}\"\n")?;
        if live != Live::Missing {
            release(seed, "projects.releases", number, live)?;
        }
    }
    Ok(())
}

fn release(text: &mut String, table: &str, number: usize, live: Live) -> fmt::Result {
    let name = if live == Live::OldName { "Old" } else { "Release" };
    let (day, hour, minute) = (1 + number / 1440, number / 60 % 24, number % 60);
    write!(
        text,
        "\n[[{table}]]\ntag_name = \"v{number}\"\nname = \"{name} {number}\"\n\
         released_at = 2024-01-{day:02}T{hour:02}:{minute:02}:00Z\nmilestones = [\"2024\", \"all\"]\n\
         description = \"\"\"\n## What is new in {number}\n\n- It starts faster (#{number}).\n- It stops, always.\n\n\
         Thanks to everybody who helped.\n\"\"\"\n"
    )?;
    for link in 0..LINKS {
        let host = if live == Live::OldUrl && link == 0 { "old" } else { "dl" };
        write!(
            text,
            "[[{table}.links]]\nname = \"asset {link}\"\nurl = \"https://{host}.example.com/v{number}/asset-{link}.tar.gz\"\n\
             direct_asset_path = \"/bin/asset-{link}\"\nlink_type = \"package\"\n"
        )?;
    }
    Ok(())
}
