//! Everything that came with a request: the path's segments, the parameters of query and body, the token.

use super::form::{self, Malformed};
use super::multipart::{self, Parts};
use super::{Credential, File, Reader, Refusal};
use crate::sandbox::limits::Limits;
use crate::sandbox::list_cache::ListCache;
use crate::sandbox::server::{App, Settings};
use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, RawPathParams, Request};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header, uri::Authority};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::form_urlencoded;

const MAX_BODY: usize = 10 * 1024 * 1024;
/// A form with files in it may be larger: as large as GitLab lets attachments be.
const MAX_FORM: usize = 100 * 1024 * 1024;
/// Parameters that are tokens: never repeated in an answer.
const TOKENS: [&str; 3] = ["private_token", "access_token", "job_token"];

/// A request, read.
#[derive(Debug)]
pub(crate) struct Call {
    /// The token.
    pub(crate) credential: Credential,
    /// The sandbox's own address as the client knows it, without a slash at the end.
    pub(crate) base: String,
    /// What endpoints limit by themselves.
    pub(crate) limits: Arc<Limits>,
    /// Releases as lists showed them a moment ago.
    pub(crate) list_cache: Arc<ListCache>,
    /// How.
    pub(crate) method: Method,
    /// How this sandbox was started.
    pub(crate) settings: Settings,
    segments: BTreeMap<String, String>,
    params: Map<String, Value>,
    files: BTreeMap<String, File>,
    uri: Uri,
}

impl Call {
    /// A segment of the path, decoded once.
    ///
    /// # Errors
    /// 404 where the segment is empty: GitLab has no such route.
    pub(crate) fn segment(&self, name: &str) -> Result<&str, Refusal> {
        let segment = self.segments.get(name).filter(|segment| !segment.is_empty());
        segment.map(String::as_str).ok_or_else(Refusal::no_such_route)
    }

    /// A segment that must be a number.
    ///
    /// # Errors
    /// 400 if it is not.
    pub(crate) fn number(&self, name: &str) -> Result<i64, Refusal> {
        let invalid = || Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is invalid"));
        self.segment(name)?.parse().map_err(|_| invalid())
    }

    /// A reader of the parameters.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.params)
    }

    /// The same with these segments, for a path that the router knows nothing of.
    pub(crate) fn with_segments(mut self, segments: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.segments.extend(segments.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self
    }

    /// The path as it was sent.
    pub(crate) fn raw_path(&self) -> &str {
        self.uri.path()
    }

    /// The query as it was sent, without one of its parameters, and with a question mark if anything is left.
    pub(crate) fn query_without(&self, name: &str) -> String {
        let parts = self.uri.query().unwrap_or_default().split('&');
        let of_name = |part: &str| form_urlencoded::parse(part.as_bytes()).any(|(key, _)| key == name);
        let kept: Vec<&str> = parts.filter(|part| !part.is_empty() && !of_name(part)).collect();
        if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
    }

    /// This request's url with the segment after `before` replaced.
    pub(crate) fn url_with_segment(&self, before: &str, segment: &str) -> String {
        let mut parts: Vec<&str> = self.uri.path().split('/').collect();
        if let Some(at) = parts.iter().position(|part| *part == before)
            && let Some(part) = parts.get_mut(at + 1)
        {
            *part = segment;
        }
        let query = self.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{}{query}", self.base, parts.join("/"))
    }

    /// A file of the form that was sent.
    ///
    /// # Errors
    /// 400 if there is none of that name, or it is no file.
    pub(crate) fn file(&self, name: &str) -> Result<&File, Refusal> {
        let what = if self.params.contains_key(name) { "invalid" } else { "missing" };
        let refusal = || Refusal::error(StatusCode::BAD_REQUEST, &format!("{name} is {what}"));
        self.files.get(name).ok_or_else(refusal)
    }

    /// This request's url with some of the query's parameters replaced.
    pub(crate) fn url_with(&self, replaced: &[(&str, String)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        for (name, value) in given {
            if !TOKENS.contains(&&*name) && !replaced.iter().any(|(key, _)| *key == name) {
                query.append_pair(&name, &value);
            }
        }
        for (name, value) in replaced {
            query.append_pair(name, value);
        }
        format!("{}{}?{}", self.base, self.uri.path(), query.finish())
    }
}

impl Call {
    /// Everything but the body, which comes back unread.
    ///
    /// # Errors
    /// 400 for what is no request.
    pub(crate) async fn before_body(request: Request, app: &App) -> Result<(Self, HeaderMap, Body), Refusal> {
        let (mut parts, body) = request.into_parts();
        let segments = match RawPathParams::from_request_parts(&mut parts, app).await {
            Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            // What is no route has none.
            Err(RawPathParamsRejection::MissingPathParams(_)) => BTreeMap::new(),
            Err(_) => return Err(bad_request()),
        };
        let params =
            form::parse(parts.uri.query().unwrap_or_default().as_bytes()).map_err(|Malformed| bad_request())?;
        let query = |name: &str| params.get(name)?.as_str().map(str::to_owned);
        let credential = Credential::of(&parts.headers, query);
        // `parts.uri` lacks what the router has nested.
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(&mut parts, app).await;
        let base = own_address(&parts.headers).unwrap_or_else(|| app.base.clone());
        let call = Self {
            credential,
            base,
            limits: Arc::clone(&app.limits),
            list_cache: Arc::clone(&app.list_cache),
            method: parts.method,
            settings: app.settings,
            segments,
            params,
            files: BTreeMap::new(),
            uri,
        }
        .checked()?;
        Ok((call, parts.headers, body))
    }

    /// GitLab refuses these before anything reads them: its database can't keep them.
    fn checked(self) -> Result<Self, Refusal> {
        let nul = self.params.iter().any(|(name, value)| name.contains('\0') || holds_nul(value));
        if nul { Err(bad_request()) } else { Ok(self) }
    }
}

impl FromRequest<App> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (mut call, headers, body) = Self::before_body(request, app).await?;
        let Parts { params, files } = read_body(&headers, body).await?;
        call.params.extend(params);
        call.files = files;
        call.checked()
    }
}

fn bad_request() -> Refusal {
    Refusal::error(StatusCode::BAD_REQUEST, "400 Bad Request")
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Parts, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let in_parts = essence == "multipart/form-data";
    let bytes = to_bytes(body, if in_parts { MAX_FORM } else { MAX_BODY })
        .await
        .map_err(|_| Refusal::error(StatusCode::PAYLOAD_TOO_LARGE, "Request Body Too Large"))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Parts::default());
    }
    let unlike = |Malformed| Refusal::error(StatusCode::BAD_REQUEST, "message body does not match declared format");
    let params = match essence.as_str() {
        _ if in_parts => return multipart::parse(content_type, bytes).await.map_err(unlike),
        "" | "application/x-www-form-urlencoded" => form::parse(&bytes).map_err(unlike)?,
        json if json == "application/json" || json.ends_with("+json") => match serde_json::from_slice(&bytes) {
            Ok(Value::Object(params)) => params,
            // Grape takes parameters from an object only; what else is well-formed names none.
            Ok(_) => Map::new(),
            Err(_) => return Err(unlike(Malformed)),
        },
        other => {
            let text = format!("The provided content-type '{other}' is not supported.");
            return Err(Refusal::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, &text));
        }
    };
    Ok(Parts { params, ..Parts::default() })
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The address the client used, if it names a plain one.
fn own_address(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    (!authority.as_str().contains('@')).then(|| format!("http://{authority}"))
}
