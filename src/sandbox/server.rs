//! The router and what every request passes on its way in, and the task that serves.

use crate::sandbox::Tier;
use crate::sandbox::api;
use crate::sandbox::backstage;
use crate::sandbox::http::{Refusal, linger};
use crate::sandbox::requests::{self, Requests};
use crate::sandbox::store::Store;
use axum::http::StatusCode;
use axum::serve::ListenerExt as _;
use axum::{Router, middleware};
use std::sync::Arc;
use std::time::Duration;
use tokio::{net::TcpListener, sync::oneshot};

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
}

/// What of the sandbox's options the endpoints go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// What was paid for.
    pub(crate) tier: Tier,
    /// How long evidence takes to appear.
    pub(crate) evidence_delay: Duration,
}

impl App {
    /// Nothing counted yet.
    pub(crate) fn new(store: Store, base: String, settings: Settings) -> Self {
        Self { store, requests: Arc::default(), base, settings }
    }
}

/// Serves until `stopped` is told so, or its sender is gone; then finishes what it has begun.
pub(crate) async fn serve(listener: TcpListener, app: App, stopped: oneshot::Receiver<()>) {
    let shutdown = async {
        // Told to stop, or dropped: the same.
        let _ = stopped.await;
    };
    // A small answer must not wait for the client to acknowledge the one before.
    let listener = listener.tap_io(|stream| {
        // It is only slower without.
        let _ = stream.set_nodelay(true);
    });
    if let Err(error) = axum::serve(listener, router(app)).with_graceful_shutdown(shutdown).await {
        tracing::error!(%error, "the sandbox stopped serving");
    }
}

fn router(app: App) -> Router {
    let gitlab = Router::new()
        .nest("/api/v4", api::routes())
        .fallback(api::outside_the_api)
        .method_not_allowed_fallback(async || Refusal::error(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed"))
        .layer(middleware::from_fn_with_state(app.clone(), requests::count));
    let all = requests::routes().merge(backstage::routes()).merge(gitlab);
    all.with_state(app).layer(middleware::from_fn(linger))
}
