//! What the manifest wishes for. `None` is a key that is absent: not managed, what GitLab has stays.

use crate::model::{
    AssetPath, Description, FileSource, Link, LinkType, MilestoneState, Moment, Place, Policy, Sha256, TagName,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Everything a manifest says about one project. Tags and milestone titles are unique; the manifest made sure.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// The files it was read from, as the user would name them; [`Place::file`] counts them.
    pub files: Vec<String>,
    /// What relsync may do.
    pub policy: Policy,
    /// The declared project milestones.
    pub milestones: Vec<DesiredMilestone>,
    /// The declared releases, in the manifest's order.
    pub releases: Vec<DesiredRelease>,
    /// Files of the disk that several releases take, one for each entry that says so.
    pub shared_files: Vec<SharedFile>,
}

/// A file that is the same for several releases: most likely that of the last build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFile {
    /// Its path below the manifest's folder.
    pub path: String,
    /// The first two releases that take it.
    pub taken_by: [TagName; 2],
}

/// One `[[releases]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredRelease {
    /// The git tag it belongs to.
    pub tag_name: TagName,
    /// Its title.
    pub name: Option<String>,
    /// Its notes, wherever they were written down.
    pub description: Option<Description>,
    /// When it was, or will be, released.
    pub released_at: Option<Moment>,
    /// What to tag, only if the tag is missing.
    pub git_ref: Option<String>,
    /// The message of a tag to be made.
    pub tag_message: Option<String>,
    /// All of its milestones' titles.
    pub milestones: Option<BTreeSet<String>>,
    /// All of its links. Names, urls and paths are unique; the manifest made sure.
    pub links: Option<Vec<DesiredLink>>,
    /// All of its files, each of which comes to a link.
    pub files: Option<DesiredFiles>,
    /// The packages that its files go to, known even where nobody has looked for files: links to these, in the version of its tag,
    /// are the files'. `None` is the project's default.
    pub packages: BTreeSet<Option<String>>,
    /// Whether to collect evidence once, if there is none.
    pub evidence: Option<EvidenceWish>,
    /// Never delete it, whatever the policy says.
    pub protect: bool,
    /// Where its keys are written.
    pub places: ReleasePlaces,
}

impl DesiredRelease {
    /// An entry that says nothing but its tag.
    #[must_use]
    pub fn new(tag_name: TagName) -> Self {
        Self {
            tag_name,
            name: None,
            description: None,
            released_at: None,
            git_ref: None,
            tag_message: None,
            milestones: None,
            links: None,
            files: None,
            packages: BTreeSet::new(),
            evidence: None,
            protect: false,
            places: ReleasePlaces::default(),
        }
    }
}

/// Where the keys of a `[[releases]]` entry are written: in it, or in `[defaults]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReleasePlaces {
    /// The entry's tag.
    pub tag_name: Option<Place>,
    /// Its title.
    pub name: Option<Place>,
    /// Its notes, or the key that says where they are.
    pub description: Option<Place>,
    /// When it was, or will be, released.
    pub released_at: Option<Place>,
    /// Its milestones.
    pub milestones: Option<Place>,
    /// Its evidence.
    pub evidence: Option<Place>,
    /// Its links: the key, or the first header of one.
    pub links: Option<Place>,
}

/// What an entry says of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceWish {
    /// `false`: leave it to GitLab.
    Leave,
    /// `true`: collect it where GitLab's tier can.
    Collect,
    /// `"require"`: that it can't be collected is an error.
    Require,
}

/// One `[[releases.links]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLink {
    /// What people read.
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// Its path below the release's downloads.
    pub direct_asset_path: Option<PathWish>,
    /// What it leads to.
    pub link_type: Option<LinkType>,
    /// Where it is written.
    pub places: LinkPlaces,
}

/// Where the keys of a link are written: in its own entry, or in `[[defaults.links]]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkPlaces {
    /// The entry.
    pub link: Option<Place>,
    /// What people read.
    pub name: Option<Place>,
    /// Where it leads.
    pub url: Option<Place>,
    /// Its path below the release's downloads.
    pub direct_asset_path: Option<Place>,
    /// What it leads to.
    pub link_type: Option<Place>,
}

/// What a release's `[[releases.files]]` come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesiredFiles {
    /// Nobody has looked, or not all were there: there may be some, and GitLab's stay as they are.
    NotFound,
    /// These, and no others.
    Found(Vec<DesiredFile>),
}

/// A file to be uploaded, and the link it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredFile {
    /// What its bytes are.
    pub source: FileSource,
    /// How many there are.
    pub size: u64,
    /// Their digest, once they have been read.
    pub sha256: Option<Sha256>,
    /// The package it goes to; by default the project's name.
    pub package: Option<String>,
    /// The package's version.
    pub version: String,
    /// Its name in the package.
    pub file_name: String,
    /// What people read of the link.
    pub name: String,
    /// The link's path below the release's downloads.
    pub direct_asset_path: Option<PathWish>,
    /// What the link leads to.
    pub link_type: Option<LinkType>,
    /// Where the link's keys are written.
    pub places: LinkPlaces,
}

/// What a link's `direct_asset_path` should be, where the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathWish {
    /// `""`: none.
    None,
    /// This one.
    At(AssetPath),
}

impl DesiredLink {
    /// The path, if one is wished for.
    #[must_use]
    pub fn path(&self) -> Option<&AssetPath> {
        match &self.direct_asset_path {
            Some(PathWish::At(path)) => Some(path),
            Some(PathWish::None) | None => None,
        }
    }

    /// The link to make where there is none yet.
    #[must_use]
    pub fn to_new(&self) -> Link {
        Link {
            name: self.name.clone(),
            url: self.url.clone(),
            direct_asset_path: self.path().cloned(),
            link_type: self.link_type.unwrap_or_default(),
        }
    }
}

/// One `[[milestones]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredMilestone {
    /// The name by which releases know it.
    pub title: String,
    /// Markdown.
    pub description: Option<Description>,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day, after the first.
    pub due_date: Option<Date>,
    /// Open, or closed once its releases are in place.
    pub state: Option<MilestoneState>,
    /// Where its keys are written.
    pub places: MilestonePlaces,
}

/// Where the keys of a `[[milestones]]` entry are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MilestonePlaces {
    /// Its title.
    pub title: Option<Place>,
    /// What it is about.
    pub description: Option<Place>,
    /// Its first day.
    pub start_date: Option<Place>,
    /// Its last day.
    pub due_date: Option<Place>,
    /// Open or closed.
    pub state: Option<Place>,
}
