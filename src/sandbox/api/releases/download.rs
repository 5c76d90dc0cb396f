//! Where a release's assets are, and which release is the latest: answers that send the client elsewhere.

use super::view::encoded;
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::store::{links, releases};
use rusqlite::Transaction;

/// What comes before a suffix; its last two parts stand for the latest release's tag.
const LATEST: &str = "/releases/permalink/latest";

/// `GET /projects/:id/releases/:tag_name/downloads/*direct_asset_path`
pub(in crate::sandbox::api) fn download(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_code()?;
    let release = super::find(tx, call, &access)?;
    let path = format!("/{}", call.segment("direct_asset_path")?);
    let url = links::url_at(tx, release.id, &path)?.ok_or_else(Refusal::no_such_record)?;
    Ok(Answer::found_at(&url))
}

/// `GET /projects/:id/releases/permalink/latest(/)(*suffix_path)`. Upcoming releases count.
pub(in crate::sandbox::api) fn latest(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let releases = format!("/api/v4/projects/{}/releases", access.project.id.0);
    send_to_latest(tx, call, &access, &releases)
}

/// `GET <project>/-/releases/permalink/latest(/)(*suffix_path)`, which is no part of the API.
pub(in crate::sandbox::api) fn latest_page(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let releases = format!("/{}/-/releases", access.project.path);
    send_to_latest(tx, call, &access, &releases)
}

/// Sends the client to the latest of these releases, with what comes after it as it was sent, and the query but for
/// `order_by`.
fn send_to_latest(tx: &Transaction<'_>, call: &Call, access: &Access, releases: &str) -> Result<Answer, Refusal> {
    access.require_code()?;
    let release = releases::latest(tx, access.project.id)?.ok_or_else(Refusal::nothing_found)?;
    let suffix = call.raw_path().split_once(LATEST).map_or("", |(_, suffix)| suffix).trim_end_matches('/');
    let query = call.query_without("order_by");
    Ok(Answer::found_at(&format!("{releases}/{}{suffix}{query}", encoded(&release.tag))))
}
