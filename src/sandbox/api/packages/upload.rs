//! `PUT /projects/:id/packages/generic/:package_name/:package_version/:file_name`: the body goes to the store piece by
//! piece, as it comes. Whatever ends an upload early takes its pieces with it.

use super::{FilePath, file_view};
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal, hex};
use crate::sandbox::moment::Moment;
use crate::sandbox::server::App;
use crate::sandbox::store::ids::BlobId;
use crate::sandbox::store::packages::{Content, PackageStatus};
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{Intent, Store, blobs, is_taken, packages};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use md5::Md5;
use rusqlite::Connection;
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

/// What GitLab takes of one file.
const MAX_SIZE: i64 = 5 * 1024 * 1024 * 1024;
const PIECE: usize = 1024 * 1024;

/// What the query asks for.
#[derive(Clone, Copy)]
struct Wanted {
    status: Option<PackageStatus>,
    /// Whether the answer is to be the file's record.
    record: bool,
}

/// Takes the file, once it is known that its sender may send it.
pub(in crate::sandbox::api) async fn upload(State(app): State<App>, request: Request) -> Result<Answer, Refusal> {
    let (call, _, body) = Call::before_body(request, &app).await?;
    // Asked before the body is read, and once more when the file is filed: an upload may take long.
    let (call, wanted) = app
        .store
        .run(Intent::Read, move |tx| {
            let wanted = check(tx, &call)?.1;
            Ok::<_, Refusal>((call, wanted))
        })
        .await?;
    let mut upload = Upload::begin(app.store.clone()).await?;
    upload.take(body).await?;
    let content = upload.content();
    let answer = app.store.run(Intent::Write, move |tx| file(tx, &call, wanted, content)).await?;
    upload.is_filed = true;
    Ok(answer)
}

fn check(db: &Connection, call: &Call) -> Result<(Access, Wanted), Refusal> {
    let access = Access::of(db, call, JobTokens::Taken)?;
    access.require_user()?;
    FilePath::of(call)?;
    let mut reader = call.reader();
    let wanted = Wanted {
        status: reader.word("status", PackageStatus::from_word).value(),
        record: reader.word("select", |word| (word == "package_file").then_some(())).is_given(),
    };
    reader.done()?;
    access.require(Role::Developer)?;
    Ok((access, wanted))
}

fn file(db: &Connection, call: &Call, wanted: Wanted, content: Content) -> Result<Answer, Refusal> {
    let (access, _) = check(db, call)?;
    let FilePath { package, version, file } = FilePath::of(call)?;
    let now = Moment::now();
    let id = packages::ensure(db, access.project.id, package, version, wanted.status, now)?;
    let added = match packages::add_file(db, id, file, content, now) {
        Err(error) if is_taken(&error) => {
            return Err(Refusal::bad("400 Bad request - Duplicate package is not allowed"));
        }
        added => added?,
    };
    if !wanted.record {
        return Ok(Answer::created(json!({ "message": "201 Created" })));
    }
    let mut view = file_view(&added);
    view["updated_at"] = json!(added.created_at);
    view["status"] = json!("default");
    view["file"] = json!({ "url": format!("{}{}", call.base, call.raw_path()) });
    Ok(Answer::created(view))
}

/// A content that is on its way in.
struct Upload {
    store: Store,
    blob: BlobId,
    pieces: i64,
    size: i64,
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    is_filed: bool,
}

impl Upload {
    async fn begin(store: Store) -> Result<Self, Refusal> {
        let blob = store.run(Intent::Write, |tx| Ok::<_, Refusal>(blobs::begin(tx, Moment::now())?)).await?;
        let (md5, sha1, sha256) = (Md5::new(), Sha1::new(), Sha256::new());
        Ok(Self { store, blob, pieces: 0, size: 0, md5, sha1, sha256, is_filed: false })
    }

    /// Reads the whole body.
    async fn take(&mut self, body: Body) -> Result<(), Refusal> {
        let mut body = body.into_data_stream();
        let mut piece = Vec::new();
        while let Some(bytes) = body.next().await {
            let bytes: Bytes = bytes.map_err(|_| Refusal::error(StatusCode::BAD_REQUEST, "400 Bad Request"))?;
            self.size = self.size.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            if self.size > MAX_SIZE {
                return Err(Refusal::bad("400 Bad request - File is too large"));
            }
            piece.extend_from_slice(&bytes);
            if piece.len() >= PIECE {
                self.keep(std::mem::take(&mut piece)).await?;
            }
        }
        if piece.is_empty() { Ok(()) } else { self.keep(piece).await }
    }

    async fn keep(&mut self, piece: Vec<u8>) -> Result<(), Refusal> {
        self.md5.update(&piece);
        self.sha1.update(&piece);
        self.sha256.update(&piece);
        let (blob, number) = (self.blob, self.pieces);
        self.pieces += 1;
        self.store.run(Intent::Write, move |tx| Ok(blobs::add_piece(tx, blob, number, &piece)?)).await
    }

    fn content(&self) -> Content {
        Content {
            blob: self.blob,
            size: self.size,
            md5: hex(&self.md5.clone().finalize()),
            sha1: hex(&self.sha1.clone().finalize()),
            sha256: hex(&self.sha256.clone().finalize()),
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.is_filed {
            return;
        }
        let (store, blob) = (self.store.clone(), self.blob);
        // Without a runtime the program is ending, and the next start forgets what is old.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let gone = store.run(Intent::Write, move |tx| Ok::<_, Refusal>(blobs::forget(tx, blob)?)).await;
                if gone.is_err() {
                    tracing::warn!("an upload that was not finished is still there");
                }
            });
        }
    }
}
