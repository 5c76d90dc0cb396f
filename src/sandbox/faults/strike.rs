//! How a fault is done to a request, and the body that would come with its status.

use super::What;
use crate::sandbox::connection::Cut;
use crate::sandbox::limits::Quota;
use crate::sandbox::moment::Moment;
use crate::sandbox::server::{API, App};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use std::io;
use std::time::Duration;

/// Lets a request through, or not.
pub(crate) async fn strike(
    State(app): State<App>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let path = uri.path().strip_prefix(API).unwrap_or_default();
    let Some(what) = app.faults.draw(request.method(), path) else { return next.run(request).await };
    match what {
        What::Status(status) => answer(status),
        What::Reset => {
            cut.reset();
            unheard()
        }
        What::Hang => {
            app.closing.begun().await;
            cut.close();
            unheard()
        }
        What::LostAnswer => {
            let answer = next.run(request).await;
            cut.close();
            answer
        }
        What::Truncate => truncated(next.run(request).await, &cut).await,
    }
}

/// An answer to nobody: the connection is cut.
fn unheard() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// The first half of an answer that announces all of it.
async fn truncated(answer: Response, cut: &Cut) -> Response {
    let (mut parts, body) = answer.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if whole.is_empty() {
        cut.close();
        return parts.into_response();
    }
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    let breaks_off = stream::once(async {
        // What came before is sent while this waits.
        tokio::task::yield_now().await;
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted))
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(breaks_off)))
}

/// What a GitLab, or the proxy in front of it, says with this status.
fn answer(status: StatusCode) -> Response {
    let text = status.to_string();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let minute = Duration::from_secs(60);
        Quota::used_up("throttle_authenticated_api", 2000, minute, Moment::now()).retry_later()
    } else if status.is_server_error() {
        let head = format!("<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n");
        let body = format!("<center><h1>{text}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");
        (status, Html(head + &body)).into_response()
    } else {
        (status, axum::Json(json!({ "message": text }))).into_response()
    }
}
