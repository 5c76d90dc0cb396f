//! Generic packages and their files. A package may hold several files of one name; the newest is the one that is meant.

use super::ids::{BlobId, PackageFileId, PackageId, ProjectId};
use super::page::{Page, Sort};
use super::words;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

words! {
    /// Whether a package shows in lists.
    PackageStatus {
        /// It does.
        Default = "default",
        /// It does not.
        Hidden = "hidden",
    }
}

words! {
    /// How packages are listed.
    PackageOrder {
        /// By when they were made.
        CreatedAt = "created_at",
        /// By name.
        Name = "name",
        /// By version, as text.
        Version = "version",
    }
}

/// A package.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// The number.
    pub(crate) id: PackageId,
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: String,
    /// Whether it shows.
    pub(crate) status: PackageStatus,
    /// When it was made.
    pub(crate) created_at: Moment,
}

impl Package {
    const COLUMNS: &str = "id, name, version, status, created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (status, created_at) = (row.get(3)?, row.get(4)?);
        Ok(Self { id: row.get(0)?, name: row.get(1)?, version: row.get(2)?, status, created_at })
    }
}

/// What is known of a content once it is all there.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// Where it is.
    pub(crate) blob: BlobId,
    /// How many bytes.
    pub(crate) size: i64,
    /// Their digest, in hexadecimal as all of them.
    pub(crate) md5: String,
    /// Another.
    pub(crate) sha1: String,
    /// The one clients check.
    pub(crate) sha256: String,
}

/// A file in a package.
#[derive(Debug, Clone)]
pub(crate) struct PackageFile {
    /// The number.
    pub(crate) id: PackageFileId,
    /// The package it is in.
    pub(crate) package_id: PackageId,
    /// The name.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) content: Content,
    /// When it was uploaded.
    pub(crate) created_at: Moment,
}

impl PackageFile {
    const COLUMNS: &str = "f.id, f.package_id, f.name, f.blob_id, f.size, f.md5, f.sha1, f.sha256, f.created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let content =
            Content { blob: row.get(3)?, size: row.get(4)?, md5: row.get(5)?, sha1: row.get(6)?, sha256: row.get(7)? };
        let created_at = row.get(8)?;
        Ok(Self { id: row.get(0)?, package_id: row.get(1)?, name: row.get(2)?, content, created_at })
    }
}

/// Which packages are wanted.
#[derive(Debug, Clone)]
pub(crate) struct PackageFilter {
    /// Those whose name holds this.
    pub(crate) name: Option<String>,
    /// Those of this version.
    pub(crate) version: Option<String>,
    /// Those that show, or those that don't.
    pub(crate) status: PackageStatus,
}

const MATCHING: &str = "FROM packages WHERE project_id = :project AND status = :status
    AND (:name IS NULL OR instr(lower(name), lower(:name)) > 0) AND (:version IS NULL OR version = :version)";

/// One page of a project's packages, and one more if there is one; with how many there are, counted no further than
/// `limit`.
pub(crate) fn list(
    db: &Connection,
    project: ProjectId,
    filter: &PackageFilter,
    order: PackageOrder,
    sort: Sort,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<Package>, i64)> {
    let PackageFilter { name, version, status } = filter;
    let (column, direction) = (order.as_str(), sort.sql());
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} {MATCHING} ORDER BY {column} {direction}, id {direction} LIMIT :limit OFFSET :offset",
            Package::COLUMNS
        ))?
        .query_map(
            named_params! {
                ":project": project, ":status": status, ":name": name, ":version": version,
                ":limit": page.limit(), ":offset": page.offset(),
            },
            Package::of,
        )?
        .collect::<Result<_, _>>()?;
    let count = db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {MATCHING} LIMIT :limit)"))?.query_row(
        named_params! {
            ":project": project, ":status": status, ":name": name, ":version": version, ":limit": limit,
        },
        |row| row.get(0),
    )?;
    Ok((rows, count))
}

/// One of a project's packages.
pub(crate) fn get(db: &Connection, project: ProjectId, id: PackageId) -> rusqlite::Result<Option<Package>> {
    db.prepare_cached(&format!("SELECT {} FROM packages WHERE project_id = ? AND id = ?", Package::COLUMNS))?
        .query_row(params![project, id], Package::of)
        .optional()
}

/// The package of this name and version, made if need be.
pub(crate) fn ensure(
    db: &Connection,
    project: ProjectId,
    name: &str,
    version: &str,
    status: Option<PackageStatus>,
    now: Moment,
) -> rusqlite::Result<PackageId> {
    db.prepare_cached(
        "INSERT INTO packages (project_id, name, version, status, created_at) VALUES (?1, ?2, ?3, coalesce(?4, ?5), ?6)
         ON CONFLICT (project_id, name, version) DO UPDATE SET status = coalesce(?4, status) RETURNING id",
    )?
    .query_row(params![project, name, version, status, PackageStatus::Default, now], |row| row.get(0))
}

/// Removes a package with its files.
pub(crate) fn delete(db: &Connection, id: PackageId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM packages WHERE id = ?")?.execute([id]).map(drop)
}

/// One page of a package's files, oldest first, and one more if there is one; with how many there are, counted no
/// further than `limit`.
pub(crate) fn files(
    db: &Connection,
    package: PackageId,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<PackageFile>, i64)> {
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} FROM package_files f WHERE f.package_id = ? ORDER BY f.id LIMIT ? OFFSET ?",
            PackageFile::COLUMNS
        ))?
        .query_map(params![package, page.limit(), page.offset()], PackageFile::of)?
        .collect::<Result<_, _>>()?;
    let count = db
        .prepare_cached("SELECT COUNT(*) FROM (SELECT 1 FROM package_files WHERE package_id = ? LIMIT ?)")?
        .query_row(params![package, limit], |row| row.get(0))?;
    Ok((rows, count))
}

/// The file that a download means: the newest of its name.
pub(crate) fn newest_file(
    db: &Connection,
    project: ProjectId,
    [package, version, file]: [&str; 3],
) -> rusqlite::Result<Option<PackageFile>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM package_files f JOIN packages k ON k.id = f.package_id
         WHERE k.project_id = ? AND k.name = ? AND k.version = ? AND f.name = ? ORDER BY f.id DESC LIMIT 1",
        PackageFile::COLUMNS
    ))?
    .query_row(params![project, package, version, file], PackageFile::of)
    .optional()
}

/// Adds a file to a package; fails if there is one of its name and the project forbids a second one.
pub(crate) fn add_file(
    db: &Connection,
    package_id: PackageId,
    name: &str,
    content: Content,
    created_at: Moment,
) -> rusqlite::Result<PackageFile> {
    let Content { blob, size, md5, sha1, sha256 } = &content;
    let id = db
        .prepare_cached(
            "INSERT INTO package_files (package_id, name, blob_id, size, md5, sha1, sha256, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )?
        .query_row(params![package_id, name, blob, size, md5, sha1, sha256, created_at], |row| row.get(0))?;
    Ok(PackageFile { id, package_id, name: name.to_owned(), content, created_at })
}

/// Removes a file from a package; says whether it was there.
pub(crate) fn delete_file(db: &Connection, package: PackageId, id: PackageFileId) -> rusqlite::Result<bool> {
    let gone = db
        .prepare_cached("DELETE FROM package_files WHERE package_id = ? AND id = ?")?
        .execute(params![package, id])?;
    Ok(gone > 0)
}
