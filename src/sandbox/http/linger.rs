//! Refusals that come before a body was read. If the connection were closed then, the client would see it break off
//! while it still sends, and not the answer. So what nobody wants is read to its end, as nginx does it.

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a client may take to send what nobody reads, and how long it may fall silent: nginx's defaults.
const IN_ALL: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(5);

/// Passes a request on with a body that is read to its end, if not by the handler.
pub(crate) async fn linger(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let body = Body::from_stream(Lingering(Some(body.into_data_stream())));
    next.run(Request::from_parts(parts, body)).await
}

/// A body, until its end was reached.
struct Lingering(Option<BodyDataStream>);

impl Stream for Lingering {
    type Item = <BodyDataStream as Stream>::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let polled = body.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        // Outside of the runtime nobody waits for the answer any more.
        if let (Some(mut body), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            let read = async move { while let Ok(Some(Ok(_))) = timeout(SILENCE, body.next()).await {} };
            runtime.spawn(timeout(IN_ALL, read));
        }
    }
}
