//! `GET /projects/:id/packages/generic/:package_name/:package_version/:file_name`: the newest file of the name, or a part of
//! it, piece by piece.

use super::{FilePath, readable};
use crate::sandbox::http::{Call, Part, Refusal};
use crate::sandbox::server::App;
use crate::sandbox::store::ids::BlobId;
use crate::sandbox::store::{Intent, Store, blobs, packages};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderName, LAST_MODIFIED,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::io;

const CHECKSUM: HeaderName = HeaderName::from_static("x-checksum-sha256");

/// Sends the file.
pub(in crate::sandbox::api) async fn download(
    State(app): State<App>,
    asked: HeaderMap,
    call: Call,
) -> Result<Response, Refusal> {
    let file = app
        .store
        .run(Intent::Read, move |tx| {
            let access = readable(tx, &call)?;
            let FilePath { package, version, file } = FilePath::of(&call)?;
            packages::newest_file(tx, access.project.id, [package, version, file])?.ok_or_else(Refusal::nothing_found)
        })
        .await?;
    let size = u64::try_from(file.content.size).unwrap_or_default();
    let last_modified = file.created_at.http_date();
    let (status, from, count) = match Part::asked(&asked, size, &last_modified) {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Some { from, count } => (StatusCode::PARTIAL_CONTENT, from, count),
        Part::None => {
            let range = [(CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
        }
    };
    let range = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| [(CONTENT_RANGE, format!("bytes {from}-{}/{size}", from + count - 1))]);
    let headers = [
        (ACCEPT_RANGES, "bytes".to_owned()),
        (LAST_MODIFIED, last_modified),
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, count.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (CHECKSUM, file.content.sha256),
    ];
    Ok((status, headers, range, pieces(app.store, file.content.blob, from, count)).into_response())
}

/// So many bytes of the content; it breaks off if the file is deleted meanwhile, which the length then shows.
fn pieces(store: Store, blob: BlobId, from: u64, count: u64) -> Body {
    Body::from_stream(stream::try_unfold((store, 0, from, count), move |(store, number, skip, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let piece = store.run(Intent::Read, move |tx| Ok::<_, Refusal>(blobs::piece(tx, blob, number)?)).await;
        let Some(mut piece) = piece.map_err(|_| io::Error::other("the sandbox failed to read a file"))? else {
            return Ok(None);
        };
        let skipped = piece.len().min(usize::try_from(skip).unwrap_or(usize::MAX));
        piece.drain(..skipped);
        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let left = left - piece.len() as u64;
        Ok::<_, io::Error>(Some((piece, (store, number + 1, skip - skipped as u64, left))))
    }))
}
