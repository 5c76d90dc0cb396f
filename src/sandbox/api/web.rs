//! What releases point to outside the API: asset downloads, evidence files, archives and the latest release below a
//! project's own address, and uploads. Tokens are taken as the API takes them, since there are no sessions here.

use super::{Handler, archive, releases, uploads};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::server::App;
use crate::sandbox::store::projects::Found;
use crate::sandbox::store::{Intent, projects};
use axum::extract::{Request, State};
use percent_encoding::percent_decode_str;

/// What stands between a project's path and a release's tag.
const RELEASES: &str = "/-/releases/";

/// What stands between a project's path and an archive's tag.
const ARCHIVES: &str = "/-/archive/";

/// What stands before a project's number where its uploads are.
const PROJECT: &str = "/-/project/";

/// What a path means that the router knows nothing of.
struct Target {
    project: String,
    segments: Vec<(&'static str, String)>,
    handler: Handler,
}

/// Answers what is outside the API; that is mostly nothing.
pub(crate) async fn outside_the_api(State(app): State<App>, request: Request) -> Result<Answer, Refusal> {
    let target = request.method().is_safe().then(|| Target::of(request.uri().path())).flatten();
    let Target { project, segments, handler } = target.ok_or_else(Refusal::no_such_route)?;
    let (call, _, _) = Call::before_body(request, &app).await?;
    app.store
        .run(Intent::Read, move |tx| {
            let found = projects::find(tx, &project)?.ok_or_else(Refusal::nothing_found)?;
            let (Found::Here(project) | Found::Moved(project)) = found;
            let id = ("id", project.id.0.to_string());
            handler(tx, &call.with_segments(segments.into_iter().chain([id])))
        })
        .await
}

impl Target {
    fn of(path: &str) -> Option<Self> {
        if let Some(rest) = path.strip_prefix(PROJECT) {
            let (project, rest) = rest.split_once("/uploads/")?;
            let (secret, name) = rest.split_once('/')?;
            let segments = vec![("secret", decoded(secret)?), ("filename", decoded(name)?)];
            return Some(Self { project: decoded(project)?, segments, handler: uploads::show });
        }
        if let Some((project, rest)) = path.split_once(ARCHIVES) {
            let (reference, _) = rest.rsplit_once('/')?;
            let segments = vec![("ref", decoded(reference)?)];
            return Some(Self { project: decoded(project.strip_prefix('/')?)?, segments, handler: archive::page });
        }
        let (project, rest) = path.split_once(RELEASES)?;
        let project = decoded(project.strip_prefix('/')?)?;
        if rest == "permalink/latest" || rest.starts_with("permalink/latest/") {
            return Some(Self { project, segments: Vec::new(), handler: releases::latest_page });
        }
        let (tag, rest) = rest.split_once('/')?;
        let tag = ("tag_name", decoded(tag)?);
        let (kind, rest) = rest.split_once('/')?;
        let (name, value, handler): (_, _, Handler) = match kind {
            "downloads" => ("direct_asset_path", rest, releases::download),
            "evidences" => ("evidence_id", rest.strip_suffix(".json")?, releases::evidence_file),
            _ => return None,
        };
        Some(Self { project, segments: vec![tag, (name, decoded(value)?)], handler })
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    (!text.is_empty() && !text.contains('\0')).then_some(text)
}
