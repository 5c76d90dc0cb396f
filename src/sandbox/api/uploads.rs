//! `/projects/:id/uploads`: files that stand beside a project's texts. Release tools put their assets here, too.

use crate::sandbox::auth::{self, Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::rules::upload_name;
use crate::sandbox::store::uploads;
use rusqlite::Transaction;
use serde_json::json;

/// What is shown in place, and not linked to.
const EMBEDDED: [&str; 18] = [
    "png", "jpg", "jpeg", "gif", "bmp", "tiff", "ico", "webp", "mp4", "m4v", "mov", "webm", "ogv", "mp3", "oga", "ogg",
    "spx", "wav",
];

/// `POST /projects/:id/uploads`
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    auth::user(tx, call, JobTokens::Ignored)?.ok_or_else(Refusal::unauthorized)?;
    let project = Access::of(tx, call, JobTokens::Ignored)?.project;
    let file = call.file("file")?;
    let name = upload_name(&file.name);
    let upload = uploads::add(tx, project.id, &name, &file.content)?;

    let url = format!("/uploads/{}/{name}", upload.secret);
    let stem = name.rsplit_once('.').filter(|(_, end)| EMBEDDED.contains(&end.to_ascii_lowercase().as_str()));
    let (mark, alt) = stem.map_or(("", name.as_str()), |(stem, _)| ("!", stem));
    Ok(Answer::created(json!({
        "id": upload.id,
        "alt": alt,
        "url": url,
        "full_path": format!("/-/project/{}{url}", project.id.0),
        "markdown": format!("{mark}[{alt}]({url})"),
    })))
}

/// `GET /projects/:id/uploads/:secret/:filename`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let project = Access::of(tx, call, JobTokens::Ignored)?.project;
    let (secret, name) = (call.segment("secret")?, call.segment("filename")?);
    let content = uploads::content(tx, project.id, secret, name)?.ok_or_else(Refusal::nothing_found)?;
    Ok(Answer::file(content, name))
}
