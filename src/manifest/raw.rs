//! The manifest as it is written: its tables and their keys.
//!
//! The doc comments here are what editors show on hovering, by way of the JSON Schema; so they speak to whoever writes
//! a manifest. Each table is described once as a type and once as the keys that are asked for; a test holds the two
//! together, and building the struct whole makes the compiler do the rest.

use crate::manifest::raw_file::{RawDefaultFile, RawFile};
use crate::manifest::reader::{ReadTable, TableReader};
use crate::manifest::source::{Located, Span};
use crate::manifest::values::{
    Day, FilePattern, FormatVersion, GitRef, LinkUrl, Markdown, Name, NotesFile, ProjectPath, ServerUrl, TagMessage,
    TagPattern, Template, Title,
};
use crate::model::{
    EvidenceWish, LinkType, MaxDeletes, MilestoneState, MissingMilestones, Moment, PathWish, ProjectId, TagName,
    Unmanaged,
};
use schemars::JsonSchema;

/// What a GitLab project's releases should be, or those of many projects. A key that is absent is not managed: what GitLab
/// has stays.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields, title = "relsync manifest", extend("dependencies" = { "projects": {
    "not": { "anyOf": [{ "required": ["include"] }, { "required": ["milestones"] }, { "required": ["releases"] }] },
    "properties": { "project": { "not": { "anyOf": [{ "required": ["path"] }, { "required": ["id"] }] } } }
} }))]
pub(super) struct RawManifest {
    /// The version of this format: always `1`.
    #[schemars(required)]
    pub(super) version: Option<Located<FormatVersion>>,
    /// More files with `[[releases]]`, `[[milestones]]` and `include`s of their own, such as `["releases/*.toml"]`:
    /// paths and globs (`**` is any folders) relative to this file's folder, and below the manifest's.
    #[schemars(default)]
    pub(super) include: Vec<Located<FilePattern>>,
    /// Which project, and on which GitLab. In GitLab CI both are known without it. Of a fleet, only its `url`.
    pub(super) project: Option<RawProject>,
    /// Many projects in place of one, each with releases of its own: a fleet. They share `[policy]` and `[defaults]`.
    #[schemars(length(min = 1))]
    pub(super) projects: Option<Vec<RawFleetProject>>,
    /// What relsync may do.
    pub(super) policy: Option<RawPolicy>,
    /// What releases take unless they say otherwise. `{tag_name}` and `{version}` (the tag without a leading `v` or
    /// `prefix/`) stand for the release's own; `{{` is a brace.
    pub(super) defaults: Option<RawDefaults>,
    /// Milestones of the project, for releases to name.
    pub(super) milestones: Option<Vec<RawMilestone>>,
    /// The releases, one for each tag.
    pub(super) releases: Option<Vec<RawRelease>>,
}

impl ReadTable for RawManifest {
    const HEADER: &'static str = "";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            version: reader.required("version", "1"),
            include: reader.right("include"),
            project: reader.table::<_, Self>("project"),
            projects: reader.tables::<_, Self>("projects"),
            policy: reader.table::<_, Self>("policy"),
            defaults: reader.table::<_, Self>("defaults"),
            milestones: reader.tables::<_, Self>("milestones"),
            releases: reader.tables::<_, Self>("releases"),
        }
    }
}

/// A file that a manifest includes: a manifest without what is said once for all.
#[derive(Debug)]
pub(super) struct RawIncluded(pub(super) RawManifest);

impl ReadTable for RawIncluded {
    const HEADER: &'static str = "";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        for key in ["project", "projects", "policy", "defaults"] {
            reader.refuse(key, "this is said once for all: write it in the manifest itself");
        }
        Self(RawManifest {
            version: reader.optional("version"),
            include: reader.right("include"),
            project: None,
            projects: None,
            policy: None,
            defaults: None,
            milestones: reader.tables::<_, Self>("milestones"),
            releases: reader.tables::<_, Self>("releases"),
        })
    }
}

impl From<RawIncluded> for RawManifest {
    fn from(RawIncluded(manifest): RawIncluded) -> Self {
        manifest
    }
}

/// What can stand in a long manifest after its first piece: tables, whose headers say by themselves where they belong.
#[derive(Debug)]
pub(super) struct RawPiece(RawManifest);

impl ReadTable for RawPiece {
    const HEADER: &'static str = "";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self(RawManifest {
            version: None,
            include: Vec::new(),
            project: reader.table::<_, Self>("project"),
            projects: reader.tables::<_, Self>("projects"),
            policy: reader.table::<_, Self>("policy"),
            defaults: reader.table::<_, Self>("defaults"),
            milestones: reader.tables::<_, Self>("milestones"),
            releases: reader.tables::<_, Self>("releases"),
        })
    }
}

impl From<RawPiece> for RawManifest {
    fn from(RawPiece(manifest): RawPiece) -> Self {
        manifest
    }
}

/// A kind of file.
pub(super) trait ReadFrom: ReadTable + Into<RawManifest> {
    /// What its later pieces are.
    type Piece: ReadTable + Into<RawManifest>;
}

impl ReadFrom for RawManifest {
    type Piece = RawPiece;
}

impl ReadFrom for RawIncluded {
    type Piece = Self;
}

/// Which project, and on which GitLab. In GitLab CI both are known without it.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields, extend("not" = { "required": ["path", "id"] }))]
pub(super) struct RawProject {
    /// The project's full path, as in its address: `group/app`. Either this or `id`; in CI, by default the
    /// pipeline's own project.
    pub(super) path: Option<Located<ProjectPath>>,
    /// The project's number, which stays when the project moves. Either this or `path`.
    pub(super) id: Option<Located<ProjectId>>,
    /// GitLab's own address, `https://gitlab.example.com`, with a path prefix if it lives under one. By default the
    /// pipeline's own GitLab in CI, else `https://gitlab.com`.
    pub(super) url: Option<Located<ServerUrl>>,
}

impl ReadTable for RawProject {
    const HEADER: &'static str = "[project]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self { path: reader.optional("path"), id: reader.optional("id"), url: reader.optional("url") }
    }
}

/// A project of a fleet. What it says of `policy` and `defaults` goes before what the fleet shares, key by key.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, extend("oneOf" = [{ "required": ["path"] }, { "required": ["id"] }]))]
pub(super) struct RawFleetProject {
    #[schemars(skip)]
    pub(super) header: Span,
    /// Whether it says which project it is, right or not.
    #[schemars(skip)]
    pub(super) is_named: bool,
    /// The project's full path, as in its address: `group/app`. Either this or `id`.
    pub(super) path: Option<Located<ProjectPath>>,
    /// The project's number, which stays when the project moves. Either this or `path`.
    pub(super) id: Option<Located<ProjectId>>,
    /// GitLab's own address, if it is not the one that the fleet shares.
    pub(super) url: Option<Located<ServerUrl>>,
    /// Files with more `[[releases]]` and `[[milestones]]` of this project: paths and globs.
    #[schemars(default)]
    pub(super) include: Vec<Located<FilePattern>>,
    /// What relsync may do in this project.
    pub(super) policy: Option<RawPolicy>,
    /// What releases of this project take unless they say otherwise.
    pub(super) defaults: Option<RawDefaults>,
    /// Milestones of this project, for its releases to name.
    pub(super) milestones: Option<Vec<RawMilestone>>,
    /// The releases of this project, one for each tag.
    pub(super) releases: Option<Vec<RawRelease>>,
}

impl ReadTable for RawFleetProject {
    const HEADER: &'static str = "[[projects]]";
    const WITHIN: &'static str = "projects.";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            header: reader.header(),
            is_named: reader.has_any(&["path", "id"]),
            path: reader.optional("path"),
            id: reader.optional("id"),
            url: reader.optional("url"),
            include: reader.right("include"),
            policy: reader.table::<_, Self>("policy"),
            defaults: reader.table::<_, Self>("defaults"),
            milestones: reader.tables::<_, Self>("milestones"),
            releases: reader.tables::<_, Self>("releases"),
        }
    }
}

/// What relsync may do.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawPolicy {
    /// What to do about releases in GitLab that no entry names: `"ignore"` them, `"report"` them in the plan
    /// (default), or `"delete"` them. The git tag always stays.
    pub(super) unmanaged: Option<Located<Unmanaged>>,
    /// Globs over tags, such as `["v*"]`: only releases whose tag matches one are this manifest's business. By
    /// default, all are.
    pub(super) tags: Option<Located<Vec<Located<TagPattern>>>>,
    /// A plan with more deletes than this is refused: a number (default `3`), or a percentage of the project's
    /// releases such as `"10%"`.
    pub(super) max_deletes: Option<Located<MaxDeletes>>,
    /// Globs over tags, such as `["v1.*"]`: releases whose tag matches one are never deleted, whether or not an entry
    /// names them.
    pub(super) protect: Option<Located<Vec<Located<TagPattern>>>>,
    /// What to do about a milestone title that exists nowhere: `"require"` makes it an error (default), `"create"`
    /// makes a project milestone.
    pub(super) milestones: Option<Located<MissingMilestones>>,
}

impl ReadTable for RawPolicy {
    const HEADER: &'static str = "[policy]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            unmanaged: reader.optional("unmanaged"),
            tags: reader.list("tags"),
            max_deletes: reader.optional("max_deletes"),
            protect: reader.list("protect"),
            milestones: reader.optional("milestones"),
        }
    }
}

/// What releases take unless they say otherwise. `{tag_name}` and `{version}` (the tag without a leading `v` or
/// `prefix/`) stand for the release's own; `{{` is a brace.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields, extend("not" = { "required": ["description_file", "changelog"] }))]
pub(super) struct RawDefaults {
    /// The title: `"Awesome app {version}"`.
    pub(super) name: Option<Located<Template<Name>>>,
    /// A file with the release notes: `"notes/{tag_name}.md"`. Either this or `changelog`; a release that has notes
    /// of its own takes neither.
    pub(super) description_file: Option<Located<Template<NotesFile>>>,
    /// A changelog, of which each release takes its version's section: `"CHANGELOG.md"`. Either this or
    /// `description_file`; a release that has notes of its own takes neither.
    pub(super) changelog: Option<Located<Template<NotesFile>>>,
    /// A branch, tag or commit to tag, only if the tag does not exist yet.
    #[schemars(rename = "ref")]
    pub(super) git_ref: Option<Located<Template<GitRef>>>,
    /// The message of the tag, only if it does not exist yet: `"Version {version}"`.
    pub(super) tag_message: Option<Located<Template<TagMessage>>>,
    /// The titles of all milestones: `["{version}"]`.
    pub(super) milestones: Option<Located<Vec<Located<Template<Title>>>>>,
    /// Whether to collect evidence once, if the release has none: `true` where GitLab's tier can (Premium), or
    /// `"require"`, which makes it an error that it can't; `false` leaves it to GitLab.
    pub(super) evidence: Option<Located<EvidenceWish>>,
    /// `true`: never delete a release that is named here, whatever the policy says.
    pub(super) protect: Option<Located<bool>>,
    /// Links of every release but those with `links = []`. A release's own link of the same name replaces what it
    /// says itself, key by key.
    pub(super) links: Option<Vec<RawDefaultLink>>,
    /// Whether a `SHA256SUMS` file goes along with the files of each release.
    pub(super) checksums: Option<Located<bool>>,
    /// Files of every release that says nothing of its own: `files = []` there is none.
    pub(super) files: Option<Vec<RawDefaultFile>>,
}

impl ReadTable for RawDefaults {
    const HEADER: &'static str = "[defaults]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            name: reader.optional("name"),
            description_file: reader.optional("description_file"),
            changelog: reader.optional("changelog"),
            git_ref: reader.optional("ref"),
            tag_message: reader.optional("tag_message"),
            milestones: reader.list("milestones"),
            evidence: reader.optional("evidence"),
            protect: reader.optional("protect"),
            checksums: reader.optional("checksums"),
            links: reader.tables::<_, Self>("links"),
            files: reader.tables::<_, Self>("files"),
        }
    }
}

/// A link of every release, but those with `links = []`.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawDefaultLink {
    #[schemars(skip)]
    pub(super) header: Span,
    /// Whether there is a url, right or not.
    #[schemars(skip)]
    pub(super) says_url: bool,
    /// What people read, by which a release's own link is known to be the same.
    #[schemars(required)]
    pub(super) name: Option<Located<Template<Name>>>,
    /// Where it leads: `"https://dl.example.com/{tag_name}/app"`. What is put in is percent-encoded where it has to be.
    pub(super) url: Option<Located<Template<LinkUrl>>>,
    /// A path that stays the same from release to release, such as `/bin/app-linux-amd64`; `""` is none.
    pub(super) direct_asset_path: Option<Located<Template<PathWish>>>,
    /// What it leads to: `"other"`, `"runbook"`, `"image"` or `"package"`.
    pub(super) link_type: Option<Located<LinkType>>,
}

impl ReadTable for RawDefaultLink {
    const HEADER: &'static str = "[[defaults.links]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            header: reader.header(),
            says_url: reader.has_any(&["url"]),
            name: reader.required("name", "\"linux-amd64\""),
            url: reader.optional("url"),
            direct_asset_path: reader.optional("direct_asset_path"),
            link_type: reader.optional("link_type"),
        }
    }
}

/// A milestone of the project, for releases to name.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawMilestone {
    /// The name by which releases know it, unique in the project; at most 255 characters.
    #[schemars(required)]
    pub(super) title: Option<Located<Title>>,
    /// What it is about, in Markdown.
    pub(super) description: Option<Located<Markdown>>,
    /// The first day, without quotes: `2026-01-01`.
    pub(super) start_date: Option<Located<Day>>,
    /// The last day, after the first; without quotes: `2026-02-01`.
    pub(super) due_date: Option<Located<Day>>,
    /// `"active"` or `"closed"`. A milestone is closed after the releases that name it are in place.
    pub(super) state: Option<Located<MilestoneState>>,
}

impl ReadTable for RawMilestone {
    const HEADER: &'static str = "[[milestones]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            title: reader.required("title", "\"v1.0\""),
            description: reader.optional("description"),
            start_date: reader.optional("start_date"),
            due_date: reader.optional("due_date"),
            state: reader.optional("state"),
        }
    }
}

/// A release. A key that is absent is not managed: what GitLab has stays.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, extend("not" = { "anyOf": [
    { "required": ["description", "description_file"] },
    { "required": ["description", "changelog"] },
    { "required": ["description_file", "changelog"] }
] }))]
pub(super) struct RawRelease {
    /// Whether it says anything of its notes, right or not.
    #[schemars(skip)]
    pub(super) says_notes: bool,
    /// Where it says something of its links, or the first of those it takes from `[defaults]` is.
    #[schemars(skip)]
    pub(super) links_at: Option<Span>,
    /// Where it says something of its files, or the first of those it takes from `[defaults]` is.
    #[schemars(skip)]
    pub(super) files_at: Option<Span>,
    /// The git tag the release belongs to; each tag has one entry at most.
    #[schemars(required)]
    pub(super) tag_name: Option<Located<TagName>>,
    /// The release's title. GitLab takes the tag's name for a new release without one.
    pub(super) name: Option<Located<Name>>,
    /// The release notes, in Markdown, at most 1 MiB. Either this, `description_file` or `changelog`.
    pub(super) description: Option<Located<Markdown>>,
    /// A file with the release notes, at most 1 MiB of UTF-8; relative to this file's folder, and below the
    /// manifest's. Either this, `description` or `changelog`.
    pub(super) description_file: Option<Located<NotesFile>>,
    /// A changelog whose section of this version is the release notes; relative to this file's folder, and below the
    /// manifest's. Either this, `description` or `description_file`.
    pub(super) changelog: Option<Located<NotesFile>>,
    /// When it was, or will be, released: without quotes, and with an offset or `Z`, such as `2026-01-30T10:00:00Z`.
    /// In the future, the release is an upcoming one; in the past, a historical one, for which GitLab collects no
    /// evidence.
    pub(super) released_at: Option<Located<Moment>>,
    /// A branch, tag or commit to tag, only if the tag does not exist yet. Making the tag starts a pipeline where
    /// the project's CI has one for tags.
    #[schemars(rename = "ref")]
    pub(super) git_ref: Option<Located<GitRef>>,
    /// The message of the tag, only if it does not exist yet. With a message the tag is annotated, without one it is
    /// lightweight.
    pub(super) tag_message: Option<Located<TagMessage>>,
    /// The titles of all its milestones, the project's or its group's; `[]` removes all.
    pub(super) milestones: Option<Located<Vec<Located<Title>>>>,
    /// Whether to collect evidence once, if the release has none: `true` where GitLab's tier can (Premium), or
    /// `"require"`, which makes it an error that it can't; `false` leaves it to GitLab.
    pub(super) evidence: Option<Located<EvidenceWish>>,
    /// `true`: never delete this release, whatever the policy says.
    pub(super) protect: Option<Located<bool>>,
    /// All of its asset links, with those of `[defaults]`; `links = []` removes all, and takes none of those. Names,
    /// urls and paths are each unique within the release.
    pub(super) links: Option<Vec<RawLink>>,
    /// Whether a `SHA256SUMS` file goes along with the files: the digest and name of each, for `sha256sum -c`.
    pub(super) checksums: Option<Located<bool>>,
    /// Files for the project's generic package registry, each of which becomes a link, too; `files = []` removes all such
    /// links, and takes none of `[defaults]`. Without `links`, other links stay as they are.
    pub(super) files: Option<Vec<RawFile>>,
}

impl ReadTable for RawRelease {
    const HEADER: &'static str = "[[releases]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            says_notes: reader.has_any(&["description", "description_file", "changelog"]),
            links_at: reader.key("links"),
            files_at: reader.key("files"),
            tag_name: reader.required("tag_name", "\"v1.0.0\""),
            name: reader.optional("name"),
            description: reader.optional("description"),
            description_file: reader.optional("description_file"),
            changelog: reader.optional("changelog"),
            released_at: reader.optional("released_at"),
            git_ref: reader.optional("ref"),
            tag_message: reader.optional("tag_message"),
            milestones: reader.list("milestones"),
            evidence: reader.optional("evidence"),
            protect: reader.optional("protect"),
            checksums: reader.optional("checksums"),
            links: reader.tables::<_, Self>("links"),
            files: reader.tables::<_, Self>("files"),
        }
    }
}

/// An asset link of a release.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawLink {
    #[schemars(skip)]
    pub(super) header: Span,
    /// Whether there is a url, right or not.
    #[schemars(skip)]
    pub(super) says_url: bool,
    /// What people read, unique within the release.
    #[schemars(required)]
    pub(super) name: Option<Located<Name>>,
    /// Where it leads: `http`, `https` or `ftp`; unique within the release. Only a link that has one in `[defaults]`
    /// can do without.
    pub(super) url: Option<Located<LinkUrl>>,
    /// A path that stays the same from release to release, such as `/bin/app-linux-amd64`: GitLab redirects
    /// `…/-/releases/<tag>/downloads<path>` to the url. Unique within the release, 4 to 128 of the characters
    /// `A-Z a-z 0-9 _ - . /`; `""` is none.
    pub(super) direct_asset_path: Option<Located<PathWish>>,
    /// What it leads to: `"other"`, `"runbook"`, `"image"` or `"package"`. GitLab takes `other` for a new link
    /// without one.
    pub(super) link_type: Option<Located<LinkType>>,
}

impl RawLink {
    /// One that says nothing but its name.
    pub(super) fn new(header: Span, name: Located<Name>) -> Self {
        Self { header, says_url: false, name: Some(name), url: None, direct_asset_path: None, link_type: None }
    }
}

impl ReadTable for RawLink {
    const HEADER: &'static str = "[[releases.links]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            header: reader.header(),
            says_url: reader.has_any(&["url"]),
            name: reader.required("name", "\"linux-amd64\""),
            url: reader.optional("url"),
            direct_asset_path: reader.optional("direct_asset_path"),
            link_type: reader.optional("link_type"),
        }
    }
}
