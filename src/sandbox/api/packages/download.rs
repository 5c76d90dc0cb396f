//! `GET /projects/:id/packages/generic/:package_name/:package_version/:file_name`: the newest file of the name, piece by
//! piece.

use super::{FilePath, readable};
use crate::sandbox::http::{Call, Refusal};
use crate::sandbox::server::App;
use crate::sandbox::store::ids::BlobId;
use crate::sandbox::store::{Intent, Store, blobs, packages};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::io;

const CHECKSUM: HeaderName = HeaderName::from_static("x-checksum-sha256");

/// Sends the file.
pub(in crate::sandbox::api) async fn download(State(app): State<App>, call: Call) -> Result<Response, Refusal> {
    let file = app
        .store
        .run(Intent::Read, move |tx| {
            let access = readable(tx, &call)?;
            let FilePath { package, version, file } = FilePath::of(&call)?;
            packages::newest_file(tx, access.project.id, [package, version, file])?.ok_or_else(Refusal::nothing_found)
        })
        .await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, file.content.size.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (CHECKSUM, file.content.sha256),
    ];
    Ok((headers, pieces(app.store, file.content.blob)).into_response())
}

/// The content; it breaks off if the file is deleted meanwhile, which the length then shows.
fn pieces(store: Store, blob: BlobId) -> Body {
    Body::from_stream(stream::try_unfold((store, 0), move |(store, number)| async move {
        let piece = store.run(Intent::Read, move |tx| Ok::<_, Refusal>(blobs::piece(tx, blob, number)?)).await;
        match piece {
            Ok(piece) => Ok(piece.map(|piece| (piece, (store, number + 1)))),
            Err(_) => Err(io::Error::other("the sandbox failed to read a file")),
        }
    }))
}
