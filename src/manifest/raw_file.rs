//! The tables that say which files a release brings along.

use crate::manifest::reader::{ReadTable, TableReader};
use crate::manifest::source::{Located, Span};
use crate::manifest::values::{FileGlob, FileTemplate, Name, PackageName};
use crate::model::{LinkType, PathWish};
use schemars::JsonSchema;

/// Files that are uploaded to the project's generic package registry, in the version that the tag names, and then linked.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawFile {
    #[schemars(skip)]
    pub(super) header: Span,
    /// A path or glob below the manifest's folder, relative to this file's: `"dist/*.tar.gz"`. `{tag_name}` and `{version}`
    /// stand for the release's own: `"dist/{version}/*"`. It has to match something.
    #[schemars(required)]
    pub(super) path: Option<Located<FileGlob>>,
    /// The package that they go to, of the characters `A-Z a-z 0-9 . _ + -`; by default the project's name.
    pub(super) package: Option<Located<PackageName>>,
    /// What people read of each link: by default the file's name, for which `{file_name}` stands here.
    pub(super) name: Option<Located<FileTemplate<Name>>>,
    /// Each link's path below the release's downloads: `"/bin/{file_name}"`; `""` is none.
    pub(super) direct_asset_path: Option<Located<FileTemplate<PathWish>>>,
    /// What the links lead to: `"other"`, `"runbook"`, `"image"` or `"package"`.
    pub(super) link_type: Option<Located<LinkType>>,
}

impl ReadTable for RawFile {
    const HEADER: &'static str = "[[releases.files]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self {
            header: reader.header(),
            path: reader.required("path", "\"dist/*.tar.gz\""),
            package: reader.optional("package"),
            name: reader.optional("name"),
            direct_asset_path: reader.optional("direct_asset_path"),
            link_type: reader.optional("link_type"),
        }
    }
}

/// Files of every release that says nothing of its own.
#[derive(Debug, Clone, JsonSchema)]
pub(super) struct RawDefaultFile(pub(super) RawFile);

impl ReadTable for RawDefaultFile {
    const HEADER: &'static str = "[[defaults.files]]";

    fn read(reader: &mut TableReader<'_, '_>) -> Self {
        Self(RawFile::read(reader))
    }
}
