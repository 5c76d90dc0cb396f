//! The router and what every request passes on its way in, and the task that serves.

use crate::sandbox::Tier;
use crate::sandbox::connection::{Connections, Cut};
use crate::sandbox::faults::{self, Faults};
use crate::sandbox::http::{Refusal, linger};
use crate::sandbox::limits::{self, Limits};
use crate::sandbox::list_cache::ListCache;
use crate::sandbox::requests::{self, Requests};
use crate::sandbox::store::Store;
use crate::sandbox::{api, backstage, guard, page};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

/// Where the API is.
pub(crate) const API: &str = "/api/v4";

/// What all requests share.
#[derive(Debug, Clone)]
pub(crate) struct App {
    /// The state.
    pub(crate) store: Store,
    /// The counts.
    pub(crate) requests: Arc<Requests>,
    /// The sandbox's address, for clients that do not say which one they used.
    pub(crate) base: String,
    /// How the sandbox was started.
    pub(crate) settings: Settings,
    /// Whether no other machine can reach it.
    pub(crate) loopback_only: bool,
    /// How much later than done an answer comes.
    pub(crate) latency: Duration,
    /// What goes wrong.
    pub(crate) faults: Arc<Faults>,
    /// What there may be too much of.
    pub(crate) limits: Arc<Limits>,
    /// What lists showed a moment ago.
    pub(crate) list_cache: Arc<ListCache>,
    /// The end of it all.
    pub(crate) closing: Closing,
}

/// What of the sandbox's options the endpoints go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// What was paid for.
    pub(crate) tier: Tier,
    /// How long evidence takes to appear.
    pub(crate) evidence_delay: Duration,
}

/// Tells those who wait on purpose that the sandbox is closing.
#[derive(Debug, Clone)]
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Somebody to tell, and those to be told.
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (tell, told) = watch::channel(false);
        (tell, Self(told))
    }

    /// Completes once the sandbox is closing.
    pub(crate) async fn begun(&self) {
        // A sender that is gone says the same.
        let _ = self.0.clone().wait_for(|closing| *closing).await;
    }
}

/// Serves until `stopped` is told so, or its sender is gone; then finishes what it has begun.
pub(crate) async fn serve(
    listener: TcpListener,
    app: App,
    closing: watch::Sender<bool>,
    stopped: oneshot::Receiver<()>,
) {
    let shutdown = async move {
        // Told to stop, or dropped: the same.
        let _ = stopped.await;
        closing.send_replace(true);
    };
    let service = router(app).into_make_service_with_connect_info::<Cut>();
    if let Err(error) = axum::serve(Connections(listener), service).with_graceful_shutdown(shutdown).await {
        tracing::error!(%error, "the sandbox stopped serving");
    }
}

/// The API with its bad days, the sandbox's own routes, which know none, and the pages for people.
fn router(app: App) -> Router {
    // The last layer is the first that a request passes.
    let api = api::routes()
        .fallback(async || Refusal::no_such_route())
        .method_not_allowed_fallback(async || Refusal::error(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed"))
        .layer(from_fn_with_state(app.clone(), limits::admit))
        .layer(from_fn_with_state(app.clone(), faults::strike))
        .layer(from_fn_with_state(app.clone(), delay))
        .layer(from_fn_with_state(app.clone(), requests::count));
    Router::new()
        .nest(API, api)
        .merge(requests::routes())
        .merge(backstage::routes())
        .merge(faults::routes())
        .merge(page::routes())
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .layer(from_fn(linger))
        .with_state(app)
}

/// Holds an answer back for a while.
async fn delay(State(app): State<App>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    if !app.latency.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(app.latency) => {}
            () = app.closing.begun() => {}
        }
    }
    answer
}
