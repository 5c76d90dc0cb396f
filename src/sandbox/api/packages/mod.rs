//! `/projects/:id/packages`: what is there. How files come and go is in files of their own.

mod download;
mod upload;

pub(super) use download::download;
pub(super) use upload::upload;

use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::rules::{is_package_name, is_package_version};
use crate::sandbox::store::ids::{PackageFileId, PackageId};
use crate::sandbox::store::packages;
use crate::sandbox::store::packages::{Content, Package, PackageFile, PackageFilter, PackageOrder, PackageStatus};
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::users::Role;
use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

/// `GET /projects/:id/packages`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = readable(tx, call)?;
    let mut reader = call.reader();
    let order = reader.word("order_by", order).value().unwrap_or(PackageOrder::CreatedAt);
    let sort = Sort::read_or(&mut reader, Sort::Asc);
    let filter = PackageFilter {
        name: reader.text("package_name").value(),
        version: reader.text("package_version").value(),
        status: reader.word("status", PackageStatus::from_word).value().unwrap_or(PackageStatus::Default),
    };
    let other_kind = reader.text("package_type").value().is_some_and(|kind| kind != "generic");
    let page = Page::read(&mut reader);
    reader.done()?;
    if other_kind {
        return Ok(page.answer(call, Vec::new(), false, 0));
    }
    let (mut found, count) = packages::list(tx, access.project.id, &filter, order, sort, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let rows = found.iter().map(|package| view(&access, package)).collect();
    Ok(page.answer(call, rows, more, count))
}

/// `GET /projects/:id/packages/:package_id`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = readable(tx, call)?;
    Ok(Answer::ok(view(&access, &find(tx, call, &access)?)))
}

/// `DELETE /projects/:id/packages/:package_id`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require(Role::Maintainer)?;
    packages::delete(tx, find(tx, call, &access)?.id)?;
    Ok(Answer::no_content())
}

/// `GET /projects/:id/packages/:package_id/package_files`
pub(super) fn files(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = readable(tx, call)?;
    let mut reader = call.reader();
    let page = Page::read(&mut reader);
    reader.done()?;
    let package = find(tx, call, &access)?;
    let (mut found, count) = packages::files(tx, package.id, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    Ok(page.answer(call, found.iter().map(file_view).collect(), more, count))
}

/// `DELETE /projects/:id/packages/:package_id/package_files/:package_file_id`
pub(super) fn delete_file(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require(Role::Maintainer)?;
    let package = find(tx, call, &access)?;
    let gone = packages::delete_file(tx, package.id, PackageFileId(call.number("package_file_id")?))?;
    if gone { Ok(Answer::no_content()) } else { Err(Refusal::nothing_found()) }
}

/// What the path of a file names.
struct FilePath<'a> {
    package: &'a str,
    version: &'a str,
    file: &'a str,
}

impl<'a> FilePath<'a> {
    /// The last three segments.
    ///
    /// # Errors
    /// 400 for names that GitLab does not take.
    fn of(call: &'a Call) -> Result<Self, Refusal> {
        let (package, version) = (call.segment("package_name")?, call.segment("package_version")?);
        let file = call.segment("file_name")?;
        let mut errors = Vec::new();
        for (name, good) in [
            ("package_name", is_package_name(package)),
            ("package_version", is_package_version(version)),
            ("file_name", is_package_name(file)),
        ] {
            errors.extend((!good).then(|| format!("{name} is invalid")));
        }
        if errors.is_empty() {
            Ok(Self { package, version, file })
        } else {
            Err(Refusal::error(StatusCode::BAD_REQUEST, &errors.join(", ")))
        }
    }
}

fn readable(db: &Connection, call: &Call) -> Result<Access, Refusal> {
    let access = Access::of(db, call, JobTokens::Taken)?;
    access.require_code()?;
    Ok(access)
}

fn find(db: &Connection, call: &Call, access: &Access) -> Result<Package, Refusal> {
    let id = PackageId(call.number("package_id")?);
    packages::get(db, access.project.id, id)?.ok_or_else(Refusal::nothing_found)
}

fn order(word: &str) -> Option<PackageOrder> {
    match word {
        "type" => Some(PackageOrder::CreatedAt),
        word => PackageOrder::from_word(word),
    }
}

fn view(access: &Access, package: &Package) -> Value {
    let Package { id, name, version, status, created_at } = package;
    let project = &access.project;
    let mut links = json!({ "web_path": format!("/{}/-/packages/{}", project.path, id.0) });
    if access.has(Role::Maintainer) {
        links["delete_api_path"] = json!(format!("/api/v4/projects/{}/packages/{}", project.id.0, id.0));
    }
    json!({
        "id": id,
        "name": name,
        "version": version,
        "package_type": "generic",
        "status": status.as_str(),
        "_links": links,
        "created_at": created_at,
        "last_downloaded_at": null,
        "tags": [],
    })
}

fn file_view(file: &PackageFile) -> Value {
    let PackageFile { id, package_id, name, content, created_at } = file;
    let Content { blob: _, size, md5, sha1, sha256 } = content;
    json!({
        "id": id,
        "package_id": package_id,
        "created_at": created_at,
        "file_name": name,
        "size": size,
        "file_md5": md5,
        "file_sha1": sha1,
        "file_sha256": sha256,
    })
}
