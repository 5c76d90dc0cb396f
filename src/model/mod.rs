//! The words both sides speak: what a manifest wishes for ([`Desired`]) and what GitLab has ([`Current`]).
//!
//! Plain values: no I/O, no clock, nothing of ours imported. Whatever is "no difference" (line ends, time zones, the
//! order of links and milestones) is normalised here, when a value is made, so that `==` means "nothing to do"
//! everywhere else.

mod current;
mod desired;
mod digest;
mod file;
mod harmless;
mod link;
mod linked_files;
mod milestone;
mod place;
mod policy;
mod project;
mod release;
mod tag;
mod text;
mod time;

pub use current::Current;
pub use desired::{
    Desired, DesiredFile, DesiredFiles, DesiredLink, DesiredMilestone, DesiredRelease, EvidenceWish, LinkPlaces,
    MilestonePlaces, PathWish, ReleasePlaces, SharedFile,
};
pub use digest::{Sha256, Sha256Error};
pub use file::{
    FileSource, LeadsTo, PackageFileId, PackageId, PackagePlace, PackageVersion, Packages, StoredFile, is_package_name,
    is_package_version, package_version,
};
pub use harmless::{harmless, is_hostile};
pub use link::{AssetPath, AssetPathError, Link, LinkId, LinkType, LiveLink, check_link_url};
pub use linked_files::LinkedFiles;
pub use milestone::{Milestone, MilestoneId, MilestonePatch, MilestoneScope, MilestoneState, NewMilestone};
pub use place::Place;
pub use policy::{MaxDeletes, MaxDeletesError, MissingMilestones, Policy, TagPatterns, Unmanaged};
pub use project::{Group, GroupId, GroupRef, Project, ProjectId, ProjectRef};
pub use release::{
    Direction, Evidence, ListedRelease, ListedReleases, NewRelease, Release, ReleaseOrder, ReleasePatch, ShownRelease,
    SourceArchive,
};
pub use tag::{NewTag, Tag, TagName, TagNameError};
pub use text::Description;
pub use time::Moment;
