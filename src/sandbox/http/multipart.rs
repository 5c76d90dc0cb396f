//! Forms in parts, as a browser sends files: texts are parameters like any, files stand beside them.

use super::form::{self, Malformed};
use axum::body::Bytes;
use futures_util::stream;
use multer::{Multipart, parse_boundary};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// A file that came with a form.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The name that the client gave it: anything at all.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) content: Bytes,
}

/// What a form holds: its texts by nested names, its files by their parts' names.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) params: Map<String, Value>,
    pub(super) files: BTreeMap<String, File>,
}

/// Takes a form apart. Parts without a name are nothing to anyone.
pub(super) async fn parse(content_type: &str, body: Bytes) -> Result<Parts, Malformed> {
    let boundary = parse_boundary(content_type).map_err(|_| Malformed)?;
    let body = stream::iter([Ok::<_, Infallible>(body)]);
    let mut form = Multipart::new(body, boundary);
    let mut parts = Parts::default();
    while let Some(part) = form.next_field().await.map_err(|_| Malformed)? {
        let Some(name) = part.name().map(str::to_owned) else { continue };
        let file_name = part.file_name().map(str::to_owned);
        let content = part.bytes().await.map_err(|_| Malformed)?;
        if let Some(file_name) = file_name {
            parts.files.insert(name, File { name: file_name, content });
        } else {
            form::add(&mut parts.params, &name, String::from_utf8_lossy(&content).into_owned())?;
        }
    }
    Ok(parts)
}
